"""What a claim asks of trade: flows, two-way trade, shares of world trade, with gaps and cautioned flows as chosen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import SOURCES, YEARS

if TYPE_CHECKING:
    from influence.claims.world import World

UNION = "EUU"
REGION = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


class Trade:
    """Trade of one world, in million current USD.

    Parameters
    ----------
    world : World
    """

    def __init__(self, world: World) -> None:
        self._world, self._archive = world, world.archive
        self.source = world.choices.trade_source
        self.names = [*self._archive.states, UNION]
        self._at = {name: k for k, name in enumerate(self.names)}

    @cached_property
    def among_states(self) -> np.ndarray:
        """Exports among the states, shape (years, states, states); NaN where nobody reported and nothing stands in."""
        own = self._source(self.source)
        gap = np.isnan(own)
        if self._world.choices.missing == "other":
            return np.where(gap, self._source(self._other), own)
        if self._world.choices.missing == "intensity":
            return np.where(gap, self._expected, own)
        return own

    @cached_property
    def _cube(self) -> np.ndarray:
        """Exports, shape (years, names, names): the states and the European Union's members as one."""
        own = np.nan_to_num(self.among_states)
        n = len(self._archive.states)
        cube = np.zeros((len(YEARS), n + 1, n + 1))
        cube[:, :n, :n] = own
        bloc = np.nan_to_num(self._archive.bloc[self.source]) * self._bloc_factors
        cube[:, :n, n], cube[:, n, :n] = bloc[..., 0], bloc[..., 1]
        for actor, factor in self._world.scaled:
            region = [self._at[s] for s in REGION]
            cube[:, self._at[actor], region] *= factor
            cube[:, region, self._at[actor]] *= factor
        return cube

    def _source(self, source: str) -> np.ndarray:
        """Flows of a source in this draw, cautioned flows as chosen."""
        flows, ids = self._archive.flows[source], self._archive.flow_ids[source]
        if self._world.choices.flagged != "own":
            other = self._archive.flows[next(s for s in SOURCES if s != source)]
            pick = np.fmin if self._world.choices.flagged == "low" else np.fmax
            flows = np.where(self._archive.cautioned[source], pick(flows, other), flows)
        if self._world.draw is not None:
            flows = flows * self._world.factors(pd.Index(ids.ravel())).reshape(flows.shape)
        own = {i for i in self._world.without if i.startswith("trade:")}
        return np.where(np.isin(ids, sorted(own)), 0.0, flows) if own else flows

    @property
    def _other(self) -> str:
        return next(s for s in SOURCES if s != self.source)

    @cached_property
    def _expected(self) -> np.ndarray:
        """What world totals alone lead to expect (`influence.dependence.expected_flows`), shape of `flows`."""
        return self._archive.expected(self.source)

    @cached_property
    def _bloc_factors(self) -> np.ndarray:
        """Errors of the trade with the Union in this draw; sums over members err less than single flows."""
        shape = self._archive.bloc[self.source].shape
        if self._world.draw is None:
            return np.ones(shape)
        spread = self._archive.bloc_spread
        return np.exp(self._world.draw.generator("trade_blocs", self.source).normal(0.0, spread, shape))

    def exports(self, year: int) -> pd.DataFrame:
        """Exporter × importer in a year, the Union included (its members stand beside it)."""
        return pd.DataFrame(self._cube[year - YEARS[0]], index=self.names, columns=self.names)

    def flow(self, exporter: str, importer: str) -> pd.Series:
        """One flow over the years."""
        values = self._cube[:, self._at[exporter], self._at[importer]]
        return pd.Series(values, index=pd.Index(YEARS, name="year"))

    def two_way(self, a: str, b: str) -> pd.Series:
        """Exports plus imports between two partners, by year."""
        return self.flow(a, b) + self.flow(b, a)

    def between(self, pole: str, states: Iterable[str]) -> pd.Series:
        """Exports plus imports of a pole with several states, by year; its trade with itself is left out."""
        return sum((self.two_way(pole, s) for s in states if s != pole), start=self.flow(pole, pole) * 0.0)

    def world_exports(self, actor: str) -> pd.Series:
        """Exports to the whole world, by year; raised by what was put into gaps."""
        return pd.Series(self._margins[:, self._at[actor], 0], index=pd.Index(YEARS, name="year"))

    def world_imports(self, actor: str) -> pd.Series:
        """Imports from the whole world, by year."""
        return pd.Series(self._margins[:, self._at[actor], 1], index=pd.Index(YEARS, name="year"))

    def world_total(self, actor: str) -> pd.Series:
        """Exports plus imports with the whole world, by year."""
        return self.world_exports(actor) + self.world_imports(actor)

    @cached_property
    def _margins(self) -> np.ndarray:
        """World totals, shape (years, names, 2): exports, imports; the Union's without its trade with itself."""
        n = len(self._archive.states)
        totals = self._archive.totals[self.source].copy()
        put = np.where(np.isnan(self._archive.flows[self.source]), self._cube[:, :n, :n], 0.0)
        totals[:, :n, 0] += put.sum(axis=2)
        totals[:, :n, 1] += put.sum(axis=1)
        return totals

    def share(self, actor: str, partner: str) -> pd.Series:
        """A partner's share in an actor's world trade, by year."""
        return self.two_way(actor, partner) / self.world_total(actor)

    def pooled_share(self, states: Iterable[str], partner: str) -> pd.Series:
        """A partner's share in the world trade of several states taken together, by year."""
        own = list(states)
        total = sum((self.world_total(s) for s in own), start=self.flow(own[0], own[0]) * 0.0)
        return self.between(partner, own) / total

    def shares(self, actor: str, partners: Iterable[str]) -> pd.DataFrame:
        """Year × partner: shares in an actor's world trade."""
        return pd.DataFrame({p: self.share(actor, p) for p in partners if p != actor})

    def mutual(self, names: Iterable[str]) -> np.ndarray:
        """Exports plus imports between several partners, shape (years, names, names), empty diagonal."""
        at = [self._at[name] for name in names]
        own = self._cube[np.ix_(range(len(YEARS)), at, at)]
        both: np.ndarray = own + own.swapaxes(1, 2)
        both[:, np.arange(len(at)), np.arange(len(at))] = 0.0
        return both

    def world_totals(self, names: Iterable[str]) -> np.ndarray:
        """Exports plus imports of several actors with the whole world, shape (years, names)."""
        totals: np.ndarray = self._margins[:, [self._at[name] for name in names]].sum(axis=2)
        return totals
