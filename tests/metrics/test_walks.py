"""Katz against networkx, Bonacich power against R's sna, both against their series (PageRank: test_centrality)."""

import json
import logging
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from influence.metrics import centrality

SNA = json.loads((Path(__file__).parents[1] / "oracles" / "sna_power.json").read_text(encoding="utf-8"))["graphs"]


def random_graph(seed, n=13, density=0.2, *, directed=True):
    rng = np.random.default_rng(seed)
    a = (rng.random((n, n)) < density) * rng.uniform(0.1, 5, (n, n))
    np.fill_diagonal(a, 0)
    return a if directed else np.triu(a) + np.triu(a).T


def radius(a):
    return np.abs(np.linalg.eigvals(a)).max()


# --- Katz -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_katz_against_networkx(seed, directed):
    a = random_graph(seed, density=0.15 + 0.08 * seed, directed=directed)
    a[4] = a[:, 4] = 0  # networkx lets an isolate keep its own start; here it is no part of the network
    tied = np.flatnonzero(a.sum(axis=0) + a.sum(axis=1))
    assert 4 not in tied and radius(a) > 0
    kind = nx.DiGraph if directed else nx.Graph
    graph = nx.from_numpy_array(a[np.ix_(tied, tied)], create_using=kind)
    for given, alpha in ({}, 0.5), ({"alpha": 0.1}, 0.1), ({"alpha": 0.9}, 0.9):
        found = nx.katz_centrality_numpy(graph, alpha=alpha / radius(a), weight="weight")
        expected = np.zeros(len(a))
        expected[tied] = list(found.values())
        got = centrality.katz(a, directed=directed, **given)
        np.testing.assert_allclose(got, expected / expected.sum(), rtol=1e-11)
        assert (got.drop(tied) == 0).all()


def test_katz_adds_up_walks():
    a = random_graph(3)
    step, walks, total = 0.5 / radius(a), np.ones(len(a)), np.ones(len(a))
    for _ in range(100):
        walks = step * walks @ a
        total += walks
    np.testing.assert_allclose(centrality.katz(a), total / total.sum(), rtol=1e-12)


def test_katz_lies_between_strength_and_eigenvector():
    a = random_graph(1, density=0.5)
    np.testing.assert_allclose(centrality.katz(a, alpha=1 - 1e-9), centrality.eigenvector(a), atol=1e-8)
    slightly = centrality.katz(a, alpha=1e-6)
    assert np.corrcoef(slightly, centrality.strength_in(a))[0, 1] > 1 - 1e-6


def test_katz_does_not_depend_on_the_unit_and_reads_in_ties():
    a = random_graph(2)
    np.testing.assert_allclose(centrality.katz(a * 1e9), centrality.katz(a), rtol=1e-12)
    follower = np.array([[0, 1, 0], [1, 0, 1], [0, 0, 0]])  # 2 receives, sends nothing
    got = centrality.katz(follower)
    np.testing.assert_allclose(got, np.array([2, 2, 2]) / 6)  # 1/(1 − ½) each, and 1 + ½ · 2
    assert centrality.katz(follower.T)[2] < got[2]


def test_katz_where_components_tie_for_the_leading_eigenvalue():
    pairs = np.kron(np.eye(2), [[0, 3], [3, 0]])  # no eigenvector, but λ₁ is 3
    assert centrality.eigenvector(pairs).isna().all()
    np.testing.assert_allclose(centrality.katz(pairs), 0.25)


@pytest.mark.parametrize("graph", [nx.path_graph(4, create_using=nx.DiGraph), nx.empty_graph(3)], ids=str)
def test_katz_needs_a_cycle_for_its_scale(graph, caplog):
    with caplog.at_level(logging.INFO, logger="influence"):
        assert centrality.katz(graph).isna().all()
    assert "katz: NaN in 1 of 1 graphs, no cycle" in caplog.text


@pytest.mark.parametrize("alpha", [0, 1, -0.5, np.nan])
def test_katz_refuses_an_alpha_that_is_no_fraction(alpha):
    with pytest.raises(ValueError, match=f"above 0 and below 1, not {alpha}"):
        centrality.katz(np.zeros((2, 2)), alpha=alpha)


# --- power ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", SNA, ids=[case["name"] for case in SNA])
def test_power_against_sna(case):
    a = np.zeros((case["n"], case["n"]))
    a[case["source"], case["target"]] = case["weight"]
    assert {score["beta"] for score in case["scores"]} >= {-0.5, 0, 0.5}
    for score in case["scores"]:
        got = centrality.power(a + a.T, directed=False, beta=score["beta"])
        np.testing.assert_allclose(got, score["power"], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(centrality.power(a, beta=score["beta"]), got, rtol=1e-12, atol=1e-12)


def test_power_between_strength_and_eigenvector():
    a = random_graph(1, directed=False, density=0.4)
    for beta, other in (0, centrality.strength(a, directed=False)), (1 - 1e-10, centrality.eigenvector(a)):
        expected = other / np.sqrt((other**2).mean())
        np.testing.assert_allclose(centrality.power(a, directed=False, beta=beta), expected, rtol=1e-8)


def test_power_by_hand():
    # the chain D–B–A–C–E has λ₁ = √3; with β = −½ the ends weaken the middle less than their neighbours
    a = centrality.power(nx.path_graph(["D", "B", "A", "C", "E"]), beta=-0.5)
    b = 0.5 / 3**0.5
    expected = np.linalg.solve(np.eye(5) + b * nx.to_numpy_array(nx.path_graph(5)), [1, 2, 2, 2, 1])
    np.testing.assert_allclose(a, expected * np.sqrt(5 / (expected**2).sum()), rtol=1e-12)
    assert a["B"] > a["A"] > a["D"]
    assert np.isclose((a**2).sum(), 5)


def test_power_that_is_nothing_is_exactly_zero():
    # a hub with four partners, λ₁ = 2: a partner's own tie and β times the hub's power cancel
    got = centrality.power(nx.star_graph(4), beta=-0.5)
    assert got.tolist() == [pytest.approx(5**0.5), 0, 0, 0, 0]
    lonely = nx.star_graph(3)
    lonely.add_node("nobody")
    assert centrality.power(lonely)["nobody"] == 0
    assert centrality.power(np.zeros((3, 3))).tolist() == [0, 0, 0]


@pytest.mark.parametrize("beta", [-1, 1, 2])
def test_power_refuses_a_beta_that_is_no_fraction(beta):
    with pytest.raises(ValueError, match=f"above -1 and below 1, not {beta}"):
        centrality.power(np.zeros((2, 2)), beta=beta)
