"""A network seen from outside: batches of states, advanced by symbols, and read.

Three readings of the output after a word: its value; whether the word is accepted; and,
where there is one output for each symbol, the distribution of the next one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.checks import check_type
from automata_rnn.semiring import Array
from automata_rnn.system import above

Codes: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class BlackBox:
    """A machine whose states come in batches, along the first axis of an array.

    Attributes:
        initial: a batch of one, the state before everything, shape (1, ...).
        advance: states (B, ...) and codes (B,) ↦ states (B, ...).
        read: states (B, ...) ↦ outputs (B,), or (B, r) for r of them.
        threshold: a word is accepted where its value is strictly above.
        accepting: where there are r outputs, the one that stands for acceptance: its
            value counts minus the largest of the others (so that the largest wins).
        vectors: states (B, ...) ↦ hidden vectors (B, d), or None where there are none.
        after: codes of B words, `bos` left out ↦ their states (B, ...), where states
            are words; None where symbols must be read one after the other.
    """

    alphabet: Alphabet
    initial: Array
    advance: Callable[[Array, Codes], Array]
    read: Callable[[Array], Array]
    threshold: Any = 0
    accepting: int | None = None
    vectors: Callable[[Array], Array] | None = None
    after: Callable[[Sequence[Codes]], Array] | None = None

    def __post_init__(self) -> None:
        check_type("BlackBox.alphabet", self.alphabet, Alphabet)
        if self.threshold != self.threshold:
            raise ValueError(f"threshold: wanted a number, got {self.threshold}")
        if np.shape(self.initial)[:1] != (1,):
            raise ValueError(
                f"BlackBox.initial: wanted a batch of one state, got shape "
                f"{np.shape(self.initial)}"
            )


def first_state(box: BlackBox) -> Array:
    """The state before a word, after `bos` where there is one, as a batch of one."""
    bos = box.alphabet.bos
    if bos is None:
        return box.initial
    return box.advance(box.initial, np.array([box.alphabet.code(bos)]))


def decide(box: BlackBox, outputs: Array) -> npt.NDArray[np.bool_]:
    """Which outputs (B,) or (B, r) mean acceptance.

    Raises ValueError where there are several and `box.accepting` does not say which,
    and for NaN, TypeError where outputs are no numbers.
    """
    if outputs.ndim > 1:
        outputs = _margin(outputs, box.accepting)
    if outputs.dtype.kind not in "biufcO" or any(x is None for x in outputs[:1]):
        raise TypeError(f"outputs: wanted numbers, got {outputs.tolist()[0]!r}")
    if outputs.dtype.kind in "fc" and np.isnan(outputs).any():
        raise ValueError("outputs: wanted numbers, got NaN")
    if outputs.dtype == object or outputs.dtype.kind == "c":
        return np.array([above(value, box.threshold) for value in outputs], dtype=bool)
    return np.asarray(outputs > box.threshold)


def _margin(outputs: Array, accepting: int | None) -> Array:
    count = outputs.shape[1]
    if accepting is None or not 0 <= accepting < count:
        raise ValueError(
            f"accepting: wanted one of the outputs 0 to {count - 1}, got {accepting}"
        )
    others = np.delete(outputs, accepting, axis=1)
    return outputs[:, accepting] - others.max(axis=1)


def vectors(box: BlackBox, states: Array) -> Array | None:
    """Hidden vectors (B, d) in floats, or None where states are no vectors."""
    return None if box.vectors is None else box.vectors(states)


def last_states(box: BlackBox, codes: Sequence[Codes]) -> Array:
    """States after words given by their codes, in one batch of shrinking size."""
    if box.after is not None:
        return box.after(codes)
    lengths = np.array([len(word) for word in codes])
    order = np.argsort(-lengths, kind="stable")
    states = np.repeat(first_state(box), len(codes), axis=0)
    for t in range(int(lengths.max(initial=0))):
        alive = int(np.count_nonzero(lengths > t))
        letters = np.array([codes[i][t] for i in order[:alive]])
        moved = box.advance(states[:alive], letters)
        states = np.concatenate([moved, states[alive:]])
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return states[back]


def values(box: BlackBox, words: Iterable[Word]) -> Array:
    """Outputs of words, shape (B,) or (B, r); ValueError for unknown symbols."""
    codes = [box.alphabet.encode(word) for word in words]
    return box.read(last_states(box, codes))


def accepted(box: BlackBox, words: Iterable[Word]) -> npt.NDArray[np.bool_]:
    """Whether each word is accepted, shape (B,)."""
    return decide(box, values(box, words))


def next_symbol_distributions(
    box: BlackBox, words: Iterable[Word], *, logits: bool = True
) -> Array:
    """The distribution of the next symbol after each word, rows that sum to 1.

    Its columns are the outputs: the symbols by code, then the end of the word where
    there is one output more.

    Args:
        logits: whether outputs are logits, whose softmax is taken, or probabilities.

    Raises ValueError where there are neither |Σ| nor |Σ| + 1 outputs, or probabilities
    are negative or do not sum to 1 within 1e-4.
    """
    outputs, k = values(box, words), len(box.alphabet)
    if outputs.ndim != 2 or outputs.shape[1] not in (k, k + 1):
        raise ValueError(
            f"outputs: wanted {k} or {k + 1} for each word, one for each symbol (and "
            f"the end), got shape {outputs.shape}"
        )
    numbers: Array = np.asarray(outputs, dtype=float)
    if logits:
        powers = np.exp(numbers - numbers.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    total = numbers.sum(axis=1)
    if np.any(numbers < 0) or np.any(np.abs(total - 1) > 1e-4):
        raise ValueError(
            f"outputs: wanted probabilities that sum to 1, got sums {total.min():g} "
            f"to {total.max():g}, smallest entry {numbers.min():g}"
        )
    return numbers / total[:, None]
