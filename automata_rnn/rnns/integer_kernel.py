"""Integer networks run by a compiled loop over the units that are not zero."""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled

LIMIT = float(2**62)


@compiled
def run(
    codes: Any,
    state: Any,
    sizes: Any,
    starts: Any,
    columns: Any,
    values: Any,
    symbol_bias: Any,
    biases: Any,
) -> int:
    """Run in place; how many steps were done before a sum might pass 2⁶².

    Layers lie one after the other: `sizes` has the units of each, the input's first;
    `starts` the rows' starts in `columns` and `values`; `biases` those of layers 2, ….
    """
    current = np.zeros(sizes.max(), np.int64)
    following = np.zeros(sizes.max(), np.int64)
    for t in range(len(codes)):
        current[: len(state)] = state
        row_offset, bias_offset = 0, 0
        for depth in range(len(sizes) - 1):
            rows, units = sizes[depth], sizes[depth + 1]
            if depth == 0:
                following[:units] = symbol_bias[codes[t]]
            else:
                following[:units] = biases[bias_offset : bias_offset + units]
                bias_offset += units
            largest = 0.0
            for i in range(rows):
                h = current[i]
                if h == 0:
                    continue
                for e in range(starts[row_offset + i], starts[row_offset + i + 1]):
                    following[columns[e]] += h * values[e]
                    largest += abs(float(h) * float(values[e]))
            if largest > LIMIT:
                return t
            row_offset += rows
            for j in range(units):
                current[j] = max(following[j], 0)
        state[:] = current[: len(state)]
    return len(codes)
