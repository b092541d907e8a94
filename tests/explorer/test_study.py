"""What the drawing is given. Oracles: `inf.panel` for every number, `Layer.ties` for every receipt."""

import json

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.explorer import Study, strongest_ties
from influence.explorer.study import COLOURS
from influence.figures import look

ROLES = ["coordinator", "itinerant", "representative", "gatekeeper", "liaison", "brokerage"]


@pytest.fixture(scope="module")
def net():
    return inf.load()


@pytest.fixture(scope="module")
def study(net):
    return Study(net)


def through_json(block):
    return json.loads(json.dumps(block, allow_nan=False))


def same_as_panel(block, study, frame):
    """Every value and rank of a block, by year and actor, against the tidy panel."""
    assert set(block["values"]) == set(frame["metric"])
    for metric, own in frame.groupby("metric"):
        wide = own.pivot(index="year", columns="actor", values="value")[study.ranked]
        sent = np.array(block["values"][metric], dtype=float)
        np.testing.assert_allclose(sent, wide.to_numpy(), rtol=1e-8, atol=0)
        ranks = pd.DataFrame(sent).rank(axis=1, ascending=False).to_numpy()
        np.testing.assert_array_equal(np.array(block["ranks"][metric], dtype=float), ranks)


@pytest.mark.parametrize("layer", ["security", "trade", "energy", "institutions"])
def test_values_are_those_of_the_panel(study, net, layer):
    variant = {"trade": "baci", "energy": "presence"}.get(layer, "")
    ids = [m for m in study.measures[layer] if m not in ROLES]
    frame = inf.panel(net, ids, layers=layer)
    same_as_panel(through_json(study.block(f"values/{layer}/{variant}/1")), study, frame)


def test_other_sources_are_other_networks(study):
    cow = inf.panel(inf.load(trade="cow_trade_v4"), study.measures["trade"][:-6], layers="trade")
    same_as_panel(study.block("values/trade/cow_trade_v4/1"), study, cow)
    capacity = inf.panel(inf.load(energy="capacity"), "strength", layers="energy")
    block = study.block("values/energy/capacity/1")
    values = {"values": {"strength": block["values"]["strength"]}, "ranks": {"strength": block["ranks"]["strength"]}}
    same_as_panel(values, study, capacity)


@pytest.mark.parametrize("partition", ["region", "sco_status"])
def test_roles_are_those_of_the_panel(study, net, partition):
    frame = inf.panel(net, ROLES, layers="security", partition=partition)
    same_as_panel(through_json(study.block(f"roles/security//1/{partition}")), study, frame)


def test_several_layers_are_read_by_their_shares(study, net):
    """The multiplex measures of the panel: never sums of dollars and seats."""
    layers = ["trade", "institutions"]
    frame = inf.panel(net, study.measures["all"], layers=layers)
    block = study.block("all/trade+institutions/baci./1")
    same_as_panel(block, study, frame)
    assert study.measures["all"] == ["overlapping_strength", "participation"]
    np.testing.assert_allclose(np.nansum(np.array(block["values"]["overlapping_strength"], float), axis=1), 2)


def unpacked(study, block, net, layer, year):
    """Ties and receipts of a year as the drawing reads them: a second reader of the packed form, in Python."""
    nodes = [*study.actors, *study.bodies]
    facts, records = block["facts"], block["records"]

    def cell(column, k):
        if isinstance(column, list):
            return column[k]
        return column["texts"][column["at"][k]] if isinstance(column, dict) else column

    ties, told, behind_each = [], [], {}
    for s, t, weight, _, _, *behind in block["years"][net.years.index(year)]:
        ties.append((nodes[s], nodes[t], weight))
        for k in behind:
            fact = records["fact"][k]
            ends = (records["source"][k], records["target"][k]) if "source" in records else (s, t)
            marks = {"§s": nodes[ends[0]], "§t": nodes[ends[1]], "§y": str(cell(facts["year"], fact))}
            id = cell(facts["id"], fact)
            for mark, text in marks.items():
                id = id.replace(mark, text)
            behind_each.setdefault((nodes[s], nodes[t]), set()).add(id)
            weighs = cell(facts["weight"], fact)
            row = (nodes[ends[0]], nodes[ends[1]], id, weight if weighs is None else weighs)
            columns = (
                "source_id",
                "locator",
                "rule",
                "evidence_kind",
                "presence_confidence",
                "value_confidence",
                "note",
            )
            told.append((*row, *(cell(facts[c], fact) for c in columns), cell(facts["start"], fact)))
    return ties, told, behind_each


@pytest.mark.parametrize("year", [2001, 2010])
@pytest.mark.parametrize("layer", ["security", "trade", "energy", "institutions"])
def test_ties_and_receipts_are_those_of_the_layer(study, net, layer, year):
    variant = {"trade": "baci", "energy": "presence"}.get(layer, "")
    block = through_json(study.block(f"ties/{layer}/{variant}"))
    ties, told, behind_each = unpacked(study, block, net, layer, year)
    own = net.at(year)[layer]
    edges = own.to_edges()
    assert {(s, t) for s, t, _ in ties} == set(zip(edges["source"], edges["target"], strict=True))
    weights = edges.set_index(["source", "target"])["weight"]
    for s, t, weight in ties:
        assert weight == pytest.approx(weights[s, t], rel=1e-8)
    assert [w for *_, w in ties] == sorted((w for *_, w in ties), reverse=True)
    receipts = own.ties()
    columns = ["source", "target", "evidence_id", "weight", "source_id", "locator", "rule", "evidence_kind"]
    columns += ["presence_confidence", "value_confidence", "note"]
    expected = receipts[columns].astype(object).where(receipts[columns].notna(), None)
    start = [None if pd.isna(d) else d.strftime("%Y-%m-%d") for d in receipts["start"]]
    assert set(told) == {(*row, s) for row, s in zip(expected.itertuples(index=False, name=None), start, strict=True)}
    # A mutual record stands behind the ties both ways.
    for s, t, _ in [tie for tie in ties if "RUS" in tie]:
        assert behind_each[s, t] == set(own.ties(s, t)["evidence_id"])


def test_what_is_unknown_is_sent_as_unknown(study, net):
    block = study.block("ties/trade/baci")
    year = net.years.index(2012)
    gaps = net.ties.query("layer == 'trade' and year == 2012 and status == 'unknown'")
    nodes = [*study.actors, *study.bodies]
    sent = {(nodes[s], nodes[t]) for s, t, status, *_ in block["others"][year] if status == 0}
    assert sent == set(zip(gaps["source"], gaps["target"], strict=True)) != set()


def test_doubt_is_that_of_the_best_record():
    """A tie that rests on one sure and one doubtful record is sure; on a doubtful one alone, doubtful."""
    row = {"layer": "aid", "year": 2001, "target": "B", "source_id": "x"}
    frame = pd.DataFrame(
        [
            {**row, "source": "A", "kind": "loan", "presence_confidence": "high"},
            {**row, "source": "A", "kind": "gift", "presence_confidence": "low"},
            {**row, "source": "C", "kind": "gift", "presence_confidence": "medium"},
        ]
    )
    study = Study(inf.MultilayerNetwork.from_edges(frame))
    (ties,) = study.block("ties/aid/")["years"]
    assert {(study.actors[s], doubt) for s, _, _, _, doubt, *_ in ties} == {("A", 0), ("C", 1)}


# --- the threshold ---------------------------------------------------------------------------------------------


def test_keeping_nearly_all_changes_no_matrix(net):
    """Shares within kinds are taken before anything is cut."""
    nearly = strongest_ties(net, 1 - 1e-12)
    for layer in net.layers:
        np.testing.assert_allclose(nearly.stack(layer).matrix(), net.stack(layer).matrix(), rtol=1e-12)
    assert strongest_ties(net, 1) is net


def test_the_strongest_stay_and_what_ties_with_the_last_of_them(net):
    few = strongest_ties(net, 0.1)
    for year in (2001, 2012):
        for layer in ("security", "trade", "energy"):
            whole = np.sort(net.at(year)[layer].to_edges()["weight"])[::-1]
            bound = whole[int(np.ceil(0.1 * len(whole) - 1e-9)) - 1]
            kept = few.at(year)[layer].to_edges()["weight"]
            assert len(kept) == (whole >= bound).sum() < len(whole)
            assert kept.min() == pytest.approx(bound)
        seats = few.at(year)["institutions"].to_edges()
        assert len(seats) == len(net.at(year)["institutions"].to_edges())


def test_a_cut_tie_is_absent_and_an_unknown_one_stays_unknown(net):
    whole, few = net.stack("trade").matrix(), strongest_ties(net, 0.1).stack("trade").matrix()
    np.testing.assert_array_equal(np.isnan(whole), np.isnan(few))
    assert (few[~np.isnan(few)] >= 0).all()


def test_the_measures_follow_the_threshold(study, net):
    frame = inf.panel(strongest_ties(net, 0.25), "degree", layers="trade")
    block = study.block("values/trade/baci/0.25")
    wide = frame.pivot(index="year", columns="actor", values="value")[study.ranked]
    np.testing.assert_allclose(np.array(block["values"]["degree"], float), wide)
    counts = study.block("counts/trade/baci/0.25")["ties"]
    assert counts == [len(strongest_ties(net, 0.25).at(y)["trade"].to_edges()) for y in net.years]


@pytest.mark.parametrize("keep", [0, -0.1, 1.5])
def test_a_threshold_is_a_share(net, keep):
    with pytest.raises(ValueError, match="share of the ties"):
        strongest_ties(net, keep)


# --- what is offered -------------------------------------------------------------------------------------------


def test_brokerage_is_not_offered_where_it_means_nothing(study):
    """A projection of memberships is a union of cliques; path metrics belong where something travels."""
    assert not set(ROLES) & set(study.measures["institutions"])
    assert "betweenness" in study.measures["energy"]
    assert not {"betweenness", "transit_loss"} & {*study.measures["trade"], *study.measures["security"]}


def test_sources_are_offered_only_of_the_data_as_they_are(study, net):
    """A network that was changed cannot be loaded again with another source."""
    assert study.choices["energy"] == ("presence", "capacity")
    less = Study(net.without(net.evidence.index[0]))
    assert less.choices == {}
    assert "your network" in less.code(less.start())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"year": 1990}, "year must be one of 2001"),
        ({"measure": "betweenness"}, "measure must be one of strength"),
        ({"measured_in": "aid"}, "measured_in must be one of security"),
        ({"partition": "colour"}, "partition must be one of"),
        ({"shown": ["aid"]}, "shown must be layers of"),
        ({"keep": 0.0}, "share of the ties"),
        ({"pick": "XYZ"}, "nobody called XYZ"),
        ({"place": "moon"}, "place must be one of circle, map"),
        ({"shown": ["trade"], "measured_in": "all"}, "show at least two"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_is(study, wrong, said):
    with pytest.raises(ValueError, match=said):
        study.start(**wrong)


def test_a_block_that_does_not_exist_is_refused(study):
    with pytest.raises(KeyError, match="no block"):
        study.block("values/aid//1")


def test_places_never_move(study, net):
    """One place for all years, in every layout; whose group changes stands with its usual one."""
    places = study.places()
    assert set(places) == {"circle", "map"}
    nodes = len(study.actors) + len(study.bodies)
    for at in (*places["circle"].values(), places["map"]["at"]):
        assert np.shape(at) == (nodes, 2)
        assert np.abs(np.array(at)).max() <= 1
    assert len({tuple(p) for p in places["map"]["at"]}) == nodes


def test_own_places_fill_the_drawing(net):
    actors = Study(net, layers=["trade"]).actors
    frame = pd.DataFrame({"x": range(0, 10 * len(actors), 10), "y": 5.0}, index=actors)
    study = Study(net, layers=["trade"], positions=frame)
    at = np.array(study.places()["own"]["at"])
    assert (at[:, 0].min(), at[:, 0].max()) == (-0.95, 0.95)
    assert study.start().place == "own"
    with pytest.raises(ValueError, match="no place for ZAF"):
        Study(net, layers=["trade"], positions=frame.drop("ZAF")).places()


def test_the_colours_are_those_of_the_figures():
    assert COLOURS == look.COLOURS


def test_a_network_of_ones_own(tmp_path):
    """No partition, no evidence, no year but one: everything that is there is shown, and nothing else is offered."""
    ties = pd.DataFrame({"layer": "aid", "source": ["A", "B", "C"], "target": ["B", "C", "A"], "weight": [1.0, 2, 4]})
    net = inf.MultilayerNetwork.from_edges(ties, years=[2001])
    study = Study(net)
    state = study.start()
    assert (state.measured_in, state.measure, state.partition) == ("aid", "strength", "")
    for key in study.needed(state):
        through_json(study.block(key))
    assert study.static()["choices"] == {}
    assert study.measures["all"] == [] or "all" not in study.needed(state)
