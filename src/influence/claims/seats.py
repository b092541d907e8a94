"""What a claim asks of institutions: who sits where, how large a body is, what a shared seat weighs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import SAME
from influence.network.bundled import ROLE_SETS

if TYPE_CHECKING:
    from influence.claims.world import World


class Seats:
    """Seats of one world.

    Parameters
    ----------
    world : World
    """

    def __init__(self, world: World) -> None:
        self._world, self._archive = world, world.archive

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Seats in all bodies of the package that count by the chosen roles: actor_id, org_id, role, start, end."""
        rows = self._world.kept(self._archive.table("memberships"))
        return rows[(rows["status"] == "present") & rows["role"].isin(self._roles)]

    @cached_property
    def _roles(self) -> list[str]:
        return list(ROLE_SETS[self._world.choices.roles])

    @cached_property
    def counted(self) -> frozenset[str]:
        """The bodies of the package that make ties."""
        rows = self._archive.table("organizations")
        return frozenset(rows.loc[rows["counts_as_tie"].fillna(False), "org_id"])

    def members(self, organization: str, year: int) -> tuple[str, ...]:
        """Who holds a seat that counts, in force in the year by the chosen rule; sorted."""
        key = (organization, year)
        if key not in self._members:
            rows = self.spells[self.spells["org_id"] == organization]
            self._members[key] = tuple(sorted(set(rows.loc[self._world.security.in_force(rows, year) > 0, "actor_id"])))
        return self._members[key]

    @cached_property
    def _members(self) -> dict[tuple[str, int], tuple[str, ...]]:
        return {}

    def incidence(self, year: int, *, igos: bool | None = None) -> pd.DataFrame:
        """State × body: 1 a seat (or the share of the year). Bodies that are one treaty are one column.

        Parameters
        ----------
        year : int
        igos : bool, optional
            Whether COW's organizations stand beside those of the package, each body once. Default: as chosen.
        """
        key = (year, self._world.choices.igos if igos is None else igos)
        if key not in self._incidence:
            self._incidence[key] = self._sat(*key)
        return self._incidence[key]

    @cached_property
    def _incidence(self) -> dict[tuple[int, bool], pd.DataFrame]:
        return {}

    def _sat(self, year: int, igos: bool) -> pd.DataFrame:
        rows = self.spells[self.spells["org_id"].isin(self.counted)]
        rows = rows.assign(body=rows["org_id"].replace(SAME), force=self._world.security.in_force(rows, year))
        if igos:
            other = self.igo_spells
            other = other[(other["start_year"] <= year) & (other["end_year"] >= year)]
            rows = pd.concat([rows, other.assign(body=other["igo"], force=1.0)])
        rows = rows[(rows["force"] > 0) & rows["actor_id"].isin(self._archive.states)]
        bodies = {body: k for k, body in enumerate(sorted(set(rows["body"])))}
        values = np.zeros((len(self._archive.states), len(bodies)))
        at = (self._archive.at(rows["actor_id"]), np.array([bodies[b] for b in rows["body"]], dtype=np.intp))
        np.maximum.at(values, at, rows["force"].to_numpy(dtype=float))
        return pd.DataFrame(values, index=self._archive.states, columns=pd.Index(list(bodies), dtype=object))

    @cached_property
    def igo_spells(self) -> pd.DataFrame:
        """COW's organizations that the package does not have itself: full members, by years of 31 December."""
        rows = self._world.kept(self._archive.table("igo_memberships"))
        return rows[(rows["role"] == "member") & rows["org_id"].isna()]

    def weights(self, year: int, *, igos: bool | None = None) -> pd.Series:
        """What a shared seat weighs: 1/(world members - 1); NaN where the number of members is not known."""
        key = (year, self._world.choices.igos if igos is None else igos)
        if key not in self._weights:
            sizes = self._archive.sizes(year).reindex(self.incidence(year, igos=igos).columns)
            self._weights[key] = 1.0 / (sizes.where(sizes > 1) - 1.0)
        return self._weights[key]

    @cached_property
    def _weights(self) -> dict[tuple[int, bool], pd.Series]:
        return {}

    def shared(self, year: int, *, igos: bool | None = None) -> pd.DataFrame:
        """State × state: strength of shared seats, each body weighing 1/(world members - 1), empty diagonal."""
        key = (year, self._world.choices.igos if igos is None else igos)
        if key not in self._shared:
            b, w = self.incidence(year, igos=igos), self.weights(year, igos=igos).fillna(0.0)
            values = (b.to_numpy() * w.to_numpy()) @ b.to_numpy().T
            np.fill_diagonal(values, 0.0)
            self._shared[key] = pd.DataFrame(values, index=b.index, columns=b.index)
        return self._shared[key]

    @cached_property
    def _shared(self) -> dict[tuple[int, bool], pd.DataFrame]:
        return {}

    def by_body(self, pole: str, states: Iterable[str], year: int, *, igos: bool | None = None) -> pd.Series:
        """Strength of a pole's shared seats with states, by body; for the Union the mean over its members here."""
        b, w = self.incidence(year, igos=igos), self.weights(year, igos=igos)
        values = b.to_numpy()
        ours = [s for s in self._world.states_of(pole, year) if s in self._archive.states]
        theirs = [s for s in states if s not in ours]
        mean = values[self._archive.at(ours)].mean(axis=0) if ours else np.zeros(len(w))
        shared = mean * values[self._archive.at(theirs)].sum(axis=0) * np.nan_to_num(w.to_numpy())
        return pd.Series(shared, index=b.columns)

    def pairs(self, organization: str, year: int) -> frozenset[tuple[str, str]]:
        """All pairs of an organization's members, in alphabetical order."""
        inside = self.members(organization, year)
        return frozenset((a, b) for k, a in enumerate(inside) for b in inside[k + 1 :])
