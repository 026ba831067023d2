"""Recurrent networks: the machines on the neural side."""

from automata_rnn.rnns.deltanet import DeltaNet, GatedDeltaNet
from automata_rnn.rnns.deltaproduct import DeltaProduct
from automata_rnn.rnns.diagonal import DiagonalRNN
from automata_rnn.rnns.linear import LinearRNN
from automata_rnn.rnns.mlp import MLPRNN
from automata_rnn.rnns.one_head import Head, head_states
from automata_rnn.rnns.pd import PDRNN
from automata_rnn.rnns.relu import ReLURNN
from automata_rnn.rnns.rwkv7 import RWKV7
from automata_rnn.rnns.sparse import SparseMatrix

__all__ = [
    "MLPRNN",
    "PDRNN",
    "RWKV7",
    "DeltaNet",
    "DeltaProduct",
    "DiagonalRNN",
    "GatedDeltaNet",
    "Head",
    "LinearRNN",
    "ReLURNN",
    "SparseMatrix",
    "head_states",
]
