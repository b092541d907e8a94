"""Trade among the 34 states beyond what exporters, importers and pairs explain, and which states trade as a group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.metrics._poisson import EXACT, NotConverged, PoissonFit, fit_poisson, residuals

if TYPE_CHECKING:
    from influence.claims.world import World

FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
WESTERN = ("ARM", "AZE", "BLR", "GEO", "UKR")
POST_SOVIET = (*FIVE, *WESTERN, "RUS")
"""The post-Soviet states of the neighbourhood."""
ARTEFACT = (("RUS", ("BLR", "KAZ")), (2010, 2011))
"""Flows within the customs union in the years in which it stopped to record them as exports."""
SEEDS = 200


class Gravity:
    """Regressions on one sample of years: three-way Poisson pseudo-maximum likelihood, missing flows left out.

    Parameters
    ----------
    world : World
    before, after : iterable of int
        Years of the base, and years in which pairs may differ from it.
    """

    def __init__(self, world: World, before: Iterable[int], after: Iterable[int]) -> None:
        later = set(after)
        years = sorted({*before, *later} & set(YEARS))
        flows = world.trade.among_states[[y - YEARS[0] for y in years]].copy()
        (state, partners), when = ARTEFACT
        us, them = world.archive.at([state]), world.archive.at(partners)
        for t in [t for t, y in enumerate(years) if y in when]:
            flows[t][np.ix_(us, them)] = flows[t][np.ix_(them, us)] = np.nan
        self.flows, self.later = flows, np.array([y in later for y in years])
        self._at = world.archive.at
        self._start = fit_poisson(flows, self.regressors([])).log_mean

    def pairs(self, some: Iterable[str], others: Iterable[str]) -> np.ndarray:
        """Whether a pair has one state among some and one among others, either way."""
        a, b = (np.isin(np.arange(self.flows.shape[1]), self._at(sorted(set(s)))) for s in (some, others))
        both: np.ndarray = np.outer(a, b)
        return both | both.T

    def regressors(self, pairs: Sequence[np.ndarray]) -> np.ndarray:
        """1 for pairs in later years, shape (kinds, years, states, states); pairs may differ by year."""
        x = np.zeros((len(pairs), *self.flows.shape))
        for k, own in enumerate(pairs):
            x[k] = self.later[:, None, None] & own
        return x

    def fitted(self, *pairs: np.ndarray, tolerance: float = EXACT) -> PoissonFit:
        """The regression on some kinds of pairs."""
        return fit_poisson(self.flows, self.regressors(pairs), start=self._start, tolerance=tolerance)

    def grown(self, *pairs: np.ndarray, tolerance: float = EXACT) -> np.ndarray:
        """How much more each of these kinds of pairs trades later than before, in logs; NaN if nothing can be said."""
        try:
            return self.fitted(*pairs, tolerance=tolerance).coefficients
        except NotConverged:
            return np.full(len(pairs), np.nan)


class Contrasts:
    """Growth of trade inside groups of states minus that of the other pairs of a region, for many groups at once.

    Effects and residuals are worked out once, with the region's pairs alone; what pairs inside a group trade beyond
    that then follows from a step of the fit (Frisch and Waugh), nearly: `converged` goes to the end.

    Parameters
    ----------
    sample : Gravity
    region : iterable of str
    """

    def __init__(self, sample: Gravity, region: Iterable[str]) -> None:
        self.sample, self.region = sample, sorted(region)
        self.pairs = list(combinations(self.region, 2))
        fit = sample.fitted(sample.pairs(self.region, self.region))
        mean = np.exp(fit.log_mean) * fit.counted
        each = sample.regressors([sample.pairs([a], [b]) for a, b in self.pairs]) * fit.counted
        net = residuals(each, mean, tolerance=1e-5).reshape(len(self.pairs), -1)
        gap = np.where(fit.counted, np.nan_to_num(sample.flows), 0.0) - mean
        self.score, self.information = net @ gap.ravel(), (net * mean.ravel()) @ net.T

    def nearly(self, groups: Sequence[Collection[str]]) -> np.ndarray:
        """The contrast of each group by a single step."""
        inside = np.array([[set(pair) <= set(group) for pair in self.pairs] for group in groups], dtype=float)
        both = np.stack([inside, 1.0 - inside], axis=1)
        step = np.linalg.solve(both @ self.information @ both.swapaxes(1, 2), (both @ self.score)[..., None])
        return np.asarray(step[:, 0, 0] - step[:, 1, 0])

    def converged(self, group: Iterable[str], tolerance: float = EXACT) -> tuple[float, float]:
        """Growth inside a group, and in the other pairs of the region, each against all pairs."""
        members = sorted(group)
        inside = self.sample.pairs(members, members)
        outside = self.sample.pairs(self.region, self.region) & ~inside
        grown = self.sample.grown(inside, outside, tolerance=tolerance)
        return float(grown[0]), float(grown[1])

    def share_below(self, value: float, groups: Sequence[Collection[str]]) -> float:
        """Share of groups whose contrast is smaller; those that one step leaves near the value are fitted to the end.

        A step misses the end by up to a fifth of what it finds; a quarter, and 0.03, is called near.
        """
        if np.isnan(value):
            return float("nan")
        values = self.nearly(groups)
        for k in np.flatnonzero(np.abs(values - value) <= 0.03 + 0.25 * np.abs(values)):
            values[k] = np.subtract(*self.converged(groups[int(k)], tolerance=1e-4))
        return share_smaller(value, values)


def gravity(world: World, before: Collection[int], after: Collection[int]) -> Gravity:
    """The sample of some years, made once in a world."""
    key = ("gravity", tuple(before), tuple(after))
    if key not in world.memory:
        world.memory[key] = Gravity(world, before, after)
    made: Gravity = world.memory[key]
    return made


def share_smaller(own: float, others: Iterable[float]) -> float:
    """Share of others that are smaller; NaN without any."""
    known = np.array([v for v in others if not np.isnan(v)])
    return float("nan") if np.isnan(own) or not len(known) else float((known < own).mean())


def together(world: World, year: int) -> pd.DataFrame:
    """State × state: share of `SEEDS` runs of Leiden's algorithm in which two fall into one community.

    Modularity at resolution 1 on trade both ways over what world totals lead to expect, of the directions that are
    known. Weights are rounded, so that the last bits of another processor choose no community.
    """
    key = ("communities", year)
    if key not in world.memory:
        t, source = year - YEARS[0], world.trade.source
        flows, expected = world.trade.among_states[t], world.archive.expected(source)[t]
        known = ~np.isnan(flows)
        goods, fitted = (np.where(known, x, 0.0) for x in (flows, expected))
        goods, fitted = goods + goods.T, fitted + fitted.T
        ratio = np.divide(goods, fitted, out=np.zeros_like(goods), where=fitted > 0)
        world.memory[key] = _communities(np.round(ratio, 9))
    states = world.archive.states
    return pd.DataFrame(world.memory[key], index=states, columns=states)


def _communities(weights: np.ndarray) -> np.ndarray:
    import random

    import igraph as ig

    i, j = np.nonzero(np.triu(weights, 1))
    graph = ig.Graph(n=len(weights), edges=list(zip(i.tolist(), j.tolist(), strict=True)))
    heavy = weights[i, j].tolist()
    same = np.zeros(weights.shape)
    try:
        for seed in range(SEEDS):
            ig.set_random_number_generator(random.Random(seed))
            found = graph.community_leiden("modularity", weights=heavy, resolution=1.0, n_iterations=-1)
            label = np.array(found.membership)
            same += label[:, None] == label
    finally:
        ig.set_random_number_generator(random)
    return same / SEEDS
