"""Claims on leadership, each decisive number worked out again from the tables with plain pandas."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import DATA, FIVE, FOUR, arms, bases, flow, held, members, pacts, rows, there, world_trade

from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.themes._movements import correlation, movements
from influence.claims.world import Cast, World

POLES = ["RUS", "CHN", "USA", "EUU", "TUR", "IRN", "IND", "JPN", "KOR"]
KINDS = ("bases", "exercises", "arms", "treaties")


@pytest.fixture(scope="module")
def world():
    return World(archive())


def told(claim, world, cast=None):
    return all_measures()[claim].function(world, cast or Cast())


def two_way(state, pole, year):
    if pole != "EUU":
        return flow(state, pole, year)
    t = pd.read_csv(DATA / "trade_blocs.csv")
    own = t[(t["source_id"] == "baci") & (t["actor_id"] == state) & (t["year"] == year)].iloc[0]
    return float(np.nansum([own["exports_usd_million"], own["imports_usd_million"]]))


def units(kind, pole, states, year):
    if kind == "bases":
        return bases(pole, states, year)
    if kind == "arms":
        return arms(pole, states, year)
    if kind == "treaties":
        return pacts(pole, states, year)
    return len(held(year, pole)[lambda f: f["who"].map(lambda w: bool(w & (set(states) - {pole})))])


def lines(pole, states, year):
    s = pd.read_csv(DATA / "pipeline_segments.csv")
    y = pd.read_csv(DATA / "pipeline_years.csv")
    y = y[(y["year"] == year) & y["on_31_december"] & (y["status"] == "present") & (y["presence_confidence"] != "low")]
    s = s[s["in_default_layer"] & s["segment_id"].isin(y["segment_id"])]
    met = ((s["from_actor"] == pole) & s["to_actor"].isin(states)) | (
        (s["to_actor"] == pole) & s["from_actor"].isin(states)
    )
    return s.loc[met, "pipeline_id"].nunique()


def test_the_lead_of_2010_by_hand(world):
    security = [math.log((units(k, "RUS", FOUR, 2010) + 0.5) / (units(k, "CHN", FOUR, 2010) + 0.5)) for k in KINDS]
    trade = math.log(sum(flow("RUS", s, 2010) for s in FOUR) / sum(flow("CHN", s, 2010) for s in FOUR))
    energy = math.log((lines("RUS", FOUR, 2010) + 0.5) / (lines("CHN", FOUR, 2010) + 0.5))
    by_hand = [np.mean(security), trade, energy]
    assert told("C01", world)["b"].by_year[2010] == pytest.approx(np.mean(by_hand))
    assert told("C01", world)["c"].by_year[2010] == pytest.approx(np.max(np.abs(by_hand)))
    assert told("C02", world)["b"].by_year[2010] == sum(v <= -0.405 for v in by_hand)


def test_russia_and_china_in_each_other_s_place_turn_the_sign(world):
    own, turned = told("C01", world), told("C01", world, Cast(russia="CHN", china="RUS"))
    assert turned["a"].value == pytest.approx(-own["a"].value)
    assert turned["c"].value == pytest.approx(own["c"].value)


def test_first_partners_in_trade_by_hand(world):
    ahead, margins = [], []
    for year in range(2005, 2010):
        trade = {s: {p: two_way(s, p, year) for p in POLES} for s in FIVE}
        ahead.append(sum(max(own, key=own.get) == "RUS" for own in trade.values()))
        total = sum(sum(world_trade(s, year)) for s in FIVE)
        pooled = {p: sum(own[p] for own in trade.values()) / total for p in POLES}
        margins.append(pooled["RUS"] - max(v for p, v in pooled.items() if p != "RUS"))
    found = told("C27", world)
    assert found["a"].value == pytest.approx(np.mean(ahead))
    assert found["b"].value == pytest.approx(np.mean(margins))


def test_first_in_security_by_hand(world):
    single = ["RUS", "CHN", "USA", "TUR", "IRN", "IND", "JPN", "KOR"]
    europe = [m for m in members("EU", 2007) if m in set(archive().states)]
    weights = np.random.default_rng(5).dirichlet(np.ones(4), 4000)
    first = 0
    for state in FIVE:
        logs = {p: [math.log(units(k, p, [state], 2007) + 0.5) for k in KINDS] for p in single}
        types = [units_of_treaties(m, state, 2007) for m in europe]
        together = {
            "bases": sum(bases(m, [state], 2007) for m in europe),
            "exercises": len(held(2007, state)[lambda f: f["who"].map(lambda w: bool(w & set(europe)))]),
            "arms": sum(arms(m, [state], 2007) for m in europe),
            "treaties": len(set().union(*types)),
        }
        logs["EUU"] = [math.log(together[k] + 0.5) for k in KINDS]
        lead = weights @ (np.array(logs["RUS"]) - np.array([v for p, v in logs.items() if p != "RUS"])).T
        first += (lead > 1e-9).all(axis=1).mean() >= 0.9
    assert told("C27", world)["c"].by_year[2007] == first


def units_of_treaties(a, b, year):
    """Types of treaties of the default selection in force between two."""
    chosen = there(rows("treaties").query("in_default == True"), year)
    parties = there(rows("treaty_parties"), year)
    both = set(parties.loc[parties["actor_id"] == a, "treaty_id"]) & set(
        parties.loc[parties["actor_id"] == b, "treaty_id"]
    )
    return set(chosen.loc[chosen["treaty_id"].isin(both), "type"])


def test_china_in_russia_s_place_has_the_other_states(world):
    own, other = (told("C27", world, Cast(russia=p))["a"].by_year for p in ("RUS", "CHN"))
    assert (own + other <= 5).all()
    assert told("C27", world, Cast(russia="IRN"))["c"].value == 0


def test_trade_of_the_two_moves_together_by_hand(world):
    years = [y for y in range(2001, 2010)]
    steps = {p: np.diff([[math.log(flow(p, s, y)) for s in FIVE] for y in years], axis=0) for p in ("RUS", "CHN")}
    a, b = (steps[p] - steps[p].mean(axis=1, keepdims=True) for p in ("RUS", "CHN"))
    assert told("C85", world)["a"].value == pytest.approx(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def test_russia_keeps_up_by_hand(world):
    def grown(pole):
        level = {y: math.log(sum(two_way(s, pole, y) for s in FIVE)) for y in (2001, 2002, 2003, 2008, 2009, 2012)}
        return np.mean([level[y] for y in (2008, 2009, 2012)]) - np.mean([level[y] for y in (2001, 2002, 2003)])

    others = np.mean([grown(p) for p in POLES if p not in ("RUS", "CHN")])
    assert told("C85", world)["c"].value == pytest.approx(grown("RUS") - others)


def test_growth_in_bases_by_hand(world):
    early, late = (2001, 2002, 2003), (2008, 2009, 2010)

    def grown(pole):
        def level(year):
            who = sorted(members("EU", year) & set(archive().states)) if pole == "EUU" else [pole]
            return math.log(sum(bases(p, FIVE, year) for p in who) + 0.5)

        return np.mean([level(y) for y in late]) - np.mean([level(y) for y in early])

    present = ("USA", "EUU")  # of the other poles only these have a site in one of the five
    assert not any(bases(p, FIVE, y) for p in ("TUR", "IRN", "IND", "JPN", "KOR") for y in early + late)
    expected = grown("RUS") - np.mean([grown(p) for p in present])
    assert told("C85", world)["d"].beside["bases"] == pytest.approx(expected)


def test_correlations_of_toy_panels():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(7, 4)), rng.normal(size=(7, 4))
    centred = [x - x.mean(axis=1, keepdims=True) for x in (a[:-1], b[1:])]
    assert correlation(a, b, 1) == pytest.approx(np.corrcoef(centred[0].ravel(), centred[1].ravel())[0, 1])
    assert correlation(a, b, -1) == pytest.approx(correlation(b, a, 1))
    assert correlation(a, a + 3.0) == pytest.approx(1.0)
    assert np.isnan(correlation(a, np.zeros((7, 4))))
    a[2, 1] = np.nan
    known = [(t, s) for t, s in itertools.product(range(7), range(4)) if (t, s) != (2, 1)]
    centred = []
    for x in (a, b):
        means = [np.mean([x[t, s] for t, s in known if t == y]) for y in range(7)]
        centred.append([x[t, s] - means[t] for t, s in known])
    assert correlation(a, b) == pytest.approx(np.corrcoef(*centred)[0, 1])
    assert movements(np.array([[1.0, 4.0], [3.0, 5.0]])).tolist() == [[2.0, 1.0]]
