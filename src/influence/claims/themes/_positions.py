"""Voting positions of six states, Russia and China and four others: how far from the United States, beyond the middle.

Relative distance of a state in a year is the world's median (or mean) minus its ideal point, so that what the United
States themselves do drops out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import Cast, World


def six(world: World, cast: Cast) -> tuple[str, str, tuple[str, ...]]:
    """Who stands for Russia, for China, and for the Central Asian members; a placebo may draw six at random."""
    if "six" in cast.other:
        drawn = generator(1, "six states", cast.other["six"]).choice(list(world.archive.states), 6, replace=False)
        return str(drawn[0]), str(drawn[1]), tuple(map(str, drawn[2:]))
    return cast.russia, cast.china, cast.four


def members(world: World, cast: Cast) -> tuple[str, ...]:
    """All of the six, each once; a placebo may name another body's members."""
    if "members" in cast.other:
        return tuple(cast.other["members"])
    first, second, others = six(world, cast)
    return tuple(dict.fromkeys((first, second, *others)))


def beside(world: World, cast: Cast) -> tuple[str, ...]:
    """The members without who stands for Russia."""
    first, _, _ = six(world, cast)
    return tuple(s for s in members(world, cast) if s != first)


def mean_distance(world: World, states: tuple[str, ...]) -> pd.Series:
    """Mean relative distance of some states by year; who has no votes in a year is left out of it."""
    return world.votes.relative[list(states)].mean(axis=1)
