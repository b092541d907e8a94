"""What decides each claim, looked for in a task of its own: rows of evidence, and how wrong trade would have to be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from influence.claims.decisive import moves, reversing_factor, reversing_set
from influence.claims.register import outcome
from influence.claims.runs import Setting, doubt_of, measure_in

FALLBACK = 0.02
"""Probability that a row is wrong of which the error model says nothing: that of high confidence."""


@dataclass(frozen=True)
class Decisive:
    """The evidence that decides a part of a claim.

    Attributes
    ----------
    part : str
    moves : pandas.DataFrame
        The rows that move the number most.
    rows : tuple of str
        A minimal set without which the number falls into another outcome; empty if none was found.
    value : float
        The number without them.
    verdict : str
        What the rule says of that number.
    probability : float
        That all of these rows are wrong, were they wrong independently.
    factors : dict of str to float
        Actor → the factor nearest to 1 by which all its trade with Central Asia would have to be wrong for the number
        to fall into another outcome; NaN if no factor up to ten does it. Only of headline claims that read trade.
    """

    part: str
    moves: pd.DataFrame
    rows: tuple[str, ...]
    value: float
    verdict: str
    probability: float
    factors: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What `decide` needs to know of a claim."""

    claim: str
    parts: tuple[dict[str, Any], ...]
    values: dict[str, float]
    without: dict[str, dict[str, float]]
    rows: dict[str, tuple[str, ...]]
    base: tuple[str, ...]
    scaled: tuple[str, ...]


def decide(question: Question, folder: Any) -> dict[str, Decisive]:
    """Part → the evidence that decides it. Parts without a number have none."""
    return {
        part["id"]: _decisive(question, part, folder)
        for part in question.parts
        if not math.isnan(question.values[part["id"]])
    }


def _decisive(question: Question, part: Mapping[str, Any], folder: Any) -> Decisive:
    name, value = part["id"], question.values[part["id"]]
    errors = doubt_of(folder)

    def again(rows: tuple[str, ...]) -> float:
        ids = {i for row in rows for i in question.rows[row]}
        setting = Setting(without=tuple(sorted({*question.base, *ids})))
        return measure_in(setting, [question.claim], folder=folder)[question.claim][""][name].value

    def wrong(row: str) -> float:
        known = errors.reindex(list(question.rows[row])).dropna()
        return float(np.clip(known.max() if len(known) else FALLBACK, 1e-6, 0.5))

    def cost(row: str) -> float:
        return float(np.log((1 - wrong(row)) / wrong(row)))

    def scaled(actor: str, factor: float) -> float:
        setting = Setting(without=question.base, scaled=((actor, factor),))
        return measure_in(setting, [question.claim], folder=folder)[question.claim][""][name].value

    without = question.without[name]
    rows, reached = reversing_set(part, value, without, again, cost)
    verdict = outcome(part, reached, reached) if rows else ""
    probability = float(np.prod([wrong(row) for row in rows])) if rows else float("nan")
    factors = {a: reversing_factor(part, lambda f, a=a: scaled(a, f)) for a in question.scaled}  # type: ignore[misc]
    return Decisive(name, moves(without, value), rows, reached, verdict, probability, factors)
