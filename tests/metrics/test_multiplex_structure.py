"""Cartography, layer distances and reducibility against hand examples and the definitions."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracles import multiplex_reference as oracle

from influence.metrics import multiplex
from influence.network.adapter import GraphError

NAMES = list("ABCDEF")


def drawn(seed, layers=4, n=6):
    rng = np.random.default_rng(seed)
    a = np.where(rng.random((layers, n, n)) < 0.5, rng.uniform(0.5, 3.0, (layers, n, n)), 0.0)
    a[:, 0, 1] = 1.0  # no layer without ties
    a[:, np.arange(n), np.arange(n)] = 0.0
    return a


def named(a, names=NAMES):
    return {f"l{k}": pd.DataFrame(layer, index=names, columns=names) for k, layer in enumerate(a)}


# --- cartography ----------------------------------------------------------------------------------


def test_cartography_by_hand():
    # A star of nine ties only, and a second layer with two ties, one of them at the star's centre.
    star = nx.star_graph([f"s{k}" for k in range(9)])
    far = nx.Graph([("s7", "s8"), ("s0", "s1")])
    found = multiplex.cartography({"star": star, "far": far})
    shares = pd.DataFrame({"star": 1 / 16, "far": 0.0}, index=[f"s{k}" for k in range(9)])
    shares.loc["s0", "star"] = 8 / 16
    shares.loc[["s0", "s1", "s7", "s8"], "far"] = 1 / 4
    overlap = shares.sum(axis=1)
    pd.testing.assert_series_equal(found["overlap"], overlap, check_names=False)
    pd.testing.assert_series_equal(found["z"], (overlap - overlap.mean()) / overlap.std(ddof=0), check_names=False)
    assert found.index[found["hub"]].tolist() == ["s0"]
    by_hand = {"s0": 2 * (1 - (2 / 3) ** 2 - (1 / 3) ** 2), "s1": 2 * (1 - 0.2**2 - 0.8**2), "s2": 0.0}
    assert found.loc[list(by_hand), "participation"].to_dict() == pytest.approx(by_hand)  # 8/9, 0.64, 0
    assert found.loc[list(by_hand), "spread"].tolist() == ["multiplex", "mixed", "focused"]
    assert found.attrs["influence"]["layers"] == ["star", "far"]


@pytest.mark.parametrize(
    ("spread", "kind"),
    [(0, "focused"), (1 / 3, "focused"), (0.34, "mixed"), (2 / 3, "mixed"), (0.67, "multiplex"), (1, "multiplex")],
)
def test_bounds_of_spread(spread, kind):
    # Two layers with shares p and 1 − p of what an actor has: P = 4p(1 − p).
    p = (1 + np.sqrt(1 - spread)) / 2
    one, two = nx.Graph(), nx.Graph()
    one.add_edge("A", "B", weight=p)
    one.add_edge("C", "D", weight=10 - p)
    two.add_edge("A", "B", weight=1 - p)
    two.add_edge("C", "D", weight=9 + p)
    found = multiplex.cartography({"one": one, "two": two})
    assert found.loc["A", "participation"] == pytest.approx(spread)
    assert found.loc["A", "spread"] == kind


def test_where_all_are_alike_nobody_is_a_hub():
    found = multiplex.cartography({"x": nx.cycle_graph(3), "y": nx.cycle_graph(3), "z": nx.empty_graph(3)})
    assert found["participation"].tolist() == pytest.approx([0.75] * 3)
    assert found["z"].isna().all() and not found["hub"].any()


def test_actors_without_ties_have_a_place_only_in_size():
    found = multiplex.cartography({"x": nx.path_graph(3), "y": nx.empty_graph(4)}, of="degree")
    assert found.loc[3, "overlap"] == 0 and found.loc[3, "z"] < 0
    assert np.isnan(found.loc[3, "participation"]) and pd.isna(found.loc[3, "spread"])
    assert found["overlap"].tolist() == [1, 2, 1, 0]
    with pytest.raises(ValueError, match="of must be"):
        multiplex.cartography({"x": nx.path_graph(3)}, of="weight")


# --- distances and reduction ----------------------------------------------------------------------


def test_entropies_by_hand():
    # One tie: the density matrix is pure, entropy 0. A complete graph of n: n − 1 equal eigenvalues, log₂(n − 1) bits.
    pair = nx.to_numpy_array(nx.path_graph(2))
    whole = nx.to_numpy_array(nx.complete_graph(5))
    assert oracle.entropy(pair) == pytest.approx(0, abs=1e-12)
    assert oracle.entropy(whole) == pytest.approx(2)
    found = multiplex.reducibility({"a": nx.complete_graph(5), "b": nx.complete_graph(5)})
    assert found["entropy"].tolist() == pytest.approx([2, 2])
    assert found["quality"].tolist() == pytest.approx([0, 0])
    assert found["best"].tolist() == [False, True]


def test_distances_are_those_of_the_definition():
    for seed in range(5):
        a = drawn(seed)
        found = multiplex.layer_distances(named(a))
        for i, j in itertools.product(range(4), repeat=2):
            divergence = oracle.divergence(a[i] + a[i].T, a[j] + a[j].T)
            assert found.iloc[i, j] == pytest.approx(np.sqrt(max(divergence, 0)), abs=1e-6)
            if i != j:
                assert 0 < found.iloc[i, j] < 1
    assert found.attrs["influence"]["layers"] == list(found.index)


def test_distance_is_a_metric_that_knows_no_unit():
    a = drawn(7)
    found = multiplex.layer_distances(named(a))
    cents = multiplex.layer_distances(named(a * np.array([100, 1, 7, 0.01])[:, None, None]))
    pd.testing.assert_frame_equal(found, cents, atol=1e-10)
    d = found.to_numpy()
    assert (d[:, :, None] + d[None] >= d[:, None, :] - 1e-12).all()
    apart = {"x": nx.Graph([("A", "B")]), "y": nx.Graph([("C", "D")])}
    assert multiplex.layer_distances(apart).to_numpy().tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("scale", ["share", "raw"])
def test_quality_is_that_of_the_definition(scale):
    for seed in range(5):
        a = drawn(seed)
        layers = named(a)
        found = multiplex.reducibility(layers, scale=scale)
        assert found.index.tolist() == [4, 3, 2, 1]
        ties = {
            name: (m := table.to_numpy() + table.to_numpy().T) / (m.sum() if scale == "share" else 1)
            for name, table in layers.items()
        }
        whole = oracle.entropy(sum(ties.values()))
        for row in found.itertuples():
            parts = [part.split(" + ") for part in row.layers.split(" | ")]
            assert len(parts) == row.Index and sorted(itertools.chain(*parts)) == sorted(layers)
            mean = np.mean([oracle.entropy(sum(ties[name] for name in part)) for part in parts])
            assert row.entropy == pytest.approx(mean)
            assert row.quality == pytest.approx(1 - mean / whole)
        assert found.loc[1, "quality"] == pytest.approx(0, abs=1e-12)
        assert found["quality"].idxmax() == found.index[found["best"]][0]


def test_layers_are_merged_in_the_order_of_their_distance():
    a = drawn(11, layers=3)
    near = a[0] + 0.01 * a[1]
    found = multiplex.reducibility({"one": pd.DataFrame(a[0]), "far": pd.DataFrame(a[2]), "same": pd.DataFrame(near)})
    assert found["layers"].tolist() == ["far | one | same", "far | one + same", "far + one + same"]
    d = multiplex.layer_distances({"one": pd.DataFrame(a[0]), "far": pd.DataFrame(a[2]), "same": pd.DataFrame(near)})
    between = d.loc["one", "same"]
    assert np.isnan(found.loc[3, "distance"]) and found.loc[2, "distance"] == pytest.approx(between)
    # Ward's distance of a third from a merged pair, by the formula of Lance and Williams.
    ward = np.sqrt((2 * d.loc["far", "one"] ** 2 + 2 * d.loc["far", "same"] ** 2 - between**2) / 3)
    assert found.loc[1, "distance"] == pytest.approx(ward)


def test_redundant_layers_are_found():
    # Three copies of one sparse layer and another: two layers tell as much as four.
    tree, ring = nx.path_graph(8), nx.star_graph(7)
    found = multiplex.reducibility({"a": tree, "b": ring, "c": tree, "d": tree})
    assert found.loc[found["best"], "layers"].tolist() == ["a + c + d | b"]


def test_what_cannot_be_reduced():
    with pytest.raises(GraphError, match="the layer y has no ties"):
        multiplex.reducibility({"x": nx.path_graph(3), "y": nx.empty_graph(3)})
    with pytest.raises(GraphError, match="two layers or more"):
        multiplex.reducibility({"x": nx.path_graph(3)})
    with pytest.raises(ValueError, match="scale must be"):
        multiplex.layer_distances({"x": nx.path_graph(3)}, scale="radius")
    one_tie = {"x": nx.path_graph(2), "y": nx.path_graph(2)}
    found = multiplex.reducibility(one_tie)
    assert found["quality"].isna().all() and not found["best"].any()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_of_labels_and_layers_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    a = drawn(seed)
    layers = named(a)
    order, turn = rng.permutation(6), rng.permutation(4)
    shuffled = {f"l{k}": layers[f"l{k}"].iloc[order, order[::-1]] for k in turn}
    pd.testing.assert_frame_equal(multiplex.reducibility(shuffled), multiplex.reducibility(layers), atol=1e-9)
    before, after = multiplex.cartography(layers), multiplex.cartography(shuffled)
    pd.testing.assert_frame_equal(before, after, atol=1e-9)
    table = multiplex.layer_distances(layers)
    turned = multiplex.layer_distances(shuffled).loc[table.index, table.columns]
    pd.testing.assert_frame_equal(table, turned, atol=1e-9)
    assert table.to_numpy().min() >= 0 and table.to_numpy().max() <= 1
