"""The head of the last layer, whose steps a lookup gives."""

from collections.abc import Sequence
from typing import Any

from automata_rnn.rnns.coordinates import ONE, Form, HeadSketch
from translations.overwrites import STRENGTH, Overwrite, direction, rate
from translations.positions import BOS


def top_head(
    kind: str,
    start: Sequence[Any],
    at_bos: Overwrite,
    query: Sequence[Form],
    output: Form,
) -> HeadSketch:
    """One row, `start` at BOS, then the steps that the units of a lookup say.

    Args:
        at_bos: what the lookup says at BOS, where the state is still 0; taken away.
    """
    n = len(start)
    value: list[Form] = [{BOS: 1}]
    written: list[Form] = [{BOS: x} for x in start]
    directions: list[Form] = [{direction(j): 1} for j in range(n)]
    if kind == "rwkv7":
        parts: dict[str, Sequence[Form]] = {
            "decay": [{ONE: 1}] * n,
            "removal": directions,
            "rate": [{rate(j): 1} for j in range(n)],
            "strength": [{ONE: 1}],
            "value": value,
            "key": written,
        }
        return HeadSketch(kind, parts, query, [output])
    said = at_bos.parameters
    key: list[Form] = [
        {direction(j): 1, BOS: x - said.get(direction(j), 0)}
        for j, x in enumerate(start)
    ]
    beta: list[Form] = [{STRENGTH: 1, BOS: 1 - said.get(STRENGTH, 0)}]
    return HeadSketch(kind, {"beta": beta, "key": key, "value": value}, query, [output])
