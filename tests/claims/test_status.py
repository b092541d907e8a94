"""Claims on status, each against the same number worked out from the CSV files by plain pandas."""

from __future__ import annotations

import json
import math
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from tests.claims.plain import DATA, flow, members, rows, there, union_trade, world_trade

from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.themes import _standing
from influence.claims.themes import status as theme
from influence.claims.world import Cast, World

ASIA = ["CHN", "JPN", "KOR", "IND", "PAK", "IRN", "AFG", "MNG"]
FULL = ("member", "participating_state", "permanent_member", "elected_member", "participant", "party")
SAME_TREATY = {"CUSTOMS_UNION_BKR": "SINGLE_ECONOMIC_SPACE"}
SIX = ["RUS", "CHN", "KAZ", "KGZ", "TJK", "UZB"]


@pytest.fixture(scope="module")
def world() -> World:
    return World(archive())


def test_each_measure_reads_the_parts_of_its_rule(world: World) -> None:
    register = pd.read_csv(DATA / "article_claims.csv").set_index("claim_id")
    own = {c: m for c, m in all_measures().items() if m.theme == "status"}
    assert set(own) == {"C44", "C45", "C46", "C67"}
    for claim, measure in own.items():
        found = measure.function(world, Cast())
        assert list(found) == [p["id"] for p in json.loads(register.at[claim, "rule"])["parts"]], claim
        assert not any(math.isnan(r.value) for r in found.values()), claim


def small_network() -> _standing.Network:
    """Seven states, nine bodies, drawn once: dense enough to be connected without any three of the bodies."""
    rng = np.random.default_rng(7)
    seats = (rng.random((7, 9)) < 0.6).astype(float)
    seats[:, 0] = 1.0
    weights = rng.uniform(0.1, 0.5, 9)
    shared = (seats * weights) @ seats.T
    np.fill_diagonal(shared, 0.0)
    values, vectors = np.linalg.eigh(shared)
    x = np.column_stack([np.ones(7), rng.normal(size=7)])
    return _standing.Network(
        list("abcdefghi"), seats, weights, weights < 9, values, vectors, np.eye(7) - x @ np.linalg.pinv(x)
    )


def test_leading_vectors_without_bodies_against_networkx() -> None:
    net = small_network()
    sets = np.array(list(combinations(range(1, 9), 3)))
    found = _standing._leading(net, sets)
    for chosen, x in zip(sets, found, strict=True):
        kept = np.setdiff1d(np.arange(9), chosen)
        matrix = (net.seats[:, kept] * net.weights[kept]) @ net.seats[:, kept].T
        np.fill_diagonal(matrix, 0.0)
        oracle = nx.eigenvector_centrality_numpy(nx.from_numpy_array(matrix), weight="weight")
        assert x / np.linalg.norm(x) == pytest.approx(np.array(list(oracle.values())), abs=1e-8)


def shared_seats(year: int, without: tuple[str, ...] = ()) -> pd.DataFrame:
    """State × body with its weight: the package's bodies but organs, then COW's others; by plain pandas."""
    bodies = pd.read_csv(DATA / "organizations.csv").query("counts_as_tie == True and kind != 'organ'")
    own = rows("memberships")
    own = own[own["status"].eq("present") & own["org_id"].isin(bodies["org_id"])]
    own = own[own["role"].isin(FULL)]
    more = pd.read_csv(DATA / "igo_memberships.csv")
    more = more[(more["role"] == "member") & more["org_id"].isna()]
    more = more[(more["start_year"] <= year) & (more["end_year"] >= year)]
    seats = pd.concat(
        [
            there(own, year)[["actor_id", "org_id"]].set_axis(["state", "body"], axis=1),
            more[["actor_id", "igo"]].set_axis(["state", "body"], axis=1),
        ]
    )
    seats["body"] = seats["body"].replace(SAME_TREATY)
    states = pd.read_csv(DATA / "actors.csv").query("kind == 'state'")["actor_id"]
    seats = seats[seats["state"].isin(states) & ~seats["body"].isin(without)]
    table = pd.crosstab(seats["state"], seats["body"]).clip(upper=1).reindex(sorted(states), fill_value=0)
    sizes = pd.read_csv(DATA / "organization_sizes.csv").query("year == @year").replace({"org_id": SAME_TREATY})
    sizes = sizes.groupby("org_id")["n_members"].max()
    sizes = sizes.combine_first(
        pd.read_csv(DATA / "igo_sizes.csv").query("year == @year").set_index("igo")["n_members"]
    )
    sizes = sizes.reindex(table.columns)
    weights = (1 / (sizes - 1)).where(sizes > 1).fillna(0.0)
    matrix = table.to_numpy() * weights.to_numpy() @ table.to_numpy().T
    np.fill_diagonal(matrix, 0)
    return pd.DataFrame(matrix, index=table.index, columns=table.index)


def residual(year: int, without: tuple[str, ...] = ()) -> float:
    graph = nx.from_pandas_adjacency(shared_seats(year, without))
    central = pd.Series(nx.eigenvector_centrality_numpy(graph, weight="weight"))
    power = pd.read_csv(DATA / "attributes.csv").query("year == @year").set_index("actor_id")["cinc"]
    x, y = np.log(power[central.index]), np.log(central)
    slope, intercept = np.polyfit(x, y, 1)
    return float(y["RUS"] - intercept - slope * x["RUS"])


def test_c44_standing_beyond_power(world: World) -> None:
    found = theme.standing_by_company(world, Cast())
    assert found["b"].value == pytest.approx(np.mean([residual(y) for y in range(2009, 2013)]))
    gain = residual(2012) - residual(2012, ("SCO", "RIC", "BRICS"))
    assert found["a"].beside["gain"][2012] == pytest.approx(gain)  # type: ignore[index]


def test_c44_rank_among_triples_by_brute_force(world: World) -> None:
    net = _standing.network(world, 2011)
    sets = _standing.triples(world, "BRA", 2011, theme.COMPANY)
    cast = Cast(russia="BRA")
    gains = []
    full = float(_standing.beyond_power(world, "BRA", 2011)[0])
    for chosen in sets:
        weights = net.weights.copy()
        weights[chosen] = 0.0
        matrix = (net.seats * weights) @ net.seats.T
        np.fill_diagonal(matrix, 0.0)
        leading = np.abs(np.linalg.eigh(matrix)[1][:, -1])
        gains.append(full - float(net.residual[world.archive.at(["BRA"])[0]] @ np.log(leading)))
    own = theme._gain(world, cast, 2011)
    assert theme.standing_by_company(world, cast)["a"].by_year[2011] == pytest.approx(np.mean(np.array(gains) < own))
    there = [net.bodies[k] for k in np.unique(sets)]
    assert "SCO" not in there and "BRICS" not in there and len(there) >= 3


def test_c45_trade_with_asia_and_the_anchor(world: World) -> None:
    found = theme.place_in_asia(world, Cast())
    years = range(2001, 2013)
    asia = {y: sum(flow("RUS", s, y) for s in ASIA) for y in years}
    assert found["a"].value == pytest.approx(np.mean([math.log(asia[y] / union_trade("RUS", y)) for y in years]))
    share = {y: asia[y] / sum(world_trade("RUS", y)) for y in years}
    late, early = (np.mean([share[y] for y in own]) for own in (range(2010, 2013), range(2001, 2004)))
    assert found["b"].value == pytest.approx(late - early)
    carried = []
    counted = pd.read_csv(DATA / "organizations.csv").query("counts_as_tie == True")["org_id"]
    sizes = pd.read_csv(DATA / "organization_sizes.csv").set_index(["org_id", "year"])["n_members"]
    for year in range(2005, 2013):
        strength = {}
        for body in set(counted) - {"CST", "CUSTOMS_UNION_BKR"}:  # one treaty with CSTO, one with the space
            inside = members(body, year, (*FULL, "observer", "associate"))
            n = sizes.get((body, year), np.nan)
            if "RUS" in inside and n > 1:
                strength[body] = len(inside & set(ASIA)) / (n - 1)
        carried.append(strength["SCO"] / sum(strength.values()))
    assert found["c"].value == pytest.approx(np.mean(carried))
    assert theme.place_in_asia(world, Cast(russia="JPN"))["a"].value > found["a"].value


def test_c45_another_body_in_the_place_of_the_sco(world: World) -> None:
    casts = all_measures()["C45"].placebos(Cast())
    apec = theme.place_in_asia(world, casts["APEC as SCO"])
    years = pd.read_csv(DATA / "igo_memberships.csv").query("igo == 'APEC' and role == 'member'")
    assert {"RUS", "CHN", "JPN", "KOR"} <= set(years["actor_id"])
    assert apec["a"].value == theme.place_in_asia(world, Cast())["a"].value
    assert 0 < apec["c"].value < 1


def test_c46_weight_of_members_and_observers(world: World) -> None:
    power = pd.read_csv(DATA / "attributes.csv").set_index(["year", "actor_id"])
    columns = ["population_thousand", "military_personnel_thousand", "iron_steel_thousand_tons"]
    smallest = []
    for year in range(2005, 2013):
        group = sorted(members("SCO", year, ("member", "observer")))
        own = power.loc[year].loc[group]
        smallest.append(min(own.loc[["CHN", "IND"], c].sum() / own[c].sum() for c in columns))
    found = theme.weight_of_the_group(world, Cast())
    assert set(SIX) < set(group) and "AFG" in group
    assert found["a"].value == pytest.approx(own["cinc"].sum())
    assert found["b"].value == pytest.approx(np.mean(smallest))
    six = found["a"].beside["population of the members"]
    assert six[2012] == power.loc[2012].loc[SIX, "population_thousand"].sum()  # type: ignore[index]
    drawn = theme.weight_of_the_group(world, Cast(other={"group": 1}))
    assert drawn["a"].value != found["a"].value


def test_c67_recognition_and_what_is_not_known(world: World) -> None:
    ties = rows("diplomatic_ties")
    ties = ties[(ties["kind"] == "recognition") & ties["target"].isin(["XAB", "XSO"])]
    yes = set(ties.loc[ties["status"] == "present", "source"])
    assert set(SIX) <= set(ties["source"])
    found = theme.recognition(world, Cast())["a"]
    assert found.value == len(yes & set(SIX) - {"RUS"}) == 0
    assert theme.recognition(world, Cast(russia="CHN"))["a"].value == 1  # then Russia is a partner that does
    assert math.isnan(theme.recognition(world, Cast(other={"partners": ("ARM", "BLR")}))["a"].value)
    half_known = theme.recognition(world, Cast(other={"partners": ("KAZ", "BLR")}))["a"]
    assert (half_known.value, half_known.bounds) == (0.0, (0.0, 1.0))
