"""The `automata-rnn` command."""

from automata_rnn.cli import validation
from automata_rnn.cli.commands import main

__all__ = ["main", "validation"]
