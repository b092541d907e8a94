"""The transit game against hand-computed games, brute force over max_flow, and the axioms of the values."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import influence as inf
from influence.metrics import transit, transit_power
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
ROW = pipes(("TKM", "UZB", 6), ("UZB", "KAZ", 6), ("KAZ", "CHN", 6))
SIDE = pipes(("TKM", "IRN", 6), ("TKM", "AFG", 6), ("IRN", "PAK", 6), ("AFG", "PAK", 6))


@st.composite
def networks(draw, most=6):
    n = draw(st.integers(1, most))
    a = np.array(draw(st.lists(st.sampled_from([0, 0, 1, 2, 5]), min_size=n * n, max_size=n * n)), dtype=float)
    a = a.reshape(n, n)
    np.fill_diagonal(a, 0)
    names = [f"n{k}" for k in range(n)]
    return pd.DataFrame(a, index=names, columns=names)


def worth(graph, players, coalition, sources, sinks):
    """By networkx: the maximum flow through states in the coalition."""
    flow = nx.DiGraph()
    flow.add_nodes_from(["S", "T"])
    for k in graph.index:
        flow.add_edge(("in", k), ("out", k), **({} if k in coalition else {"capacity": 0}))
        if players == "transit" or k in coalition:
            flow.add_edge("S", ("out", k), capacity=sources.get(k, 0))
            flow.add_edge(("in", k), "T", capacity=sinks.get(k, 0))
    for i, j in itertools.permutations(graph.index, 2):
        if graph.loc[i, j]:
            flow.add_edge(("out", i), ("in", j), capacity=graph.loc[i, j])
    return nx.maximum_flow_value(flow, "S", "T")


def brute_force(graph, players="transit", sources=None, sinks=None):
    """Both values from all coalitions of all states, in the unit of the weights."""
    net = graph.sum(axis=1) - graph.sum(axis=0)
    sources = net.clip(lower=0).to_dict() if sources is None else sources
    sinks = (-net).clip(lower=0).to_dict() if sinks is None else sinks
    names, n = list(graph.index), len(graph)
    sets = [frozenset(c) for size in range(n + 1) for c in itertools.combinations(names, size)]
    v = {s: worth(graph, players, s, sources, sinks) for s in sets}
    shapley, banzhaf = {}, {}
    for k in names:
        without = [s for s in sets if k not in s]
        gain = {s: v[s | {k}] - v[s] for s in without}
        chance = {s: math.factorial(len(s)) * math.factorial(n - len(s) - 1) / math.factorial(n) for s in without}
        shapley[k] = sum(gain[s] * chance[s] for s in without)
        banzhaf[k] = sum(gain.values()) / 2 ** (n - 1)
    return shapley, banzhaf, v[frozenset(names)], v[frozenset()]


def test_two_states_in_a_row_and_two_side_by_side():
    # in a row: v({both}) = 6, else 0, so 3 each (half of F); what all losses would say is 1 and 1
    assert transit_power.transit_shapley(ROW).to_dict() == {"CHN": 0, "KAZ": 0.5, "TKM": 0, "UZB": 0.5}
    assert transit_power.transit_banzhaf(ROW).to_dict() == {"CHN": 0, "KAZ": 0.5, "TKM": 0, "UZB": 0.5}
    # side by side, each able to carry all of the 6 that is sold: v = 6 for either, so 3 each
    one = {"sources": {"TKM": 6.0}, "sinks": {"PAK": 6.0}}
    assert transit_power.transit_shapley(SIDE, unit="flow", **one).to_dict() == {"AFG": 3, "IRN": 3, "PAK": 0, "TKM": 0}
    assert transit_power.transit_banzhaf(SIDE, unit="flow", **one)["IRN"] == 3  # (6 + 0)/2
    assert transit.transit_loss(SIDE, **one)["IRN"] == 0
    # without a limit each carries its own 6: v is additive
    assert transit_power.transit_shapley(SIDE, unit="flow").to_dict() == {"AFG": 6, "IRN": 6, "PAK": 0, "TKM": 0}


def test_three_players_by_hand():
    # GAS: F = 9, 2 to CHN and 2 of RUS to UKR need nobody, and UKR's own 2 is met first by RUS's 3.
    # v: none 4 (CHN 2, UKR 2); RUS 4 (UKR takes 2 only); UKR 5 (RUS's 3 pass, UKR 2 + DEU 1); both 9
    found = transit_power.transit_shapley(GAS, unit="flow")
    assert found.to_dict() == pytest.approx({"CHN": 0, "DEU": 0, "RUS": (0 + 4) / 2, "TKM": 0, "UKR": (1 + 5) / 2})
    assert transit_power.transit_banzhaf(GAS, unit="flow")["UKR"] == pytest.approx(3)
    assert transit_power.transit_shapley(GAS)["UKR"] == pytest.approx(3 / 9)
    # three players with producer and buyers: TKM → RUS → DEU is worth 6 only if all three are in
    chain = pipes(("TKM", "RUS", 6), ("RUS", "DEU", 6))
    assert transit_power.transit_shapley(chain, players="all").to_dict() == pytest.approx(dict.fromkeys(chain, 1 / 3))
    assert transit_power.transit_banzhaf(chain, players="all").to_dict() == pytest.approx(dict.fromkeys(chain, 1 / 4))
    # two buyers of one seller with enough for one: gloves, 2/3, 1/6, 1/6
    sale = pipes(("TKM", "IRN", 6), ("TKM", "CHN", 6))
    found = transit_power.transit_shapley(sale, players="all", sources={"TKM": 6.0}, sinks=["IRN", "CHN"])
    assert found.to_dict() == pytest.approx({"TKM": 2 / 3, "IRN": 1 / 6, "CHN": 1 / 6})


@settings(max_examples=60, deadline=None)
@given(graph=networks(), players=st.sampled_from(["transit", "all"]))
def test_values_are_those_of_brute_force(graph, players):
    shapley, banzhaf, whole, _ = brute_force(graph, players)
    for measure, expected in ((transit_power.transit_shapley, shapley), (transit_power.transit_banzhaf, banzhaf)):
        assert measure(graph, players=players, unit="flow").to_dict() == pytest.approx(expected, abs=1e-9)
        share = {k: x / whole if whole else 0 for k, x in expected.items()}
        assert measure(graph, players=players).to_dict() == pytest.approx(share, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(graph=networks(most=5), players=st.sampled_from(["transit", "all"]), data=st.data())
def test_given_caps_are_those_of_brute_force(graph, players, data):
    some = st.dictionaries(st.sampled_from(list(graph)), st.sampled_from([0.0, 1.0, 3.0]))
    sources, sinks = data.draw(some), data.draw(some)
    expected = brute_force(graph, players, sources, sinks)[0]
    found = transit_power.transit_shapley(graph, players=players, sources=sources, sinks=sinks, unit="flow")
    assert found.to_dict() == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(graph=networks(most=8), players=st.sampled_from(["transit", "all"]))
def test_efficiency_and_dummies(graph, players):
    whole = transit.max_flow(graph)
    found = transit_power.transit_shapley(graph, players=players, unit="flow")
    needless = transit.max_flow(graph, closed=list(graph)) if players == "transit" else 0.0
    assert found.sum() == pytest.approx(whole - needless, abs=1e-9)
    for measure in (transit_power.transit_shapley, transit_power.transit_banzhaf):
        values = measure(graph, players="transit")
        # a state that has no line in or no line out lets nothing through, whoever else agrees
        ends = (graph.sum(axis=1) == 0) | (graph.sum(axis=0) == 0)
        assert (values[ends] == 0).all() and values.between(0, 1).all()
        # nobody adds more than it could be given
        assert (values <= transit.flow_through(graph) + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(graph=networks(), twin=st.integers(0, 5))
def test_states_that_may_change_places_get_the_same(graph, twin):
    one = graph.index[twin % len(graph)]
    both = graph.copy()
    both["twin"] = graph[one]
    both.loc["twin"] = both.loc[one]
    assume(transit.max_flow(both) > 0)
    for measure in (transit_power.transit_shapley, transit_power.transit_banzhaf):
        for players in ("transit", "all"):
            found = measure(both, players=players)
            assert found["twin"] == pytest.approx(found[one], abs=1e-12)


def test_one_origin_at_a_time():
    found = transit_power.transit_shapley(GAS, by="origin", unit="flow")
    assert list(found.columns) == ["RUS", "TKM"]
    # RUS alone sells 3: 2 to UKR itself, 1 on to DEU needs UKR
    assert found["RUS"].to_dict() == pytest.approx({"CHN": 0, "DEU": 0, "RUS": 0, "TKM": 0, "UKR": 1})
    # TKM alone: v(RUS) = 4 - 2 = 2 to UKR and CHN's 2 in any case; v(both) adds 2 to DEU; v(UKR) nothing
    assert found["TKM"].to_dict() == pytest.approx({"CHN": 0, "DEU": 0, "RUS": 3, "TKM": 0, "UKR": 1})
    all_play = transit_power.transit_shapley(GAS, by="origin", players="all")
    assert all_play.sum().to_dict() == pytest.approx({"RUS": 1, "TKM": 1})


def test_a_detour_through_oneself_is_no_player():
    # KGZ lies on a loop of KAZ only: nothing that KAZ could not send on directly
    loop = pipes(("KAZ", "KGZ", 1), ("KGZ", "KAZ", 1), ("TKM", "KAZ", 3), ("KAZ", "RUS", 3))
    assert transit_power.transit_shapley(loop)["KGZ"] == 0
    parts = transit_power._game(
        *transit_power.read_flow(loop, None, None, "weight", None, "absent")[0][:1], *caps(loop)
    )
    assert [[loop.index[k] for k in part.players] for part in parts] == [["KAZ"]]


def caps(graph):
    net = (graph.sum(axis=1) - graph.sum(axis=0)).to_numpy()
    return np.maximum(net, 0), np.maximum(-net, 0), "transit"


def test_parts_without_a_line_in_common_are_played_apart():
    both = pd.concat([ROW, SIDE.rename(index=str.lower, columns=str.lower)]).fillna(0.0)
    parts = transit_power._game(both.to_numpy(), *caps(both))
    assert sorted(len(part.worth) for part in parts) == [4, 4]
    found = transit_power.transit_shapley(both, unit="flow")
    assert found["UZB"] == 3 and found["irn"] == 6


def test_too_many_players_are_refused_by_name(monkeypatch, caplog):
    rng = np.random.default_rng(5)
    names = [f"n{k}" for k in range(9)]
    dense = pd.DataFrame(rng.random((9, 9)) * ~np.eye(9, dtype=bool), index=names, columns=names)
    monkeypatch.setattr(transit_power, "LARGEST", 2**6)
    monkeypatch.setattr(transit_power, "MOST", 8)
    with pytest.raises(transit_power.TooManyPlayers, match=r"transit_shapley: 9 players .*n0, n1.*by=\"origin\""):
        transit_power.transit_shapley(dense)
    with pytest.raises(GraphError, match='players="transit" lets'):
        transit_power.transit_banzhaf(dense, players="all", by="origin")
    # a panel keeps its other layers
    small = np.zeros((9, 9))
    small[0, 1] = small[1, 2] = 1
    found = get_metric("transit_shapley").kernel(np.stack([dense.to_numpy(), small]), directed=True)
    assert np.isnan(found[0]).all() and found[1].tolist() == [0, 1, *[0] * 7]
    assert "transit power left empty: 9 players" in caplog.text


@settings(max_examples=40, deadline=None)
@given(graph=networks(most=7), players=st.sampled_from(["transit", "all"]), largest=st.integers(3, 6))
def test_slices_of_a_game_are_the_game(graph, players, largest):
    measures = (transit_power.transit_shapley, transit_power.transit_banzhaf)
    at_once = [measure(graph, players=players) for measure in measures]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transit_power, "LARGEST", 2**largest)
        patch.setattr(transit_power, "SLICE", 3)
        try:
            sliced = [measure(graph, players=players) for measure in measures]
        except transit_power.TooManyPlayers:
            return  # a table of nodes alone is larger
    for whole, parts in zip(at_once, sliced, strict=True):
        np.testing.assert_allclose(parts, whole, atol=1e-12)


def test_the_gas_network_is_played_out_with_producers_and_buyers():
    layer = inf.load(energy="capacity").at(2012)["energy"]
    parts = transit_power._game(*_read(layer), "all")
    assert max(len(part.players) for part in parts) == 24 and any(part.worth is None for part in parts)
    found = transit_power.transit_shapley(layer, players="all")
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    assert found.nlargest(2).index.tolist() == ["RUS", "UKR"]


def _read(layer):
    read, supply, demand = transit_power.read_flow(layer, None, None, "weight", None, "absent")
    return read.dense(), supply, demand


def test_routes_by_hand():
    # AZE: by GEO to TUR straight or by ARM, and to RUS: only two lines leave it
    lines = pipes(("AZE", "GEO", 3), ("AZE", "RUS", 2), ("GEO", "TUR", 1), ("GEO", "ARM", 2), ("ARM", "TUR", 2))
    assert transit.route_count(lines)["AZE"] == 2
    # through GEO at most 1 + 2 reach a market, through RUS 2
    assert transit.route_hhi(lines)["AZE"] == pytest.approx((3**2 + 2**2) / 5**2)
    assert transit.route_count(lines).drop("AZE").isna().all()
    assert transit.route_hhi(lines).drop("AZE").isna().all()
    # two lines into one state are apart as lines, not as states
    narrow = pipes(("KAZ", "UZB", 1), ("KAZ", "TKM", 1), ("UZB", "IRN", 1), ("TKM", "IRN", 1), ("IRN", "TUR", 1))
    narrow.loc["IRN", "PAK"] = 1
    narrow = narrow.reindex(columns=[*narrow.index, "PAK"], index=[*narrow.index, "PAK"]).fillna(0.0)
    ends = {"sources": ["KAZ"], "sinks": ["TUR", "PAK"]}
    assert transit.route_count(narrow, **ends)["KAZ"] == 2
    assert transit.route_count(narrow, apart="states", **ends)["KAZ"] == 1
    assert transit.route_count(narrow, sources=["TUR"], sinks=["KAZ"])["TUR"] == 0
    assert np.isnan(transit.route_hhi(narrow, sources=["TUR"], sinks=["KAZ"])["TUR"])


@settings(max_examples=40, deadline=None)
@given(graph=networks())
def test_routes_are_networkx_edge_disjoint_paths(graph):
    net = graph.sum(axis=1) - graph.sum(axis=0)
    found = transit.route_count(graph)
    flow = nx.DiGraph()
    flow.add_edges_from((i, j) for i, j in itertools.permutations(graph.index, 2) if graph.loc[i, j])
    for k in graph.index:
        if net[k] <= 0:
            assert np.isnan(found[k])
            continue
        ends = flow.copy()
        for market in graph.index[net < 0]:
            for copy in range(len(graph)):  # a market takes any number of routes
                ends.add_edge(market, (market, copy))
                ends.add_edge((market, copy), "T")
        assert found[k] == len(list(nx.edge_disjoint_paths(ends, k, "T")))


def test_avoidance_by_hand():
    found = transit.avoidance(GAS, "RUS")
    assert found["TKM"] == pytest.approx(2 / 6) and found["RUS"] == 1  # RUS is no transit of its own goods
    assert transit.avoidance(GAS, ["RUS", "UKR"])["RUS"] == pytest.approx(2 / 3)
    assert transit.avoidance(GAS)["TKM"] == pytest.approx(2 / 6)  # the worst is RUS
    assert transit.avoidance(GAS).drop(["TKM", "RUS"]).isna().all()
    assert transit.avoidance(GAS, []).dropna().tolist() == [1, 1]


@settings(max_examples=40, deadline=None)
@given(graph=networks())
def test_what_avoids_is_what_is_not_lost(graph):
    loss = transit.transit_loss(graph, by="origin")
    for state in graph.index:
        found = transit.avoidance(graph, state).dropna()
        assert found.to_dict() == pytest.approx((1 - loss.loc[state]).to_dict(), abs=1e-9)
    worst = transit.avoidance(graph).dropna()
    assert worst.to_dict() == pytest.approx((1 - loss.max()).to_dict() if loss.size else {}, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(graph=networks(), seed=st.integers(0, 1000), scale=st.sampled_from([1.0, 1 / 3, 1e6]))
def test_order_and_unit_change_nothing(graph, seed, scale):
    order = np.random.default_rng(seed).permutation(len(graph))
    turned = graph.iloc[order, order[::-1]] * scale
    for id in ("transit_shapley", "transit_banzhaf", "route_count", "route_hhi", "avoidance"):
        measure = get_metric(id).function
        before, after = measure(graph), measure(turned)
        np.testing.assert_allclose(before, after.loc[before.index], atol=1e-9)


def test_kernels_are_the_functions_over_stacks():
    rng = np.random.default_rng(2)
    a = rng.integers(0, 3, (2, 3, 6, 6)).astype(float) * (rng.random((2, 3, 6, 6)) < 0.4)
    a[..., np.arange(6), np.arange(6)] = 0
    for name in ("transit_shapley", "transit_banzhaf", "route_count", "route_hhi", "avoidance"):
        told = get_metric(name)
        batched = told.kernel(a, directed=True)
        assert batched.shape == (2, 3, 6)
        np.testing.assert_allclose(batched[1, 2], told.function(a[1, 2]))
    everyone = get_metric("transit_shapley").kernel(a, directed=True, players="all")
    np.testing.assert_allclose(everyone[1, 2], transit_power.transit_shapley(a[1, 2], players="all"))
    both = get_metric("transit_banzhaf").shares(a, directed=True)
    np.testing.assert_allclose(both["transit_shapley"], get_metric("transit_shapley").kernel(a, directed=True))


def test_nothing_flows_nothing_is_added():
    for graph in (nx.empty_graph(3), nx.cycle_graph(4), np.zeros((1, 1)), np.zeros((0, 0))):
        for measure in (transit_power.transit_shapley, transit_power.transit_banzhaf):
            for players in ("transit", "all"):
                assert (measure(graph, players=players) == 0).all()
        for measure in (transit.route_count, transit.route_hhi, transit.avoidance):
            assert measure(graph).isna().all()


def test_options_that_are_not_there_are_named():
    for options, told in (
        ({"players": "states"}, "players must be"),
        ({"unit": "euro"}, "unit must be"),
        ({"by": "year"}, "by must be"),
        ({"sources": ["XXX"]}, "sources: not in the graph: XXX"),
    ):
        with pytest.raises(ValueError, match=told):
            transit_power.transit_shapley(GAS, **options)
    with pytest.raises(ValueError, match="apart must be"):
        transit.route_count(GAS, apart="days")
    with pytest.raises(GraphError, match="avoiding: not in the graph: XXX"):
        transit.avoidance(GAS, "XXX")


def test_the_transit_module_has_them():
    for name in ("transit_shapley", "transit_banzhaf", "route_count", "route_hhi", "avoidance", "TooManyPlayers"):
        assert callable(getattr(transit, name))
