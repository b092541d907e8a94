"""How far two sources of one value lie apart: a lower bound of the error of either."""

from __future__ import annotations

import numpy as np
import pandas as pd

FREEDOM = 3.0  # of Student's t: tails so heavy that one flow in a hundred is off by a factor of several
Q95 = 2.35336  # of Student's t with three degrees of freedom: 90 per cent lie within
SPREAD = 3**0.5  # standard deviation of that t
SIZES = 5
FEWEST = 30  # flows that a class needs before it is trusted with a scale of its own


def disagreement(values: pd.DataFrame, second: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, float]:
    """The scale of the error of each value, from how far a second source lies apart.

    Parameters
    ----------
    values : pandas.DataFrame
        One row a value: source, target, year, weight.
    second : pandas.DataFrame
        The same columns from the other source; only what both have above 0 is compared.

    Returns
    -------
    scale : numpy.ndarray
        In the order of `values`: of a Student t with three degrees of freedom for the log of true over recorded.
    most : numpy.ndarray
        The largest disagreement seen in the class: no error is taken to be larger.
    persistence : float
        Correlation between successive years of one flow's disagreement, each relative to its class.

    Notes
    -----
    d = log(value / second), less its median in the class. Classes are fifths of the flows by size, crossed with how
    many of the two ends report badly (their own median of abs(d) is above that of most actors). The scale sets the
    90 per cent quantile of abs(d) in the class, which heavy tails leave alone. It is the whole disagreement, not its
    share √½ that two independent errors would leave to each: both sources build on the same customs declarations,
    and what they have in common does not show.
    """
    both = values.merge(second, on=["source", "target", "year"], how="left", suffixes=("", "_second"))
    own, other = both["weight"].to_numpy(dtype=float), both["weight_second"].to_numpy(dtype=float)
    met = (own > 0) & (other > 0)
    if met.sum() < FEWEST:
        raise ValueError(f"{int(met.sum())} values have a second source; at least {FEWEST} are needed to compare")
    d = np.log(np.where(met, own, 1.0) / np.where(met, other, 1.0))
    bad = _bad_reporters(both, np.abs(d - np.median(d[met])), met)
    ends = both["source"].isin(bad).to_numpy().astype(int) + both["target"].isin(bad).to_numpy()
    size = np.where(met, np.sqrt(np.maximum(own, 0) * np.where(met, other, 1.0)), own)
    edges = np.quantile(size[met], np.linspace(0, 1, SIZES + 1)[1:-1])
    fifth = np.searchsorted(edges, size)
    scale, centre, most = (np.full(len(d), told) for told in _spread(d[met]))
    for k in range(SIZES):
        for bad_ends in (0, 1, 2):
            rows = (fifth == k) & (ends == bad_ends)
            # A class too small for a scale of its own takes that of its size.
            told = rows & met if (rows & met).sum() >= FEWEST else (fifth == k) & met
            if rows.any() and told.sum() >= FEWEST:
                scale[rows], centre[rows], most[rows] = _spread(d[told])
    return scale, most, _persistence(both, np.where(met, (d - centre) / scale, np.nan))


def _bad_reporters(both: pd.DataFrame, apart: np.ndarray, met: np.ndarray) -> set[str]:
    ends = pd.concat([both["source"], both["target"]], ignore_index=True).astype(object)
    twice = pd.Series(np.tile(np.where(met, apart, np.nan), 2)).groupby(ends).median()
    return set(twice.index[twice > twice.median()])


def _spread(d: np.ndarray) -> tuple[float, float, float]:
    centre = float(np.median(d))
    apart = np.abs(d - centre)
    return max(float(np.quantile(apart, 0.9)) / Q95, 1e-6), centre, float(apart.max())


def _persistence(both: pd.DataFrame, relative: np.ndarray) -> float:
    """Rank correlation of successive years: one flow in a thousand must not decide it."""
    rows = both[["source", "target", "year"]].assign(now=relative)
    before = rows.assign(year=rows["year"] + 1).rename(columns={"now": "before"})
    pairs = rows.merge(before, on=["source", "target", "year"])[["now", "before"]].dropna()
    if len(pairs) < FEWEST:
        return 0.0
    ranks = pairs.rank()
    return float(np.clip(ranks["now"].corr(ranks["before"]), 0.0, 1.0))
