"""What a sample says about the probability of a disagreement."""

from fractions import Fraction
from math import ceil, exp, inf, lgamma, log, log1p


def error_bound(failures: int, trials: int, confidence: float) -> float:
    """The largest probability of failure that a sample does not rule out.

    The one-sided bound of Clopper and Pearson (1934): the p with
    P(at most `failures` of `trials` fail) = 1 - confidence, found by bisection to 1e-12
    from above. For no failures it is 1 - (1 - confidence)^(1 / trials).
    """
    if failures >= trials:
        return 1.0
    low, high, target = failures / trials, 1.0, log1p(-confidence)
    while high - low > 1e-12:
        middle = (low + high) / 2
        if log_binomial_tail(failures, trials, middle) > target:
            low = middle
        else:
            high = middle
    return high


def log_binomial_tail(most: int, trials: int, p: float) -> float:
    """log P(X ≤ most) for X binomial with `trials` and 0 ≤ p ≤ 1."""
    if p <= 0:
        return 0.0
    if p >= 1:
        return 0.0 if most >= trials else -inf
    terms = [
        lgamma(trials + 1)
        - lgamma(k + 1)
        - lgamma(trials - k + 1)
        + k * log(p)
        + (trials - k) * log1p(-p)
        for k in range(most + 1)
    ]
    largest = max(terms)
    return largest + log(sum(exp(term - largest) for term in terms))


def sample_size(error: float, confidence: float) -> int:
    """The least n for which n draws without failure bound it by `error`.

    (1 - error)^n ≤ 1 - confidence. The quotient of logarithms is taken in fractions:
    for a tiny error it is above all floats.
    """
    return ceil(Fraction(log1p(-confidence)) / Fraction(log1p(-error)))


def count_text(count: int) -> str:
    """A number of words that is needed: of many digits, the power of ten below it.

    >>> count_text(459), count_text(10**30 - 1)
    ('459', '10^29')
    """
    return f"{count:,}" if count < 10**15 else f"10^{len(str(count)) - 1}"


def bound_text(error: float, confidence: float, where: str) -> str:
    """The bound in words, its percentage rounded up."""
    percent = ceil(error * 10_000) / 100
    sure = f"with confidence {100 * confidence:.15g} %"
    return f"{sure}, the error on {where} is at most {percent:g} %"
