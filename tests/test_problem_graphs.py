"""Sorted connectivity: encodings, instances, shortcuts and the reduction."""

from itertools import product
from math import factorial

import numpy as np
import pytest

from automata_rnn.problems.graph_instances import (
    all_instances,
    endpoint_shortcut,
    forests,
    sink_targets,
    two_paths,
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
    reachable,
)


def closure(instance: Connectivity) -> bool:
    """Reachability by the transitive closure of the adjacency matrix."""
    n = num_vertices(instance) + 1
    reach = np.eye(n, dtype=int)
    for i, j in instance.edges:
        reach[i, j] = 1
    for _ in range(n):
        reach = np.minimum(reach @ reach, 1)
    return bool(reach[instance.source, instance.target])


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_oracles_are_graph_search(n: int) -> None:
    for instance in all_instances(n):
        assert reachable(instance) == closure(instance)
        sink = all(i != instance.target for i, _ in instance.edges)
        assert ends_at_target(instance) == (sink and closure(instance))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_there_are_as_many_instances_as_said(n: int) -> None:
    assert sum(1 for _ in all_instances(n)) == n * n * factorial(n)


@pytest.mark.parametrize("target_first", [False, True])
def test_encodings_are_read_back(target_first: bool) -> None:
    words = set()
    for count, instance in enumerate(all_instances(4), 1):
        word = encode_graph(instance, target_first=target_first)
        assert decode_graph(word, target_first=target_first) == instance
        assert len(words | {word}) == count
        words.add(word)


@pytest.mark.parametrize("target_first", [False, True])
def test_words_are_encodings_exactly_if_encoding_gives_them(target_first: bool) -> None:
    """No word is read as an instance that is written differently."""
    known = {encode_graph(i, target_first=target_first) for i in all_instances(4)}
    for length in range(11):
        for letters in product("0|$", repeat=length):
            word = "".join(letters)
            instance = decode_graph(word, target_first=target_first)
            if instance is None:
                assert word not in known
            else:
                assert encode_graph(instance, target_first=target_first) == word


@pytest.mark.parametrize(
    "word", ["", "$", "0$", "|$", "0|0", "0|0$$", "0|0|0|0$", "0|0|00$", "0||00|0$"]
)
def test_words_that_encode_nothing(word: str) -> None:
    assert decode_graph(word) is None


def test_unknown_symbols_and_instances_are_refused() -> None:
    with pytest.raises(ValueError, match="wanted symbols of"):
        decode_graph("0|1$")
    for edges in [((2, 1),), ((1, 1),), ((1, 2), (1, 3)), ((2, 3), (1, 2)), ((0, 1),)]:
        with pytest.raises(ValueError, match=r"Connectivity\.edges"):
            Connectivity(1, edges, 1)
    with pytest.raises(ValueError, match=r"Connectivity\.target"):
        Connectivity(1, (), 0)
    with pytest.raises(TypeError, match=r"Connectivity\.source: wanted an int"):
        Connectivity("1", (), 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [5, 20, 100])
def test_endpoints_tell_nothing(size: int) -> None:
    """In forests the shortcut always says yes, so it is right half of the time."""
    rng = np.random.default_rng(size)
    for make in (forests, lambda rng, n: forests(rng, n, any_target=True)):
        pairs = [make(rng, size) for _ in range(300)]
        assert all(endpoint_shortcut(instance) for instance, _ in pairs)
        assert all(reachable(instance) == answer for instance, answer in pairs)
        assert 0.4 < np.mean([answer for _, answer in pairs]) < 0.6


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_the_shortcut_is_near_chance_on_two_paths(p: float) -> None:
    rng = np.random.default_rng(1)
    pairs = [two_paths(rng, int(rng.integers(10, 101)), p) for _ in range(2000)]
    assert all(ends_at_target(instance) == answer for instance, answer in pairs)
    accuracy = np.mean([endpoint_shortcut(i) == answer for i, answer in pairs])
    assert 0.46 < accuracy < 0.57


def test_the_reduction_is_right_and_as_large_as_said() -> None:
    graphs = [(n, g) for n in (1, 2, 3, 4) for g in all_graphs(n)]
    assert len(graphs) == 1 + 3 + 16 + 125
    for n, graph in graphs:
        instance, m = sort_graph(n, graph), len(graph)
        assert ends_at_target(instance) == reachable(instance) == reaches(n, graph)
        assert num_vertices(instance) == n * (m + 1) + 1
        assert len(instance.edges) == m * m + m + 1


def test_the_printed_reduction_fails_on_43_of_141_graphs() -> None:
    """The control: v_F = nm + 1 is vertex 1 of copy m, and copy m has no edge to it."""
    graphs = [(n, g) for n in (2, 3, 4) for g in all_graphs(n) if g]
    pairs = [(reachable(printed_sort_graph(*g)), reaches(*g)) for g in graphs]
    wrong = [g for g, (got, wanted) in zip(graphs, pairs, strict=True) if got != wanted]
    assert (len(wrong), len(graphs)) == (43, 141)
    assert (2, {1: 2}) in wrong


def test_reductions_refuse_what_is_no_graph() -> None:
    for n, graph in [(3, {3: 1}), (3, {1: 4}), (0, {})]:
        with pytest.raises(ValueError, match="wanted"):
            sort_graph(n, graph)
    with pytest.raises(ValueError, match="at least one edge"):
        printed_sort_graph(2, {})
    with pytest.raises(ValueError, match="two_paths"):
        two_paths(np.random.default_rng(0), 1)
    with pytest.raises(ValueError, match="forests"):
        forests(np.random.default_rng(0), 3)


def test_sink_targets_have_no_edge_out() -> None:
    counts = [sum(1 for _ in sink_targets(n)) for n in (1, 2, 3, 4, 5)]
    assert counts == [1, 6, 33, 200, 1370]
