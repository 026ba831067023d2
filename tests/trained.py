"""PyTorch networks trained on small languages, each in a few seconds."""

from collections.abc import Callable
from typing import Any

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn import Alphabet
from automata_rnn.automata import DFATable, dfa_from_table, table_from_dfa


def counter(modulus: int) -> DFA:
    """Words over ab whose number of a's is a multiple of `modulus`."""
    turn = np.array([[*range(1, modulus), 0], [*range(modulus)]])
    accepting = np.arange(modulus) == 0
    return dfa_from_table(DFATable(Alphabet("ab"), 0, turn, accepting))


def dyck(depth: int) -> DFA:
    """Balanced words over () that are nowhere deeper than `depth`."""
    sink = depth + 1
    up = [*range(1, depth + 2), sink]
    down = [sink, *range(depth), sink]
    accepting = np.arange(depth + 2) == 0
    return dfa_from_table(DFATable(Alphabet("()"), 0, np.array([up, down]), accepting))


def tomita(number: int) -> DFA:
    """Tomita's language 4 (no 000), 5 (both letters even) or 6 (#0 - #1 by 3)."""
    rows, accepting = {
        4: ([[1, 2, 3, 3], [0, 0, 0, 3]], [True, True, True, False]),
        5: ([[1, 0, 3, 2], [2, 3, 0, 1]], [True, False, False, False]),
        6: ([[1, 2, 0], [2, 0, 1]], [True, False, False]),
    }[number]
    table = DFATable(Alphabet("01"), 0, np.array(rows), np.array(accepting))
    return dfa_from_table(table)


def words_of(table: DFATable, count: int, length: int, rng: Any) -> tuple[Any, Any]:
    """Codes (count, length), mostly steered away from sinks, and the states of the DFA
    at all prefixes (count, length + 1)."""
    k = len(table.alphabet)
    codes = rng.integers(0, k, (count, length)).astype(np.uint8)
    sinks = [
        q
        for q in range(table.num_states)
        if not table.accepting[q] and (table.successors[:, q] == q).all()
    ]
    place = np.full((count, length + 1), table.initial)
    for t in range(length):
        after = table.successors[codes[:, t], place[:, t]]
        escape = np.isin(after, sinks) & (rng.random(count) < 0.85)
        codes[escape, t] = (codes[escape, t] + 1) % k
        place[:, t + 1] = table.successors[codes[:, t], place[:, t]]
    return codes, place


def train(
    make: Callable[[Any, int], Any],
    dfa: DFA,
    *,
    steps: int = 250,
    length: int = 20,
    seed: int = 0,
    rate: float = 0.02,
) -> tuple[Any, Any, Alphabet]:
    """An RNN module and its linear head, trained on all prefixes of random words.

    `make(torch.nn, inputs)` is the recurrent module; symbols are one-hot, and a first
    symbol, `bos`, comes before every word. A second head, which is thrown away, learns
    the state of the DFA: so a few seconds are enough.
    """
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    table: DFATable = table_from_dfa(dfa)
    alphabet = Alphabet(table.alphabet, bos="^")
    rnn = make(torch.nn, alphabet.num_codes)
    head = torch.nn.Linear(rnn.hidden_size, 1)
    guide = torch.nn.Linear(rnn.hidden_size, table.num_states)
    parameters = [*rnn.parameters(), *head.parameters(), *guide.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    binary, several = torch.nn.BCEWithLogitsLoss(), torch.nn.CrossEntropyLoss()
    eye = torch.eye(alphabet.num_codes)
    for step in range(steps):
        longest = 2 + int((length - 2) * min(1.0, 1.5 * step / steps))
        codes, places = words_of(table, 48, longest, rng)
        first = np.full((len(codes), 1), len(table.alphabet))
        full = np.concatenate([first, codes.astype(np.int64)], axis=1)
        hidden, _ = rnn(eye[torch.from_numpy(full).T])
        accepted = torch.from_numpy(table.accepting[places.T].astype(np.float32))
        loss = binary(head(hidden)[..., 0], accepted)
        loss = loss + several(
            guide(hidden).flatten(0, 1), torch.from_numpy(places.T).flatten()
        )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
    return rnn, head, alphabet
