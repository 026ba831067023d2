"""A ReLU network solves an L-complete problem, in step with a counter machine.

python examples/connectivity.py
"""

import numpy as np

from automata_rnn import accepts, evaluate, trace
from automata_rnn.newton import newton
from automata_rnn.problems import (
    Connectivity,
    PublishedMachine,
    all_graphs,
    all_instances,
    connectivity,
    encode_graph,
    endpoint_shortcut,
    ends_at_target,
    forests,
    path,
    precision,
    printed_sort_graph,
    reachable,
    reaches,
    sink_states,
    sort_graph,
)
from automata_rnn.rnns import MLPRNN, final_state
from translations import translate

# 1. Is 3 reachable from 1 by the edges 1 → 3 and 2 → 4? Two counters find out: S is the
#    current vertex, I remembers the source of an edge. The network has S as S⁺ - S⁻.
problem = connectivity()
instance = Connectivity(1, ((1, 3), (2, 4)), 3)
word = encode_graph(instance)
translation = translate(problem.machine, MLPRNN)
network, names = translation.rnn, sink_states()
print(f"path {path(instance)}, word {word}")
print(f"{'symbol':7}{'state':7}{'S, I':10}hidden vector")
runs = zip(trace(problem.machine, word), trace(network, word), strict=True)
for symbol, (configuration, hidden) in zip(("start", *word), runs, strict=True):
    state, counters = configuration
    print(
        f"{symbol:7}{names[state]:7}{str(counters)[1:-1]:10}{[int(x) for x in hidden]}"
    )
    assert translation.decode(hidden) == configuration
assert accepts(network, word)
assert problem.oracle(word)

# 2. All instances of up to six vertices, by networks. The machine as published wants
#    the path to end at the target, and fails where the target is no sink. With the
#    target first, and one counter more, the question is answered for all targets.
published, repaired = PublishedMachine(), connectivity(target_first=True)
first_network = translate(repaired.machine, MLPRNN).rnn


def says(network: MLPRNN, word: str) -> bool:
    return bool(network.output(final_state(network, word)) > 0)


print("\nvertices  instances  wrong: target last  target first  the published machine")
for size in range(1, 7):
    total, last, first, printed = 0, 0, 0, 0
    for instance in all_instances(size):
        word = encode_graph(instance)
        total += 1
        last += says(network, word) != ends_at_target(instance)
        answer = reachable(instance)
        word_first = encode_graph(instance, target_first=True)
        first += says(first_network, word_first) != answer
        printed += size < 6 and evaluate(published, word) != answer
    print(f"{size:8}{total:11}{last:20}{first:14}{printed if size < 6 else '':>23}")
    assert last == first == 0
    assert printed == [0, 1, 8, 58, 444, 0][size - 1]

# 3. The reduction that makes the problem L-complete is off by one in print.
graph = {1: 2}
assert reaches(2, graph)
assert reachable(sort_graph(2, graph))
assert not reachable(printed_sort_graph(2, graph))
print(f"1 → 2 is sorted as {sort_graph(2, graph)}")
graphs = list(all_graphs(3))  # all edges out of 1 and 2, with cycles
for graph in graphs:
    assert says(network, encode_graph(sort_graph(3, graph))) == reaches(3, graph)
print(f"the network tells whether 1 reaches 3 in all {len(graphs)} graphs, once sorted")

# 4. Random graphs of 60 vertices. The edges at the endpoints tell nothing, counters
#    are at most the number of vertices, and so log precision is enough.
rng = np.random.default_rng(0)
guesses = []
for _ in range(20):
    instance, answer = forests(rng, 60)
    word = encode_graph(instance)
    guesses.append(endpoint_shortcut(instance) == answer)
    assert evaluate(problem.machine, word) == answer
largest = max(max(hidden) for hidden in trace(network, word))
print(f"the shortcut is right on {sum(guesses)} of {len(guesses)} random graphs")
print(f"{len(word)} symbols: no number in the network's state is above {largest}")
print(f"its state takes at most {max(precision(network, word))} bits")
assert largest <= 60

# 5. All states at once, by the prefix products of Newton's iterations: nearly as many
#    of them as symbols. A linear network would take one.
word = encode_graph(Connectivity(1, ((1, 2), (2, 3)), 3))
run = newton(network, word)
print(f"Newton's method takes {run.iterations} iterations for {len(word)} symbols")
assert all(map(np.array_equal, run.states, trace(network, word)))
