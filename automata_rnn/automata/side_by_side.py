"""Levels of a cascade that move side by side, since none needs to see another.

Consecutive levels are one block where the move of each depends on the context of the
first one only, not on the states of those between. For a group, the cyclic factors of
each abelian quotient of the derived series are such: a solvable group whose factors
need no carries has as many blocks as its derived series has steps, and no stack of
diagonal layers follows it with fewer (k layers hold exactly the groups that have a
subnormal series of length k with abelian factors: The Expressive Limits of Diagonal
SSMs for State-Tracking, ICLR 2026, OpenReview 5bg5Ru5OML).
"""

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from automata_rnn.automata.cascade import Cascade, Level

MAX_STATES = 64
"""Of a block: lookups have a row for each context and state."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some levels as one, whose states are the tuples of theirs in row-major order.

    Attributes:
        moves: of each level, by the context of the block.
        emits: the next block's context by context and state of the block.
    """

    levels: tuple[Level, ...]
    moves: tuple[npt.NDArray[np.intp], ...]
    emits: npt.NDArray[np.intp]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many states each level has."""
        return tuple(level.size for level in self.levels)

    def number(self, states: tuple[int, ...]) -> int:
        """The state of the block with these states of its levels."""
        return int(np.ravel_multi_index(states, self.sizes))

    def states(self, number: int) -> tuple[int, ...]:
        """The states of the levels in a state of the block."""
        return tuple(int(x) for x in np.unravel_index(number, self.sizes))


def blocks(cascade: Cascade, *, max_states: int = MAX_STATES) -> tuple[Block, ...]:
    """The levels in blocks from the top, each as long as it can be.

    Of more than one level only where it then has at most `max_states` states.
    """
    result: list[Block] = []
    for level in cascade.levels:
        joined = _joined(result[-1], level, max_states) if result else None
        if joined is None:
            result.append(Block((level,), (level.moves,), level.emits))
        else:
            result[-1] = joined
    return tuple(result)


def _joined(block: Block, level: Level, max_states: int) -> Block | None:
    """The block with one more level, or None where it sees the states before it."""
    moves = level.moves[block.emits]  # (contexts, states)
    if prod(block.sizes) * level.size > max_states or np.any(moves != moves[:, :1]):
        return None
    contexts = len(block.emits)
    return Block(
        (*block.levels, level),
        (*block.moves, moves[:, 0]),
        level.emits[block.emits].reshape(contexts, -1),
    )
