"""Regression on pairs of actors, whose errors share actors: permutation p-values and a robust standard error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from influence.robustness.extremes import ALTERNATIVES
from influence.robustness.seeds import generator

_AT_ONCE = 2**22  # entries of permuted regressors held in memory


def mrqap(
    y: np.ndarray | pd.DataFrame,
    x: Mapping[str, np.ndarray | pd.DataFrame],
    *,
    draws: int = 999,
    seed: int,
    directed: bool = True,
    year_effects: bool = False,
    alternative: str = "two-sided",
) -> pd.DataFrame:
    """Regress ties on ties: ordinary least squares, with p by permuting actors (MRQAP, double semi-partialling).

    For each term, what the others do not explain of it is permuted, rows and columns alike, and the regression is run
    again; its t is held against the t of the data (Dekker, Krackhardt & Snijders 2007).

    Parameters
    ----------
    y : numpy.ndarray or pandas.DataFrame, shape (years, n, n) or (n, n)
        The dependent ties. NaN marks a pair of which nothing is known. Frames are aligned by name.
    x : mapping of str to numpy.ndarray or pandas.DataFrame
        Terms of the same shape as `y`; one of shape (n, n) holds in every year. An intercept is added.
    draws : int, default 999
        Random permutations; where the actors have no more than that many in all, each is used once.
    seed : int
    directed : bool, default True
        If false, all matrices must be symmetric, and each pair counts once.
    year_effects : bool, default False
        Whether every year has an intercept of its own.
    alternative : {"two-sided", "greater", "less"}
        Two-sided compares the size of t.

    Returns
    -------
    pandas.DataFrame
        One row a term, the intercept first (unless there are year effects): term, estimate, se_dyadic, t, p, p_min, n.
        ``se_dyadic`` is robust to pairs that share an actor, in the same or another year (Aronow, Samii & Assenova
        2015); NaN where that estimate of a variance is negative. ``t`` is the classical one, as it is permuted. ``p``
        is (1 + permutations at least as extreme) / (1 + permutations), without the ones if all were used; ``p_min`` the
        smallest it could be. The intercept has no p: permuting changes nothing in it. ``n``: pairs used.

    Raises
    ------
    ValueError
        Shapes or names that do not match; too few pairs; terms that explain one another fully; an asymmetric matrix
        where pairs have no direction.

    Notes
    -----
    Years are blocks: actors are permuted within each year, by the same permutation in all of them. So no value moves
    to another year, and what ties a pair to itself over the years is part of the null, too; permuting each year by
    itself would make serial dependence look like evidence.

    A pair is used where everything is known of it; under a permutation, where `y`, the other terms and the
    permuted residual are known. Diagonals never count.

    References
    ----------
    Dekker, D., Krackhardt, D., & Snijders, T. A. B. (2007). Sensitivity of MRQAP tests to collinearity and
    autocorrelation conditions. Psychometrika 72, 563–581.
    Aronow, P. M., Samii, C., & Assenova, V. A. (2015). Cluster-robust variance estimation for dyadic data. Political
    Analysis 23, 564–577.

    Examples
    --------
    >>> import numpy as np
    >>> from influence.robustness import mrqap
    >>> rng = np.random.default_rng(1)
    >>> near, rich = rng.normal(size=(2, 12, 12))
    >>> found = mrqap(1 + 2 * near + rng.normal(size=(12, 12)), {"near": near, "rich": rich}, seed=1)
    >>> found[["term", "estimate", "p"]].round(2).values.tolist()
    [['intercept', 0.99, nan], ['near', 2.07, 0.0], ['rich', -0.13, 0.11]]
    """
    if alternative not in ALTERNATIVES:
        raise ValueError(f'alternative must be "two-sided", "greater" or "less", not {alternative!r}')
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    if not x:
        raise ValueError("a regression needs at least one term")
    pairs = _pairs(y, x, directed)
    design, names = _design(pairs, list(x), year_effects)
    used = ~np.isnan(pairs.y) & ~np.isnan(design).any(axis=1)
    own, response = design[used], pairs.y[used]
    if len(own) <= own.shape[1]:
        raise ValueError(f"{len(own)} pairs are known, too few for {own.shape[1]} coefficients")
    if np.linalg.matrix_rank(own) < own.shape[1]:
        raise ValueError("some term is a sum of others on the pairs that are known: leave one out")
    beta = np.linalg.lstsq(own, response, rcond=None)[0]
    residual = response - own @ beta
    bread = np.linalg.inv(own.T @ own)
    t = beta / np.sqrt(np.diag(bread) * (residual @ residual) / (len(own) - len(beta)))
    se = _dyadic_se(own, residual, bread, pairs.i[used], pairs.j[used], pairs.n)

    orders, exact = _orders(pairs.n, draws, seed)
    frame = pd.DataFrame({"term": names, "estimate": beta, "se_dyadic": se, "t": t, "p": np.nan, "p_min": np.nan})
    for k, name in enumerate(names):
        if name in x:
            drawn = _permuted_t(pairs, design, used, k, orders)
            frame.loc[k, "p"], frame.loc[k, "p_min"] = _p(t[k], drawn[~np.isnan(drawn)], exact, alternative)
    frame["n"] = len(own)
    frame = frame[frame["term"].isin([*x, "intercept"])].reset_index(drop=True)
    frame.attrs["influence"] = {
        "metric": "mrqap",
        "options": {"draws": len(orders), "seed": seed, "exact": exact, "alternative": alternative},
    }
    return frame


class _Pairs(NamedTuple):
    """All pairs of all years as rows: values, ends, year, and where each value stands in a year's matrix."""

    y: np.ndarray
    x: np.ndarray
    i: np.ndarray
    j: np.ndarray
    year: np.ndarray
    years: int
    n: int
    directed: bool


def _pairs(y: Any, x: Mapping[str, Any], directed: bool) -> _Pairs:
    # In the order of names, so that the order of rows does not decide which permutations are drawn.
    labels = y.index[np.argsort(y.index.astype(str), kind="stable")] if isinstance(y, pd.DataFrame) else None
    first = _cube("y", y, labels)
    years, n = first.shape[0], first.shape[-1]
    cubes = [first]
    for name, given in x.items():
        cube = _cube(name, given, labels)
        if cube.shape[-1] != n or cube.shape[0] not in (1, years):
            raise ValueError(f"{name} has the shape {cube.shape}, y has {first.shape}")
        cubes.append(np.broadcast_to(cube, first.shape))
    if not directed:
        for name, cube in zip(["y", *x], cubes, strict=True):
            if not np.array_equal(cube, cube.transpose(0, 2, 1), equal_nan=True):
                raise ValueError(f"{name} is not symmetric: read it as directed, or symmetrise it first")
    i, j = np.nonzero(~np.eye(n, dtype=bool) if directed else np.triu(np.ones((n, n), dtype=bool), 1))
    rows = np.stack([cube[:, i, j].ravel() for cube in cubes])
    return _Pairs(
        rows[0], rows[1:], np.tile(i, years), np.tile(j, years), np.repeat(np.arange(years), len(i)), years, n, directed
    )


def _cube(name: str, given: Any, labels: pd.Index | None) -> np.ndarray:
    """years × n × n, aligned by name where there are names."""
    if isinstance(given, pd.DataFrame):
        if labels is None:
            raise ValueError(f"{name} has names and y has none: give frames, or arrays in one order")
        if set(given.index) != set(labels) or set(given.columns) != set(labels):
            raise ValueError(f"{name} must have the actors of y in rows and columns")
        given = given.loc[labels, labels].to_numpy()
    cube = np.asarray(given, dtype=float)
    cube = cube[None] if cube.ndim == 2 else cube
    if cube.ndim != 3 or cube.shape[1] != cube.shape[2]:
        raise ValueError(f"{name} must be of shape (years, n, n) or (n, n), not {np.shape(given)}")
    return cube


def _design(pairs: _Pairs, terms: list[str], year_effects: bool) -> tuple[np.ndarray, list[str]]:
    if year_effects and pairs.years > 1:
        base = (pairs.year[:, None] == np.arange(pairs.years)).astype(float)
        names = [f"year {k}" for k in range(pairs.years)]
    else:
        base, names = np.ones((len(pairs.y), 1)), ["intercept"]
    return np.column_stack([base, *pairs.x]), [*names, *terms]


def _dyadic_se(
    x: np.ndarray, residual: np.ndarray, bread: np.ndarray, i: np.ndarray, j: np.ndarray, n: int
) -> np.ndarray:
    """Pairs that share an actor may be correlated at will: sums by actor, less the pairs that these count twice."""
    score = x * residual[:, None]
    by_actor = np.zeros((n, x.shape[1]))
    np.add.at(by_actor, i, score)
    np.add.at(by_actor, j, score)
    by_pair = np.zeros((n * n, x.shape[1]))
    np.add.at(by_pair, np.minimum(i, j) * n + np.maximum(i, j), score)
    variance = np.diag(bread @ (by_actor.T @ by_actor - by_pair.T @ by_pair) @ bread)
    return np.sqrt(np.where(variance >= 0, variance, np.nan))


def _orders(n: int, draws: int, seed: int) -> tuple[np.ndarray, bool]:
    """Permutations of the actors: all of them if they are no more than `draws`."""
    if math.factorial(n) <= draws:
        return np.array(list(permutations(range(n)))), True
    return generator(seed, "mrqap").permuted(np.tile(np.arange(n), (draws, 1)), axis=1), False


def _permuted_t(pairs: _Pairs, design: np.ndarray, used: np.ndarray, k: int, orders: np.ndarray) -> np.ndarray:
    """t of what the other terms leave of term k, its actors permuted."""
    others = np.delete(design, k, axis=1)
    # Orthonormal columns span the same space and keep the many small systems well conditioned.
    _, triangle = np.linalg.qr(others[used])
    others = np.linalg.solve(triangle.T, others.T).T * np.sqrt(used.sum())
    left = np.full(len(design), np.nan)
    fit = np.linalg.lstsq(others[used], design[used, k], rcond=None)[0]
    left[used] = design[used, k] - others[used] @ fit
    cube = np.full((pairs.years, pairs.n, pairs.n), np.nan)
    cube[pairs.year, pairs.i, pairs.j] = left
    if not pairs.directed:
        cube[pairs.year, pairs.j, pairs.i] = left
    known = ~np.isnan(pairs.y) & ~np.isnan(others).any(axis=1)
    z, y = others[known], pairs.y[known]
    i, j, year = pairs.i[known], pairs.j[known], pairs.year[known]
    step = max(1, _AT_ONCE // max(len(y), 1))
    found = [
        _t_of_last(z, y, cube[year, part[:, i], part[:, j]])
        for part in (orders[first : first + step] for first in range(0, len(orders), step))
    ]
    return np.concatenate(found)


def _t_of_last(z: np.ndarray, y: np.ndarray, e: np.ndarray) -> np.ndarray:
    """t of each row of `e` beside the columns of `z` in a regression of `y`, on the pairs that row knows."""
    weight = (~np.isnan(e)).astype(float)
    e = np.where(weight > 0, e, 0.0)
    p = z.shape[1]
    cross = (weight @ (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)).reshape(-1, p, p)
    zy, ze = weight @ (z * y[:, None]), e @ z
    solved = np.linalg.solve(cross, np.stack([zy, ze], axis=-1))
    yy = weight @ (y * y) - np.einsum("kp,kp->k", zy, solved[..., 0])
    ee = (e * e).sum(axis=1) - np.einsum("kp,kp->k", ze, solved[..., 1])
    ey = e @ y - np.einsum("kp,kp->k", ze, solved[..., 0])
    slope = ey / ee
    freedom = weight.sum(axis=1) - p - 1
    return slope / np.sqrt((yy - slope * ey) / freedom / ee)


def _p(t: float, drawn: np.ndarray, exact: bool, alternative: str) -> tuple[float, float]:
    sign = {"two-sided": np.abs, "greater": np.positive, "less": np.negative}[alternative]
    seen, value = sign(drawn), float(sign(t))
    extreme = int((seen >= value - 1e-9 * abs(value)).sum())
    extra = 0 if exact else 1
    whole = len(seen) + extra
    return (extreme + extra) / whole, 1 / whole
