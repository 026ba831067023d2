"""Scans side by side with what else computes them, and with the limits of the machine.

python -m benchmarks.scan            all cases, a table, CSV files and plots
python -m benchmarks.scan --list     their names
python -m benchmarks.gpu             the same idea on a CUDA device

case      what a case, a contender and a goal are
cases_*   the cases: inputs, bytes moved, contenders, goals
ours      how the library is called
peers     everybody else; each is optional, and absent with a reason
limits    copies, reads and matrix products of the machine, in the same run
timing    rounds in which all contenders of a case take turns
results   rows, ratios and whether goals are reached
report    table, CSV files, plots
"""
