"""Claims on Central Asian agency, each against the same number worked out from the CSV files by plain pandas."""

from __future__ import annotations

import json
import math
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import DATA, FIVE, FOUR, flow, rows, there, union_trade, votes_beyond, world_trade

import influence as inf
from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.themes import central_asian_agency as theme
from influence.claims.themes._regional_trade import constraint_of, neighbour_triads
from influence.claims.world import Cast, World

POLES = ("RUS", "CHN", "USA", "EUU", "TUR", "IRN", "IND", "JPN", "KOR")
EARLY, LATE = range(2001, 2004), range(2010, 2013)
YEARS = range(2001, 2013)


@pytest.fixture(scope="module")
def world() -> World:
    return World(archive())


def goods(a: str, b: str, year: int) -> float:
    if "EUU" in (a, b):
        return union_trade(a if b == "EUU" else b, year)
    return flow(a, b, year)


def share(state: str, pole: str, year: int) -> float:
    return goods(state, pole, year) / sum(world_trade(state, year))


def over(values: dict[int, float], before, after) -> float:  # type: ignore[no-untyped-def]
    return float(np.mean([values[y] for y in after]) - np.mean([values[y] for y in before]))


def test_each_measure_reads_the_parts_of_its_rule(world: World) -> None:
    register = pd.read_csv(DATA / "article_claims.csv").set_index("claim_id")
    own = {c: m for c, m in all_measures().items() if m.theme == "central_asian_agency"}
    assert set(own) == {"C50", "C52", "C53", "C54", "C56"}
    for claim, measure in own.items():
        found = measure.function(world, Cast())
        assert list(found) == [p["id"] for p in json.loads(register.at[claim, "rule"])["parts"]], claim
        assert not any(math.isnan(r.value) for r in found.values()), claim


def test_c50_concentration_and_balance(world: World) -> None:
    years = (*EARLY, *LATE)

    def index(s: str) -> dict[int, float]:
        partners = [p for p in (*POLES, *FIVE) if p != s]
        return {y: sum(share(s, p, y) ** 2 for p in partners) for y in years}

    def balance(s: str) -> dict[int, float]:
        both = {y: (share(s, "RUS", y), share(s, "CHN", y)) for y in years}
        return {y: 1 - abs(a - b) / (a + b) for y, (a, b) in both.items()}

    moved = {s: over(index(s), EARLY, LATE) for s in FIVE}
    level = {s: over(balance(s), EARLY, LATE) for s in FIVE}
    found = theme.room_between_two(world, Cast())
    mean = np.mean([moved[s] for s in FOUR])
    assert found["a"].value == pytest.approx(mean)
    assert found["b"].value == pytest.approx(mean - moved["TKM"])
    assert found["c"].value == pytest.approx(np.mean([level[s] for s in FOUR]) - level["TKM"])
    assert found["a"].beside["rank of the outsider"] == sum(v <= moved["TKM"] for v in moved.values())
    other = theme.room_between_two(world, Cast(other={"outsider": "KAZ"}))
    assert other["b"].value == pytest.approx(np.mean([moved[s] for s in FIVE if s != "KAZ"]) - moved["KAZ"])
    pair = theme.room_between_two(world, Cast(russia="TUR", china="IRN"))
    assert (pair["a"].value, pair["c"].value != found["c"].value) == (found["a"].value, True)


def test_c50_constraint_with_the_rest_of_the_world(world: World) -> None:
    names = [*FIVE, *POLES]
    table = pd.DataFrame(0.0, index=[*names, "ROW"], columns=[*names, "ROW"])
    for a, b in combinations(names, 2):
        table.loc[a, b] = table.loc[b, a] = goods(a, b, 2006)
    margins = pd.read_csv(DATA / "bloc_margins.csv").query("source_id == 'baci' and year == 2006").iloc[0]
    for a in names:
        total = margins[["exports_usd_million", "imports_usd_million"]].sum() if a == "EUU" else 0.0
        total = total or sum(world_trade(a, 2006))
        table.loc[a, "ROW"] = table.loc["ROW", a] = total - table.loc[a].sum()
    oracle = inf.structural_holes.constraint(table)
    assert constraint_of(world, FIVE, POLES).loc[2006].to_numpy() == pytest.approx(oracle[FIVE].to_numpy(dtype=float))


def test_c52_kazakhstan_turns(world: World) -> None:
    years, after = (*EARLY, 2008, 2009, 2012), (2008, 2009, 2012)

    def both(s: str, y: int) -> float:
        return share(s, "CHN", y) + share(s, "EUU", y)

    def drift(s: str) -> float:
        return over({y: math.log(both(s, y) / share(s, "RUS", y)) for y in years}, EARLY, after)

    found = theme.pulled_away(world, Cast())
    assert found["a"].value == pytest.approx(over({y: both("KAZ", y) for y in years}, EARLY, after))
    others = np.mean([drift(s) for s in ("AZE", "ARM", "GEO", "UKR", "BLR")])
    assert found["b"].value == pytest.approx(drift("KAZ") - others)
    close = {}
    for y in years:
        m = pd.read_csv(DATA / "trade_margins.csv").query("source_id == 'baci' and year == @y").set_index("economy")
        m = m[["exports_usd_million", "imports_usd_million"]].dropna()
        imports = m["imports_usd_million"] * m["exports_usd_million"].sum() / m["imports_usd_million"].sum()
        e = inf.dependence.expected_flows(m["exports_usd_million"].to_numpy(), imports.to_numpy())
        i, j = m.index.get_loc("RUS"), m.index.get_loc("KAZ")
        close[y] = math.log(flow("RUS", "KAZ", y) / (e[i, j] + e[j, i]))
    assert found["c"].value == pytest.approx(over(close, EARLY, after))
    assert theme.pulled_away(world, Cast(kazakhstan="UZB"))["a"].value != found["a"].value


def test_c53_a_treaty_in_every_year(world: World) -> None:
    chosen = rows("treaties").query("in_default == True and type == 'defence'")
    parties = pd.read_csv(DATA / "treaty_parties.csv")

    def bound(s: str, year: int) -> bool:
        own = there(parties, year)
        own = own[own["treaty_id"].isin(there(chosen, year)["treaty_id"])]
        return bool((own.groupby("treaty_id")["actor_id"].agg(set).map(lambda who: {"RUS", s} <= who)).any())

    for state in ("KAZ", "UZB", "TKM"):
        found = theme.close_ally(world, Cast(kazakhstan=state))["a"]
        assert found.value == np.mean([bound(state, y) for y in YEARS])


def test_c53_columns_of_a_year(world: World) -> None:
    columns = theme._closeness(world, "RUS", FIVE, [2001, 2005])
    far = votes_beyond().loc[2005]
    ranks = (-(far[FIVE] - far["RUS"]).abs()).rank()
    assert columns[2005][-1] == pytest.approx((ranks / ranks.sum()).to_numpy())
    russian = np.array([share(s, "RUS", 2005) for s in FIVE])
    assert columns[2005][-3] == pytest.approx(russian / russian.sum())
    assert len(columns[2005]) == 7 and len(columns[2001]) == 6  # no votes of three of the five in 2001
    assert columns[2005].sum(axis=1) == pytest.approx(np.ones(7))


def test_c53_places_against_exact_shares_of_weightings() -> None:
    columns = np.array([[3.0, 1.0], [1.0, 2.0], [1.0, 4.0]])
    exact = inf.robustness.weightings_above(dict(enumerate(columns[:, 0] - columns[:, 1])))
    first, second = theme._places(columns, 0)
    assert first == pytest.approx(exact, abs=0.02)
    assert first + second == pytest.approx(1.0)
    level = theme._places(np.ones((3, 3)), 1)
    assert level == pytest.approx((1 / 3, 1 / 3))


def test_c54_triads_and_share(world: World) -> None:
    region = pd.read_csv(DATA / "partitions.csv").query("partition == 'region'")
    states = set(pd.read_csv(DATA / "actors.csv").query("kind == 'state'")["actor_id"])
    groups = region[region["actor_id"].isin(states)].groupby("group")["actor_id"].agg(sorted)
    others = [t for g, own in groups.items() if g != "Central Asia" for t in combinations(own, 3)]
    assert sorted(neighbour_triads(world, FIVE)) == sorted(others)
    assert {("ARM", "AZE", "GEO"), ("EST", "LTU", "LVA"), ("BLR", "RUS", "UKR")} <= set(others)
    year = 2004
    m = pd.read_csv(DATA / "trade_margins.csv").query("source_id == 'baci' and year == @year").set_index("economy")
    m = m[["exports_usd_million", "imports_usd_million"]].dropna()
    imports = m["imports_usd_million"] * m["exports_usd_million"].sum() / m["imports_usd_million"].sum()
    e = inf.dependence.expected_flows(m["exports_usd_million"].to_numpy(), imports.to_numpy())
    at = {s: m.index.get_loc(s) for s in states & set(m.index)}

    def level(triad: tuple[str, ...]) -> float:
        pairs = list(combinations(triad, 2))
        fitted = sum(e[at[a], at[b]] + e[at[b], at[a]] for a, b in pairs)
        traded = sum(flow(a, b, year) for a, b in pairs)
        return math.log(traded / fitted) if traded else -math.inf

    middle = np.median([level(t) for t in combinations(FIVE, 3)])
    rest = np.array([level(t) for t in others if set(t) <= set(at)])
    assert len(rest) < len(others)  # Serbia has no world totals before 2006
    found = theme.little_trade(world, Cast())
    assert found["a"].by_year[year] == pytest.approx((rest < middle).mean())  # type: ignore[index]
    inner = {
        y: 2 * sum(flow(a, b, y) for a, b in combinations(FIVE, 2)) / sum(sum(world_trade(s, y)) for s in FIVE)
        for y in (*EARLY, *LATE)
    }
    late, early = (np.mean([inner[y] for y in own]) for own in (LATE, EARLY))
    assert found["b"].value == pytest.approx(math.log(late / early))
    assert theme.little_trade(world, Cast(five=("DEU", "FRA", "GBR")))["a"].value < found["a"].value


def panel() -> tuple[np.ndarray, np.ndarray]:
    """Changes of the centred log ratios of trade with the other four and with Russia, year means removed."""
    x, y = [], []
    for year in range(2001, 2010):
        own = []
        for s in FIVE:
            named = [sum(flow(s, o, year) for o in FIVE if o != s), *(goods(s, p, year) for p in ("RUS", "CHN", "EUU"))]
            logs = np.log([*named, sum(world_trade(s, year)) - sum(named)])
            own.append((logs - logs.mean())[:2])
        x.append([v[0] for v in own])
        y.append([v[1] for v in own])
    dx, dy = np.diff(np.array(x), axis=0), np.diff(np.array(y), axis=0)
    return dx - dx.mean(axis=1, keepdims=True), dy - dy.mean(axis=1, keepdims=True)


def test_c56_co_movement_and_order(world: World) -> None:
    x, y = panel()
    own = np.corrcoef(x.ravel(), y.ravel())[0, 1]
    every = [np.corrcoef(x.ravel(), y[:, list(p)].ravel())[0, 1] for p in permutations(range(5))]
    found = theme.divide_and_rule(world, Cast())
    assert len(every) == 120
    assert found["a"].value == pytest.approx(own - np.mean(every))
    assert found["a"].beside["p"] == pytest.approx(np.mean(np.array(every) <= own + 1e-12))
    forward, reverse = (np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in ((y[:-1], x[1:]), (x[:-1], y[1:])))
    assert found["b"].value == pytest.approx(forward - reverse)
    two = np.corrcoef(x[:-2].ravel(), y[2:].ravel())[0, 1]
    assert found["a"].beside["lead of two years"] == pytest.approx(two)
    order = (1, 0, 2, 3, 4)
    turned = theme.divide_and_rule(world, Cast(other={"order": order}))
    assert turned["a"].value == pytest.approx(np.corrcoef(x.ravel(), y[:, order].ravel())[0, 1], abs=1e-9)


def test_c56_years_that_someone_lacks_are_left_out() -> None:
    x = np.array([[1.0, -1.0], [np.nan, np.nan], [2.0, -2.0]])
    y = np.array([[2.0, -2.0], [1.0, -1.0], [-1.0, 1.0]])
    assert theme._correlation(x, y) == pytest.approx((2 * 2 - 2 * 2) / math.sqrt(10 * 10))
    assert math.isnan(theme._correlation(x[1:2], y[1:2]))
