"""Stack machines from rules: reachable controls are found and tabulated."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.stack import StackMachine, tops_at

Tops: TypeAlias = tuple[int, ...]
Rule: TypeAlias = Callable[
    [Hashable, Symbol, Tops], tuple[Hashable, tuple[int, ...]]
]  # (control, symbol, tops) ↦ (next control, actions)


@dataclass(frozen=True, eq=False)
class Tabulated:
    """A stack machine, and the control (any object) that each state stands for."""

    machine: StackMachine
    controls: list[Hashable]


def tabulate(
    alphabet: Alphabet,
    stack_symbols: Iterable[Symbol],
    first: Hashable,
    rule: Rule,
    accepts: Callable[[Hashable, int], bool],
    initial_stacks: tuple[Tops, ...],
) -> Tabulated:
    """The machine whose states are the controls that `rule` reaches from `first`.

    Args:
        rule: what a control does on a symbol under each combination of tops.
        accepts: whether a control accepts under a mask of nonempty stacks.
        initial_stacks: codes, top last, one tuple for each stack.
    """
    symbols, k = tuple(stack_symbols), len(initial_stacks)
    every = [tops_at(i, len(symbols), k) for i in range((len(symbols) + 1) ** k)]
    codes = [*alphabet, *([] if alphabet.bos is None else [alphabet.bos])]
    controls, index = [first], {first: 0}
    successors, actions = [], []
    for control in controls:  # grows while it is read
        done = [[rule(control, symbol, tops) for tops in every] for symbol in codes]
        for target in (target for row in done for target, _ in row):
            if target not in index:
                index[target] = len(controls)
                controls.append(target)
        successors.append([[index[target] for target, _ in row] for row in done])
        actions.append([[action for _, action in row] for row in done])
    shape = (len(controls), len(codes), len(every))
    accepting = [[accepts(c, mask) for mask in range(1 << k)] for c in controls]
    machine = StackMachine(
        alphabet,
        symbols,
        0,
        np.array(successors, np.intp).reshape(shape).transpose(1, 0, 2),
        np.array(actions, np.intp).reshape(*shape, k).transpose(1, 0, 2, 3),
        np.array(accepting, bool),
        initial_stacks,
    )
    return Tabulated(machine, controls)
