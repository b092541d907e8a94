"""Is the whole curve more than chance would draw? Median and share against permuted worlds, and both as one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from influence.robustness.curve import Region, bounds_of, choice_weights, in_region, weighted_median
from influence.tables.write import round_number


def curve_statistics(values: np.ndarray, codes: np.ndarray, region: Region) -> tuple[float, float]:
    """How deep the median lies in the region (negative outside it), and the share that is in it; NaN without values."""
    low, high = bounds_of(region)
    weight = choice_weights(codes, ~np.isnan(values))
    if not weight.any():
        return np.nan, np.nan
    median = weighted_median(values, weight)
    # Rounded: permuted worlds that are the same world must tie, whatever the order of their sums.
    return round_number(min(median - low, high - median)), round_number(float(weight[in_region(values, region)].sum()))


def permutation_frame(
    observed: np.ndarray, worlds: np.ndarray, codes: np.ndarray, region: Region, *, exact: bool
) -> pd.DataFrame:
    """The test of a curve against worlds.

    Parameters
    ----------
    observed : numpy.ndarray, shape (specifications,)
    worlds : numpy.ndarray, shape (worlds, specifications)
    codes : numpy.ndarray, shape (specifications, choices)
    region : tuple
    exact : bool
        Whether the worlds are all there are, the observed one among them.

    Returns
    -------
    pandas.DataFrame
        By statistic (median, share, joint): observed and expected (mean over the worlds), p, smallest_p, worlds,
        without_value. For the median these are how deep it lies in the region. The joint statistic is the smaller
        of both p, referred to its own distribution over the worlds. A world without a value counts as extreme.
    """
    own = np.array(curve_statistics(observed, codes, region))
    if np.isnan(own).any():
        raise ValueError("no specification could be computed: there is nothing to test")
    drawn = np.array([curve_statistics(values, codes, region) for values in worlds]).reshape(-1, 2)
    empty = np.isnan(drawn).any(axis=1)
    if exact and not (drawn == own).all(axis=1).any():
        raise ValueError("the observed world is not among the worlds: name all of them, or give a callable to draw")
    pool = np.where(np.isnan(drawn), np.inf, drawn)
    pool = pool if exact else np.vstack([pool, own])
    p_all = np.stack([_upper(pool[:, k], pool[:, k]) for k in range(2)], axis=1)
    p_own = np.array([_upper(pool[:, k], own[[k]])[0] for k in range(2)])
    joint = _upper(-p_all.min(axis=1), -p_own.min(keepdims=True))[0]
    known = drawn[~empty]
    expected = known.mean(axis=0) if len(known) else np.full(2, np.nan)
    return pd.DataFrame(
        {
            "observed": [*own, p_own.min()],
            "expected": [*expected, np.nan],
            "p": [*p_own, joint],
            "smallest_p": 1.0 / len(pool),
            "worlds": len(worlds),
            "without_value": int(empty.sum()),
            "exact": exact,
        },
        index=pd.Index(["median", "share", "joint"], name="statistic"),
    )


def _upper(pool: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The share of the pool that is at least each value."""
    ranked = np.sort(pool)
    return 1.0 - np.searchsorted(ranked, values, side="left") / len(ranked)
