"""Dependence against hand computations, a Poisson regression, and published formulas."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.metrics import backbone, dependence
from influence.network.adapter import GraphError

NAMES = ["KAZ", "RUS", "CHN"]
# KAZ sells 20 to RUS and 10 to CHN of 50; buys 30 and 10 of 50.
TRADE = pd.DataFrame([[0, 20, 10], [30, 0, 40], [10, 50, 0]], index=NAMES, columns=NAMES, dtype=float)
WORLD = pd.DataFrame(
    {
        "economy": ["KAZ", "RUS", "CHN", "DEU", "JPN"],
        "exports": [50.0, 200.0, 400.0, 300.0, 150.0],
        "imports": [50.0, 180.0, 350.0, 320.0, 200.0],
    }
)


def world(n=6, seed=0):
    """A whole world: flows between all economies, and its margins."""
    rng = np.random.default_rng(seed)
    flows = rng.gamma(0.6, 20.0, (n, n))
    np.fill_diagonal(flows, 0)
    names = [f"e{k}" for k in range(n)]
    frame = pd.DataFrame(flows, index=names, columns=names)
    return frame, pd.DataFrame({"economy": names, "exports": frame.sum(axis=1), "imports": frame.sum()})


def two_way_poisson(flows):
    """Fitted values of y_ij ~ exp(a_i + b_j), i ≠ j, by Newton's method on the likelihood."""
    n = len(flows)
    i, j = np.nonzero(~np.eye(n, dtype=bool))
    design = np.zeros((len(i), 2 * n - 1))
    design[np.arange(len(i)), i] = 1
    second = j > 0  # the first importer is the base
    design[np.flatnonzero(second), n + j[second] - 1] = 1
    y = flows[i, j]
    beta = np.linalg.lstsq(design, np.full(len(i), np.log(y.mean())), rcond=None)[0]
    for _ in range(60):
        mu = np.exp(design @ beta)
        beta = beta + np.linalg.solve(design.T * mu @ design, design.T @ (y - mu))
    fitted = np.zeros((n, n))
    fitted[i, j] = np.exp(design @ beta)
    return fitted


# --- shares ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "rus", "chn", "row"),
    [("exports", 0.4, 0.2, 0.4), ("imports", 0.6, 0.2, 0.2), ("total", 0.5, 0.2, 0.3)],
)
def test_trade_shares_by_hand(flow, rus, chn, row):
    found = dependence.trade_shares(TRADE, WORLD, flow=flow)
    kaz = found[found["actor"] == "KAZ"].set_index("partner")["share"]
    assert kaz.to_dict() == pytest.approx({"RUS": rus, "CHN": chn, "ROW": row})
    assert found.groupby("actor")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_margins_by_index_and_of_a_layer_are_read_alike():
    class WithMargins(pd.DataFrame):
        margins = WORLD.set_index("economy")

    given = dependence.trade_shares(TRADE, WORLD)
    pd.testing.assert_frame_equal(dependence.trade_shares(TRADE, WORLD.set_index("economy")), given)
    pd.testing.assert_frame_equal(dependence.trade_shares(WithMargins(TRADE)), given)


def test_an_actor_without_world_total_has_unknown_shares():
    found = dependence.trade_shares(TRADE, WORLD[WORLD["economy"] != "RUS"])
    assert found.loc[found["actor"] == "RUS", "share"].isna().all()
    assert found.loc[found["actor"] == "KAZ", "share"].notna().all()


def test_row_in_the_graph_stays_one_partner():
    names = ["KAZ", "ROW"]
    graph = pd.DataFrame([[0, 20], [0, 0]], index=names, columns=names)
    found = dependence.trade_shares(graph, WORLD, flow="exports")
    assert found[found["actor"] == "KAZ"].set_index("partner")["share"].to_dict() == {"ROW": 1.0}


def test_hirschman_asymmetry_by_hand():
    found = dependence.hirschman_asymmetry(TRADE, WORLD, flow="total").set_index(["actor", "partner"])
    kaz_on_chn, chn_on_kaz = 20 / 100, 20 / 750
    assert found.loc[("KAZ", "CHN")].tolist() == pytest.approx([kaz_on_chn, chn_on_kaz, kaz_on_chn - chn_on_kaz])
    assert found.loc[("CHN", "KAZ"), "asymmetry"] == pytest.approx(chn_on_kaz - kaz_on_chn)
    # exports apart: what KAZ sells to RUS in its exports, and what RUS sells to KAZ in its own
    exports = dependence.hirschman_asymmetry(TRADE, WORLD, flow="exports").set_index(["actor", "partner"])
    assert exports.loc[("KAZ", "RUS"), "asymmetry"] == pytest.approx(20 / 50 - 30 / 200)


def test_hhi_by_hand():
    within = dependence.partner_hhi(TRADE)
    assert within["KAZ"] == pytest.approx((50 / 70) ** 2 + (20 / 70) ** 2)
    assert dependence.partner_hhi(TRADE, flow="exports")["KAZ"] == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2)
    assert dependence.partner_hhi(TRADE, flow="imports")["KAZ"] == pytest.approx((3 / 4) ** 2 + (1 / 4) ** 2)
    upper = dependence.partner_hhi(TRADE, WORLD)
    lower = dependence.partner_hhi(TRADE, WORLD, rest="excluded")
    assert upper["KAZ"] == pytest.approx(0.5**2 + 0.2**2 + 0.3**2)
    assert lower["KAZ"] == pytest.approx(0.5**2 + 0.2**2)


def test_hhi_bounds_hold_the_hhi_of_the_whole_world():
    flows, margins = world(8, seed=4)
    true = dependence.partner_hhi(flows, margins)
    pd.testing.assert_series_equal(true, dependence.partner_hhi(flows))
    here = flows.iloc[:4, :4]
    lower, upper = (dependence.partner_hhi(here, margins, rest=rest) for rest in ("excluded", "alter"))
    assert (lower <= true[:4]).all() and (true[:4] <= upper).all()


def test_hhi_of_undirected_graphs_and_of_nobody():
    star = dependence.partner_hhi(nx.star_graph(4))
    assert star.tolist() == pytest.approx([1 / 4, 1, 1, 1, 1])
    assert dependence.partner_hhi(nx.empty_graph(2)).isna().all()
    assert np.isnan(dependence.hhi(np.zeros((2, 0)))).all()


# --- intensity ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_intensity_is_the_two_way_poisson_regression(seed):
    flows, margins = world(7, seed)
    found = dependence.intensity(flows, margins)
    fitted = two_way_poisson(flows.to_numpy())
    off = ~np.eye(7, dtype=bool)
    np.testing.assert_allclose(found.to_numpy()[off], (flows.to_numpy()[off] / fitted[off]), rtol=1e-8)
    assert (np.diag(found) == 0).all()
    mutual = dependence.intensity(flows, margins, mutual=True).to_numpy()
    both = (flows + flows.T).to_numpy() / np.where(off, fitted + fitted.T, 1)
    np.testing.assert_allclose(mutual, both, rtol=1e-8)


def test_intensity_needs_the_world_and_not_only_the_actors_here():
    flows, margins = world(7)
    some = ["e4", "e1", "e2"]
    whole = dependence.intensity(flows, margins)
    pd.testing.assert_frame_equal(dependence.intensity(flows.loc[some, some], margins), whole.loc[some, some])


def test_expected_flows_have_the_margins_and_no_diagonal():
    rng = np.random.default_rng(8)
    flows = rng.random((3, 2, 9, 9)) * ~np.eye(9, dtype=bool)
    expected = dependence.expected_flows(flows.sum(-1), flows.sum(-2))
    assert expected.shape == (3, 2, 9, 9)
    np.testing.assert_allclose(expected.sum(-1), flows.sum(-1), rtol=1e-10)
    np.testing.assert_allclose(expected.sum(-2), flows.sum(-2), rtol=1e-10)
    assert (expected[..., np.arange(9), np.arange(9)] == 0).all()
    np.testing.assert_allclose(expected[1, 1], dependence.expected_flows(flows[1, 1].sum(-1), flows[1, 1].sum(-2)))


def test_an_economy_that_sells_nothing_is_expected_to_sell_nothing():
    flows, margins = world(5)
    flows.loc["e2"] = 0
    margins["exports"], margins["imports"] = flows.sum(axis=1).to_numpy(), flows.sum().to_numpy()
    found = dependence.intensity(flows, margins)
    assert found.loc["e2"].drop("e2").isna().all()
    assert found.drop("e2").notna().all(axis=None)


def test_an_economy_without_margins_has_unknown_intensity():
    flows, margins = world(5)
    alone = flows.reindex(index=[*flows.index, "SRB"], columns=[*flows.index, "SRB"], fill_value=0.0)
    found = dependence.intensity(alone, margins)
    assert found["SRB"].drop("SRB").isna().all() and found.loc["SRB"].drop("SRB").isna().all()
    pd.testing.assert_frame_equal(found.iloc[:5, :5], dependence.intensity(flows, margins))


# --- first partners ----------------------------------------------------------------------------------------------


def test_first_partner_by_hand():
    found = dependence.first_partner(TRADE, WORLD)
    assert found.loc["KAZ"].to_dict() == {
        "partner": "RUS",
        "share": 0.5,
        "second": "CHN",
        "second_share": 0.2,
        "tied": False,
    }
    assert found["partner"].to_dict() == {"KAZ": "RUS", "RUS": "CHN", "CHN": "RUS"}


def test_a_first_place_that_is_shared_says_so():
    even = TRADE.copy()
    even.loc["KAZ"], even["KAZ"] = [0, 0.1 + 0.2, 0.3], 0.0
    for order in (NAMES, NAMES[::-1]):
        found = dependence.first_partner(even.loc[order, order], WORLD).loc["KAZ"]
        assert found["tied"] and (found["partner"], found["second"]) == ("CHN", "RUS")
    nobody = TRADE.copy()
    nobody.loc["KAZ"], nobody["KAZ"] = 0.0, 0.0
    assert pd.isna(dependence.first_partner(nobody, WORLD).loc["KAZ", "partner"])


def test_crossovers_by_hand():
    course = {2001: (0.3, 0.1), 2002: (0.2, 0.2), 2003: (0.2, 0.25), 2004: (np.nan, 0.3), 2005: (0.2, 0.1)}
    rows = [(y, "KAZ", p, s) for y, pair in course.items() for p, s in zip(("RUS", "CHN"), pair, strict=True)]
    shares = pd.DataFrame(rows, columns=["year", "actor", "partner", "share"])
    found = dependence.crossovers(shares.sample(frac=1, random_state=1), "RUS", "CHN")
    assert found[["before", "year", "leader"]].to_numpy().tolist() == [[2001, 2003, "CHN"], [2003, 2005, "RUS"]]
    assert found["margin"].tolist() == pytest.approx([0.05, 0.1])
    assert dependence.crossovers(shares[shares["year"] < 2003], "RUS", "CHN").empty


# --- backbone ----------------------------------------------------------------------------------------------------


def test_disparity_by_hand():
    # KAZ sells 20 and 10 (k = 2), RUS buys 20 and 50 (k = 2)
    found = dependence.disparity(TRADE)
    assert found.loc["KAZ", "RUS"] == pytest.approx(min(1 - 20 / 30, 1 - 20 / 70))
    assert found.loc["CHN", "RUS"] == pytest.approx(min(1 - 50 / 60, 1 - 50 / 70))
    assert np.diag(found).tolist() == [1, 1, 1]
    # with the world: KAZ sells to RUS, CHN and a rest (k = 3), RUS buys from two and a rest
    in_world = dependence.disparity(TRADE, WORLD)
    assert in_world.loc["KAZ", "RUS"] == pytest.approx(min((1 - 20 / 50) ** 2, (1 - 20 / 180) ** 2))
    counted = WORLD.assign(export_partners=101, import_partners=51)
    assert dependence.disparity(TRADE, counted).loc["KAZ", "RUS"] == pytest.approx(
        min((1 - 20 / 50) ** 100, (1 - 20 / 180) ** 50)
    )


def test_disparity_is_the_chance_under_random_spreading():
    """Serrano et al.: k − 1 random cuts of a stick; the chance that one piece is at least p."""
    rng = np.random.default_rng(0)
    pieces = rng.dirichlet(np.ones(4), 200_000)[:, 0]
    star = pd.DataFrame(0.0, index=range(5), columns=range(5))
    star.iloc[0, 1:] = [4, 3, 2, 1]
    found = dependence.disparity(star)  # receivers have one supplier: they decide nothing
    for k, share in enumerate((0.4, 0.3, 0.2, 0.1), start=1):
        assert found.iloc[0, k] == pytest.approx((pieces >= share).mean(), abs=0.005)


def test_backbone_keeps_what_either_end_finds_heavy():
    hub = pd.DataFrame(0.0, index=range(12), columns=range(12))
    hub.iloc[0, 1:] = 1.0  # one exporter, even: none of its ties is heavy for it
    hub.iloc[2:, 1] = 0.01  # but importer 1 buys nearly all from it
    kept = dependence.disparity_backbone(hub, alpha=0.05)
    assert [(i, j) for i, j in zip(*np.nonzero(kept), strict=True)] == [(0, 1)]
    assert kept.iloc[0, 1] == 1.0
    undirected = dependence.disparity_backbone(nx.star_graph(5), alpha=0.5)
    assert undirected.equals(undirected.T)


def test_binarise_by_each_rule():
    flows, margins = world(6)
    labels = flows.index
    matrix = flows.to_numpy()
    assert (backbone.binarise(matrix, labels, "positive") == (matrix > 0)).all()
    strong = backbone.binarise(matrix, labels, "intensity>1", margins)
    assert (strong == (dependence.intensity(flows, margins) > 1)).all(axis=None) and 0 < strong.sum() < 30
    heavy = backbone.binarise(matrix, labels, "disparity < 0.1", margins)
    assert (heavy == (dependence.disparity(flows, margins) < 0.1)).all(axis=None) and 0 < heavy.sum() < 30
    with pytest.raises(ValueError, match="binarised"):
        backbone.binarise(matrix, labels, "median", margins)
    with pytest.raises(GraphError, match="world totals"):
        backbone.binarise(matrix, labels, "intensity>1")


# --- properties --------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(4, 7), here=st.integers(2, 4), scale=st.sampled_from([1.0, 1e-3, 1e6])
)
def test_order_and_unit_change_nothing(seed, n, here, scale):
    flows, margins = world(n, seed)
    graph = flows.iloc[:here, :here]
    rng = np.random.default_rng(seed)
    order = rng.permutation(here)
    turned = graph.iloc[order, order[::-1]] * scale
    other = margins.assign(exports=margins["exports"] * scale, imports=margins["imports"] * scale).sample(
        frac=1, random_state=seed
    )
    for table in (dependence.intensity, dependence.disparity):
        before, after = table(graph, margins), table(turned, other)
        np.testing.assert_allclose(before, after.loc[before.index, before.columns], rtol=1e-8)
    before, after = dependence.partner_hhi(graph, margins), dependence.partner_hhi(turned, other)
    np.testing.assert_allclose(before, after[before.index], rtol=1e-9)
    assert before.between(0, 1).all()
    for tidy in (dependence.trade_shares, dependence.hirschman_asymmetry):
        before = tidy(graph, margins).set_index(["actor", "partner"]).sort_index()
        after = tidy(turned, other).set_index(["actor", "partner"]).sort_index()
        pd.testing.assert_frame_equal(before, after, rtol=1e-9)


# --- bad data ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("margins", "told"),
    [
        (None, "world totals are needed"),
        (WORLD.drop(columns="imports"), "no column imports"),
        (pd.concat([WORLD, WORLD]), "KAZ stands twice; give one year and one source"),
        (WORLD.assign(exports=-9.0), "negative or missing total"),
        (WORLD.assign(exports=np.nan), "negative or missing total"),
        (WORLD.assign(exports=WORLD["exports"] / 10), "KAZ add up to 30, more than its world total, 5"),
        (WORLD.assign(economy=list("abcde")), "no actor of the graph is among the economies a, b, c"),
    ],
)
def test_margins_that_cannot_be_are_named(margins, told):
    for measure in (dependence.trade_shares, dependence.first_partner, dependence.hirschman_asymmetry):
        with pytest.raises(GraphError, match=told):
            measure(TRADE, margins, flow="exports")


def test_margins_that_no_world_has_are_refused():
    with pytest.raises(GraphError, match="exports add up to 1100 and imports to 1105"):
        dependence.intensity(TRADE, WORLD.assign(imports=WORLD["imports"] + 1))
    with pytest.raises(GraphError, match="empty diagonal"):
        dependence.expected_flows(np.array([9.0, 1.0, 1.0]), np.array([9.0, 1.0, 1.0]), rounds=200)


def test_options_that_are_not_there_are_named():
    with pytest.raises(ValueError, match="total"):
        dependence.trade_shares(TRADE, WORLD, flow="services")
    with pytest.raises(ValueError, match="alter"):
        dependence.partner_hhi(TRADE, WORLD, rest="ignored")
    with pytest.raises(ValueError, match="alpha"):
        dependence.disparity_backbone(TRADE, alpha=5)
    shares = dependence.trade_shares(TRADE, WORLD)
    with pytest.raises(GraphError, match="no column year"):
        dependence.crossovers(shares, "RUS", "CHN")
    with pytest.raises(GraphError, match="nobody's partner"):
        dependence.crossovers(shares.assign(year=2009), "RUS", "USA")
    with pytest.raises(GraphError, match="twice in a year"):
        dependence.crossovers(pd.concat([shares, shares]).assign(year=2009), "RUS", "CHN")


# --- blocs and gaps ----------------------------------------------------------------------------------------------


def test_a_bloc_is_one_partner_with_members_that_are_not_here():
    bloc = pd.DataFrame({"exports": [30.0, 5.0], "imports": [15.0, 41.0]}, index=["KAZ", "RUS"])
    trade = dependence.with_bloc(TRADE, bloc, ["CHN"], name="BLOC")  # KAZ sells 10 to CHN, 20 more to others of it
    assert trade.index.tolist() == ["KAZ", "RUS", "BLOC"] == trade.columns.tolist()
    assert trade.loc["KAZ", "RUS"] == 20 and trade.loc["KAZ", "BLOC"] == 30 and trade.loc["BLOC", "RUS"] == 41
    found = dependence.trade_shares(trade, WORLD, flow="imports").set_index(["actor", "partner"])["share"]
    assert found["KAZ", "BLOC"] == pytest.approx(15 / 50)
    assert "CHN" not in found.index.get_level_values("partner")
    assert np.isnan(found["BLOC", "KAZ"])  # the bloc has no world total
    first = dependence.first_partner(trade, WORLD, flow="exports")
    assert first.loc["KAZ", ["partner", "second"]].tolist() == ["BLOC", "RUS"]
    assert TRADE.index.tolist() == NAMES


def test_an_actor_whose_trade_with_the_bloc_is_not_known_stays_unknown():
    bloc = pd.DataFrame({"exports": [30.0], "imports": [40.0]}, index=["KAZ"])
    assert dependence.with_bloc(TRADE, bloc, ["CHN"], name="BLOC").loc["RUS", "BLOC":].isna().all()


@pytest.mark.parametrize(
    ("members", "name", "columns", "said"),
    [
        (["FRA"], "BLOC", ["exports", "imports"], "not in the graph: FRA"),
        (["CHN"], "RUS", ["exports", "imports"], "called RUS"),
        (["CHN"], "BLOC", ["exports", "buys"], "no column imports"),
    ],
)
def test_a_bloc_that_cannot_be_is_refused(members, name, columns, said):
    bloc = pd.DataFrame([[1.0, 2.0]], index=["KAZ"], columns=columns)
    with pytest.raises(GraphError, match=said):
        dependence.with_bloc(TRADE, bloc, members, name=name)


def test_filled_gaps_raise_the_world_totals_of_both_ends():
    gappy = TRADE.copy()
    gappy.loc["KAZ", "RUS"] = gappy.loc["RUS", "CHN"] = np.nan
    values = pd.DataFrame({"RUS": [7.0, 99.0]}, index=["KAZ", "CHN"])  # CHN → RUS is known: 99 is not taken
    filled, world = dependence.fill_unknown(gappy, WORLD, values=values)
    assert filled.loc["KAZ", "RUS"] == 7 and filled.loc["CHN", "RUS"] == 50 and np.isnan(filled.loc["RUS", "CHN"])
    grown = world.sub(WORLD.set_index("economy")).stack()
    assert grown[grown != 0].to_dict() == {("KAZ", "exports"): 7.0, ("RUS", "imports"): 7.0}
    assert gappy["RUS"].isna().sum() == 1 and WORLD["exports"].iloc[0] == 50


def test_what_is_no_square_of_names_is_refused():
    with pytest.raises(GraphError, match="square DataFrame"):
        dependence.with_bloc(TRADE.iloc[:2], TRADE, [], name="BLOC")
    with pytest.raises(GraphError, match="square DataFrame"):
        dependence.fill_unknown(TRADE.to_numpy(), WORLD, values=TRADE)


def test_the_rest_of_the_world_takes_what_is_left_of_both_totals():
    closed = dependence.with_rest_of_world(TRADE, WORLD)
    assert list(closed.columns) == [*NAMES, "ROW"]
    assert closed.loc["KAZ", "ROW"] == pytest.approx(50 - 30)
    assert closed.loc["ROW", "KAZ"] == pytest.approx(50 - 40)
    ends = WORLD.set_index("economy").loc[NAMES]
    np.testing.assert_allclose(closed.loc[NAMES].sum(axis=1), ends["exports"])
    np.testing.assert_allclose(closed[NAMES].sum(), ends["imports"])
    assert closed.loc["ROW", "ROW"] == 0


def test_the_rest_of_the_world_is_closed_once_and_only_for_whom_it_is_known():
    closed = dependence.with_rest_of_world(TRADE, WORLD[WORLD["economy"] != "CHN"])
    assert list(closed.index) == ["KAZ", "RUS", "ROW"]
    assert closed.loc["KAZ", "ROW"] == pytest.approx(50 - 20)
    with pytest.raises(GraphError, match="already"):
        dependence.with_rest_of_world(closed, WORLD)


def test_the_rest_of_the_world_is_the_same_whatever_stands_in_for_unknown_trade():
    gap = TRADE.copy()
    gap.loc["KAZ", "CHN"] = np.nan
    absent, present = (dependence.with_rest_of_world(gap, WORLD, unknown=bound) for bound in ("absent", "present"))
    assert present.loc["KAZ", "CHN"] > absent.loc["KAZ", "CHN"] == 0
    np.testing.assert_allclose(absent["ROW"], present["ROW"])
    assert absent.loc["KAZ", "ROW"] == pytest.approx(50 - 20)
