"""Linear feedback shift registers ↔ one-letter linear RNNs over finite fields.

A register is a linear RNN whose matrix is a companion matrix. Back, the outputs
s_t = f(1ᵗ) of a network over GF(q) with minimal size d satisfy one recurrence
s_{t+d} = Σ_i c_i s_{t+i}, which a register with taps T_j = c_{d-1-j} runs, if c₀ ≠ 0.
"""

from typing import Any

import numpy as np

from automata_rnn.automata import WFA, minimize
from automata_rnn.automata.lfsr import lfsr_system
from automata_rnn.exact import finite_field
from automata_rnn.rnns import LinearRNN
from automata_rnn.semiring import Array
from automata_rnn.system import start
from translations.registry import Translation, translator
from translations.wfa_linear import linear_rnn_to_wfa


@translator("galois.FLFSR", LinearRNN)
def lfsr_to_linear_rnn(register: Any) -> Translation:
    """Hidden state = register, from the state that it is in now; size n → n, exact.

    The alphabet has the single letter "1"; the value of 1ᵗ is output symbol t.
    """
    system = lfsr_system(register)
    n = len(system.taps)
    recurrent = np.eye(n, k=1, dtype=np.int64)
    recurrent[:, 0] = system.taps
    readout = np.zeros(n, dtype=np.int64)
    readout[-1] = 1
    rnn = LinearRNN(
        system.semiring, system.alphabet, system.initial, recurrent[None], readout
    )
    return Translation(register, rnn, decode=lambda hidden: hidden)


@translator(LinearRNN, "galois.FLFSR")
def linear_rnn_to_lfsr(rnn: LinearRNN) -> Translation:
    """The shortest register with the network's outputs; size n → d ≤ n, exact.

    Raises ValueError unless the alphabet has one letter and the weights are of a finite
    field, and where c₀ = 0: the outputs then begin with symbols that are not part of
    any cycle, while a register's state always comes back.
    """
    if len(rnn.alphabet) != 1 or not isinstance(rnn.semiring.field, int):
        raise ValueError(
            f"rnn: wanted one letter and weights of a finite field, got "
            f"{len(rnn.alphabet)} letters and {rnn.semiring.name}"
        )
    import galois  # costs 0.8 s: only for those who ask for a register

    step = linear_rnn_to_wfa(rnn)
    minimal = minimize(step.automaton)
    wfa, d = minimal.wfa, minimal.wfa.num_states
    columns = _powers(wfa, d + 1)  # Wⁱ ω, by which s_{t+i} depends on the state
    taps = _recurrence(rnn.semiring.field, columns)[::-1]
    if d and taps[-1] == 0:
        raise ValueError(
            f"rnn: wanted outputs that satisfy a recurrence of order {d} with nonzero "
            f"last tap, got taps {taps}: they start outside every cycle"
        )
    if d:
        to_register = rnn.semiring.matmul(minimal.matrix, columns[:, :d][:, ::-1])
    else:  # outputs are all 0: a register of one cell that holds 0
        to_register = rnn.semiring.zeros((minimal.matrix.shape[0], 1), minimal.matrix)
        taps = [1]

    def decode(hidden: Array) -> Array:
        return rnn.semiring.vecmat(step.decode(hidden), to_register)

    field = galois.GF(rnn.semiring.field)
    state = field(decode(start(rnn)).astype(int))
    register = galois.FLFSR.Taps(field(taps), state=state)
    return Translation(register, rnn, decode)


def _powers(wfa: WFA, count: int) -> Array:
    """(n, count): column i is Wⁱ ω."""
    columns = [wfa.final]
    for _ in range(count - 1):
        columns.append(wfa.semiring.matmul(wfa.weights[0], columns[-1][:, None])[:, 0])
    return np.stack(columns, axis=1)


def _recurrence(order: int, columns: Array) -> list[int]:
    """c with column d = Σ_i c_i column i, the first d of which are a basis."""
    field = finite_field(order)
    reduced, _ = field.rref(field.matrix(columns))
    return [int(v) for v in field.array(reduced)[:, -1]] if columns.shape[1] > 1 else []
