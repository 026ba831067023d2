"""Counting and nesting: aⁿbⁿcⁿ, majority and Dyck languages. Members and oracles."""

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.problems.problem import characters
from automata_rnn.problems.sampling import random_word

ABC = Alphabet("abc")
AB = Alphabet("ab")
BRACKETS = ("()", "[]", "{}", "<>", "«»", "⟨⟩", "⟦⟧", "⌈⌉")


def is_abc(word: Word) -> bool:
    """w = aⁿbⁿcⁿ for some n ≥ 0."""
    text = characters(ABC, word)
    n = len(text) // 3
    return text == "a" * n + "b" * n + "c" * n


def abc_member(rng: np.random.Generator, size: int) -> str:
    """aⁿbⁿcⁿ with n ≤ size, uniformly."""
    n = int(rng.integers(size + 1))
    return "a" * n + "b" * n + "c" * n


def is_majority(word: Word) -> bool:
    """More a's than b's."""
    text = characters(AB, word)
    return 2 * text.count("a") > len(text)


def majority_word(rng: np.random.Generator, size: int) -> tuple[str, bool]:
    """2 size - 1 letters, one side ahead by 1 or 3: half are members, all are close."""
    length = 2 * max(size, 1) - 1
    more = (length + min(length, int(rng.choice([1, 3])))) // 2
    winner, loser = rng.permutation(["a", "b"])
    letters = [winner] * more + [loser] * (length - more)
    return "".join(rng.permutation(letters)), bool(winner == "a")


def dyck_alphabet(kinds: int) -> Alphabet:
    """Opening and closing brackets of 1 … 8 kinds; ValueError for other numbers."""
    if not 1 <= kinds <= len(BRACKETS):
        raise ValueError(f"kinds: wanted 1 … {len(BRACKETS)}, got {kinds}")
    return Alphabet("".join(BRACKETS[:kinds]))


def is_dyck(word: Word, kinds: int) -> bool:
    """Every bracket is closed by its own kind, in the right order.

    By removing adjacent pairs until none is left, which uses no stack.
    """
    text = characters(dyck_alphabet(kinds), word)
    before = None
    while text != before:
        before = text
        for pair in BRACKETS[:kinds]:
            text = text.replace(pair, "")
    return not text


def dyck_member(rng: np.random.Generator, size: int, kinds: int) -> str:
    """`size` pairs: each time opens or closes by a fair coin, as far as possible."""
    opened: list[str] = []
    letters: list[str] = []
    left = size
    while left or opened:
        if left and (not opened or rng.integers(2)):
            opened.append(BRACKETS[int(rng.integers(kinds))])
            letters.append(opened[-1][0])
            left -= 1
        else:
            letters.append(opened.pop()[1])
    return "".join(letters)


def is_reverse(word: Word) -> bool:
    """v # vᴿ with v over {a, b}: palindromes with a marker, reversal as a decision."""
    left, marker, right = characters(Alphabet("ab#"), word).partition("#")
    return bool(marker) and left == right[::-1]


def reverse_member(rng: np.random.Generator, size: int) -> str:
    """v # vᴿ with |v| ≤ size."""
    v = random_word(rng, "ab", int(rng.integers(size + 1)))
    return f"{v}#{v[::-1]}"


def is_copy(word: Word) -> bool:
    """v # _^|v| v with v over {a, b}: copying, with time to turn a stack over."""
    left, marker, right = characters(Alphabet("ab#_"), word).partition("#")
    return bool(marker) and "_" not in left and right == "_" * len(left) + left


def copy_member(rng: np.random.Generator, size: int) -> str:
    """v # _^|v| v with |v| ≤ size."""
    v = random_word(rng, "ab", int(rng.integers(size + 1)))
    return f"{v}#{'_' * len(v)}{v}"


def is_increment(word: Word) -> bool:
    """x # y with y = x + 1: x has its highest bit first, y its lowest.

    |y| = |x|, or |x| + 1 where x is 1…1 or empty (which is 0).
    """
    x, marker, y = characters(Alphabet("01#"), word).partition("#")
    if not marker or "#" in y:
        return False
    following = int(x or "0", 2) + 1
    return y[::-1] == format(following, f"0{len(x)}b")


def increment_member(rng: np.random.Generator, size: int) -> str:
    """x # y with |x| ≤ size, where x ends in a carry of any length as often."""
    length = int(rng.integers(size + 1))
    carry = int(rng.integers(length + 1))
    x = random_word(rng, "01", length - carry) + "1" * carry
    y = format(int(x or "0", 2) + 1, f"0{length}b")
    return f"{x}#{y[::-1]}"
