"""Levels, prior odds of a tie, and the disagreement of two sources, each against what was put in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from influence.robustness.disagreement import disagreement
from influence.robustness.posterior import centred, expit, levels, logit, node_odds
from influence.tables import read_table


def test_levels_keep_the_mean_and_hold_four_fifths_in_the_stated_range():
    own = levels(read_table("confidence"))
    stated = {"high": (0.02, 0.01, 0.05), "medium": (0.1, 0.05, 0.2), "low": (0.35, 0.2, 0.5)}
    for name, (mean, low, high) in stated.items():
        k = own.names.index(name)
        assert own.a[k] / (own.a[k] + own.b[k]) == pytest.approx(mean)
        inside = beta.cdf(high, own.a[k], own.b[k]) - beta.cdf(low, own.a[k], own.b[k])
        assert inside == pytest.approx(0.8)


def test_columns_tell_the_range_as_words_do():
    words = pd.DataFrame({"level": ["x"], "p_error_presence": [0.1], "note": ["Vary from 0.05 to 0.2."]})
    columns = pd.DataFrame({"level": ["x"], "p_error_presence": [0.1], "low": [0.05], "high": [0.2]})
    assert levels(words).a == pytest.approx(levels(columns).a)


@pytest.mark.parametrize("directed", [True, False])
def test_prior_odds_solve_the_likelihood_equations(directed):
    rng = np.random.default_rng(1)
    tied = rng.random((3, 12, 12)) < rng.random((12, 1)) * 0.6
    tied &= ~np.eye(12, dtype=bool)
    if not directed:
        tied |= tied.transpose(0, 2, 1)
    p = node_odds(tied, directed=directed)
    p = p / (1 + p)
    # The degrees that are expected are those recorded, a tenth of a tie and of a gap added.
    np.testing.assert_allclose(p.sum(axis=-1), (tied.sum(axis=-1) + 0.1) * 11 / 11.2, rtol=2e-2)
    np.testing.assert_allclose(p.sum(axis=-2), (tied.sum(axis=-2) + 0.1) * 11 / 11.2, rtol=2e-2)


def test_offsets_keep_the_mean_of_each_group():
    rng = np.random.default_rng(2)
    groups, mean = np.repeat([0, 1, 2], 20), np.repeat([0.02, 0.1, 0.35], 20)
    odds = np.exp(rng.normal(0, 2, 60))
    offset = centred(odds, groups, mean)
    p = expit(logit(mean) + offset)
    np.testing.assert_allclose(p.reshape(3, 20).mean(axis=1), [0.02, 0.1, 0.35])
    np.testing.assert_allclose(np.ptp((offset + np.log(odds)).reshape(3, 20), axis=1), 0, atol=1e-12)


def two_sources(scale: float, persistence: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Twenty economies over ten years, the second source off by a Student t that lasts."""
    rng = np.random.default_rng(3)
    names = [f"E{k:02d}" for k in range(20)]
    rows = pd.DataFrame(
        [(a, b, y) for a in names for b in names if a != b for y in range(2000, 2010)],
        columns=["source", "target", "year"],
    )
    pair = rows.groupby(["source", "target"]).ngroup().to_numpy()
    tail = np.sqrt(rng.chisquare(3, pair.max() + 1) / 3)
    z = np.sqrt(persistence) * rng.standard_normal(pair.max() + 1)[pair]
    z += np.sqrt(1 - persistence) * rng.standard_normal(len(rows))
    value = np.exp(rng.normal(3, 2, len(rows)))
    first = rows.assign(weight=value)
    return first, rows.assign(weight=value * np.exp(scale * z / tail[pair]))


@pytest.mark.parametrize("persistence", [0.0, 0.7])
def test_disagreement_finds_scale_and_persistence(persistence):
    scale, most, found = disagreement(*two_sources(0.3, persistence))
    assert np.median(scale) == pytest.approx(0.3, rel=0.15)
    assert (most > 3 * scale).all()
    assert found == pytest.approx(persistence, abs=0.1)


def test_one_wild_flow_changes_no_scale():
    first, second = two_sources(0.3, 0.0)
    calm = disagreement(first, second)[0]
    second.loc[17, "weight"] *= 1e9
    apart = np.abs(disagreement(first, second)[0] / calm - 1)
    assert np.quantile(apart, 0.99) < 0.02  # the flow itself, and one at the edge of a class, may change class


def test_too_few_common_values_are_refused():
    first, second = two_sources(0.3, 0.0)
    with pytest.raises(ValueError, match="5 values have a second source"):
        disagreement(first, second.head(5))
