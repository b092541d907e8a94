"""Doubt: drawn errors come as often, and together, as the model says; a draw applied is the network it describes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.robustness import doubt, outranks, without_actors
from influence.robustness.posterior import expit, levels, logit, node_odds
from influence.tables import read_table

DRAWS = 1000
COVERAGE = pd.DataFrame(
    {"layer": ["aid", "visits"], "kind": ["aid", "visit"], "start_year": 2000, "end_year": 2005, "coverage": "partial"}
)


def study(**columns) -> inf.MultilayerNetwork:
    """Aid between five states, one of them a hub, and visits as events of several states."""
    aid = [("A", b, y, f"aid:A>{b}:{y}") for b in "BCDE" for y in (2001, 2002)] + [("B", "C", 2001, "aid:B>C:2001")]
    rows = [
        {"layer": "aid", "kind": "aid", "source": a, "target": b, "year": y, "evidence_id": e} for a, b, y, e in aid
    ]
    trio = [("A", "B"), ("A", "C"), ("B", "C")]
    rows += [
        {
            "layer": "visits",
            "kind": "visit",
            "source": a,
            "target": b,
            "year": 2001,
            "evidence_id": "visit:1",
            "mutual": True,
        }
        for a, b in trio
    ]
    frame = pd.DataFrame(rows).assign(
        presence_confidence=[["medium", "low"][k % 2] for k in range(9)] + ["low"] * 3,
        source_id=["s1", "s2", "s1", "s2", "s1", "s2", "s1", "s2", "s3", "s4", "s4", "s4"],
    )
    return inf.MultilayerNetwork.from_edges(frame.assign(**columns), actors=list("ABCDEF"), years=range(2000, 2004))


@pytest.fixture(scope="module")
def net():
    return inf.load()


@pytest.fixture(scope="module")
def of_study(net):
    return doubt(net)


def false_counts(of, draws=DRAWS) -> pd.DataFrame:
    """Draw × row of evidence: is it false?"""
    drawn = [of.draw(5, k).false for k in range(draws)]
    return pd.DataFrame([[e in f for e in of.errors.index] for f in drawn], columns=of.errors.index)


def test_rows_are_false_as_often_as_their_level_says():
    of = doubt(study())
    share = false_counts(of).mean()
    assert of.errors.loc["aid:A>B:2001", "p_false"] == 0.1
    assert of.errors.loc["visit:1", "p_false"] == 0.35
    error = np.sqrt(of.errors["p_false"] * (1 - of.errors["p_false"]) / DRAWS)
    assert ((share - of.errors["p_false"]).abs() < 4 * error).all()


def test_the_rate_of_a_level_is_uncertain_so_that_its_errors_come_together():
    of = doubt(study(source_id=None))
    low = false_counts(of)[of.errors.index[of.errors["p_false"] == 0.35]]
    own = levels(read_table("confidence"))
    k, n = own.names.index("low"), low.shape[1]
    p, total = 0.35, float(own.a[k] + own.b[k])
    expected = n * p * (1 - p) * (1 + (n - 1) / (total + 1))  # beta-binomial
    assert low.sum(axis=1).var() == pytest.approx(expected, rel=0.15)
    assert expected > 1.1 * n * p * (1 - p)


def test_a_source_that_errs_as_a_whole_takes_all_its_rows():
    of = doubt(study(source_id="one", presence_confidence="medium"), together=1.0)
    found = false_counts(of, 300).sum(axis=1)
    assert set(found) == {0, len(of.errors)}
    apart = doubt(study(source_id="one", presence_confidence="medium"), together=0.0)
    assert set(false_counts(apart, 300).sum(axis=1)) - {0, len(of.errors)}


def test_a_draw_is_known_by_its_number_alone():
    of, again = doubt(study(), coverage=COVERAGE), doubt(study(), coverage=COVERAGE)
    late = of.draw(5, 7)
    again.draw(5, 3)
    assert again.draw(5, 7).false == late.false
    pd.testing.assert_frame_equal(again.draw(5, 7).missed, late.missed)
    assert len({of.draw(5, k).false for k in range(20)}) > 5
    assert of.draw(5, 7).generator("x").random() == late.generator("x").random() != late.generator("y").random()


def test_an_event_is_true_or_false_with_all_its_pairs():
    net = study()
    of = doubt(net)
    seen = set()
    for k in range(40):
        there = of.draw(1, k).applied(net).ties
        seen.add(int((there["layer"] == "visits").sum()))
    assert seen == {0, 3}


def test_without_confidence_there_is_no_doubt():
    net = study(presence_confidence=None)
    of = doubt(net)
    assert (of.errors[["p_false", "sd_log"]] == 0).all(axis=None)
    pd.testing.assert_frame_equal(of.draw(1, 0).applied(net).ties, net.ties)


def test_a_draw_applied_is_the_network_without_what_is_false(net, of_study):
    draw = of_study.draw(3, 1)
    assert draw.false
    ours = draw.applied(net).ties
    ours = ours[~ours["evidence_id"].str.startswith("missed:")].reset_index(drop=True)
    plain = net.without(draw.false).ties
    factor = plain["evidence_id"].map(draw.factors).fillna(1.0)
    pd.testing.assert_frame_equal(ours.drop(columns="weight"), plain.drop(columns="weight"))
    np.testing.assert_allclose(ours["weight"], plain["weight"] * factor)


def test_what_was_missed_is_there_where_the_draw_says(net, of_study):
    draw = of_study.draw(3, 2)
    applied = draw.applied(net)
    more = applied.ties[applied.ties["evidence_id"].str.startswith("missed:")]
    columns = ["layer", "kind", "source", "target", "year", "weight"]
    expected = draw.missed[columns].sort_values(columns, ignore_index=True)
    found = more[columns].sort_values(columns, ignore_index=True)
    assert len(found) > 10
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert applied.ties["layer"].is_monotonic_increasing
    assert set(applied.evidence.index) == set(applied.ties["evidence_id"])
    year = int(more.iloc[0]["year"])
    assert applied.at(year)["security"].kinds  # the sorted table is cut into layers rightly


def test_missed_ties_are_as_many_as_the_coverage_lets_expect():
    net = study(presence_confidence="high", source_id=None)
    of = doubt(net, coverage=COVERAGE)
    missed = pd.concat([of.draw(2, k).missed for k in range(DRAWS)])
    aid = missed[missed["layer"] == "aid"]
    rate, recorded = 0.1 / 0.9, 9 * 0.98
    assert len(aid) / DRAWS == pytest.approx(rate * recorded, rel=0.12)
    # Never a pair that is recorded, never one that never sent or received.
    tied = set(net.ties[["source", "target", "year"]].itertuples(index=False, name=None))
    drawn = set(aid[["source", "target", "year"]].itertuples(index=False, name=None))
    assert not drawn & tied and drawn <= {(a, b, y) for a in "AB" for b in "BCDE" for y in (2001, 2002)}
    # In 2002 only A is known to give: B is less likely to have been overlooked than it would be by chance alone.
    assert len(doubt(net).draw(2, 0).missed) == 0, "of coverage nothing is told"


def test_the_active_are_missed_more_often():
    of = doubt(study(presence_confidence="high"), coverage=COVERAGE.assign(coverage="none"))
    part = of.parts["visits"][2001]
    assert len(part.candidates.kind) == 0, "all three pairs are recorded"
    tied = np.zeros((4, 4), bool)
    tied[0, 1:] = tied[1:, 0] = True
    tied[1, 2] = tied[2, 1] = True
    odds = node_odds(tied, directed=False)
    assert odds[1, 2] > odds[1, 3] == pytest.approx(odds[2, 3])


def test_unknown_pairs_are_no_candidates(net, of_study):
    missed = pd.concat([of_study.draw(9, k).missed for k in range(40)])
    late = missed[(missed["kind"] == "exercise") & (missed["year"] >= 2011)]
    stack = net.stack("security")
    year = late["year"].to_numpy(dtype=int) - net.years[0]
    i, j = (stack.rows.get_indexer(late[end]) for end in ("source", "target"))
    assert len(late) and not np.isnan(stack.kinds["exercise"][year, i, j]).any()
    assert np.isnan(stack.kinds["exercise"]).any()
    assert set(missed["kind"]) == {"arms", "base", "exercise", "defence_pact", "other_pact"}


def test_rows_between_the_rarely_tied_are_more_doubtful_and_the_mean_of_the_level_is_kept():
    net = study(presence_confidence="medium")
    by_node = doubt(net, prior="node").errors.query("layer == 'aid'")["p_false"]
    assert by_node["aid:A>B:2001"] < by_node["aid:B>C:2001"]
    assert by_node[by_node.index.str.endswith("2001")].mean() == pytest.approx(0.1, abs=5e-3)
    # Odds of error are inverse to the odds of a true tie, which are those of a recorded one less what is false.
    part = doubt(net, prior="node").parts["aid"][2001]
    tied = np.zeros((6, 6), bool)
    tied[0, 1:5] = tied[1, 2] = True
    odds = node_odds(tied, directed=True)
    ids = doubt(net).errors.index[part.rows]
    at = {id: k for k, id in enumerate(ids)}
    true = {"aid:A>B:2001": odds[0, 1], "aid:B>C:2001": odds[1, 2]}
    product = {
        id: part.offset[at[id]] + np.log(o * (1 - expit(logit(0.1) + part.offset[at[id]]))) for id, o in true.items()
    }
    assert product["aid:A>B:2001"] == pytest.approx(product["aid:B>C:2001"], abs=0.02)
    assert part.offset[at["aid:B>C:2001"]] > part.offset[at["aid:A>B:2001"]] + 0.5


def test_the_years_of_a_line_share_one_error(net, of_study):
    drawn = [of_study.draw(4, k).false for k in range(60)]
    lines = of_study.errors.index[of_study.errors["layer"] == "energy"].to_series()
    of_line = lines.str.rsplit(":", n=1).str[0]
    for false in drawn:
        share = lines.isin(false).groupby([of_line, of_study.errors.loc[lines.index, "p_false"]]).mean()
        assert set(share) <= {0.0, 1.0}


def test_measured_values_exist_and_err_by_their_class(net, of_study):
    trade = of_study.errors[of_study.errors["layer"] == "trade"]
    assert (trade["p_false"] == 0).all()
    unflagged = trade.index.difference(of_study.bounds.index)
    factors = pd.DataFrame([of_study.draw(6, k).factors[unflagged] for k in range(60)])
    # The scale sets the 90 per cent quantile: 2.353 of Student's t with three degrees of freedom.
    beyond = (np.log(factors).abs() > trade.loc[unflagged, "sd_log"] / 3**0.5 * 2.35336).mean(axis=None)
    assert beyond == pytest.approx(0.1, abs=0.015)
    votes = of_study.errors[of_study.errors["layer"] == "diplomacy"]
    assert (votes[["p_false", "sd_log"]] == 0).all(axis=None)


def test_large_flows_between_good_reporters_are_the_surest(of_study, net):
    sd = of_study.errors["sd_log"]
    assert sd["trade:DEU>FRA:2009:baci"] < 0.4 < sd["trade:KGZ>AZE:2009:baci"]


def test_flagged_flows_have_bounds_and_no_distribution(net, of_study):
    id = "trade:CHN>KGZ:2008:baci"
    recorded = float(net.ties.set_index("evidence_id").loc[id, "weight"])
    bounds = of_study.bounds.loc[id]
    assert bounds["low"] < recorded < bounds["high"]
    assert of_study.errors.loc[id, "sd_log"] == 0
    assert id not in of_study.draw(1, 0).factors
    for scenario in ("low", "high"):
        draw = of_study.draw(1, 0, scenario=scenario)
        assert draw.factors[id] * recorded == pytest.approx(bounds[scenario])
    other = read_table("trade").query(
        "exporter == 'CHN' and importer == 'KGZ' and year == 2008 and source_id != 'baci'"
    )
    assert bounds["low"] <= float(other["value_usd_million"].iloc[0]) <= bounds["high"]


def test_capacities_err_as_their_confidence_says():
    net = inf.load(energy="capacity")
    errors = doubt(net).errors.query("layer == 'energy'")
    told = net.evidence.loc[errors.index, "value_confidence"]
    mean = errors.groupby(told)["sd_log"].mean()
    assert 0 < mean["high"] < mean["medium"] < mean["low"]
    assert (doubt(inf.load()).errors.query("layer == 'energy'")["sd_log"] == 0).all()


def test_other_readings_bring_their_rows(net):
    of = doubt(net, also=[inf.load(trade="cow_trade_v4", roles="observers")])
    assert of.errors.loc["trade:RUS>KAZ:2009:cow_trade_v4", "sd_log"] > 0
    assert of.errors["kind"].isin(["observer"]).any()
    cow = inf.load(trade="cow_trade_v4")
    drawn = of.draw(1, 1).applied(cow)
    assert (drawn.stack("trade").matrix() != cow.stack("trade").matrix()).mean() > 0.5


@pytest.mark.parametrize(
    "change",
    [{"p_error_presence": 0.0}, {"p_error_presence": 1.2}, {"low": 0.3, "high": 0.2}, {"low": 0.2, "high": 0.3}],
)
def test_a_level_that_is_no_probability_is_refused(change):
    table = pd.DataFrame({"level": ["sure"], "p_error_presence": [0.1]}).assign(**change)
    with pytest.raises(ValueError, match="confidence 'sure'"):
        doubt(study(), confidence=table)


def test_misspelt_options_are_refused(of_study):
    with pytest.raises(ValueError, match="prior"):
        doubt(study(), prior="nodes")
    with pytest.raises(ValueError, match="scenario"):
        of_study.draw(1, 1, scenario="middle")


def test_the_doubt_of_a_network_serves_a_part_of_it(net):
    """Oracle: the share of drawn networks, each built whole and then cut, in which one stands above the other."""
    of = doubt(net)
    part = without_actors(net, [a for a in net.actors["actor_id"] if a not in ("RUS", "CHN", "KAZ", "UZB", "TKM")])
    found = outranks(part, "strength", "CHN", "RUS", layers=["trade", "security"], years=2009, of=of, draws=15, seed=2)
    for layer, p in found[["layer", "p"]].to_numpy():
        own = [of.draw(2, k).applied(part).at(2009)[layer] for k in range(15)]
        cut = [of.draw(2, k).applied(net).at(2009)[layer] for k in range(15)]
        strengths = [inf.centrality.strength(one) for one in own]
        assert np.mean([s["CHN"] > s["RUS"] for s in strengths]) == pytest.approx(p)
        for one, whole in zip(own, cut, strict=True):
            kept = whole.ties()
            kept = kept[kept["source"].isin(part.panel_actors()) & kept["target"].isin(part.panel_actors())]
            assert sorted(one.ties()["evidence_id"]) == sorted(kept["evidence_id"])
