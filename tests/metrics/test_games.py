"""Shapley's and Banzhaf's value against textbook games, their definition, and their axioms."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influence.metrics.games import banzhaf_value, shapley_value


def table(n, worth):
    """The worth of every coalition, coalition c being the players whose bit is set."""
    return np.array([float(worth({k for k in range(n) if c >> k & 1})) for c in range(2**n)])


def by_orders(v, n):
    """Shapley's value as defined: the mean over all orders of arrival."""
    gain = np.zeros(n)
    for order in itertools.permutations(range(n)):
        here = 0
        for k in order:
            gain[k] += v[here | 1 << k] - v[here]
            here |= 1 << k
    return gain / math.factorial(n)


def by_coalitions(v, n):
    """Banzhaf's value as defined: the mean over all coalitions of the others."""
    others = [[c for c in range(2**n) if not c >> k & 1] for k in range(n)]
    return np.array([np.mean([v[c | 1 << k] - v[c] for c in others[k]]) for k in range(n)])


games = st.integers(1, 5).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.integers(-9, 9), min_size=2**n, max_size=2**n))
)


def test_gloves():
    # one left glove and two right ones: a pair is worth 1 (a classic: 2/3, 1/6, 1/6)
    v = table(3, lambda s: 0 in s and len(s) > 1)
    assert shapley_value(v) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert banzhaf_value(v) == pytest.approx([3 / 4, 1 / 4, 1 / 4])


def test_the_airport_game():
    # runways of length 1, 2, 3 (Littlechild & Owen 1973): each stretch is shared by those who need it
    v = table(3, lambda s: max((k + 1 for k in s), default=0))
    assert shapley_value(v) == pytest.approx([1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 1])


def test_a_weighted_vote():
    # quota 51 of 50, 49, 1 (Banzhaf's and Shapley & Shubik's point: 49 votes are worth no more than 1)
    votes = [50, 49, 1]
    v = table(3, lambda s: sum(votes[k] for k in s) >= 51)
    assert shapley_value(v) == pytest.approx([4 / 6, 1 / 6, 1 / 6])
    assert banzhaf_value(v) == pytest.approx([3 / 4, 1 / 4, 1 / 4])


def test_bits_name_the_players():
    v = table(3, lambda s: 5.0 * (1 in s))
    assert shapley_value(v).tolist() == banzhaf_value(v).tolist() == [0, 5, 0]


@settings(max_examples=60, deadline=None)
@given(game=games)
def test_values_are_what_they_are_defined_as(game):
    n, v = game
    v = np.array(v, dtype=float)
    np.testing.assert_allclose(shapley_value(v), by_orders(v, n), atol=1e-12)
    np.testing.assert_allclose(banzhaf_value(v), by_coalitions(v, n), atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(game=games)
def test_efficiency_symmetry_dummy_and_additivity(game):
    n, v = game
    v = np.array(v, dtype=float)
    assert shapley_value(v).sum() == pytest.approx(v[-1] - v[0])
    for value in (shapley_value, banzhaf_value):
        # one player more, who adds 2 to everybody's worth, gets 2 and changes nothing for the others
        with_dummy = np.concatenate([v, v + 2.0])
        assert value(with_dummy) == pytest.approx([*value(v), 2.0])
        # players who may change places get the same
        w = table(n, lambda s: v[2 ** len(s) - 1])
        assert value(w) == pytest.approx(np.full(n, value(w)[0]))
        np.testing.assert_allclose(value(v + 3 * w), value(v) + 3 * value(w), atol=1e-12)


def test_many_games_at_once():
    v = np.random.default_rng(1).random((4, 3, 2**5))
    for value in (shapley_value, banzhaf_value):
        assert value(v).shape == (4, 3, 5)
        np.testing.assert_allclose(value(v)[2, 1], value(v[2, 1]))


def test_nobody_plays():
    assert shapley_value(np.array([7.0])).shape == banzhaf_value(np.array([7.0])).shape == (0,)


@pytest.mark.parametrize("worth", [np.zeros(3), np.zeros((2, 6)), np.zeros(0), np.array(1.0)])
def test_some_coalitions_are_not_enough(worth):
    with pytest.raises(ValueError, match="power of 2"):
        shapley_value(worth)
