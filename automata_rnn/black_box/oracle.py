"""Membership queries with a memory: values of words, and states of their prefixes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.black_box.box import BlackBox, decide, first_state, last_states
from automata_rnn.semiring import Array

Key: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class MembershipOracle:
    """Answers whether words are accepted; asks the box once for each.

    Attributes:
        box: the network.
        max_states: states of prefixes kept; past it they are forgotten, and computed
            again where they are needed. Answers are kept.
        answers: whether each word asked for is accepted, by codes.
        states: the states of known prefixes, batches of one, by codes; none where
            states are words themselves.
    """

    box: BlackBox
    max_states: int = 100_000
    answers: dict[Key, bool] = field(default_factory=dict)
    states: dict[Key, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.max_states < 1:
            raise ValueError(
                f"MembershipOracle.max_states: wanted at least 1, got {self.max_states}"
            )


def ask(oracle: MembershipOracle, words: Iterable[Word]) -> list[bool]:
    """Whether each word is accepted.

    The words not known yet advance together, one batch for each length of prefixes,
    each from its longest known prefix. Raises ValueError for unknown symbols.
    """
    encode = oracle.box.alphabet.encode
    keys = [tuple(encode(word).tolist()) for word in words]
    new = [key for key in dict.fromkeys(keys) if key not in oracle.answers]
    if new:
        flags = decide(oracle.box, oracle.box.read(_states(oracle, new)))
        oracle.answers.update(zip(new, flags.tolist(), strict=True))
    return [oracle.answers[key] for key in keys]


def forget(oracle: MembershipOracle) -> None:
    """Drop the states of prefixes, which take the memory; answers stay."""
    oracle.states.clear()


def _states(oracle: MembershipOracle, keys: list[Key]) -> Array:
    if oracle.box.after is not None:
        return last_states(oracle.box, [np.array(key, dtype=np.intp) for key in keys])
    known = oracle.states
    if len(known) + sum(map(len, keys)) > oracle.max_states:
        forget(oracle)
    if () not in known:
        known[()] = first_state(oracle.box)
    missing: dict[int, dict[Key, None]] = {}
    for key in keys:
        prefix = key
        while prefix not in known:
            missing.setdefault(len(prefix), {})[prefix] = None
            prefix = prefix[:-1]
    for length in sorted(missing):
        group = list(missing[length])
        before = np.concatenate([known[key[:-1]] for key in group])
        after = oracle.box.advance(before, np.array([key[-1] for key in group]))
        for i, key in enumerate(group):
            known[key] = after[i : i + 1]
    return np.concatenate([known[key] for key in keys])
