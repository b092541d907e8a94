"""Strength in shares of kinds: the cheapest changes by dynamic programming over the totals that they lead to.

Within a kind, rows add to the kind's total and to the lead of one actor over another in whole numbers. For every
total and lead that changes can lead to, the cheapest way there is known; of these, what no other beats both in cost and
in the share that remains is kept, and the kinds are put together.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np

from influence.robustness.finding import Finding, Gap
from influence.robustness.linear import amounts_of, coefficients, rivals_of
from influence.robustness.search import Cheapest, before

_UNIT = 1e6  # costs as whole numbers of millionths, and a thousandth of that for each row: fewest rows first
_ROWS = 1000
_OPTIONS = 4096  # settings of rows that share cells
_STATES = 2**22
_FIRST_LIMIT = 8.0  # log odds: two rows that are surely coded
_FAR = np.iinfo(np.int64).max // 4


class _Change(NamedTuple):
    """Some rows miscoded together."""

    rows: tuple[int, ...]
    cost: int
    total: int
    lead: int


class _Ways(NamedTuple):
    """What no other way beats: whole costs, rising, and the lead in shares, falling; how each was put together."""

    cost: np.ndarray
    lead: np.ndarray
    made: list[tuple[int, ...]]


def cheapest_shares(finding: Finding, gap: Gap, cost: np.ndarray) -> Cheapest | None:
    """The cheapest changes that make a finding otherwise; None where amounts are no whole numbers, or too many.

    Parameters
    ----------
    finding : Finding
    gap : Gap
    cost : numpy.ndarray, shape (m,)

    Notes
    -----
    Sets that cost more than a limit are not looked at; where none within it does it, the limit is doubled.
    """
    rivals = rivals_of(finding)
    if not gap.holds and len(rivals) > 1:
        return None
    limit, most = _FIRST_LIMIT, float(cost[np.isfinite(cost) & (cost > 0)].sum())
    best = Cheapest(None, np.inf, np.inf, True)
    while best.flips is None:
        for rival in rivals:
            one = _of_rival(finding, gap, rival, cost, min(limit, best.cost))
            if one is None:
                return None
            if one.flips is not None and before(one, best):
                best = one
        if limit > most:
            break
        limit *= 2
    return best


def _of_rival(finding: Finding, gap: Gap, rival: int, cost: np.ndarray, limit: float) -> Cheapest | None:
    switches = finding.switches
    sign = 1 if gap.holds else -1
    whole = np.round(np.where(np.isfinite(cost), cost, 0.0) * _UNIT).astype(np.int64) * _ROWS + 1
    price = [int(x) if possible else _FAR for x, possible in zip(whole, np.isfinite(cost), strict=True)]
    spare = int(limit * _UNIT + 1) * _ROWS + _ROWS - 1
    spare -= sum(p for p in price if p < 0)
    parts = sign * coefficients(finding, rival)
    taken: set[int] = set()
    kinds: list[_Ways] = []
    likely = {k for k, p in enumerate(price) if p < 0}  # miscoded in any case where that changes nothing
    even = 1.0 / len(switches.entries)
    for kind, entries in switches.entries.items():
        amounts = amounts_of(entries, parts)
        rows = {r for key in amounts for r in key}
        if rows & taken or any(x % 1 for pair in amounts.values() for x in pair):
            return None
        taken |= rows
        weight = switches.spec.kind_weights.get(kind, 0.0) if switches.spec.kind_weights else even
        if weight and any(lead for _, lead in amounts.values()):
            ways = _ways(amounts, switches.recorded, price, weight, spare)
            if ways is None:
                return None
            kinds.append(ways)
            likely -= rows
    together = _Ways(np.zeros(1, dtype=np.int64), np.zeros(1), [tuple(likely)])
    for ways in sorted(kinds, key=lambda w: len(w.cost)):
        together = _joined(together, ways, spare)
    # From the cheapest on, the first that does it in truth: the last digits of sums may differ here.
    near = together.lead <= sign * gap.level + 2e-6 * gap.level
    for k in np.flatnonzero(near):
        flips = np.zeros(len(cost), dtype=bool)
        flips[list(together.made[k])] = True
        if gap(flips[None]).min() <= 0:
            total = float(cost[flips].sum())
            return Cheapest(flips, total, total, True)
    return Cheapest(None, np.inf, np.inf, True)


def _ways(
    amounts: dict[frozenset[int], tuple[float, float]],
    recorded: np.ndarray,
    price: list[int],
    weight: float,
    spare: int,
) -> _Ways | None:
    """For one kind, the cheapest way to every share that cannot be had for less."""
    groups = _changes(amounts, recorded, price, spare)
    if groups is None:
        return None
    totals, leads = ([[0, *(c.total for c in g)] for g in groups], [[0, *(c.lead for c in g)] for g in groups])
    lows = (sum(min(x) for x in totals), sum(min(x) for x in leads))
    highs = (sum(max(x) for x in totals), sum(max(x) for x in leads))
    shape = (highs[0] - lows[0] + 1, highs[1] - lows[1] + 1)
    if shape[0] * shape[1] > _STATES:
        return None
    here = np.full(shape, _FAR, dtype=np.int64)
    here[-lows[0], -lows[1]] = 0
    choices = []
    for group in groups:
        best, choice = here.copy(), np.zeros(shape, dtype=np.int16)
        for number, change in enumerate(group, 1):
            moved = _moved(here, change.total, change.lead)
            moved = np.where(moved < _FAR, moved + change.cost, _FAR)
            better = (moved < best) & (moved <= spare)
            best[better], choice[better] = moved[better], number
        here = best
        choices.append(choice)
    start = [sum(pair[k] for rows, pair in amounts.items() if any(recorded[r] for r in rows)) for k in (0, 1)]
    at, to = np.nonzero(here < _FAR)
    total, lead = start[0] + at + lows[0], start[1] + to + lows[1]
    share = weight * np.divide(lead, total, out=np.zeros(len(at)), where=total > 0)
    kept = _undominated(here[at, to], share)
    made = []
    for k in kept:
        i, j = int(at[k]), int(to[k])
        rows: list[int] = []
        for group, choice in zip(reversed(groups), reversed(choices), strict=True):
            number = int(choice[i, j])
            if number:
                change = group[number - 1]
                rows += change.rows
                i, j = i - change.total, j - change.lead
        made.append(tuple(sorted(rows)))
    return _Ways(here[at, to][kept], share[kept], made)


def _changes(
    amounts: dict[frozenset[int], tuple[float, float]], recorded: np.ndarray, price: list[int], spare: int
) -> list[list[_Change]] | None:
    """What can be miscoded, in groups of which one change is made or none: a row, or rows that share cells."""
    linked: dict[int, set[int]] = {}
    for key in amounts:
        for r in key:
            linked.setdefault(r, {r}).update(key)
    groups, seen = [], set()
    alike: dict[tuple[int, int], list[_Change]] = {}
    for row in sorted(linked):
        if row in seen:
            continue
        group, todo = set(), {row}
        while todo:
            group |= todo
            todo = set().union(*(linked[r] for r in todo)) - group
        seen |= group
        own = {key: pair for key, pair in amounts.items() if key & group}
        free = sorted(r for r in group if price[r] <= spare)
        if len(group) == 1:
            for change in _made([tuple(free)] if free else [], own, recorded, price):
                alike.setdefault((change.total, change.lead), []).append(change)
            continue
        sets = [s for size in range(1, len(free) + 1) for s in _affordable(free, size, price, spare)]
        if len(sets) > _OPTIONS:
            return None
        groups.append(_made(sets, own, recorded, price))
    for changes in alike.values():
        # Of rows with the same effect the cheapest are changed first, and no more of them than can be paid for.
        changes.sort(key=lambda c: (c.cost, c.rows))
        paid = np.cumsum([max(c.cost, 0) for c in changes])
        groups += [[c] for c, so_far in zip(changes, paid, strict=True) if so_far <= spare]
    return sorted((g for g in groups if g), key=lambda g: g[0].rows)


def _affordable(free: list[int], size: int, price: list[int], spare: int) -> list[tuple[int, ...]]:
    found = []
    for chosen in combinations(free, size):
        if sum(price[r] for r in chosen) <= spare:
            found.append(chosen)
            if len(found) > _OPTIONS:
                break
    return found


def _made(
    sets: list[tuple[int, ...]],
    own: dict[frozenset[int], tuple[float, float]],
    recorded: np.ndarray,
    price: list[int],
) -> list[_Change]:
    found = []
    for chosen in sets:
        total = lead = 0.0
        for key, pair in own.items():
            before_ = any(recorded[r] for r in key)
            after = any(bool(recorded[r]) != (r in chosen) for r in key)
            total += (after - before_) * pair[0]
            lead += (after - before_) * pair[1]
        found.append(_Change(chosen, sum(price[r] for r in chosen), int(total), int(lead)))
    return found


def _moved(states: np.ndarray, down: int, right: int) -> np.ndarray:
    """The states with all totals and leads changed by so much."""
    moved = np.full_like(states, _FAR)
    source, target = [], []
    for step, size in ((down, states.shape[0]), (right, states.shape[1])):
        source.append(slice(max(0, -step), size - max(0, step)))
        target.append(slice(max(0, step), size - max(0, -step)))
    moved[tuple(target)] = states[tuple(source)]
    return moved


def _undominated(cost: np.ndarray, lead: np.ndarray) -> np.ndarray:
    """Which ways are the cheapest to their lead or a smaller one, by rising cost."""
    order = np.lexsort((lead, cost))
    smallest = np.minimum.accumulate(lead[order])
    falls = np.append(True, smallest[1:] < smallest[:-1] - 1e-15) if len(order) else np.empty(0, dtype=bool)
    return order[falls]


def _joined(one: _Ways, other: _Ways, spare: int) -> _Ways:
    """The ways of two kinds put together."""
    cost = (one.cost[:, None] + other.cost).ravel()
    lead = (one.lead[:, None] + other.lead).ravel()
    within = np.flatnonzero(cost <= spare)
    kept = within[_undominated(cost[within], lead[within])]
    i, j = np.divmod(kept, len(other.cost))
    made = [(*one.made[a], *other.made[b]) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    return _Ways(cost[kept], lead[kept], made)
