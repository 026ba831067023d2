"""What one layer of a shipped head can do: every answer is checked."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import Alphabet, accepts
from automata_rnn.automata import DFATable, dfa_from_regex, dfa_from_table
from automata_rnn.rnns import RWKV7, DeltaNet, DeltaProduct, DiagonalRNN, GatedDeltaNet
from automata_rnn.rnns.heads import act
from automata_rnn.rnns.ranges import RWKV7_LEAST_DECAY
from tests.brute import all_words
from tests.small_dfas import minimal_tables
from tests.strategies import dfas
from translations import compare, feasibility
from translations.feasibility import KINDS

AB = Alphabet("ab")
PARITY = dfa_from_regex("(b|ab*a)*")
MOD_3 = dfa_from_regex("(b|ab*ab*a)*")
LAST_IS_A = dfa_from_regex("(a|b)*a")
settings_of_heads = st.fixed_dictionaries(
    {"allow_neg_eigval": st.booleans(), "num_factors": st.integers(1, 6)}
)


@settings(max_examples=120)
@given(kind=st.sampled_from(KINDS), dfa=dfas(max_states=4), options=settings_of_heads)
def test_every_answer_is_checked(kind: Any, dfa: DFA, options: dict[str, Any]) -> None:
    found = feasibility(kind, dfa, **options)
    assert (found.network is not None) == (found.answer in ("exact", "approached"))
    assert (found.certificate is not None) == (found.answer == "impossible")
    if found.answer == "exact":
        assert compare(found.network, dfa, reading="language").equal
        assert holds_in_bfloat16(found.network)
    if found.network is not None:
        for word in all_words(AB, 4):
            assert accepts(found.network, word, 1e-9) == accepts(dfa, word)
    if found.certificate is not None:
        check_certificate(found.certificate, dfa)
        if kind is not DiagonalRNN:  # what the proof speaks of
            real = kind is RWKV7 or options["allow_neg_eigval"]
            factors = options["num_factors"] if kind is DeltaProduct else 1
            assert len(found.certificate.repeated) * factors <= (1 if real else 2)
            assert found.certificate.period > (2 if real else 1)


def check_certificate(period: Any, dfa: DFA) -> None:
    """The words alternate as the certificate says, with that least period."""
    for k in range(3 * period.period):
        word = (*period.prefix, *period.repeated * k, *period.suffix)
        assert accepts(dfa, word) == period.accepted[k % period.period]
    shifts = [
        period.accepted[s:] + period.accepted[:s] for s in range(1, period.period)
    ]
    assert period.accepted not in shifts


def holds_in_bfloat16(network: Any) -> bool:
    """Whether all weights have at most 8 significant bits."""
    names = ("initial", "keys", "beta", "gate", "values", "decay", "removal", "rate")
    arrays = [
        getattr(network, x) for x in names if getattr(network, x, None) is not None
    ]
    every = np.concatenate([array.ravel() for array in arrays])
    mantissa, _ = np.frexp(every)
    return bool(np.all(mantissa * 256 == np.round(mantissa * 256)))


@pytest.mark.parametrize(
    ("kind", "dfa", "options", "answer"),
    [
        (DeltaNet, PARITY, {}, "impossible"),
        (DeltaNet, PARITY, {"allow_neg_eigval": True}, "exact"),
        (GatedDeltaNet, PARITY, {}, "impossible"),
        (RWKV7, PARITY, {}, "approached"),
        (DiagonalRNN, PARITY, {}, "impossible"),
        (DeltaNet, MOD_3, {"allow_neg_eigval": True}, "impossible"),
        (RWKV7, MOD_3, {}, "impossible"),
        (DeltaProduct, MOD_3, {"num_factors": 2}, "impossible"),
        (
            DeltaProduct,
            MOD_3,
            {"num_factors": 2, "allow_neg_eigval": True},
            "exact",
        ),
        *((kind, LAST_IS_A, {}, "exact") for kind in KINDS),
    ],
)
def test_known_cases(kind: Any, dfa: DFA, options: Any, answer: str) -> None:
    assert feasibility(kind, dfa, **options).answer == answer


def test_a_swap_needs_a_negative_eigenvalue() -> None:
    """One letter that exchanges two states, whatever else there is."""
    swap = DFATable(AB, 0, np.array([[1, 0, 2], [2, 1, 0]]), np.array([1, 0, 0], bool))
    found = feasibility(DeltaNet, dfa_from_table(swap, minify=False))
    assert found.answer == "impossible"
    assert "real and at least 0 in the shipped range of DeltaNet" in found.reason
    assert found.certificate is not None
    assert found.certificate.repeated in (("a",), ("b",))
    fine = feasibility(
        DeltaNet, dfa_from_table(swap, minify=False), allow_neg_eigval=True
    )
    assert fine.answer == "exact"


def test_words_of_two_symbols_give_certificates_too() -> None:
    """(ab)^k with period 2 while a and b alone have none: two projections."""
    found = [
        feasibility(DeltaNet, dfa_from_table(table, minify=False)).certificate
        for table in minimal_tables(3)
    ]
    assert {len(c.repeated) for c in found if c is not None} == {1, 2}


def test_eigenvalues_are_as_the_proofs_say() -> None:
    """Random shipped transitions: signs and ranges of the eigenvalues."""
    rng = np.random.default_rng(0)
    least = 1.0
    for _ in range(400):
        n = int(rng.integers(1, 5))
        keys = rng.normal(size=(2, n))
        keys /= np.linalg.norm(keys, axis=1, keepdims=True)
        one, two = (np.eye(n) - rng.uniform() * np.outer(k, k) for k in keys)
        product = np.linalg.eigvals(one @ two)
        assert np.all(np.abs(product.imag) < 1e-7)
        assert np.all(product.real > -1e-7)
        w, a = rng.uniform(RWKV7_LEAST_DECAY, 1, n), rng.integers(0, 2, n)
        w[rng.random(n) < 0.5] = RWKV7_LEAST_DECAY
        token = np.linalg.eigvals(np.diag(w) - np.outer(keys[0], a * keys[0]))
        assert np.all(np.abs(token.imag) < 1e-6)
        assert np.all(token.real < 1 + 1e-7)
        assert np.all(token.real > RWKV7_LEAST_DECAY - 1 - 1e-7)
        least = min(least, float(token.real.min()))
    assert least < -0.45


def test_the_limits_of_the_proof_are_sharp() -> None:
    """Three steps with β = 1 have an eigenvalue -1/8, two with β = 2 complex ones."""
    angles = np.arange(3) * np.pi / 3
    keys = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    once, twice = (np.eye(2) - b * keys[:, :, None] * keys[:, None] for b in (1, 2))
    assert np.linalg.eigvals(once[0] @ once[1] @ once[2]).min() < -0.1
    assert not np.isreal(np.linalg.eigvals(twice[0] @ twice[1])).any()


def test_rwkv7_flips_shrink_until_float32_ends() -> None:
    found = feasibility(RWKV7, PARITY)
    network: Any = found.network
    assert "-0.4548" in found.reason
    assert "about 131 of them" in found.reason
    flip = [part[0, 0].astype(np.float32) for part in network.steps]
    state, count = network.initial.astype(np.float32), 0
    while np.any(state != 0):
        state = act(state, type(network.steps)(*flip)).astype(np.float32)
        count += 1
    assert 125 <= count <= 135
    exact = replace(network, parametrization="paper")
    for k in range(300, 303):
        assert accepts(exact, "a" * k) == (k % 2 == 0)


@pytest.mark.parametrize(("kept", "logit"), [(24, 17), (11, 9), (8, 7)])
def test_sigmoids_saturate_at_the_stated_logits(kept: int, logit: int) -> None:
    """β = 2 sigmoid(z) is exactly 2 in float32, float16 and bfloat16, and 0 far left.

    Computed in float32 and rounded to so many bits, as accelerators do.
    """

    def sigmoid(z: int) -> float:
        one = np.float32(1)
        with np.errstate(over="ignore"):
            value = one / (one + np.exp(np.float32(-z)))
        mantissa, exponent = np.frexp(float(value))
        return float(np.ldexp(np.round(mantissa * 2**kept), exponent - kept))

    assert 2 * sigmoid(logit) == 2
    assert sigmoid(logit - 1) < 1
    assert sigmoid(-104) == 0


def test_arguments_are_checked() -> None:
    with pytest.raises(TypeError, match="kind: wanted one of DeltaNet"):
        feasibility(DFA, PARITY)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="num_factors: wanted at least 1"):
        feasibility(DeltaProduct, PARITY, num_factors=0)
