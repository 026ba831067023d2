"""Weighted automata in AT&T text: the costs of OpenFst's tropical semiring."""

from math import inf
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import WFA
from automata_rnn.automata.nfa import EPSILON
from automata_rnn.formats.atomic import FilePath, decode_text, naming, read_bytes
from automata_rnn.formats.att import Symbols, symbol_of, symbol_table
from automata_rnn.formats.att_text import EPSILON_LABEL, parse
from automata_rnn.formats.errors import FormatError, check_entries
from automata_rnn.semiring import MIN_PLUS, Array


def read_att_wfa(
    path: FilePath, *, symbols: Symbols = None, one_label: bool = False
) -> WFA:
    """The weighted automaton in an AT&T text file, over MIN_PLUS: weights are costs.

    A missing weight is 0; of two moves with the same ends and label the cheaper one
    counts. States are numbered in increasing order of their numbers in the file, and
    moves on ε are closed: W_σ = M_σ E*, α = e₀ E*. Arguments as of `read_att`.

    Raises FormatError as that does, and where ε-moves form a cycle of negative cost.
    """
    with naming(path):
        return wfa_from_att(decode_text(read_bytes(path)), symbols, one_label)


def wfa_from_att(text: str, symbols: Symbols = None, one_label: bool = False) -> WFA:
    """The weighted automaton in an AT&T text; see `read_att_wfa`.

    >>> from automata_rnn import evaluate
    >>> float(evaluate(wfa_from_att("0 1 a 0.5\\n0 0 b\\n1 0.25"), "ba"))
    0.75
    """
    graph = parse(text, one_label=one_label)
    names, sigma = symbol_table(graph, symbols)
    position = {state: i for i, state in enumerate(graph.states)}
    codes: dict[Any, int] = {symbol: code for code, symbol in enumerate(sigma)}
    codes[EPSILON] = len(sigma)
    shape = (len(codes), len(position), len(position))
    check_entries("weights", shape)
    weights = np.full(shape, inf)
    for arc in graph.arcs:
        ends = position[arc.source], position[arc.target]
        place = (codes[symbol_of(arc, names)], *ends)
        weights[place] = min(weights[place], arc.cost)
    initial, final = np.full((2, len(position)), inf)
    initial[position[graph.initial]] = 0
    for state, cost, _ in graph.finals:
        final[position[state]] = cost
    if not np.all(weights[-1] == inf):
        initial, weights = _close(initial, weights)
    return WFA(MIN_PLUS, Alphabet(sigma), initial, weights[:-1], final)


def _close(initial: Array, weights: Array) -> tuple[Array, Array]:
    """The same function without the ε-moves, which are the last of the weights."""
    try:
        with np.errstate(over="raise", invalid="raise"):
            closure = _cheapest_paths(weights[-1])
            initial = MIN_PLUS.vecmat(initial, closure)
            return initial, MIN_PLUS.matmul(weights, closure)
    except FloatingPointError as error:
        raise FormatError(
            f"{EPSILON_LABEL}: wanted finite sums, got {error}"
        ) from error


def _cheapest_paths(moves: Array) -> Array:
    """The costs of going from all states to all, by any number of moves."""
    costs = np.minimum(moves, MIN_PLUS.eye(len(moves), moves))
    for _ in range(len(moves).bit_length()):  # paths twice as long each time
        costs = MIN_PLUS.matmul(costs, costs)
        if np.any(np.diag(costs) < 0):
            raise FormatError(f"{EPSILON_LABEL}: wanted no cycle of negative cost")
    return costs
