"""Hubs and authorities against networkx, the singular vectors and hand calculation (eigenvector: test_centrality)."""

import logging

import networkx as nx
import numpy as np
import pytest

from influence.metrics import centrality


def random_graph(seed, n=14, density=0.2):
    rng = np.random.default_rng(seed)
    a = (rng.random((n, n)) < density) * rng.uniform(0.1, 5, (n, n))
    np.fill_diagonal(a, 0)
    return a


def singular(a):
    """The leading singular vectors, summing to one."""
    left, values, right = np.linalg.svd(a)
    assert values[1] < values[0] * (1 - 1e-6), "a graph without an answer"
    return np.abs(left[:, 0]) / np.abs(left[:, 0]).sum(), np.abs(right[0]) / np.abs(right[0]).sum()


@pytest.mark.parametrize("seed", range(6))
def test_hubs_and_authorities_against_networkx_and_the_singular_vectors(seed):
    a = random_graph(seed, density=0.08 + 0.06 * seed)
    graph = nx.from_numpy_array(a, create_using=nx.DiGraph)
    hubs, authorities = nx.hits(graph, nstart=dict.fromkeys(graph, 1.0))
    for got, by_networkx, exact in zip(
        (centrality.hubs(a), centrality.authorities(a)), (hubs, authorities), singular(a), strict=True
    ):
        np.testing.assert_allclose(got, exact, rtol=0, atol=1e-12)
        np.testing.assert_allclose(got, [by_networkx[k] for k in range(len(a))], rtol=0, atol=1e-9)


def test_hubs_and_authorities_by_hand():
    # 0 sends to 2 and 3, 1 to 2 only: x_2 : x_3 is golden, and so is h_0 : h_1
    a = np.zeros((5, 5))
    a[0, 2] = a[0, 3] = a[1, 2] = 7
    golden = (1 + 5**0.5) / 2
    np.testing.assert_allclose(centrality.hubs(a), [1 / golden, 1 - 1 / golden, 0, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(centrality.authorities(a), [0, 0, 1 / golden, 1 - 1 / golden, 0], rtol=1e-12)


def test_outside_the_leading_part_all_is_exactly_zero():
    a = np.zeros((6, 6))
    a[0, 1] = a[0, 2] = 3  # leads with σ² = 18
    a[3, 4] = a[5, 4] = 2  # follows with 8
    assert centrality.hubs(a).tolist() == [1, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(centrality.authorities(a), [0, 0.5, 0.5, 0, 0, 0])
    assert (centrality.authorities(a)[[0, 3, 4, 5]] == 0).all()


def test_one_receiver_is_the_only_authority():
    star = np.zeros((4, 4))
    star[1:, 0] = 1
    assert centrality.authorities(star).tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(centrality.hubs(star), [0, 1 / 3, 1 / 3, 1 / 3])


def test_on_undirected_ties_both_are_the_eigenvector():
    for graph in (nx.star_graph(4), nx.krackhardt_kite_graph()):
        for measure in (centrality.hubs, centrality.authorities):
            np.testing.assert_allclose(measure(graph), centrality.eigenvector(graph), rtol=1e-11)


@pytest.mark.parametrize(
    "graph",
    [
        nx.DiGraph([(0, 1), (2, 3)]),
        nx.cycle_graph(4, create_using=nx.DiGraph),
        nx.star_graph(3).to_directed(),
        nx.empty_graph(3, create_using=nx.DiGraph),
    ],
    ids=["two parts alike", "a cycle", "a star both ways", "no tie"],
)
def test_no_answer_where_the_leading_singular_value_is_not_unique(graph, caplog):
    with caplog.at_level(logging.INFO, logger="influence"):
        assert centrality.hubs(graph).isna().all() and centrality.authorities(graph).isna().all()
    assert "hubs and authorities: NaN in 1 of 1 graphs" in caplog.text


@pytest.mark.parametrize("name", ["eigenvector", "hubs", "authorities"])
def test_the_unit_does_not_matter(name):
    a = random_graph(2)
    measure = getattr(centrality, name)
    for unit in (1e-12, 1e-9, 1e9):  # scipy drops ties of 1e-8 and less from a dense graph
        np.testing.assert_allclose(measure(a * unit), measure(a), rtol=1e-11)


def test_converges_where_iterations_crawl():
    # a chain of senders joined by common receivers: the second singular value is near the first
    n = 120
    a = np.zeros((2 * n, 2 * n))
    a[np.arange(n), n + np.arange(n)] = 1
    a[np.arange(n - 1), n + 1 + np.arange(n - 1)] = 1
    hubs, authorities = singular(a)
    np.testing.assert_allclose(centrality.hubs(a), hubs, atol=1e-11)
    np.testing.assert_allclose(centrality.authorities(a), authorities, atol=1e-11)
