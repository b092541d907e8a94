"""Negative controls: what each reads, by plain pandas, and that the same rule says the opposite where it must."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import DATA, FIVE, arms, bases, exercises, flow, held, members, rows, union_trade

from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.register import outcome
from influence.claims.themes import controls as theme
from influence.claims.world import Cast, World

YEARS = range(2001, 2013)


@pytest.fixture(scope="module")
def world() -> World:
    return World(archive())


@pytest.fixture(scope="module")
def rules() -> dict[str, list[dict]]:
    register = pd.read_csv(DATA / "control_claims.csv").set_index("control_id")["rule"]
    return {control: json.loads(rule)["parts"] for control, rule in register.items()}


def test_each_measure_reads_the_parts_of_its_rule(world: World, rules: dict[str, list[dict]]) -> None:
    own = {c: m for c, m in all_measures().items() if m.theme == "controls"}
    assert set(own) == set(rules)
    for control, measure in own.items():
        found = measure.function(world, Cast())
        assert list(found) == [p["id"] for p in rules[control]]
        for part in rules[control]:  # the numbers alone; intervals are the ledger's
            value = found[part["id"]].value
            assert outcome(part, value, value) == "contradicted", control


def share_of_hub(hub: str, year: int) -> float:
    body = sorted(members("CSTO", year) | {hub})
    shares = []
    for count in (bases, arms):
        own = sum(count(hub, [s], year) + count(s, [hub], year) for s in body if s != hub)
        every = sum(count(a, [b], year) for a in body for b in body if a != b)
        if every:
            shares.append(own / every)
    own, every = 0.0, 0.0
    for who, n in exercises().query("year == @year")[["who", "n_participants_world"]].itertuples(index=False):
        k = len(who & set(body))
        every += k * (k - 1) / 2 / (n - 1)
        own += (k - 1) / (n - 1) if hub in who else 0.0
    return max([*shares, own / every] if every else shares)


def test_n01_japan_is_no_hub_and_russia_is(world: World, rules: dict[str, list[dict]]) -> None:
    found = theme.hub_from_outside(world, Cast())["a"]
    assert found.value == pytest.approx(np.mean([share_of_hub("JPN", y) for y in range(2003, 2011)]))
    russia = theme.hub_from_outside(world, Cast(other={"hub": "RUS"}))["a"].value
    assert russia == pytest.approx(np.mean([share_of_hub("RUS", y) for y in range(2003, 2011)]))
    assert outcome(rules["N01"][0], russia, russia) == "supported"
    assert found.beside["RUS as hub"].mean() == pytest.approx(russia)  # type: ignore[union-attr]
    assert 0 < found.beside["share of exercises"].loc[2003] < 1  # type: ignore[union-attr]


def test_n02_brazil_is_not_there_and_russia_is(world: World) -> None:
    met = [who for who in pd.concat([held(y, "CHN") for y in range(2002, 2013)])["who"] if who & set(FIVE)]
    treaties = rows("treaties").query("in_default == True").set_index("treaty_id")["start"]
    parties = rows("treaty_parties")
    signed = parties[parties["start"] == parties["treaty_id"].map(treaties)]
    signed = signed[signed["start"].astype(str).str[:4].astype(int).between(2002, 2012)]
    pacts = [set(own) for _, own in signed.groupby("treaty_id")["actor_id"]]
    met += [who for who in pacts if "CHN" in who and who & set(FIVE)]
    for broker in ("BRA", "RUS"):
        found = theme.broker_from_afar(world, Cast(other={"broker": broker}))["a"]
        assert found.value == pytest.approx(np.mean([broker in who for who in met]))
    upper = 1 - 0.05 ** (1 / len(met))  # nobody in n events, 90 per cent, both tails
    assert theme.broker_from_afar(world, Cast())["a"].exact == pytest.approx((0.0, upper))
    lines = rows("pipeline_segments").query("in_default_layer == True and start <= '2012-12-31'")
    chinese = lines[(lines["to_actor"] == "CHN") & lines["origin"].str.contains("|".join(FIVE))]
    across = lines[(lines["from_actor"] == "UZB") | (lines["to_actor"] == "UZB")]["pipeline_id"]
    gas = chinese[chinese["pipeline_id"].isin(across)]
    assert len(gas) >= 2
    assert theme.broker_from_afar(world, Cast(other={"broker": "UZB"}))["b"].value == 1.0


def test_a_control_says_what_its_last_recorded_change_says() -> None:
    changes = rows("rule_changes").query("claim_id.str.startswith('N')")
    controls = rows("control_claims").set_index("control_id")
    for change in changes.drop_duplicates(["claim_id", "field"], keep="last").to_dict("records"):
        assert controls.loc[change["claim_id"], change["field"]] == change["new"]


def test_n03_first_partner(world: World) -> None:
    poles = ("RUS", "CHN", "USA", "TUR", "IRN", "IND", "JPN", "KOR")

    def ratio(partner: str, year: int) -> float:
        first = max(union_trade("KGZ", year), *(flow("KGZ", p, year) for p in poles if p != partner))
        return math.log((flow("KGZ", partner, year) + 0.5) / (first + 0.5))

    found = theme.first_partner_from_afar(world, Cast())["a"]
    assert found.value == pytest.approx(np.mean([ratio("ZAF", y) for y in YEARS]))
    china = theme.first_partner_from_afar(world, Cast(other={"partner": "CHN"}))["a"].value
    assert china == pytest.approx(np.mean([ratio("CHN", y) for y in YEARS]))
    other = theme.first_partner_from_afar(world.reading(trade_source="cow_trade_v4"), Cast())["a"]
    assert other.value < -0.405


def test_n04_nothing_crosses_mongolia_and_much_crosses_uzbekistan(world: World) -> None:
    found = theme.gas_the_long_way(world, Cast())["a"]
    assert (found.by_year == 0.0).all() and (found.beside["share of lines"] == 0.0).all()
    across = theme.gas_the_long_way(world, Cast(other={"through": "UZB"}))["a"]
    segments = rows("pipeline_segments").query("from_actor == 'TKM' and in_default_layer == True")
    there = rows("pipeline_years").query("year == 2012 and on_31_december == True and status == 'present'")
    there = there.merge(segments[["segment_id", "pipeline_id", "to_actor"]], on="segment_id")
    there = there.merge(pd.read_csv(DATA / "pipelines.csv")[["pipeline_id", "commodity"]], on="pipeline_id")
    there = there[there["commodity"] == "gas"]
    assert across.beside["share of lines"].loc[2012] == (there["to_actor"] == "UZB").mean()  # type: ignore[union-attr]
    capacity = there.set_index("pipeline_id")["capacity"]
    through = capacity[there.set_index("pipeline_id")["to_actor"] == "UZB"].sum()
    assert across.by_year[2012] == pytest.approx(through / capacity.sum())
