"""Problems with their complete classes: generator, encoding, oracle and machine.

`problems()` lists one of each. Networks come by `translate(problem.machine, MLPRNN)`.
"""

from automata_rnn.problems.busy_beavers import CHAMPIONS, beaver_machine, run_beaver
from automata_rnn.problems.catalogue import (
    abc,
    busy_beaver,
    circuit_values,
    connectivity,
    copy,
    dyck,
    increment,
    majority,
    problems,
    reverse,
)
from automata_rnn.problems.circuit_machine import circuit_machine
from automata_rnn.problems.circuits import (
    Circuit,
    circuit_value,
    decode_circuit,
    encode_circuit,
    random_circuit,
)
from automata_rnn.problems.graph_instances import (
    all_instances,
    endpoint_shortcut,
    forests,
    sink_targets,
    two_paths,
)
from automata_rnn.problems.graph_machines import (
    PublishedMachine,
    sink_machine,
    sink_states,
    target_first_machine,
)
from automata_rnn.problems.graph_reductions import (
    all_graphs,
    printed_sort_graph,
    reaches,
    sort_graph,
)
from automata_rnn.problems.graphs import (
    Connectivity,
    decode_graph,
    encode_graph,
    ends_at_target,
    num_vertices,
    path,
    reachable,
)
from automata_rnn.problems.measure import bits, precision
from automata_rnn.problems.problem import Problem

__all__ = [
    "CHAMPIONS",
    "Circuit",
    "Connectivity",
    "Problem",
    "PublishedMachine",
    "abc",
    "all_graphs",
    "all_instances",
    "beaver_machine",
    "bits",
    "busy_beaver",
    "circuit_machine",
    "circuit_value",
    "circuit_values",
    "connectivity",
    "copy",
    "decode_circuit",
    "decode_graph",
    "dyck",
    "encode_circuit",
    "encode_graph",
    "endpoint_shortcut",
    "ends_at_target",
    "forests",
    "increment",
    "majority",
    "num_vertices",
    "path",
    "precision",
    "printed_sort_graph",
    "problems",
    "random_circuit",
    "reachable",
    "reaches",
    "reverse",
    "run_beaver",
    "sink_machine",
    "sink_states",
    "sink_targets",
    "sort_graph",
    "target_first_machine",
    "two_paths",
]
