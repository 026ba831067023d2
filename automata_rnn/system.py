"""Transition systems: what automata and recurrent networks have in common.

A machine is a triple (initial, step, output). Reading a word w₁…w_T gives the run

    s₀ = initial,   s_t = step(s_{t-1}, w_t),   value = output(s_T).

An automaton's state is a configuration; a network's state is its hidden vector. A
machine whose alphabet has a beginning-of-sequence symbol reads that one first:
s₀ = step(initial, bos).
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol, Word


@runtime_checkable
class TransitionSystem(Protocol):
    """A deterministic machine that reads a word one symbol at a time."""

    @property
    def alphabet(self) -> Alphabet: ...

    @property
    def initial(self) -> Any: ...

    def step(self, state: Any, symbol: Symbol) -> Any: ...

    def output(self, state: Any) -> Any: ...


Adapter: TypeAlias = Callable[[Any], TransitionSystem]
A = TypeVar("A", bound=Adapter)
_ADAPTERS: dict[str, Adapter] = {}


def type_name(kind: type) -> str:
    """The importable name of a class, e.g. "automata.fa.dfa.DFA"."""
    return f"{kind.__module__}.{kind.__qualname__}"


def adapter(foreign: str) -> Callable[[A], A]:
    """Register a function that makes a TransitionSystem of another library's class.

    The class goes by its name, so that its library is imported by users of it only.
    """

    def register(function: A) -> A:
        if foreign in _ADAPTERS:
            raise ValueError(f"{foreign} already has an adapter")
        _ADAPTERS[foreign] = function
        return function

    return register


def as_system(machine: Any) -> TransitionSystem:
    """`machine`, or what its adapter makes of it; TypeError where there is neither."""
    if isinstance(machine, TransitionSystem):
        return machine
    for kind in type(machine).__mro__:
        if type_name(kind) in _ADAPTERS:
            return _ADAPTERS[type_name(kind)](machine)
    raise TypeError(
        "machine: wanted an object with alphabet, initial, step and output, or one "
        f"of {sorted(_ADAPTERS)}, got {type_name(type(machine))}"
    )


def start(system: TransitionSystem) -> Any:
    """s₀: the state before the first symbol of a word, after `bos` where it has one."""
    bos = system.alphabet.bos
    return system.initial if bos is None else system.step(system.initial, bos)


def trace(machine: Any, word: Word) -> Iterator[Any]:
    """States s₀, …, s_T visited while reading `word`: len(word) + 1 of them."""
    system = as_system(machine)
    state = start(system)
    yield state
    for symbol in word:
        state = system.step(state, symbol)
        yield state


def evaluate(machine: Any, word: Word) -> Any:
    """Output after reading the whole of `word`, which may be empty.

    >>> from automata_rnn.automata import wfa_from_regex
    >>> evaluate(wfa_from_regex("(ab|c)*"), "abc")
    1
    """
    system = as_system(machine)
    state = start(system)
    for symbol in word:
        state = system.step(state, symbol)
    return system.output(state)


def accepts(machine: Any, word: Word, threshold: Any = 0) -> bool:
    """Whether the value of `word` is strictly above `threshold` (Definition 9).

    Elements of finite rings compare as their representatives 0, …, q - 1, so that
    threshold 0 means "not zero"; of a complex value the real part decides.
    """
    return above(evaluate(machine, word), threshold)


def above(value: Any, threshold: Any = 0) -> bool:
    """Whether a value is strictly above `threshold`; see `accepts`."""
    if isinstance(value, complex | np.complexfloating):
        value = value.real
    return bool(value > threshold)
