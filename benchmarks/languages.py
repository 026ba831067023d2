"""Languages as automata and as regular expressions, with long words to read.

Words keep an automaton alive: engines stop at a letter after which nothing matches, and
then no text is read. So a language of short words is given as the lists of its words.
All words are accepted, since an engine may look at the end of a text first.
"""

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from automata_rnn.automata import dfa_from_regex
from automata_rnn.automata.classical import table_from_dfa
from automata_rnn.cli.gallery import gallery
from benchmarks import inputs
from benchmarks.case import Run
from benchmarks.peers import numba_walks
from benchmarks.peers.regexes import automata_lib

OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
TAIL = 16
"""Letters at the end of a word that make it accepted."""
DATE = "([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))"


@dataclass(frozen=True, eq=False)
class Language:
    """A DFA over bytes and a pattern for what it accepts.

    Attributes:
        name: for the command line.
        title: for people.
        machine: automata-lib's DFA, over the characters in use.
        pattern: for engines, to be matched by the whole text.
        letters: the bytes in use, sorted.
        successors: (256, n): by byte and state; other bytes lead to a dead state.
        initial: the first state.
        accepting: (n,).
        draw: T ↦ bytes (T,), uint8, from which `word` makes an accepted word.
    """

    name: str
    title: str
    machine: Any
    pattern: bytes
    letters: Any
    successors: Any
    initial: int
    accepting: Any
    draw: Callable[[int], Any]

    def word(self, length: int) -> Any:
        """An accepted word: bytes (length,), uint8."""
        codes = self.draw(length)
        head = codes[: max(0, length - TAIL)]
        state = int(numba_walks.dfa_final(head, self.successors, self.initial)())
        codes[len(head) :] = self._ending(state)[-length:]
        return codes

    def _ending(self, state: int) -> list[int]:
        """`TAIL` letters that lead from a state to an accepting one."""
        alive = [self.accepting]
        for _ in range(TAIL):
            alive.append(alive[-1][self.successors].any(axis=0))
        ending = []
        for left in range(TAIL - 1, -1, -1):
            after = self.successors[:, state]
            ending.append(int(np.argmax(alive[left][after])))
            state = int(after[ending[-1]])
        return ending

    def automata_lib(self, codes: Any) -> Run:
        return automata_lib(self.machine, codes.tobytes().decode("latin-1"))


def language(name: str, title: str, pattern: str, symbols: str, word: Any) -> Language:
    """From a pattern that the library and all engines read alike."""
    return of_machine(name, title, dfa_from_regex(pattern, symbols), pattern, word)


def of_machine(name: str, title: str, dfa: Any, pattern: str, word: Any) -> Language:
    table = table_from_dfa(dfa)
    order = np.array([ord(str(symbol)) for symbol in table.alphabet], np.uint8)
    n = table.num_states
    dead = [q for q in range(n) if (table.successors[:, q] == q).all()]
    dead = [q for q in dead if not table.accepting[q]]
    size = n if dead or len(order) == 256 else n + 1
    successors = np.full((256, size), dead[0] if dead else n, np.uint16)
    successors[order, :n] = table.successors
    accepting = np.append(table.accepting, [False] * (size - n))
    return Language(
        name,
        title,
        dfa,
        pattern.replace("(", "(?:").encode("latin-1"),  # remembering groups costs time
        np.sort(order),
        successors.astype(np.uint8 if size <= 256 else np.uint16),
        table.initial,
        accepting,
        word,
    )


def languages() -> Iterator[Language]:
    """The gallery's DFAs, and others with few and with many states."""
    for example in gallery():
        if example.name in _OF_GALLERY:
            short, pattern, word = _OF_GALLERY[example.name]
            yield of_machine(short, example.name, example.machine, pattern, word)
    digits = string.digits
    octets, dates = f"({OCTET}?,)*", f"({DATE}?,)*"
    yield language("octets", "list of IPv4 octets", octets, digits + ",", _octets)
    yield language("dates", "list of ISO dates", dates, digits + "-,", _dates)
    third = "(0|1(01*0)*1)*"
    yield language("div-by-3", "binary multiples of 3", third, "01", _bits)
    tenth = "[01]*1[01]{9}"
    yield language("tenth", "a 1 tenth from the end", tenth, "01", _bits)


def _bits(length: int) -> Any:
    return inputs.letters(length, 2) + np.uint8(ord("0"))


def _comment(length: int) -> Any:
    """One comment of printable characters but slashes."""
    printable = np.frombuffer(string.printable.replace("/", "").encode(), np.uint8)
    word = printable[inputs.generator().integers(0, len(printable), length)]
    word[:2] = ord("/"), ord("*")
    return word


def _list(words: list[str], length: int) -> Any:
    """Random words of a list, each with a comma, cut at `length`."""
    drawn = inputs.generator().integers(0, len(words), 1 << 16)
    block = "".join(words[i] + "," for i in drawn)
    repeated = np.frombuffer(block.encode(), np.uint8)
    return np.resize(repeated, length)


_octets = partial(_list, [str(i) for i in range(256)])
_dates = partial(
    _list,
    [
        f"20{y:02}-{m:02}-{d:02}"
        for y in range(100)
        for m in range(1, 13)
        for d in range(1, 29)
    ],
)

_OF_GALLERY = {
    "C comment": ("comment", r"/\*([^*]|\*+[^*/])*\*+/", _comment),
    "even number of 1s": ("parity", "(0*10*1)*0*", _bits),
}
"""By the gallery's name: ours, the pattern, words. Its other DFAs accept no long word,
and are here as lists."""
