"""Scans compiled for the processor at hand, by numba.

Each module holds one kind of element; each public function computes what
`automata_rnn.scan.prefix_products` defines, and says how far rounding may part them.
`choose` finds the kernel for elements, `by_codes` for words of codes and packed
sequences. Importing this package imports neither; they need half a second.
"""

from automata_rnn.scan.monoid import Element
from automata_rnn.scan.task import Task


def scan_on_cpu(task: Task) -> Element | None:
    """The results of a task that has elements; None where there is no kernel."""
    from automata_rnn.scan.cpu.by_codes import scan

    return scan(task)
