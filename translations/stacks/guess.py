"""Which linear functionals of the hidden vector are codes of stacks, by samples.

A network reads a stack through the weights of some unit, so the functionals that are
tried are the columns of the first layer and of the head, and single units. On all
vectors of a region a step is one affine map: a functional that is a code is mapped to
an affine function of itself there, with slope 1, 1/B or B.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from flint import fmpq

from translations.regions.forms import Layer, Vector
from translations.regions.network import Network
from translations.stacks.codes import Code, lowered, read_code, touching, with_digit
from translations.stacks.samples import Region, Samples, various

FEW, MANY = 3, 12  # values of a unit: more may be a stack's, more are not control's
Weights = tuple[tuple[int, fmpq], ...]


@dataclass(frozen=True)
class Guess:
    """What samples suggest.

    Attributes:
        codes: one for each stack.
        varying: units that are not part of the finite control.
        owners: the stack that a unit reads, for units of which samples tell.
        refused: reasons why functionals are no codes, by a unit of theirs, the most
            telling first.
    """

    codes: tuple[Code, ...]
    varying: frozenset[int]
    owners: dict[int, int]
    refused: tuple[tuple[int, str], ...]


class NotACode(Exception):
    """A functional that moves as no stack does.

    Attributes:
        rank: how near it was to a code.
    """

    def __init__(self, rank: int, reason: str) -> None:
        super().__init__(reason)
        self.rank, self.reason = rank, reason


def guess(network: Network, samples: Samples) -> Guess:
    """The codes of the stacks that samples show, each stack once."""
    counts = various(samples, FEW)
    found: list[tuple[int, int, int, Code]] = []
    refused: list[tuple[int, int, int, str]] = []
    steps = _by_region(samples)
    for weights, readers in _candidates(network, set(counts)).items():
        try:
            code, doubts = _code(weights, samples, steps)
        except NotACode as error:
            unit = max((u for u, _ in weights), key=lambda u: counts.get(u, 0))
            if unit in counts:
                size = len(weights)
                refused.append((-error.rank, size, unit, error.reason))
            continue
        found.append((doubts, -readers, len(code.digits), code))
    found.sort(key=lambda entry: entry[:3])
    groups = _by_support(samples)
    codes: tuple[Code, ...] = ()
    for *_, code in found:
        if any(_independent(code, codes, group) for group in groups):
            codes = (*codes, code)
    varying = {unit for unit, count in counts.items() if count > MANY}
    varying |= {unit for code in codes for unit, _ in code.weights}
    reasons = tuple((unit, reason) for _, _, unit, reason in sorted(refused))
    return Guess(codes, frozenset(varying), _owners(codes, groups), reasons)


def _by_support(samples: Samples) -> list[list[Vector]]:
    """The hidden vectors, by which units are not 0."""
    groups: dict[frozenset[int], list[Vector]] = {}
    for run in samples.runs:
        for state in run:
            groups.setdefault(frozenset(state), []).append(state)
    return list(groups.values())


def _independent(code: Code, codes: tuple[Code, ...], group: list[Vector]) -> bool:
    """Whether the code is no affine function of others on a group of vectors."""
    pivots: list[list[fmpq]] = []
    for state in group:
        row = [fmpq(1), *(read_code(c, state) for c in codes), read_code(code, state)]
        for pivot in pivots:
            column = next(i for i, x in enumerate(pivot) if x)
            factor = row[column] / pivot[column]
            row = [x - factor * y for x, y in zip(row, pivot, strict=True)]
        if any(row[:-1]):
            pivots.append(row)
        elif row[-1]:
            return True
    return False


def _owners(codes: tuple[Code, ...], groups: list[list[Vector]]) -> dict[int, int]:
    """For each unit the only stack that it is an affine function of in all groups."""
    possible: dict[int, set[int]] = {}
    for group in groups:
        values = [[read_code(code, state) for code in codes] for state in group]
        for unit in group[0]:
            kept = possible.setdefault(unit, set(range(len(codes))))
            for j in list(kept):
                pairs = ((x[j], h[unit]) for x, h in zip(values, group, strict=True))
                if not _affine(pairs):
                    kept.discard(j)
    return {unit: min(js) for unit, js in possible.items() if len(js) == 1}


def _affine(pairs: Iterable[tuple[fmpq, fmpq]]) -> bool:
    try:
        _line(pairs)
    except NotACode:
        return False
    return True


def _candidates(network: Network, varying: set[int]) -> dict[Weights, int]:
    """Functionals, none twice up to a factor, and how many units read them."""
    columns = [{unit: fmpq(1)} for unit in sorted(varying)]
    for layers in network.steps[:1]:
        columns += _columns(layers[0])
    for layer in network.head:
        columns += _columns(layer)
    columns.append(network.readout if not network.head else {})
    columns += [{u: w for u, w in c.items() if u in varying} for c in columns]
    readers: dict[Weights, int] = {}
    for column in columns:
        if any(unit in varying for unit in column):
            entries = sorted(column.items())
            weights = tuple((unit, w / entries[0][1]) for unit, w in entries)
            readers[weights] = readers.get(weights, 0) + 1
    return readers


def _columns(layer: Layer) -> list[Vector]:
    columns: dict[int, Vector] = {}
    for unit, row in enumerate(layer.rows):
        for target, weight in row:
            columns.setdefault(target, {})[unit] = weight
    return list(columns.values())


Steps = dict[Region, list[tuple[Vector, Vector]]]


def _by_region(samples: Samples) -> Steps:
    """The steps (h, h') of each region, of regions with more than one."""
    found: Steps = {}
    for run, regions in zip(samples.runs, samples.regions, strict=True):
        for step, region in zip(pairwise(run), regions, strict=True):
            found.setdefault(region, []).append(step)
    return {region: steps for region, steps in found.items() if len(steps) > 1}


def _code(weights: Weights, samples: Samples, steps: Steps) -> tuple[Code, int]:
    """The code that this functional is, and its symbols that are guessed from one step.

    Raises NotACode where it is none.
    """
    laws = set()
    free = Code(weights, fmpq(2), (), fmpq(0))
    for pairs in steps.values():
        law = _law((read_code(free, h), read_code(free, after)) for h, after in pairs)
        if law is not None:
            laws.add(law)
    bases = {max(ratio, 1 / ratio) for ratio, _ in laws if ratio != 1}
    if len(bases) != 1:
        reason = "takes many values but neither shrinks nor grows"
        if bases:
            factors = " and ".join(str(b) for b in sorted(bases))
            reason = f"is multiplied by different factors, {factors}"
        raise NotACode(2 if bases else 0, reason)
    (base,) = bases
    digits = {base * added for ratio, added in laws if ratio * base == 1}
    digits |= {-added for ratio, added in laws if ratio == base}
    start = read_code(free, samples.runs[0][0])
    code = _grounded(Code(weights, base, tuple(sorted(digits)), start), samples)
    if touching(code):
        raise NotACode(3, f"has a code in base {base} whose intervals touch")
    known = len(code.digits)
    for run in samples.runs:
        for x, y in pairwise(read_code(code, state) for state in run):
            if x != y and not {base * x - y, base * y - x} & set(code.digits):
                code = _explain(code, x, y, samples)
    low, high = code.hull
    if any(not low <= read_code(code, h) <= high for run in samples.runs for h in run):
        raise NotACode(2, f"is multiplied by {base} and grows beyond any stack's code")
    return code, len(code.digits) - known


def _explain(code: Code, x: fmpq, y: fmpq, samples: Samples) -> Code:
    """The code with a symbol whose push or pop leads from x to y."""
    possible = [code.base * x - y, code.base * y - x]
    size = next((d for d in code.digits if d), fmpq(1))
    for digit in sorted(possible, key=lambda d: _height(d / size)):
        more = _grounded(with_digit(code, digit), samples)
        if not touching(more):
            return more
    raise NotACode(1, f"goes from {x} to {y}, which is no push or pop")


def _height(x: fmpq) -> int:
    return int(abs(x.p) + x.q) * (1 if x >= 0 else 2)


def _grounded(code: Code, samples: Samples) -> Code:
    """The code with the bottom that the samples reach."""
    return lowered(replace(code, bottom=_lowest(code, samples)))


def _law(pairs: Iterable[tuple[fmpq, fmpq]]) -> tuple[fmpq, fmpq] | None:
    """The line through the pairs, if it is that of a stack's action.

    None where there is none, or it is flat: stacks of one symbol may all be popped.
    """
    law = _line(pairs)
    if law is None or law[0] == 0:
        return None
    ratio, added = law
    if ratio < 0:
        raise NotACode(0, "is turned round at many values")
    if ratio == 1 and added:
        raise NotACode(1, f"moves by {added} at many values, as a counter does")
    return law


def _line(pairs: Iterable[tuple[fmpq, fmpq]]) -> tuple[fmpq, fmpq] | None:
    """(ratio, added) of x ↦ ratio x + added; None where x takes one value only."""
    first = law = None
    for x, y in pairs:
        if first is None:
            first = x, y
        elif law is None and x != first[0]:
            ratio = (y - first[1]) / (x - first[0])
            law = ratio, y - ratio * x
        elif y != (first[1] if law is None else law[0] * x + law[1]):
            raise NotACode(1, "moves by amounts that depend on other units")
    return law


def _lowest(code: Code, samples: Samples) -> fmpq:
    """The code of what is never popped in the samples."""
    best, depth = code.bottom, 0
    initial = samples.runs[0][0]
    for run in (run for run in samples.runs if run[0] is initial):
        at = 0
        for step in _moves(code, run):
            at += step[1]
            if at < depth:
                best, depth = step[0], at
    return best


def _moves(code: Code, run: list[Vector]) -> Iterator[tuple[fmpq, int, fmpq]]:
    """(value after, change of depth, digit) of the steps, up to an unknown one."""
    base, digits = code.base, code.digits
    for x, y in pairwise(read_code(code, state) for state in run):
        if x == y:
            yield y, 0, fmpq(0)
        elif base * x - y in digits:
            yield y, -1, base * x - y
        elif base * y - x in digits:
            yield y, 1, base * y - x
        else:
            return
