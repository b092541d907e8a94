"""What a claim measures: one small function a claim, world and cast in, a reading for each part of its rule out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

THEMES = (
    "leadership",
    "chinese_presence",
    "energy",
    "hard_security",
    "balancing_china",
    "countering_west",
    "status",
    "central_asian_agency",
    "institutions",
    "trade_unions",
    "controls",
)


@dataclass(frozen=True)
class Reading:
    """What one part of a claim's rule reads in one world.

    Attributes
    ----------
    value : float
        The number that the rule compares with its outcomes; NaN where it cannot be computed.
    by_year : pandas.Series or None
        The yearly values behind it, for tables and figures.
    every_year : bool
        Whether the rule asks of each year in `by_year` alone, and of all of them together ("every year").
    exact : tuple of float or None
        An interval that the number itself brings (a share of few events), beside that of measurement and coding.
    bounds : tuple of float or None
        The least and most that unknown ties would make of it, where a measure knows them itself.
    beside : mapping
        Further numbers that the claim's rule asks to be printed, without deciding: name → number or series by year.
    """

    value: float
    by_year: pd.Series | None = None
    every_year: bool = False
    exact: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    beside: Mapping[str, float | pd.Series] = field(default_factory=dict)


Readings = dict[str, Reading]
MeasureFunction = Callable[["World", "Cast"], Readings]
PlaceboFunction = Callable[["Cast"], Mapping[str, "Cast"]]


@dataclass(frozen=True)
class Measure:
    """How a claim is measured.

    Attributes
    ----------
    claim : str
    theme : str
    function : callable
        (world, cast) → part of the rule → Reading.
    placebos : callable
        cast → name of a placebo world → the cast that plays it.
    layers : tuple of str
        The views of the world it reads: trade, security, energy, institutions, diplomacy.
    scenarios : tuple of str
        Choices whose extremes bound the result, as the register asks: missing, flagged, listed_years.
    turned : tuple of str
        Choices of which the claim's own rule has the alternative as its primary option: the two change places.
    heavy : bool
        Whether it takes so long (a regression for each of many groups) that fewer draws must do.
    """

    claim: str
    theme: str
    function: MeasureFunction
    placebos: PlaceboFunction
    layers: tuple[str, ...]
    scenarios: tuple[str, ...]
    heavy: bool = False
    turned: tuple[str, ...] = ()


_MEASURES: dict[str, Measure] = {}


def measures(
    claim: str,
    *,
    layers: Sequence[str],
    placebos: PlaceboFunction,
    scenarios: Sequence[str] = (),
    heavy: bool = False,
    turned: Sequence[str] = (),
) -> Callable[[MeasureFunction], MeasureFunction]:
    """Register the function below as what measures a claim."""

    def register(function: MeasureFunction) -> MeasureFunction:
        if claim in _MEASURES:
            raise ValueError(f"{claim} is measured twice")
        theme = function.__module__.rsplit(".", 1)[-1]
        _MEASURES[claim] = Measure(
            claim, theme, function, placebos, tuple(layers), tuple(scenarios), heavy, tuple(turned)
        )
        return function

    return register


def all_measures() -> dict[str, Measure]:
    """Claim → how it is measured, by claim."""
    for theme in THEMES:
        import_module(f"influence.claims.themes.{theme}")
    return dict(sorted(_MEASURES.items()))


def mean_of(values: pd.Series, years: Iterable[int]) -> float:
    """Mean over some years; years of which nothing is known are left out, NaN if none is known."""
    own = values.reindex(list(years)).astype(float).dropna()
    return float(own.mean()) if len(own) else float("nan")


def change(values: pd.Series, before: Iterable[int], after: Iterable[int], shift: int = 0) -> float:
    """Mean of later years minus mean of earlier ones, both moved by `shift` years (placebo dates)."""
    return mean_of(values, [y + shift for y in after]) - mean_of(values, [y + shift for y in before])


def yearly(values: pd.Series, years: Iterable[int]) -> Reading:
    """A reading whose rule takes the mean of years."""
    own = values.reindex(list(years))
    return Reading(mean_of(own, own.index), own)


def in_place_of(part: str, actors: Iterable[str]) -> PlaceboFunction:
    """Placebo worlds in which others play a part, one after the other.

    Who takes Russia's or China's place gives his own place among the poles to no one: he is not compared with himself.
    """

    def casts(cast: Cast) -> Mapping[str, Cast]:
        taken = (cast.russia, cast.china)
        return {f"{a} as {getattr(cast, part)}": cast.but(**{part: a}) for a in actors if a not in taken}

    return casts


def together(*placebos: PlaceboFunction) -> PlaceboFunction:
    """The placebo worlds of several kinds."""

    def casts(cast: Cast) -> Mapping[str, Cast]:
        found: dict[str, Cast] = {}
        for make in placebos:
            found.update(make(cast))
        return found

    return casts


def shifted(*years: int) -> PlaceboFunction:
    """Placebo worlds in which before and after are moved by some years."""

    def casts(cast: Cast) -> Mapping[str, Cast]:
        return {f"dates moved by {y:+d}": cast.but(shift=y) for y in years}

    return casts


def binomial_interval(hits: int, trials: int, level: float = 0.9) -> tuple[float, float]:
    """Clopper–Pearson interval of a share; the whole of [0, 1] without a trial."""
    from scipy.stats import beta

    if trials == 0:
        return 0.0, 1.0
    tail = (1.0 - level) / 2.0
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, trials - hits + 1))
    high = 1.0 if hits == trials else float(beta.ppf(1.0 - tail, hits + 1, trials - hits))
    return low, high


def log_ratio(a: float, b: float, half: float = 0.0) -> float:
    """log((a + half) / (b + half)); NaN where either is not positive."""
    a, b = a + half, b + half
    return float(np.log(a / b)) if a > 0 and b > 0 else float("nan")
