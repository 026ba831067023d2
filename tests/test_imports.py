"""What an import costs: no galois, no CuPy, no automata-lib until they are used."""

import subprocess
import sys

import pytest


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import automata_rnn",
        "import automata_rnn.automata, automata_rnn.formats, translations",
        "import automata_rnn.cli",
        "import automata_rnn.black_box, translations.extraction",
        "import automata_rnn as a; a.evaluate; a.integers_mod(7)",
        "import automata_rnn as a; a.galois_field(8)",
    ],
)
def test_heavy_libraries_wait_for_their_users(code: str) -> None:
    assert not modules_after(code) & {"galois", "numba", "cupy", "aalpy", "torch"}


def test_the_core_needs_no_automata_lib() -> None:
    """What keeps `import automata_rnn` under 0.3 s: networkx is half of that."""
    assert not modules_after("import automata_rnn") & {"automata", "networkx", "rich"}


def test_finite_fields_are_computed_by_galois() -> None:
    code = (
        "import automata_rnn as a; f = a.galois_field(8); f.plus(*f.array([[1], [2]]))"
    )
    assert "galois" in modules_after(code)
