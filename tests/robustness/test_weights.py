"""Orders under all weightings: closed forms for two and three kinds, exponentials for more, draws for ranks."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influence.robustness import acceptability, dominance, weightings_above

THREE = pd.DataFrame(
    {"bases": [0.6, 0.3, 0.1], "arms": [0.2, 0.5, 0.3], "trade": [0.3, 0.3, 0.4]}, index=["RUS", "CHN", "USA"]
)


@pytest.mark.parametrize("first, second", [(3.0, -1.0), (-2.0, 5.0), (1.0, 2.0), (-1.0, -0.5), (0.0, 1.0), (0.0, -1.0)])
def test_two_kinds_by_the_line(first, second):
    """t·first + (1 − t)·second > 0 for t in an interval whose end is second / (second − first)."""
    turn = np.clip(second / (second - first), 0, 1)
    by_hand = 1 - turn if first > second else turn
    if first == 0 or second == 0 or first * second > 0:
        by_hand = float(first + second > 0)
    assert weightings_above([first, second]) == pytest.approx(by_hand, abs=1e-12)


def test_three_kinds_by_areas_of_triangles():
    """One corner alone on its side: the small triangle there has the two ratios of its sides as its share."""
    up, down, deep = 2.0, 1.0, 6.0
    corner = up / (up + down) * up / (up + deep)
    assert weightings_above({"a": up, "b": -down, "c": -deep}) == pytest.approx(corner)
    assert weightings_above({"a": -up, "b": down, "c": deep}) == pytest.approx(1 - corner)


def test_more_kinds_by_exponentials():
    """Weights are exponentials over their sum: P(Σ d E > 0) = Σ over d > 0 of Π d / (d − other), all different."""
    d = np.array([1.3, -0.4, 2.2, -1.9, 0.7])
    by_hand = sum(np.prod([a / (a - b) for b in d if b != a]) for a in d if a > 0)
    assert weightings_above(d) == pytest.approx(by_hand)


def test_equal_values_are_no_exception():
    """Two kinds against two of the same size: a symmetric question."""
    assert weightings_above([1, 1, -1, -1]) == pytest.approx(0.5)
    assert weightings_above([0, 0, 0]) == 0.5
    assert weightings_above([5, 5], bound=5) == 0.5


def test_a_bound_moves_every_kind():
    assert weightings_above([0.8, 0.2], bound=0.35) == pytest.approx(0.75)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_no_order_of_kinds_and_two_sides_make_one(values, random):
    shuffled = values.copy()
    random.shuffle(shuffled)
    share = weightings_above(values)
    assert 0 <= share <= 1
    assert weightings_above(shuffled) == pytest.approx(share, abs=1e-9)
    assert weightings_above([-v for v in values]) == pytest.approx(1 - share, abs=1e-9)


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [np.inf, 1.0]])
def test_a_kind_without_a_value_is_refused(values):
    with pytest.raises(ValueError, match="each kind needs a value"):
        weightings_above(values)


def test_two_kinds_ranks_by_crossings():
    """Scores over t: A t, B 1 − t, C .4 + 0 t: C is second in the middle, and first nowhere (A or B ≥ .5)."""
    shares = pd.DataFrame({"x": [1.0, 0.0, 0.4], "y": [0.0, 1.0, 0.4]}, index=list("ABC"))
    ranks = acceptability(shares).ranks
    assert ranks.loc["A"].tolist() == pytest.approx([0.5, 0.1, 0.4])
    assert ranks.loc["B"].tolist() == pytest.approx([0.5, 0.1, 0.4])
    assert ranks.loc["C"].tolist() == pytest.approx([0.0, 0.8, 0.2])


def test_three_kinds_ranks_against_a_grid_of_weightings():
    """Midpoints of a fine triangular grid: another way to measure areas."""
    m = 400
    grid = np.array([(i + 1 / 3, j + 1 / 3) for i in range(m) for j in range(m - i)])
    weights = np.column_stack([grid, m - grid.sum(axis=1)]) / m
    place = (-(weights @ THREE.to_numpy().T)).argsort(axis=1).argsort(axis=1)
    counted = [[(place[:, i] == r).mean() for r in range(3)] for i in range(3)]
    found = acceptability(THREE)
    assert found.exact and found.standard_error.to_numpy().max() == 0
    np.testing.assert_allclose(found.ranks, counted, atol=0.005)


def test_ranks_agree_with_pairs():
    """Among two actors the first rank is standing above the other; among three, ranks add up to what pairs say."""
    found = acceptability(THREE)
    expected = 1 + found.over.sum(axis=0)  # 1 + P(each other above me)
    np.testing.assert_allclose(found.ranks.mul(found.ranks.columns, axis=1).sum(axis=1), expected)
    np.testing.assert_allclose(found.ranks.sum(axis=0), 1)
    np.testing.assert_allclose(found.ranks.sum(axis=1), 1)


def test_four_kinds_draws_agree_with_exact_pairs():
    shares = pd.DataFrame(np.random.default_rng(4).dirichlet(np.ones(3), size=4).T, index=list("ABC"))
    found = acceptability(shares, draws=20_000)
    assert not found.exact
    mean = found.ranks.mul(found.ranks.columns, axis=1).sum(axis=1)
    assert (mean - 1 - found.over.sum(axis=0)).abs().max() < 4 * 2 * found.standard_error.to_numpy().max()
    pd.testing.assert_frame_equal(found.ranks, acceptability(shares, draws=20_000).ranks)
    assert not found.ranks.equals(acceptability(shares, draws=20_000, seed=2).ranks)


def test_those_who_tie_share_their_ranks():
    shares = pd.DataFrame({"x": [0.5, 0.5, 0.1], "y": [0.2, 0.2, 0.6]}, index=list("ABC"))
    found = acceptability(shares)
    assert found.over.loc["A", "B"] == 0.5
    assert found.ranks.loc["A"].tolist() == pytest.approx(found.ranks.loc["B"].tolist())
    assert found.ranks.loc["C"].tolist() == pytest.approx([0.5, 0.0, 0.5])


def test_dominance_by_hand():
    assert dominance(THREE).to_numpy().sum() == 0
    better = THREE.copy()
    better.loc["RUS"] = [0.6, 0.5, 0.5]
    told = dominance(better)
    assert told.loc["RUS"].to_dict() == {"RUS": False, "CHN": True, "USA": True}
    assert acceptability(better).over.loc["RUS", "CHN"] == 1.0
    better.loc["USA", "bases"] = np.nan
    assert not dominance(better).loc["RUS", "USA"]


def test_no_order_of_rows_and_columns():
    found = acceptability(THREE)
    for rows, columns in itertools.product(itertools.permutations(THREE.index), itertools.permutations(THREE.columns)):
        other = acceptability(THREE.loc[list(rows), list(columns)])
        pd.testing.assert_frame_equal(other.ranks.loc[THREE.index], found.ranks)
        pd.testing.assert_frame_equal(other.over.loc[THREE.index, THREE.index], found.over)


def test_what_is_missing_is_named():
    hole = THREE.copy()
    hole.loc["CHN", "arms"] = np.nan
    with pytest.raises(ValueError, match="CHN has no share in arms"):
        acceptability(hole)
    with pytest.raises(ValueError, match="each actor stands once"):
        acceptability(pd.concat([THREE, THREE]))


def test_it_can_be_read():
    found = acceptability(THREE)
    assert "3 actors, 3 kinds, exact" in repr(found)
    assert "which the row stands before the column" in found._repr_html_()
    assert "10,000 draws" in repr(acceptability(THREE.assign(votes=1 / 3)))
