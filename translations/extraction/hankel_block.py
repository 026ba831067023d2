"""The Hankel block that spectral learning asks for: words, cost, values and rank."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.semiring import REAL
from automata_rnn.system import TransitionSystem, as_system, evaluate
from translations.extraction.queries import Key, Queries, in_batch
from translations.extraction.singular import (
    Floats,
    NumericalRank,
    check_fraction,
    rank_above,
    rank_by_gap,
    singular_values,
)
from translations.extraction.words import (
    check_words,
    words_up_to,
)


def queried_function(
    target: Any, alphabet: Alphabet | None, batched: bool
) -> tuple[Alphabet, Callable[[Key], float], Callable[[list[Key]], list[float]] | None]:
    """The alphabet, and the function with its values checked, of one word and, where it
    takes batches, of several."""
    if isinstance(target, TransitionSystem) or not callable(target):
        if alphabet is not None:
            raise ValueError(
                f"target: wanted a callable beside an alphabet, got "
                f"{type(target).__name__}"
            )
        system = as_system(target)
        alphabet, batched = Alphabet(system.alphabet), False
        value: Callable[..., Any] = lambda word: evaluate(system, word)  # noqa: E731
    elif alphabet is None:
        raise ValueError("alphabet: wanted one beside a callable target, got None")
    else:
        value = target

    def number(word: Key, found: Any) -> float:
        return float(REAL.scalar(found, f"target({word!r})"))

    def many(words: list[Key]) -> list[float]:
        found = in_batch(value, words)
        return [number(word, v) for word, v in zip(words, found, strict=True)]

    if batched:
        return Alphabet(alphabet), (lambda word: many([word])[0]), many
    return Alphabet(alphabet), (lambda word: number(word, value(word))), None


def check_cost(words: int, max_queries: int | None) -> None:
    if max_queries is not None and words > max_queries:
        raise ValueError(
            f"max_queries: wanted room for a block and held-out words of {words} in "
            f"all, or a smaller block, got {max_queries}"
        )


def check_rule(rank: int | None, threshold: float | None, noise: float | None) -> None:
    given = {
        name: value
        for name, value in (("rank", rank), ("threshold", threshold), ("noise", noise))
        if value is not None
    }
    if len(given) > 1:
        raise ValueError(
            f"rank, threshold, noise: wanted at most one of them, got {given}"
        )
    if threshold is not None:
        check_fraction("threshold", threshold)
    for name in ("rank", "noise"):
        if name in given and not given[name] >= 0:
            raise ValueError(f"{name}: wanted at least 0, got {given[name]}")


def hankel_basis(
    words: Iterable[Word] | None,
    alphabet: Alphabet,
    length: int,
    name: str,
    max_queries: int | None,
) -> list[Key]:
    if words is None:
        if length < 0:
            raise ValueError(f"length: wanted at least 0, got {length}")
        total = 0
        for i in range(length + 1):  # before they are made
            total += len(alphabet) ** i
            if max_queries is not None and total > max_queries:
                raise ValueError(
                    f"length: wanted at most {max_queries} words (max_queries) up to "
                    f"it, got {length}, and {total} up to {i}"
                )
        return words_up_to(alphabet, length)
    return list(dict.fromkeys([(), *check_words(words, alphabet, name)]))


def hankel_blocks(
    f: Queries[float], alphabet: Alphabet, rows: list[Key], columns: list[Key]
) -> tuple[Floats, Floats]:
    """H = (f(u v)), shape (m, n), and H_σ = (f(u σ v)), shape (k, m, n)."""
    block = _values(f, rows, columns)
    shifted = [_values(f, [(*u, s) for u in rows], columns) for s in alphabet]
    return block, np.array(shifted).reshape(len(alphabet), *block.shape)


def _values(f: Queries[float], rows: list[Key], columns: list[Key]) -> Floats:
    f.prepare((*u, *v) for u in rows for v in columns)
    values = np.empty((len(rows), len(columns)))
    for i, u in enumerate(rows):
        values[i] = [f((*u, *v)) for v in columns]
        f.say(f"{len(f.known)} words of the block")
    return values


def rank_of_block(
    block: Floats, rank: int | None, threshold: float | None, noise: float | None
) -> NumericalRank:
    if threshold is not None:
        values = singular_values(block)
        return rank_above(block, threshold * values[0], f"{threshold:g} · σ₁")
    if noise is not None:
        limit = noise * block.size**0.5
        return rank_above(block, limit, f"noise {noise:g} · √(m n)")
    if rank is None:
        return rank_by_gap(block)
    available = rank_above(block, 0.0, "given rank")
    if rank > available.rank:
        raise ValueError(
            f"rank: wanted at most that of the block, {available.rank}, got {rank}"
        )
    values = available.singular_values
    cut = float(values[rank]) if rank < len(values) else 0.0
    return NumericalRank(rank, values, cut, "the rank given")
