"""What a claim asks of the General Assembly: ideal points with their posterior, distances, agreement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from influence.claims.world import World

NORMAL_90 = 1.6448536269514722
"""Half the width of a central 90 % interval of the standard normal."""


class Votes:
    """Voting positions of one world.

    Parameters
    ----------
    world : World
    """

    def __init__(self, world: World) -> None:
        self._world, self._archive = world, world.archive

    @cached_property
    def points(self) -> pd.DataFrame:
        """Ideal points, year × actor; in a draw, from their posterior (each tail as wide as its 5 % quantile says)."""
        rows = self._archive.table("ideal_points")
        middle, low, high = (
            rows.pivot(index="year", columns="actor_id", values=c).astype(float) for c in ("ideal_point", "q05", "q95")
        )
        middle.index = middle.index.astype(int)
        if self._world.draw is None:
            return middle
        z = self._world.draw.generator("ideal_points").standard_normal(middle.shape)
        spread = np.where(z > 0, high.to_numpy() - middle.to_numpy(), middle.to_numpy() - low.to_numpy()) / NORMAL_90
        return middle + z * spread

    @cached_property
    def centre(self) -> pd.Series:
        """The world's median ideal point (or mean, as chosen), by year."""
        rows = self._archive.table("ideal_point_world")
        return pd.Series(rows[self._world.choices.reference].astype(float).to_numpy(), index=rows["year"].astype(int))

    @cached_property
    def relative(self) -> pd.DataFrame:
        """World median (or mean) minus ideal point, year × actor: distance from the USA beyond the middle.s.

        (USA - i) - (USA - median): the movement of the USA itself drops out.
        """
        return self.points.rsub(self.centre.reindex(self.points.index), axis=0)

    def distance(self, pole: str, states: Iterable[str]) -> pd.Series:
        """Mean absolute distance of ideal points of a pole and states, by year; states without votes are left out.

        For the Union, from the mean of its members here.
        """
        return pd.DataFrame({s: (self.position(pole) - self.points[s]).abs() for s in states if s != pole}).mean(axis=1)

    def position(self, pole: str) -> pd.Series:
        """A pole's ideal point by year; for the Union the mean of its members here."""
        if pole != "EUU":
            return self.points[pole]
        years = self.points.index
        means = [
            self.points.loc[y, [m for m in self._archive.union_members(int(y)) if m in self.points]].mean()
            for y in years
        ]
        return pd.Series(means, index=years, dtype=float)
