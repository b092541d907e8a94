"""The rows of evidence of one layer, or of one of its years, as arrays that a draw works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from influence.robustness.disagreement import HIDDEN, TAILS
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
    ends : numpy.ndarray of int, shape (2, candidates)
        Places in `spread`: of sender and receiver.
    spread : numpy.ndarray
        How sure the activity of each actor in each kind is: the standard deviation of its log.
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
    ends: np.ndarray = field(default_factory=lambda: np.empty((2, 0), dtype=np.int64))
    spread: np.ndarray = field(default_factory=lambda: np.empty(0))
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
        Of their log errors: the scale of a Student t, and the largest that they can be.
    residual, surety : numpy.ndarray
        By how much the log of a value exceeds what its ends lead to expect, and one over the variance of true values
        about that (0: nothing is expected).
    persistence : numpy.ndarray
        Share of the variance of each that lasts.
    tails : numpy.ndarray, shape (pairs, tails)
        In the part without year: cumulated probabilities that the errors of a pair are `TAILS` times as wide as a
        normal distribution's, for all of them but the last.
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
    residual: np.ndarray
    surety: np.ndarray
    most: np.ndarray
    tails: np.ndarray
    persistence: np.ndarray
    candidates: Candidates


class Shared(NamedTuple):
    """What all layers of one draw have in common: how often each level errs, and which sources err as a whole."""

    error: np.ndarray  # log odds of error, by level
    missed: np.ndarray  # log odds of oversight over their mean, by level
    hidden: float  # variance of an error over that of what two sources disagree by
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
    hidden = HIDDEN[0] + (HIDDEN[1] - HIDDEN[0]) * rng.random()
    # The last place is that of rows whose source never errs as a whole (−1).
    wrong, u = np.append(rng.random(sources) < together, False), np.append(rng.random(sources), 0.0)
    return Shared(logit(error), logit(missed) - logit(levels.mean), hidden, wrong, u)


def draw_part(
    part: Part, shared: Shared, lasting: Lasting | None, seed: int, number: int
) -> tuple[Drawn, Lasting | None]:
    """One draw of a part; the part without year comes first and gives the errors that last."""
    if not (len(part.rows) or len(part.values) or len(part.tails) or len(part.candidates.kind)):
        return Drawn(_NONE, _NONE, part.scale, _NONE, _NONE), lasting
    rng = generator(seed, "doubt", number, part.layer, part.year)
    false = part.rows
    if len(part.rows):
        own = rng.random(part.units)[part.unit]
        u = np.where(shared.wrong[part.source], shared.u[part.source], own)
        false = part.rows[u < expit(shared.error[part.level] + part.offset)]
    if part.year is None:
        at = (rng.random(len(part.tails))[:, None] > part.tails).sum(axis=1)
        lasting = Lasting(rng.standard_normal(len(part.tails)), TAILS[at])
    errors = part.scale
    if len(part.values):
        assert lasting is not None
        passing = rng.standard_normal(len(part.values))
        z = np.sqrt(part.persistence) * lasting.z[part.pair] + np.sqrt(1 - part.persistence) * passing
        variance = (part.scale * lasting.tail[part.pair]) ** 2 * np.where(part.surety > 0, shared.hidden, 1.0)
        stays = 1 / (1 + variance * part.surety)
        errors = (stays - 1) * part.residual + np.clip(np.sqrt(variance * stays) * z, -part.most, part.most)
    c = part.candidates
    missed = spells = _NONE
    if len(c.kind):
        activity = rng.standard_normal(len(c.spread)) * c.spread
        log_odds = c.log_odds + shared.missed[c.level] + activity[c.ends[0]] + activity[c.ends[1]]
        missed = np.flatnonzero(rng.random(len(c.kind)) < expit(log_odds))
        if c.spans is not None:
            spells = c.first[missed] + (rng.random(len(missed)) * c.count[missed]).astype(np.int64)
    return Drawn(false, part.values, errors, missed, spells), lasting
