"""Claims on countering the West, each against the same number worked out from the CSV files by plain pandas."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import (
    DATA,
    FIVE,
    FOUR,
    arms,
    bases,
    exercises,
    flow,
    members,
    pacts,
    rows,
    there,
    union_trade,
    votes_beyond,
    world_trade,
)

from influence.claims.archive import archive
from influence.claims.measure import Reading, all_measures
from influence.claims.themes import countering_west as theme
from influence.claims.world import Cast, World

SWAPPED = Cast(russia="CHN", china="RUS")
OTHERS = ("EUU", "TUR", "IRN", "IND", "JPN", "KOR")


@pytest.fixture(scope="module")
def world() -> World:
    return World(archive())


def with_five(pole: str, year: int) -> float:
    return sum(union_trade(s, year) if pole == "EUU" else flow(pole, s, year) for s in FIVE)


def over(values: dict[int, float], before: range | tuple[int, ...], after: range | tuple[int, ...]) -> float:
    return float(np.mean([values[y] for y in after]) - np.mean([values[y] for y in before]))


def test_each_measure_reads_the_parts_of_its_rule(world: World) -> None:
    register = pd.read_csv(DATA / "article_claims.csv").set_index("claim_id")
    own = {c: m for c, m in all_measures().items() if m.theme == "countering_west"}
    assert set(own) == {c for c in register.index[register["theme"] == "countering_west"] if _parts(register, c)}
    for claim, measure in own.items():
        found = measure.function(world, Cast())
        assert list(found) == _parts(register, claim), claim
        assert all(isinstance(r, Reading) and not math.isnan(r.value) for r in found.values()), claim
        assert len(measure.placebos(Cast())) >= 3


def _parts(register: pd.DataFrame, claim: str) -> list[str]:
    return [p["id"] for p in json.loads(register.at[claim, "rule"])["parts"]]


def test_c30_approach(world: World) -> None:
    points = pd.read_csv(DATA / "ideal_points.csv").pivot(index="year", columns="actor_id", values="ideal_point")
    for year in points.index:
        points.loc[year, "EUU"] = points.loc[year, sorted(members("EU", year) & set(points))].mean()

    def nearer(pole: str) -> float:
        apart = {y: float(np.nanmean([abs(points.at[y, s] - points.at[y, pole]) for s in FIVE])) for y in points.index}
        return -over(apart, range(2002, 2005), range(2006, 2010))

    others = np.mean([nearer(p) for p in ("USA", "CHN", "TUR", "IRN", "IND", "JPN", "EUU")])
    found = theme.approach(world, Cast())["a"]
    assert found.value == pytest.approx(nearer("RUS") - others)
    assert found.beside["approach of CHN"] == pytest.approx(nearer("CHN"))
    assert theme.approach(world, Cast(russia="CHN"))["a"].value > found.value  # China came nearer than Russia


def west(year: int) -> set[str]:
    return (members("NATO", year) | members("EU", year) | {"USA"}) - {"TUR"}


def security_share(hosts: list[str], year: int) -> float:
    camps = [west(year)] + [{p} for p in ("RUS", "CHN", "TUR", "IRN", "IND", "JPN", "KOR")]
    shares = []
    met = exercises().query("year == @year and n_participants_world <= 6")["who"]
    for count in (
        lambda who: sum(bases(a, hosts, year) for a in who),
        lambda who: sum(bool(w & who and w & set(hosts)) for w in met) if year <= 2010 else 0,
        lambda who: sum(arms(a, hosts, year) for a in who),
    ):
        units = [count(who) for who in camps]
        if sum(units):
            shares.append(units[0] / sum(units))
    return float(np.mean(shares))


def test_c31_western_shares(world: World) -> None:
    years = (*range(2002, 2005), *range(2006, 2011))
    four = {y: security_share(FOUR, y) for y in years}
    flank = {y: security_share(["GEO", "UKR", "ARM", "AZE"], y) for y in years}
    found = theme.western_weight(world, Cast())
    falls = [over(v, years[:3], years[3:]) for v in (four, flank)]
    assert found["a"].value == pytest.approx(falls[0] - falls[1])
    assert found["b"].value == pytest.approx(np.mean([four[y] for y in years[3:]]))
    shares = {}
    for y in (*years[:3], *range(2008, 2013)):
        apart = west(y) - members("EU", y)
        goods = sum(union_trade(s, y) + sum(flow(s, a, y) for a in apart) for s in FOUR)
        shares[y] = goods / sum(sum(world_trade(s, y)) for s in FOUR)
    assert found["c"].value == pytest.approx(over(shares, years[:3], range(2008, 2013)))
    assert "POL" in west(2003) - members("EU", 2003)  # an ally that is not yet in the Union counts
    assert theme.western_weight(world, Cast(other={"west": "JPN"}))["b"].value < found["b"].value


def test_c32_manas_stays_and_karshi_does_not(world: World) -> None:
    assert all(bases("USA", ["KGZ"], y) for y in range(2005, 2013))
    assert theme.base_that_stayed(world, Cast())["a"].value == 1.0
    assert theme.base_that_stayed(world, Cast(other={"host": "UZB"}))["a"].value == 0.0
    struck = world.striking(["security_ties:usa_kgz_manas"])
    assert theme.base_that_stayed(struck, Cast())["a"].value == 0.0


def test_votes_of_the_six(world: World) -> None:
    far = votes_beyond()
    six = ["RUS", "CHN", *FOUR]
    mean = far[six].mean(axis=1)
    peak, early, late = ([*range(a, b)] for a, b in ((2005, 2009), (2002, 2005), (2009, 2013)))
    c33 = theme.years_of_challenge(world, Cast())
    assert c33["a"].value == pytest.approx(mean[peak].mean() - mean[early].mean())
    assert c33["b"].value == pytest.approx(mean[peak].mean() - mean[late].mean())
    moved = far.loc[[2010, 2011, 2012]].mean() - far.loc[[*range(2004, 2009)]].mean()
    assert theme.reset(world, Cast())["a"].value == pytest.approx(moved["RUS"] - moved[six[1:]].mean())
    years = [*range(2004, 2013)]
    c35 = theme.holding_back(world, Cast())
    assert c35["a"].value == pytest.approx((far["RUS"] - far[FOUR].mean(axis=1))[years].mean())
    assert c35["b"].value == pytest.approx((far["RUS"] - far["CHN"])[years].mean())
    assert theme.holding_back(world, SWAPPED)["b"].value == pytest.approx(-c35["b"].value)
    window = [*range(2004, 2009)]
    rest = [y for y in far.index if y not in window]
    c88 = theme.keenest(world, Cast())
    gap = far["RUS"] - far[six[1:]].mean(axis=1)
    assert c88["a"].value == pytest.approx(gap[window].mean())
    assert c88["b"].value == pytest.approx((far["RUS"] - far[six[1:]].max(axis=1))[window].mean())
    assert c88["c"].value == pytest.approx(gap[window].mean() - gap[rest].mean())
    assert far.loc[2001, FOUR].isna().sum() == 3  # who has no votes is left out of a year's mean


def test_every_member_takes_russia_s_place_once(world: World) -> None:
    casts = all_measures()["C88"].placebos(Cast())
    cast = casts["KAZ and RUS in each other's place"]
    assert (cast.russia, cast.four) == ("KAZ", ("RUS", "KGZ", "TJK", "UZB"))
    far, others = votes_beyond(), ["RUS", "CHN", "KGZ", "TJK", "UZB"]
    gap = (far["KAZ"] - far[others].mean(axis=1))[[*range(2004, 2009)]].mean()
    assert theme.keenest(world, cast)["a"].value == pytest.approx(gap)


def test_c36_the_sheltered_tie(world: World) -> None:
    far = votes_beyond()["CHN"]
    logs = [math.log(flow("CHN", "USA", y) / sum(flow("CHN", s, y) for s in [*FIVE, "RUS"])) for y in range(2001, 2013)]
    found = theme.sheltered_tie(world, Cast())
    assert found["a"].value == pytest.approx(np.mean(logs))
    before, after = range(2002, 2005), range(2005, 2009)
    assert found["b"].value == pytest.approx(over(far.to_dict(), before, after))

    def share(p: str, y: int) -> float:
        return (union_trade("CHN", y) if p == "EUU" else flow("CHN", p, y)) / sum(world_trade("CHN", y))

    moved = {p: over({y: share(p, y) for y in (*before, *after)}, before, after) for p in ("USA", "EUU", "JPN", "KOR")}
    assert found["c"].value == pytest.approx(moved["USA"] - np.mean([moved[p] for p in ("EUU", "JPN", "KOR")]))


def test_c38_gains_of_others(world: World) -> None:
    found = theme.gains_of_others(world, Cast())
    for part, pole in zip("abc", ("CHN", "IRN", "TUR"), strict=True):
        level = {
            y: math.log(with_five(pole, y) / sum(sum(world_trade(s, y)) for s in FIVE))
            for y in (2001, 2002, 2011, 2012)
        }
        assert found[part].value == pytest.approx(over(level, (2001, 2002), (2011, 2012)))
    assert theme.gains_of_others(world, Cast(china="JPN"))["a"].value != found["a"].value


def test_c49_iran_is_never_a_member(world: World) -> None:
    found = theme.kept_outside(world, Cast())["a"]
    assert found.value == sum("IRN" in members("SCO", y) for y in range(2005, 2013)) == 0
    assert found.beside["years as observer"] == sum(
        "IRN" in members("SCO", y, ("observer",)) for y in range(2005, 2013)
    )
    assert theme.kept_outside(world, Cast(other={"applicant": "UZB"}))["a"].value == 8


def test_c71_log_levels(world: World) -> None:
    early, late = range(2001, 2004), range(2010, 2013)

    def grown(pole: str) -> float:
        return over({y: math.log(with_five(pole, y)) for y in (*early, *late)}, early, late)

    others = np.mean([grown(p) for p in OTHERS])
    found = theme.contained(world, Cast())
    assert found["a"].value == pytest.approx(grown("CHN") - others)
    assert found["b"].value == pytest.approx(grown("USA") - others)
    assert found["c"].value == pytest.approx(math.log(bases("USA", FIVE, 2012) + 0.5) - math.log(1.5))
    assert bases("USA", FIVE, 2005) == 1 and bases("USA", FIVE, 2002) == 2

    def totals(y: int) -> dict[str, float]:
        drills = exercises().query("year == @y")
        shared = [
            len(who & set(FIVE)) / (n - 1)
            for who, n in zip(drills["who"], drills["n_participants_world"], strict=True)
            if "RUS" in who
        ]
        bound = sum(pacts("RUS", [s], y) > 0 for s in FIVE)
        return {"b": bases("RUS", FIVE, y), "a": arms("RUS", FIVE, y), "e": sum(shared), "t": bound}

    years = (*early, *range(2008, 2011))
    logs = {y: float(np.mean([math.log(v + 0.5) for v in totals(y).values()])) for y in years}
    assert found["d"].value == pytest.approx(over(logs, early, range(2008, 2011)))
    assert theme.contained(world, Cast(china="JPN"))["a"].value < found["a"].value


def test_c84_partners_and_bases(world: World) -> None:
    ties = rows("security_ties")
    ties = ties[(ties["status"] == "present") & ties["consent"] & ties["target"].isin(FIVE)]
    chosen = rows("treaties").query("in_default == True")
    parties = pd.read_csv(DATA / "treaty_parties.csv")

    def partners(year: int) -> float:
        used = there(ties, year)
        found = set(zip(used["target"], used["source"], strict=True))
        signed = there(parties, year)
        signed = signed[signed["treaty_id"].isin(there(chosen, year)["treaty_id"])]
        for _, own in signed.groupby("treaty_id")["actor_id"]:
            found |= {(a, b) for a in own if a in FIVE for b in own if b not in FIVE}
        return len(found) / 5

    found = theme.others_let_in(world, Cast())
    assert found["a"].value == pytest.approx(partners(2002) - partners(1995))
    share = {y: (there(ties, y)["source"] == "RUS").mean() for y in (2000, 2002)}
    assert found["b"].value == pytest.approx(share[2002] - share[2000])
    assert theme.others_let_in(world, Cast(russia="USA"))["b"].value > 0
