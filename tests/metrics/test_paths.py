"""Reach and the betweenness of ties, against rational arithmetic, networkx and hand calculation."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from tests.oracles import reference

import influence as inf
from influence.metrics import centrality, paths
from influence.metrics._single_paths import single_path_betweenness
from influence.metrics.registry import get_metric


def random_graph(seed, n=12, density=0.15, *, directed=True):
    """Integer strengths, so that many paths tie."""
    rng = np.random.default_rng(seed)
    a = (rng.random((n, n)) < density) * rng.integers(1, 7, (n, n)).astype(float)
    np.fill_diagonal(a, 0)
    return a if directed else np.triu(a) + np.triu(a).T


# --- betweenness where every shortest path is the only one ------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
def test_walking_back_single_paths_is_betweenness(directed):
    """Rational arithmetic; graphs with two paths of one length among them are told apart and left to igraph."""
    rng = np.random.default_rng(4)
    tied = rng.random((10, 10, 10)) < np.linspace(0.1, 0.7, 10)[:, None, None]
    stack = np.where(tied, rng.lognormal(size=tied.shape), 0.0)
    stack[:, range(10), range(10)] = 0
    stack[2, 3], stack[2, :, 3], stack[6, :5, 5:] = 0, 0, 0  # an isolate; a half that does not reach the other
    stack[7] *= 1e-9  # the unit does not matter
    stack[8] = np.rint(stack[8] * 2)  # paths of equal length
    stack[9] = 0.0
    stack[9, 0, 1] = stack[9, 1, 3] = 1.0
    stack[9, 0, 2] = stack[9, 2, 3] = 1.0 + 1e-11  # the same but for rounding
    if not directed:
        stack = np.triu(stack) + np.triu(stack).transpose(0, 2, 1)
    d = centrality.distances(stack)
    short, tolerance = paths._on_shortest_paths(stack, d)
    raw, single = single_path_betweenness(short, d, tolerance)
    assert not single[[8, 9]].any() and single[:7].sum() >= 5
    for k in range(10):
        expected = reference.betweenness(stack[k] if k != 9 else np.rint(stack[k]), directed=directed)
        if single[k]:
            np.testing.assert_allclose(raw[k] / 72, expected, rtol=1e-12, atol=1e-14)
        found = get_metric("betweenness").shares(stack[k], directed=directed)["betweenness"]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


# --- betweenness where nobody is far ---------------------------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
def test_betweenness_in_closed_form_is_betweenness(directed):
    """Rational arithmetic on graphs of one strength with at most two steps, and on others among them."""
    rng = np.random.default_rng(1)
    stack = (rng.random((12, 9, 9)) < 0.8) * 3.0
    stack[:, range(9), range(9)] = 0
    stack[3, 0] = stack[3, :, 0] = 0  # an isolate
    stack[4, 0, 1:] = stack[4, 1:, 0] = 0
    stack[4, 0, 1] = stack[4, 1, 0] = 3  # three steps away from some
    stack[5] *= rng.integers(1, 5, (9, 9))  # of several strengths
    stack[6] = (1 - np.eye(9)) * 2
    if not directed:
        stack = np.triu(stack) + np.triu(stack).transpose(0, 2, 1)
    _, far = paths._within_two_steps(stack)
    assert far[[3, 5]].all() and not far[6] and far.sum() < 7
    found = inf.metrics.registry.get_metric("betweenness").kernel(stack, directed=directed)
    expected = [reference.betweenness(a, directed=directed) for a in stack]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


# --- betweenness of ties --------------------------------------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_edge_betweenness_against_rationals(seed, directed):
    a = random_graph(seed, n=9, density=0.2 + 0.1 * seed, directed=directed)
    exact = reference.edge_betweenness(a)
    found = centrality.edge_betweenness(a, directed=directed)
    ends = list(zip(found["source"], found["target"], strict=True))
    assert set(ends) == {(i, j) for i, j in exact if directed or i < j}
    expected = [exact[i, j] + (0 if directed else exact[j, i]) for i, j in ends]  # undirected pairs go both ways
    np.testing.assert_allclose(found["betweenness"], expected, rtol=0, atol=1e-13)
    np.testing.assert_array_equal(found["weight"], [a[i, j] for i, j in ends])


def test_edge_betweenness_is_networkx_where_ties_are_alike():
    graph = nx.krackhardt_kite_graph()
    printed = nx.edge_betweenness_centrality(graph)
    found = centrality.edge_betweenness(graph)
    assert len(found) == graph.number_of_edges()
    for row in found.itertuples():
        assert row.betweenness == pytest.approx(printed[row.source, row.target], abs=1e-14)


def test_edge_betweenness_sees_paths_that_tie_but_for_rounding():
    a = np.array([[0, 10, 6], [0, 0, 15], [0, 0, 0]])  # 1/10 + 1/15 = 1/6, in floating point one bit more
    found = centrality.edge_betweenness(a)
    np.testing.assert_allclose(found["betweenness"] * 6, [1.5, 0.5, 1.5])
    assert found[["source", "target"]].to_numpy().tolist() == [[0, 1], [0, 2], [1, 2]]


def test_a_tie_that_a_detour_beats_carries_nothing():
    a = np.array([[0, 4, 1], [0, 0, 4], [0, 0, 0]])
    assert centrality.edge_betweenness(a).set_index(["source", "target"])["betweenness"][0, 2] == 0


def test_edge_betweenness_of_a_layer_knows_where_it_comes_from():
    layer = inf.load().at(2008)["energy"]
    found = centrality.edge_betweenness(layer)
    assert found.attrs["influence"]["metric"] == "edge_betweenness"
    assert set(zip(found["source"], found["target"], strict=True)) == set(
        layer.to_edges()[["source", "target"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("n", [0, 1, 4])
@pytest.mark.parametrize("directed", [True, False])
def test_no_tie_no_row(n, directed):
    found = centrality.edge_betweenness(np.zeros((n, n)), directed=directed)
    assert list(found.columns) == ["source", "target", "weight", "betweenness"] and found.empty


# --- reach ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_k_reach_against_networkx(seed, directed):
    a = random_graph(seed, n=14, density=0.04 + 0.03 * seed, directed=directed)
    graph = nx.from_numpy_array(a, create_using=nx.DiGraph if directed else nx.Graph)
    for k in (1, 2, 3, 13, 50):
        expected = [(len(nx.single_source_shortest_path_length(graph, i, cutoff=k)) - 1) / 13 for i in range(14)]
        np.testing.assert_array_equal(centrality.k_reach(a, directed=directed, k=k), expected)
    np.testing.assert_array_equal(
        centrality.k_reach(a, directed=directed),
        [(len(nx.single_source_shortest_path_length(graph, i, cutoff=2)) - 1) / 13 for i in range(14)],
    )


def test_reach_runs_outward_and_does_not_count_oneself():
    line = pd.DataFrame(np.eye(4, k=1) * 7, index=list("abcd"), columns=list("abcd"))
    assert centrality.k_reach(line, k=3).tolist() == [1, 2 / 3, 1 / 3, 0]
    assert centrality.k_reach(line.T, k=1).tolist() == [0, 1 / 3, 1 / 3, 1 / 3]
    ring = nx.cycle_graph(3, create_using=nx.DiGraph)  # after three steps a walk is back
    assert centrality.k_reach(ring, k=9).tolist() == [1, 1, 1]


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_reach_takes_whole_steps(k):
    with pytest.raises(ValueError, match=f"k must be a whole number of steps, at least 1, not {k}"):
        centrality.k_reach(np.zeros((2, 2)), k=k)
