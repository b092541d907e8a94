"""Claims on institutions, each decisive number worked out again from the tables with plain pandas."""

import itertools

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.themes.institutions import increments, players, shapley_by_weights
from influence.claims.world import Cast, World
from influence.metrics.games import shapley_value

FIVE = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
POLES = ["RUS", "CHN", "USA", "TUR", "IRN", "IND", "JPN", "KOR"]
EU = ["DEU", "FRA", "GBR", "ITA", "NLD", "POL", "CZE", "EST", "LVA", "LTU"]


@pytest.fixture(scope="module")
def world():
    return World(archive())


def seats_of_2010():
    """State → bodies in force on 31 December 2010, with their world sizes, straight from the tables."""
    read = inf.tables.read_table
    bodies = read("organizations")
    counted = set(bodies.loc[bodies["counts_as_tie"].fillna(False), "org_id"])
    rows = read("memberships")
    last = pd.Timestamp("2010-12-31")
    roles = {"member", "permanent_member", "elected_member", "participant", "participating_state", "party"}
    rows = rows[
        rows["org_id"].isin(counted)
        & rows["role"].isin(roles)
        & (rows["status"] == "present")
        & (rows["presence_confidence"] != "low")
        & ~rows["evidence_kind"].isin(["recalled", "illustrative"])
        & (rows["start"] <= last)
        & (rows["end"].isna() | (rows["end"] > last))
    ]
    same = {"CST": "CSTO", "CUSTOMS_UNION_BKR": "SINGLE_ECONOMIC_SPACE"}
    held = {(a, same.get(o, o)) for a, o in zip(rows["actor_id"], rows["org_id"], strict=True)}
    cow = read("igo_memberships")
    cow = cow[
        (cow["role"] == "member") & cow["org_id"].isna() & (cow["start_year"] <= 2010) & (cow["end_year"] >= 2010)
    ]
    held |= set(zip(cow["actor_id"], cow["igo"], strict=True))
    sizes = read("organization_sizes")
    sizes = sizes[sizes["year"] == 2010].dropna(subset=["n_members"])
    n = {same.get(o, o): int(k) for o, k in zip(sizes["org_id"], sizes["n_members"], strict=True)}
    more = read("igo_sizes")
    more = more[more["year"] == 2010]
    for o, k in zip(more["igo"], more["n_members"], strict=True):
        n.setdefault(o, int(k))
    return held, n


@pytest.fixture(scope="module")
def by_hand():
    """Pole → body → strength with the five in 2010."""
    held, n = seats_of_2010()
    bodies = {o for _, o in held if n.get(o, 0) > 1}

    def strength(pole):
        return {o: sum((s, o) in held for s in FIVE) / (n[o] - 1) for o in bodies if (pole, o) in held}

    table = {p: strength(p) for p in POLES}
    union = [strength(p) for p in EU]
    table["EUU"] = {o: sum(s.get(o, 0.0) for s in union) / len(EU) for o in bodies}
    return table


def share_of_russia(table, without=()):
    total = {p: sum(v for o, v in own.items() if o not in without) for p, own in table.items()}
    return {p: v / sum(total.values()) for p, v in total.items()}


def test_the_increment_of_the_sco_by_hand(world, by_hand):
    own = all_measures()["C03"].function(world, Cast())
    whole, left = share_of_russia(by_hand), share_of_russia(by_hand, {"SCO"})
    assert own["a"].by_year[2010] == pytest.approx(whole["RUS"] - left["RUS"])
    assert own["b"].by_year[2010] == pytest.approx(whole["RUS"] - left["RUS"] - whole["CHN"] + left["CHN"])


def test_increments_of_a_toy():
    strength = pd.DataFrame({"x": [2.0, 0.0], "y": [1.0, 1.0]}, index=["RUS", "CHN"])
    added = increments(strength, ["x", "y"], ["RUS", "CHN"])
    assert added.loc["x"].tolist() == pytest.approx([3 / 4 - 1 / 2, 1 / 4 - 1 / 2])
    assert added.loc["y"].tolist() == pytest.approx([3 / 4 - 1, 1 / 4 - 0])


def test_the_shapley_values_by_all_orders(world, by_hand):
    four = list(players(Cast()).items())
    worth = np.zeros(16)
    for s in range(16):
        gone = {o for k, (_, bodies) in enumerate(four) if not s >> k & 1 for o in bodies}
        worth[s] = share_of_russia(by_hand, gone)["RUS"]
    by_orders = np.zeros(4)
    for order in itertools.permutations(range(4)):
        inside = 0
        for k in order:
            by_orders[k] += (worth[inside | 1 << k] - worth[inside]) / 24
            inside |= 1 << k
    ours = shapley_by_weights(world, Cast(), 2010, None).iloc[0].to_numpy()
    assert ours == pytest.approx(by_orders)
    assert ours == pytest.approx(np.asarray(shapley_value(worth)).ravel())


def test_weights_in_place_of_newman_s(world):
    year, cast = 2010, Cast()
    newman = world.seats.weights(year, igos=True)
    own = np.array([newman[list(b for b in bodies if b in newman)].sum() for bodies in players(cast).values()])
    same = shapley_by_weights(world, cast, year, (own / own.sum())[None, :])
    assert same.to_numpy() == pytest.approx(shapley_by_weights(world, cast, year, None).to_numpy())


def test_how_often_the_sco_is_not_first(world):
    own = all_measures()["C04"].function(world, Cast())
    assert 0 <= own["a"].value <= 1
    alone = np.eye(4)  # all weight on one body: that body is first, unless it has nothing for Russia
    first = shapley_by_weights(world, Cast(), 2010, alone).to_numpy().argmax(axis=1)
    assert first[list(players(Cast())).index("SCO")] == list(players(Cast())).index("SCO")


def test_china_in_russia_s_place_gains_from_the_sco(world):
    measure = all_measures()["C04"]
    casts = measure.placebos(Cast())
    assert measure.function(world, casts["CHN as RUS"])["a"].value == 0.0  # of the four China sits in the SCO alone


def test_pairs_joined_by_one_body_alone(world):
    members = {o: set(world.seats.members(o, 2012)) for o in ("SCO", "CSTO", "EURASEC", "CIS", "CUSTOMS_UNION_BKR")}
    pairs = {o: {frozenset(p) for p in itertools.combinations(m, 2)} for o, m in members.items()}
    pairs["EURASEC"] |= pairs.pop("CUSTOMS_UNION_BKR")
    alone = {o: len(own - set().union(*(p for k, p in pairs.items() if k != o))) for o, own in pairs.items()}
    own = all_measures()["C26"].function(world, Cast())["a"]
    assert own.value == min(alone.values())
    assert {k.split()[3]: v for k, v in own.beside.items()} == alone


def test_instruments_between_the_two_by_hand(world):
    rows = inf.tables.read_table("organization_ties")
    rows = rows[(rows["status"] == "present") & rows["start"].dt.year.between(2003, 2012)]
    sides = [{"SCO", "SCO_RATS", "SCO_SECRETARIAT"}, {"CSTO"}]
    own = [
        k
        for a, b, k in zip(rows["org_a"], rows["org_b"], rows["kind"], strict=True)
        if (a in sides[0] and b in sides[1]) or (b in sides[0] and a in sides[1])
    ]
    found = all_measures()["C57"].function(world, Cast())
    assert found["b"].value == len(own)
    assert found["a"].value == sum("joint" in k for k in own)
