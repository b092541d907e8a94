"""The network: one door in, snapshots by rule, receipts by join, nothing silently zero."""

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.network import GraphError


def study():
    ties = pd.DataFrame(
        [
            ("pact", "A", "B", "2001-03-01", "2002-12-19", None, 1.0, "present", "treaty-1"),
            ("pact", "A", "C", "2001-03-01", None, None, 1.0, "present", "treaty-1"),
            ("pact", "B", "C", "2002-07-01", None, None, 1.0, "proposed", "draft"),
            ("goods", "A", "B", None, None, 2001, 10.0, "present", "g1"),
            ("goods", "B", "A", None, None, 2002, 4.0, "present", "g2"),
            ("goods", "C", "A", None, None, 2002, None, "unknown", "g3"),
            ("clubs", "A", "X", "2000-01-01", None, None, 1.0, "present", "m1"),
            ("clubs", "B", "X", "2002-01-01", None, None, 1.0, "present", "m2"),
            ("clubs", "C", "Y", "2000-01-01", None, None, 1.0, "present", "m3"),
        ],
        columns=["layer", "source", "target", "start", "end", "year", "weight", "status", "evidence_id"],
    ).assign(source_id="someone2001")
    layers = pd.DataFrame(
        {"layer": ["pact", "goods", "clubs"], "directed": [False, True, False], "mode": [1, 1, 2], "in_default": True}
    )
    groups = pd.DataFrame(
        {
            "partition": "camp",
            "group": ["west", "east", "east", "west"],
            "actor_id": ["A", "B", "C", "B"],
            "start": [None, "2002-06-01", None, None],
            "end": [None, None, None, "2002-06-01"],
        }
    )
    return ties, layers, groups


@pytest.fixture
def net():
    ties, layers, groups = study()
    return inf.MultilayerNetwork.from_edges(ties, layers=layers, partitions=groups, years=[2001, 2002])


def test_a_snapshot_is_the_state_on_31_december(net):
    assert net.at(2001)["pact"].to_adjacency().loc["A", "B"] == 1
    assert net.at(2002)["pact"].to_adjacency().loc["A", "B"] == 0, "ended on 19 December"
    assert net.at(2002, rule="any")["pact"].to_adjacency().loc["A", "B"] == 1
    share = net.at(2002, rule="share")["pact"].to_adjacency().loc["A", "B"]
    assert share == pytest.approx(352 / 365)
    assert net.at(2001, rule="share")["pact"].to_adjacency().loc["A", "B"] == pytest.approx(306 / 365)


def test_an_end_on_31_december_has_ended():
    ties = pd.DataFrame(
        {"layer": "p", "source": ["A"], "target": ["B"], "start": ["2001-01-01"], "end": ["2001-12-31"]}
    )
    net = inf.MultilayerNetwork.from_edges(ties, years=[2001])
    assert len(net.at(2001)["p"].to_edges()) == 0
    assert len(net.at(2001, rule="any")["p"].to_edges()) == 1


def test_only_present_makes_a_tie_and_unknown_is_no_zero(net):
    assert net.at(2002)["pact"].to_adjacency().loc["B", "C"] == 0, "proposed"
    goods = net.at(2002)["goods"]
    assert np.isnan(goods.to_adjacency().loc["C", "A"])
    assert goods.unknown.loc["C", "A"]
    assert goods.unknown.to_numpy().sum() == 1
    assert inf.centrality.strength_in(goods).attrs["influence"]["options"]["unknown_ties"] == 1


def test_two_mode_beside_one_mode(net):
    clubs = net.at(2002)["clubs"]
    assert clubs.incidence().loc[["A", "B"], "X"].tolist() == [1, 1]
    with pytest.raises(GraphError, match="clubs:shared"):
        inf.as_matrix(clubs)
    shared = net.at(2002)["clubs:shared"].to_adjacency()
    assert shared.loc["A", "B"] == 1 / (2 - 1)
    assert shared.loc["A", "C"] == 0
    assert net.at(2001)["clubs:shared"].to_adjacency().to_numpy().sum() == 0


def test_world_membership_sets_the_newman_weight():
    ties, layers, groups = study()
    sizes = pd.DataFrame({"org_id": ["X"], "year": [2002], "n_members": [11]})
    net = inf.MultilayerNetwork.from_edges(ties, layers=layers, sizes=sizes, years=[2001, 2002])
    assert net.at(2002)["clubs:shared"].to_adjacency().loc["A", "B"] == pytest.approx(0.1)


def test_partitions_change_by_year(net):
    assert net.at(2001).partition("camp").to_dict() == {"A": "west", "B": "west", "C": "east"}
    assert net.at(2002).partition("camp").to_dict() == {"A": "west", "B": "east", "C": "east"}
    with pytest.raises(ValueError, match="name a year"):
        net.partition("camp")
    with pytest.raises(KeyError, match="there are camp"):
        net.partition("region", 2001)


def test_receipts_lead_back_to_the_evidence(net):
    ties = net.at(2001)["pact"].ties(actor="B")
    assert ties["evidence_id"].tolist() == ["treaty-1"]
    assert ties["source_id"].tolist() == ["someone2001"]
    assert len(net.at(2001)["pact"].ties(source="B")) == 1, "a mutual tie answers from either end"
    assert len(net.at(2001)["goods"].ties(source="B")) == 0
    assert len(net.evidence) == 8, "both pairs of a treaty rest on one row of evidence"


def test_order_of_rows_changes_nothing():
    ties, layers, groups = study()
    first = inf.MultilayerNetwork.from_edges(ties, layers=layers, years=[2001, 2002])
    second = inf.MultilayerNetwork.from_edges(
        ties.sample(frac=1, random_state=3), layers=layers[::-1], years=[2001, 2002]
    )
    pd.testing.assert_frame_equal(first.ties, second.ties)
    for name in ("pact", "goods", "clubs"):
        pd.testing.assert_frame_equal(first.at(2002)[name].to_adjacency(), second.at(2002)[name].to_adjacency())


def test_nothing_changes_a_network(net):
    copy = net.ties
    copy["weight"] = 99.0
    with pytest.raises(ValueError, match="read-only"):
        net.at(2001)["goods"].matrix[0, 0] = 1
    assert 99.0 not in set(net.ties["weight"])


def test_all_bad_rows_are_named_at_once():
    ties, layers, _ = study()
    ties.loc[0, "end"] = "2000-01-01"
    ties.loc[3, "weight"] = -9.0
    ties.loc[4, "status"] = "maybe"
    ties.loc[6, "target"] = "Z"
    ties.loc[7, "source"] = "Q"
    with pytest.raises(inf.DataError) as caught:
        inf.MultilayerNetwork.from_edges(
            ties, layers=layers, actors=["A", "B", "C"], organizations=["X", "Y"], years=[2001]
        )
    places = {(p.row, p.column) for p in caught.value.problems}
    assert places == {(1, "end"), (4, "weight"), (5, "status"), (7, "target"), (8, "source")}
    assert "row 4, column weight: found '-9.0'" in str(caught.value)


def test_a_missing_column_is_named():
    with pytest.raises(inf.DataError, match="column target: this column is missing"):
        inf.MultilayerNetwork.from_edges(pd.DataFrame({"layer": ["a"], "source": ["A"]}), actors=["A"], years=[2001])


def test_conversions_keep_names_and_weights(net):
    goods = net.at(2001)["goods"]
    assert goods.to_networkx()["A"]["B"]["weight"] == 10
    graph = goods.to_igraph()
    assert graph.vs[graph.es[0].source]["name"] == "A" and graph.es["weight"] == [10.0]
    assert goods.to_scipy().toarray()[0, 1] == 10
    clubs = net.at(2002)["clubs"]
    assert clubs.to_networkx().degree("X") == 2
    assert clubs.to_igraph().is_bipartite()


def test_kinds_are_composed_as_within_kind_shares():
    ties = pd.DataFrame(
        {
            "layer": "s",
            "source": ["A", "A", "B"],
            "target": ["B", "C", "C"],
            "kind": ["x", "x", "y"],
            "weight": [3, 1, 9],
        }
    )
    layers = pd.DataFrame({"layer": ["s"], "composition": ["shares"]})
    net = inf.MultilayerNetwork.from_edges(ties, layers=layers, years=[2001])
    table = net.at(2001)["s"].to_adjacency()
    assert table.loc["A", "B"] == 0.5 * 3 / 4
    assert table.loc["B", "C"] == 0.5
    other = net.reweight({"s": {"x": 1.0}}).at(2001)["s"].to_adjacency()
    assert other.loc["A", "B"] == 0.75 and other.loc["B", "C"] == 0
    assert net.at(2001)["s"].kinds["y"].to_adjacency().loc["B", "C"] == 9
    with pytest.raises(KeyError, match="no kind z"):
        net.reweight({"s": {"z": 1.0}})


def test_a_kind_of_mutual_ties_is_undirected_by_itself():
    ties = pd.DataFrame(
        {
            "layer": "s",
            "source": ["A", "A", "B"],
            "target": ["B", "C", "C"],
            "kind": ["pact", "pact", "base"],
            "mutual": [True, True, False],
        }
    )
    layer = inf.MultilayerNetwork.from_edges(ties, actors=list("ABCDEF"), years=[2001]).at(2001)["s"]
    assert layer.directed and not layer.kinds["pact"].directed and layer.kinds["base"].directed
    assert len(layer.kinds["pact"].to_edges()) == 2 and len(layer.to_edges()) == 5
    counts = inf.brokerage.gould_fernandez(layer.kinds["pact"], dict(zip("ABCDEF", "xyzxyz", strict=True)))
    assert counts.loc["A", "liaison"] == 1


def test_reprs_are_readable(net):
    assert repr(net).startswith("MultilayerNetwork: 3 actors, 2 organizations, 2001–2002")
    assert "Layer 'goods', 31 December 2002: 3 actors" in repr(net.at(2002)["goods"])
    assert "1 ties unknown or partly unknown" in repr(net.at(2002)["goods"])
    assert "<table" in net._repr_html_() and "<table" in net.at(2001)._repr_html_()


def test_years_outside_are_refused(net):
    with pytest.raises(ValueError, match="cover 2001–2002"):
        net.at(1999)


def test_without_a_row_of_evidence_all_its_ties_fall(net):
    lighter = net.without("treaty-1")
    assert net.at(2001)["pact"].to_edges()["target"].tolist() == ["B", "C"]
    assert lighter.at(2001)["pact"].to_edges().empty
    assert lighter.at(2001)["goods"].to_edges().equals(net.at(2001)["goods"].to_edges())
    assert "treaty-1" not in lighter.evidence.index and "treaty-1" in net.evidence.index
    assert lighter.without(["g1"]).provenance["without"] == ["g1", "treaty-1"]
    with pytest.raises(KeyError, match="no evidence called treaty-9"):
        net.without(["treaty-1", "treaty-9"])


def test_ties_without_evidence_are_numbered_when_asked():
    ties = pd.DataFrame({"layer": "aid", "source": ["B", "A"], "target": ["C", "B"], "year": 2001})
    net = inf.MultilayerNetwork.from_edges(ties)
    assert net.ties["evidence_id"].tolist() == ["edge-2", "edge-1"], "sorted by source, numbered by row"
    assert net.evidence.index.tolist() == ["edge-1", "edge-2"] and net.evidence.isna().all(axis=None)
    receipt = net.at(2001)["aid"].ties("A")
    assert receipt["evidence_id"].tolist() == ["edge-2"] and receipt["source_id"].isna().all()
    fewer = net.without("edge-1")
    assert fewer.ties["source"].tolist() == ["A"] and fewer.evidence.index.tolist() == ["edge-2"]
    with pytest.raises(KeyError, match="edge-1"):
        fewer.without("edge-1")
    assert "2 tie records on 2 rows of evidence" in repr(net)


def test_categorical_names_are_read_as_the_names_they_are():
    ties = pd.DataFrame({"layer": "aid", "source": ["B", "A"], "target": ["C", "B"], "year": 2001})
    odd = pd.Categorical(["B", "A"], categories=["Z", "B", "A"])
    net = inf.MultilayerNetwork.from_edges(ties.assign(source=odd))
    pd.testing.assert_frame_equal(net.ties, inf.MultilayerNetwork.from_edges(ties).ties)
    assert net.actors["actor_id"].tolist() == ["A", "B", "C"], "a category that no tie has is no actor"


def test_an_unknown_rule_is_refused_whatever_dates_the_ties_have():
    ties = pd.DataFrame({"layer": "aid", "source": ["B", "A"], "target": ["C", "B"], "year": 2001})
    for given in (ties, ties.assign(start="2001-01-01").drop(columns="year")):
        net = inf.MultilayerNetwork.from_edges(given)
        with pytest.raises(ValueError, match="rule must be"):
            net.stack("aid", [2001], rule="sometimes")
