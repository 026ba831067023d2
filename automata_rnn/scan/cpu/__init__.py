"""Scans compiled for the processor at hand, by numba.

Each module holds one kind of element; each public function computes what
`automata_rnn.scan.prefix_products` defines, and says how far rounding may part them.
Importing this package imports nothing heavy; its modules need numba, which is optional:
ask `available` first.
"""

from importlib.util import find_spec


def available() -> bool:
    """Whether numba is installed, so that the modules here can be imported."""
    return find_spec("numba") is not None
