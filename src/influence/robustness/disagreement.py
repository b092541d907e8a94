"""How far two sources of one value lie apart: a lower bound of the error of either."""

from __future__ import annotations

import numpy as np
import pandas as pd

FREEDOM = 3.0  # of Student's t: tails so heavy that one flow in a hundred is off by a factor of several
Q95 = 2.35336  # of Student's t with three degrees of freedom: 90 per cent lie within
Q95_NORMAL = 1.64485
# The t as a mixture of normal distributions, TAILS times the scale wide: quantiles of √(3/χ²) with three degrees of
# freedom, dense where the tails are made.
TAIL_WEIGHTS = np.array([0.15, 0.15, 0.15, 0.15, 0.1, 0.1, 0.08, 0.05, 0.03, 0.02, 0.01, 0.005, 0.005])
TAILS = np.array([0.659, 0.829, 0.982, 1.158, 1.352, 1.573, 1.89, 2.31, 2.822, 3.499, 4.449, 5.637, 8.17])
ROUNDS = 30
# What two sources have in common does not show in their disagreement, whose variance is twice that of what each has of
# its own. The common variance is taken to be anywhere from none to three times the own: that of an error is then from
# half of the disagreement's to twice as much.
HIDDEN = (0.5, 2.0)
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
    90 per cent quantile of abs(d) in the class, which heavy tails leave alone. How much of the error both sources
    share, building on the same customs declarations, is not known: a draw varies it (`HIDDEN`).
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


def expected_values(values: pd.DataFrame, scale: np.ndarray) -> tuple[np.ndarray, float]:
    """By how much the log of each value exceeds what its ends lead to expect, and how sure that expectation is.

    Parameters
    ----------
    values : pandas.DataFrame
        One row a value above 0: source, target, year, weight.
    scale : numpy.ndarray
        Of the errors, as `disagreement` gives it.

    Returns
    -------
    residual : numpy.ndarray
        log value − r_i − c_j, with an effect for each sender and receiver in each year.
    surety : float
        One over the variance of true values about the expectation: what errors leave of that of the residuals.
    """
    residual = np.log(values["weight"].to_numpy(dtype=float))
    year = values["year"].fillna(-1).astype(int).astype(str)
    ends = [pd.factorize(year + ":" + values[end].astype(str))[0] for end in ("source", "target")]
    for _ in range(ROUNDS):
        for codes in ends:
            residual = residual - (np.bincount(codes, weights=residual) / np.bincount(codes))[codes]
    left = max(len(residual) - sum(len(np.unique(codes)) for codes in ends), 1)  # degrees of freedom
    spread = float((residual**2).sum()) / left
    error = float(((scale * Q95 / Q95_NORMAL) ** 2).mean())
    return residual, 1 / max(spread - error, 0.05 * spread, 1e-12)


def tail_probabilities(residual: np.ndarray, scale: np.ndarray, surety: np.ndarray) -> np.ndarray:
    """Cumulated posterior probabilities of each of `TAILS` but the last, given how far values lie from expectation.

    Parameters
    ----------
    residual, scale, surety : numpy.ndarray, shape (pairs,)
        Means over the values of a pair; surety 0 where nothing is expected.

    Returns
    -------
    numpy.ndarray, shape (pairs, tails − 1)

    Notes
    -----
    A Student t is a normal distribution of random width. The farther a value lies from what its ends lead to expect,
    the more probable it is that its error is wide: such a value is drawn in, others stay where they are.
    """
    known = surety > 0
    true = np.divide(1.0, surety, out=np.zeros_like(surety), where=known)
    variance = true[:, None] + (scale[:, None] * TAILS) ** 2
    likelihood = np.exp(-0.5 * residual[:, None] ** 2 / variance) / np.sqrt(variance)
    weight = TAIL_WEIGHTS * np.where(known[:, None], likelihood, 1.0)
    return np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)[:, :-1]
