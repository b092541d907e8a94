"""Claims on Chinese presence: pyfixest's regression, and plain pandas."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import DATA, FIVE, arms, bases, flow, held, members, pacts, world_trade

from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.themes.chinese_presence import _levels
from influence.claims.world import Cast, World

ORACLE = json.loads((Path(__file__).resolve().parents[1] / "oracles" / "pyfixest_gravity.json").read_text())["claims"]
SINGLE = ["RUS", "USA", "TUR", "IRN", "IND", "JPN", "KOR"]


@pytest.fixture(scope="module")
def world():
    return World(archive())


def told(claim, world, cast=None):
    return all_measures()[claim].function(world, cast or Cast())


def points():
    rows = pd.read_csv(DATA / "ideal_points.csv")
    return rows.pivot(index="year", columns="actor_id", values="ideal_point")


def test_gains_in_trade_by_hand(world):
    def share(pole, year):
        total = sum(sum(world_trade(s, year)) for s in FIVE)
        if pole == "EUU":
            t = pd.read_csv(DATA / "trade_blocs.csv")
            own = t[(t["source_id"] == "baci") & t["actor_id"].isin(FIVE) & (t["year"] == year)]
            return own[["exports_usd_million", "imports_usd_million"]].sum().sum() / total
        return sum(flow(pole, s, year) for s in FIVE) / total

    def gain(pole):
        return (share(pole, 2011) + share(pole, 2012) - share(pole, 2001) - share(pole, 2002)) / 2

    expected = gain("CHN") - np.mean([gain(p) for p in [*SINGLE, "EUU"]])
    assert told("C05", world)["a"].value == pytest.approx(expected)


def test_approach_in_votes_by_hand(world):
    p = points()

    def gain(pole):
        apart = pd.DataFrame({s: (p[pole] - p[s]).abs() for s in FIVE}).mean(axis=1)
        return apart[[2002, 2003, 2004]].mean() - apart[[2010, 2011, 2012]].mean()

    beside = told("C05", world)["c"].beside
    for pole in ("CHN", *SINGLE):
        assert beside[f"change of {pole}"] == pytest.approx(gain(pole))


def test_gains_are_china_s_beyond_the_mean_of_the_others(world):
    for part in told("C05", world).values():
        changes = {k.removeprefix("change of "): v for k, v in part.beside.items()}
        own = changes.pop("CHN")
        assert part.value == pytest.approx(own - np.mean(list(changes.values())))
        assert set(changes) == {*SINGLE, "EUU"}


def test_china_has_no_base_in_the_five_and_russia_s_gain_is_not_china_s(world):
    assert not any(bases("CHN", FIVE, y) for y in range(2001, 2013))
    assert told("C05", world, Cast(china="RUS"))["a"].value < 0 < told("C05", world)["a"].value


def test_the_tilt_as_pyfixest_has_it(world):
    near, far = ORACLE["C06"]["coefficient"]
    found = told("C06", world)
    assert found["a"].value == pytest.approx(near - far, abs=1e-7)
    tilts = [v for k, v in found["a"].beside.items() if k.startswith("tilt of ")]
    assert len(tilts) == 7 and found["b"].value == np.mean([v < found["a"].value for v in tilts])


def test_another_outsider_has_another_tilt_and_china_among_his_rivals(world):
    turkey = told("C06", world, Cast(china="TUR"))["a"]
    assert turkey.value == pytest.approx(told("C06", world)["a"].beside["tilt of TUR"])
    assert turkey.beside["tilt of CHN"] == pytest.approx(told("C06", world)["a"].value)
    assert "tilt of TUR" not in turkey.beside


def test_the_two_groups_in_each_other_s_place_turn_the_tilt(world):
    western = ("ARM", "AZE", "BLR", "GEO", "UKR")
    turned = Cast(five=western, other={"rest": tuple(FIVE)})
    assert told("C06", world, turned)["a"].value == pytest.approx(-told("C06", world)["a"].value, abs=1e-9)


def test_trade_before_votes_by_hand(world):
    p, years = points(), list(range(2001, 2013))
    e = np.array([[math.log(flow("CHN", s, y) / sum(world_trade(s, y))) for s in FIVE] for y in years])
    d = -(p[FIVE].sub(p["CHN"], axis=0)).abs().reindex(years).to_numpy()
    de, dd = np.diff(e, axis=0), np.diff(d, axis=0)

    def lagged(first, second):
        rows = [(t, s) for t in range(len(first)) for s in range(5) if not np.isnan(first[t, s] + second[t, s])]
        frame = pd.DataFrame([(t, first[t, s], second[t, s]) for t, s in rows], columns=["t", "a", "b"])
        return (frame[["a", "b"]] - frame.groupby("t")[["a", "b"]].transform("mean")).corr().iloc[0, 1]

    found = told("C66", world)
    assert found["a"].value == pytest.approx(lagged(de[:-1], dd[1:]))
    assert found["a"].beside["votes a year before"] == pytest.approx(lagged(de[1:], dd[:-1]))
    back = found["a"].beside["votes a year before"] + found["a"].beside["security a year before"]
    assert found["c"].value == pytest.approx((found["a"].value + found["b"].value - back) / 2)


def test_the_lead_placebo_turns_the_order_round(world):
    own, turned = told("C66", world), told("C66", world, Cast(other={"lag": -1}))
    assert turned["c"].value == pytest.approx(-own["c"].value)


def test_the_security_share_of_china_by_hand(world):
    europe, year, state = sorted(members("EU", 2007) & set(archive().states)), 2007, "KGZ"
    ties = {}
    for power in ("RUS", "CHN", "USA", "EUU", "TUR", "IRN", "IND"):
        who = europe if power == "EUU" else [power]
        met = held(year, state)
        met = met[met["who"].map(lambda w, who=who: bool(w & set(who)))]
        ties[power] = np.array(
            [
                sum(bases(p, [state], year) for p in who),
                (1 / (met["n_participants_world"] - 1)).sum(),
                sum(arms(p, [state], year) for p in who),
                float(any(pacts(p, [state], year) for p in who)),
            ]
        )
    others = sum(v for p, v in ties.items() if p != "CHN")
    security = _levels(world, Cast())[2]
    assert security[year - 2001, FIVE.index(state)] == pytest.approx(
        np.log((ties["CHN"] + 0.5) / (others + 0.5)).mean()
    )
    assert np.isnan(security[10:]).all()  # after 2010 only some exercises are known


def test_the_printed_total_by_hand(world):
    found = told("C82", world)
    assert found["a"].value == pytest.approx(math.log(sum(flow("CHN", s, 2006) for s in FIVE) / 10_000))
    t = pd.read_csv(DATA / "trade.csv", low_memory=False)
    t = t[(t["source_id"] == "cow_trade_v4") & (t["year"] == 2006) & (t["flag"] != "missing")]
    both = (t["exporter"] == "CHN") & t["importer"].isin(FIVE) | (t["importer"] == "CHN") & t["exporter"].isin(FIVE)
    assert found["b"].value == pytest.approx(math.log(t.loc[both, "value_usd_million"].sum() / 10_000))
    by_cow = told("C82", world.reading(trade_source="cow_trade_v4"))
    assert by_cow["a"].value == pytest.approx(found["a"].value) and by_cow["b"].value == pytest.approx(found["b"].value)
