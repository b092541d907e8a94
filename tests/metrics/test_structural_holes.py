"""Burt's measures against hand calculation, igraph, and the values printed by Borgatti."""

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.oracles import reference

from influence.metrics import structural_holes
from influence.metrics.registry import get_metric

IDS = ("constraint", "effective_size", "efficiency", "hierarchy")
TOY = np.array([[0, 3, 1, 0], [3, 0, 2, 0], [1, 2, 0, 1], [0, 0, 1, 0]], dtype=float)
BORGATTI = nx.Graph(["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"])  # Borgatti 1997, Connections 20


def random_graph(seed, n=15, density=0.2, *, directed=True):
    rng = np.random.default_rng(seed)
    a = (rng.random((n, n)) < density) * rng.uniform(0.1, 5, (n, n))
    np.fill_diagonal(a, 0)
    return a if directed else np.triu(a) + np.triu(a).T


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_constraint_against_igraph(seed, directed):
    a = random_graph(seed, density=0.05 + 0.08 * seed, directed=directed)
    mode = "directed" if directed else "undirected"
    expected = igraph.Graph.Weighted_Adjacency(a, mode=mode).constraint(weights="weight")
    got = structural_holes.constraint(a, directed=directed)
    np.testing.assert_allclose(got, expected, rtol=1e-13)
    isolated = (a + a.T).sum(axis=0) == 0
    np.testing.assert_array_equal(got.isna(), isolated)


def test_constraint_by_hand():
    a = np.zeros((3, 3))
    for i, j in [(0, 1), (0, 2), (1, 0), (2, 1)]:
        a[i, j] = 1
    # mutual strengths 01: 2, 02: 1, 12: 1; c_01 = (2/3 + 1/3 · 1/2)², c_02 = (1/3 + 2/3 · 1/3)²
    assert structural_holes.constraint(a)[0] == pytest.approx((5 / 6) ** 2 + (5 / 9) ** 2)
    two = np.array([[0, 1, 1], [1, 0, 1e6], [1, 1e6, 0]])  # two contacts who are all to each other: towards 2
    assert structural_holes.constraint(two)[0] == pytest.approx(2, abs=1e-4)


def test_borgattis_ego_has_its_printed_values():
    assert structural_holes.effective_size(BORGATTI).round(2)[["G", "A", "C"]].tolist() == [4.67, 2.5, 1.0]
    assert structural_holes.efficiency(BORGATTI).round(2)["G"] == 0.78
    assert structural_holes.constraint(BORGATTI).round(3)[["G", "A", "C"]].tolist() == [0.4, 0.595, 1.0]


def test_effective_size_by_hand():
    # 0: alters 1 (3/4 of its strength) and 2 (1/4); m_12 = 2/3 of 1's strongest tie, m_21 = 2/2 of 2's
    assert structural_holes.effective_size(TOY)[0] == pytest.approx(2 - 1 / 4 * 2 / 3 - 3 / 4 * 2 / 2)
    assert structural_holes.efficiency(TOY)[0] == pytest.approx((2 - 1 / 4 * 2 / 3 - 3 / 4 * 2 / 2) / 2)
    assert structural_holes.effective_size(TOY).round(4).tolist() == [1.0833, 1.5667, 2.25, 1.0]


@pytest.mark.parametrize("seed", range(5))
def test_effective_size_is_borgattis_formula_without_weights(seed):
    graph = nx.gnp_random_graph(12, 0.3, seed=seed)
    got = structural_holes.effective_size(graph)
    for node in graph:
        contacts = list(graph[node])
        if contacts:
            ties = graph.subgraph(contacts).number_of_edges()
            assert got[node] == pytest.approx(len(contacts) - 2 * ties / len(contacts))
        else:
            assert np.isnan(got[node])


def test_hierarchy_by_hand():
    # two contacts of strengths 3 and 1: c = 9/16, 1/16; relative to their mean 9/5 and 1/5
    ego = np.array([[0, 3, 1], [3, 0, 0], [1, 0, 0]])
    got = structural_holes.hierarchy(ego)
    expected = (9 / 5 * np.log(9 / 5) + 1 / 5 * np.log(1 / 5)) / (2 * np.log(2))
    assert got[0] == pytest.approx(expected)
    assert got[1:].isna().all()
    assert structural_holes.hierarchy(nx.star_graph(4))[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("n", [3, 7, 11, 17])
@pytest.mark.parametrize("weight", [1, 0.1, 1 / 3])
def test_hierarchy_of_contacts_that_constrain_alike_is_zero_and_not_nearly(n, weight):
    # written at nine digits, rounding near 0 would be other digits on another processor
    alike = weight * (1 - np.eye(n))
    assert (structural_holes.hierarchy(alike) == 0).all()


def test_a_small_hierarchy_is_not_rounding():
    ego = np.zeros((3, 3))
    ego[0, 1:] = 1 + 1e-4, 1  # c ∝ p²: relative to their mean 1 ± x, x = 1e-4 to first order; x²/(2 ln 2)
    p = ego[0, 1:] / ego[0].sum()
    x = (p[0] ** 2 - p[1] ** 2) / (p**2).sum()
    assert structural_holes.hierarchy(ego)[0] == pytest.approx(x**2 / (2 * np.log(2)), rel=1e-7)


def test_dyadic_constraint_is_what_constraint_sums():
    graph = nx.relabel_nodes(nx.krackhardt_kite_graph(), lambda k: f"k{k}")
    graph.add_node("alone")
    frame = structural_holes.dyadic_constraint(graph)
    assert list(frame.index) == list(frame.columns) == list(graph)
    np.testing.assert_allclose(frame.sum(axis=1, min_count=1), structural_holes.constraint(graph))
    assert np.isnan(frame.loc["k0", "k9"])
    assert frame.notna().sum().sum() == 2 * graph.number_of_edges()


graphs = hnp.arrays(float, (6, 6), elements=st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 3.0]))


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_against_the_readable_versions(a):
    np.fill_diagonal(a, 0)
    dyadic = reference.dyadic_constraint(a)
    np.testing.assert_allclose(structural_holes.dyadic_constraint(a), dyadic, rtol=1e-12)
    size = reference.effective_size(a)
    np.testing.assert_allclose(structural_holes.effective_size(a), size, rtol=1e-12)
    contacts = (~np.isnan(dyadic)).sum(axis=1)
    np.testing.assert_allclose(structural_holes.efficiency(a), size / np.where(contacts, contacts, np.nan))
    np.testing.assert_allclose(structural_holes.hierarchy(a), reference.hierarchy(a), atol=1e-12)
    total = np.where(contacts, np.nansum(dyadic, axis=1), np.nan)
    np.testing.assert_allclose(structural_holes.constraint(a), total, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(graphs, st.permutations(range(6)), st.sampled_from(IDS), st.sampled_from([1e-6, 3.0, 1e6]))
def test_neither_order_nor_unit_nor_reading_a_pair_twice_matters(a, order, id, unit):
    np.fill_diagonal(a, 0)
    kernel = get_metric(id).kernel
    expected = kernel(a, directed=True)
    np.testing.assert_allclose(kernel(a[np.ix_(order, order)], directed=True), expected[list(order)], atol=1e-12)
    np.testing.assert_allclose(kernel(a * unit, directed=True), expected, atol=1e-12)
    np.testing.assert_allclose(kernel(a + a.T, directed=False), expected, atol=1e-12)


@pytest.mark.parametrize("id", IDS)
def test_a_stack_is_its_graphs_one_by_one(id):
    stack = np.stack([random_graph(seed, n=8) for seed in range(6)]).reshape(2, 3, 8, 8)
    stack[0, 0] = 0
    untouched = stack.copy()
    metric = get_metric(id)
    got = metric.kernel(stack, directed=True)
    assert got.shape == (2, 3, 8)
    assert np.isnan(got[0, 0]).all()
    np.testing.assert_array_equal(stack, untouched)
    np.testing.assert_array_equal(metric.shares(stack, directed=True)[id], got)
    for i, j in np.ndindex(2, 3):
        np.testing.assert_allclose(got[i, j], metric.kernel(stack[i, j], directed=True), rtol=1e-13)
    assert metric.kernel(np.zeros((2, 0, 0)), directed=True).shape == (2, 0)
    assert np.isnan(metric.kernel(np.zeros((1, 1)), directed=True)).all()
