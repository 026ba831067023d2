"""MLRegTest's automata, read from AT&T text, through PD networks and back."""

from pathlib import Path

import pytest
from automata.fa.dfa import DFA

from automata_rnn.automata import table_from_dfa
from automata_rnn.formats import load
from automata_rnn.rnns import PDRNN
from translations import compare, translate

FOLDER = Path(__file__).parent.parent.parent / "shared" / "data" / "mlregtest" / "att"
FILES = sorted(FOLDER.glob("*.att"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"no MLRegTest at {FOLDER}")


@pytest.mark.parametrize("part", range(8))
def test_every_automaton_survives_a_pd_network(part: int) -> None:
    for path in FILES[part::8]:
        dfa = load(path)
        assert isinstance(dfa, DFA)
        network = translate(dfa, PDRNN).rnn
        assert network.hidden_size == table_from_dfa(dfa).num_states  # type: ignore[attr-defined]
        back = translate(network, DFA).automaton
        assert back == dfa.to_complete().minify(), path.name
        assert compare(back, dfa).equal
