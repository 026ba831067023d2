"""Recurrent networks: the machines on the neural side."""

from automata_rnn.rnns.cells import Cell
from automata_rnn.rnns.compiled import compile_network, in_floats
from automata_rnn.rnns.deltanet import DeltaNet, GatedDeltaNet
from automata_rnn.rnns.deltaproduct import DeltaProduct
from automata_rnn.rnns.diagonal import DiagonalRNN
from automata_rnn.rnns.linear import LinearRNN
from automata_rnn.rnns.network import HeadGroup, Layer, Network, NetworkState
from automata_rnn.rnns.network_run import run, run_all
from automata_rnn.rnns.one_head import Head, head_states
from automata_rnn.rnns.pd import PDRNN
from automata_rnn.rnns.precision import Horizon, drift, precision_horizon
from automata_rnn.rnns.rwkv7 import RWKV7
from automata_rnn.rnns.stacked import Dense, StackedRNN

__all__ = [
    "PDRNN",
    "RWKV7",
    "Cell",
    "DeltaNet",
    "DeltaProduct",
    "Dense",
    "DiagonalRNN",
    "GatedDeltaNet",
    "Head",
    "HeadGroup",
    "Horizon",
    "Layer",
    "LinearRNN",
    "Network",
    "NetworkState",
    "StackedRNN",
    "compile_network",
    "drift",
    "head_states",
    "in_floats",
    "precision_horizon",
    "run",
    "run_all",
]
