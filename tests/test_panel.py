"""The panel: what each metric says of each snapshot, batched, labelled, with unknown ties told apart from none."""

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.metrics.registry import get_metric, unregister_metric
from influence.network import SelfLoopWarning

DENSE = pytest.mark.filterwarnings("ignore::influence.metrics.brokerage.DensityWarning")
PATHS = ["betweenness", "closeness", "harmonic", "transit_loss", "flow_through"]


@pytest.fixture(scope="module")
def net():
    return inf.load()


def by_hand(net, id, layer, year, partition=None, **options):
    """One metric called on one layer of one snapshot, in the order of the panel's actors."""
    snap, metric = net.at(year), get_metric(id)
    graph = snap[layer]
    if "groups" in metric.needs:
        options["groups"] = snap.partition(partition).reindex(graph.labels).fillna("outside")
    return metric.function(graph, **options).reindex(net.panel_actors().intersection(graph.labels))


def cells(frame, id, layer, year):
    own = frame[(frame["metric"] == id) & (frame["layer"] == layer) & (frame["year"] == year)]
    return own.set_index("actor")["value"]


def same(a, b):
    pd.testing.assert_series_equal(a, b, check_names=False, check_index_type=False, rtol=1e-9, atol=1e-12)


# --- equal to the metrics one by one ---------------------------------------------------------------------------


CASES = [
    ("strength_out", "trade"),
    ("constraint", "trade"),
    ("pagerank", "trade"),
    ("partner_hhi", "trade"),
    ("liaison", "trade"),
    ("degree", "security"),
    ("eigenvector", "security"),
    ("gatekeeper", "security"),
    ("hierarchy", "security"),
    ("betweenness", "energy"),
    ("transit_loss", "energy"),
    ("effective_size", "energy"),
    ("strength", "institutions:shared"),
    ("degree_in", "diplomacy"),
    ("degree_two_mode", "institutions"),
]


@DENSE
@pytest.mark.parametrize("unknown", ["absent", "present"])
@pytest.mark.parametrize(("id", "layer"), CASES)
def test_equals_each_metric_on_each_snapshot(net, id, layer, unknown):
    years = [2001, 2006, 2011]
    frame = inf.panel(net, id, layers=layer, years=years, partition="region", unknown=unknown)
    assert list(frame.columns) == ["actor", "year", "layer", "metric", "value"]
    options = {} if layer == "institutions" else {"unknown": unknown}
    for year in years:
        found = cells(frame, id, layer, year)
        expected = by_hand(net, id, layer, year, "region", **options)
        unheard = {"trade": ["SRB"], "diplomacy": ["KGZ", "TJK", "UZB"]}.get(layer, []) if year == 2001 else []
        expected[unheard] = np.nan  # the panel also knows of whom nothing is known
        same(found, expected)


def test_multiplex_metrics_equal_those_of_the_snapshot(net):
    frame = inf.panel(net, ["participation", "overlapping_degree", "overlapping_strength"], years=[2001, 2009])
    assert set(frame["layer"]) == {"all"}
    for year in (2001, 2009):
        for id in ("participation", "overlapping_degree", "overlapping_strength"):
            expected = get_metric(id).function(net.at(year)).reindex(net.panel_actors().intersection(frame["actor"]))
            same(cells(frame, id, "all", year), expected)


def test_all_metrics_at_once_equal_each_alone(net):
    layers = ["security", "trade", "energy"]
    whole = inf.panel(net, layers=layers, years=[2004, 2012], partition="region")
    for id in ("constraint", "hierarchy", "coordinator", "brokerage", "strength_in"):
        alone = inf.panel(net, id, layers=layers, years=[2004, 2012], partition="region")
        pd.testing.assert_frame_equal(alone, whole[whole["metric"] == id].reset_index(drop=True))


def test_rules_of_time_are_those_of_snapshots(net):
    for rule in ("any", "share"):
        frame = inf.panel(net, "strength", layers="institutions", years=2012, rule=rule)
        expected = inf.centrality.strength(net.at(2012, rule=rule)["institutions:shared"])
        same(frame.set_index("actor")["value"], expected)
    assert frame.attrs["influence"]["rule"] == "share"


# --- order, shape, defaults ------------------------------------------------------------------------------------


def test_the_order_of_layers_years_and_metrics_changes_no_value(net):
    one = inf.panel(net, ["degree", "participation"], layers=["security", "trade", "energy"], years=[2003, 2008])
    two = inf.panel(net, ["participation", "degree"], layers=["energy", "trade", "security"], years=[2008, 2003])
    keys = ["metric", "layer", "year", "actor"]
    pd.testing.assert_frame_equal(
        one.sort_values(keys, ignore_index=True), two.sort_values(keys, ignore_index=True), rtol=1e-12
    )
    again = inf.panel(net, ["degree", "degree"], layers=["trade", "trade"], years=[2003, 2003])
    assert not again.duplicated(keys).any() and len(again) == 34


def test_every_panel_is_a_full_rectangle_of_the_34_states(net):
    frame = inf.panel(net, partition="region")
    states = set(net.actors.loc[net.actors["kind"] == "state", "actor_id"])
    assert len(states) == 34
    sizes = frame.groupby(["metric", "layer", "year"])["actor"].agg(["size", lambda a: set(a) == states])
    assert (sizes["size"] == 34).all() and sizes.iloc[:, 1].all()
    assert not frame.duplicated(["metric", "layer", "year", "actor"]).any()
    assert set(frame["year"]) == set(range(2001, 2013))


def test_states_that_are_only_crossed_are_in_the_graph_but_not_in_the_panel(net):
    crossed = set(net.actors.loc[net.actors["kind"] == "transit_only", "actor_id"])
    assert {"SVK", "BGR", "ROU", "HUN", "AUT"} <= crossed
    assert crossed <= set(net.labels("energy"))
    assert inf.centrality.degree(net.at(2008)["energy"])["SVK"] > 0
    assert not crossed & set(inf.panel(net, "degree", layers="energy", years=2008)["actor"])


def test_years_and_names_may_be_single_or_many(net):
    one = inf.panel(net, "degree", layers="trade", years=2005)
    pd.testing.assert_frame_equal(one, inf.panel(net, ["degree"], layers=["trade"], years=range(2005, 2006)))
    pd.testing.assert_frame_equal(one, inf.panel(net, "degree", layers="trade", years=np.int64(2005)))


# --- what is not known -----------------------------------------------------------------------------------------


def test_of_whom_nothing_is_known_is_missing_and_not_zero(net):
    frame = inf.panel(net, ["strength_out", "degree_in"], layers="trade")
    empty = frame[frame["value"].isna()]
    assert set(zip(empty["actor"], empty["year"], strict=True)) == {("SRB", year) for year in range(2001, 2006)}
    assert (frame.loc[(frame["actor"] == "SRB") & (frame["year"] > 2005), "value"] > 0).all()
    silent = inf.panel(net, "degree", layers="diplomacy", years=2001)
    assert set(silent.loc[silent["value"].isna(), "actor"]) == {"KGZ", "TJK", "UZB"}


def test_absent_and_present_are_bounds_where_only_some_exercises_are_listed(net):
    bounds = {
        unknown: inf.panel(net, "degree", layers="security", years=[2010, 2011, 2012], unknown=unknown)
        for unknown in ("absent", "present")
    }
    width = (bounds["present"]["value"] - bounds["absent"]["value"]).groupby(bounds["absent"]["year"])
    assert (width.min() >= 0).all()
    assert width.max()[2010] == 0, "exercises are complete to 2010"
    assert (width.min()[[2011, 2012]] >= 0).all() and (width.max()[[2011, 2012]] >= 20).all()
    pairs = 34 * 33
    listed = [int((net.at(y)["security"].kinds["exercise"].matrix > 0).sum()) for y in (2011, 2012)]
    for frame in bounds.values():
        assert frame.attrs["influence"]["unknown_ties"] == {"security": 2 * pairs - sum(listed)}


def test_unknown_trade_counts_where_it_is_taken_as_present(net):
    low, high = (inf.panel(net, "degree_out", layers="trade", years=2012, unknown=u) for u in ("absent", "present"))
    difference = (high["value"] - low["value"]).set_axis(low["actor"])
    gaps = np.isnan(net.at(2012)["trade"].matrix).sum(axis=1)
    assert difference.to_dict() == dict(zip(net.labels("trade"), gaps, strict=True))
    assert difference["TJK"] >= 2, "Uzbekistan and Turkmenistan at least"


def test_what_stands_in_for_an_unknown_tie_is_of_its_own_year():
    ties = pd.DataFrame(
        {
            "layer": "aid",
            "source": ["A", "B", "A", "B"],
            "target": ["B", "C", "B", "C"],
            "year": [2001, 2001, 2002, 2002],
            "weight": [2.0, None, 100.0, None],
            "status": ["present", "unknown", "present", "unknown"],
        }
    )
    net = inf.MultilayerNetwork.from_edges(ties)
    frame = inf.panel(net, "strength_out", unknown="present")
    assert frame.set_index(["actor", "year"])["value"].loc["B"].to_dict() == {2001: 2.0, 2002: 100.0}


def test_self_loops_are_dropped_and_said_as_by_the_metric_itself():
    ties = pd.DataFrame({"layer": "aid", "source": ["A", "A"], "target": ["A", "B"], "weight": [9.0, 1.0]})
    net = inf.MultilayerNetwork.from_edges(ties, years=[2001])
    with pytest.warns(SelfLoopWarning, match="1 self-loop dropped"):
        frame = inf.panel(net, "strength_out")
    assert frame["value"].tolist() == [1, 0]


# --- which metrics where ---------------------------------------------------------------------------------------


def test_path_metrics_outside_energy_only_when_asked_and_then_marked(net):
    default = inf.panel(net, years=2005)
    assert set(default.loc[default["metric"].isin(PATHS), "layer"]) == {"energy"}
    assert set(PATHS) <= set(default["metric"])
    assert default.attrs["influence"]["assumes_path"] == []
    asked = inf.panel(net, ["betweenness", "degree"], layers=["trade", "energy"], years=2005)
    assert set(asked.loc[asked["metric"] == "betweenness", "layer"]) == {"trade", "energy"}
    assert asked.attrs["influence"]["assumes_path"] == ["betweenness in trade"]


def test_brokerage_by_default_only_with_a_partition_and_never_in_a_projection(net):
    assert "gatekeeper" not in set(inf.panel(net, years=2005)["metric"])
    found = inf.panel(net, years=2005, partition="region")
    assert set(found.loc[found["metric"] == "gatekeeper", "layer"]) == {"security", "trade", "energy"}


def test_a_partition_that_changes_is_read_anew_each_year(net):
    years = [2003, 2012]  # observers from 2004, partners from 2010
    groups = [net.partition("sco_status", year) for year in years]
    assert not groups[0].equals(groups[1])
    frame = inf.panel(net, "gatekeeper", layers="security", years=years, partition="sco_status")
    for year in years:
        same(cells(frame, "gatekeeper", "security", year), by_hand(net, "gatekeeper", "security", year, "sco_status"))
    stale = inf.brokerage.gatekeeper(net.at(2012)["security"], groups=groups[0])
    assert not np.allclose(stale, cells(frame, "gatekeeper", "security", 2012).reindex(stale.index), equal_nan=True)


def test_options_reach_the_kernel_and_are_told(net):
    options = {"pagerank": {"damping": 0.5}, "partner_hhi": {"flow": "exports"}, "gatekeeper": {"closure": "none"}}
    frame = inf.panel(net, list(options), layers="trade", years=2012, partition="region", options=options)
    layer = net.at(2012)["trade"]
    same(cells(frame, "pagerank", "trade", 2012), inf.centrality.pagerank(layer, damping=0.5))
    same(cells(frame, "partner_hhi", "trade", 2012), inf.dependence.partner_hhi(layer, flow="exports"))
    same(cells(frame, "gatekeeper", "trade", 2012), by_hand(net, "gatekeeper", "trade", 2012, "region", closure="none"))
    assert frame.attrs["influence"]["options"] == options
    plain = inf.panel(net, list(options), layers="trade", years=2012, partition="region")
    changed = (plain["value"] != frame["value"]).groupby(plain["metric"]).any()
    assert changed.all()


def test_options_of_one_metric_hold_beside_others_that_share_its_work(net):
    options = {"gatekeeper": {"closure": "none"}}
    asked = {"layers": "security", "years": 2012, "partition": "region"}
    beside = inf.panel(net, ["coordinator", "gatekeeper", "liaison"], options=options, **asked)
    for id in ("coordinator", "gatekeeper", "liaison"):
        expected = by_hand(net, id, "security", 2012, "region", **options.get(id, {}))
        same(cells(beside, id, "security", 2012), expected)
    assert not cells(beside, "gatekeeper", "security", 2012).equals(
        cells(inf.panel(net, "gatekeeper", **asked), "gatekeeper", "security", 2012)
    )


def test_a_result_can_be_cited_and_says_how_it_was_made(net):
    frame = inf.panel(net, "degree", layers=["trade", "institutions"], years=[2011, 2012], partition="camp")
    origin = frame.attrs["influence"]
    assert origin["layers"] == ["trade", "institutions"] and origin["years"] == [2011, 2012]
    assert (origin["partition"], origin["unknown"], origin["trade"]) == ("camp", "absent", "baci")
    text = inf.cite(frame)
    assert "{baci," in text and "{cow_trade_v4," not in text and "{unga_votes_voeten," not in text


# --- one's own -------------------------------------------------------------------------------------------------


@pytest.fixture
def own_metric():
    def reach(graph, *, factor=2, unknown="absent"):
        """Twice the partners."""
        return factor * inf.centrality.degree(graph, unknown=unknown)[::-1]

    inf.register_metric("reach", reach)
    yield "reach"
    unregister_metric("reach")


def test_ones_own_metric_is_looped_and_appears(net, own_metric):
    assert inf.list_metrics().loc[own_metric, "measures"] == "Twice the partners."
    frame = inf.panel(net, [own_metric, "degree"], layers=["trade", "security"], years=[2002, 2011])
    wide = frame.pivot(index=["layer", "year", "actor"], columns="metric", values="value")
    pd.testing.assert_series_equal(wide["reach"], 2 * wide["degree"], check_names=False)
    tripled = inf.panel(net, own_metric, layers="trade", years=2002, options={"reach": {"factor": 3}})
    assert np.allclose(tripled["value"] * 2, wide["reach"]["trade", 2002] * 3, equal_nan=True)
    upper = inf.panel(net, [own_metric, "degree"], layers="security", years=2011, unknown="present")
    assert upper["value"][:34].tolist() == (2 * upper["value"][34:]).tolist(), "it is told what unknown ties count as"
    assert own_metric in set(inf.panel(net, years=2002)["metric"])


def test_progress_names_each_layer_before_it_is_computed(net):
    heard = []
    inf.panel(net, "degree", layers=["trade", "energy"], years=2002, progress=heard.append)
    assert heard == ["trade", "energy"]


# --- what cannot be ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"metrics": "strenght_out"}, KeyError, "no metric named 'strenght_out'; did you mean strength_out"),
        ({"metrics": "degree", "layers": "trad"}, KeyError, "no layer named 'trad'; there are security, trade"),
        ({"metrics": "degree", "years": 2013}, ValueError, "no snapshot of 2013: the data cover 2001–2012"),
        ({"metrics": ["degree", "liaison"]}, ValueError, "liaison: name a partition; there are camp"),
        ({"metrics": "degree", "partition": "blocs"}, KeyError, "no partition named 'blocs'; there are camp"),
        ({"metrics": "degree_two_mode", "layers": ["trade", "energy"]}, ValueError, "degree_two_mode: does not apply"),
        ({"metrics": "degree", "options": {"degre": {}}}, KeyError, "no metric named 'degre'; did you mean degree"),
        ({"metrics": "degree", "unknown": "raise"}, ValueError, 'unknown must be "absent" or "present", not \'raise\''),
        ({"metrics": "degree", "layers": "security", "rule": "mean"}, ValueError, 'rule must be "31 December", "any"'),
    ],
)
def test_what_cannot_be_is_said_plainly(net, arguments, error, message):
    with pytest.raises(error) as caught:
        inf.panel(net, **arguments)
    assert message in caught.value.args[0]


# --- in runs, and side by side ---------------------------------------------------------------------------------


@DENSE
def test_runs_of_years_give_the_same_as_all_at_once(net, monkeypatch):
    whole = inf.panel(net, partition="west_postsoviet")
    monkeypatch.setattr("influence._panel._ENTRIES", 5 * 34 * 34)
    runs = inf.panel(net, partition="west_postsoviet")
    pd.testing.assert_frame_equal(runs, whole, rtol=1e-12, atol=1e-15)  # current flow: last bits differ by batch
    assert runs.attrs == whole.attrs


@DENSE
def test_workers_give_the_same_as_one_process(net):
    inf.register_metric("loudest", lambda graph: inf.centrality.strength_out(graph) * 2)
    try:
        one = inf.panel(net, partition="west_postsoviet", years=range(2003, 2008))
        two = inf.panel(net, partition="west_postsoviet", years=range(2003, 2008), workers=2)
    finally:
        unregister_metric("loudest")
    pd.testing.assert_frame_equal(two, one, rtol=1e-12, atol=1e-15)
    assert two.attrs == one.attrs
    assert "loudest" in set(two["metric"])


def test_workers_warn_as_one_process_does():
    loops = pd.DataFrame(
        {"layer": "aid", "source": ["A", "B"], "target": ["A", "C"], "year": [2001, 2002], "weight": [1.0, 2.0]}
    )
    net = inf.MultilayerNetwork.from_edges(loops)
    with pytest.warns(SelfLoopWarning, match="1 self-loop dropped"):
        inf.panel(net, "strength", workers=2)
    with pytest.raises(ValueError, match="workers"):
        inf.panel(net, "strength", workers=0)
