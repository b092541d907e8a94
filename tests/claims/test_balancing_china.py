"""Claims on balancing China, each against the same number worked out from the CSV files by plain pandas."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from itertools import combinations, permutations

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
    exports,
    flow,
    held,
    members,
    pacts,
    parties_to,
    rows,
    world_trade,
)

from influence.claims.archive import archive
from influence.claims.measure import Reading, all_measures, binomial_interval
from influence.claims.themes import balancing_china as theme
from influence.claims.themes._meetings import _permuted, change_of_share, meetings, paired_difference
from influence.claims.themes._profiles import security_likeness
from influence.claims.world import Cast, World

SWAPPED = Cast(russia="CHN", china="RUS")
FIRST, LAST = (2001, 2002), (2011, 2012)


@pytest.fixture(scope="module")
def world() -> World:
    return World(archive())


def grown(value) -> float:  # type: ignore[no-untyped-def]
    return float(np.mean([value(y) for y in LAST]) - np.mean([value(y) for y in FIRST]))


def test_each_measure_reads_the_parts_of_its_rule(world: World) -> None:
    register = pd.read_csv(DATA / "article_claims.csv").set_index("claim_id")
    own = {c: m for c, m in all_measures().items() if m.theme == "balancing_china"}
    rules = register.loc[register["theme"] == "balancing_china", "rule"].map(json.loads)
    assert set(own) == {claim for claim, rule in rules.items() if rule["parts"]}
    for claim, measure in own.items():
        found = measure.function(world, Cast())
        assert list(found) == [p["id"] for p in rules[claim]["parts"]], claim
        assert all(isinstance(r, Reading) and not math.isnan(r.value) for r in found.values()), claim
        for name, cast in measure.placebos(Cast()).items():
            assert list(measure.function(world, cast)) == list(found), f"{claim}, {name}"


@dataclass(frozen=True)
class Drawn:
    """A draw of doubt made by hand."""

    false: frozenset[str]
    missed: pd.DataFrame
    factors: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    def generator(self, *key: object) -> np.random.Generator:
        return np.random.default_rng(1)


def test_events_that_are_false_or_were_missed(world: World) -> None:
    missed = pd.DataFrame(
        [("security", "exercise", "CHN", "TKM", 2005, 1.0)],
        columns=["layer", "kind", "source", "target", "year", "weight"],
    )
    drawn = world.under(Drawn(frozenset({"exercises:coalition_2003", "treaties:sco_2007"}), missed))
    then, now = (theme.watching(w, Cast())["a"].value for w in (world, drawn))
    met = events()
    n, russia = len(met), met["who"].map(lambda w: "RUS" in w).sum()
    assert then == pytest.approx(russia / n)
    assert now == pytest.approx((russia - 2) / (n - 2 + 1))
    # an exercise of two is under no organization
    framework = [theme.bodies_without_china(w, Cast())["c"].beside["exercises, SCO"] for w in (world, drawn)]
    assert framework[0] - framework[1] == 1


def events() -> pd.DataFrame:
    """Exercises and treaties signed with China and one of the five."""
    own = [(y, w) for y, w in exercises()[["year", "who"]].itertuples(index=False)]
    treaties = rows("treaties").query("in_default == True and start >= '2001-01-01' and start <= '2012-12-31'")
    parties = rows("treaty_parties")
    for treaty, start in treaties[["treaty_id", "start"]].itertuples(index=False):
        signed = parties[(parties["treaty_id"] == treaty) & (parties["start"] == start)]
        own.append((int(start[:4]), frozenset(signed["actor_id"])))
    frame = pd.DataFrame(own, columns=["year", "who"])
    return frame[frame["who"].map(lambda w: "CHN" in w and bool(w & set(FIVE)))]


def test_c18_and_c19_presence_at_events(world: World) -> None:
    met = events()
    russia, kazakhstan = (met["who"].map(lambda w, s=s: s in w) for s in ("RUS", "KAZ"))
    found, watched = theme.between_china_and_the_five(world, Cast()), theme.watching(world, Cast())
    assert found["a"].value == watched["b"].value == pytest.approx(russia.mean() - kazakhstan.mean())
    late = met["year"] >= 2007
    assert found["b"].value == pytest.approx(russia[late].mean() - russia[~late].mean())
    assert watched["a"].value == pytest.approx(russia.mean())
    assert watched["a"].exact == pytest.approx(binomial_interval(int(russia.sum()), len(met)))
    as_kazakhstan = theme.watching(world, Cast(russia="KAZ"))
    assert as_kazakhstan["b"].value == 0
    assert as_kazakhstan["a"].value == pytest.approx(kazakhstan.mean())


def test_c18_energy_to_china_crosses_uzbekistan_and_not_russia(world: World) -> None:
    assert theme.between_china_and_the_five(world, Cast())["c"].value == 0
    flows = rows("pipeline_flows").query("year == 2012 and to_actor == 'CHN' and in_default == True")
    value = flows.set_index("from_actor")["value"]
    gas, oil = value["TKM"] * 36 / 41.868, value["KAZ"]
    crossing = theme.between_china_and_the_five(world, Cast(russia="UZB"))["c"].value
    assert crossing == pytest.approx(gas / (gas + oil))


def test_c18_permuted_participants_keep_how_many_and_how_often(world: World) -> None:
    near = {"CHN", *FIVE}
    own = [m for m in meetings(world) if m.present & near]
    drawn = _permuted(world, Cast())
    assert [len(m.present) for m in drawn[0]] == [len(m.present) for m in own]
    for state in ("RUS", "KAZ", "USA"):
        assert sum(state in m.present for m in drawn[3]) == sum(state in m.present for m in own)
    assert drawn[0] != drawn[1]


def test_exact_intervals_of_shares() -> None:
    a = np.array([True, True, True, False, False, True])
    b = np.array([True, False, False, False, True, False])
    value, (low, high) = paired_difference(a, b)
    # three events with a alone, one with b alone: p of 4 by Clopper-Pearson
    ends = binomial_interval(3, 4)
    assert value == pytest.approx(2 / 6)
    assert (low, high) == pytest.approx(tuple((2 * p - 1) * 4 / 6 for p in ends))
    assert paired_difference(a, a)[0] == 0
    change, (low, high) = change_of_share(b, a)
    assert change == pytest.approx(4 / 6 - 2 / 6)
    assert -1 <= low < change < high <= 1
    assert math.isnan(change_of_share(a[:0], b)[0])


def test_c20_enmeshment(world: World) -> None:
    igos = rows("igo_memberships").query("role == 'member'")
    kinds = rows("organizations").set_index("org_id")
    counted = kinds.index[kinds["counts_as_tie"] & kinds["kind"].isin(["organization", "grouping"])]
    roles = ("member", "participating_state", "permanent_member", "elected_member", "participant", "party")
    partners = ["USA", "DEU", "GBR", "FRA", "TUR", "IRN", "IND", "JPN", "KOR"]

    def cow(state: str, year: int, apart: bool) -> set[str]:
        own = igos[(igos["start_year"] <= year) & (igos["end_year"] >= year) & (igos["actor_id"] == state)]
        return set(own.loc[own["org_id"].isna(), "igo"] if apart else own["igo"])

    def shared(state: str, year: int) -> int:
        bodies = sum({"CHN", state} <= members(body, year, roles) for body in counted)
        parties = rows("treaty_parties")
        chosen = rows("treaties").query("in_default == True")
        chosen = chosen[(chosen["start"] <= f"{year}-12-31") & ~(chosen["end"] <= f"{year}-12-31")]["treaty_id"]
        both = parties[parties["treaty_id"].isin(chosen) & (parties["start"] <= f"{year}-12-31")]
        treaties = both.groupby("treaty_id")["actor_id"].agg(lambda w: {"CHN", state} <= set(w)).sum()
        when = max(year, 2001)
        return int(bodies + treaties) + len(cow("CHN", when, True) & cow(state, when, True))

    change = {s: shared(s, 2012) - shared(s, 2000) for s in ["RUS", *partners]}
    found = theme.enmeshment(world, Cast())
    assert found["a"].value == change["RUS"] - np.median([change[p] for p in partners])
    only = {
        s: len(cow("CHN", 2012, False) & cow(s, 2012, False)) - len(cow("CHN", 2001, False) & cow(s, 2001, False))
        for s in ["RUS", *partners]
    }
    for part, by_hand in (("a", change), ("b", only)):
        assert found[part].beside == {f"change with {s}": n for s, n in by_hand.items()}
    assert found["b"].value == only["RUS"] - np.median([only[p] for p in partners])
    assert theme.enmeshment(world, Cast(other={"start": 2006}))["a"].value < found["a"].value


def test_c21_seats_without_china(world: World) -> None:
    sizes = rows("organization_sizes").query("year == 2009").set_index("org_id")["n_members"]
    roles = ("member", "participating_state", "permanent_member", "elected_member", "participant", "party")
    counted = rows("organizations").query("counts_as_tie == True")["org_id"]
    free = every = 0.0
    for body in counted:
        inside = members(body, 2009, roles)
        if "RUS" in inside and not math.isnan(sizes.get(body, math.nan)):
            strength = len(inside & set(FIVE)) / (sizes[body] - 1)
            every += strength
            free += strength * ("CHN" not in inside)
    found = theme.bodies_without_china(world, Cast())
    assert found["a"].by_year is not None
    assert found["a"].by_year[2009] == pytest.approx(free / every)
    own = exercises()[exercises()["who"].map(lambda w: bool(w & set(FIVE)))].query("2002 <= year <= 2012")
    count = own["framework"].value_counts()
    assert found["c"].value == pytest.approx(math.log((count["CSTO"] + 0.5) / (count["SCO"] + 0.5)))
    assert theme.bodies_without_china(world, Cast(china="IND"))["a"].value > found["a"].value
    turned = theme.bodies_without_china(world, Cast(sco="CSTO", csto="SCO"))
    assert turned["c"].value == pytest.approx(-found["c"].value)


def share(state: str, partner: str, year: int) -> float:
    return flow(state, partner, year) / sum(world_trade(state, year))


def test_c22_members_against_the_outsider(world: World) -> None:
    inside = np.mean([grown(lambda y, s=s: share(s, "CHN", y)) for s in ("KAZ", "KGZ", "TJK")])
    outside = grown(lambda y: share("TKM", "CHN", y))
    found = theme.entry_into_members(world, Cast())["a"]
    assert found.value == pytest.approx(inside - outside)
    assert found.beside["change in UZB"] == pytest.approx(grown(lambda y: share("UZB", "CHN", y)))
    other = theme.entry_into_members(world, Cast(other={"inside": ("TKM",), "outsider": "KAZ"}))["a"].value
    assert other == pytest.approx(outside - grown(lambda y: share("KAZ", "CHN", y)))


def test_c40_tilt(world: World) -> None:
    def uneven(partner: str, year: int, k: int) -> float:
        to, back = exports(partner, "CHN", year), exports("CHN", partner, year)
        if k == 0:
            return to / world_trade(partner, year)[0] - back / world_trade("CHN", year)[0]
        return back / world_trade(partner, year)[1] - to / world_trade("CHN", year)[1]

    found = theme.tilt(world, Cast())
    assert found["a"].value == pytest.approx(grown(lambda y: uneven("RUS", y, 0)))
    assert found["b"].value == pytest.approx(grown(lambda y: uneven("RUS", y, 1)))
    for partner in ("USA", "KOR"):
        by_hand = np.mean([grown(lambda y, k=k, p=partner: uneven(p, y, k)) for k in (0, 1)])
        assert found["c"].beside[f"change for {partner}"] == pytest.approx(by_hand)
    others = [v for k, v in found["c"].beside.items() if k.startswith("change for")]
    own = (found["a"].value + found["b"].value) / 2
    assert len(others) == 7
    assert found["c"].value == pytest.approx(own - np.mean(others))
    swapped = theme.tilt(world, SWAPPED)
    assert swapped["a"].value == pytest.approx(-found["a"].value)


def test_c41_growth_of_the_pair(world: World) -> None:
    def net(year: int) -> float:
        size = math.sqrt(sum(world_trade("RUS", year)) * sum(world_trade("CHN", year)))
        return math.log(flow("RUS", "CHN", year) / size)

    found = theme.growth_of_the_pair(world, Cast())
    assert found["a"].value == pytest.approx(grown(net))
    assert found["b"].by_year is not None
    assert found["b"].by_year.loc[2009:].tolist() == [0, 0, 1, 1]  # the oil line to Daqing, from 2011
    backwards = theme.growth_of_the_pair(world, SWAPPED)
    assert backwards["a"].value == pytest.approx(found["a"].value)
    assert backwards["b"].value == 0


def test_c42_pacts_and_likeness(world: World) -> None:
    found = theme.beyond_the_region(world, Cast())
    defence = rows("treaties").query("in_default == True and type == 'defence'")["treaty_id"]
    parties = rows("treaty_parties")
    parties = parties[parties["treaty_id"].isin(defence)]
    both = parties.groupby("treaty_id")["actor_id"].agg(lambda w: {"RUS", "CHN"} <= set(w))
    assert found["a"].value == both.sum() == 0
    assert theme.beyond_the_region(world, Cast(china="KAZ"))["a"].value == 2  # the CST and the treaty of 1992

    states, year = list(world.archive.states), 2006
    third = [s for s in states if s not in FIVE]
    shared = {kind: pd.DataFrame(0.0, index=states, columns=states) for kind in ("exercises", "arms", "treaties")}
    for who in exercises().query("year == @year")["who"]:
        for a, b in combinations(sorted(who & set(states)), 2):
            shared["exercises"].loc[a, b] += 1
    for a, b, scale in (
        rows("arms_supply").query("year == @year")[["supplier", "recipient", "scale"]].itertuples(index=False)
    ):
        shared["arms"].loc[a, b] += scale
    for _, own in parties_to(year).groupby("type"):
        pairs = {p for _, who in own.groupby("treaty_id")["actor_id"] for p in combinations(sorted(set(who)), 2)}
        for a, b in pairs:
            shared["treaties"].loc[a, b] += 1
    profile = {kind: {s: [float(m.at[s, t] + m.at[t, s]) for t in third] for s in states} for kind, m in shared.items()}

    def alike(a: str, b: str) -> float:
        keep = np.array([t not in (a, b) for t in third])
        found, counts = [], []
        for kind in profile.values():
            x, y = (np.array(kind[s], dtype=float)[keep] for s in (a, b))
            if x.any() and y.any():
                found.append(x @ y / math.sqrt(x @ x * (y @ y)))
            counts.append((x > 0, y > 0))
        each = [np.logical_or.reduce([c[k] for c in counts]).sum() for k in (0, 1)]
        return float(np.mean(found)) if found and min(each) >= 3 else math.nan

    mean, comparable = security_likeness(world, year, FIVE)
    assert mean.at["RUS", "CHN"] == pytest.approx(alike("RUS", "CHN"))
    every = {pair: alike(*pair) for pair in combinations(states, 2)}
    known = pd.Series(every).dropna()
    assert int(np.triu(comparable.to_numpy() & mean.notna().to_numpy()).sum()) == len(known)
    assert found["b"].by_year is not None
    own = known["CHN", "RUS"]
    assert found["b"].by_year[year] == pytest.approx((known < own - 1e-9).sum() / (len(known) - 1))


def test_c43_common_movement(world: World) -> None:
    points = pd.read_csv(DATA / "ideal_points.csv").pivot(index="year", columns="actor_id", values="ideal_point")
    middle = pd.read_csv(DATA / "ideal_point_world.csv").set_index("year")["median"]
    moved = points.rsub(middle, axis=0).diff()
    found = theme.together_towards_washington(world, Cast())["a"]
    assert found.value == pytest.approx(moved["RUS"].corr(moved["CHN"]))
    assert 0 < found.beside["p"] <= 1  # type: ignore[operator]
    lagged = theme.together_towards_washington(world, Cast(other={"lag": 1}))["a"].value
    assert lagged == pytest.approx(moved["RUS"].corr(moved["CHN"].shift(1)))
    assert theme.together_towards_washington(world, Cast(china="RUS"))["a"].value == pytest.approx(1)


def test_c43_permutation_p_against_enumeration() -> None:
    a, b = np.array([0.1, 0.5, -0.4, 0.3, -0.2, 0.0]), np.array([0.2, 0.3, -0.1, -0.3, 0.1, 0.05])
    r = np.corrcoef(a, b)[0, 1]
    exact = np.mean([np.corrcoef(a, p)[0, 1] >= r - 1e-12 for p in permutations(b)])
    assert theme._permutation_p(a, b, r) == pytest.approx(exact, abs=0.02)


def test_c48_india_next_to_china(world: World) -> None:
    found = theme.counterweight(world, Cast())
    ratio = [
        math.log(sum(flow("IND", s, y) for s in FOUR) / sum(flow("CHN", s, y) for s in FOUR)) for y in range(2005, 2013)
    ]
    assert found["a"].value == pytest.approx(np.mean(ratio))

    def level(year: int) -> float:
        share = []
        for kind in ("bases", "arms", "treaties", "exercises"):
            count = []
            for pole in ("IND", "CHN"):
                if kind == "exercises":
                    met = held(year, pole)[["who", "n_participants_world"]].itertuples(index=False)
                    count.append(sum(len(w & set(FOUR)) / (n - 1) for w, n in met))
                elif kind == "treaties":
                    count.append(sum(pacts(pole, [s], year) > 0 for s in FOUR))
                else:
                    count.append({"bases": bases, "arms": arms}[kind](pole, FOUR, year))
            if max(count) > 0:
                share.append(count[0] >= count[1] / 2)
        return float(np.mean(share))

    assert found["c"].value == pytest.approx(np.mean([level(y) for y in range(2005, 2011)]))
    even = theme.counterweight(world, Cast(other={"india": "CHN"}))
    assert (even["a"].value, even["c"].value) == (0, 1)

    cinc = pd.read_csv(DATA / "attributes.csv").query("year == 2012").set_index("actor_id")["cinc"]
    inside, observers = members("SCO", 2012), members("SCO", 2012, ("observer",))
    outside = [s for s in cinc.index if s not in inside]
    fall = cinc[list(observers)].sum()
    sums = [sum(x) for x in combinations(cinc[outside].to_numpy(), len(observers))]
    assert len(outside) == 28
    assert len(observers) == 5
    assert found["d"].value == pytest.approx(np.mean(np.array(sums) < fall - 1e-12))


def test_c48_growth_of_share_against_other_poles(world: World) -> None:
    def mean_share(partner: str, years: tuple[int, ...]) -> float:
        total = [sum(sum(world_trade(s, y)) for s in FOUR) for y in years]
        return float(np.mean([sum(flow(partner, s, y) for s in FOUR) / t for y, t in zip(years, total, strict=True)]))

    def grew(partner: str) -> float:
        return mean_share(partner, (2010, 2011, 2012)) - mean_share(partner, (2004, 2005, 2006))

    found = theme.counterweight(world, Cast(poles=("RUS", "CHN", "USA", "TUR", "IRN", "IND", "JPN", "KOR")))["b"].value
    others = [grew(p) for p in ("USA", "TUR", "IRN", "JPN", "KOR")]
    # the Union is left out of this cast: its trade is no row of a single table
    assert theme._weight_of(world, Cast(poles=Cast().others("EUU")), "IND")["b"].value == pytest.approx(
        grew("IND") - np.mean(others)
    )
    assert not math.isnan(found)


def test_c63_preferential_bodies(world: World) -> None:
    found = theme.preferential_bodies(world, Cast())
    bodies = ["EURASEC", "CUSTOMS_UNION_BKR", "SINGLE_ECONOMIC_SPACE", "CIS", "ECO"]
    with_russia = set().union(*(members(b, 2012) for b in bodies if "RUS" in members(b, 2012))) & set(FOUR)
    assert found["a"].value == 0
    assert found["b"].value == len(with_russia) == 4
    assert theme.preferential_bodies(world, Cast(china="TUR"))["a"].value == 1  # the ECO
    # customs union and economic space are one treaty: Belarus sits in the EURASEC, the CIS and that one
    assert theme.preferential_bodies(world, Cast(china="BLR"))["a"].value == 3
