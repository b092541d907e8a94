"""Claims on energy, each decisive number worked out again from the tables with plain pandas."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import DATA, FIVE, members, rows

from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.themes._pipes import Sold, added, alternatives, exits, parted, sales, share_through, stated
from influence.claims.world import Cast, World


@pytest.fixture(scope="module")
def world():
    return World(archive())


def told(claim, world, cast=None):
    return all_measures()[claim].function(world, cast or Cast())


def in_service(year, commodity=None):
    """Crossings of the default layer on 31 December, and the year's capacity unless only memory has it."""
    years = rows("pipeline_years")
    years = years[(years["year"] == year) & (years["status"] == "present") & years["on_31_december"]]
    years = years.assign(capacity=years["capacity"].mask(years["capacity_evidence_kind"] == "recalled"))
    segments = pd.read_csv(DATA / "pipeline_segments.csv")
    segments = segments[segments["in_default_layer"]]
    lines = pd.read_csv(DATA / "pipelines.csv")[["pipeline_id", "commodity", "fed_by"]]
    columns = ["segment_id", "capacity", "fraction_of_year"]
    frame = segments.merge(years[columns], on="segment_id").merge(lines, on="pipeline_id")
    return frame if commodity is None else frame[frame["commodity"] == commodity]


def bought(to, year):
    f = pd.read_csv(DATA / "pipeline_flows.csv")
    f = f[(f["to_actor"] == to) & (f["year"] == year) & f["in_default"] & (f["flow_type"] == "company_purchase")]
    return dict(zip(f["from_actor"], f["value"], strict=True))


def out_of_the_five(year):
    gas = in_service(year, "gas")
    return gas[gas["from_actor"].isin(FIVE) & ~gas["to_actor"].isin(FIVE)]


def test_the_share_of_2009_by_hand(world):
    lines = out_of_the_five(2009)
    assert set(lines["to_actor"]) == {"RUS", "CHN", "IRN"}
    russia = bought("RUS", 2009)
    assert list(russia) == ["TKM+UZB+KAZ"] and not bought("CHN", 2009) and not bought("IRN", 2009)
    amount = russia["TKM+UZB+KAZ"]
    others = lines[lines["to_actor"] != "RUS"]
    least = amount / (amount + (others["capacity"] * others["fraction_of_year"]).sum())
    beside = told("C07", world)["a"].beside
    assert (beside["least"][2009], beside["most"][2009]) == pytest.approx((least, 1.0))


def test_the_share_of_2011_has_the_sales_to_china_and_bounds_elsewhere(world):
    lines = out_of_the_five(2011)
    china = bought("CHN", 2011)["TKM"]
    assert not bought("RUS", 2011)
    # Five borders of lines with gas of the five into Russia, none of which carries another's number there.
    capacity = lines.loc[(lines["to_actor"] == "RUS") & lines["origin"].str.contains("|".join(FIVE)), "capacity"].sum()
    beside = told("C07", world)["a"].beside
    assert beside["most"][2011] == pytest.approx(capacity / (capacity + china))
    assert beside["least"][2011] == 0.0


def test_changes_and_their_bounds_follow_from_the_years(world):
    found = told("C07", world)
    low, high = found["a"].beside["least"], found["a"].beside["most"]
    middle = (low + high) / 2
    assert found["a"].value == pytest.approx(middle[2012] - middle[2009])
    assert found["a"].bounds == pytest.approx((low[2012] - high[2009], high[2012] - low[2009]))
    assert found["b"].value == pytest.approx(2 * middle[2009] - middle[2012] - middle[2008])
    assert found["b"].bounds[0] <= found["b"].value <= found["b"].bounds[1]


def test_what_russia_can_withhold_by_hand(world):
    """Demand of Russia as observed in 2009, of others by their lines; nothing that goes to Russia has another way."""
    lines = out_of_the_five(2009)
    to = {p: lines.loc[lines["to_actor"] == p, "capacity"].sum() for p in ("CHN", "IRN")}
    amount = bought("RUS", 2009)["TKM+UZB+KAZ"]
    found = told("C07", world)["c"]
    assert found.beside["share of the flow, 2009"] == pytest.approx(amount / (amount + to["CHN"] + to["IRN"]))
    assert found.beside["of TKM alone, 2009"] == 0.0  # no Turkmen gas enters the lines to Russia on 31 December 2009


def test_with_what_memory_supports_the_share_is_a_number(world):
    beside = told("C07", world.reading(doubtful=True))["a"].beside
    f = pd.read_csv(DATA / "pipeline_flows.csv")
    f = f[(f["year"] == 2012) & (f["flow_type"] == "company_purchase") & f["value"].notna() & (f["commodity"] == "gas")]
    f = f[f["from_actor"].isin(FIVE) & f["to_actor"].isin(["RUS", "CHN", "IRN"])]
    share = f.loc[f["to_actor"] == "RUS", "value"].sum() / f["value"].sum()
    assert (beside["least"][2012], beside["most"][2012]) == pytest.approx((share, share))


def test_iran_in_russia_s_place_gains_what_the_others_lose(world):
    russia, iran = (told("C07", world, Cast(russia=p))["a"] for p in ("RUS", "IRN"))
    assert russia.beside["least"][2007] == pytest.approx(1 - iran.beside["most"][2007])


def test_bounds_of_shares():
    through = {
        "RUS": Sold(10, 10, 50, 1.0, True),
        "IRN": Sold(0, 10, 10, 0.0, False),
        "CHN": Sold(0, 20, 20, 0.5, False),
    }
    values = [(10 + 0.5 * c) / (10 + i + c) for i in (0, 10) for c in (0, 20)]
    assert share_through(through) == (min(values), max(values))
    assert all(np.isnan(share_through({"IRN": Sold(0, 0, 0, 0.0, True)})))


def test_an_origin_is_not_counted_twice(world):
    both = sales(world, tuple(FIVE), "RUS", 2010, "gas")["RUS"]
    told_2010 = bought("RUS", 2010)
    assert set(told_2010) == {"TKM+UZB+KAZ", "TKM"}
    assert both.measured and both.low == told_2010["TKM+UZB+KAZ"]
    assert not sales(world, tuple(FIVE), "RUS", 2007, "gas")["RUS"].measured  # Kazakh sales are not known


def test_firms_in_lines_into_china_by_hand(world):
    lines = in_service(2012)
    own = lines[lines["from_actor"].isin(FIVE) & (lines["to_actor"] == "CHN")]
    found = told("C08", world)["a"]
    assert found.value == own.loc[own["russian_company"], "pipeline_id"].nunique() == 0
    assert own["fed_by"].isna().all()
    feeding = lines[(lines["pipeline_id"] == "omsk_pavlodar") & (lines["to_actor"] == "KAZ")]
    assert feeding["russian_company"].all() and found.bounds == (0.0, 1.0)
    azeri = lines[(lines["from_actor"] == "AZE") & lines["russian_company"]]
    casts = all_measures()["C08"].placebos(Cast())
    assert told("C08", world, casts["Russian firms in lines from AZE"])["a"].value == azeri["pipeline_id"].nunique()


def test_the_western_bypass_by_hand(world):
    def share(year, which):
        values = []
        for commodity in ("gas", "oil"):
            lines = in_service(year, commodity)
            producers = ["AZE", "KAZ", "TKM", "UZB"]
            final = lines.sort_values("position").groupby("pipeline_id")["to_actor"].last()
            out = lines[lines["from_actor"].isin(producers) & ~lines["to_actor"].isin(producers)]
            out = out[~out["pipeline_id"].map(final).isin(producers) & out["origin"].str.contains("|".join(producers))]
            touched = lines.groupby("pipeline_id").apply(
                lambda g: set(g["from_actor"]) | set(g["to_actor"]), include_groups=False
            )
            west = [bool(touched[p] & {"GEO", "TUR"}) and "RUS" not in touched[p] for p in out["pipeline_id"]]
            chosen = np.array(west) if which == "west" else (out["to_actor"] == "CHN").to_numpy()
            values.append(out.loc[chosen, "capacity"].sum() / out["capacity"].sum())
        return np.mean(values)

    found = told("C10", world)
    west = share(2012, "west") - share(2004, "west")
    assert found["a"].value == pytest.approx(west)
    assert found["b"].value == pytest.approx(west - share(2012, "east") + share(2004, "east"))
    assert found["b"].bounds[0] < found["b"].value


def test_stated_capacities():
    assert alternatives("12 (2013); 20 (design)") == [12.0, 20.0]
    assert alternatives("90-106 kb/d; 115") == pytest.approx([90 * 0.0498, 106 * 0.0498, 115 * 0.0498])
    assert alternatives("about 2.5 usable") == [2.5]
    assert alternatives("deliveries never above about 6.5") == []


def test_one_figure_for_several_lines_counts_once(world):
    gas = exits(world, 2012, "gas", FIVE)
    assert added(gas, gas["capacity"].to_numpy()) == pytest.approx(world.lines.capacity_added(gas))
    toy = pd.DataFrame(
        {"figure": [0, 0, 1], "capacity": [3.0, 5.0, 2.0], "low": [3.0, 4.0, 1.0], "high": [3.0, 5.0, 2.0]}
    )
    assert added(toy, toy["capacity"].to_numpy()) == 7.0
    share = parted(toy, np.array([False, False, True]))
    assert (share.share, share.low, share.high) == pytest.approx((2 / 7, 1 / 6, 2 / 6))
    wide = stated(world, gas).set_index("pipeline_id").loc["central_asia_center_east"]
    assert (wide["low"], wide["high"]) == (50.0, 90.0)


def test_gas_into_china_begins_outside_the_group(world):
    gas = in_service(2012, "gas")
    into = gas[(gas["to_actor"] == "CHN") & gas["from_actor"].isin(FIVE)]
    assert set(into["origin"]) == {"TKM"} and "TKM" not in members("SCO", 2012)
    assert told("C11", world)["a"].value == 1.0
    assert told("C11", world, Cast(sco="ECO"))["a"].value == 0.0  # of ECO Turkmenistan is a member


def test_lines_and_members_by_all_relabellings(world):
    near = pd.read_csv(DATA / "boundaries.csv").query("boundary == 'neighbourhood' and side == 'member'")["actor_id"]
    lines = in_service(2012)
    joined = {frozenset(p) for p in zip(lines["from_actor"], lines["to_actor"], strict=True)}
    joined = {p for p in joined if p <= set(near) and len(p) == 2}

    def jaccard(body):
        pairs = {frozenset(p) for p in combinations(sorted(body), 2)}
        return len(pairs & joined) / len(pairs | joined)

    body = members("SCO", 2012) & set(near)
    expected = np.mean([jaccard(group) for group in combinations(sorted(near), len(body))])
    assert told("C11", world)["b"].value == pytest.approx(jaccard(body) - expected)


def test_the_turn_to_asia_by_hand(world):
    oil = in_service(2012, "oil")
    own = oil[(oil["from_actor"] == "RUS") & oil["origin"].str.contains("RUS")]
    found = told("C83", world)
    share = own.loc[own["to_actor"] == "CHN", "capacity"].sum() / own["capacity"].sum()
    assert found["a"].beside["change, oil"] == pytest.approx(share) and found["a"].value == 0.0
    new = oil[(oil["to_actor"] == "CHN") & (oil["start"] >= "2001")].set_index("pipeline_id")["capacity"]
    assert set(new.index) == {"atasu_alashankou", "espo_daqing"}
    part = new["espo_daqing"] / new.sum()
    assert found["b"].value == pytest.approx(part)  # no gas line to Asia from a member began service
    assert found["b"].beside["with Turkmenistan"] == pytest.approx(part / 2)


def test_kazakhstan_in_russia_s_place_has_the_rest_of_the_new_lines(world):
    russia, other = (told("C83", world, Cast(russia=p))["b"].value for p in ("RUS", "KAZ"))
    assert russia + other == pytest.approx(1.0)


def test_a_line_through_the_avoided_state_is_no_bypass(world):
    """Every line west leaves by Georgia, so that none avoids it; the lines to China do."""
    found = told("C10", world, Cast(russia="GEO"))
    assert found["a"].value == 0.0
    assert found["b"].value == pytest.approx(-found["a"].beside["to China"][2012])
