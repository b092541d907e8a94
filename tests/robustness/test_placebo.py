"""Placebos: ranks, rates and casts counted by hand; networks whose names or dates have moved."""

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.robustness import (
    false_support,
    generator,
    permuted_labels,
    placebo_casts,
    relabelled,
    shifted,
)

CAST = {"pole": "RUS", "rival": "CHN", "year": 2009}


# --- casts ------------------------------------------------------------------------------------------------------


def test_one_role_at_a_time():
    casts = placebo_casts(CAST, {"pole": ["TUR", "IND"], "rival": ["TUR", "RUS"], "year": [2005, 2009]})
    assert list(casts) == ["pole: RUS→IND", "pole: RUS→TUR", "rival: CHN→TUR", "year: 2009→2005"]
    assert casts["pole: RUS→IND"] == {"pole": "IND", "rival": "CHN", "year": 2009}


def test_several_roles_at_once():
    """Of 3 × 3 casts the true one is none, and three have one actor in both roles."""
    casts = placebo_casts(CAST, {"pole": ["TUR", "CHN"], "rival": ["TUR", "RUS"]}, together=True)
    assert list(casts) == [
        "pole: RUS→CHN, rival: CHN→RUS",
        "pole: RUS→CHN, rival: CHN→TUR",
        "pole: RUS→TUR",
        "pole: RUS→TUR, rival: CHN→RUS",
        "rival: CHN→TUR",
    ]


def test_a_role_that_nobody_plays():
    with pytest.raises(KeyError, match="no role called broker; there are pole, rival, year"):
        placebo_casts(CAST, {"broker": ["KAZ"]})


# --- false support ----------------------------------------------------------------------------------------------


def verdict(value):
    return "supported" if value > 2 else "contradicted"


def test_rate_and_rank_by_hand():
    """True 3; placebos 1, 3, 3, 5, 2: three of five above 2; below 1 + 1, ties 2, so (2 + 1) / 5."""
    found = false_support(float, verdict, 3, {f"w{k}": v for k, v in enumerate([1, 3, 3, 5, 2])})
    assert found.verdict == "supported" and found.rate == 0.6 and found.weak
    told = found.ranks.loc["value"]
    assert told["percentile"] == 0.6
    assert told["p_high"] == pytest.approx(4 / 6)  # 3, 3, 5 and the true one
    assert told["p_low"] == pytest.approx(5 / 6)
    assert told["smallest_p"] == pytest.approx(1 / 6)


def test_weak_begins_above_a_fifth():
    worlds = {f"w{k}": 0 for k in range(4)}
    assert not false_support(float, verdict, 3, {**worlds, "w4": 9}).weak
    assert false_support(float, verdict, 3, {**worlds, "w4": 9, "w5": 9}).weak


def test_worlds_without_a_value_are_reported_and_not_counted():
    def quantity(world):
        if world == "closed":
            raise KeyError("no trade of XAB")
        return {"gap": 1.0 if world == "near" else 5.0, "spread": np.nan if world == "far" else 0.5}

    def rule(parts):
        if np.isnan(parts["spread"]):
            raise ValueError("not an interval")
        return verdict(parts["gap"])

    found = false_support(quantity, rule, "here", {w: w for w in ("near", "far", "closed")})
    assert found.counts == {"worlds": 3, "not available": 2}
    assert found.rate == 0 and found.verdict == "supported"
    assert found.table.set_index("world")["reason"].to_dict() == {
        "true": "",
        "near": "",
        "far": "not an interval",
        "closed": "no trade of XAB",
    }
    assert found.ranks.loc["gap", ["worlds", "percentile"]].tolist() == [2, 0.75]  # 1 below, 5 ties
    assert found.ranks.loc["spread", "worlds"] == 1
    assert "2 without a verdict" in repr(found) and "<table" in found._repr_html_()


def test_nothing_to_judge():
    assert np.isnan(false_support(float, verdict, 3, {}).rate)
    assert not false_support(float, verdict, 3, {}).weak
    with pytest.raises(ValueError, match="must not be called 'true'"):
        false_support(float, verdict, 3, {"true": 1})
    with pytest.raises(ValueError, match="no world has a value: could not convert"):
        false_support(float, verdict, "x", {"w": "y"})
    with pytest.raises(TypeError):  # an error of the program
        false_support(lambda world: world + 1, verdict, "x", {"w": 1})


def test_no_order_of_worlds_and_any_number_of_processes(own_cache):
    values = {f"w{k}": float(v) for k, v in enumerate(generator(1, "placebo").integers(0, 9, 13))}
    one = false_support(float, verdict, 3.0, values)
    two = false_support(float, verdict, 3.0, dict(reversed(values.items())), workers=2, label="toy")
    pd.testing.assert_frame_equal(one.ranks, two.ranks)
    assert one.rate == two.rate and (own_cache / "toy").is_dir()


# --- networks ---------------------------------------------------------------------------------------------------


def network():
    ties = pd.DataFrame(
        {
            "layer": ["aid", "aid", "aid", "pacts", "clubs"],
            "source": ["A", "B", "A", "B", "A"],
            "target": ["B", "C", "D", "C", "club"],
            "year": [2001, 2001, 2002, None, None],
            "start": [None, None, None, "2001-05-01", "2002-02-28"],
            "end": [None, None, None, "2002-06-01", None],
            "weight": [5.0, 2.0, 1.0, 1.0, 1.0],
            "source_id": "a test",
        }
    )
    layers = pd.DataFrame(
        {"layer": ["aid", "pacts", "clubs"], "directed": [True, False, True], "mode": [1, 1, 2], "unit": "ties"}
    )
    margins = pd.DataFrame(
        [("aid", e, y, 10.0 * k + y - 2000, 1.0) for k, e in enumerate("ABCDR") for y in (2001, 2002)],
        columns=["layer", "economy", "year", "exports", "imports"],
    )
    sizes = pd.DataFrame({"org_id": "club", "year": [2001, 2002], "n_members": [7, 9]})
    return inf.MultilayerNetwork.from_edges(
        ties, actors=list("ABCD"), layers=layers, years=[2001, 2002], margins=margins, sizes=sizes
    )


def test_names_change_places():
    """Relabelling is permuting rows and columns of every matrix, world totals with them."""
    net, mapping = network(), {"A": "B", "B": "C", "C": "A"}
    moved = relabelled(net, mapping)
    for year in net.years:
        for layer in ("aid", "pacts"):
            before, after = (one.at(year)[layer].to_adjacency() for one in (net, moved))
            pd.testing.assert_frame_equal(
                after, before.rename(index=mapping, columns=mapping).loc[list("ABCD"), list("ABCD")]
            )
    assert moved.at(2002)["clubs"].incidence().loc["B", "club"] == 1
    assert moved.margins("aid", 2001).loc["B", "exports"] == net.margins("aid", 2001).loc["A", "exports"]
    assert moved.margins("aid", 2001).loc["R"].equals(net.margins("aid", 2001).loc["R"])
    assert moved.provenance["relabelled"]["mapping"] == mapping


def test_there_and_back_is_the_same_network():
    net, mapping = network(), {"A": "B", "B": "C", "C": "A"}
    back = relabelled(relabelled(net, mapping), {v: k for k, v in mapping.items()})
    pd.testing.assert_frame_equal(back.ties, net.ties)
    pd.testing.assert_frame_equal(back.margins("aid", 2002), net.margins("aid", 2002))
    assert list(back.ties["evidence_id"]) == list(net.ties["evidence_id"])


def test_a_network_without_told_evidence_can_be_relabelled():
    net = inf.MultilayerNetwork.from_edges(
        pd.DataFrame({"layer": "aid", "source": ["A"], "target": ["B"], "year": 2001})
    )
    moved = relabelled(net, {"A": "B", "B": "A"})
    assert moved.ties.loc[0, ["source", "target", "evidence_id"]].tolist() == ["B", "A", "edge-1"]


def test_one_layer_only():
    net = network()
    moved = relabelled(net, {"A": "B", "B": "A"}, layers=["aid"])
    assert moved.at(2001)["aid"].to_adjacency().loc["B", "A"] == 5
    assert moved.at(2001)["pacts"].matrix.tolist() == net.at(2001)["pacts"].matrix.tolist()
    assert moved.at(2002)["clubs"].incidence().loc["A", "club"] == 1
    assert moved.margins("aid", 2001).loc["B", "exports"] == net.margins("aid", 2001).loc["A", "exports"]


def test_what_cannot_be_relabelled():
    with pytest.raises(ValueError, match="no permutation"):
        relabelled(network(), {"A": "B"})
    with pytest.raises(KeyError, match="no actor called X"):
        relabelled(network(), {"A": "X", "X": "A"})
    with pytest.raises(KeyError, match="no layer named trade"):
        relabelled(network(), {}, layers=["trade"])


def test_dates_move():
    net = network()
    later = shifted(net, 1)
    assert later.years == (2002,)
    for layer in ("aid", "pacts"):
        np.testing.assert_array_equal(later.at(2002)[layer].matrix, net.at(2001)[layer].matrix)
    assert later.margins("aid", 2002)["exports"].tolist() == net.margins("aid", 2001)["exports"].tolist()
    assert later.organization_sizes(2002) == {"club": 7}
    starts = later.ties.set_index("layer")["start"].dropna().dt.strftime("%Y-%m-%d").to_dict()
    assert starts == {"clubs": "2003-02-28", "pacts": "2002-05-01"}
    pd.testing.assert_frame_equal(shifted(later.replaced(years=[2001, 2002, 2003]), -1).ties, net.ties)


def test_one_layer_leads_the_others():
    net = network()
    ahead = shifted(net, -1, layers=["aid"])
    assert ahead.years == (2001,)
    np.testing.assert_array_equal(ahead.at(2001)["aid"].matrix, net.at(2002)["aid"].matrix)
    np.testing.assert_array_equal(ahead.at(2001)["pacts"].matrix, net.at(2001)["pacts"].matrix)
    assert ahead.organization_sizes(2001) == {"club": 7}
    with pytest.raises(ValueError, match="nothing is left of 2001–2002"):
        shifted(net, 2)


def test_labels_change_places_within_strata():
    strata = {**dict.fromkeys("ABC", "x"), **dict.fromkeys("DE", "y"), "F": "z"}
    seen = set()
    for seed in range(60):
        found = permuted_labels("FEDCBA", generator(seed, "labels"), strata=strata)
        assert found == permuted_labels("ABCDEF", generator(seed, "labels"), strata=pd.Series(strata))
        assert sorted(found) == sorted(found.values()) and all(strata[k] == strata[v] for k, v in found.items())
        seen.add(tuple(found.items()))
    assert len(seen) == 12  # 3! · 2!: all of them
    with pytest.raises(KeyError):
        permuted_labels("AG", generator(1), strata=strata)


def test_the_bundled_study_can_be_relabelled():
    """Shares of the world total move with the name, as totals do."""
    net = inf.load()
    moved = relabelled(net, {"RUS": "CHN", "CHN": "RUS"})
    before, after = (
        inf.dependence.trade_shares(one.at(2009)["trade"]).set_index(["actor", "partner"])["share"]
        for one in (net, moved)
    )
    assert after["RUS", "KAZ"] == pytest.approx(before["CHN", "KAZ"])
    assert after["KAZ", "RUS"] == pytest.approx(before["KAZ", "CHN"])
    assert len(moved.ties) == len(net.ties)
