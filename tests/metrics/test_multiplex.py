"""Multiplex measures against hand computations, networkx and scipy."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.metrics import multiplex
from influence.network.adapter import GraphError

NAMES = ["CHN", "KAZ", "RUS", "UZB"]


def frame(edges, names=NAMES):
    out = pd.DataFrame(0.0, index=names, columns=names)
    for source, target, weight in edges:
        out.loc[source, target] = weight
    return out


# Directed trade, undirected pact (a graph that knows it), and a layer in which UZB does not stand at all.
TRADE = frame([("RUS", "KAZ", 6), ("KAZ", "RUS", 2), ("CHN", "KAZ", 2)])
PACT = nx.Graph([("RUS", "KAZ"), ("RUS", "CHN")])
PIPES = frame([("KAZ", "CHN", 1)], ["KAZ", "CHN", "RUS"])
LAYERS = {"trade": TRADE, "pact": PACT, "pipes": PIPES}


@st.composite
def stacks(draw):
    layers, n = draw(st.integers(2, 4)), draw(st.integers(1, 6))
    cells = st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0, 3.0])
    a = np.array(draw(st.lists(cells, min_size=layers * n * n, max_size=layers * n * n))).reshape(layers, n, n)
    a[:, np.arange(n), np.arange(n)] = 0.0
    return a


def as_mapping(a, names):
    return {f"l{k}": pd.DataFrame(layer, index=names, columns=names) for k, layer in enumerate(a)}


def test_overlapping_degree_by_hand():
    found = multiplex.overlapping_degree(LAYERS)
    # trade: RUS 2, KAZ 3, CHN 1; pact: RUS 2, KAZ 1, CHN 1; pipes: KAZ 1, CHN 1
    assert found.to_dict() == {"CHN": 3.0, "KAZ": 5.0, "RUS": 4.0, "UZB": 0.0}


def test_overlapping_degree_is_the_sum_of_networkx_degrees():
    graphs = {
        "a": nx.gnp_random_graph(9, 0.4, seed=1),
        "b": nx.gnp_random_graph(9, 0.3, seed=2, directed=True),
    }
    found = multiplex.overlapping_degree(graphs)
    assert found.to_dict() == {i: graphs["a"].degree(i) + graphs["b"].degree(i) for i in range(9)}


def test_a_reciprocated_directed_layer_counts_both_ties_an_undirected_one_its_tie_once():
    pair = nx.Graph([("A", "B")])
    assert multiplex.overlapping_degree({"a": pair}).tolist() == [1.0, 1.0]
    assert multiplex.overlapping_degree({"a": pair.to_directed()}).tolist() == [2.0, 2.0]


def test_overlapping_strength_by_hand():
    found = multiplex.overlapping_strength(LAYERS)
    # of 20 in trade (in + out), of 4 in pacts, of 2 in pipes
    by_hand = {"CHN": 2 / 20 + 1 / 4 + 1 / 2, "KAZ": 10 / 20 + 1 / 4 + 1 / 2, "RUS": 8 / 20 + 2 / 4, "UZB": 0}
    pd.testing.assert_series_equal(found, pd.Series(by_hand, name="overlapping_strength", dtype=float))
    assert found.sum() == pytest.approx(3)
    raw = multiplex.overlapping_strength(LAYERS, scale="raw")
    assert raw.to_dict() == {"CHN": 2 + 1 + 1, "KAZ": 10 + 1 + 1, "RUS": 8 + 2, "UZB": 0}


def test_participation_by_hand():
    found = multiplex.participation(LAYERS)
    # Battiston et al. 2014 on shares: RUS (8/20, 2/4, 0), KAZ (1/2, 1/4, 1/2), CHN (1/10, 1/4, 1/2)
    for actor, shares in {"RUS": (0.4, 0.5, 0), "KAZ": (0.5, 0.25, 0.5), "CHN": (0.1, 0.25, 0.5)}.items():
        p = np.array(shares) / sum(shares)
        assert found[actor] == pytest.approx(3 / 2 * (1 - (p**2).sum()))
    assert np.isnan(found["UZB"])


def test_participation_is_1_when_even_and_0_in_one_layer():
    ring = nx.cycle_graph(4)
    assert multiplex.participation({"a": ring, "b": ring, "c": ring}).tolist() == pytest.approx([1.0] * 4)
    assert multiplex.participation({"a": ring, "b": nx.empty_graph(4)}).tolist() == [0.0] * 4
    assert multiplex.participation({"a": ring}).isna().all()


def test_participation_does_not_know_the_unit():
    in_cents = {**LAYERS, "trade": TRADE * 100}
    pd.testing.assert_series_equal(multiplex.participation(in_cents), multiplex.participation(LAYERS))


def test_edge_overlap_is_the_jaccard_index_of_the_tie_sets():
    found = multiplex.edge_overlap(LAYERS)
    ties = {
        "trade": {("RUS", "KAZ"), ("KAZ", "RUS"), ("CHN", "KAZ")},
        "pact": {("RUS", "KAZ"), ("KAZ", "RUS"), ("RUS", "CHN"), ("CHN", "RUS")},
        "pipes": {("KAZ", "CHN")},
    }
    for a in ties:
        for b in ties:
            assert found.loc[a, b] == len(ties[a] & ties[b]) / len(ties[a] | ties[b])
    assert found.attrs["influence"]["layers"] == list(LAYERS)  # what `cite` goes by
    assert multiplex.edge_overlap({"a": nx.empty_graph(2), "b": nx.empty_graph(2)}).isna().all().all()


@pytest.mark.parametrize("of", ["actors", "ties"])
@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_interlayer_correlation_is_that_of_scipy(of, method):
    from scipy import stats

    rng = np.random.default_rng(3)
    a = rng.integers(0, 4, (2, 7, 7)).astype(float)
    a[:, np.arange(7), np.arange(7)] = 0
    found = multiplex.interlayer_correlation(as_mapping(a, list("abcdefg")), of=of, method=method)
    values = a.sum(1) + a.sum(2) if of == "actors" else a[:, ~np.eye(7, dtype=bool)]
    r = {"spearman": stats.spearmanr, "pearson": stats.pearsonr}[method](values[0], values[1]).statistic
    assert found.loc["l0", "l1"] == pytest.approx(r, abs=1e-12)
    assert found.loc["l0", "l0"] == pytest.approx(1.0)


def test_a_layer_that_is_the_same_for_all_correlates_with_nothing():
    found = multiplex.interlayer_correlation({"ring": nx.cycle_graph(4), "star": nx.star_graph(3)})
    assert np.isnan(found.loc["ring", "star"]) and np.isnan(found.loc["ring", "ring"])


@pytest.mark.parametrize("measure", ["overlapping_degree", "overlapping_strength", "participation"])
@settings(max_examples=40, deadline=None)
@given(a=stacks(), seed=st.integers(0, 1000))
def test_order_of_labels_and_layers_changes_nothing(measure, a, seed):
    names = [f"n{k}" for k in range(a.shape[-1])]
    rng = np.random.default_rng(seed)
    order, turn = rng.permutation(len(names)), rng.permutation(len(a))
    shuffled = {f"l{k}": pd.DataFrame(a[k], names, names).iloc[order, order[::-1]] for k in turn}
    function = getattr(multiplex, measure)
    before, after = function(as_mapping(a, names)), function(shuffled)
    pd.testing.assert_series_equal(before, after.reindex(before.index), check_exact=False, rtol=1e-12)
    if measure == "participation":
        assert before.dropna().between(0, 1).all()
        assert before.isna().tolist() == ((a.sum((0, 1)) + a.sum((0, 2))) == 0).tolist()


@settings(max_examples=30, deadline=None)
@given(a=stacks(), seed=st.integers(0, 1000))
def test_order_of_labels_and_layers_changes_no_table(a, seed):
    names = [f"n{k}" for k in range(a.shape[-1])]
    rng = np.random.default_rng(seed)
    order, turn = rng.permutation(len(names)), rng.permutation(len(a))
    shuffled = {f"l{k}": pd.DataFrame(a[k], names, names).iloc[order, order] for k in turn}
    for table in (multiplex.edge_overlap, multiplex.interlayer_correlation):
        before, after = table(as_mapping(a, names)), table(shuffled)
        pd.testing.assert_frame_equal(before, after.loc[before.index, before.columns], check_exact=False, atol=1e-12)


def test_kernels_take_stacks_of_years():
    from influence.metrics.registry import get_metric

    rng = np.random.default_rng(5)
    a = rng.integers(0, 3, (2, 4, 3, 5, 5)).astype(float)  # two worlds, four years, three layers
    for measure in ("overlapping_degree", "overlapping_strength", "participation"):
        kernel = get_metric(measure).kernel
        batched = kernel(a, directed=True)
        assert batched.shape == (2, 4, 5)
        np.testing.assert_allclose(batched[1, 2], kernel(a[1, 2], directed=True))


@pytest.mark.parametrize(
    "call",
    [
        lambda: multiplex.overlapping_strength(LAYERS, scale="percent"),
        lambda: multiplex.interlayer_correlation(LAYERS, method="kendall"),
        lambda: multiplex.interlayer_correlation(LAYERS, of="groups"),
        lambda: multiplex.participation({}),
        lambda: multiplex.participation(TRADE),
    ],
)
def test_what_cannot_be_read_says_so(call):
    with pytest.raises((GraphError, ValueError), match="must be|at least one|expected"):
        call()
