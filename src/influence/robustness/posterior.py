"""What a record says of the true tie: how probable error is, how sure that is, and who is likely to be missed.

A level of confidence ("high") stands for a probability of error that is itself known only within a range; where a tie
may have been missed depends on how active its two ends are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

ROUNDS = 100
# A stated range is no certain bound. With nine tenths of the mass in it, intervals of counts at hubs held less often
# than claimed (`coverage_study`), for errors also differ between actors.
MASS = 0.8
ADDED = 0.1  # of a tie, to each degree
_RANGE = re.compile(r"from\s+(0?\.\d+)\s+to\s+(0?\.\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Levels:
    """The levels of confidence, and a Beta distribution of the probability of error for each.

    Attributes
    ----------
    names : tuple of str
    mean : numpy.ndarray
        P(not true | recorded) of a presence.
    value : numpy.ndarray
        P(off by more than a quarter) of a value.
    low, high : numpy.ndarray
        The stated range of the first.
    a, b : numpy.ndarray
        Of the Beta distribution with that mean and four fifths (`MASS`) of it in the stated range.
    """

    names: tuple[str, ...]
    mean: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    a: np.ndarray
    b: np.ndarray

    def codes(self, given: pd.Series) -> np.ndarray:
        """Which level each row has; −1 for none."""
        return pd.Index(self.names).get_indexer(pd.Index(given, dtype=object))

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """One probability of error a level."""
        return rng.beta(self.a, self.b)


def levels(table: pd.DataFrame) -> Levels:
    """The levels from a table like `confidence.csv`.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a level: level, p_error_presence, optionally p_error_value (else the same); and the range of the
        probability in columns ``low`` and ``high``, or in the words "from 0.01 to 0.05" of a column ``note``. Without
        either, from half to double.

    Raises
    ------
    ValueError
        A probability that is not above 0 and below 1, or a range that does not hold it.
    """
    rows = table.sort_values("level", kind="stable")
    mean = rows["p_error_presence"].to_numpy(dtype=float)
    value = rows["p_error_value"].to_numpy(dtype=float) if "p_error_value" in rows else mean
    low, high = np.array([_range(rows.iloc[k], p) for k, p in enumerate(mean)]).reshape(-1, 2).T
    for name, p, lo, hi in zip(rows["level"], mean, low, high, strict=True):
        if not 0 < lo < p < hi < 1:
            raise ValueError(f"confidence {name!r}: {p} must lie above {lo} and below {hi}, all between 0 and 1")
    total = np.array([_total(p, lo, hi) for p, lo, hi in zip(mean, low, high, strict=True)])
    return Levels(tuple(rows["level"].astype(str)), mean, value, low, high, mean * total, (1 - mean) * total)


def _range(row: pd.Series, p: float) -> tuple[float, float]:
    if {"low", "high"} <= {*row.dropna().index}:
        return float(row["low"]), float(row["high"])
    told = _RANGE.search(str(row.get("note", "")))
    return (float(told[1]), float(told[2])) if told else (p / 2, (1 + p) / 2 if p > 0.5 else 2 * p / (1 + p))


def _total(mean: float, low: float, high: float) -> float:
    """a + b of the Beta distribution with this mean and `MASS` of it between low and high."""
    from scipy.optimize import brentq
    from scipy.stats import beta

    def excess(log_total: float) -> float:
        a, b = mean * np.exp(log_total), (1 - mean) * np.exp(log_total)
        return float(beta.cdf(high, a, b) - beta.cdf(low, a, b)) - MASS

    return float(np.exp(brentq(excess, 0.0, 16.0)))


def node_odds(tied: np.ndarray, *, directed: bool) -> np.ndarray:
    """Prior odds of a tie by how active its two ends are: odds_ij = x_i y_j, fitted to the degrees.

    Parameters
    ----------
    tied : numpy.ndarray of bool, shape (..., n, n)
        Recorded ties.
    directed : bool
        If not, x = y.

    Returns
    -------
    numpy.ndarray, shape (..., n, n)
        0 on the diagonal. A tenth of a tie is added to each degree, so that an actor without ties can have been
        overlooked.

    Notes
    -----
    The logistic model with one parameter an actor (the β-model, and Holland and Leinhardt's p₁ without reciprocity),
    by the fixed-point iteration of its likelihood equations.

    References
    ----------
    Holland, P. W., & Leinhardt, S. (1981). An exponential family of probability distributions for directed graphs.
    Journal of the American Statistical Association 76, 33-50.
    """
    n = tied.shape[-1]
    ties = tied.astype(float)
    most = n - 1.0
    # A little of a tie more and of a gap more: neither none nor all is certain.
    out = (ties.sum(axis=-1) + ADDED) * most / (most + 2 * ADDED)
    into = (ties.sum(axis=-2) + ADDED) * most / (most + 2 * ADDED)
    into *= (out.sum(axis=-1) / into.sum(axis=-1))[..., None]
    scale = np.sqrt(out.sum(axis=-1, keepdims=True))
    x, y = out / scale, into / scale
    off = 1.0 - np.eye(n)
    for _ in range(ROUNDS):
        x = out / (off * y[..., None, :] / (1 + x[..., :, None] * y[..., None, :])).sum(axis=-1)
        if directed:
            y = into / (off * x[..., :, None] / (1 + x[..., :, None] * y[..., None, :])).sum(axis=-2)
        else:
            x = y = np.sqrt(x * y)  # two steps of one side in turn would swing
    return off * x[..., :, None] * y[..., None, :]


def logit(p: np.ndarray) -> np.ndarray:
    return np.log(p) - np.log1p(-p)


def expit(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def centred(odds: np.ndarray, groups: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Offsets by which the odds of error of each row differ from its group's, the group's mean probability kept.

    Parameters
    ----------
    odds : numpy.ndarray, shape (rows,)
        Prior odds that the row's tie exists; what is more probable beforehand is more rarely recorded in error.
    groups : numpy.ndarray of int, shape (rows,)
        Rows whose mean probability of error is known.
    mean : numpy.ndarray, shape (rows,)
        That mean, alike within a group.

    Returns
    -------
    numpy.ndarray, shape (rows,)
        o with mean(expit(logit(mean) + o)) = mean in each group.
    """
    offset = -np.log(odds)
    count = np.bincount(groups)
    base = logit(mean)
    for _ in range(ROUNDS):  # Newton on one shift a group
        p = expit(base + offset)
        gap = np.bincount(groups, weights=mean - p) / count
        slope = np.bincount(groups, weights=p * (1 - p)) / count
        offset = offset + np.clip(gap / np.maximum(slope, 1e-12), -2.0, 2.0)[groups]
    return offset
