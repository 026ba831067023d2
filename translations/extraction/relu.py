"""ReLU networks, read exactly from their weights: a DFA, or a counter machine.

Where finitely many hidden vectors are reachable, they are the states of a DFA
(`translations.dfa_relu`). Where they are not, but every unit takes finitely many values
or counts, the network is a counter machine (`translations.relu_counter`).
"""

import time
from typing import Any

from automata_rnn.automata import TooManyStates
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.semiring import REAL
from translations.dfa_relu import network_to_dfa
from translations.extraction.exact import FLOATS
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.search import Tick
from translations.relu_counter import network_to_counter_machine


def read_relu(
    network: ReLURNN | MLPRNN, *, threshold: Any, max_states: int, tick: Tick
) -> Extraction:
    """The minimal DFA of a network's words, or the counter machine, and the proof.

    Raises ValueError where more hidden vectors than `max_states` are reachable and it
    does not count, or not in as many regions, or a threshold other than 0 is asked for;
    `tick` is called now and then and may raise.
    """
    begin = time.perf_counter()
    try:
        found = network_to_dfa(network, threshold, max_states, tick).automaton
        how = "all reachable hidden vectors were followed, in exact arithmetic"
        states = len(found.states)
        size = f"{states} states"
    except TooManyStates:
        if threshold != 0:
            raise
        found = network_to_counter_machine(network, max_states, tick).automaton
        how = "all regions of reachable hidden vectors were followed, exactly"
        states = found.num_states
        size = (
            f"{states} states and {found.num_counters} counters; more than "
            f"{max_states} hidden vectors are reachable"
        )
    notes = [f"{network.hidden_size} units are {size}"]
    if network.semiring is REAL:
        notes.append(FLOATS)
    return Extraction(
        found,
        "exact",
        0,
        time.perf_counter() - begin,
        Guarantee("proof", reason=how),
        None,
        (Hypothesis(states, None, found),),
        tuple(notes),
    )
