"""What many draws say: interval, rank, who stands above whom. Ties count half, undefined values not at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_ROUNDING = 1e-9  # values closer than this, relative to the largest, are equal


class Summary(NamedTuple):
    """Of one metric in one layer and year; all arrays by actor but `above`, actor × actor."""

    actors: list[str]
    estimate: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rank: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    defined: np.ndarray
    above: np.ndarray


def summary(actors: list[str], estimate: np.ndarray, draws: np.ndarray, level: float) -> Summary:
    """Summarise draws of a metric.

    Parameters
    ----------
    actors : list of str
    estimate : numpy.ndarray, shape (n,)
    draws : numpy.ndarray, shape (draws, n)
        NaN where a draw leaves the metric undefined.
    level : float
        Probability that the intervals shall hold.
    """
    known = ~np.isnan(draws)
    count = known.sum(axis=0)
    mean = np.divide(np.where(known, draws, 0.0).sum(axis=0), count, out=np.full(len(count), np.nan), where=count > 0)
    low, high = mid_interval(draws, level)
    ranks, above = standing(draws)
    rank_low, rank_high = mid_interval(ranks, level)
    rank = standing(estimate[None])[0][0]
    return Summary(actors, estimate, mean, low, high, rank, rank_low, rank_high, known.mean(axis=0), above)


def mid_interval(draws: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The values whose mid-distribution function lies between the two tails, column by column.

    F(x) = P(X < x) + P(X = x)/2. Of continuous values it is the interval between two quantiles, such that a further
    draw lies in it with this probability however few there are; of counts, a value belongs to it if half of its own
    probability lifts it out of the tail.

    Parameters
    ----------
    draws : numpy.ndarray, shape (draws, n)
    level : float

    Returns
    -------
    low, high : numpy.ndarray, shape (n,)
        NaN where no draw is defined.

    References
    ----------
    Lancaster, H. O. (1961). Significance tests in discrete distributions. Journal of the American Statistical
    Association 56, 223-234.

    Examples
    --------
    >>> import numpy as np
    >>> mid_interval(np.repeat([[1.0], [2.0], [3.0]], [4, 92, 4], axis=0), 0.9)
    (array([2.]), array([2.]))
    """
    tail = (1 - level) / 2
    ordered = np.sort(draws, axis=0)  # NaN last
    count = (~np.isnan(ordered)).sum(axis=0)
    low = _lowest(ordered, count, tail)
    # The same from above: turned over, what is undefined comes first and is moved to the end again.
    turned = np.sort(-ordered, axis=0)
    return low, -_lowest(turned, count, tail)


def _lowest(ordered: np.ndarray, count: np.ndarray, tail: float) -> np.ndarray:
    """The least value of each sorted column whose middle is not in the lower tail: (below + equal/2 + 1)/(n + 1)."""
    found = np.full(ordered.shape[1], np.nan)
    for column in np.flatnonzero(count):
        values, n = ordered[: count[column], column], count[column]
        k = max(int(tail * (n + 1)) - 1, 0)
        first, last = np.searchsorted(values, values[k], "left"), np.searchsorted(values, values[k], "right")
        in_tail = (first + last) / 2 + 1 < tail * (n + 1) and last < n
        found[column] = values[last] if in_tail else values[k]
    return found


def standing(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ranks in each draw (1: the highest; equals share the mean of theirs), and P(row above column).

    Parameters
    ----------
    draws : numpy.ndarray, shape (draws, n)

    Returns
    -------
    ranks : numpy.ndarray, shape (draws, n)
        NaN where the value is undefined.
    above : numpy.ndarray, shape (n, n)
        Over the draws in which both are defined; equal values count half. NaN if there is none, and on the diagonal.
    """
    n = draws.shape[1]
    ranks, above = np.empty_like(draws), np.full((n, n), np.nan)
    known = ~np.isnan(draws)
    together = known.T.astype(float) @ known.astype(float)
    span = _ROUNDING * np.abs(np.where(known, draws, 0.0)).max(axis=1, initial=0.0)
    for k in range(n):
        gap = draws - draws[:, [k]]
        higher, lower = gap > span[:, None], gap < -span[:, None]
        equal = known & known[:, [k]] & ~higher & ~lower
        ranks[:, k] = 0.5 + higher.sum(axis=1) + 0.5 * equal.sum(axis=1)
        won = lower.sum(axis=0) + 0.5 * equal.sum(axis=0)
        np.divide(won, together[k], out=above[k], where=together[k] > 0)
        above[k, k] = np.nan
    ranks[~known] = np.nan
    return ranks, above
