"""The boundary drawn elsewhere, and one thing left out at a time: against brute force and by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.robustness import boundary_stability, jackknife, without_actors

NAMES = list("ABCDEFG")


def network(margins=None):
    """A gives to C, D, E and B to F, G; pacts of three kinds; clubs; from two sources."""
    aid = [("A", "C", 3), ("A", "D", 2), ("A", "E", 2), ("B", "F", 4), ("B", "G", 1)]
    pacts = [("A", "C", "base"), ("B", "C", "base"), ("A", "D", "arms"), ("A", "E", "arms"), ("B", "F", "drill")]
    clubs = [(a, o) for o, members in {"big": "ABCDEFG", "one": "ACD", "two": "BF"}.items() for a in members]
    frames = [
        pd.DataFrame(aid, columns=["source", "target", "weight"]).assign(layer="aid", year=2001, source_id="books"),
        pd.DataFrame(pacts, columns=["source", "target", "kind"]).assign(layer="pacts", source_id="books;press"),
        pd.DataFrame(clubs, columns=["source", "target"]).assign(layer="clubs", source_id="press"),
    ]
    layers = pd.DataFrame(
        {
            "layer": ["aid", "pacts", "clubs"],
            "directed": [True, False, True],
            "mode": [1, 1, 2],
            "composition": ["sum", "shares", "sum"],
            "unit": "ties",
        }
    )
    ties = pd.concat(frames, ignore_index=True)
    ties["weight"] = ties["weight"].fillna(1.0)
    return inf.MultilayerNetwork.from_edges(ties, actors=NAMES, layers=layers, years=[2001], margins=margins).reweight(
        {"pacts": {"base": 0.5, "arms": 0.3, "drill": 0.2}}
    )


def lead(net):
    """What A gives less what B gives: 7 − 5."""
    given = inf.centrality.strength_out(net.at(2001)["aid"])
    return given["A"] - given["B"]


# --- the boundary -----------------------------------------------------------------------------------------------


def test_every_set_against_brute_force():
    gifts = {"C": 3, "D": 2, "E": 2, "F": -4, "G": -1}
    found = boundary_stability(network(), lead, compared=["A", "B"])
    assert found.value == 2 and found.droppable == tuple("CDEFG")
    for count in range(1, 6):
        sums = [sum(w for a, w in gifts.items() if a not in gone) for gone in itertools.combinations("CDEFG", count)]
        row = found.curve.loc[count]
        assert row["keeps"] == pytest.approx(np.mean([s > 0 for s in sums]))
        assert (row["low"], row["high"], row["sets"]) == (min(sums), max(sums), len(sums))
    assert found.curve["exact"].all() and found.curve["standard_error"].eq(0).all()


def test_the_largest_share_is_the_last_before_the_finding_goes():
    """Kept unless −3 or −4: dropping C and D, or C and E, leaves −3; all but F leaves −4. Recovery is no credit."""

    def stability(**options):
        return boundary_stability(
            network(), lead, compared=["A", "B"], keeps=lambda value: value not in (-3, -4), **options
        )

    assert stability().curve["keeps"].tolist() == pytest.approx([1, 0.8, 1, 0.8, 1])
    assert stability().largest_share == 1 / 5
    assert stability(level=0.75).largest_share == 1
    assert stability(counts=[2, 3]).largest_share == 0


def test_random_sets_come_near_all_sets_and_do_not_depend_on_workers():
    net = network()
    exact = boundary_stability(net, lead, compared=["A"], counts=[3])
    drawn = boundary_stability(net, lead, compared=["A"], counts=[3], draws=19)
    again = boundary_stability(net, lead, compared=["A"], counts=[3, 2], draws=19, workers=2)
    assert exact.curve.loc[3, "sets"] == 20 and not drawn.curve.loc[3, "exact"]
    assert abs(drawn.curve.loc[3, "keeps"] - exact.curve.loc[3, "keeps"]) <= 4 * drawn.curve.loc[3, "standard_error"]
    pd.testing.assert_series_equal(drawn.curve.loc[3], again.curve.loc[3])
    other = boundary_stability(net, lead, compared=["A"], counts=[3], draws=19, seed=2)
    assert not other.curve.equals(drawn.curve)


def test_who_is_dropped_falls_to_the_rest_of_the_world():
    """A's share in its world total of 14 does not move when others leave; the rest of the world takes theirs."""
    world = pd.DataFrame(
        [("aid", a, 2001, 14.0, 9.0) for a in [*NAMES, "X"]], columns=["layer", "economy", "year", "exports", "imports"]
    )
    net = network(world)
    fewer = without_actors(net, ["D", "G"])
    shares = [
        inf.dependence.trade_shares(n.at(2001)["aid"], flow="exports").set_index(["actor", "partner"])["share"]
        for n in (net, fewer)
    ]
    assert shares[0]["A", "C"] == shares[1]["A", "C"] == pytest.approx(3 / 14)
    assert shares[1]["A", "ROW"] == pytest.approx(shares[0]["A", "ROW"] + 2 / 14)
    assert "D" not in fewer.labels("aid") and fewer.at(2001)["clubs"].incidence().index.tolist() == list("ABCEF")
    assert fewer.provenance["without_actors"] == ["D", "G"]
    assert without_actors(fewer, ["E"]).provenance["without_actors"] == ["D", "E", "G"]


def test_an_organization_with_the_name_of_an_actor_stays():
    seats = pd.DataFrame({"layer": "clubs", "source": ["A", "EUU"], "target": ["EUU", "EUU"]})
    layers = pd.DataFrame({"layer": ["clubs"], "mode": 2})
    fewer = without_actors(inf.MultilayerNetwork.from_edges(seats, layers=layers, years=[2001]), ["EUU"])
    assert fewer.at(2001)["clubs"].incidence().to_dict() == {"EUU": {"A": 1}}


def test_a_set_without_an_answer_counts_against_the_finding():
    def to_c(net):
        return net.at(2001)["aid"].to_adjacency().loc["A", "C"]

    found = boundary_stability(network(), to_c, compared=["A"], counts=[1])
    assert found.curve.loc[1, ["keeps", "not_available"]].tolist() == pytest.approx([5 / 6, 1])
    assert found.largest_share == 0.0
    assert "1 of 6 sets have no answer" in repr(found)


def test_ten_numbers_up_to_all_of_many():
    ties = pd.DataFrame({"layer": "aid", "source": "A", "target": [f"t{k:02d}" for k in range(33)], "year": 2001})

    def given(net):
        return inf.centrality.degree_out(net.at(2001)["aid"])["A"]

    found = boundary_stability(
        inf.MultilayerNetwork.from_edges(ties), given, compared=["A"], draws=4, keeps=lambda v: v >= 10
    )
    assert found.curve.index.tolist() == [3, 7, 10, 13, 16, 20, 23, 26, 30, 33]
    assert found.largest_share == pytest.approx(23 / 33)
    assert "holds with probability 95% while up to 70% of 33 actors" in repr(found)
    assert "<table" in found._repr_html_()


def test_what_cannot_be_asked_of_the_boundary():
    net = network()
    with pytest.raises(KeyError, match="no actor called X"):
        boundary_stability(net, lead, compared=["A", "X"])
    with pytest.raises(ValueError, match="nobody to drop"):
        boundary_stability(net, lead, compared=NAMES)
    with pytest.raises(ValueError, match="the answer is 0"):
        boundary_stability(net, lambda net: 0.0, compared=["A"])
    with pytest.raises(ValueError, match="does not hold with everybody: the answer is 2"):
        boundary_stability(net, lead, compared=["A"], keeps=lambda v: v > 3)
    with pytest.raises(ValueError, match="no answer with everybody: no layer named 'trade'"):
        boundary_stability(net, lambda net: net.at(2001)["trade"].matrix.sum(), compared=["A"])
    with pytest.raises(ValueError, match="counts must lie between 1 and 5"):
        boundary_stability(net, lead, compared=["A", "B"], counts=[0, 2])


# --- one thing at a time ----------------------------------------------------------------------------------------


def by(frame, column="value"):
    return frame.set_index("dropped")[column].to_dict()


def test_actors_by_hand():
    found = jackknife(network(), lead, over="actors", compared=["A", "B"])
    assert by(found) == {"C": -1, "D": 0, "E": 0, "F": 6, "G": 3}
    assert by(found, "change") == {"C": -3, "D": -2, "E": -2, "F": 4, "G": 1}
    assert by(found, "keeps") == {"C": False, "D": False, "E": False, "F": True, "G": True}
    assert found.attrs["value"] == 2


def test_organizations_by_hand():
    """Newman: a club of seven gives each pair 1/6, of three 1/2, of two 1."""

    def shared(net):
        return inf.centrality.strength(net.at(2001)["clubs:shared"])["A"]

    found = jackknife(network(), shared)
    assert by(found) == pytest.approx({"big": 1.0, "one": 1.0, "two": 2.0})
    assert found["over"].unique().tolist() == ["organizations"]


def test_kinds_keep_their_proportions():
    """Shares of A in half-weights: base ¼, arms ½, drill 0, weighing .5, .3, .2; undirected: each tie stands twice."""

    def weight(net):
        return inf.centrality.strength(net.at(2001)["pacts"])["A"]

    assert weight(network()) == pytest.approx(0.5 / 4 + 0.3 / 2)
    found = jackknife(network(), weight, over="kinds")
    assert by(found) == pytest.approx(
        {
            "pacts: arms": 0.5 / 0.7 / 4,
            "pacts: base": 0.3 / 0.5 / 2,
            "pacts: drill": 0.5 / 0.8 / 4 + 0.3 / 0.8 / 2,
        }
    )


def test_layers_are_then_unknown():
    found = jackknife(network(), lead, over="layers")
    assert by(found, "keeps") == {"aid": False, "pacts": True, "clubs": True}
    assert found.loc[found["dropped"] == "aid", "value"].isna().all()
    assert "no layer named 'aid'" in by(found, "reason")["aid"]
    assert by(jackknife(network(), lambda net: len(net.layers), over="layers")) == dict.fromkeys(
        ("aid", "clubs", "pacts"), 2
    )


def test_sources_fell_only_what_rests_on_nothing_else():
    def ties(net):
        return len(net.ties)

    net = network()
    found = jackknife(net, ties, over="sources")
    assert by(found, "change") == {"books": -5, "press": -12}


def test_what_cannot_be_left_out():
    with pytest.raises(ValueError, match="over must be one of organizations, kinds, layers, sources, actors"):
        jackknife(network(), lead, over="years")
    with pytest.raises(ValueError, match="there are no actors to leave out"):
        jackknife(network(), lead, over="actors", compared=NAMES)
    with pytest.raises(ValueError, match="no answer with everything: no number"):
        jackknife(network(), lambda net: float("nan"), over="layers")


def test_no_order_of_ties():
    net = network()
    ties = net.ties.join(net.evidence["source_id"], on="evidence_id").sample(frac=1, random_state=3)
    other = inf.MultilayerNetwork.from_edges(
        ties.drop(columns="mutual"), actors=NAMES, layers=net.specs, years=[2001], organizations=net.organizations
    )
    for over in ("organizations", "kinds", "layers", "sources", "actors"):
        pd.testing.assert_frame_equal(jackknife(net, lead, over), jackknife(other, lead, over))


def test_the_bundled_study():
    """Dropping an organization that both share moves both; the answer without CSTO is what `without` gives."""
    net = inf.load()

    def gap(net):
        shared = net.at(2009)["institutions:shared"].to_adjacency()
        return shared.loc["RUS", "KAZ"] - shared.loc["CHN", "KAZ"]

    found = jackknife(net, gap, over="organizations")
    evidence = net.ties.loc[(net.ties["layer"] == "institutions") & (net.ties["target"] == "CSTO"), "evidence_id"]
    assert by(found)["CSTO"] == pytest.approx(gap(net.without(evidence)))
    stable = boundary_stability(net, gap, compared=["RUS", "CHN", "KAZ"], counts=[1, 15], draws=5)
    assert stable.curve["sets"].tolist() == [5, 5]
