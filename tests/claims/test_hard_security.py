"""Claims on hard security, each against the same number worked out from the CSV files by plain pandas."""

from __future__ import annotations

import json
import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import DATA, FIVE, FOUR, arms, bases, exercises, flow, held, members, pacts, rows, world_trade

from influence.claims.archive import archive
from influence.claims.measure import Reading, all_measures
from influence.claims.themes import hard_security as theme
from influence.claims.themes._forces import expected_odds
from influence.claims.world import Cast, World

SWAPPED = Cast(russia="CHN", china="RUS")


@pytest.fixture(scope="module")
def world() -> World:
    return World(archive())


def units(kind: str, pole: str, states: list[str], year: int) -> float:
    if kind == "exercises":
        return float(sum(bool(who & set(states)) for who in held(year, pole)["who"])) if year <= 2010 else math.nan
    return float({"bases": bases, "arms": arms, "treaties": pacts}[kind](pole, states, year))


def lead(kinds: list[str], states: list[str], year: int) -> float:
    logs = [math.log((units(k, "RUS", states, year) + 0.5) / (units(k, "CHN", states, year) + 0.5)) for k in kinds]
    return float(np.nanmean(logs))


KINDS = ["bases", "exercises", "arms", "treaties"]


def test_each_measure_reads_the_parts_of_its_rule(world: World) -> None:
    register = pd.read_csv(DATA / "article_claims.csv").set_index("claim_id")
    own = {c: m for c, m in all_measures().items() if m.theme == "hard_security"}
    rules = register.loc[register["theme"] == "hard_security", "rule"].map(json.loads)
    assert set(own) == {claim for claim, rule in rules.items() if rule["parts"]}
    for claim, measure in own.items():
        found = measure.function(world, Cast())
        rule = rules[claim]
        assert list(found) == [p["id"] for p in rule["parts"]], claim
        assert all(isinstance(r, Reading) and not math.isnan(r.value) for r in found.values()), claim
        for part in rule["parts"]:
            assert found[part["id"]].every_year == (part["aggregate"] == "every year")
        for name, cast in measure.placebos(Cast()).items():
            assert list(measure.function(world, cast)) == list(found), f"{claim}, {name}"


def test_c12_share_of_the_hub_and_its_expectation(world: World) -> None:
    shares, odds = [], []
    spending = pd.read_csv(DATA / "attributes.csv").set_index(["year", "actor_id"])["military_expenditure_thousand_usd"]
    for year in range(2002, 2011):
        body = sorted(members("CSTO", year))
        by_kind = {}
        pairs = [(a, b) for a in body for b in body if a != b]
        for kind, count in (("bases", bases), ("arms", arms)):
            hits = [count(a, [b], year) for a, b in pairs if "RUS" in (a, b)]
            rest = [count(a, [b], year) for a, b in pairs if "RUS" not in (a, b)]
            by_kind[kind] = (sum(hits), sum(rest))
        met = [who & set(body) for who in exercises().query("year == @year")["who"]]
        met = [who for who in met if len(who) > 1]
        by_kind["exercises"] = (sum("RUS" in who for who in met), sum("RUS" not in who for who in met))
        shares.append(np.mean([a / (a + b) for a, b in by_kind.values() if a + b]))
        m = {s: spending[year, s] for s in body if not math.isnan(spending[year, s])}
        hits = sum(m["RUS"] * v for s, v in m.items() if s != "RUS")
        every = sum(m[a] * m[b] for a, b in combinations(m, 2))
        logs = [math.log((a + 0.5) / (b + 0.5)) for a, b in by_kind.values()]
        odds.append(np.mean(logs) - math.log(hits / (every - hits)))
    found = theme.hub_of_the_pact(world, Cast())
    assert found["a"].value == pytest.approx(np.mean(shares))
    assert found["b"].value == pytest.approx(np.mean(odds))
    level = [lead(["bases", "exercises", "arms"], FOUR, year) for year in range(2002, 2011)]
    assert found["c"].value == pytest.approx(np.mean(level))
    assert theme.hub_of_the_pact(world, SWAPPED)["c"].value == pytest.approx(-found["c"].value)
    assert theme.hub_of_the_pact(world, Cast(russia="JPN"))["a"].value < 0.2
    assert found["a"].beside["units of KAZ-KGZ"][2003] == 0  # type: ignore[index]


def test_c12_expected_odds_by_hand(world: World) -> None:
    class Spent:
        def power(self, column: str) -> pd.DataFrame:
            return pd.DataFrame({"A": [4.0], "B": [2.0], "C": [1.0], "D": [np.nan]}, index=[2005])

    # with A 4*2 + 4*1 = 12 of 12 + 2*1
    assert expected_odds(Spent(), "A", ["B", "C", "D"], 2005) == pytest.approx(math.log(12 / 2))  # type: ignore[arg-type]
    assert math.isnan(expected_odds(Spent(), "D", ["B", "C"], 2005))  # type: ignore[arg-type]


def test_c13_kinds_in_a_dyad(world: World) -> None:
    def kinds(pole: str, body: str, year: int) -> float:
        states = sorted(members(body, year) & set(FIVE))
        return float(np.mean([sum(units(k, pole, [s], year) > 0 for k in KINDS[:3]) for s in states]))

    by_hand = np.mean([kinds("RUS", "CSTO", y) - kinds("CHN", "SCO", y) for y in range(2002, 2011)])
    assert theme.kinds_in_a_dyad(world, Cast())["a"].value == pytest.approx(by_hand)
    outside = theme.kinds_in_a_dyad(world, Cast(other={"outside": True}))["a"].value
    assert outside < by_hand / 2


def test_c14_log_odds_ratio(world: World) -> None:
    found = theme.division_of_labour(world, Cast())
    for year in (2001, 2009, 2012):
        goods = math.log(sum(flow("RUS", s, year) for s in FIVE) / sum(flow("CHN", s, year) for s in FIVE))
        assert found["a"].by_year is not None
        assert found["a"].by_year[year] == pytest.approx(lead(KINDS, FIVE, year) - goods)
    swapped = theme.division_of_labour(world, SWAPPED)
    assert swapped["a"].value == pytest.approx(-found["a"].value)
    assert swapped["b"].value == pytest.approx(1 - found["b"].value)


def test_c14_share_of_weightings_against_flat_dirichlet_draws(world: World) -> None:
    found = theme.division_of_labour(world, Cast())
    kinds = pd.DataFrame(found["a"].beside)[KINDS].loc[2001].to_numpy()
    weights = np.random.default_rng(5).dirichlet(np.ones(4), 40_000)
    assert found["b"].by_year is not None
    assert found["b"].by_year[2001] == pytest.approx(np.mean(weights @ kinds > 0), abs=0.01)


def test_c15_each_layer_by_itself(world: World) -> None:
    found = theme.level_in_security_not_in_trade(world, Cast())
    assert found["a"].value == pytest.approx(np.mean([lead(KINDS, FIVE, y) for y in range(2004, 2013)]))
    trade = {
        y: math.log(sum(flow("RUS", s, y) for s in FIVE) / sum(flow("CHN", s, y) for s in FIVE))
        for y in range(2009, 2013)
    }
    assert found["b"].value == pytest.approx(np.mean(list(trade.values())))
    share = found["b"].beside["two-competitor share, trade"]
    assert share[2012] == pytest.approx(1 / (1 + math.exp(-trade[2012])))  # type: ignore[index]


def test_c16_weakest_host_and_chinese_bases(world: World) -> None:
    by_host = {s: np.mean([lead(KINDS, [s], y) for y in range(2004, 2013)]) for s in FOUR}
    found = theme.weakest_host(world, Cast())
    assert found["a"].value == pytest.approx(min(by_host.values()))
    assert found["b"].value == max(bases("CHN", FIVE, y) for y in range(2001, 2013)) == 0
    american = theme.weakest_host(world, Cast(china="USA"))["b"].value
    assert american == max(bases("USA", FIVE, y) for y in range(2001, 2013)) == 2


def test_c17_growth_of_chinese_security(world: World) -> None:
    def strength(year: int) -> float:
        listed = held(year, "CHN")
        listed = listed[listed["framework"].isin(["SCO", "CSTO"]) & listed["who"].map(lambda w: bool(w & set(FOUR)))]
        return float(
            np.mean([math.log(n + 0.5) for n in (len(listed), arms("CHN", FOUR, year), pacts("CHN", FOUR, year))])
        )

    found = theme.chinese_security(world, Cast())["a"]
    after, before = (np.mean([strength(y) for y in years]) for years in ((2010, 2011, 2012), (2006, 2007, 2008)))
    assert found.value == pytest.approx(after - before)
    moved = Cast(other={"periods": ((2003, 2004, 2005), (2006, 2007, 2008))})
    assert theme.chinese_security(world, moved)["a"].value == pytest.approx(
        before - np.mean([strength(y) for y in (2003, 2004, 2005)])
    )


def test_c59_size_of_the_drills(world: World) -> None:
    sco = exercises().query("framework == 'SCO' and year >= 2003")
    size = sco["personnel"].fillna((sco["personnel_low"] + sco["personnel_high"]) / 2)
    named = sco["exercise_id"].isin(["peace_mission_2005", "peace_mission_2007"])
    found = theme.drills_of_two_years(world, Cast())
    assert found["a"].value == pytest.approx(math.log(size[named].mean() / size[~named].median()))
    assert found["b"].value == (size[~named] > size[named].min()).sum() == 0
    low, high = found["a"].bounds or (0, 0)
    # unknown ones as large as the largest of all, or as small as the smallest
    ends = [sco["personnel"].fillna(sco[f"personnel_{e}"]) for e in ("low", "high")]
    largest, smallest = ends[1].max(), ends[0].min()
    assert low == pytest.approx(math.log(ends[0][named].mean() / ends[1][~named].fillna(largest).median()))
    assert high == pytest.approx(math.log(ends[1][named].mean() / ends[0][~named].fillna(smallest).median()))
    assert found["b"].bounds == (0, size[~named].isna().sum())
    assert math.isnan(theme.drills_of_two_years(world, Cast(other={"years": (2004, 2008)}))["a"].value)


def test_c60_no_force_under_the_sco(world: World) -> None:
    organs = rows("organizations").query("kind == 'organ'")
    force = organs["name"].str.contains("forces")
    assert list(organs.loc[force, "part_of"]) == ["CSTO"]
    assert theme.no_troops(world, Cast())["a"].value == 0
    assert theme.no_troops(world, Cast(sco="CSTO"))["a"].value == 1


def test_c74_shares_of_the_flanks(world: World) -> None:
    found = theme.leverage_by_flank(world, Cast())

    def trade(hosts: list[str], year: int) -> float:
        return float(np.mean([flow(h, "RUS", year) / sum(world_trade(h, year)) for h in hosts]))

    flank = ["UKR", "GEO", "ARM", "AZE"]
    by_hand = np.mean([math.log(trade(FIVE, y) / trade(flank, y)) for y in range(2001, 2013)])
    assert found["b"].value == pytest.approx(by_hand)

    union = members("EU", 2006)
    powers = {
        "RUS": {"RUS"},
        "CHN": {"CHN"},
        "USA": {"USA"},
        "EUU": union,
        "TUR": {"TUR"},
        "IRN": {"IRN"},
        "IND": {"IND"},
    }

    def security(host: str, year: int) -> float:
        shares = []
        for kind in KINDS:
            count = {}
            for name, own in powers.items():
                if kind == "exercises":
                    met = [(w, n) for w, n in held(year, host)[["who", "n_participants_world"]].itertuples(index=False)]
                    count[name] = sum(1 / (n - 1) for w, n in met if w & own)
                elif kind == "treaties":
                    count[name] = float(any(pacts(p, [host], year) for p in own))
                else:
                    count[name] = sum(units(kind, p, [host], year) for p in own)
            if sum(count.values()) > 0:
                shares.append(count["RUS"] / sum(count.values()))
        return float(np.mean(shares))

    ratio = np.mean([security(h, 2006) for h in FIVE]) / np.mean([security(h, 2006) for h in flank])
    assert found["a"].by_year is not None
    assert found["a"].by_year[2006] == pytest.approx(math.log(ratio))

    one_way = theme.leverage_by_flank(world, Cast(five=("UKR", "GEO", "ARM", "AZE"), other={"flank": tuple(FIVE)}))
    assert {k: r.value for k, r in one_way.items()} == pytest.approx({k: -r.value for k, r in found.items()})


def test_c86_exercises_by_framework(world: World) -> None:
    own = exercises()[exercises()["who"].map(lambda w: "RUS" in w and bool(w & set(FOUR)))]
    own = own[own["year"].between(2003, 2012) & own["framework"].isin(["SCO", "CSTO", "bilateral"])]
    table = own.groupby(["year", "framework"]).size().unstack(fill_value=0)
    share = table["SCO"] / table.sum(axis=1)
    found = theme.exercises_by_framework(world, Cast())
    assert found["a"].value == (share < 0.5).mean()
    rest = table["CSTO"].sum() + table["bilateral"].sum()
    assert found["b"].value == pytest.approx(math.log((rest + 0.5) / (table["SCO"].sum() + 0.5)))
    usual = table["bilateral"].reindex([2008, 2009, 2010], fill_value=0).mean()
    more = math.log((rest + 2 * usual + 0.5) / (table["SCO"].sum() + 0.5))
    assert found["b"].bounds == pytest.approx((found["b"].value, more))
    low, high = found["b"].exact or (0, 0)
    assert low < found["b"].value < high
    chinese = theme.exercises_by_framework(world, Cast(russia="CHN"))
    assert chinese["b"].value < 0 < found["b"].value
    shuffled = theme.exercises_by_framework(world, Cast(other={"permuted": 1}))
    assert shuffled["b"].value == found["b"].value


def test_c87_effort_by_body(world: World) -> None:
    years = range(2003, 2013)
    found = theme.effort_by_body(world, Cast())
    rates = []
    for body in ("CSTO", "SCO"):
        count = sum((held(y, "RUS")["framework"] == body).sum() for y in years)
        rates.append((count + 0.5) / sum(len(members(body, y) - {"RUS"}) for y in years))
    assert found["a"].value == pytest.approx(math.log(rates[0] / rates[1]))
    assert found["b"].value == 1
    means = [
        [np.mean([arms("RUS", [s], y) for s in members(body, y) - {"RUS"}]) for body in ("CSTO", "SCO")] for y in years
    ]
    assert found["c"].value == pytest.approx(np.mean([math.log(a / b) for a, b in means]))
    swapped = theme.effort_by_body(world, Cast(sco="CSTO", csto="SCO"))
    assert {k: r.value for k, r in swapped.items()} == pytest.approx({k: -r.value for k, r in found.items()})
