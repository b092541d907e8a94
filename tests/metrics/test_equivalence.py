"""Structural equivalence against hand computations and numpy, pair by pair."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import influence as inf
from influence.metrics import dependence
from influence.metrics.equivalence import equivalence_by_layer, structural_equivalence
from influence.network.adapter import GraphError
from influence.network.layer import Layer, LayerSpec

NAMES = ["RUS", "CHN", "KAZ", "UZB"]
TRADE = pd.DataFrame([[0, 9, 3, 1], [8, 0, 2, 2], [4, 4, 0, 0], [0, 2, 0, 0]], index=NAMES, columns=NAMES, dtype=float)


@st.composite
def graphs(draw):
    n = draw(st.integers(2, 6))
    a = np.array(draw(st.lists(st.sampled_from([0, 0, 1, 2, 5]), min_size=n * n, max_size=n * n)), dtype=float)
    a = a.reshape(n, n)
    np.fill_diagonal(a, 0)
    names = [f"n{k}" for k in range(n)]
    return pd.DataFrame(a, index=names, columns=names)


def row(frame, a, b):
    return frame[(frame["actor_a"] == min(a, b)) & (frame["actor_b"] == max(a, b))].iloc[0]


def reference(graph, a, b, profile):
    """Distance and correlation of one pair, from its definition."""
    third = [k for k in graph.index if k not in (a, b)]
    one, other = ([graph.loc[x, third].to_numpy(), graph.loc[third, x].to_numpy()] for x in (a, b))
    if not any(v.any() for v in one) or not any(v.any() for v in other):
        return np.nan, np.nan
    if profile == "presence":
        one, other = ([(v > 0).astype(float) for v in side] for side in (one, other))
    if profile == "share":
        one, other = ([v / v.sum() if v.any() else v for v in side] for side in (one, other))
    p, q = np.concatenate(one), np.concatenate(other)
    r = np.corrcoef(p, q)[0, 1] if np.ptp(p) > 1e-12 and np.ptp(q) > 1e-12 else np.nan
    return np.linalg.norm(p - q), r


def test_distance_and_correlation_by_hand():
    # towards KAZ and UZB. RUS sends 3/4, 1/4 and gets 4/4, 0; CHN sends 1/2, 1/2 and gets 2/3, 1/3
    found = row(structural_equivalence(TRADE), "RUS", "CHN")
    one, other = np.array([3 / 4, 1 / 4, 1, 0]), np.array([1 / 2, 1 / 2, 2 / 3, 1 / 3])
    assert found["distance"] == pytest.approx(np.sqrt(2 / 16 + 2 / 9))
    assert found["correlation"] == pytest.approx(np.corrcoef(one, other)[0, 1])
    assert found["third_parties"] == 2
    raw = row(structural_equivalence(TRADE, profile="strength"), "RUS", "CHN")
    assert raw["distance"] == pytest.approx(np.sqrt(1 + 1 + 0 + 4))


def test_the_tie_between_the_two_does_not_matter():
    closer = TRADE.copy()
    closer.loc["RUS", "CHN"], closer.loc["CHN", "RUS"] = 1e6, 0
    for profile in ("share", "strength", "presence"):
        before, after = (row(structural_equivalence(g, profile=profile), "RUS", "CHN") for g in (TRADE, closer))
        measures = ["distance", "correlation"]
        assert after[measures].to_list() == pytest.approx(before[measures].to_list(), nan_ok=True)


@settings(max_examples=80, deadline=None)
@given(graph=graphs(), profile=st.sampled_from(["share", "strength", "presence"]))
def test_each_pair_is_what_it_is_defined_as(graph, profile):
    found = structural_equivalence(graph, profile=profile)
    assert len(found) == len(graph) * (len(graph) - 1) // 2
    for a, b in itertools.combinations(graph.index, 2):
        one = row(found, a, b)
        expected = reference(graph, a, b, profile)
        assert (one["distance"], one["correlation"]) == pytest.approx(expected, abs=1e-9, nan_ok=True)
        assert one["third_parties"] == len(graph) - 2


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), seed=st.integers(0, 1000))
def test_order_and_size_change_nothing(graph, seed):
    order = np.random.default_rng(seed).permutation(len(graph))
    turned = graph.iloc[order, order[::-1]] * 7.0
    pd.testing.assert_frame_equal(structural_equivalence(graph), structural_equivalence(turned), atol=1e-10)


def test_ranks_and_percentiles():
    # KAZ and UZB stand alike, RUS and CHN nearly, all others far
    a = pd.DataFrame(0.0, index=NAMES, columns=NAMES)
    a.loc[["RUS", "CHN"], ["KAZ", "UZB"]] = [[3, 1], [3, 1.1]]
    a.loc[["KAZ", "UZB"], ["RUS", "CHN"]] = 1
    found = structural_equivalence(a)
    assert found["distance_rank"].is_monotonic_increasing and found.loc[0, "distance_rank"] == 1
    assert row(found, "KAZ", "UZB")["distance_rank"] < row(found, "RUS", "KAZ")["distance_rank"]
    assert found["percentile"].iloc[0] == pytest.approx(100 * (6 - 1 + 0.5) / 6)
    ring = nx.cycle_graph(5)  # all neighbours alike, all pairs at distance two alike: ties share the mean rank
    assert set(structural_equivalence(ring)["distance_rank"]) == {3.0, 8.0}


def test_undirected_ties_count_once():
    ring = structural_equivalence(nx.cycle_graph(4), profile="presence").set_index(["actor_a", "actor_b"])
    assert ring.loc[(0, 2), "distance"] == 0 and ring.loc[(0, 2), "correlation"] != 1  # both profiles are constant
    assert np.isnan(ring.loc[(0, 2), "correlation"])
    assert ring.loc[(0, 1), "distance"] == pytest.approx(np.sqrt(2))
    assert ring.loc[(0, 1), "correlation"] == pytest.approx(-1)


def test_only_some_third_parties_and_some_pairs():
    found = structural_equivalence(TRADE, towards=["UZB"], among=["RUS", "CHN", "KAZ"], profile="strength")
    assert found[["actor_a", "actor_b"]].to_numpy().tolist() == [["CHN", "RUS"], ["CHN", "KAZ"], ["KAZ", "RUS"]]
    assert found.loc[0, "distance"] == pytest.approx(np.sqrt(1 + 4)) and found.loc[0, "third_parties"] == 1
    assert found["distance"].isna().tolist() == [False, True, True]  # KAZ has no tie to UZB


def test_in_a_two_mode_layer_organizations_are_the_third_parties():
    seats = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]], dtype=float)
    layer = Layer(LayerSpec("io", mode=2), 2009, pd.Index(NAMES), pd.Index(["SCO", "CSTO", "GUAM"]), {"member": seats})
    found = structural_equivalence(layer, profile="presence")
    assert row(found, "RUS", "CHN")["distance"] == 1 and row(found, "RUS", "CHN")["third_parties"] == 3
    assert row(found, "RUS", "KAZ")["distance"] == pytest.approx(np.sqrt(3))
    assert row(found, "RUS", "CHN")["correlation"] == pytest.approx(np.corrcoef(seats[0], seats[1])[0, 1])
    assert np.isnan(row(found, "RUS", "UZB")["distance"])
    only = structural_equivalence(layer, towards=["SCO", "GUAM"], profile="presence")
    assert row(only, "RUS", "CHN")["distance"] == 0


def test_by_layer():
    found = equivalence_by_layer({"trade": TRADE, "half": TRADE / 2}, "RUS", "CHN")
    one = row(structural_equivalence(TRADE), "CHN", "RUS")
    for layer in ("trade", "half"):
        assert found.loc[layer, "distance"] == pytest.approx(one["distance"])
        assert found.loc[layer, "distance_rank"] == one["distance_rank"]
    assert found["pairs"].tolist() == [6, 6]
    snap = inf.load().at(2009)
    bundled = equivalence_by_layer(snap, "CHN", "RUS")
    assert list(bundled.index) == list(snap.layers)
    assert bundled.loc["trade", "distance"] == row(structural_equivalence(snap["trade"]), "RUS", "CHN")["distance"]
    assert bundled["percentile"].between(0, 100).all()


def test_what_cannot_be_is_named():
    for options, told in (
        ({"towards": ["XXX"]}, "towards: not in the graph: XXX"),
        ({"among": ["RUS", "XXX"]}, "among: not in the graph: XXX"),
        ({"among": ["RUS"]}, "at least two actors"),
    ):
        with pytest.raises(GraphError, match=told):
            structural_equivalence(TRADE, **options)
    with pytest.raises(ValueError, match="profile must be"):
        structural_equivalence(TRADE, profile="face")
    with pytest.raises(GraphError, match="not both in the layer trade"):
        equivalence_by_layer({"trade": TRADE}, "RUS", "XXX")
    with pytest.raises(GraphError, match="the same as itself"):
        equivalence_by_layer({"trade": TRADE}, "RUS", "RUS")


def test_the_dependence_module_has_them():
    assert dependence.structural_equivalence is structural_equivalence
    assert dependence.equivalence_by_layer is equivalence_by_layer
