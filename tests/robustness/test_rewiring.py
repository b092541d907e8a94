"""Random graphs with given degrees: all of them, none of them more often than another."""

from __future__ import annotations

import itertools
from collections import defaultdict

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare, kstest

import influence as inf
from influence.robustness import rewire, rewired_frames
from influence.robustness._rotation import Chains, MixingWarning, correlation
from influence.robustness.rewiring import rewired

N = 5


def undirected_by_degrees() -> dict[tuple[int, ...], list[np.ndarray]]:
    """All graphs of five actors, by their degrees (one order of each sequence)."""
    pairs = list(itertools.combinations(range(N), 2))
    found = defaultdict(list)
    for there in itertools.product((0, 1), repeat=len(pairs)):
        a = np.zeros((N, N), dtype=np.uint8)
        for (i, j), tie in zip(pairs, there, strict=True):
            a[i, j] = a[j, i] = tie
        found[tuple(a.sum(axis=0).tolist())].append(a)
    return {degrees: graphs for degrees, graphs in found.items() if list(degrees) == sorted(degrees)}


def digraphs(out: tuple[int, ...], into: tuple[int, ...]) -> list[np.ndarray]:
    """All directed graphs with these out- and in-degrees."""
    n = len(out)
    rows = [list(itertools.combinations([j for j in range(n) if j != i], out[i])) for i in range(n)]
    found = []
    for chosen in itertools.product(*rows):
        a = np.zeros((n, n), dtype=np.uint8)
        for i, targets in enumerate(chosen):
            a[i, list(targets)] = 1
        if tuple(a.sum(axis=0).tolist()) == into:
            found.append(a)
    return found


def evenness(graphs: list[np.ndarray], directed: bool, draws: int) -> float:
    """p of the chi-square test that all graphs come equally often, from the first one on."""
    number = {a.tobytes(): k for k, a in enumerate(graphs)}
    drawn = rewired(graphs[0], pd.RangeIndex(len(graphs[0])), directed, draws, 7, 10.0).stack
    counts = np.bincount([number[a.tobytes()] for a in drawn], minlength=len(graphs))  # KeyError: other degrees
    return float(chisquare(counts).pvalue)


def test_all_undirected_graphs_with_five_actors_come_evenly():
    """Against enumeration: every degree sequence of five actors that more than one graph has."""
    cases = {degrees: graphs for degrees, graphs in undirected_by_degrees().items() if len(graphs) > 1}
    assert len(cases) == 15
    p = [evenness(graphs, False, 4000) for graphs in cases.values()]
    assert min(p) > 0.001
    assert kstest(p, "uniform").pvalue > 0.01


@pytest.mark.parametrize(
    ("out", "into", "number"),
    [
        ((1, 0, 1, 0, 0), (0, 1, 0, 1, 0), 2),  # two ties, whose swap undoes itself
        ((1, 1, 1, 0, 0), (1, 1, 1, 0, 0), 2),  # a triangle, one way or the other: no swap leads from one to the other
        ((2, 2, 1, 0, 0), (0, 1, 1, 1, 2), 6),
        ((1, 1, 1, 1, 1), (1, 1, 1, 1, 1), 44),  # derangements
        ((0, 2, 1, 2, 2), (3, 0, 2, 1, 1), 11),
        ((3, 4, 3, 2, 2), (3, 2, 3, 4, 2), 10),  # dense: what is absent is rewired
        ((2, 2, 2, 2, 2), (2, 2, 2, 2, 2), 216),
    ],
)
def test_all_directed_graphs_with_five_actors_come_evenly(out, into, number):
    """Against enumeration, of in- and out-degrees at once."""
    graphs = digraphs(out, into)
    assert len(graphs) == number
    assert evenness(graphs, True, max(2000, 40 * number)) > 0.001


@pytest.mark.parametrize("directed", [True, False])
def test_hands_that_play_at_once_leave_all_graphs_alike(directed):
    """Against enumeration: the steps of larger graphs, in which many swaps are tried together, on a small one."""
    if directed:
        graphs = digraphs((2, 1, 2, 2, 2), (1, 2, 2, 2, 2))
        start = graphs[0]
    else:
        graphs = [np.triu(a) for a in undirected_by_degrees()[2, 2, 2, 2, 2]]
        start = graphs[0]
    chains, rng = Chains(start, ~np.eye(N, dtype=bool), 20_000, directed=directed), np.random.default_rng(8)
    for k in range(90):
        chains.rotate(3 if directed and k % 5 == 4 else 2, rng, hands=1 if k % 3 == 2 else 99)
    number = {a.tobytes(): k for k, a in enumerate(graphs)}
    drawn = (chains.count == 1).astype(np.uint8)
    counts = np.bincount([number[a.tobytes()] for a in drawn], minlength=len(graphs))
    assert chisquare(counts).pvalue > 0.001


def test_swaps_alone_would_not_turn_a_triangle():
    start = np.roll(np.eye(3, dtype=np.uint8), 1, axis=1)
    swapping, turning = (Chains(start, ~np.eye(3, dtype=bool), 200) for _ in range(2))
    rng = np.random.default_rng(1)
    for _ in range(50):
        swapping.rotate(2, rng)
        turning.rotate(3, rng)
    assert swapping.moved == 0
    assert 60 < (turning.standing(start) == 3).sum() < 140


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("density", [0.05, 0.3, 0.5, 0.9])
def test_degrees_are_kept_exactly(density, directed):
    rng = np.random.default_rng(3)
    a = (rng.random((34, 34)) < density).astype(np.uint8)
    np.fill_diagonal(a, 0)
    if not directed:
        a = np.triu(a) + np.triu(a).T
    drawn = rewire(a, draws=60, seed=1, directed=directed)
    assert drawn.dtype == np.uint8 and set(np.unique(drawn)) == {0, 1}
    assert (drawn.sum(axis=1) == a.sum(axis=0)).all()
    assert (drawn.sum(axis=2) == a.sum(axis=1)).all()
    assert not drawn[:, np.arange(34), np.arange(34)].any()
    assert directed or (drawn == drawn.transpose(0, 2, 1)).all()
    assert len({d.tobytes() for d in drawn}) == 60  # and all differ


def test_many_actors_and_a_hub_of_all_ties():
    """More proposals for one cell than a byte holds would let double ties in."""
    rng = np.random.default_rng(4)
    a = (rng.random((300, 300)) < 0.02).astype(np.uint8)
    a[0, 1:] = a[1:, 0] = 1
    a[rng.integers(1, 300, 60), 1] = 1
    np.fill_diagonal(a, 0)
    drawn = rewire(a, draws=3, seed=1)
    assert (drawn.sum(axis=1) == a.sum(axis=0)).all() and (drawn.sum(axis=2) == a.sum(axis=1)).all()


def test_reciprocity_as_chung_and_lu_expect_it():
    """In large sparse graphs a tie i → j is there with probability about out(i) in(j) / m."""
    rng = np.random.default_rng(5)
    a = rng.random((60, 60)) < np.outer(rng.uniform(0.02, 0.2, 60), np.ones(60))
    np.fill_diagonal(a, False)
    a |= np.triu(a).T  # strongly mutual: far from what is drawn
    out, into = a.sum(axis=1), a.sum(axis=0)
    chance = np.outer(out, into) / a.sum()
    np.fill_diagonal(chance, 0)
    drawn = rewire(a, draws=300, seed=1).astype(float)
    mutual = (drawn * drawn.transpose(0, 2, 1)).sum(axis=(1, 2)).mean()
    assert (a & a.T).sum() > 3 * mutual
    assert mutual == pytest.approx((chance * chance.T).sum(), rel=0.1)


def test_same_seed_same_bytes_and_the_order_of_actors_decides_nothing():
    graph = nx.gnm_random_graph(12, 30, seed=2, directed=True)
    frame = nx.to_pandas_adjacency(nx.relabel_nodes(graph, {k: f"a{k:02d}" for k in graph}))
    one = list(rewired_frames(frame, draws=5, seed=3))
    assert [f.to_numpy().tobytes() for f in one] == [
        f.to_numpy().tobytes() for f in rewired_frames(frame, draws=5, seed=3)
    ]
    assert not one[0].equals(next(rewired_frames(frame, draws=5, seed=4)))
    turned = frame.iloc[::-1, ::-1]
    for a, b in zip(one, rewired_frames(turned, draws=5, seed=3), strict=True):
        assert list(b.index) == list(turned.index)
        pd.testing.assert_frame_equal(a, b.loc[a.index, a.columns])


def test_a_layer_is_read_by_its_own_rule():
    """Nearly all pairs trade: presence means intensity above one there."""
    trade = inf.load().at(2009)["trade"]
    present = inf.centrality.degree_out(trade)
    drawn = rewire(trade, draws=2, seed=1, swaps_per_tie=1)
    assert drawn[0].sum() < 0.6 * present.sum()


@pytest.mark.parametrize("graph", [np.zeros((4, 4)), np.ones((4, 4)) - np.eye(4), np.eye(4, k=3)])
def test_what_cannot_move_stays(graph):
    """No tie, all ties, one tie."""
    assert (rewire(graph, draws=4, seed=1) == graph).all()


def test_no_swaps_give_the_graph_itself():
    a = np.roll(np.eye(6), 1, axis=1)
    assert (rewire(a, draws=3, seed=1, swaps_per_tie=0) == a).all()


def test_bad_numbers_are_refused():
    with pytest.raises(ValueError, match="draws must be at least 1"):
        rewire(np.eye(3, k=1), draws=0, seed=1)
    with pytest.raises(ValueError, match="swaps_per_tie must not be negative"):
        rewire(np.eye(3, k=1), seed=1, swaps_per_tie=-1)


def test_mixing_is_told():
    rng = np.random.default_rng(6)
    a = (rng.random((30, 30)) < 0.15) & ~np.eye(30, dtype=bool)
    mixing = rewired(a, pd.RangeIndex(30), True, 400, 1, 10.0).mixing
    assert 0.1 < mixing["accepted"] < 1
    assert mixing["replaced"] == pytest.approx(1 - a.mean(), abs=0.1)
    assert abs(mixing["memory"]) < 0.2
    assert abs(mixing["replaced"] - mixing["replaced_halfway"]) < 0.02


def test_chains_that_have_not_settled_are_told(monkeypatch):
    monkeypatch.setattr("influence.robustness._rotation._DOUBLINGS", 0)
    rng = np.random.default_rng(6)
    a = (rng.random((40, 40)) < 0.2) & ~np.eye(40, dtype=bool)
    with pytest.warns(MixingWarning, match="raise swaps_per_tie"):
        rewire(a, draws=400, seed=1, swaps_per_tie=0.3)


def test_correlation_is_pearsons():
    x, y = np.random.default_rng(1).normal(size=(2, 50))
    assert correlation(x, x + y) == pytest.approx(np.corrcoef(x, x + y)[0, 1])
    assert np.isnan(correlation(x, np.ones(50)))
