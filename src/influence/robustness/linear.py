"""Metrics that are sums of what rows of evidence say, written as 0-1 programs.

Degree counts cells in which any row stands; strength adds their amounts. In a projection a seat shared in a body weighs
by the body's size: every number of seats is a case of its own, of which one holds. Shares of kinds are in `shares`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from influence.robustness.finding import LEVEL, Finding
from influence.robustness.program import Program, Sum, add
from influence.robustness.switches import Entries

_DEGREES = {"degree", "degree_in", "degree_out"}
_STRENGTHS = {"strength", "strength_in", "strength_out"}
_SCALE = 1e3  # the gap is a thousand times a relative one, so that the solver's tolerance is a billionth of the values


def is_linear(finding: Finding) -> bool:
    """Whether the metric can be written as a 0-1 program in this layer."""
    if finding.options or are_shares(finding):
        return False
    if finding.switches.projected:
        return finding.metric.id in _STRENGTHS
    return finding.metric.id in _DEGREES | _STRENGTHS | {"degree_two_mode"}


def are_shares(finding: Finding) -> bool:
    """Whether the metric adds up shares of the totals of kinds."""
    return finding.metric.id in _STRENGTHS and finding.switches.spec.composition == "shares" and not finding.options


def programs(finding: Finding, holds: bool, level: float, cost: np.ndarray) -> Iterator[Program]:
    """One program for each rival that could undo the finding, or one for all if it is to be made.

    Parameters
    ----------
    finding : Finding
    holds : bool
        As recorded.
    level : float
        Up to which margin actors are level.
    cost : numpy.ndarray, shape (m,)
    """
    unit = _SCALE * LEVEL / level
    rivals = rivals_of(finding)
    for together in [[rival] for rival in rivals] if holds else [rivals]:
        made = Program(finding.switches.recorded, cost)
        for rival in together:
            margin = add((unit, _margin(made, finding, rival)))
            if holds:
                made.bound(margin, high=_SCALE * LEVEL)
            else:
                made.bound(margin, low=_SCALE * LEVEL * (1 + 1e-6))
        yield made


def rivals_of(finding: Finding) -> list[int]:
    """Who could undo the finding."""
    others = [k for k in range(len(finding.switches.labels)) if k != finding.a]
    return others if finding.b is None else [finding.b]


def row_effects(finding: Finding, rival: int) -> np.ndarray:
    """What each row adds to the lead of the actor over a rival, where amounts add up."""
    parts, effect = coefficients(finding, rival), np.zeros(len(finding.switches.ids))
    for entries in finding.switches.entries.values():
        for rows, (_, here) in amounts_of(entries, parts).items():
            effect[list(rows)] += here
    return effect


def _margin(program: Program, finding: Finding, rival: int) -> Sum:
    """By how much the actor leads a rival, in terms of the rows."""
    switches = finding.switches
    if switches.projected:
        return _shared_seats(program, finding, rival)
    parts = coefficients(finding, rival)
    if finding.metric.id in _STRENGTHS:
        each = (amounts_of(entries, parts) for entries in switches.entries.values())
        return add(*((here, program.any_stands(rows)) for own in each for rows, (_, here) in own.items() if here))
    cells: dict[int, set[int]] = {}
    for entries in switches.entries.values():
        for cell, first, last in _segments(entries):
            if parts[cell]:
                cells.setdefault(cell, set()).update(entries.row[first:last].tolist())
    return add(*((parts[cell], program.any_stands(rows)) for cell, rows in cells.items()))


def coefficients(finding: Finding, rival: int) -> np.ndarray:
    """What each cell of the matrix adds to the margin, flat."""
    n, m = len(finding.switches.labels), len(finding.switches.columns)
    parts = np.zeros((n, m))
    if finding.metric.level == "two_mode":
        parts[finding.a], parts[rival] = 1.0 / m, -1.0 / m
        return parts.ravel()
    directed, id = finding.switches.directed, finding.metric.id
    for actor, sign in ((finding.a, 1.0), (rival, -1.0)):
        if not directed or not id.endswith("_in"):
            parts[actor, :] += sign
        if directed and not id.endswith("_out"):
            parts[:, actor] += sign
    if finding.b is not None:
        parts[[finding.a, rival], [rival, finding.a]] = 0.0
    np.fill_diagonal(parts, 0.0)
    return parts.ravel()


def _segments(entries: Entries) -> Iterator[tuple[int, int, int]]:
    """Cell by cell, where its entries begin and end."""
    bounds = [*entries.starts.tolist(), len(entries.row)]
    return zip(entries.cells.tolist(), bounds[:-1], bounds[1:], strict=True)


def amounts_of(entries: Entries, parts: np.ndarray) -> dict[frozenset[int], tuple[float, float]]:
    """What each row, or any of some rows, adds to the kind's total and to the margin."""
    found: dict[frozenset[int], tuple[float, float]] = {}
    for cell, first, last in _segments(entries):
        rows, amounts = entries.row[first:last], entries.amount[first:last]
        if entries.once:  # the largest amount counts: by steps, each there if any row reaches it
            steps = np.unique(amounts)
            reached = [frozenset(rows[amounts >= step].tolist()) for step in steps]
            layers = list(zip(reached, np.diff(steps, prepend=0.0).tolist(), strict=True))
        else:
            layers = [(frozenset([r]), x) for r, x in zip(rows.tolist(), amounts.tolist(), strict=True)]
        for key, amount in layers:
            whole, here = found.get(key, (0.0, 0.0))
            found[key] = whole + amount, here + amount * parts[cell]
    return found


def _shared_seats(program: Program, finding: Finding, rival: int) -> Sum:
    """The margin in a projection: body by body, one case for each number of seats held."""
    switches = finding.switches
    m = len(switches.columns)
    seats: dict[int, dict[int, set[int]]] = {}
    for entries in switches.entries.values():
        for cell, first, last in _segments(entries):
            actor, body = divmod(cell, m)
            seats.setdefault(body, {}).setdefault(actor, set()).update(entries.row[first:last].tolist())
    parts: list[tuple[float, Sum]] = []
    for body, held in sorted(seats.items()):
        a, b = (program.any_stands(held[k]) if k in held else Sum(0.0, {}) for k in (finding.a, rival))
        if not a.terms and not b.terms and a.constant == b.constant:
            # Both sit there for sure, or neither may: no third seat tells them apart.
            continue
        seated = [program.any_stands(rows) for k, rows in sorted(held.items()) if k not in (finding.a, rival)]
        others, number = add(*((1.0, seat) for seat in seated)), len(seated)
        world = switches.sizes[body]
        cases = []
        for count, with_a, with_b in product(range(number + 1), _cases(a), _cases(b)):
            size = np.fmax(count + with_a + with_b, world)
            worth = (with_a - with_b) * count / (size - 1) if size > 1 else 0.0
            cases.append((program.variable(0.0, 1.0, whole=True), count, with_a, with_b, worth))
        program.rule({case[0]: 1.0 for case in cases}, 1.0, 1.0)
        for place, amount in ((1, others), (2, a), (3, b)):
            told = Sum(0.0, {case[0]: float(case[place]) for case in cases})
            program.bound(add((1.0, told), (-1.0, amount)), low=0.0, high=0.0)
        parts += [(case[4], Sum(0.0, {case[0]: 1.0})) for case in cases if case[4]]
    return add(*parts)


def _cases(seat: Sum) -> tuple[int, ...]:
    return (0, 1) if seat.terms else (int(seat.constant),)
