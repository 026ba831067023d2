"""Where a regular language is in NC¹, by its syntactic morphism η.

All regular languages are in NC¹. The stable semigroup is η(Σᵗ) for a t with
η(Σᵗ) = η(Σ²ᵗ); words of one length, so that AC⁰ circuits can add letters that say where
they are modulo t.
"""

import numpy as np
import numpy.typing as npt

from automata_rnn.membership.algebra import Algebra
from automata_rnn.membership.groups import Subgroup
from automata_rnn.membership.maps import Indices
from automata_rnn.membership.report import Line, no, show, unknown, yes

AC0, ACC0, NC1 = "in AC⁰", "in ACC⁰, within TC⁰", "NC¹-complete"
QUASI = "images η(Σᵗ) hold no group (Barrington, Compton, Straubing, Thérien 1992)"
SOLVABLE = "all groups in M are solvable (Barrington, Thérien 1988)"
COMPLETE = "M holds a non-solvable group (Barrington 1989; Barrington, Thérien 1988)"


def in_ac0(algebra: Algebra) -> Line:
    """Whether the stable semigroup is aperiodic: quasi-aperiodic."""
    found = stable_semigroup(algebra)
    if found is None:
        because = f"images of Σᵗ do not repeat within {algebra.max_products:,} products"
        return unknown(AC0, because)
    t, stable = found
    turning = stable[~algebra.steady[stable]]
    if len(turning):
        x = int(turning[0])
        word = algebra.letters(x)
        said = f"{algebra.show(x)} turns states and is in η(Σ^{t}) = η(Σ^{2 * t})"
        return no(AC0, said, QUASI, word=word, t=t)
    return yes(AC0, f"η(Σ^{t}) = η(Σ^{2 * t}) is aperiodic", QUASI, t=t)


def stable_semigroup(algebra: Algebra) -> tuple[int, Indices] | None:
    """t ≥ 1 and η(Σᵗ) with η(Σᵗ) = η(Σ²ᵗ), or None past `max_products`.

    The sets η(Σ), η(Σ²), … repeat with a period p from some s on; t is the least
    multiple of p from s on.
    """
    right = algebra.monoid.maps.right
    current = np.zeros(len(right), dtype=bool)
    current[right[0]] = True
    seen: dict[bytes, int] = {}
    history: list[npt.NDArray[np.bool_]] = []
    work = 0
    while (key := np.packbits(current).tobytes()) not in seen:
        seen[key] = len(history)
        history.append(current)
        work += int(current.sum()) * right.shape[1]
        if work > algebra.max_products:
            return None
        following = np.zeros_like(current)
        following[right[current]] = True
        current = following
    first = seen[key] + 1  # history[i] is η(Σⁱ⁺¹)
    period = len(history) - seen[key]
    t = period * -(-first // period)
    return t, np.flatnonzero(history[t - 1])


def in_acc0(algebra: Algebra) -> Line:
    """Whether all groups in M are solvable."""
    bad = non_solvable(algebra)
    if bad is not None:
        return no(ACC0, group_text(bad), f"{COMPLETE}; no if ACC⁰ ≠ NC¹")
    groups = algebra.subgroups
    orders = sorted(g.order for g in groups)
    said = f"maximal subgroups of orders {orders}" if groups else "no nontrivial group"
    return yes(ACC0, said, SOLVABLE, orders=orders)


def nc1_complete(algebra: Algebra) -> Line:
    """Whether M holds a non-solvable group; the certificate shows one."""
    bad = non_solvable(algebra)
    if bad is None:
        return no(NC1, "all groups solvable", f"{SOLVABLE}; no if ACC⁰ ≠ NC¹")
    words = [list(map(str, word)) for word in bad.words]
    return yes(
        NC1,
        group_text(bad),
        COMPLETE,
        order=bad.order,
        generators=words,
        permutations=bad.generators.tolist(),
        derived_series=list(bad.derived),
        perfect_core=bad.core.tolist(),
        simple_group=bad.simple_name(),
    )


def non_solvable(algebra: Algebra) -> Subgroup | None:
    """A smallest maximal subgroup that is not solvable."""
    found = [group for group in algebra.subgroups if not group.solvable]
    return min(found, key=lambda group: group.order) if found else None


def group_text(group: Subgroup) -> str:
    """Generators, order, and what makes the group not solvable."""
    words = ", ".join(show(word) for word in group.words)
    core = f"perfect core of order {group.derived[-1]:,}"
    return (
        f"{words} generate a group of order {group.order:,}, {core}, with simple "
        f"quotient {group.simple_name()}"
    )
