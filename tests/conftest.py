"""Hypothesis profiles: quick by default, reproducible in CI."""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    max_examples=60,
    deadline=None,  # the first finite-field operation compiles
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture
def use_simd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Lower the vector instructions that kernels use, as the environment does."""
    from automata_rnn.scan.cpu.features import VARIABLE, vector_width

    def use(name: str) -> None:
        monkeypatch.setenv(VARIABLE, name)
        vector_width.cache_clear()

    yield use
    vector_width.cache_clear()
