"""PyTorch on the CPU: a tree of `bmm`, a loop, and the prototype `associative_scan`."""

import warnings
from typing import Any

import numpy as np

from benchmarks.case import Run


def _tensor(array: Any) -> Any:
    import torch

    return torch.from_numpy(np.ascontiguousarray(array))


def prefixes_in_rounds(torch: Any, x: Any) -> Any:
    """Blelloch's scan in rounds of `bmm`."""
    if len(x) == 1:
        return x
    even = len(x) // 2 * 2
    odd = prefixes_in_rounds(torch, torch.bmm(x[0:even:2], x[1:even:2]))
    out = torch.empty_like(x)
    out[0], out[1:even:2] = x[0], odd
    out[2::2] = torch.bmm(odd[: len(out[2::2])], x[2::2])
    return out


def tree_prefixes(elements: Any) -> Run:
    """All prefixes of (T, n, n)."""
    import torch

    x = _tensor(elements)
    return lambda: prefixes_in_rounds(torch, x)


def tree_product(elements: Any) -> Run:
    """The product of (T, n, n) by a balanced tree."""
    import torch

    x = _tensor(elements)

    def run() -> Any:
        layer = x
        while len(layer) > 1:
            even = len(layer) // 2 * 2
            products = torch.bmm(layer[0:even:2], layer[1:even:2])
            layer = (
                torch.cat([products, layer[even:]]) if even < len(layer) else products
            )
        return layer[0]

    return run


def loop(elements: Any) -> Run:
    """All prefixes of (T, B, n, n), a batch of products after the other."""
    import torch

    x = _tensor(elements)

    def run() -> Any:
        out = torch.empty_like(x)
        out[0] = x[0]
        for t in range(1, len(x)):
            torch.matmul(out[t - 1], x[t], out=out[t])
        return out

    return run


def _unrolled(x: Any, y: Any) -> Any:
    total = x[..., :, 0, None] * y[..., None, 0, :]
    for k in range(1, x.shape[-1]):
        total = total + x[..., :, k, None] * y[..., None, k, :]
    return total


def associative_scan(elements: Any, *, compiled: bool = False) -> Run:
    """All prefixes by the prototype; compiled, its products are unrolled."""
    import torch
    from torch._higher_order_ops import associative_scan as scan

    x = _tensor(elements)
    combine = _unrolled if compiled else torch.matmul

    def prefixes(matrices: Any) -> Any:
        return scan(combine, matrices, dim=0, combine_mode="generic")

    run = torch.compile(prefixes, dynamic=False) if compiled else prefixes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run(x)
    return lambda: run(x)


def _gru(network: Any, codes: Any) -> tuple[Any, Any, Any, Any]:
    """PyTorch's module with the weights of a one-layer GRU of ours, float32."""
    import torch

    cell, head = network.cells[0], network.head[0]
    rnn = torch.nn.GRU(cell.inputs.shape[1], cell.num_units)
    readout = torch.nn.Linear(cell.num_units, 1)
    values = {
        rnn.weight_ih_l0: cell.inputs,
        rnn.weight_hh_l0: cell.recurrent,
        rnn.bias_ih_l0: cell.input_bias,
        rnn.bias_hh_l0: cell.recurrent_bias,
        readout.weight: head.weights,
        readout.bias: head.bias,
    }
    with torch.no_grad():
        for parameter, array in values.items():
            parameter.copy_(torch.from_numpy(np.array(array)))
    bos = network.alphabet.code(network.alphabet.bos)
    word = np.concatenate([[bos], codes]).astype(np.int64)
    embedded = torch.eye(network.alphabet.num_codes)[torch.from_numpy(word)]
    return torch, rnn, readout, embedded


def gru_steps(network: Any, codes: Any) -> Run:
    """Decisions after each prefix, one call for each symbol."""
    torch, rnn, readout, embedded = _gru(network, codes)

    def run() -> Any:
        found, state = [], None
        with torch.no_grad():
            for x in embedded:
                top, state = rnn(x[None], state)
                found.append(readout(top)[0, 0])
        return torch.stack(found).numpy() > 0

    return run


def gru_sequence(network: Any, codes: Any) -> Run:
    """The same, the whole word in one call."""
    torch, rnn, readout, embedded = _gru(network, codes)

    def run() -> Any:
        with torch.no_grad():
            return readout(rnn(embedded)[0])[:, 0].numpy() > 0

    return run
