"""Centrality against hand calculation, rational arithmetic, networkx, igraph and printed values."""

import logging

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.oracles import reference

from influence.metrics import centrality, paths
from influence.metrics.registry import get_metric, list_metrics

IDS = list_metrics().query("family == 'centrality'").index.tolist()


def random_graph(seed, n=12, density=0.3, *, directed=True, top=6):
    """Integer strengths, so that many paths tie."""
    rng = np.random.default_rng(seed)
    a = (rng.random((n, n)) < density) * rng.integers(1, top + 1, (n, n)).astype(float)
    np.fill_diagonal(a, 0)
    return a if directed else np.triu(a) + np.triu(a).T


def to_networkx(a, *, directed):
    graph = nx.from_numpy_array(a, create_using=nx.DiGraph if directed else nx.Graph)
    for *_, data in graph.edges(data=True):
        data["length"] = 1 / data["weight"]
    return graph


# --- ties counted ---------------------------------------------------------------------------------


def test_degrees_and_strengths_by_hand():
    #      RUS sends 3 to CHN and 1 to KAZ; CHN sends 2 back; MNG has nobody
    a = pd.DataFrame(0.0, index=["RUS", "CHN", "KAZ", "MNG"], columns=["RUS", "CHN", "KAZ", "MNG"])
    a.loc["RUS", "CHN"], a.loc["RUS", "KAZ"], a.loc["CHN", "RUS"] = 3, 1, 2
    assert centrality.degree(a).to_dict() == {"RUS": 3, "CHN": 2, "KAZ": 1, "MNG": 0}
    assert centrality.degree_in(a).to_dict() == {"RUS": 1, "CHN": 1, "KAZ": 1, "MNG": 0}
    assert centrality.degree_out(a).to_dict() == {"RUS": 2, "CHN": 1, "KAZ": 0, "MNG": 0}
    assert centrality.strength(a).to_dict() == {"RUS": 6, "CHN": 5, "KAZ": 1, "MNG": 0}
    assert centrality.strength_in(a).to_dict() == {"RUS": 2, "CHN": 3, "KAZ": 1, "MNG": 0}
    assert centrality.strength_out(a).to_dict() == {"RUS": 4, "CHN": 2, "KAZ": 0, "MNG": 0}


def test_undirected_ties_count_once():
    a = np.array([[0, 3, 1], [3, 0, 0], [1, 0, 0]])
    for name in ("degree", "degree_in", "degree_out"):
        assert getattr(centrality, name)(a, directed=False).tolist() == [2, 1, 1], name
    for name in ("strength", "strength_in", "strength_out"):
        assert getattr(centrality, name)(a, directed=False).tolist() == [4, 3, 1], name


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_betweenness_against_rationals(seed, directed):
    a = random_graph(seed, n=10, density=0.25 + 0.1 * seed, directed=directed)
    expected = reference.betweenness(a, directed=directed)
    np.testing.assert_allclose(centrality.betweenness(a, directed=directed), expected, rtol=0, atol=1e-12)


def test_betweenness_sees_paths_that_tie_but_for_rounding():
    # 1/10 + 1/15 = 1/6, and in floating point it is one bit more
    assert 1 / 10 + 1 / 15 != 1 / 6
    a = np.array([[0, 10, 6], [0, 0, 15], [0, 0, 0]])
    assert centrality.betweenness(a).tolist() == [0, 0.25, 0]


def test_betweenness_does_not_depend_on_the_unit():
    # igraph alone, given lengths of 1e-9, counts paths as tied that are not
    a = random_graph(3)
    for unit in (1e-9, 1e9):
        np.testing.assert_allclose(centrality.betweenness(a * unit), centrality.betweenness(a), atol=1e-12)


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_closeness_and_harmonic_against_networkx(seed, directed):
    a = random_graph(seed, n=14, density=0.1 + 0.05 * seed, directed=directed)
    graph = to_networkx(a, directed=directed)
    close = nx.closeness_centrality(graph, distance="length")
    near = nx.harmonic_centrality(graph, distance="length")
    got = centrality.closeness(a, directed=directed)
    np.testing.assert_allclose(got, [close[i] for i in range(14)], rtol=1e-12)
    np.testing.assert_allclose(got, reference.closeness(a), rtol=1e-12)
    got = centrality.harmonic(a, directed=directed)
    np.testing.assert_allclose(got, [near[i] / 13 for i in range(14)], rtol=1e-12)
    np.testing.assert_allclose(got, reference.harmonic(a), rtol=1e-12)


def test_large_graphs_take_the_other_road_to_the_same_distances(monkeypatch):
    a = np.stack([random_graph(seed, n=20, density=0.1) for seed in range(3)])
    expected = centrality.distances(a)
    assert np.isinf(expected).any()
    monkeypatch.setattr(paths, "_LARGE", 5)
    np.testing.assert_allclose(centrality.distances(a), expected, rtol=1e-14)


def test_krackhardt_kite_has_its_printed_values():
    kite = nx.krackhardt_kite_graph()  # Krackhardt 1990: Diane is 3, Fernando 5, Heather 7
    assert centrality.degree(kite).div(9).round(3)[[3, 5, 7]].tolist() == [0.667, 0.556, 0.333]
    assert centrality.betweenness(kite).round(3)[[3, 5, 7]].tolist() == [0.102, 0.231, 0.389]
    assert centrality.closeness(kite).round(3)[[3, 5, 7]].tolist() == [0.6, 0.643, 0.6]


def test_florentine_marriages_have_their_printed_values():
    # Wasserman & Faust 1994 leave out the isolated Pucci for betweenness, as networkx's graph does
    graph = nx.florentine_families_graph()
    assert round(centrality.betweenness(graph)["Medici"], 3) == 0.522
    assert round(centrality.centralization(centrality.betweenness(graph), directed=False), 3) == 0.437
    graph.add_node("Pucci")
    assert round(centrality.centralization(centrality.degree(graph), directed=False), 3) == 0.267


# --- spectra --------------------------------------------------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_eigenvector_against_a_dense_eigensolver(seed, directed):
    ring = np.roll(np.eye(15), 1, axis=1)  # makes it strongly connected, so that the solver has one answer
    a = random_graph(seed, n=15, density=0.2, directed=directed) + ring + (0 if directed else ring.T)
    np.testing.assert_allclose(centrality.eigenvector(a, directed=directed), reference.eigenvector(a), atol=1e-12)


def test_eigenvector_on_bipartite_and_periodic_graphs():
    star = nx.star_graph(4)
    np.testing.assert_allclose(centrality.eigenvector(star), [1 / 3] + [1 / 6] * 4, atol=1e-12)
    ring = nx.cycle_graph(5, create_using=nx.DiGraph)
    np.testing.assert_allclose(centrality.eigenvector(ring), 0.2, atol=1e-12)


def test_eigenvector_runs_downstream_of_the_leading_component():
    # 0 ↔ 1 lead with λ = 2 and feed 2 ↔ 3 (λ = 1); 4 only sends
    a = np.zeros((5, 5))
    a[0, 1] = a[1, 0] = 2
    a[2, 3] = a[3, 2] = 1
    a[1, 2] = a[4, 0] = 1
    got = centrality.eigenvector(a)
    assert got[4] == 0
    np.testing.assert_allclose(got @ a, 2 * got, atol=1e-12)
    assert got[:4].gt(0).all()


def test_eigenvector_converges_where_iterations_crawl():
    path = nx.path_graph(200)  # λ₂/λ₁ = 0.9996
    exact = np.sin(np.pi * np.arange(1, 201) / 201)
    np.testing.assert_allclose(centrality.eigenvector(path), exact / exact.sum(), atol=1e-12)


@pytest.mark.parametrize(
    "graph",
    [
        nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(3)),
        nx.path_graph(4, create_using=nx.DiGraph),
        nx.empty_graph(3),
        nx.DiGraph([(0, 1), (1, 0), (1, 2), (2, 3), (3, 2)]),
    ],
    ids=["two components alike", "no cycle", "no tie", "one feeds its equal"],
)
def test_eigenvector_is_undefined_where_the_leading_eigenvalue_is_not_unique(graph, caplog):
    with caplog.at_level(logging.INFO, logger="influence"):
        assert centrality.eigenvector(graph).isna().all()
    assert "not unique" in caplog.text


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_pagerank_against_igraph_and_the_google_matrix(seed, directed):
    a = random_graph(seed, n=15, density=0.12, directed=directed)
    got = centrality.pagerank(a, directed=directed)
    np.testing.assert_allclose(got, reference.pagerank(a), atol=1e-13)
    graph = igraph.Graph.Weighted_Adjacency(a, mode="directed")
    np.testing.assert_allclose(got, graph.pagerank(weights="weight"), atol=1e-10)


def test_pagerank_of_isolates_and_empty_layers():
    np.testing.assert_allclose(centrality.pagerank(np.zeros((4, 4))), 0.25)
    pair = np.zeros((3, 3))
    pair[0, 1] = pair[1, 0] = 1
    got = centrality.pagerank(pair)  # the isolate c = 0.85 c/3 + 0.05
    assert got[2] == pytest.approx(0.05 / (1 - 0.85 / 3))
    assert got.sum() == pytest.approx(1)


def test_pagerank_refuses_a_damping_that_is_none():
    with pytest.raises(ValueError, match="damping must be at least 0 and below 1, not 1"):
        centrality.pagerank(np.zeros((2, 2)), damping=1)


# --- of the whole graph ---------------------------------------------------------------------------


def test_centralization_is_one_for_stars_and_zero_for_rings():
    for name in ("degree", "degree_in", "betweenness"):
        measure = getattr(centrality, name)
        assert centrality.centralization(measure(nx.star_graph(5)), directed=False) == pytest.approx(1), name
        assert centrality.centralization(measure(nx.cycle_graph(5)), directed=False) == pytest.approx(0), name
    spokes = nx.DiGraph([(0, k) for k in range(1, 6)])
    assert centrality.centralization(centrality.degree_out(spokes), directed=True) == pytest.approx(1)
    assert centrality.centralization(centrality.degree(spokes), directed=True) == pytest.approx(0.5)
    both = nx.star_graph(5).to_directed()
    assert centrality.centralization(centrality.degree(both), directed=True) == pytest.approx(1)


def test_centralization_knows_its_limits():
    with pytest.raises(ValueError, match="not 'power'"):
        centrality.centralization(centrality.power(nx.star_graph(3)), directed=False)
    with pytest.raises(ValueError, match="centralization of undirected graphs knows .*, not 'k_reach'"):
        centrality.centralization(centrality.k_reach(nx.star_graph(3)), directed=False)
    assert np.isnan(centrality.centralization(pd.Series([1, 1], name="degree"), directed=False))


# --- stacks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("directed", [True, False])
def test_a_stack_is_its_graphs_one_by_one(id, directed):
    single = [random_graph(seed, n=9, density=0.1 + 0.04 * seed, directed=directed) for seed in range(12)]
    single[7] = np.zeros((9, 9))
    stack = np.stack(single).reshape(3, 4, 9, 9)
    untouched = stack.copy()
    kernel = get_metric(id).kernel
    got = kernel(stack, directed=directed)
    assert got.shape == (3, 4, 9)
    np.testing.assert_array_equal(stack, untouched)
    for k, a in enumerate(single):
        np.testing.assert_allclose(got.reshape(12, 9)[k], kernel(a, directed=directed), atol=1e-13, err_msg=str(k))
    shares = get_metric(id).shares
    if shares is not None:
        np.testing.assert_array_equal(shares(stack, directed=directed)[id], got)


@pytest.mark.parametrize("id", IDS)
def test_no_graph_is_too_small(id):
    kernel = get_metric(id).kernel
    assert kernel(np.zeros((2, 0, 0)), directed=True).shape == (2, 0)
    alone = kernel(np.zeros((1, 1)), directed=True)
    undefined = dict.fromkeys(("eigenvector", "katz", "hubs", "authorities"), np.nan)
    np.testing.assert_array_equal(alone, [{"pagerank": 1.0, **undefined}.get(id, 0.0)])


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(float, (6, 6), elements=st.sampled_from([0.0, 0.0, 1.0, 2.0, 3.0])),
    st.permutations(range(6)),
    st.sampled_from(IDS),
)
def test_the_order_of_rows_does_not_matter(a, order, id):
    np.fill_diagonal(a, 0)
    kernel = get_metric(id).kernel
    np.testing.assert_allclose(
        kernel(a[np.ix_(order, order)], directed=True), kernel(a, directed=True)[list(order)], atol=1e-9
    )


def test_betweenness_of_dense_graphs_needs_only_ties_on_shortest_paths():
    rng = np.random.default_rng(5)
    a = rng.lognormal(size=(3, 30, 30)) * (rng.random((3, 30, 30)) < 0.7)
    a[1] = np.rint(a[1])  # many paths of equal length
    a[2] *= 1e-12  # the unit of weights does not matter
    a[:, np.arange(30), np.arange(30)] = 0.0
    for directed, stack in ((True, a), (False, a + np.swapaxes(a, -1, -2))):
        whole = paths._betweenness(stack, directed)
        kept, _ = paths._on_shortest_paths(stack, centrality.distances(stack))
        assert (np.count_nonzero(kept, axis=(-2, -1)) < np.count_nonzero(stack, axis=(-2, -1))).all()
        np.testing.assert_allclose(paths._betweenness(kept, directed), whole, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(get_metric("betweenness").kernel(stack, directed=directed), whole, rtol=1e-12)
