"""Recurrent networks: the machines on the neural side."""

from automata_rnn.rnns.cells import Cell
from automata_rnn.rnns.compiled import compile_network, in_floats
from automata_rnn.rnns.deltanet import DeltaNet, GatedDeltaNet
from automata_rnn.rnns.deltaproduct import DeltaProduct
from automata_rnn.rnns.diagonal import DiagonalRNN
from automata_rnn.rnns.diagonal_network import (
    DiagonalLayer,
    DiagonalNetwork,
    StackState,
    run_stack,
)
from automata_rnn.rnns.linear import LinearRNN
from automata_rnn.rnns.mlp import MLPRNN
from automata_rnn.rnns.network import HeadGroup, Layer, Network, NetworkState
from automata_rnn.rnns.network_run import run, run_all
from automata_rnn.rnns.one_head import Head, head_states
from automata_rnn.rnns.pd import PDRNN
from automata_rnn.rnns.precision import Horizon, drift, precision_horizon
from automata_rnn.rnns.relu import ReLURNN
from automata_rnn.rnns.relu_run import InexactError, check_exact, final_state
from automata_rnn.rnns.rwkv7 import RWKV7
from automata_rnn.rnns.sparse import SparseMatrix
from automata_rnn.rnns.stacked import Dense, StackedRNN
from automata_rnn.rnns.torch_tensors import relu_tensors

__all__ = [
    "MLPRNN",
    "PDRNN",
    "RWKV7",
    "Cell",
    "DeltaNet",
    "DeltaProduct",
    "Dense",
    "DiagonalLayer",
    "DiagonalNetwork",
    "DiagonalRNN",
    "GatedDeltaNet",
    "Head",
    "HeadGroup",
    "Horizon",
    "InexactError",
    "Layer",
    "LinearRNN",
    "Network",
    "NetworkState",
    "ReLURNN",
    "SparseMatrix",
    "StackState",
    "StackedRNN",
    "check_exact",
    "compile_network",
    "drift",
    "final_state",
    "head_states",
    "in_floats",
    "precision_horizon",
    "relu_tensors",
    "run",
    "run_all",
    "run_stack",
]
