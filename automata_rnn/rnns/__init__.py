"""Recurrent networks: the machines on the neural side."""

from automata_rnn.rnns.deltanet import DeltaNet, GatedDeltaNet
from automata_rnn.rnns.deltaproduct import DeltaProduct
from automata_rnn.rnns.diagonal import DiagonalRNN
from automata_rnn.rnns.linear import LinearRNN
from automata_rnn.rnns.mlp import MLPRNN
from automata_rnn.rnns.one_head import Head, head_states
from automata_rnn.rnns.pd import PDRNN
from automata_rnn.rnns.relu import ReLURNN
from automata_rnn.rnns.run import InexactError, check_exact, final_state
from automata_rnn.rnns.rwkv7 import RWKV7
from automata_rnn.rnns.sparse import SparseMatrix
from automata_rnn.rnns.torch_tensors import relu_tensors, to_torch

__all__ = [
    "MLPRNN",
    "PDRNN",
    "RWKV7",
    "DeltaNet",
    "DeltaProduct",
    "DiagonalRNN",
    "GatedDeltaNet",
    "Head",
    "InexactError",
    "LinearRNN",
    "ReLURNN",
    "SparseMatrix",
    "check_exact",
    "final_state",
    "head_states",
    "relu_tensors",
    "to_torch",
]
