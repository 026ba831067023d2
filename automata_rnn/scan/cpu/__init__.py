"""Scans compiled for the processor at hand, by numba.

Each module holds one kind of element; each public function computes what
`automata_rnn.scan.prefix_products` defines, and says how far rounding may part them.
`choose` finds the kernel for elements, `by_codes` for words of codes and packed
sequences. Importing this package imports neither: numba needs half a second.
"""
