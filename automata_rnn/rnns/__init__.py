"""Recurrent networks: the machines on the neural side."""

from automata_rnn.rnns.diagonal import DiagonalRNN
from automata_rnn.rnns.linear import LinearRNN
from automata_rnn.rnns.pd import PDRNN

__all__ = ["PDRNN", "DiagonalRNN", "LinearRNN"]
