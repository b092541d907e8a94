"""One layer in one year under many draws: stacks of matrices for the kernels, and no network built."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from influence._panel import _nothing_known
from influence.metrics.affinity import intensity
from influence.metrics.backbone import binarise
from influence.network import LayerSpec, MultilayerNetwork
from influence.network.adapter import settled
from influence.network.edges import Calendar
from influence.network.layer import compose
from influence.network.seats import newman_weights
from influence.network.snapshot import SHARED
from influence.robustness._parts import Part, draw_part, shared_by_all
from influence.robustness.doubts import Doubt
from influence.robustness.posterior import Levels


@dataclass(frozen=True, eq=False)
class LayerYear:
    """The ties of one layer in one year and the doubt about them, as arrays; light to send to another process.

    Attributes
    ----------
    name : str
        As in the panel: a two-mode layer by its projection.
    spec : LayerSpec
        Of what `matrices` returns.
    base : LayerSpec
        Of the layer itself.
    year : int
    rows : pandas.Index
    columns : int
        As many as rows, or the organizations.
    kinds : tuple of str
    entries : numpy.ndarray of int, shape (4, entries)
        Kind, row, column, and the slot of its evidence; the last slot but one is for what no doubt touches.
    amount : numpy.ndarray
        What each entry weighs as recorded.
    gaps : numpy.ndarray of bool, shape (kinds, rows, columns)
        Of what nothing is known.
    parts : tuple of Part
        What lasts and what is of the year; rows of evidence are slots (the last: evidence of other years), the ends
        of candidates are rows and columns here.
    covers : numpy.ndarray of bool
        Which spells of missed ties that last count in this year.
    least, mutual : numpy.ndarray
        By kind: what a missed tie weighs, and whether it counts both ways.
    sizes : numpy.ndarray or None
        World membership of the organizations, for a projection.
    threshold : numpy.ndarray or None
        What a tie must exceed to be present, where an intensity decides it.
    margins : pandas.DataFrame or None
        For other rules of presence.
    levels, sources, together
        As in `Doubt`.
    """

    name: str
    spec: LayerSpec
    base: LayerSpec
    year: int
    rows: pd.Index
    columns: int
    kinds: tuple[str, ...]
    entries: np.ndarray
    amount: np.ndarray
    gaps: np.ndarray
    slots: int
    parts: tuple[Part, ...]
    covers: np.ndarray
    least: np.ndarray
    mutual: np.ndarray
    sizes: np.ndarray | None
    threshold: np.ndarray | None
    margins: pd.DataFrame | None
    levels: Levels
    sources: int
    together: float

    def matrices(self, seed: int, numbers: range, unknown: str) -> tuple[np.ndarray, np.ndarray]:
        """Ties under some draws (none: as recorded), shape (draws, n, n), and of whom nothing is known, (draws, n)."""
        raw = compose(self._filled(seed, numbers), self.base, unknown=unknown)
        if self.sizes is None:
            return settled(raw, unknown), _nothing_known(raw)
        seats = (raw > 0).astype(float)  # NaN is no seat
        shared = seats * newman_weights(seats, self.sizes)[:, None, :] @ seats.transpose(0, 2, 1)
        shared[:, np.arange(len(self.rows)), np.arange(len(self.rows))] = 0.0
        return shared, np.zeros(shared.shape[:2], bool)

    def presence(self, matrices: np.ndarray) -> np.ndarray:
        """Ties as brokerage reads them, by the layer's own rule."""
        if self.spec.binarise == "positive":
            return (matrices > 0).astype(float)
        if self.threshold is not None:
            return (matrices > self.threshold).astype(float)
        return np.stack([binarise(m, self.rows, self.spec.binarise, self.margins) for m in matrices])

    def _filled(self, seed: int, numbers: range) -> dict[str, np.ndarray]:
        """The kinds as stacks of matrices, one a draw."""
        depth, n, m = max(len(numbers), 1), len(self.rows), self.columns
        factor = np.ones((depth, self.slots))
        missed = [self._draw(seed, number, factor[b]) for b, number in enumerate(numbers)]
        kind, row, column, slot = self.entries
        weights = factor[:, slot] * self.amount
        kinds: dict[str, np.ndarray] = {}
        for k, name in enumerate(self.kinds):
            own = kind == k
            cells = [(np.arange(depth)[:, None] * (n * m) + row[own] * m + column[own]).ravel()]
            amounts = [weights[:, own].ravel()]
            for b, (kind_missed, i, j) in enumerate(missed):
                of_kind = kind_missed == k
                for a, z in ((i, j), (j, i)) if self.mutual[k] else ((i, j),):
                    cells.append(b * n * m + a[of_kind] * m + z[of_kind])
                    amounts.append(np.full(len(cells[-1]), self.least[k]))
            place, amount = np.concatenate(cells), np.concatenate(amounts)
            if self.base.kind_combine.get(name, "sum") == "once":
                filled = np.zeros(depth * n * m)
                np.maximum.at(filled, place, amount)
            else:
                filled = np.bincount(place, weights=amount, minlength=depth * n * m).astype(float)
            stack = filled.reshape(depth, n, m)
            stack[self.gaps[k] & (stack == 0)] = np.nan
            kinds[name] = stack
        return kinds

    def _draw(self, seed: int, number: int, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Write what a draw does to each slot of evidence; kind, row and column of what was missed."""
        shared = shared_by_all(self.levels, self.sources, self.together, seed, number)
        lasting, missed = None, []
        for part in self.parts:
            drawn, lasting = draw_part(part, shared, lasting, seed, number)
            factor[drawn.values] *= np.exp(drawn.errors)
            factor[drawn.false] = 0.0
            at, c = drawn.missed, part.candidates
            if len(drawn.spells):
                at = at[self.covers[drawn.spells]]
            # A doubt of a wider network knows ties that have no place here.
            at = at[(np.stack([c.kind[at], c.source[at], c.target[at]]) >= 0).all(axis=0)]
            missed.append(np.stack([c.kind[at], c.source[at], c.target[at]]))
        kind, row, column = np.concatenate(missed, axis=1)
        return kind, row, column


def layer_year(
    net: MultilayerNetwork, doubt: Doubt, name: str, year: int, rule: str, scenario: str = "recorded"
) -> LayerYear:
    """Lay out one layer of one year with its doubt.

    Parameters
    ----------
    name : str
        As in `MultilayerNetwork.all_layers`; a two-mode layer is read by its projection.
    rule : str
        When a spell counts in a year.
    scenario : {"recorded", "low", "high"}
        What flagged values are taken to be.
    """
    base = net.specs[name.removesuffix(SHARED)]
    stack = net.stack(base.name, [year], rule=rule, keep=False)
    rows, kinds = stack.rows, tuple(stack.kinds)
    ties = net.sorted_ties()
    ties = ties[(ties["layer"] == base.name).to_numpy() & ties["status"].isin(["present", "unknown"]).to_numpy()]
    _, at, share = Calendar.of(ties).counting(ties, [year], rule)
    ties = ties.iloc[at]
    evidence = doubt.errors.index.get_indexer(pd.Index(ties["evidence_id"], dtype=object))
    amount = share * ties["weight"].to_numpy(dtype=float)
    if scenario != "recorded":
        bound = doubt.bounds[scenario].reindex(ties["evidence_id"]).to_numpy()
        amount = np.where(np.isnan(bound), amount, share * bound)
    used = np.unique(evidence[evidence >= 0])
    slot_of = np.full(len(doubt.errors) + 1, len(used) + 1)  # evidence of other years or layers
    slot_of[used] = np.arange(len(used))
    slot = np.where(evidence >= 0, slot_of[evidence], len(used))
    i, j = rows.get_indexer(pd.Index(ties["source"])), stack.columns.get_indexer(pd.Index(ties["target"]))
    kind = pd.Index(kinds).get_indexer(pd.Index(ties["kind"]))
    both = ties["mutual"].to_numpy() & (base.mode == 1)
    entries = np.stack([np.concatenate([x, y[both]]) for x, y in ((kind, kind), (i, j), (j, i), (slot, slot))])
    amount = np.concatenate([amount, amount[both]])
    there = (ties["status"] == "present").to_numpy()
    there, inside = np.concatenate([there, there[both]]), (entries >= 0).all(axis=0)
    gaps = np.zeros((len(kinds), len(rows), len(stack.columns)), bool)
    gaps[tuple(entries[:3, inside & ~there])] = True
    parts = doubt.parts.get(base.name, {})
    known = [parts[key] for key in (None, year) if key in parts]
    spans = known[0].candidates.spans if known and known[0].year is None else None
    covers = np.empty(0, bool) if spans is None else spans[:, doubt.years.index(year)]
    name = base.name + SHARED if base.mode == 2 else name
    spec = replace(base, directed=False, mode=1, binarise="positive") if base.mode == 2 else base
    sizes = None
    if base.mode == 2:
        sizes = pd.Series(net.organization_sizes(year), dtype=float).reindex(stack.columns).to_numpy()
    margins = net.margins(base.name, year) if spec.binarise != "positive" else None
    return LayerYear(
        name=name,
        spec=spec,
        base=base,
        year=year,
        rows=rows,
        columns=len(stack.columns),
        kinds=kinds,
        entries=entries[:, inside & there],
        amount=amount[inside & there],
        gaps=gaps,
        slots=len(used) + 2,
        parts=tuple(_localised(part, doubt, slot_of, rows, kinds) for part in known),
        covers=covers,
        least=np.array([doubt.least.get((base.name, k), 1.0) for k in kinds]),
        mutual=np.array([(base.name, k) in doubt.mutual for k in kinds]),
        sizes=sizes,
        threshold=_threshold(spec.binarise, rows, margins),
        margins=margins,
        levels=doubt.levels,
        sources=doubt.sources,
        together=doubt.together,
    )


def _localised(part: Part, doubt: Doubt, slot_of: np.ndarray, rows: pd.Index, kinds: tuple[str, ...]) -> Part:
    """The same part in terms of a layer-year; as many random numbers are drawn for it."""
    actors, names = doubt.names
    here, known, c = rows.get_indexer(actors), pd.Index(kinds).get_indexer(names), part.candidates
    local = replace(c, kind=known[c.kind], source=here[c.source], target=here[c.target])
    return replace(part, rows=slot_of[part.rows], values=slot_of[part.values], candidates=local)


def _threshold(rule: str, rows: pd.Index, margins: pd.DataFrame | None) -> np.ndarray | None:
    """What a flow must exceed for its intensity to exceed the bound: what world totals lead to expect, times that."""
    if not rule.startswith("intensity>"):
        return None
    one = pd.DataFrame(1.0 - np.eye(len(rows)), index=rows, columns=rows)
    expected = 1 / intensity(one, margins).where(lambda ratio: ratio > 0).to_numpy()
    return np.where(np.isnan(expected), np.inf, float(rule.removeprefix("intensity>")) * expected)
