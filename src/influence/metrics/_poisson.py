"""Poisson pseudo-maximum likelihood with exporter-year, importer-year and pair effects, on cubes of flows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

EXACT = 1e-11
_STEPS, _SWEEPS, _PROJECTIONS = 100, 30, 500
_LOOSE, _TIGHT = 1e-5, 1e-12
"""Relative error of a projection while fitting, where a later step makes up for it, and of residual regressors."""


class PoissonFit(NamedTuple):
    """A fit.

    Attributes
    ----------
    coefficients : numpy.ndarray, shape (regressors,)
    log_mean : numpy.ndarray, shape (years, n, n)
        Log of the fitted flows where a flow counts; 0 elsewhere.
    counted : numpy.ndarray of bool, shape (years, n, n)
    steps : int
    """

    coefficients: np.ndarray
    log_mean: np.ndarray
    counted: np.ndarray
    steps: int


class NotConverged(ValueError):
    """The likelihood has no finite maximum, or none was reached."""


def counting(flows: np.ndarray) -> np.ndarray:
    """Which flows say anything: known, off the diagonal, and in no exporter-year, importer-year or pair all of zeros.

    An effect with nothing but zeros goes to minus infinity and fits them exactly; leaving one out may empty another.
    """
    n = flows.shape[-1]
    counted = ~np.isnan(flows)
    counted[:, np.arange(n), np.arange(n)] = False
    while True:
        there = counted & (np.nan_to_num(flows) > 0)
        kept = counted & there.any(axis=0) & there.any(axis=1)[:, None, :] & there.any(axis=2)[:, :, None]
        if (kept == counted).all():
            return counted
        counted = kept


def fit_poisson(
    flows: np.ndarray, regressors: np.ndarray, *, start: np.ndarray | None = None, tolerance: float = EXACT
) -> PoissonFit:
    """Fit E[y_ijt] = exp(a_it + b_jt + p_ij + x_ijt β) by Newton steps.

    Parameters
    ----------
    flows : numpy.ndarray, shape (years, n, n)
        Exports from row to column, 0 or more; NaN is left out, the diagonal too.
    regressors : numpy.ndarray, shape (k, years, n, n)
    start : numpy.ndarray, shape (years, n, n), optional
        Log means to start from, a sum of effects; default: near the fit without regressors.
    tolerance : float
        Fitting stops when no coefficient moves by more than this; the error left is about its square.

    Returns
    -------
    PoissonFit

    Raises
    ------
    NotConverged
        A regressor that the effects explain, or coefficients that do not settle.

    Notes
    -----
    Each step is a weighted regression of (y - μ)/μ on the regressors, weights μ, all of them net of the three kinds
    of effects (`residuals`), as Correia, Guimarães & Zylkin (2020) have it. What a step is multiplied by need not be
    exact for its end to be: at the end every sum of y - μ over an effect or regressor is 0.
    """
    counted = counting(flows)
    y = np.where(counted, np.nan_to_num(flows), 0.0)
    log_mean = _balanced(y, counted) if start is None else np.where(counted, start, 0.0)
    x = regressors * counted
    beta = np.zeros(len(x))
    for step in range(_STEPS):
        mu = np.exp(log_mean) * counted
        gap = np.divide(y - mu, mu, out=np.zeros_like(mu), where=mu > 0)
        net = residuals(np.concatenate([gap[None], x]), mu, _LOOSE)
        flat = net.reshape(len(net), -1)
        cross = (flat * mu.ravel()) @ flat.T
        if step == 0:
            _refuse_explained(cross[1:, 1:], x, mu)
        moved = np.linalg.solve(cross[1:, 1:], cross[1:, 0])
        beta = beta + moved
        change = gap - net[0] + np.tensordot(moved, net[1:], 1)
        # A pair with a tiny flow among zeros drifts to minus infinity; bounded steps keep this from overflowing.
        log_mean = np.where(counted, log_mean + np.clip(change, -4.0, 4.0), 0.0)
        if np.abs(moved).max(initial=0.0) < tolerance and (mu * change**2).sum() <= 1e-12 * y.sum():
            return PoissonFit(beta, log_mean, counted, step + 1)
    raise NotConverged("the coefficients do not settle: some combination of regressors and effects fits only zeros")


def residuals(values: np.ndarray, weights: np.ndarray, tolerance: float = _TIGHT) -> np.ndarray:
    """Values net of exporter-year, importer-year and pair effects, in weighted least squares.

    Pair effects are projected out exactly, the two others by conjugate gradients (alternating projections with the
    best step), scaled by the sums of weights.

    Parameters
    ----------
    values : numpy.ndarray, shape (k, years, n, n)
        Of order 1: what is smaller than rounding next to that counts as 0.
    weights : numpy.ndarray, shape (years, n, n)
        0 where nothing counts.
    tolerance : float
        Relative error, in the scaled norm of the normal equations.

    Returns
    -------
    numpy.ndarray, shape (k, years, n, n)
    """
    by_pair, by_exporter, by_importer = (_inverse(weights.sum(axis=a)) for a in (0, 2, 1))

    def without_pairs(v: np.ndarray) -> np.ndarray:
        return v - (np.einsum("ktij,tij->kij", v, weights) * by_pair)[:, None]

    left = without_pairs(values)
    weighted = left * weights
    g = weighted.sum(axis=3), weighted.sum(axis=2)
    z = g[0] * by_exporter, g[1] * by_importer
    along, norm = z, _dot(g, z)
    enough = np.maximum(tolerance**2 * norm, 1e-26 * weights.sum())
    for _ in range(_PROJECTIONS):
        if (norm <= enough).all():
            break
        d = without_pairs(along[0][..., :, None] + along[1][..., None, :])
        weighted = d * weights
        s = weighted.sum(axis=3), weighted.sum(axis=2)
        reach = _dot(along, s)
        step = np.divide(norm, reach, out=np.zeros_like(norm), where=(reach > 0) & (norm > enough))[:, None, None]
        left = left - step[..., None] * d
        g = g[0] - step * s[0], g[1] - step * s[1]
        z = g[0] * by_exporter, g[1] * by_importer
        following = _dot(g, z)
        turn = np.divide(following, norm, out=np.zeros_like(norm), where=norm > 0)[:, None, None]
        along, norm = (z[0] + turn * along[0], z[1] + turn * along[1]), following
    return left


def _balanced(y: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Log means near those of the fit without regressors: sums over effects put right in turns."""
    mu = counted * 1.0
    for _ in range(_SWEEPS):
        for axis in (0, 1, 2):
            mu = mu * (y.sum(axis=axis, keepdims=True) * _inverse(mu.sum(axis=axis, keepdims=True)))
    return np.where(counted, np.log(np.where(mu > 0, mu, 1e-300)), 0.0)


def _refuse_explained(cross: np.ndarray, x: np.ndarray, weights: np.ndarray) -> None:
    whole = np.einsum("ktij,ktij,tij->k", x, x, weights)
    left = np.diag(cross)
    none = left <= 1e-8 * whole
    if none.any():
        raise NotConverged(f"regressor {int(np.argmax(none))} is explained by the effects, or 0 throughout")
    if len(cross) and np.linalg.cond(cross / np.sqrt(np.outer(left, left))) > 1e10:
        raise NotConverged("the regressors explain each other once the effects are taken out")


def _inverse(total: np.ndarray) -> np.ndarray:
    return np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)


def _dot(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.einsum("kti,kti->k", a[0], b[0]) + np.einsum("kti,kti->k", a[1], b[1])
