"""How alike two states are in their security ties with third states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from influence.claims.world import World

PROFILED = ("exercises", "arms", "treaties")


def security_likeness(
    world: World, year: int, left_out: Iterable[str], *, partners: int = 3
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """State × state: cosine of the security profiles, mean over kinds; and whether the pair can be compared.

    A profile is what a state shares with each third state, both ways, in one kind; the two of a pair and `left_out`
    are no third states. A cosine does not change if a profile is written as shares. Kinds in which one of the two has
    no third partner are left out. Two states can be compared if each has at least `partners` third partners.
    """
    states, security = world.archive.states, world.security
    n = len(states)
    kept = np.ones(n, bool)
    kept[world.archive.at(left_out)] = False
    cosines, tied = np.full((len(PROFILED), n, n), np.nan), np.zeros((n, n), bool)
    for k, kind in enumerate(PROFILED):
        one_way = security.matrix(kind, year)
        both = one_way + one_way.T if kind == "arms" else one_way
        both = np.where(kept[None, :], both, 0.0)
        np.fill_diagonal(both, 0.0)
        tied |= both > 0
        length = (both**2).sum(axis=1)
        # |i|² and |j|² without their tie with each other; the scalar product has no term at i or j
        norms = (length[:, None] - both**2) * (length[:, None] - both**2).T
        norms = np.where(norms > 1e-12, norms, np.nan)
        cosines[k] = (both @ both.T) / np.sqrt(norms)
    known = ~np.isnan(cosines)
    total = known.sum(axis=0)
    mean = np.where(known, cosines, 0.0).sum(axis=0) / np.where(total > 0, total, np.nan)
    third = tied.sum(axis=1)[:, None] - tied
    comparable = (third >= partners) & (third.T >= partners) & ~np.eye(n, dtype=bool)
    return tuple(pd.DataFrame(x, index=states, columns=states) for x in (mean, comparable))  # type: ignore[return-value]


def share_less_alike(world: World, a: str, b: str, year: int, left_out: Iterable[str]) -> float:
    """Share of the other pairs that can be compared whose profiles are less alike than those of one pair."""
    mean, comparable = security_likeness(world, year, left_out)
    i, j = world.archive.at((a, b))
    own, allowed = mean.to_numpy()[i, j], comparable.to_numpy()
    if np.isnan(own) or not allowed[i, j]:
        return float("nan")
    values = np.where(allowed, mean.to_numpy(), np.nan)[np.triu_indices(len(mean), 1)]
    others = values[~np.isnan(values)]
    return float((others < own - 1e-12).sum() / (len(others) - 1))
