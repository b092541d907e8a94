"""First-in, last-in and Shapley value of organizations against hand computations and all orders of arrival."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.metrics import two_mode
from influence.metrics.games import TooManyPlayers
from influence.metrics.organization_power import organization_power
from influence.network.adapter import GraphError

SEATS = pd.DataFrame(
    {"SCO": [1, 1, 1, 1], "CSTO": [1, 0, 1, 0], "CIS": [1, 0, 1, 1], "OSCE": [1, 0, 0, 0]},
    index=["RUS", "CHN", "KAZ", "UZB"],
)


@st.composite
def incidences(draw):
    n, m = draw(st.integers(3, 6)), draw(st.integers(1, 4))
    cells = draw(st.lists(st.sampled_from([0, 1]), min_size=n * m, max_size=n * m))
    return pd.DataFrame(
        np.array(cells).reshape(n, m), index=[f"a{k}" for k in range(n)], columns=[f"o{k}" for k in range(m)]
    )


def worth(seats, coalition, kind, rivals):
    """Towards all who are neither a0 nor a rival, each shared organization counting 1."""
    others = [a for a in seats.index if a not in ("a0", *rivals)]
    shared = {p: seats.loc[others, list(coalition)].mul(seats.loc[p, list(coalition)]) for p in ("a0", *rivals)}
    if kind == "reach":
        return float((shared["a0"].sum(axis=1) > 0).sum())
    own, everyone = shared["a0"].to_numpy().sum(), sum(s.to_numpy().sum() for s in shared.values())
    return float(own if kind == "strength" else own / everyone if everyone else 0.0)


@settings(max_examples=60, deadline=None)
@given(seats=incidences(), kind=st.sampled_from(["share", "reach", "strength"]), rival=st.booleans())
def test_shapley_is_the_mean_over_all_orders(seats, kind, rival):
    rivals = ["a1"] if rival else []
    others = [a for a in seats.index if a != "a0"]
    found = organization_power(seats, "a0", others, players=seats.columns, rivals=rivals, worth=kind, weight="count")
    v = {c: worth(seats, c, kind, rivals) for n in range(5) for c in itertools.combinations(seats.columns, n)}
    orders = list(itertools.permutations(seats.columns))
    for k in seats.columns:
        gains = []
        for order in orders:
            before = set(order[: order.index(k)])
            ordered = [tuple(c for c in seats.columns if c in s) for s in (before | {k}, before)]
            gains.append(v[ordered[0]] - v[ordered[1]])
        rest = tuple(c for c in seats.columns if c != k)
        expected = {
            "first_in": v[(k,)] - v[()],
            "last_in": v[tuple(seats.columns)] - v[rest],
            "shapley": np.mean(gains),
        }
        assert found.loc[k].to_dict() == pytest.approx(expected, abs=1e-12)
    assert found["shapley"].sum() == pytest.approx(v[tuple(seats.columns)] - v[()])


def test_shares_by_hand():
    # towards KAZ and UZB, each seat 1. RUS: SCO 2, CSTO 1, CIS 2; CHN: SCO 2.
    found = organization_power(SEATS, "RUS", ["KAZ", "UZB"], rivals=["CHN"], weight="count")
    assert list(found.index) == ["SCO", "CSTO", "CIS"]  # in OSCE Russia meets neither
    assert found["first_in"].to_dict() == pytest.approx({"SCO": 2 / 4, "CSTO": 1, "CIS": 1})
    assert found["last_in"].to_dict() == pytest.approx({"SCO": 5 / 7 - 1, "CSTO": 5 / 7 - 4 / 6, "CIS": 5 / 7 - 3 / 5})
    assert found["shapley"].sum() == pytest.approx(5 / 7)


def test_a_rival_s_organization_plays_too():
    seats = SEATS.assign(CACO=[0, 1, 1, 1])
    found = organization_power(seats, "RUS", ["KAZ", "UZB"], rivals=["CHN"], weight="count")
    assert found.loc["CACO", "shapley"] < 0 and found.loc["CACO", "last_in"] == pytest.approx(5 / 9 - 5 / 7)


def test_several_bodies_as_one_player_and_others_that_stay():
    found = organization_power(
        SEATS, "RUS", ["KAZ", "UZB"], players={"military": ["CSTO"], "union": ["CIS", "SCO"]}, worth="strength",
        weight="count",
    )  # fmt: skip
    assert found["shapley"].to_dict() == {"military": 1, "union": 4}
    alone = organization_power(SEATS, "RUS", ["KAZ", "UZB"], players=["SCO"], rivals=["CHN"], weight="count")
    # CSTO and CIS stay: all is Russia's before the SCO comes
    assert alone.loc["SCO"].to_dict() == pytest.approx(dict.fromkeys(alone.columns, 5 / 7 - 1))


def test_strength_is_that_of_the_projection():
    sizes = {"SCO": 6, "CSTO": 7, "CIS": 11}
    found = organization_power(SEATS, "RUS", ["KAZ", "UZB", "RUS"], worth="strength", sizes=sizes)
    expected = two_mode.strength_by_organization(SEATS, "RUS", ["KAZ", "UZB"], sizes=sizes)
    for column in found:
        assert found[column].to_dict() == pytest.approx(expected[found.index].to_dict())


def test_many_weightings_at_once():
    rng = np.random.default_rng(4)
    draws = pd.DataFrame(rng.dirichlet([1, 1, 1], 5), columns=["SCO", "CSTO", "CIS"])
    options = {"rivals": ["CHN"], "players": ["SCO", "CSTO", "CIS"]}
    found = organization_power(SEATS, "RUS", ["KAZ", "UZB"], weights=draws, **options)
    assert found.index.nlevels == 2 and len(found) == 15
    for draw, row in draws.iterrows():
        one = organization_power(SEATS, "RUS", ["KAZ", "UZB"], weights=row, **options)
        pd.testing.assert_frame_equal(found.loc[draw], one)
    assert found.loc[0, "first_in"].to_dict() == pytest.approx({"SCO": 0.5, "CSTO": 1, "CIS": 1})


def test_nobody_meets_nobody():
    assert organization_power(SEATS[["OSCE"]], "RUS", ["KAZ"]).empty
    found = organization_power(SEATS, "RUS", ["KAZ"], players=["OSCE"], worth="reach")
    assert found.loc["OSCE"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"actor": "XXX"}, "XXX is no actor"),
        ({"others": ["XXX"]}, "XXX is no actor"),
        ({"rivals": ["XXX"]}, "XXX is no actor"),
        ({"players": ["NATO"]}, "NATO is no organization"),
        ({"players": {"a": ["SCO"], "b": ["SCO"]}}, "SCO plays twice"),
        ({"weights": {"NATO": 1.0}}, "NATO is no organization"),
        ({"weights": {"SCO": -1.0}}, "0 or more"),
        ({"weights": {"SCO": np.nan}}, "0 or more"),
    ],
)
def test_what_cannot_be_is_named(options, told):
    given_options = {"actor": "RUS", "others": ["KAZ"], **options}
    with pytest.raises(GraphError, match=told):
        organization_power(SEATS, **given_options)


def test_too_many_players_and_unknown_worth():
    many = pd.DataFrame(1, index=["RUS", "KAZ"], columns=[f"o{k}" for k in range(19)])
    with pytest.raises(TooManyPlayers, match="19 players are more than 18"):
        organization_power(many, "RUS", ["KAZ"])
    with pytest.raises(ValueError, match="worth must be"):
        organization_power(SEATS, "RUS", ["KAZ"], worth="glory")
