"""Gates and depths of products of transitions, by formula.

For n columns and d rows of state, with dot(m) = 2m - 1 gates in δ(m) = 1 + ⌈log₂ m⌉
levels for a sum of m products:

    element            product: gates     levels      act: gates       levels
    matrix             n² dot(n)          δ(n)        d n dot(n)       δ(n)
    affine             n² dot(n) + 2dn²   δ(n) + 1    2dn²             δ(n) + 1
    diagonal           n                  1           n                1
    diagonal affine    3n                 2           2n               2

(For n = 0 there is nothing to count.) In an affine product the bias is what lags: A is
ready r δ(n) levels after r rounds, b after r (δ(n) + 1).
"""

from dataclasses import dataclass

from automata_rnn.circuits.linear_form import AFFINE, DIAGONAL, MATRICES, LinearForm


def log2_ceiling(number: int) -> int:
    """⌈log₂ m⌉, the levels of a balanced tree over m leaves; 0 for m ≤ 1.

    >>> [log2_ceiling(m) for m in (0, 1, 2, 3, 4, 5)]
    [0, 0, 1, 2, 2, 3]
    """
    return max(0, number - 1).bit_length()


def dot_gates(terms: int) -> int:
    """Gates of a sum of products: m times, m - 1 plus."""
    return max(0, 2 * terms - 1)


def dot_depth(terms: int) -> int:
    """Levels of a sum of products."""
    return 1 + log2_ceiling(terms) if terms else 0


def tree_rounds(length: int) -> int:
    """Rounds of products for one product of T elements: ⌈log₂ T⌉."""
    return log2_ceiling(length)


def prefix_rounds(length: int) -> int:
    """Products on the longest path to a prefix of T elements, in Blelloch's layout.

    ⌊log₂(T + 1)⌋ + ⌊log₂((T + 1) / 3)⌋, that is 2 log₂ T - 2 for a power of two from 4
    on.

    >>> [prefix_rounds(t) for t in (0, 1, 2, 3, 4, 8, 16, 1024)]
    [0, 0, 1, 2, 2, 4, 6, 18]
    """
    if length < 2:
        return 0
    return (length + 1).bit_length() - 1 + ((length + 1) // 3).bit_length() - 1


def tree_products(length: int) -> int:
    """Products that one product of T elements takes: T - 1."""
    return max(0, length - 1)


def prefix_products_count(length: int) -> int:
    """Products that all prefixes take: Σ_i (⌊T / 2ⁱ⌋ - 1) < 2T.

    >>> [prefix_products_count(t) for t in (1, 2, 3, 4, 8)]
    [0, 1, 2, 4, 11]
    """
    total = 0
    while length > 1:
        total, length = total + length - 1, length // 2
    return total


@dataclass(frozen=True)
class OperationCounts:
    """What operations on transitions cost, in gates and levels.

    Attributes:
        product, product_depth: of two elements.
        lag: levels of a product's matrix alone, which is before the bias is.
        act, act_depth: of an element on a state.
        output, output_depth: of the value of a state.
        entries: numbers in an element.
    """

    product: int
    product_depth: int
    lag: int
    act: int
    act_depth: int
    output: int
    output_depth: int
    entries: int


def operation_counts(form: LinearForm) -> OperationCounts:
    """The table above, for a machine."""
    dense = form.kind in (MATRICES, AFFINE)
    biased = form.kind not in (MATRICES, DIAGONAL)
    return counts_for(form.num_columns, form.num_rows, dense=dense, biased=biased)


def counts_for(n: int, d: int, *, dense: bool, biased: bool) -> OperationCounts:
    """The table above, for n columns and d rows of state."""
    if dense:
        product, act = n * n * dot_gates(n), d * n * dot_gates(n)
        lag, entries = dot_depth(n), n * n
    else:
        product, act, lag, entries = n, n, int(n > 0), n
    if biased:
        product, act, entries = product + act + d * n, act + d * n, entries + d * n
    later = lag + int(biased and n > 0)
    output, output_depth = dot_gates(d * n), dot_depth(d * n)
    return OperationCounts(
        product, later, lag, act, later, output, output_depth, entries
    )


def product_then_act_depth(counts: OperationCounts, rounds: int) -> int:
    """Levels until an element of that many rounds has acted on a known state."""
    added = counts.act_depth - counts.lag
    return max((rounds + 1) * counts.lag, rounds * counts.product_depth) + added
