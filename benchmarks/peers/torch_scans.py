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
