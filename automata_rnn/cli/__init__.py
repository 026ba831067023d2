"""The `automata-rnn` command."""

from automata_rnn.cli import classification
from automata_rnn.cli.commands import main

__all__ = ["classification", "main"]
