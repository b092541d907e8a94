"""From numbers to verdicts: intervals from draws and bounds, the rule fixed in advance, one verdict a claim."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from influence.claims.register import combine, outcome
from influence.claims.runs import Measured

LEVEL = 0.9
SOME_MISSING = 0.05
"""A draw in twenty without a number is tolerated; more leave the result without an interval."""


@dataclass(frozen=True)
class Judged:
    """One part of a claim, judged.

    Attributes
    ----------
    part : str
    quantity, unit, years : str
        As the rule has them.
    value, low, high : float
        NaN where the part cannot be computed.
    verdict : str
        supported, contradicted, undetermined, mixed (years that differ), or not testable here.
    label : str
        What the rule calls the outcome; empty if the interval touches several.
    by_year : pandas.DataFrame
        By year: value, low, high.
    """

    part: str
    quantity: str
    unit: str
    years: str
    value: float
    low: float
    high: float
    verdict: str
    label: str
    by_year: pd.DataFrame


def rule_of(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The rule of a row of the register."""
    rule = claim["rule"]
    return json.loads(rule) if isinstance(rule, str) else dict(rule)


def judge(
    rule: Mapping[str, Any],
    own: Mapping[str, Measured],
    draws: Sequence[Mapping[str, Measured]],
    scenarios: Sequence[Mapping[str, Measured]],
) -> list[Judged]:
    """Judge each part of a rule.

    Parameters
    ----------
    rule : mapping
        As committed: parts with outcomes that tile the line.
    own : mapping
        Part → what was measured on the record.
    draws : sequence of mapping
        The same in each draw of doubt.
    scenarios : sequence of mapping
        The same under each extreme of what is not a distribution (missing and cautioned flows); each shifts the
        interval by as much as it shifts the number.

    Returns
    -------
    list of Judged
        In the order of the rule.
    """
    return [_judge(part, rule, own, draws, scenarios) for part in rule["parts"]]


def verdict_of(rule: Mapping[str, Any], parts: Sequence[Judged], *, by_construction: bool) -> str:
    """The verdict of a claim from those of its parts.

    A part that cannot be computed leaves the claim undetermined, unless all parts are so. What is true by
    construction is never called supported.
    """
    verdicts = [p.verdict for p in parts]
    known = [v for v in verdicts if v != "not testable here"]
    if not known:
        return "not testable here"
    whole = combine([v if v != "not testable here" else "undetermined" for v in verdicts], rule["combine"])
    return "undetermined" if by_construction and whole == "supported" else whole


def interval(
    own: float,
    draws: np.ndarray,
    shifts: np.ndarray,
    exact: tuple[float, float] | None,
    bounds: tuple[float, float] | None,
) -> tuple[float, float]:
    """The 90 per cent interval of measurement and coding.

    Parameters
    ----------
    own : float
        The number on the record.
    draws : numpy.ndarray
        The number in each draw; NaN where a draw has none.
    shifts : numpy.ndarray
        By how much each scenario moves the number.
    exact, bounds : tuple or None
        Intervals that the measure brings itself.

    Returns
    -------
    low, high : float
        From the 5 to the 95 per cent quantile of the draws, moved out by the scenarios; never without the number on
        the record, and never narrower than what the measure brings. NaN if more than one draw in twenty has no number.
    """
    ends = [own, own]
    known = draws[~np.isnan(draws)]
    if len(draws):
        if len(known) < (1.0 - SOME_MISSING) * len(draws):
            return float("nan"), float("nan")
        tail = (1.0 - LEVEL) / 2.0
        ends += [float(np.quantile(known, tail)), float(np.quantile(known, 1.0 - tail))]
    moved = shifts[~np.isnan(shifts)]
    low = min(ends) + min(0.0, float(moved.min(initial=0.0)))
    high = max(ends) + max(0.0, float(moved.max(initial=0.0)))
    for given in (exact, bounds):
        if given is not None:
            low, high = min(low, given[0]), max(high, given[1])
    return low, high


def _judge(
    part: Mapping[str, Any],
    rule: Mapping[str, Any],
    own: Mapping[str, Measured],
    draws: Sequence[Mapping[str, Measured]],
    scenarios: Sequence[Mapping[str, Measured]],
) -> Judged:
    name = part["id"]
    told = own[name]
    drawn = np.array([d[name].value for d in draws], dtype=float)
    shifts = np.array([s[name].value - told.value for s in scenarios], dtype=float)
    low, high = interval(told.value, drawn, shifts, told.exact, told.bounds)
    years = _by_year(name, told, draws, scenarios)
    if math.isnan(told.value) or math.isnan(low):
        verdict, label = "not testable here", ""
    elif part["aggregate"] == "every year":
        ends = years.dropna()[["low", "high"]].to_numpy()
        single = [_outcome(part, float(a), float(b), rule) for a, b in ends]
        verdict, label = (combine(single, "all") if single else "not testable here"), ""
    else:
        verdict = _outcome(part, low, high, rule)
        label = _label(part, low, high)
    return Judged(name, part["quantity"], part["unit"], part["years"], told.value, low, high, verdict, label, years)


def _outcome(part: Mapping[str, Any], low: float, high: float, rule: Mapping[str, Any]) -> str:
    return outcome(part, low, high, crosses_bound=rule["crosses_bound"])


def _label(part: Mapping[str, Any], low: float, high: float) -> str:
    touched = [
        str(cell["label"])
        for cell in part["outcomes"]
        if (cell["to"] is None or low < cell["to"]) and (cell["from"] is None or high >= cell["from"])
    ]
    return touched[0] if len(touched) == 1 else " or ".join(touched)


def _by_year(
    name: str, told: Measured, draws: Sequence[Mapping[str, Measured]], scenarios: Sequence[Mapping[str, Measured]]
) -> pd.DataFrame:
    years = pd.Index(told.years, name="year")
    value = np.array(told.by_year, dtype=float)
    drawn = np.array([d[name].by_year for d in draws if d[name].years == told.years], dtype=float)
    moved = np.array([s[name].by_year for s in scenarios if s[name].years == told.years], dtype=float)
    rows = []
    for k in range(len(years)):
        column = drawn[:, k] if drawn.size else np.empty(0)
        shifts = moved[:, k] - value[k] if moved.size else np.empty(0)
        rows.append(interval(value[k], column, shifts, None, None))
    frame = pd.DataFrame(rows, columns=["low", "high"], index=years, dtype=float)
    frame.insert(0, "value", value)
    return frame


def cell_at(part: Mapping[str, Any], value: float) -> Mapping[str, Any]:
    """The outcome of a part's rule that a number falls in."""
    for cell in part["outcomes"]:
        if cell["to"] is None or value < cell["to"]:
            return cell
    raise ValueError(f"the outcomes of part {part['id']} do not cover {value}")
