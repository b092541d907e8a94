"""Claims on institutions that ease trade: pyfixest's regressions, Leiden's algorithm run again."""

import json
import random
from itertools import combinations
from pathlib import Path

import igraph as ig
import numpy as np
import pytest

from influence.claims.archive import archive
from influence.claims.measure import all_measures
from influence.claims.themes._gravity import POST_SOVIET, Contrasts, gravity, share_smaller, together
from influence.claims.world import Cast, World

ORACLE = json.loads((Path(__file__).resolve().parents[1] / "oracles" / "pyfixest_gravity.json").read_text())["claims"]
GROUPS = list(combinations(sorted(POST_SOVIET), 5))


@pytest.fixture(scope="module")
def world():
    return World(archive())


@pytest.fixture(scope="module")
def contrasts(world):
    return Contrasts(gravity(world, range(2001, 2004), range(2006, 2010)), POST_SOVIET)


def told(claim, world, cast=None):
    return all_measures()[claim].function(world, cast or Cast())


@pytest.mark.parametrize(("claim", "part"), [("C23", "a"), ("C25", "b")])
def test_interactions_as_pyfixest_has_them(world, claim, part):
    inside, others = ORACLE[claim]["coefficient"]
    assert told(claim, world)[part].value == pytest.approx(inside - others, abs=1e-7)


def test_the_members_of_eurasec_are_those_throughout(world, contrasts):
    members = {"RUS", "BLR", "KAZ", "KGZ", "TJK"}
    assert told("C23", world)["a"].value == pytest.approx(np.subtract(*contrasts.converged(members)))
    assert "UZB" in world.seats.members("EURASEC", 2006) and "UZB" not in world.seats.members("EURASEC", 2003)


def test_a_step_is_near_enough_to_tell_who_is_below(contrasts):
    drawn = [GROUPS[k] for k in np.random.default_rng(7).choice(len(GROUPS), 40, replace=False)]
    ends = np.array([np.subtract(*contrasts.converged(g)) for g in drawn])
    steps = contrasts.nearly(drawn)
    assert np.all(np.abs(steps - ends) < 0.03 + 0.25 * np.abs(steps))
    for value in (-0.49, 0.0, 0.6):
        assert contrasts.share_below(value, drawn) == pytest.approx((ends < value).mean())


@pytest.mark.slow
def test_the_rank_by_fitting_all_groups(world, contrasts):
    members = ("BLR", "KAZ", "KGZ", "RUS", "TJK")
    ends = np.array([np.subtract(*contrasts.converged(g)) for g in GROUPS if g != members])
    found = told("C23", world)
    assert found["b"].value == (ends < found["a"].value).mean()


def test_share_smaller_by_hand():
    assert share_smaller(1.0, [0.0, 1.0, 2.0, np.nan]) == 1 / 3
    assert np.isnan(share_smaller(np.nan, [1.0])) and np.isnan(share_smaller(1.0, []))


def test_communities_as_igraph_finds_them_seed_by_seed(world):
    expected = archive().expected("baci")[-1]
    flows = np.array(world.trade.among_states[-1])
    known = ~np.isnan(flows)
    goods, fitted = np.where(known, flows, 0.0), np.where(known, expected, 0.0)
    ratio = (goods + goods.T) / np.where(fitted + fitted.T > 0, fitted + fitted.T, np.inf)
    graph = ig.Graph.Weighted_Adjacency(np.round(ratio, 9), mode="undirected", loops=False)
    russia, poland = archive().at(["RUS", "POL"])
    same = 0
    try:
        for seed in range(200):
            ig.set_random_number_generator(random.Random(seed))
            label = graph.community_leiden("modularity", weights="weight", n_iterations=-1).membership
            same += label[russia] == label[poland]
    finally:
        ig.set_random_number_generator(random)
    assert together(world, 2012).loc["RUS", "POL"] == pytest.approx(same / 200, abs=0.1)


def test_communities_are_the_same_again_and_the_generator_is_put_back(world):
    state = random.getstate()
    first = together(World(archive()), 2012)
    assert first.equals(together(World(archive()), 2012)) and random.getstate() == state
    assert (np.diag(first) == 1).all() and first.equals(first.T)


def test_ukraine_in_kazakhstan_s_place_falls_together_with_russia(world):
    own, other = told("C25", world), told("C25", world, Cast(kazakhstan="UKR"))
    assert own["a"].value == together(world, 2012).loc["KAZ", "RUS"]
    assert other["a"].value == together(world, 2012).loc["UKR", "RUS"] != own["a"].value
    assert own["b"].value != pytest.approx(other["b"].value)
