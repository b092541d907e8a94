"""How many bodies and treaties two states share, each counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from influence.claims.archive import YEARS

if TYPE_CHECKING:
    from influence.claims.world import World


def shared_with(world: World, state: str, year: int, *, igos_only: bool = False) -> pd.Series:
    """State → number of bodies and treaties shared with one state on 31 December of a year.

    Organizations and groupings of the package (not organs) by their dates, COW's organizations that are none of
    these by their years, and treaties of the default selection. The table of COW's organizations begins in 2001 and
    does not tell how old a seat then was: for the years before, it stands as in 2001.

    Parameters
    ----------
    world : World
    state : str
    year : int
    igos_only : bool
        COW's organizations alone, as COW codes them, full members.
    """
    if igos_only:
        rows = world.kept(world.archive.table("igo_memberships"))
        return _together(rows[rows["role"] == "member"], state, year)
    listed = world.archive.table("organizations")
    bodies = listed.loc[listed["kind"].isin(["organization", "grouping"]), "org_id"]
    table = world.seats.incidence(year, igos=False) > 0
    table = table.loc[:, table.columns.isin(bodies)]
    own = table.loc[:, table.loc[state]].sum(axis=1).astype(float)
    more = _together(world.seats.igo_spells, state, year)
    treaties = world.security.treaties
    treaties = treaties[(treaties["a"] == state) & (world.security.in_force(treaties, year) > 0)]
    return own.add(more, fill_value=0.0).add(treaties.groupby("b")["treaty_id"].nunique(), fill_value=0.0)


def _together(spells: pd.DataFrame, state: str, year: int) -> pd.Series:
    when = max(year, YEARS[0])
    held = spells[(spells["start_year"] <= when) & (spells["end_year"] >= when)]
    held = held[held["igo"].isin(held.loc[held["actor_id"] == state, "igo"])]
    return held.groupby("actor_id")["igo"].nunique().astype(float)
