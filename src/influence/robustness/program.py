"""A 0-1 program over rows of evidence: which of them would have to be miscoded, at the least cost in log odds.

Variables are the rows (1: miscoded) and what follows from them: whether any row of a cell stands, how many seats a
body has, what a total comes to. Everything that follows is tied to the rows from both sides, so that a solution is a
setting of the rows and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from influence.robustness.search import Cheapest, GapOf

_SAME = 1e-6  # costs that differ by less are equal
_BLOCK = 12  # rows put in order at a time: their weights 1, 2, 4, ... stay far from the solver's tolerance

Rule = tuple[Mapping[int, float], float, float]


class Sum(NamedTuple):
    """A constant and multiples of variables."""

    constant: float
    terms: Mapping[int, float]


@dataclass
class Program:
    """Rows of evidence, what follows from them, and what must hold.

    Attributes
    ----------
    recorded : numpy.ndarray of bool, shape (m,)
    cost : numpy.ndarray, shape (m,)
        Log odds against a row being miscoded; infinite where it cannot be.
    """

    recorded: np.ndarray
    cost: np.ndarray
    _low: list[float] = field(default_factory=list)
    _high: list[float] = field(default_factory=list)
    _whole: list[bool] = field(default_factory=list)
    _rules: list[Rule] = field(default_factory=list)
    _any: dict[frozenset[int], Sum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for possible in np.isfinite(self.cost):
            self.variable(0.0, 1.0 if possible else 0.0, whole=True)

    def variable(self, low: float, high: float, *, whole: bool = False) -> int:
        """A new variable, by its place."""
        self._low.append(low)
        self._high.append(high)
        self._whole.append(whole)
        return len(self._low) - 1

    def rule(self, terms: Mapping[int, float], low: float, high: float) -> None:
        """What must hold: low ≤ Σ terms ≤ high."""
        self._rules.append((dict(terms), low, high))

    def bound(self, amount: Sum, low: float = -np.inf, high: float = np.inf) -> None:
        """The same for an amount with its constant."""
        self.rule(amount.terms, low - amount.constant, high - amount.constant)

    def stands(self, row: int) -> Sum:
        """1 where a row of evidence stands, 0 where it does not."""
        if not np.isfinite(self.cost[row]):
            return Sum(float(self.recorded[row]), {})
        return Sum(1.0, {row: -1.0}) if self.recorded[row] else Sum(0.0, {row: 1.0})

    def any_stands(self, rows: Iterable[int]) -> Sum:
        """1 where at least one of some rows stands."""
        key = frozenset(rows)
        if key not in self._any:
            self._any[key] = self._either([self.stands(r) for r in sorted(key)])
        return self._any[key]

    def _either(self, standing: Sequence[Sum]) -> Sum:
        if any(not one.terms and one.constant for one in standing):
            return Sum(1.0, {})
        open_ = [one for one in standing if one.terms]
        if len(open_) < 2:
            return open_[0] if open_ else Sum(0.0, {})
        either = Sum(0.0, {self.variable(0.0, 1.0, whole=True): 1.0})
        for one in open_:
            self.bound(add((1.0, either), (-1.0, one)), low=0.0)
        self.bound(add((-1.0, either), *((1.0, one) for one in open_)), low=0.0)
        return either

    def cheapest(
        self, gap: GapOf, *, known: float = np.inf, in_order: bool = True, time_limit: float = 30.0
    ) -> Cheapest:
        """The cheapest setting of the rows that obeys all rules and closes the gap.

        Parameters
        ----------
        gap : callable
            What a setting comes to in truth, to check the solver's rounding: 0 or less where it closes.
        known : float
            What a set costs that does it: nothing dearer is looked for.
        in_order : bool, default True
            Whether to look for the fewest rows among equals, and for those that come first.
        time_limit : float
            Seconds for one solution; what is not proven by then is marked so.
        """
        objective = np.zeros(len(self._low))
        m = len(self.cost)
        heard = {k for terms, *_ in self._rules for k in terms}
        for k in range(m):
            if k not in heard and self.cost[k] >= 0:  # what changes nothing is miscoded only where that is likely
                self._high[k] = 0.0
        objective[:m] = np.where(np.isfinite(self.cost), self.cost, 0.0)
        limit: list[Rule] = []
        if np.isfinite(known):
            limit = [({k: float(x) for k, x in enumerate(objective[:m]) if x}, -np.inf, known + _SAME)]
        found, bound, exact = self._solve(objective, limit, gap, time_limit)
        if found is None:
            return Cheapest(None, np.inf, bound, exact)
        cost = float(objective[:m] @ found)
        if exact and in_order:
            found = self._first(found, objective, cost, gap, time_limit)
        return Cheapest(found, float(objective[:m] @ found), cost if exact else bound, exact)

    def _first(
        self,
        found: np.ndarray,
        objective: np.ndarray,
        cost: float,
        gap: GapOf,
        time_limit: float,
    ) -> np.ndarray:
        """Among the settings that cost the same, the one with the fewest rows, and of these the first in order."""
        m = len(self.cost)
        rules: list[Rule] = [({k: float(objective[k]) for k in range(m)}, -np.inf, cost + _SAME)]
        each = np.zeros_like(objective)
        each[:m] = 1.0
        settled = self._better(each, rules, found, gap, time_limit)
        number = int(settled.sum())
        rules.append((dict.fromkeys(range(m), 1.0), number, number))
        open_ = np.flatnonzero(self._high[:m])
        for first in range(0, len(open_), _BLOCK):
            places = open_[first : first + _BLOCK]
            if not settled[places[0] :].any():
                break
            block = np.zeros_like(objective)
            block[places] = -(2.0 ** np.arange(len(places))[::-1])
            settled = self._better(block, rules, settled, gap, time_limit)
            rules += [({int(k): 1.0}, float(settled[k]), float(settled[k])) for k in places]
        return settled

    def _better(
        self,
        objective: np.ndarray,
        rules: Sequence[Rule],
        known: np.ndarray,
        gap: GapOf,
        time_limit: float,
    ) -> np.ndarray:
        """A setting that the objective likes better than a known one; the known one where there is none."""
        found, _, exact = self._solve(objective, rules, gap, time_limit)
        return known if found is None or not exact else found

    def _solve(
        self, objective: np.ndarray, extra: Sequence[Rule], gap: GapOf, time_limit: float
    ) -> tuple[np.ndarray | None, float, bool]:
        """The setting with the smallest objective that closes the gap in truth; a bound; whether it is proven."""
        deadline = time.monotonic() + time_limit
        rules = [*self._rules, *extra]
        while True:
            answer, bound, proven = self._milp(objective, rules, max(deadline - time.monotonic(), 0.1))
            if answer is None:
                return None, bound, proven
            flips = answer[: len(self.cost)] > 0.5
            if gap(flips[None]).min() <= 0:
                return flips, bound, proven
            if not proven:
                return None, bound, False
            rules.append(_not_this(flips))  # within the solver's tolerance, and yet not closed: this one is out

    def _milp(
        self, objective: np.ndarray, rules: Sequence[Rule], seconds: float
    ) -> tuple[np.ndarray | None, float, bool]:
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        size = len(self._low)
        columns = np.array([k for terms, *_ in rules for k in terms], dtype=np.int64)
        values = np.array([v for terms, *_ in rules for v in terms.values()], dtype=float)
        starts = np.cumsum([0, *(len(terms) for terms, *_ in rules)])
        matrix = csr_array((values, columns, starts), shape=(len(rules), size))
        held = LinearConstraint(matrix, [low for _, low, _ in rules], [high for *_, high in rules])
        answer = milp(
            objective,
            integrality=np.array(self._whole, dtype=int),
            bounds=Bounds(np.array(self._low), np.array(self._high)),
            constraints=[held] if rules else [],
            options={"mip_rel_gap": 0.0, "time_limit": seconds},
        )
        if answer.status == 2:  # no setting obeys the rules
            return None, np.inf, True
        bound = answer.fun if answer.status == 0 else answer.mip_dual_bound
        return answer.x, -np.inf if bound is None else float(bound), answer.status == 0


def add(*parts: tuple[float, Sum]) -> Sum:
    """Multiples of amounts, added up."""
    constant = 0.0
    terms: dict[int, float] = {}
    for times, amount in parts:
        constant += times * amount.constant
        for variable, value in amount.terms.items():
            terms[variable] = terms.get(variable, 0.0) + times * value
    return Sum(constant, terms)


def _not_this(setting: np.ndarray) -> Rule:
    terms = {k: (1.0 if chosen else -1.0) for k, chosen in enumerate(setting.tolist())}
    return terms, -np.inf, float(setting.sum()) - 1.0
