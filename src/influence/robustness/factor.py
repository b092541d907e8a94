"""By what measured values would have to be wrong to undo a finding: all of an actor's, or a single one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from influence.robustness.finding import Finding, Gap
from influence.robustness.linear import is_linear, rivals_of, row_effects

_FEWEST = 20  # different values, from which a layer is one of measurements
_WIDEST = 1e6
_HALVINGS = 50


@dataclass(frozen=True)
class Factors:
    """The smallest factors that undo (or make) a finding.

    Attributes
    ----------
    common : float
        What all values of the first actor are multiplied by; NaN if no factor from a millionth to a million does it.
    flow : str or None
        The single row of evidence whose value needs the factor nearest to 1; None if no single one can do it.
    flow_factor : float
    """

    common: float
    flow: str | None
    flow_factor: float

    def lines(self) -> list[str]:
        found = []
        if not np.isnan(self.common):
            found.append(f"all values of the first times {self.common:.4g} would do, too")
        if self.flow is not None:
            found.append(f"so would {self.flow} times {self.flow_factor:.4g}")
        return found


def reversing_factors(finding: Finding, gap: Gap) -> Factors | None:
    """The factors of a finding on measured values; None where ties are counted or classed."""
    switches = finding.switches
    spec = switches.spec
    amounts = np.concatenate([e.amount for e in switches.entries.values()])
    once = any(e.once for e in switches.entries.values())
    if spec.mode == 2 or spec.composition != "sum" or once or len(np.unique(amounts)) <= _FEWEST:
        return None
    if finding.metric.id.startswith("degree"):
        return None
    return _of_sums(finding) if is_linear(finding) else _by_halving(finding, gap)


def _of_sums(finding: Finding) -> Factors:
    """margin + (factor − 1) · (what the value adds to it) = 0."""
    own = _rows_of(finding, [finding.a])
    common, flow, nearest = np.nan, None, np.nan
    stands = finding.switches.recorded
    for rival in rivals_of(finding):
        effect = np.where(stands, row_effects(finding, rival), 0.0)
        margin = float(effect.sum())
        together = float(effect[own].sum())
        if together:
            factor = 1.0 - margin / together
            if factor > 0 and (np.isnan(common) or abs(np.log(factor)) < abs(np.log(common))):
                common = factor
        with np.errstate(divide="ignore", invalid="ignore"):
            factors = 1.0 - margin / effect
            apart = np.where((effect != 0) & (factors > 0), np.abs(np.log(factors)), np.inf)
        k = int(np.argmin(apart)) if len(apart) else 0
        if len(apart) and np.isfinite(apart[k]) and (flow is None or apart[k] < abs(np.log(nearest))):
            flow, nearest = str(finding.switches.ids[k]), float(factors[k])
    return Factors(common, flow, nearest)


def _by_halving(finding: Finding, gap: Gap) -> Factors:
    """By bisection on the logarithm, towards less where the finding holds and towards more where it does not."""
    m = len(finding.switches.ids)
    own = _rows_of(finding, [finding.a])
    together = np.zeros((1, m), dtype=bool)
    together[0, own] = True
    common = float(_bisected(finding, gap, together, down=gap.holds)[0])
    if finding.b is None or finding.groups is not None:
        return Factors(common, None, np.nan)
    best: tuple[float, int, float] | None = None
    for actor, down in ((finding.a, gap.holds), (finding.b, not gap.holds)):
        rows = _rows_of(finding, [actor])
        single = np.zeros((len(rows), m), dtype=bool)
        single[np.arange(len(rows)), rows] = True
        for row, factor in zip(rows.tolist(), _bisected(finding, gap, single, down=down).tolist(), strict=True):
            if not np.isnan(factor) and (best is None or abs(np.log(factor)) < best[0]):
                best = (abs(float(np.log(factor))), row, factor)
    if best is None:
        return Factors(common, None, np.nan)
    return Factors(common, str(finding.switches.ids[best[1]]), best[2])


def _bisected(finding: Finding, gap: Gap, chosen: np.ndarray, *, down: bool) -> np.ndarray:
    """The factor nearest to 1 for each choice of rows; NaN where even the widest does not do it."""
    near, far = np.zeros(len(chosen)), np.full(len(chosen), np.log(_WIDEST) * (-1 if down else 1))
    flips = np.zeros_like(chosen)

    def otherwise(logs: np.ndarray) -> np.ndarray:
        values = finding.values(flips, np.where(chosen, np.exp(logs)[:, None], 1.0))
        done: np.ndarray = (finding.margins(values) > gap.level).all(axis=1) != gap.holds
        return done

    possible = otherwise(far)
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        done = otherwise(middle)
        near, far = np.where(done, near, middle), np.where(done, middle, far)
    return np.where(possible, np.exp(far), np.nan)


def _rows_of(finding: Finding, actors: list[int]) -> np.ndarray:
    """Recorded rows with a tie at one of these actors, the tie between the two compared left out."""
    switches, n = finding.switches, len(finding.switches.columns)
    found: set[int] = set()
    for entries in switches.entries.values():
        cell = np.repeat(entries.cells, np.diff([*entries.starts, len(entries.row)]))
        i, j = np.divmod(cell, n)
        at = np.isin(i, actors) | np.isin(j, actors)
        if finding.b is not None:
            pair = [finding.a, finding.b]
            at &= ~(np.isin(i, pair) & np.isin(j, pair))
        found |= set(entries.row[at].tolist())
    return np.array(sorted(k for k in found if switches.recorded[k]), dtype=int)
