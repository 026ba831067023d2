"""How large a network for a weighted automaton is, before anything is built."""

from dataclasses import dataclass, field

from automata_rnn.automata import WFA
from automata_rnn.checks import check_type
from translations.overwrites import STEPS
from translations.router import depth, router_rows

ROWS = 4096
"""Up to so many rows, lookups are compiled to rectified units by default."""
_SLOTS_IN_FOUR_LAYERS = 24


@dataclass(frozen=True)
class NetworkPlan:
    """What will be built, and why.

    Attributes:
        heads: "rwkv7" or "deltanet".
        readout: "every" or "flush".
        layers: how many pairs of heads and feed-forward sublayers there are.
        block: m, the symbols whose product is applied during the next m ones.
        counter: whether one counter, whose coefficients grow fast, gives the position.
        rows: of each lookup, by its purpose: hidden units where compiled.
        compiled: whether lookups are rectified units.
        reason: why so many layers, in words.
    """

    heads: str
    readout: str
    layers: int
    block: int
    counter: bool
    rows: dict[str, int] = field(hash=False)
    compiled: bool
    reason: str

    @property
    def period(self) -> int:
        """Positions are known modulo this number, 2m."""
        return 2 * self.block

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())

    def __str__(self) -> str:
        how = "rectified units" if self.compiled else "tables, rows when needed"
        rows = ", ".join(f"{count:,} {name}" for name, count in self.rows.items())
        return (
            f"{self.layers} layers of {self.heads} heads, blocks of {self.block} "
            f"symbols; {self.total_rows:,} rows ({rows}) as {how}; {self.reason}"
        )


def choose_block(heads: str, n: int) -> tuple[int, str]:
    """The block m for n states that takes the fewest layers, the shortest of those.

    m is at least n (RWKV-7) or 3n (DeltaNet), and positions are known modulo 2m after
    depth(2m) layers; one more for the slots and one for the product.
    """
    needed = STEPS[heads] * n
    limit = max(_SLOTS_IN_FOUR_LAYERS // 2, 12 * needed)
    depths = {m: depth(2 * m) for m in range(needed, limit + 1)}
    best = min(depths.values())
    block = next(m for m, d in depths.items() if d == best)
    reason = (
        f"{n} states take {needed} steps, and the position modulo {2 * block} takes "
        f"{best} layers, the fewest for blocks of {needed} or more"
    )
    return block, reason


def plan_network(
    wfa: WFA,
    *,
    heads: str = "rwkv7",
    readout: str = "every",
    layers: int | None = None,
    max_rows: int = ROWS,
) -> NetworkPlan:
    """The plan of `wfa_to_network`, with the number of rows, without building it.

    With k symbols and blocks of m: 24 rows or more of the router; 2m kᵐ + m + 1 steps,
    one for each block before and position; and queries by both blocks,
    Σ_{τ ≤ m} k^τ (2 kᵐ + 1) + 1. With readout="flush" blocks may end early,
    2m Σ_{i ≤ m} kⁱ, and there are no queries to look up. Two layers take one row for
    each query.
    """
    check_type("wfa", wfa, WFA)
    _check(heads, readout, layers)
    k, n = len(wfa.alphabet), max(1, wfa.num_states)
    counted = heads == "rwkv7" and (layers == 2 or n > _SLOTS_IN_FOUR_LAYERS // 2)
    if counted:
        m, reason = n, f"one counter gives the position modulo {2 * n}"
    else:
        m, reason = choose_block(heads, n)
    queries = sum(k**i for i in range(1, m + 1)) * (2 * k**m + 1) + 1
    rows = {} if counted else {"router": router_rows(2 * m)}
    if layers == 2:
        rows["all"] = queries
    elif readout == "flush":
        rows["steps"] = 2 * m * sum(k**i for i in range(m + 1))
    else:
        rows |= {"steps": 2 * m * k**m + m + 1, "queries": queries}
    count = layers or (3 if counted else depth(2 * m) + 2)
    compiled = sum(rows.values()) <= max_rows
    return NetworkPlan(heads, readout, count, m, counted, rows, compiled, reason)


def _check(heads: str, readout: str, layers: int | None) -> None:
    if heads not in STEPS:
        raise ValueError(f"heads: wanted one of {list(STEPS)}, got {heads!r}")
    if readout not in ("every", "flush"):
        raise ValueError(f"readout: wanted 'every' or 'flush', got {readout!r}")
    if layers not in (None, 2):
        raise ValueError(f"layers: wanted 2 or None, got {layers}")
    if layers == 2 and (heads, readout) != ("rwkv7", "every"):
        raise ValueError(
            f"layers: wanted None for heads {heads!r} and readout {readout!r}; two "
            "layers are rwkv7 heads that are read at every position"
        )
