"""Weighted L* on a trained GRU: the automaton of the texts that it was trained on."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from automata_rnn import Alphabet, Word
from automata_rnn.automata import WFA
from translations.extraction.pdfa import (
    PDFATable,
    compare_predictions,
    pdfa_from_table,
    table_from_pdfa,
)
from translations.extraction.weighted_lstar import weighted_lstar

torch = pytest.importorskip("torch", reason="torch is not installed")

AB = Alphabet("ab")
LENGTH = 16
STEPS = 250

SOURCE = pdfa_from_table(
    PDFATable(
        AB,
        0,
        np.array([[1, 2, 0], [0, 1, 2]]),
        np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.5, 0.5, 0.0]]),
    )
)
"""a's are counted modulo 3, and predictions differ by at least 0.3."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The GRU is so small that a second thread only waits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def samples(pdfa: WFA, size: int, rng: np.random.Generator) -> Any:
    """Texts as codes, shape (size, LENGTH + 1): 2 is the end, -1 what follows it."""
    table = table_from_pdfa(pdfa)
    states = np.full(size, table.initial)
    texts = np.full((size, LENGTH + 1), -1)
    alive = np.ones(size, bool)
    for t in range(LENGTH + 1):
        draws = rng.random((size, 1))
        codes = (draws > table.distributions[states].cumsum(axis=1)).sum(axis=1)
        texts[alive, t] = codes[alive]
        alive &= codes < 2
        states = table.successors[np.minimum(codes, 1), states]
    return texts


def trained_model(seed: int) -> Callable[[Word], Any]:
    """Word ↦ a GRU's distribution of the next symbol, after a few hundred steps."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    embed = torch.nn.Embedding(3, 8)  # 2 begins a text
    gru = torch.nn.GRU(8, 16, batch_first=True)
    head = torch.nn.Linear(16, 3)
    parameters = [p for part in (embed, gru, head) for p in part.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = 0.02 * (1 - step / STEPS) + 1e-4
        texts = torch.from_numpy(samples(SOURCE, 64, rng))
        begin = torch.full((len(texts), 1), 2)
        inputs = torch.cat([begin, texts[:, :-1].clamp(min=0)], dim=1)
        logits = head(gru(embed(inputs))[0])
        loss = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), texts.flatten(), ignore_index=-1
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def model(word: Word) -> Any:
        with torch.no_grad():
            codes = torch.tensor([[2, *AB.encode(word).tolist()]])
            logits = head(gru(embed(codes))[0])[0, -1]
            return torch.softmax(logits.double(), dim=0).numpy()

    return model


def test_a_trained_gru_is_the_automaton_of_its_texts() -> None:
    model = trained_model(0)
    found = weighted_lstar(
        model, AB, tolerance=0.15, max_length=6, walk_length=LENGTH, max_states=30
    )
    assert found.guarantee.kind == "pac"
    assert found.num_states == 3
    assert compare_predictions(SOURCE, found.automaton, 0.15).equal
    fine = weighted_lstar(model, AB, tolerance=0.002, max_queries=300)
    assert fine.num_states > 3  # the GRU is not quite an automaton, and it shows
    assert fine.guarantee.kind == "none"
