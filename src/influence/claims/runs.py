"""Claims measured in many worlds: draws of doubt, choices, placebos, strikings. One task serves all claims at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from influence.claims.archive import archive
from influence.claims.measure import Measure, Reading, all_measures
from influence.claims.world import Cast, Choices, World
from influence.robustness import run_tasks

SEED = 20121231
_BATCH = (
    8  # worlds in one task: large enough that starting it costs little, small enough that a killed run loses little
)


@dataclass(frozen=True)
class Setting:
    """What a world is made by.

    Attributes
    ----------
    choices : Choices
    turned : bool
        Whether the members stand for the five and the five for the members.
    draw : int or None
        Number of a draw of doubt.
    without : tuple of str
        Evidence ids struck out, sorted.
    scaled : tuple of (str, float)
        As in `World`.
    """

    choices: Choices = field(default_factory=Choices)
    turned: bool = False
    draw: int | None = None
    without: tuple[str, ...] = ()
    scaled: tuple[tuple[str, float], ...] = ()

    @property
    def key(self) -> str:
        """A name that is the same for the same setting."""
        chosen = {k: v for k, v in asdict(self.choices).items() if v != getattr(Choices(), k)}
        return repr((sorted(chosen.items()), self.turned, self.draw, self.without, self.scaled))


Values = dict[str, dict[str, dict[str, "Measured"]]]
"""Claim → name of the cast ("" is the claim's own) → part → what was measured."""


@dataclass(frozen=True)
class Measured:
    """A reading as it is kept: numbers only."""

    value: float
    years: tuple[int, ...] = ()
    by_year: tuple[float, ...] = ()
    exact: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    beside: tuple[tuple[str, Any], ...] = ()


def run_settings(
    wanted: Mapping[Setting, Sequence[str]],
    *,
    placebos: int | None = 0,
    folder: Path | str | None = None,
    label: str,
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[str], None] | None = None,
) -> dict[Setting, Values]:
    """Measure claims in worlds.

    Parameters
    ----------
    wanted : mapping of Setting to sequence of str
        World → the claims to measure in it.
    placebos : int or None
        How many of the placebo casts of each claim are measured beside its own, spread evenly over their names; None
        is all.
    folder : path, optional
        Data package.
    label, workers, fresh, progress
        As in `influence.robustness.run_tasks`.

    Returns
    -------
    dict
    """
    listed = [(setting, tuple(claims)) for setting, claims in wanted.items() if claims]
    listed.sort(key=lambda entry: entry[0].key)
    batches = [listed[k : k + _BATCH] for k in range(0, len(listed), _BATCH)]
    tasks = {
        repr([(s.key, claims) for s, claims in batch]): (batch, placebos, None if folder is None else str(folder))
        for batch in batches
    }
    inputs = {"data": archive(folder).digest, "placebos": placebos, "seed": SEED}
    done = run_tasks(_measure, tasks, label=label, inputs=inputs, workers=workers, fresh=fresh, progress=progress)
    return {setting: values for part in done.values() for setting, values in part}


def measure_in(setting: Setting, claims: Iterable[str], *, placebos: int | None = 0, folder: Any = None) -> Values:
    """Measure claims in one world."""
    drawn = _draw(folder, setting.draw)
    world = World(archive(folder), setting.choices, drawn, frozenset(setting.without), setting.scaled)
    return {claim: _of_claim(all_measures()[claim], world, setting.turned, placebos) for claim in claims}


def cast_of(turned: bool) -> Cast:
    """The cast as the claims fix it, or with members and region in each other's place."""
    fixed = Cast()
    return fixed.but(five=fixed.four, four=fixed.five) if turned else fixed


def some_of(casts: Mapping[str, Cast], most: int | None) -> dict[str, Cast]:
    """At most so many casts, spread evenly over their names in order."""
    names = sorted(casts)
    if most is not None and len(names) > most:
        names = [names[(k * len(names)) // most] for k in range(most)]
    return {name: casts[name] for name in names}


def _measure(
    batch: Sequence[tuple[Setting, tuple[str, ...]]], placebos: int | None, folder: str | None
) -> list[tuple[Setting, Values]]:
    return [(s, measure_in(s, claims, placebos=placebos, folder=folder)) for s, claims in batch]


def _of_claim(measure: Measure, world: World, turned: bool, placebos: int | None) -> dict[str, dict[str, Measured]]:
    cast = cast_of(turned)
    casts = {"": cast, **some_of(measure.placebos(cast) if placebos != 0 else {}, placebos)}
    return {
        name: {part: _numbers(reading) for part, reading in measure.function(world, played).items()}
        for name, played in casts.items()
    }


def _numbers(reading: Reading) -> Measured:
    series = reading.by_year
    years, values = ((), ()) if series is None else (tuple(int(y) for y in series.index), tuple(map(float, series)))
    beside = tuple((name, v if isinstance(v, pd.Series) else float(v)) for name, v in reading.beside.items())
    return Measured(float(reading.value), years, values, _pair(reading.exact), _pair(reading.bounds), beside)


def _pair(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if ends is None else (float(ends[0]), float(ends[1]))


@lru_cache(maxsize=2)
def _doubt(folder: str | None) -> Any:
    from influence.network.bundled import load
    from influence.robustness import doubt

    return doubt(load(folder))


def doubt_of(folder: Any) -> pd.Series:
    """Evidence id → posterior probability that the record is wrong."""
    return _doubt(None if folder is None else str(folder)).errors["p_false"]


@lru_cache(maxsize=16)
def _draw(folder: str | None, number: int | None) -> Any:
    return None if number is None else _doubt(folder).draw(SEED, number)


def changed(setting: Setting, **choices: Any) -> Setting:
    """A setting with other choices."""
    return replace(setting, choices=replace(setting.choices, **choices))
