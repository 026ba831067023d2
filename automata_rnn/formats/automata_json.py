"""Automata as JSON text: one list item a line, the same text for equal automata.

A DFA's keys are the keywords of automata-lib's constructor; an NFA has no
allow_partial, a WFA has a type and a version (see wfa_json):

    {
     "allow_partial": false,
     "final_states": [0],
     "initial_state": 0,
     "input_symbols": ["a"],
     "states": [0, 1],
     "transitions": [[0, "a", 1], [1, "a", 0]]
    }

In an NFA's transitions a list of states takes the place of the target, and "" is ε.
Sets are sorted; states and symbols may be all that `values` encodes.
"""

from collections.abc import Iterable
from typing import Any

from automata.base.exceptions import AutomatonException
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Symbol
from automata_rnn.automata import WFA
from automata_rnn.formats.errors import FormatError, check_keys, mismatch, require
from automata_rnn.formats.values import decode, distinct, dumps, encode, loads, order
from automata_rnn.formats.wfa_json import wfa_from_record, wfa_record

_SETS = ("states", "input_symbols", "final_states")
_NFA_KEYS = (*_SETS, "transitions", "initial_state")
_DFA_KEYS = (*_NFA_KEYS, "allow_partial")


def to_json(automaton: DFA | NFA | WFA) -> str:
    """The automaton as JSON text.

    Names of states are kept: `dfa_from_table(table_from_dfa(dfa))` makes them canonical
    first. Moves to no state are left out. Raises FormatError for other types of
    machines, states and symbols, and naming a state that does not exist.
    """
    if isinstance(automaton, WFA):
        return _document(wfa_record(automaton))
    if type(automaton) not in (DFA, NFA):
        raise mismatch("machine", "a DFA, NFA or WFA (others: .safetensors)", automaton)
    unknown = set(automaton.transitions) - set(automaton.states)
    if unknown:
        raise mismatch("transitions", "moves from states only", unknown)
    record = {
        **{name: _encode_set(name, getattr(automaton, name)) for name in _SETS},
        "transitions": _encode_moves(automaton),
        "initial_state": encode("initial_state", automaton.initial_state),
    }
    if isinstance(automaton, DFA):
        record["allow_partial"] = automaton.allow_partial
    return _document(record)


def from_json(text: str) -> DFA | NFA | WFA:
    """The automaton that `to_json` made this text of; FormatError where it made none.

    >>> even = DFA.count_mod({"a", "b"}, 2, symbols_to_count={"a"})
    >>> from_json(to_json(even)) == even
    True
    """
    record = require("JSON text", loads(text), dict)
    if "type" in record:
        return wfa_from_record(record)
    deterministic = "allow_partial" in record
    kind = "DFA" if deterministic else "NFA"
    check_keys(kind, record, _DFA_KEYS if deterministic else _NFA_KEYS)
    arguments: dict[str, Any] = {
        name: _decode_set(name, record[name]) for name in _SETS
    }
    moves = _decode_moves(record["transitions"], arguments["states"], deterministic)
    arguments["transitions"] = moves
    arguments["initial_state"] = decode("initial_state", record["initial_state"])
    if deterministic:
        partial = require("allow_partial", record["allow_partial"], bool)
        arguments["allow_partial"] = partial
    try:
        return DFA(**arguments) if deterministic else NFA(**arguments)
    except AutomatonException as error:
        raise FormatError(f"{kind}: {error}") from error


def _document(record: dict[str, Any]) -> str:
    lines = [f" {dumps(key)}: {_block(record[key])}" for key in sorted(record)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _block(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return dumps(value)
    return "[\n  " + ",\n  ".join(dumps(item) for item in value) + "\n ]"


def _encode_set(field: str, values: Iterable[Any]) -> list[Any]:
    return sorted((encode(field, value) for value in values), key=order)


def _encode_moves(automaton: DFA | NFA) -> list[Any]:
    moves = []
    for source, row in automaton.transitions.items():
        for symbol, target in row.items():
            if isinstance(automaton, DFA):
                to: Any = encode("transitions", target)
            elif target:
                to = _encode_set("transitions", target)
            else:
                continue
            labels = (encode("transitions", value) for value in (source, symbol))
            moves.append([*labels, to])
    return sorted(moves, key=lambda move: (order(move[0]), order(move[1])))


def _decode_set(field: str, data: Any) -> set[Symbol]:
    return distinct(field, (decode(field, item) for item in require(field, data, list)))


def _decode_moves(
    data: Any, states: set[Symbol], deterministic: bool
) -> dict[Symbol, dict[Symbol, Any]]:
    field = "transitions"
    moves: dict[Symbol, dict[Symbol, Any]] = {state: {} for state in states}
    for item in require(field, data, list):
        if len(require(field, item, list)) != 3:
            raise mismatch(field, "lists of source, symbol and target", item)
        source, symbol = (decode(field, part) for part in item[:2])
        if source not in states or symbol in moves[source]:
            raise mismatch(field, "one item for each state and symbol", item)
        read = decode if deterministic else _decode_set
        moves[source][symbol] = read(field, item[2])
    return moves
