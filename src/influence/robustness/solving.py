"""The most probable set of rows that undoes a finding, by the method that its metric allows."""

from __future__ import annotations

import numpy as np

from influence.robustness.finding import Finding, Gap
from influence.robustness.linear import are_shares, is_linear, programs
from influence.robustness.rates import log_odds_against
from influence.robustness.role_reach import most_change
from influence.robustness.search import Cheapest, before, best_first
from influence.robustness.shares import cheapest_shares


def recorded_gap(finding: Finding) -> tuple[Gap, np.ndarray]:
    """As recorded: how far the finding is from being otherwise, and the values of all actors."""
    values = finding.values(np.zeros((1, len(finding.switches.ids)), dtype=bool))[0]
    for actor in [finding.a] if finding.b is None else [finding.a, finding.b]:
        if np.isnan(values[actor]):
            name = finding.switches.labels[actor]
            raise ValueError(f"{finding.metric.id} has no value for {name} in {finding.switches.year}")
    level = finding.level(values)
    holds = bool(finding.margins(values[None]).min() > level)
    return Gap(finding, holds, level), values


def solve(finding: Finding, gap: Gap, budget: int, *, in_order: bool = True) -> Cheapest:
    """The most probable set that changes whether the finding holds."""
    cost = log_odds_against(finding.switches.p)
    base = cost < 0
    if are_shares(finding):
        found = cheapest_shares(finding, gap, cost)
        if found is not None:
            return found
    if not is_linear(finding) or gap(base[None]).min() <= 0:
        most = most_change(finding, gap.holds, cost)
        return best_first(gap, cost, most, recorded=finding.switches.recorded, budget=budget)
    made = list(programs(finding, gap.holds, gap.level, cost))
    first, known = [], np.inf
    for program in made:
        first.append(program.cheapest(gap, known=known, in_order=False))
        known = min(known, first[-1].cost)
    bound = min(one.bound for one in first)
    best = Cheapest(None, np.inf, np.inf, True)
    for program, one in zip(made, first, strict=True):
        if one.flips is not None and one.cost <= known + 1e-6:
            ordered = program.cheapest(gap, known=known) if in_order else one
            if before(ordered, best):
                best = ordered
    return Cheapest(best.flips, best.cost, bound, bound >= best.cost - 1e-6)


def share_otherwise(finding: Finding, gap: Gap, flips: np.ndarray, factors: np.ndarray | None) -> float:
    """In which share of the draws the finding is not as recorded."""
    holds = (finding.margins(finding.values(flips, factors)) > gap.level).all(axis=1)
    return float((holds != gap.holds).mean())
