"""JAX, jitted: `lax.scan`, and `lax.associative_scan` with several ways to multiply."""

from collections.abc import Callable
from typing import Any

from benchmarks.case import Run


def _jax() -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def _timed(function: Callable[..., Any], *arguments: Any) -> Run:
    """The compiled function on arrays of JAX, waiting for its result."""
    jax = _jax()
    held = [jax.tree.map(jax.numpy.asarray, argument) for argument in arguments]
    compiled = jax.jit(function).lower(*held).compile()
    return lambda: jax.block_until_ready(compiled(*held))


def _matmul(x: Any, y: Any) -> Any:
    return x @ y


def _sum(x: Any, y: Any) -> Any:
    return (x[..., :, :, None] * y[..., None, :, :]).sum(-2)


def _unrolled(x: Any, y: Any) -> Any:
    """Sums of n² times n products, without a batched matrix product."""
    total = x[..., :, 0, None] * y[..., None, 0, :]
    for k in range(1, x.shape[-1]):
        total = total + x[..., :, k, None] * y[..., None, k, :]
    return total


def _tropical(x: Any, y: Any) -> Any:
    return (x[..., :, :, None] + y[..., None, :, :]).max(-2)


def _floats(x: Any, y: Any) -> Any:
    """Boolean products of matrices of 0.0 and 1.0."""
    return (x @ y > 0).astype(x.dtype)


def _packed(x: Any, y: Any) -> Any:
    """Packed Boolean rows (..., n): row i is the or of the rows of y that x_i names."""
    np = _jax().numpy
    n = x.shape[-1]
    named = (x[..., :, None] >> np.arange(n, dtype=x.dtype)) & 1
    rows = np.where(named.astype(bool), y[..., None, :], np.zeros((), x.dtype))
    return _jax().lax.reduce(
        rows, np.zeros((), x.dtype), _jax().lax.bitwise_or, (rows.ndim - 1,)
    )


def _one_hot(x: Any, y: Any) -> Any:
    """Gather composition of (f, d)."""
    gather = _jax().numpy.take_along_axis
    return gather(y[0], x[0], axis=-1), x[1] * gather(y[1], x[0], axis=-1)


COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "matmul": _matmul,
    "sum": _sum,
    "unrolled": _unrolled,
    "tropical": _tropical,
    "floats": _floats,
    "packed": _packed,
    "one-hot": _one_hot,
}


def associative_scan(elements: Any, how: str, *, axis: int = 0) -> Run:
    """All prefixes along an axis."""
    jax = _jax()
    combine = COMBINE[how]
    scan = lambda x: jax.lax.associative_scan(combine, x, axis=axis)  # noqa: E731
    return _timed(scan, elements)


def scan(elements: Any, how: str) -> Run:
    """All prefixes along the first axis, one after the other."""
    jax, combine = _jax(), COMBINE[how]

    def prefixes(x: Any) -> Any:
        def step(carry: Any, element: Any) -> tuple[Any, Any]:
            product = combine(carry, element)
            return product, product

        _, rest = jax.lax.scan(step, x[0], x[1:])
        return jax.numpy.concatenate([x[:1], rest])

    return _timed(prefixes, elements)


def last(elements: Any, how: str) -> Run:
    """The product along the first axis, one after the other."""
    jax, combine = _jax(), COMBINE[how]

    def product(x: Any) -> Any:
        return jax.lax.scan(lambda p, a: (combine(p, a), None), x[0], x[1:])[0]

    return _timed(product, elements)


def tree(elements: Any, how: str) -> Run:
    """The product by a balanced tree, for a length that is a power of two."""
    combine = COMBINE[how]

    def product(x: Any) -> Any:
        while len(x) > 1:
            x = combine(x[0::2], x[1::2])
        return x[0]

    return _timed(product, elements)


def states(codes: Any, table: Any, initial: Any) -> Run:
    """All states h_t = h_{t-1} table[codes_t], one after the other."""
    jax = _jax()

    def follow(c: Any, matrices: Any, start: Any) -> Any:
        def step(state: Any, code: Any) -> tuple[Any, Any]:
            state = state @ matrices[code]
            return state, state

        return jax.lax.scan(step, start, c)[1]

    return _timed(follow, codes, table, initial)


def states_associative(codes: Any, table: Any, initial: Any) -> Run:
    """The same from all prefixes of the chosen matrices."""
    jax = _jax()

    def follow(c: Any, matrices: Any, start: Any) -> Any:
        return start @ jax.lax.associative_scan(_unrolled, matrices[c])

    return _timed(follow, codes, table, initial)
