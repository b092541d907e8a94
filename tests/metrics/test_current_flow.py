"""Current flow against networkx component by component, the law of series and parallel, and printed values."""

import networkx as nx
import numpy as np
import pytest

from influence.metrics import centrality, current_flow

BOTH = ("current_flow_betweenness", "current_flow_closeness")


def random_graph(seed, n=14, density=0.1, *, directed=True, top=5.0):
    rng = np.random.default_rng(seed)
    a = (rng.random((n, n)) < density) * rng.uniform(0.1, top, (n, n))
    np.fill_diagonal(a, 0)
    return a if directed else np.triu(a) + np.triu(a).T


def by_networkx(conductance):
    """Betweenness and closeness of each component as a graph of its own."""
    between, close = np.zeros(len(conductance)), np.zeros(len(conductance))
    graph = nx.from_numpy_array(conductance)
    for members in nx.connected_components(graph):
        part = graph.subgraph(members)
        if len(part) > 1:
            for i, value in nx.current_flow_closeness_centrality(part, weight="weight").items():
                close[i] = value
        if len(part) > 2:
            for i, value in nx.current_flow_betweenness_centrality(part, weight="weight").items():
                between[i] = value
    return between, close


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_current_flow_against_networkx_by_component(seed, directed):
    a = random_graph(seed, density=(0.06 if directed else 0.12) * (1 + seed), directed=directed)
    expected = by_networkx(a + a.T if directed else a)
    for name, values in zip(BOTH, expected, strict=True):
        np.testing.assert_allclose(getattr(centrality, name)(a, directed=directed), values, rtol=1e-10, atol=1e-13)


def test_components_do_not_know_of_each_other():
    small, large = random_graph(1, n=6, density=0.4) * 1e-6, random_graph(2, n=9, density=0.4)
    a = np.zeros((16, 16))
    a[:6, :6], a[6:15, 6:15] = small, large
    order = np.random.default_rng(5).permutation(16)  # components interleaved
    for name in BOTH:
        got = getattr(centrality, name)(a[np.ix_(order, order)]).to_numpy()[np.argsort(order)]
        measure = getattr(centrality, name)
        np.testing.assert_allclose(got, [*measure(small), *measure(large), 0], rtol=1e-11)


def test_resistors_in_series_and_in_parallel():
    # 0–1 conducts 2, 1–2 conducts 3: 1/2 and 1/3 in series; with a tie 0–2 of 6 beside it 5/6 and 1/6 in parallel
    series = np.array([[0, 2, 0], [0, 0, 3], [0, 0, 0]])
    np.testing.assert_allclose(1 / centrality.current_flow_closeness(series), [1 / 2 + 5 / 6, 5 / 6, 5 / 6 + 1 / 3])
    loop = series + np.array([[0, 0, 0], [0, 0, 0], [6, 0, 0]])
    between_0_and_2 = 1 / (6 / 5 + 6)
    assert 1 / centrality.current_flow_closeness(loop)[0] == pytest.approx(
        1 / (2 + 1 / (1 / 3 + 1 / 6)) + between_0_and_2
    )
    # of a current from 0 to 2, the way over 1 takes what its conductance says
    assert centrality.current_flow_betweenness(loop)[1] == pytest.approx(6 / 5 / (6 / 5 + 6))


def test_a_star_and_a_ring():
    star = nx.star_graph(5)
    assert centrality.current_flow_betweenness(star).round(12).tolist() == [1, 0, 0, 0, 0, 0]
    # a ring of five: of a current between 1 and 4, both next to 0, 3/5 flow through 0; of those between 1 and 3 and
    # between 2 and 4 2/5; of those between 1 and 2, 2 and 3, 3 and 4 1/5
    ring = centrality.current_flow_betweenness(nx.cycle_graph(5))
    np.testing.assert_allclose(ring, (3 / 5 + 2 * 2 / 5 + 3 * 1 / 5) / 6)
    np.testing.assert_allclose(1 / centrality.current_flow_closeness(nx.cycle_graph(5)), 2 * (4 / 5 + 6 / 5))


def test_on_trees_current_takes_the_shortest_path():
    tree = nx.balanced_tree(2, 3)
    np.testing.assert_allclose(
        centrality.current_flow_betweenness(tree), centrality.betweenness(tree), rtol=1e-12, atol=1e-15
    )


def test_nothing_flows_through_who_has_one_tie():
    a = random_graph(4, n=20, density=0.15) * 1e4
    a[:, 7] = a[7, :] = 0
    a[7, 2] = 0.37
    a[3, 7] = 0.0
    assert centrality.current_flow_betweenness(a)[7] == 0
    assert centrality.current_flow_closeness(a)[7] > 0


def test_units_scale_closeness_and_leave_betweenness():
    a = random_graph(3, density=0.3)
    for unit in (1e-9, 1e9):
        got = centrality.current_flow_betweenness(a * unit)
        np.testing.assert_allclose(got, centrality.current_flow_betweenness(a), rtol=1e-12)
        got = centrality.current_flow_closeness(a * unit) / unit
        np.testing.assert_allclose(got, centrality.current_flow_closeness(a), rtol=1e-12)


def test_strengths_that_span_six_orders_of_magnitude():
    rng = np.random.default_rng(8)
    a = random_graph(8, density=0.4, directed=False)
    scale = 10.0 ** rng.uniform(-3, 3, a.shape)
    a *= np.triu(scale) + np.triu(scale, 1).T
    for name, values in zip(BOTH, by_networkx(a), strict=True):
        np.testing.assert_allclose(getattr(centrality, name)(a, directed=False), values, rtol=1e-8, atol=1e-10)


def test_many_ties_are_worked_through_in_parts(monkeypatch):
    a = np.stack([random_graph(seed, density=0.05 * (1 + seed)) for seed in range(5)])
    whole = current_flow.current_flow_measures(a, directed=True)
    monkeypatch.setattr(current_flow, "_CACHED", 50)
    for name, values in current_flow.current_flow_measures(a, directed=True).items():
        np.testing.assert_allclose(values, whole[name], rtol=1e-13, atol=1e-16)
