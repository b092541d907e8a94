"""Which worlds a claim is measured in: draws, extremes of what is no distribution, specifications, strikings."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from influence.claims.archive import Archive
from influence.claims.measure import Measure
from influence.claims.runs import Setting, changed
from influence.robustness import read_grid

EXTREMES: dict[str, tuple[Any, ...]] = {
    "missing": ("zero", "other", "intensity"),
    "flagged": ("own", "low", "high"),
    "listed_years": (False, True),
}
"""Choices whose options bound a result: what is missing or cautioned against has no distribution, only ends."""


def draws_of(number: int) -> list[Setting]:
    """Worlds of the draws of doubt, on the primary choices."""
    return [Setting(draw=k) for k in range(number)]


def scenarios_of(measure: Measure) -> list[Setting]:
    """Worlds at the extremes of what is no distribution, all combinations but the record itself."""
    axes = [[(name, value) for value in EXTREMES[name]] for name in measure.scenarios]
    made = [changed(Setting(), **dict(point)) for point in itertools.product(*axes)]
    return [s for s in made if s != Setting()]


def grid_of(measure: Measure, archive: Archive) -> Any:
    """The specifications of a claim: the choices of the layers that it reads (`specifications`)."""
    return _grid(archive, measure.layers, measure.turned)


@lru_cache(maxsize=64)
def _grid(archive: Archive, layers: tuple[str, ...], turned: tuple[str, ...]) -> Any:
    rows = archive.table("specifications")
    concerned = {*layers, "all"}
    own = rows[[bool(concerned & set(str(of).split())) for of in rows["layer"]]]
    own = own[own["up_to_layers"].astype(int) >= len(layers)]
    for choice in turned:  # what the claim's rule does stands first; the values are as its measure reads them
        at = own.index[own["choice"] == choice]
        words = own.loc[at[::-1], ["option", "reason"]].set_axis(at)
        own = own.assign(option=words["option"].reindex(own.index).fillna(own["option"]))
        own = own.assign(reason=words["reason"].reindex(own.index).fillna(own["reason"]))
    varied = own.groupby("choice")["option"].transform("size") > 1
    return read_grid(pd.DataFrame(own[varied][["choice", "option", "value", "weight_class", "reason"]]))


def setting_for(options: Mapping[str, Any]) -> Setting:
    """The world that options of the grid stand for."""
    chosen = {k: v for k, v in options.items() if k != "states"}
    return replace(changed(Setting(), **chosen), turned=options.get("states") == "turned")


def specifications_of(measure: Measure, archive: Archive) -> list[Setting]:
    """All combinations of primary and reasonable options, the primary one first."""
    grid = grid_of(measure, archive).without_stress()
    return [setting_for({c: o.value for c, o in zip(grid.choices, point, strict=True)}) for point in grid]


def stress_of(measure: Measure, archive: Archive) -> dict[str, Setting]:
    """Stress options, one at a time: name → world."""
    grid = grid_of(measure, archive)
    return {
        f"{choice}: {option.name}": setting_for({choice: option.value})
        for choice, options in grid.choices.items()
        for option in options
        if option.weight_class == "stress"
    }


def union(parts: Sequence[Mapping[Setting, Sequence[str]]]) -> dict[Setting, list[str]]:
    """World → all claims that want it, sorted."""
    wanted: dict[Setting, set[str]] = {}
    for part in parts:
        for setting, claims in part.items():
            wanted.setdefault(setting, set()).update(claims)
    return {setting: sorted(claims) for setting, claims in wanted.items()}
