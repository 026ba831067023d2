"""automata-lib's DPDA as a real-time machine with one stack and a clock symbol.

The top is held in the control and the stack holds the rest, so that a transition that
replaces the top by at most two symbols is one step. One that pushes m > 2 takes m - 1,
and a move on ε is a step too: the steps that read nothing read a clock symbol.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from automata.pda.dpda import DPDA

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.classical import sorted_symbols
from automata_rnn.automata.nfa import EPSILON
from automata_rnn.automata.stack import NOOP, POP, PUSH, StackMachine, Stacks
from automata_rnn.automata.stack_rules import Tops, tabulate
from automata_rnn.automata.turing import CLOCK


class Pushdown(NamedTuple):
    """A configuration of a pushdown automaton: its state, and its stack, top last."""

    state: Any
    stack: tuple[Symbol, ...]


class _Control(NamedTuple):
    """The state, the stack's top (None: empty) and what is still to be pushed on it."""

    state: Any
    top: Any
    pending: tuple[Symbol, ...]


DEAD = _Control(None, None, ())  # no transition, or a symbol came before its time


@dataclass(frozen=True, eq=False)
class PushdownMachine:
    """A DPDA as a stack machine, which reads words of the DPDA with clock symbols.

    Attributes:
        dpda: the automaton.
        machine: it accepts `clocked` words exactly where the DPDA accepts the word.
        clock: the clock symbol.
        controls: state, top and pending pushes of each state of `machine`.
    """

    dpda: DPDA
    machine: StackMachine
    clock: Symbol
    controls: list[Any]


def stack_machine_from_dpda(dpda: DPDA, *, clock: Symbol = CLOCK) -> PushdownMachine:
    """The real-time machine of a DPDA, at most |Q| (|Γ| + 1) states where m ≤ 2.

    A clock symbol where the DPDA has nothing to do on ε changes nothing; an input
    symbol where it has leads to a state that rejects for ever.
    """
    alphabet = Alphabet((*sorted_symbols(dpda.input_symbols), clock))
    first = _Control(dpda.initial_state, dpda.initial_stack_symbol, ())
    symbols = sorted_symbols(dpda.stack_symbols)
    rule = partial(_rule, dpda, symbols, clock)
    made = tabulate(alphabet, symbols, first, rule, partial(_accepts, dpda), ((),))
    return PushdownMachine(dpda, made.machine, clock, made.controls)


def _rule(
    dpda: DPDA,
    symbols: tuple[Symbol, ...],
    clock: Symbol,
    control: Any,
    symbol: Symbol,
    tops: Tops,
) -> tuple[Any, tuple[int, ...]]:
    state, top, pending = control
    busy = pending or _result(dpda, state, EPSILON, top) is not None
    if symbol == clock and not busy:
        return control, (NOOP,)
    if symbol == clock and pending:
        pushed = PUSH + symbols.index(top)
        return _Control(state, pending[0], pending[1:]), (pushed,)
    result = _result(dpda, state, EPSILON if symbol == clock else symbol, top)
    if result is None or (busy and symbol != clock):
        return DEAD, (NOOP,)
    return _replace(symbols, result, tops[0])


def _replace(
    symbols: tuple[Symbol, ...], result: Any, below: int
) -> tuple[Any, tuple[int, ...]]:
    """What replaces the top; `below` is the top of the rest."""
    state, pushed = result[0], tuple(reversed(result[1]))
    if not pushed:
        top = symbols[below - 1] if below else None
        return _Control(state, top, ()), (POP if below else NOOP,)
    if len(pushed) == 1:
        return _Control(state, pushed[0], ()), (NOOP,)
    return _Control(state, pushed[1], pushed[2:]), (PUSH + symbols.index(pushed[0]),)


def _accepts(dpda: DPDA, control: Any, mask: int) -> bool:
    if control == DEAD or control.pending:
        return False
    empty = control.top is None and dpda.acceptance_mode != "final_state"
    final = control.state in dpda.final_states
    return empty or (final and dpda.acceptance_mode != "empty_stack")


def _result(dpda: DPDA, state: Any, label: Any, top: Any) -> Any:
    """(next state, what replaces the top), or None."""
    row: Any = dpda.transitions.get(state, {})
    return None if top is None else row.get(label, {}).get(top)


def read_pushdown(pushdown: PushdownMachine, state: Stacks) -> Pushdown | None:
    """The DPDA's configuration; None between two, and where there is none any more."""
    control = pushdown.controls[state.state]
    if control == DEAD or control.pending:
        return None
    symbols = pushdown.machine.stack_symbols
    top = () if control.top is None else (control.top,)
    return Pushdown(control.state, (*(symbols[b] for b in state.stacks[0]), *top))


def clocked(
    pushdown: PushdownMachine, word: Sequence[Symbol], *, max_clocks: int = 10_000
) -> tuple[Symbol, ...]:
    """The word with the clock symbols that the DPDA's moves on ε need.

    As automata-lib does, stops at the first accepting configuration that has read all.
    Raises ValueError past `max_clocks`, where moves on ε may go on for ever.
    """
    machine, clock = pushdown.machine, pushdown.clock
    state, found, rest = machine.initial, [], list(word)
    while rest or _busy(pushdown, state):
        symbol = clock if _busy(pushdown, state) else rest.pop(0)
        state = machine.step(state, symbol)
        found.append(symbol)
        if len(found) - len(word) > max_clocks:
            raise ValueError(
                f"word: wanted one after which the DPDA stops, got more than "
                f"{max_clocks} moves on ε"
            )
        if not rest and machine.output(state):
            break
    return tuple(found)


def _busy(pushdown: PushdownMachine, state: Stacks) -> bool:
    control = pushdown.controls[state.state]
    moves = _result(pushdown.dpda, control.state, EPSILON, control.top)
    return bool(control != DEAD and (control.pending or moves is not None))
