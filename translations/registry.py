"""The table of translations, by source and target type."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any, NamedTuple, TypeAlias, TypeVar

from automata_rnn.system import TransitionSystem, type_name
from translations.layout import Layout

Kind: TypeAlias = "type | str"  # a class, or its importable name, not to import it
Translator: TypeAlias = "Callable[..., Translation]"
F = TypeVar("F", bound=Translator)


class Pair(NamedTuple):
    """Source and target of a translation, as importable class names."""

    source: str
    target: str

    def __str__(self) -> str:
        return " → ".join(name.rpartition(".")[2] for name in self)


@dataclass(frozen=True, eq=False)
class Translation:
    """An automaton and a network that compute the same function, and why.

    `decode` sends each reachable hidden state of the network to the automaton's state
    and commutes with reading a symbol:

        decode(rnn.initial)    = automaton.initial
        decode(rnn.step(h, a)) = automaton.step(decode(h), a)
        read(rnn.output(h))    = automaton.output(decode(h))

    This holds whichever of the two was the source. `contract.counterexample` checks it
    on words.

    Attributes:
        automaton: a TransitionSystem, or an object that `as_system` makes one of.
        rnn: the network.
        read: the network's output ↦ the automaton's: the identity, or whether a value
            is above the threshold where the automaton is an acceptor.
        tolerance: 0 where the three equations hold exactly; else they hold up to this
            relative error, which the translator's docstring explains.
        plan: what was built and why, in numbers, where the translator chose.
        layout: which hidden units are control, counters and stacks, where a nonlinear
            network was read as a counter or stack machine (`translations.layout`).
    """

    automaton: Any
    rnn: TransitionSystem
    decode: Callable[[Any], Any]
    read: Callable[[Any], Any] = lambda value: value
    tolerance: float = 0.0
    plan: Any = None
    layout: Layout | None = None


_TRANSLATORS: dict[Pair, Translator] = {}


_EXTRACT = "translations.extraction.extract asks it for words"
_MACHINE = "translate its `machine`"
_INSTEAD = {
    "builtins.str": "dfa_from_regex makes a DFA of a pattern",
    "builtins.function": _EXTRACT,
    "automata_rnn.rnns.stacked.StackedRNN": _EXTRACT,
    "automata_rnn.automata.turing.TapeMachine": _MACHINE,
    "automata_rnn.automata.pushdown.PushdownMachine": _MACHINE,
    "automata_rnn.automata.counter_program.CounterProgram": _MACHINE,
    "translations.registry.Translation": "take its `rnn` or its `automaton`",
}
"""What to do with a source that has no translations."""

_FOUR_LAYERS = (
    'Network with heads="deltanet" has four layers that hold it; feasibility says what '
    "one layer in the shipped range holds"
)
_RATHER = {
    "automata_rnn.rnns.deltanet.DeltaNet": _FOUR_LAYERS,
    "automata_rnn.rnns.deltanet.GatedDeltaNet": _FOUR_LAYERS,
    "automata_rnn.rnns.diagonal.DiagonalRNN": "wfa_from_dfa makes a WFA of a DFA, and "
    "one layer holds some of those; DiagonalNetwork has several",
}
"""What to take for a target, from a source that has translations."""


def _name(kind: Kind) -> str:
    if not isinstance(kind, str | type):
        wanted = "a class, as in translate(dfa, PDRNN)"
        raise TypeError(
            f"target: wanted {wanted}, got an object, {type(kind).__name__}"
        )
    if isinstance(kind, str) and "." not in kind:
        wanted = "a class, or its importable name, as automata_rnn.rnns.pd.PDRNN"
        raise TypeError(f"target: wanted {wanted}, got {kind!r}")
    return kind if isinstance(kind, str) else type_name(kind)


def translator(source: Kind, target: Kind) -> Callable[[F], F]:
    """Register a function as the translation from `source` to `target`.

    Raises ValueError where the pair has one already.
    """
    pair = Pair(_name(source), _name(target))

    def register(function: F) -> F:
        if pair in _TRANSLATORS:
            raise ValueError(
                f"{pair} is already registered as {_TRANSLATORS[pair].__qualname__}"
            )
        _TRANSLATORS[pair] = function
        return function

    return register


def pairs() -> list[Pair]:
    """Every (source, target) pair with a translation, in alphabetical order."""
    return sorted(_TRANSLATORS, key=str)


def find(source: type, target: Kind) -> Translator:
    """The translator of a pair of types; TypeError listing those from `source`."""
    for kind in source.__mro__:
        function = _TRANSLATORS.get(Pair(type_name(kind), _name(target)))
        if function is not None:
            return function
    known = sorted(
        pair.target.rpartition(".")[2]
        for pair in _TRANSLATORS
        if pair.source == type_name(source)
    )
    instead = _RATHER.get(_name(target)) if known else _INSTEAD.get(type_name(source))
    raise TypeError(
        f"no translation {source.__name__} → {_name(target).rpartition('.')[2]}; "
        f"from {source.__name__} there is: {', '.join(known) or 'none'}"
        + (f"; {instead}" if instead else "")
    )


def translate(machine: Any, target: Kind, **options: Any) -> Translation:
    """Translate `machine` into a machine of type `target`.

    Options are those of the pair's translator, as heads="deltanet" from a DFA to a
    `Network`; help(translations.registry.find(type(machine), target)) explains them.
    Raises TypeError where the pair has no translator or it no such option, and
    ValueError with the reason where this machine is outside its domain.

    >>> from automata_rnn.automata import dfa_from_regex
    >>> from automata_rnn.rnns import PDRNN
    >>> translate(dfa_from_regex("(ab|c)*"), PDRNN).rnn.hidden_size
    3
    """
    function = find(type(machine), target)
    known = list(signature(function).parameters)[1:]
    unknown = [name for name in options if name not in known]
    if unknown:
        raise TypeError(
            f"options: wanted some of {known} for {type(machine).__name__} → "
            f"{_name(target).rpartition('.')[2]}, got {unknown}"
        )
    return function(machine, **options)
