"""The cheapest set of changes that closes a gap: best first, over sets in the order of what they must cost at least."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

GapOf = Callable[[np.ndarray], np.ndarray]
_SAME = 1e-6  # costs that differ by less are equal
_BATCH = 64
_LOOKED_AT = 200


@dataclass(frozen=True)
class Cheapest:
    """What was found.

    Attributes
    ----------
    flips : numpy.ndarray of bool, shape (m,), or None
        The changes; None where no set that was tried closes the gap.
    cost : float
        What they cost; infinite where there is none.
    bound : float
        No set costs less. Equal to the cost where the search was exact; infinite where no set closes the gap at all.
    exact : bool
    """

    flips: np.ndarray | None
    cost: float
    bound: float
    exact: bool


def best_first(
    gap: GapOf,
    cost: np.ndarray,
    most: np.ndarray | None = None,
    *,
    recorded: np.ndarray | None = None,
    budget: int = 20_000,
) -> Cheapest:
    """The cheapest changes that bring a gap to 0 or below; among equals the fewest, then those that come first.

    Parameters
    ----------
    gap : callable
        Settings, bool of shape (k, m), to gaps, shape (k, rivals): closed as soon as one of them is 0 or less.
    cost : numpy.ndarray, shape (m,)
        Of each change; negative where a change is more likely than not; infinite where it is impossible.
    most : numpy.ndarray, shape (rivals, m), optional
        By how much a change can lessen each gap at most, whatever else is changed: what this rules out is not tried.
    recorded : numpy.ndarray of bool, shape (m,), optional
        Which rows are recorded: if no row closes any of the gap by itself, a start is made from none of them.
    budget : int
        How many settings to try at most.

    Returns
    -------
    Cheapest

    Notes
    -----
    Rows are taken or left one after the other. Behind every open choice stands a bound: what it costs so far, and
    what the rest of the gap costs at least if the changes that are left can be taken in parts (for each rival, cheapest
    per unit first). Choices are opened from the smallest bound on, so that the first set found whose cost no open
    bound undercuts is the cheapest. Without `most` nothing is ruled out but by cost.
    """
    base = cost < 0  # the likeliest of all states has these changed
    step = np.abs(cost)
    rivals = len(most) if most is not None else 1
    best = _Best(cost)
    first = gap(base[None])[0]
    if first.min() <= 0:
        best.offer(base)
        return best.told(best.cost, exact=True)
    start, tried = greedy(gap, step, base, budget // 2)
    if start is None and recorded is not None and tried + int(recorded.sum()) <= budget:
        start = _pruned(gap, step, base, base ^ (recorded & np.isfinite(step)))
        tried += int(recorded.sum())
    if start is not None:
        best.offer(start)
    open_: list[tuple[float, int, int, tuple[int, ...], tuple[int, ...]]] = []
    trees = []
    for rival in range(rivals):
        tree = _Tree(step, None if most is None else most[rival])
        trees.append(tree)
        bound = tree.rest(0, first[rival] if most is not None else 1.0)
        if np.isfinite(bound):
            heapq.heappush(open_, (bound, 0, 0, (), (rival,)))
    gaps: dict[tuple[int, tuple[int, ...]], float] = {
        (r, ()): float(first[r] if most is not None else first.min()) for r in range(rivals)
    }
    fixed = float(step[base].sum())
    while open_ and open_[0][0] - fixed <= best.cost + _SAME:
        if tried >= budget:
            return best.told(min(best.cost, open_[0][0] - fixed), exact=open_[0][0] - fixed >= best.cost - _SAME)
        taking = []
        for _ in range(min(_BATCH, len(open_))):
            if open_[0][0] - fixed > best.cost + _SAME:
                break
            _, _, k, taken, (rival,) = heapq.heappop(open_)
            tree, here = trees[rival], gaps[rival, taken]
            paid = float(step[list(taken)].sum())
            bound = paid + tree.rest(k + 1, here)
            if np.isfinite(bound) and bound - fixed <= best.cost + _SAME:
                heapq.heappush(open_, (bound, len(taken), k + 1, taken, (rival,)))
            taking.append((rival, k + 1, (*taken, int(tree.order[k]))))
        settings = np.repeat(base[None], len(taking), axis=0)
        for place, (_, _, taken) in enumerate(taking):
            settings[place, list(taken)] ^= True
        tried += len(taking)
        found = gap(settings)
        for place, (rival, k, taken) in enumerate(taking):
            if found[place].min() <= 0:
                best.offer(settings[place])
                continue
            here = float(found[place, rival] if most is not None else found[place].min())
            bound = float(step[list(taken)].sum()) + trees[rival].rest(k, here)
            if np.isfinite(bound) and bound - fixed <= best.cost + _SAME:
                gaps[rival, taken] = here
                heapq.heappush(open_, (bound, len(taken), k, taken, (rival,)))
    return best.told(best.cost, exact=True)


def before(one: Cheapest, other: Cheapest) -> bool:
    """Whether a set is the better one: by cost, then by number, then by place."""
    if other.flips is None or abs(one.cost - other.cost) > 1e-6:
        return one.cost < other.cost
    assert one.flips is not None
    mine, theirs = np.flatnonzero(one.flips).tolist(), np.flatnonzero(other.flips).tolist()
    return (len(mine), mine) < (len(theirs), theirs)


def greedy(gap: GapOf, step: np.ndarray, base: np.ndarray, budget: int) -> tuple[np.ndarray | None, int]:
    """A good set, not always the best: the change that closes most of the gap for its cost, again and again.

    Returns
    -------
    numpy.ndarray of bool, or None
        None if changes that close some of the gap by themselves do not close all of it, or the budget is used up.
    int
        How many settings were tried.
    """
    flips, tried = base.copy(), 1
    order = np.argsort(step, kind="stable")
    free = order[np.isfinite(step[order])]
    here = float(gap(flips[None]).min())
    while here > 0:
        left = free[flips[free] == base[free]][: max(budget - tried, 0)]
        if not len(left):
            return None, tried
        settings = np.repeat(flips[None], len(left), axis=0)
        settings[np.arange(len(left)), left] ^= True
        closed = here - gap(settings).min(axis=1)
        tried += len(left)
        if closed.max() <= 0:
            return None, tried
        # What closes all of it is enough: there the cheapest wins.
        worth = np.minimum(closed, here) / np.maximum(step[left], 1e-9)
        pick = int(np.argmax(worth))
        flips = settings[pick]
        here -= float(closed[pick])
        # The most promising of the first look are looked at again, not all.
        free = left[np.argsort(-worth, kind="stable")[:_LOOKED_AT]]
    return _pruned(gap, step, base, flips), tried + int((flips != base).sum())


def _pruned(gap: GapOf, step: np.ndarray, base: np.ndarray, flips: np.ndarray) -> np.ndarray | None:
    """The same without the changes that are not needed, the dearest first; None if it does not close the gap."""
    if gap(flips[None]).min() > 0:
        return None
    for k in sorted(np.flatnonzero(flips != base), key=lambda k: -step[k]):
        less = flips.copy()
        less[k] ^= True
        if gap(less[None]).min() <= 0:
            flips = less
    return flips


class _Tree:
    """The order in which changes are taken or left, and what the rest of a gap costs at least from some place on."""

    def __init__(self, step: np.ndarray, most: np.ndarray | None) -> None:
        useful = np.isfinite(step) if most is None else np.isfinite(step) & (most > 0)
        self.most = np.ones(len(step)) if most is None else most
        self.bounded = most is not None
        price = step if most is None else step / np.where(useful, most, 1.0)
        index = np.flatnonzero(useful)
        self.order = index[np.argsort(price[index], kind="stable")]
        self.step = step[self.order]
        self.cost = np.concatenate([[0.0], np.cumsum(self.step)])
        self.reach = np.concatenate([[0.0], np.cumsum(self.most[self.order])])

    def rest(self, k: int, gap: float) -> float:
        """At least what the changes from the k-th on cost that close a gap."""
        if k >= len(self.order):
            return np.inf
        if not self.bounded:
            return float(self.step[k])
        need = self.reach[k] + gap * (1 - 1e-12)
        if need > self.reach[-1]:
            return np.inf
        last = int(np.searchsorted(self.reach, need, side="left"))
        part = (need - self.reach[last - 1]) / (self.reach[last] - self.reach[last - 1])
        return float(self.cost[last - 1] - self.cost[k] + part * self.step[last - 1])


class _Best:
    """The best set so far: by cost, then by number, then by place."""

    def __init__(self, cost: np.ndarray) -> None:
        self._costs = cost
        self._key: tuple[int, tuple[int, ...]] = (0, ())
        self.flips: np.ndarray | None = None
        self.cost = np.inf

    def offer(self, flips: np.ndarray) -> None:
        chosen = np.flatnonzero(flips)
        cost = float(self._costs[chosen].sum())
        key = (len(chosen), tuple(chosen.tolist()))
        if cost < self.cost - _SAME or (cost < self.cost + _SAME and key < self._key):
            self.flips, self.cost, self._key = flips.copy(), cost, key

    def told(self, bound: float, *, exact: bool) -> Cheapest:
        return Cheapest(self.flips, self.cost, bound, exact)
