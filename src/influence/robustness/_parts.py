"""The rows of evidence of one layer, or of one of its years, as arrays that a draw works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from influence.robustness.disagreement import FREEDOM
from influence.robustness.posterior import Levels, expit, logit
from influence.robustness.seeds import generator

_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Candidates:
    """Ties that could be true without being recorded.

    Attributes
    ----------
    kind, source, target : numpy.ndarray of int
        Places in the lists of names of the `Doubt`.
    log_odds : numpy.ndarray
        Of being true, at the mean rate of oversight.
    level : numpy.ndarray of int
        The level of confidence that stands for the completeness of its source.
    spans : numpy.ndarray of bool, shape (spells, years)
        For ties that last: which years each recorded spell of the kind covers; a missed one is as one of these.
    first, count : numpy.ndarray of int
        Where the spells of each candidate's kind stand in `spans`.
    """

    kind: np.ndarray = field(default_factory=lambda: _NONE)
    source: np.ndarray = field(default_factory=lambda: _NONE)
    target: np.ndarray = field(default_factory=lambda: _NONE)
    log_odds: np.ndarray = field(default_factory=lambda: np.empty(0))
    level: np.ndarray = field(default_factory=lambda: _NONE)
    spans: np.ndarray | None = None
    first: np.ndarray = field(default_factory=lambda: _NONE)
    count: np.ndarray = field(default_factory=lambda: _NONE)


@dataclass(frozen=True)
class Part:
    """Evidence whose errors are drawn together: a year's own, or (year None) what lasts over years.

    Attributes
    ----------
    layer : str
    year : int or None
    rows, level, source, unit : numpy.ndarray of int
        Rows of evidence whose presence is in doubt: their places, levels, sources (−1: one that is never wrong as a
        whole), and the unit that shares one error (a line over its years, else the row itself).
    units : int
    offset : numpy.ndarray
        By how much the log odds of error of a row differ from its level's.
    values, pair : numpy.ndarray of int
        Rows whose value is in doubt, and the pair of actors (or the line) whose errors persist over the years.
    scale, most : numpy.ndarray
        Of their log errors, and the largest that they can be.
    persistence : numpy.ndarray
        Share of the variance of each that lasts.
    pairs : int
        How many pairs the layer has (in the part without year).
    candidates : Candidates
    """

    layer: str
    year: int | None
    rows: np.ndarray
    level: np.ndarray
    source: np.ndarray
    unit: np.ndarray
    units: int
    offset: np.ndarray
    values: np.ndarray
    pair: np.ndarray
    scale: np.ndarray
    most: np.ndarray
    pairs: int
    persistence: np.ndarray
    candidates: Candidates


class Shared(NamedTuple):
    """What all layers of one draw have in common: how often each level errs, and which sources err as a whole."""

    error: np.ndarray  # log odds of error, by level
    missed: np.ndarray  # log odds of oversight over their mean, by level
    wrong: np.ndarray  # whether the rows of a source share one error
    u: np.ndarray  # which


class Lasting(NamedTuple):
    """The persistent errors of the values of one layer in one draw."""

    z: np.ndarray
    tail: np.ndarray


class Drawn(NamedTuple):
    """What is wrong with a part in one draw: false rows, values with their log errors, missed candidates."""

    false: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    missed: np.ndarray
    spells: np.ndarray


def shared_by_all(levels: Levels, sources: int, together: float, seed: int, number: int) -> Shared:
    rng = generator(seed, "doubt", number)
    error, missed = levels.draw(rng), levels.draw(rng)
    # The last place is that of rows whose source never errs as a whole (−1).
    wrong, u = np.append(rng.random(sources) < together, False), np.append(rng.random(sources), 0.0)
    return Shared(logit(error), logit(missed) - logit(levels.mean), wrong, u)


def draw_part(
    part: Part, shared: Shared, lasting: Lasting | None, seed: int, number: int
) -> tuple[Drawn, Lasting | None]:
    """One draw of a part; the part without year comes first and gives the errors that last."""
    rng = generator(seed, "doubt", number, part.layer, part.year)
    false = part.rows
    if len(part.rows):
        own = rng.random(part.units)[part.unit]
        u = np.where(shared.wrong[part.source], shared.u[part.source], own)
        false = part.rows[u < expit(shared.error[part.level] + part.offset)]
    if part.year is None:
        tail = np.sqrt(rng.chisquare(FREEDOM, part.pairs) / FREEDOM)
        lasting = Lasting(rng.standard_normal(part.pairs), tail)
    errors = part.scale
    if len(part.values):
        assert lasting is not None
        passing = rng.standard_normal(len(part.values))
        z = np.sqrt(part.persistence) * lasting.z[part.pair] + np.sqrt(1 - part.persistence) * passing
        errors = np.clip(part.scale * z / lasting.tail[part.pair], -part.most, part.most)
    c = part.candidates
    missed = spells = _NONE
    if len(c.kind):
        missed = np.flatnonzero(rng.random(len(c.kind)) < expit(c.log_odds + shared.missed[c.level]))
        if c.spans is not None:
            spells = c.first[missed] + (rng.random(len(missed)) * c.count[missed]).astype(np.int64)
    return Drawn(false, part.values, errors, missed, spells), lasting
