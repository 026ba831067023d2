"""The `automata-rnn` command."""

from automata_rnn.cli import classification, validation
from automata_rnn.cli.commands import main

__all__ = ["classification", "main", "validation"]
