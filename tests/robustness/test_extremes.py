"""p, z and intervals, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from influence.robustness.extremes import against

DRAWN = np.array([[1.0], [2.0], [2.0], [3.0], [7.0]])


def p(value: float, exact: bool, alternative: str) -> float:
    return against(np.array([value]), DRAWN, exact=exact, alternative=alternative)["p"].item()


def test_p_by_hand():
    """Five draws; a sample counts the observation, an enumeration holds it; equal values are extreme."""
    assert p(3, True, "greater") == 2 / 5
    assert p(3, False, "greater") == 3 / 6
    assert p(2, True, "less") == 3 / 5
    assert p(2, False, "less") == 4 / 6
    assert p(7, True, "two-sided") == 2 / 5
    assert p(7, False, "two-sided") == 4 / 6
    assert p(2, True, "two-sided") == 1.0


def test_smallest_p_by_hand():
    found = against(np.array([2.0]), DRAWN, exact=True, alternative="greater")
    assert found["p_min"].item() == 1 / 5
    assert against(np.array([2.0]), DRAWN, exact=False, alternative="greater")["p_min"].item() == 1 / 6
    assert against(np.array([2.0]), np.full((9, 1), 2.0), exact=False)["p_min"].item() == 1.0  # nothing can vary


def test_moments_and_interval():
    found = against(np.array([5.0]), np.arange(1000.0)[:, None], exact=False, level=0.9)
    assert found["expected"].item() == 499.5
    assert found["z"].item() == pytest.approx((5 - 499.5) / np.arange(1000).std())
    assert (found["low"].item(), found["high"].item()) == (49.0, 950.0)


def test_sums_in_another_order_are_ties():
    drawn = np.array([[0.1 + 0.2 + 0.3]] * 4)
    found = against(np.array([0.3 + 0.2 + 0.1]), drawn, exact=False)
    assert drawn[0, 0] != 0.3 + 0.2 + 0.1
    assert found["p"].item() == 1.0 and found["sd"].item() == 0.0 and np.isnan(found["z"].item())


def test_what_is_undefined_does_not_count():
    drawn = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])
    found = against(np.array([2.0, 2.0]), drawn, exact=False)
    assert found["draws"].tolist() == [2.0, 0.0]
    assert found["expected"][0] == 2.0 and np.isnan(found["p"][1])
    assert np.isnan(against(np.array([np.nan]), DRAWN, exact=True)["p"]).all()


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="alternative must be"):
        against(np.array([1.0]), DRAWN, exact=True, alternative="more")
    with pytest.raises(ValueError, match="level must lie between"):
        against(np.array([1.0]), DRAWN, exact=True, level=95)
