"""DFAs whose one-layer heads in the shipped ranges are exact in every float format.

All weights are 0, ±1/2, 1 and 2, which saturated sigmoids reach (β = 2 sigmoid(z) is 2
in float32 from z = 17 on, 0 from z = -104 on), and states stay 0 and ±1.
"""

from typing import Any, TypeAlias

import numpy as np

from automata_rnn.automata import DFATable
from automata_rnn.exact.factors import orthogonal_factors
from automata_rnn.rnns import RWKV7, DeltaNet, DeltaProduct, DiagonalRNN, GatedDeltaNet
from automata_rnn.rnns.ranges import RWKV7_LEAST_DECAY
from automata_rnn.semiring import RATIONAL, REAL, Array

Network: TypeAlias = DeltaNet | GatedDeltaNet | DeltaProduct | RWKV7 | DiagonalRNN


def is_identity(successors: Array) -> bool:
    """Whether a symbol leaves every state alone."""
    return bool(np.all(successors == np.arange(len(successors))))


def is_constant(successors: Array) -> bool:
    """Whether a symbol sends all states to one."""
    return bool(np.all(successors == successors[0]))


def is_permutation(successors: Array) -> bool:
    """Whether no two states meet."""
    return len(set(successors.tolist())) == len(successors)


def reset_network(kind: type[Network], table: DFATable) -> Network | None:
    """S = the state as a one-hot column, n = 1; symbols keep it or write another.

    For symbols that are the identity or send all states to one, else None. Value 1 on
    accepted words, 0 on others.
    """
    if not all(is_identity(row) or is_constant(row) for row in table.successors):
        return None
    written = np.array([[0.0 if is_identity(row) else 1.0] for row in table.successors])
    values = written * np.eye(table.num_states)[table.successors[:, 0]]
    initial = np.eye(table.num_states)[table.initial]
    accepting = table.accepting.astype(float)
    if kind is DiagonalRNN:
        gates = np.broadcast_to(1 - written, values.shape)
        return DiagonalRNN(REAL, table.alphabet, initial, gates, accepting, values)
    return _one_cell(kind, table, initial[:, None], written[:, 0], values, accepting)


def sign_network(kind: type[Network], table: DFATable) -> Network | None:
    """S = ±1 for two states, n = d = 1: symbols keep it, flip it (β = 2) or write it.

    Every symbol of a DFA with two states is one of these; None for other numbers. The
    value is 1 on accepted words, -1 on others. RWKV-7 cannot flip: its sign is right,
    while every flip multiplies its size by e^{-e^{-1/2}} - 1 ≈ -0.4548.
    """
    if table.num_states != 2 or kind is DiagonalRNN:
        return None
    sign = np.where(table.accepting, 1.0, -1.0)
    beta = np.array(
        [0 if is_identity(r) else 1 if is_constant(r) else 2 for r in table.successors]
    )
    values = np.where(beta == 1, sign[table.successors[:, 0]], 0.0)[:, None]
    initial = sign[table.initial].reshape(1, 1)
    return _one_cell(kind, table, initial, beta.astype(float), values, np.ones(1))


def _one_cell(
    kind: type[Network],
    table: DFATable,
    initial: Array,
    beta: Array,
    values: Array,
    readout: Array,
) -> Network:
    """A head of n = 1 that multiplies by 1 - β and writes β v, k = 1."""
    ends: dict[str, Any] = {"query": [1.0], "readout": readout}
    ones = np.ones((len(beta), 1))
    shipped: dict[str, Any] = {"parametrization": "shipped"}
    if kind is RWKV7:
        flips = beta[:, None] == 2
        decay = np.where(flips, RWKV7_LEAST_DECAY, 1.0)
        rate = np.minimum(beta, 1.0)[:, None]
        parts = {"decay": decay, "removal": ones, "rate": rate}
        written = {"keys": ones, "values": values}
        return RWKV7(
            REAL, table.alphabet, initial, **parts, **ends, **written, **shipped
        )
    shipped["allow_neg_eigval"] = bool(np.any(beta > 1))
    parts = {"keys": ones, "beta": beta, "values": values}
    if kind is DeltaProduct:
        parts = {name: part[:, None] for name, part in parts.items()}
    if kind is GatedDeltaNet:
        parts["gate"] = np.ones(len(beta))
    fields = {"initial": initial, **parts, **ends, **shipped}
    network: Network = kind(REAL, table.alphabet, **fields)
    return network


def permutation_network(
    kind: type[Network], table: DFATable, num_factors: int
) -> Network | None:
    """Each state twice, d = 1, dimension 2n: swaps with a key of entries ±1/2, β = 2.

    k = (e_i + e_i' - e_j - e_j')/2 has norm 1, and H(2, k) exchanges i, i' with j, j'
    where both copies are equal: k (e_i + e_j')/√2, say, would not be a float. A symbol
    that sends all states to one writes all 2n entries (β = 1). None where some symbol
    is neither, or takes more than `num_factors` steps. Value 1 or 0.
    """
    if kind not in (DeltaNet, GatedDeltaNet, DeltaProduct):
        return None
    steps = [_symbol_steps(row) for row in table.successors]
    found = [row for row in steps if row is not None and len(row) <= num_factors]
    if len(found) < len(steps):
        return None
    n, most = table.num_states, max(1, *(len(row) for row in found))
    keys, beta = np.zeros((len(found), most, 2 * n)), np.zeros((len(found), most))
    keys[..., 0] = 1.0  # a shipped head has unit keys even where β = 0
    values = np.zeros((len(found), most, 1))
    for code, row in enumerate(found):
        for i, (b, key, value) in enumerate(row):
            beta[code, i], keys[code, i], values[code, i] = b, key, value
    parts = {"keys": keys, "beta": beta, "values": values}
    if kind is not DeltaProduct:
        parts = {name: part[:, 0] for name, part in parts.items()}
    if kind is GatedDeltaNet:
        parts["gate"] = np.ones(len(found))
    network: Network = kind(
        REAL,
        table.alphabet,
        initial=np.repeat(np.eye(n)[table.initial], 2)[None],
        query=np.kron(table.accepting, [1.0, 0.0]),
        readout=[1.0],
        parametrization="shipped",
        allow_neg_eigval=True,
        **parts,
    )
    return network


def _symbol_steps(successors: Array) -> list[tuple[float, Array, float]] | None:
    """(β, k, v) of each step of a permutation or a constant map, else None."""
    n = len(successors)
    if is_permutation(successors):
        matrix = RATIONAL.array(np.eye(n, dtype=int)[successors])
        swaps = orthogonal_factors(matrix) or []
        return [(2.0, np.repeat(key.astype(float), 2) / 2, 0.0) for _, key in swaps]
    if not is_constant(successors):
        return None
    target = np.repeat(np.eye(n)[successors[0]], 2)
    return [(1.0, *pair) for pair in zip(np.eye(2 * n), target, strict=True)]
