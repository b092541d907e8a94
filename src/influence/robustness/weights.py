"""No composite weights from the air: in which weightings of the kinds of tie does an order hold?

An order that holds in every kind is dominance. Where kinds disagree, the order depends on their weights, and what
can be said is the share of all possible weightings in which it holds: all weights of 0 or more that add up to 1, each
as likely as any other (flat Dirichlet), which is acceptability in the sense of SMAA.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from influence.robustness.seeds import generator
from influence.robustness.simplex import TINY, cells, share_above

MOST_EXACT = 3  # kinds: beyond a triangle, ranks are counted by draws


@dataclass(frozen=True)
class Acceptability:
    """In which share of all weightings each actor has each rank, and stands before each other.

    Attributes
    ----------
    ranks : pandas.DataFrame
        Actor × rank (1 is the highest score): share of the weightings. Actors that tie share their ranks.
    over : pandas.DataFrame
        Actor × actor: share of the weightings in which the row scores above the column, ties half. Exact for any
        number of kinds. NaN on the diagonal.
    dominates : pandas.DataFrame
        Actor × actor: whether the row is at least the column in every kind, and above it in one.
    kinds : tuple
    draws : int
        How many weightings were drawn for the ranks; 0 where they are exact.
    """

    ranks: pd.DataFrame
    over: pd.DataFrame
    dominates: pd.DataFrame
    kinds: tuple[Any, ...]
    draws: int

    @property
    def exact(self) -> bool:
        """Whether the ranks are exact."""
        return self.draws == 0

    @property
    def standard_error(self) -> pd.DataFrame:
        """Of the ranks, from drawing weightings; 0 where they are exact."""
        return (self.ranks * (1 - self.ranks) / self.draws) ** 0.5 if self.draws else self.ranks * 0.0

    def __repr__(self) -> str:
        return f"{self._head()}\n{self.ranks.round(3).to_string()}"

    def _repr_html_(self) -> str:
        return (
            f"<p><b>{self._head()}</b></p><p>Share of weightings in which an actor has a rank</p>"
            f"{self.ranks.round(3).to_html(border=0)}<p>Share in which the row stands before the column</p>"
            f"{self.over.round(3).to_html(border=0, na_rep='–')}"
        )

    def _head(self) -> str:
        how = "exact" if self.exact else f"{self.draws:,} draws of weights"
        return f"Acceptability: {len(self.ranks)} actors, {len(self.kinds)} kinds, {how}"


def acceptability(shares: pd.DataFrame, *, draws: int = 10_000, seed: int = 1) -> Acceptability:
    """Who comes first, in which share of all weightings of the kinds.

    The score of an actor is Σ_k w_k x_k: its share in each kind, times what the kind weighs. Weights are uniform on
    the simplex (flat Dirichlet).

    Parameters
    ----------
    shares : pandas.DataFrame
        Actors (rows) × kinds (columns), in units that may be added: shares within each kind.
    draws : int, default 10,000
        Weightings drawn for the ranks where there are more than three kinds; fewer kinds are exact.
    seed : int, default 1

    Returns
    -------
    Acceptability

    Raises
    ------
    ValueError
        A share that is missing: its actor has no score. Leave out the actor or the kind, or bound it. Labels that
        stand twice.

    References
    ----------
    Lahdelma, R., Hokkanen, J., & Salminen, P. (1998). SMAA: Stochastic multiobjective acceptability analysis.
    European Journal of Operational Research, 106, 137-143.

    Examples
    --------
    >>> shares = pd.DataFrame({"bases": [0.8, 0.2], "trade": [0.4, 0.6]}, index=["RUS", "CHN"])
    >>> found = acceptability(shares)
    >>> float(found.over.loc["RUS", "CHN"].round(6))
    0.75
    >>> found.ranks
             1     2
    RUS   0.75  0.25
    CHN   0.25  0.75
    """
    x = _checked(shares)
    n, k = x.shape
    if k <= MOST_EXACT:
        draws = 0
        rank = np.array([_ranks(x, i, *cells(x[i] - np.delete(x, i, axis=0))) for i in range(n)])
    else:
        weights = generator(seed, "acceptability", draws).dirichlet(np.ones(k), size=draws)
        rank = np.array([_ranks(x, i, weights, np.full(draws, 1.0 / draws)) for i in range(n)])
    over = np.full((n, n), np.nan)
    for i in range(n):
        for j in range(i + 1, n):
            over[i, j] = share_above(x[i] - x[j])
            over[j, i] = 1.0 - over[i, j]
    labels = shares.index
    return Acceptability(
        pd.DataFrame(rank.round(12), index=labels, columns=range(1, n + 1)),
        pd.DataFrame(over, index=labels, columns=labels),
        dominance(shares),
        tuple(shares.columns),
        draws,
    )


def dominance(shares: pd.DataFrame) -> pd.DataFrame:
    """Whose order holds in every kind, so that no weighting can reverse it.

    Parameters
    ----------
    shares : pandas.DataFrame
        Actors (rows) × kinds (columns).

    Returns
    -------
    pandas.DataFrame
        Actor × actor, bool: the row is at least the column in every kind and above it in at least one. False where a
        kind is unknown (NaN) for either.

    Examples
    --------
    >>> shares = pd.DataFrame({"bases": [0.5, 0.2, 0.3], "trade": [0.4, 0.4, 0.2]}, index=["RUS", "CHN", "USA"])
    >>> dominance(shares).loc["RUS"].to_dict()
    {'RUS': False, 'CHN': True, 'USA': True}
    """
    x = shares.to_numpy(dtype=float)
    least = np.all(x[:, None, :] >= x[None, :, :], axis=-1)
    above = np.any(x[:, None, :] > x[None, :, :], axis=-1)
    return pd.DataFrame(np.logical_and(least, above), index=shares.index, columns=shares.index)


def weightings_above(values: Mapping[Any, float] | pd.Series, bound: float = 0.0) -> float:
    """The share of all weightings of the kinds in which their weighted mean is above a bound, exactly.

    Parameters
    ----------
    values : mapping or Series
        Kind → value, such as a log ratio of two actors.
    bound : float, default 0

    Returns
    -------
    float
        Half of it where the mean equals the bound under every weighting.

    Raises
    ------
    ValueError
        No value, or one that is missing or infinite.

    References
    ----------
    Varsi, G. (1973). The multidimensional content of the frustum of the simplex. Pacific Journal of Mathematics, 46,
    303-314.

    Examples
    --------
    >>> weightings_above({"bases": 3.0, "trade": -1.0})
    0.75
    >>> round(weightings_above({"bases": 3.0, "arms": 1.0, "trade": -1.0}), 6)
    0.875
    """
    kinds = pd.Series(values, dtype=float)
    if kinds.empty or not np.isfinite(kinds).all():
        raise ValueError(f"each kind needs a value: {', '.join(map(str, kinds.index[~np.isfinite(kinds)])) or 'none'}")
    return share_above(kinds.to_numpy() - bound)


def _checked(shares: pd.DataFrame) -> np.ndarray:
    for labels, what in ((shares.index, "actor"), (shares.columns, "kind")):
        if not len(labels) or labels.has_duplicates:
            raise ValueError(f"each {what} stands once, and there is at least one: found {list(labels)}")
    x = shares.to_numpy(dtype=float)
    if not np.isfinite(x).all():
        row, column = (int(p[0]) for p in np.nonzero(~np.isfinite(x)))
        raise ValueError(
            f"{shares.index[row]} has no share in {shares.columns[column]}: leave out the one or the other, or bound it"
        )
    return x


def _ranks(x: np.ndarray, i: int, weights: np.ndarray, measure: np.ndarray) -> np.ndarray:
    """The share of the weightings in which an actor has each rank; those who tie share their ranks."""
    lead = weights @ (x - x[i]).T
    lead[np.abs(lead) <= TINY * max(float(np.abs(x).max()), TINY)] = 0.0
    above, equal = (lead > 0).sum(axis=1), (lead == 0).sum(axis=1)
    found = np.zeros(len(x))
    for ties in np.unique(equal):
        own = equal == ties
        for place in range(ties):
            found += np.bincount(above[own] + place, weights=measure[own] / ties, minlength=len(x))
    return found
