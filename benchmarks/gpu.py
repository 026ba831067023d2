"""`python -m benchmarks.gpu`: scans of CuPy arrays, beside JAX and PyTorch.

The limit is a copy on the device, measured in the same rounds. Times are those of
events on the device, so they leave out what Python takes to start kernels.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from automata_rnn.scan.gpu import available
from benchmarks import inputs, ours
from benchmarks.case import Run, agree, rounding

ROUNDS = 21
LENGTHS = {2: 1 << 24, 4: 1 << 22, 8: 1 << 20}
TOKENS = 1 << 28
SHORT = 1 << 12
"""Steps of the prefix that is compared with the processor's result."""


@dataclass(frozen=True)
class Job:
    """One job on the device.

    Attributes:
        moved: bytes that must be read and written.
        goal: share of the speed of a copy, bytes over bytes.
        peers: names and what makes them; they may raise, and are absent then.
        check: whether a result of ours is right.
    """

    name: str
    moved: int
    goal: float
    ours: Run
    peers: dict[str, Callable[[], Run]]
    check: Callable[[Any], bool]


def main() -> int:
    works, device = available()
    console = Console()
    if not works:
        console.print(f"no GPU to measure on: {device}", markup=False)
        return 0
    view = Table(title=device)
    for head in ("job", "who", "median ms", "GB/s", "of copy", "goal", "over ours"):
        view.add_column(head)
    wrong = False
    makers = [partial(_prefixes, n) for n in LENGTHS]
    for make in [*makers, partial(_tokens, 2), partial(_tokens, 4)]:
        job = make()
        right = job.check(job.ours())
        wrong |= not right
        for cells in _measure(job):
            view.add_row(*cells)
        view.add_section()
        if not right:
            console.print(f"{job.name}: wrong result")
    console.print(view)
    return int(wrong)


def _prefixes(n: int) -> Job:
    """All prefixes, float32."""
    import cupy

    length = LENGTHS[n]
    pool = cupy.asarray(inputs.orthogonal(inputs.POOL, n))
    elements = pool[cupy.random.randint(0, inputs.POOL, length)]

    def check(result: Any) -> bool:
        head = cupy.asnumpy(elements[:SHORT])
        expected = ours.prefix(head, ours.DENSE)
        last = cupy.asnumpy(ours.prefix(elements, ours.DENSE, reduce=True))
        tail = cupy.asnumpy(result[-1:])
        first = agree(cupy.asnumpy(result[:SHORT]), expected, rounding(SHORT))
        return first and agree(tail, last[None], rounding(length))

    return Job(
        f"all prefixes, n = {n}, T = 2^{length.bit_length() - 1}",
        2 * elements.nbytes,
        0.7,
        lambda: ours.prefix(elements, ours.DENSE),
        {
            "jax associative_scan": lambda: _jax(elements),
            "torch tree of bmm": lambda: _torch_tree(elements),
            "torch associative_scan": lambda: _torch_scan(elements),
        },
        check,
    )


def _tokens(n: int) -> Job:
    """The product from codes and a table; codes are all that must be read."""
    import cupy

    matrices = inputs.orthogonal(4, n)
    table = cupy.asarray(matrices)
    codes = cupy.random.randint(0, 4, TOKENS, dtype=cupy.uint8)

    def check(result: Any) -> bool:
        few = codes[: 1 << 20]
        scan = partial(ours.prefix, matrices, ours.DENSE, reduce=True)
        expected = scan(codes=cupy.asnumpy(few))
        short = ours.prefix(table, ours.DENSE, codes=few, reduce=True)
        finite = bool(np.isfinite(cupy.asnumpy(result)).all())
        return finite and agree(cupy.asnumpy(short), expected, rounding(1 << 20))

    run = partial(ours.prefix, table, ours.DENSE, codes=codes, reduce=True)
    name = f"product from codes, n = {n}, T = 2^{TOKENS.bit_length() - 1}"
    return Job(name, codes.nbytes, 0.5, run, {}, check)


def _jax(elements: Any) -> Run:
    import jax

    if jax.default_backend() == "cpu":
        raise RuntimeError("JAX has no GPU here")
    held = jax.dlpack.from_dlpack(elements)
    scan = jax.jit(lambda x: jax.lax.associative_scan(lambda a, b: a @ b, x))
    return lambda: jax.block_until_ready(scan(held))


def _torch(elements: Any) -> Any:
    import torch

    if not torch.cuda.is_available():
        raise RuntimeError("PyTorch has no GPU here")
    return torch.from_dlpack(elements)


def _torch_tree(elements: Any) -> Run:
    import torch

    from benchmarks.peers.torch_scans import prefixes_in_rounds

    x = _torch(elements)

    def run() -> None:
        prefixes_in_rounds(torch, x)
        torch.cuda.synchronize()

    return run


def _torch_scan(elements: Any) -> Run:
    import torch
    from torch._higher_order_ops import associative_scan

    x = _torch(elements)

    def run() -> None:
        associative_scan(torch.matmul, x, dim=0, combine_mode="generic")
        torch.cuda.synchronize()

    return run


def _measure(job: Job) -> list[tuple[str, ...]]:
    """Rows of the table; everyone takes turns in each round."""
    import cupy

    source = cupy.ones(max(1 << 26, job.moved // 8), np.float32)
    target = cupy.empty_like(source)
    runs: dict[str, Run] = {
        "copy": lambda: cupy.copyto(target, source),
        "ours": job.ours,
    }
    rows: list[tuple[str, ...]] = []
    for name, make in job.peers.items():
        try:
            run = make()
            run()
        except Exception as error:  # peers fail in ways of their own
            reason = f"absent: {type(error).__name__}: {error}"[:80]
            rows.append((job.name, name, reason, "", "", "", ""))
        else:
            runs[name] = run
    times = _rounds(runs)
    rate = 2 * source.nbytes / statistics.median(times["copy"])
    base = statistics.median(times["ours"])
    rows.append((job.name, "copy", "", f"{rate / 1e9:.0f}", "", "", ""))
    for name in list(runs)[1:]:
        seconds = statistics.median(times[name])
        share = job.moved / seconds / rate
        cells = (f"{seconds * 1e3:.3f}", f"{job.moved / seconds / 1e9:.0f}")
        goal = f"{job.goal:.0%}" if name == "ours" else ""
        rows.append(
            (job.name, name, *cells, f"{share:.0%}", goal, f"{seconds / base:.2f}")
        )
    return rows


def _rounds(runs: dict[str, Run]) -> dict[str, list[float]]:
    """Seconds on the device, by events around each call."""
    import cupy

    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start, end = cupy.cuda.Event(), cupy.cuda.Event()
            cupy.cuda.get_current_stream().synchronize()
            start.record()
            run()
            end.record()
            end.synchronize()
            times[name].append(cupy.cuda.get_elapsed_time(start, end) / 1e3)
    return times


if __name__ == "__main__":
    raise SystemExit(main())
