"""The tables of a stack machine as few rows: tops that do not matter are left out."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from automata_rnn.automata import StackMachine
from automata_rnn.automata.stack import POP


class StackRow(NamedTuple):
    """One case of a machine's table.

    Attributes:
        tops: the tops that it asks for, by stack; others may be anything.
        successor, actions: what it does.
    """

    state: int
    code: int
    tops: tuple[tuple[int, int], ...]
    successor: int
    actions: tuple[int, ...]


def stack_rows(machine: StackMachine, *, pops_know: bool = False) -> list[StackRow]:
    """Disjoint cases that cover the table; one where a state looks at no top.

    Asks for tops one stack after the other, and only where the rest of the table still
    depends on it. With `pops_know`, a case that pops a stack asks for its top.
    """
    k, s = machine.num_stacks, len(machine.stack_symbols)
    shape = (s + 1,) * k
    found = []
    for code in range(machine.alphabet.num_codes):
        for state in range(machine.num_states):
            successors = machine.successors[code, state].reshape(shape, order="F")
            actions = machine.actions[code, state].reshape((*shape, k), order="F")
            table = np.concatenate([successors[..., None], actions], axis=-1)
            for tops, entry in _cases(table, (), k, pops_know):
                row = StackRow(state, code, tops, int(entry[0]), tuple(entry[1:]))
                found.append(row)
    return found


Asked = tuple[tuple[int, int], ...]


def _cases(
    table: np.ndarray, asked: Asked, k: int, pops_know: bool
) -> Iterator[tuple[Asked, list[int]]]:
    """Cases of a table of shape (tops of the stacks not asked for yet, …, 1 + k)."""
    free = [i for i in range(k) if i not in dict(asked)]
    split = [axis for axis in range(len(free)) if _depends(table, axis)]
    entry = table.reshape(-1, k + 1)[0].tolist()
    if not split and pops_know:
        split = [axis for axis, i in enumerate(free) if entry[1 + i] == POP]
    if not split:
        yield asked, entry
        return
    axis = max(split, key=lambda a: _parts(table, a))
    for top in range(table.shape[axis]):
        rest = np.take(table, top, axis=axis)
        yield from _cases(rest, (*asked, (free[axis], top)), k, pops_know)


def _depends(table: np.ndarray, axis: int) -> bool:
    return bool(np.any(table != np.take(table, [0], axis=axis)))


def _parts(table: np.ndarray, axis: int) -> int:
    """How many values of this top leave a table that is constant."""
    slices = np.moveaxis(table, axis, 0)
    flat = slices.reshape(len(slices), -1, table.shape[-1])
    return int(np.sum(np.all(flat == flat[:, :1], axis=(1, 2))))
