"""Transit against hand computations, networkx's maximum flow and a linear program."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.metrics import transit
from influence.metrics.registry import get_metric
from influence.network.adapter import GraphError


def pipes(*lines):
    names = sorted({end for line in lines for end in line[:2]})
    out = pd.DataFrame(0.0, index=names, columns=names)
    for source, target, capacity in lines:
        out.loc[source, target] = capacity
    return out


# TKM sells 4 through RUS and 2 through CHN's own line; RUS adds 3 of its own; UKR takes 2 and passes 5 on to DEU.
GAS = pipes(("TKM", "RUS", 4), ("TKM", "CHN", 2), ("RUS", "UKR", 7), ("UKR", "DEU", 5))


def reference(a, closed=()):
    """The maximum flow from net exporters to net importers, by networkx, with no way through the closed states."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["S", "T"])
    for k in range(len(a)):
        graph.add_edge(("in", k), ("out", k), **({"capacity": 0} if k in closed else {}))
        net = a[k].sum() - a[:, k].sum()
        if net > 0:
            graph.add_edge("S", ("out", k), capacity=net)
        elif net < 0:
            graph.add_edge(("in", k), "T", capacity=-net)
    for i, j in zip(*np.nonzero(a), strict=True):
        graph.add_edge(("out", i), ("in", j), capacity=a[i, j])
    return nx.maximum_flow_value(graph, "S", "T")


@st.composite
def networks(draw, acyclic=False):
    n = draw(st.integers(1, 6))
    a = np.array(draw(st.lists(st.sampled_from([0, 0, 1, 2, 5]), min_size=n * n, max_size=n * n)), dtype=float)
    a = a.reshape(n, n)
    np.fill_diagonal(a, 0)
    return np.triu(a) if acyclic else a


def labelled(a):
    names = [f"n{k}" for k in range(len(a))]
    return pd.DataFrame(a, index=names, columns=names)


def test_transit_loss_by_hand():
    # F = 9: TKM 6 and RUS 3; without RUS: CHN 2, and RUS its own 3; without UKR: CHN 2, UKR's own 2
    found = transit.transit_loss(GAS)
    assert found.to_dict() == pytest.approx({"CHN": 0, "DEU": 0, "RUS": 4 / 9, "TKM": 0, "UKR": 5 / 9})
    assert transit.max_flow(GAS) == 9
    assert transit.max_flow(GAS, closed=["RUS"]) == 5
    assert transit.max_flow(GAS, closed=["RUS", "UKR"]) == 2 + 2


def test_transit_loss_of_a_state_that_can_be_bypassed_is_0():
    ways = pipes(("KAZ", "RUS", 1), ("KAZ", "UZB", 1), ("RUS", "DEU", 1), ("UZB", "DEU", 1))
    ways.loc["KAZ", "DEU"] = 2
    limited = transit.transit_loss(ways, sources={"KAZ": 2.0}, sinks=["DEU"])
    assert limited.to_dict() == {"DEU": 0, "KAZ": 0, "RUS": 0, "UZB": 0}
    assert transit.flow_through(ways, sources={"KAZ": 2.0}, sinks=["DEU"])["RUS"] == 0.5


def test_one_origin_at_a_time():
    found = transit.transit_loss(GAS, by="origin")
    assert list(found.columns) == ["RUS", "TKM"]
    assert found["RUS"].to_dict() == pytest.approx({"CHN": 0, "DEU": 0, "RUS": 0, "TKM": 0, "UKR": 1 / 3})
    # TKM alone: 4 through RUS, of which UKR can take 2 itself
    assert found["TKM"].to_dict() == pytest.approx({"CHN": 0, "DEU": 0, "RUS": 4 / 6, "TKM": 0, "UKR": 2 / 6})


def test_given_caps_replace_net_exports():
    found = transit.transit_loss(GAS, sources=pd.Series({"TKM": 3.0}), sinks=["DEU"])
    assert found["RUS"] == found["UKR"] == 1 and found["CHN"] == 0
    assert transit.max_flow(GAS, sources=pd.Series({"TKM": 3.0}), sinks=["DEU"]) == 3
    assert transit.max_flow(GAS, sources=["TKM"], sinks=["DEU"]) == 4


def test_presence_counts_lines():
    assert transit.max_flow(GAS, weight=None) == 2  # TKM 2 out; what reaches RUS runs on as one line
    assert transit.transit_loss(GAS, weight=None)["RUS"] == 0.5


def test_flow_through_by_hand():
    # RUS can be crossed by the 4 of TKM, UKR by 5 of the 7 that reach it
    found = transit.flow_through(GAS)
    assert found.to_dict() == pytest.approx({"CHN": 0, "DEU": 0, "RUS": 4 / 9, "TKM": 0, "UKR": 5 / 9})
    ring = pipes(("KAZ", "UZB", 1), ("KAZ", "RUS", 1), ("UZB", "DEU", 1), ("RUS", "DEU", 1))
    assert transit.flow_through(ring)["UZB"] == 0.5
    assert transit.flow_through(ring, by="origin").loc["RUS", "KAZ"] == 0.5


def test_what_is_one_s_own_does_not_count_as_transit():
    # KAZ supplies 6 itself and could send 1 of it round by UZB; only the 1 of TKM is transit
    loop = pipes(("TKM", "KAZ", 1), ("KAZ", "UZB", 3), ("UZB", "KAZ", 1), ("KAZ", "DEU", 5))
    assert transit.flow_through(loop)["KAZ"] == pytest.approx(1 / 7)
    assert transit.flow_through(loop.T)["KAZ"] == pytest.approx(1 / 7)  # the same with its own demand


@settings(max_examples=60, deadline=None)
@given(a=networks())
def test_transit_loss_is_networkx_maximum_flow(a):
    whole = reference(a)
    found = transit.transit_loss(labelled(a))
    for k in range(len(a)):
        expected = (whole - reference(a, {k})) / whole if whole else 0
        assert found.iloc[k] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(a=networks(acyclic=True))
def test_flow_through_is_the_optimum_of_a_linear_program(a):
    """Where lines form no cycle: maximise what runs through k, subject to conservation and capacity."""
    from scipy.optimize import linprog

    n, (i, j) = len(a), np.nonzero(a)
    net = a.sum(1) - a.sum(0)
    whole = reference(a)
    found = transit.flow_through(labelled(a))
    if not len(i):
        assert not found.any()
        return
    lines = np.arange(len(i))
    balance = np.zeros((n, len(i)))  # out less in
    balance[i, lines] += 1
    balance[j, lines] -= 1
    for k in range(n):
        if whole == 0:
            assert found.iloc[k] == 0
            continue
        # flow on each line, supply and demand used in each state; through k goes its inflow less its own demand
        eq = np.hstack([balance, -np.eye(n), np.eye(n)])
        bounds = [(0, c) for c in a[i, j]] + [(0, max(0, x)) for x in net] + [(0, max(0, -x)) for x in net]
        through = np.concatenate([(j == k).astype(float), np.zeros(n), -np.eye(n)[k]])
        best = linprog(-through, A_eq=eq, b_eq=np.zeros(n), bounds=bounds)
        assert found.iloc[k] == pytest.approx(-best.fun / whole, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(a=networks(), seed=st.integers(0, 1000), scale=st.sampled_from([1.0, 1 / 3, 1e6]))
def test_order_and_unit_change_nothing(a, seed, scale):
    graph = labelled(a)
    order = np.random.default_rng(seed).permutation(len(a))
    turned = graph.iloc[order, order[::-1]] * scale
    for measure in (transit.transit_loss, transit.flow_through):
        for by in ("pooled", "origin"):
            before, after = measure(graph, by=by), measure(turned, by=by)
            assert sorted(getattr(before, "columns", [])) == sorted(getattr(after, "columns", []))
            after = after.loc[before.index, before.columns] if by == "origin" else after.loc[before.index]
            np.testing.assert_allclose(before, after, atol=1e-7)
            assert ((before >= 0) & (before <= 1)).all(axis=None)
    loss, through = transit.transit_loss(graph), transit.flow_through(graph)
    assert (loss <= through + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(a=networks(), near=st.sampled_from(["producers", "markets"]))
def test_the_minimum_cut_adds_up_to_the_maximum_flow(a, near):
    graph = labelled(a)
    cut = transit.min_cut(graph, near=near)
    assert cut["capacity"].sum() == pytest.approx(transit.max_flow(graph)) == pytest.approx(reference(a))
    # without its lines, and with its supplies and demands at 0, nothing flows
    net = graph.sum(axis=1) - graph.sum(axis=0)
    supply, demand = net.clip(lower=0), (-net).clip(lower=0)
    supply[cut.loc[cut["part"] == "supply", "source"]] = 0
    demand[cut.loc[cut["part"] == "demand", "target"]] = 0
    for line in cut[cut["part"] == "line"].itertuples():
        graph.loc[line.source, line.target] = 0
    assert transit.max_flow(graph, sources=supply, sinks=demand) == pytest.approx(0)


def test_the_minimum_cut_sees_flow_that_could_be_sent_elsewhere():
    rng = np.random.default_rng(7)
    for _ in range(60):
        a = rng.integers(0, 6, (9, 9)) * (rng.random((9, 9)) < 0.35) * ~np.eye(9, dtype=bool)
        for near in ("producers", "markets"):
            cut = transit.min_cut(labelled(a), near=near, sources=["n0", "n1"], sinks=["n7", "n8"])
            flow = transit.max_flow(labelled(a), sources=["n0", "n1"], sinks=["n7", "n8"])
            assert cut["capacity"].sum() == pytest.approx(flow)
            assert (cut["part"] == "line").all()


def test_the_minimum_cut_of_lines_by_hand():
    cut = transit.min_cut(GAS, sources=["TKM"], sinks=["DEU"])
    assert cut.to_dict("records") == [{"part": "line", "source": "TKM", "target": "RUS", "capacity": 4.0}]
    even = pipes(("TKM", "RUS", 4), ("RUS", "DEU", 4))
    where = {
        near: transit.min_cut(even, near=near, sources=["TKM"], sinks=["DEU"]) for near in ("producers", "markets")
    }
    assert where["producers"].loc[0, ["source", "target"]].tolist() == ["TKM", "RUS"]
    assert where["markets"].loc[0, ["source", "target"]].tolist() == ["RUS", "DEU"]
    single = transit.min_cut(pipes(("TKM", "DEU", 4)), sources=["TKM"], sinks=["DEU"])
    assert single["part"].tolist() == ["line"]


def test_nothing_flows_nothing_is_lost():
    for graph in (nx.empty_graph(3), nx.cycle_graph(4), np.zeros((1, 1)), np.zeros((0, 0))):
        for measure in (transit.transit_loss, transit.flow_through):
            assert (measure(graph) == 0).all()
        assert transit.transit_loss(graph, by="origin").shape == (len(transit.transit_loss(graph)), 0)
        assert len(transit.min_cut(graph)) == 0
    # an undirected graph has no net producer, and rounding must not make one: two cliques joined by a bridge
    barbell = np.random.default_rng(0).random((41, 41)) / 3
    barbell[:20, 21:] = barbell[21:, :20] = 0
    barbell = barbell + barbell.T
    np.fill_diagonal(barbell, 0)
    assert np.any(barbell.sum(axis=0) != barbell.sum(axis=1))
    assert (transit.transit_loss(barbell) == 0).all()
    # named producers and markets make it flow
    assert transit.transit_loss(nx.path_graph(3), sources=[0], sinks=[2]).tolist() == [0, 1, 0]


def test_kernels_are_the_functions_over_stacks():
    rng = np.random.default_rng(2)
    a = rng.integers(0, 3, (2, 3, 6, 6)).astype(float) * (rng.random((2, 3, 6, 6)) < 0.4)
    a[..., np.arange(6), np.arange(6)] = 0
    for name in ("transit_loss", "flow_through"):
        told = get_metric(name)
        batched = told.kernel(a, directed=True)
        assert batched.shape == (2, 3, 6)
        np.testing.assert_allclose(batched[1, 2], told.function(a[1, 2]))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"sources": ["XXX"]}, "sources: not in the graph: XXX"),
        ({"sinks": pd.Series({"DEU": -1.0})}, "limit of DEU is -1"),
        ({"sinks": {"DEU": np.nan}}, "limit of DEU is nan"),
        ({"sources": "TKM"}, "must be a list of names"),
        ({"sources": pd.Series([1.0, 2.0], index=["TKM", "TKM"])}, "TKM stands twice"),
    ],
)
def test_caps_that_cannot_be_are_named(options, told):
    with pytest.raises(GraphError, match=told):
        transit.transit_loss(GAS, **options)
    with pytest.raises(GraphError, match=told):
        transit.min_cut(GAS, **options)


def test_options_that_are_not_there_are_named():
    with pytest.raises(ValueError, match="pooled"):
        transit.transit_loss(GAS, by="year")
    with pytest.raises(ValueError, match="producers"):
        transit.min_cut(GAS, near="home")
    with pytest.raises(GraphError, match="closed: not in the graph"):
        transit.max_flow(GAS, closed=["XXX"])
