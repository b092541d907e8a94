"""Fragility: the most probable set of evidence rows whose miscoding would undo a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._roles import ROLES, warn_if_dense
from influence.metrics.registry import align_codes, get_metric
from influence.network import MultilayerNetwork
from influence.network.snapshot import SHARED
from influence.robustness.factor import reversing_factors
from influence.robustness.finding import Finding, Gap
from influence.robustness.rates import Rates
from influence.robustness.reversed_question import questioned
from influence.robustness.search import Cheapest
from influence.robustness.solving import recorded_gap, share_otherwise, solve
from influence.robustness.switches import switches
from influence.robustness.undone import Fragility, Others, receipts_of

Question = Callable[[MultilayerNetwork], float]
Drawn = tuple[np.ndarray, np.ndarray | None]
BUDGET = 20_000


def fragility(
    net: MultilayerNetwork,
    metric: str | None = None,
    *,
    layer: str = "security",
    year: int | None = None,
    over: tuple[str, str] | None = ("RUS", "CHN"),
    kind: str | None = None,
    role: str | None = None,
    partition: str | None = None,
    options: Mapping[str, Any] | None = None,
    question: Question | None = None,
    rows: Iterable[str] | None = None,
    doubt: Any = None,
    candidates: pd.DataFrame | None = None,
    draws: int = 1000,
    seed: int = 1,
    budget: int | None = None,
    rule: str = "31 December",
) -> Fragility:
    """The most probable set of evidence rows whose miscoding would undo a finding, and how probable that is.

    Parameters
    ----------
    net : MultilayerNetwork
    metric : str, optional
        Any metric of one layer (or of a two-mode layer) with a kernel. Default: "strength".
    layer : str, default "security"
        A two-mode layer is read as its projection unless the metric is one of two modes.
    year : int, optional
        Default: the last.
    over : (str, str) or None, default ("RUS", "CHN")
        The finding is that the first is above the second, the tie between the two left out. None: that the actor on
        top is above all others, all ties counted.
    kind : str, optional
        Read one kind of tie of the layer instead of all.
    role : str, optional
        A brokerage role, or "brokerage" for their total: another way to name the metric.
    partition : str, optional
        The groups, for metrics that need them.
    options : mapping, optional
        Of the metric.
    question : callable, optional
        Network → number, instead of all of the above: the finding holds while the number is above 0.
    rows : iterable of str, optional
        With a question, the rows of evidence that may be miscoded. Default: all of the layer in the year.
    doubt : Doubt, Series or mapping, optional
        How probable it is that each row is miscoded: of a Series, evidence_id → probability. Default: `doubt(net)`.
    candidates : pandas.DataFrame, optional
        Ties that may have been missed: layer, source, target and p_true, optionally kind, year, weight, mutual,
        evidence_id. Default: those of the `Doubt`.
    draws : int, default 1000
        How many draws of doubt for P(reversal); 0 for none.
    seed : int, default 1
    budget : int, optional
        How many sets to try at most, for a question and for metrics without a 0-1 program. Default: 1,000 and 20,000.
    rule : {"31 December", "any", "share"}

    Returns
    -------
    Fragility

    Raises
    ------
    ValueError, KeyError
        What is not in the network; a metric that has no value for the actors, or needs a partition.

    Notes
    -----
    The unit of doubt is the row of evidence: a treaty falls with all its pairs. The set minimises Σ log((1 − p)/p) over
    recorded rows that are not there and missed ones that are: of all states of the evidence in which the finding is
    otherwise than recorded, the most probable if rows err independently. Of sets that are equally probable to six
    digits, the one with the fewest rows, then the first in the order of evidence ids (of shares of kinds: the one that
    turns the finding furthest). P(reversal) comes from the draws, in which sources and levels err together.

    Degree and strength, in one mode, two modes and projections, are 0-1 programs (`scipy.optimize.milp`), shares of
    kinds a dynamic program; both are exact. Other metrics are searched best first, and `exact` says whether to the end.
    Two actors are level, and neither is above the other, if they differ by less than a millionth of the sum of their
    values; a finding is undone as soon as the two are level.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> ties = pd.DataFrame({"layer": "aid", "source": ["A", "A", "B"], "target": ["C", "D", "C"], "year": 2001})
    >>> net = inf.MultilayerNetwork.from_edges(ties.assign(evidence_id=["x", "y", "z"]))
    >>> p = {"x": 0.1, "y": 0.2, "z": 0.3}
    >>> found = inf.fragility(net, "degree", layer="aid", over=("A", "B"), doubt=p, draws=0)
    >>> found.rows["evidence_id"].tolist(), round(found.probability, 3), found.exact
    (['y'], 0.2, True)
    """
    if budget is None:
        budget = BUDGET if question is None else BUDGET // 20
    if draws < 0 or budget < 1:
        raise ValueError(f"draws must be at least 0 and budget at least 1, not {draws} and {budget}")
    if role is not None and (role not in (*ROLES, "brokerage") or metric not in (None, role)):
        raise ValueError(f"role must be one of {', '.join((*ROLES, 'brokerage'))}, without a metric, not {role!r}")
    year = net.years[-1] if year is None else int(year)
    if layer not in net.all_layers:
        raise KeyError(f"no layer named {layer!r}; there are {', '.join(net.all_layers)}")
    if year not in net.years:
        raise ValueError(f"no snapshot of {year}: the data cover {net.years[0]}–{net.years[-1]}")
    rates = Rates(net, doubt, candidates)
    if question is not None:
        return questioned(net, question, rates, layer, year, kind, rows, draws, seed, budget, rule)
    if rows is not None:
        raise ValueError("rows= goes with question=; for a metric all rows of the layer are in doubt")
    found = finding_of(net, role or metric, rates, layer, year, over, kind, partition, options, rule)
    if found.groups is not None:
        warn_if_dense(found.switches.presence(found.switches.matrices(_recorded(found))), stacklevel=3)
    drawn = next(rates.drawn(layer, [found.switches], draws, seed)) if draws else None
    return answer(net, rates, found, layer, kind, rule, drawn, budget)


@dataclass(frozen=True)
class Solved:
    """A finding with what undoes it."""

    finding: Finding
    gap: Gap
    values: np.ndarray
    cheapest: Cheapest
    p_reversal: float

    @property
    def value_a(self) -> float:
        return float(self.values[self.finding.a])

    @property
    def value_b(self) -> float:
        """Of the other; of all others, the largest."""
        if self.finding.b is not None:
            return float(self.values[self.finding.b])
        return float(np.nanmax(np.delete(self.values, self.finding.a)))

    def line(self) -> dict[str, Any]:
        """As a row of a table."""
        own, flips = self.finding.switches, self.cheapest.flips
        chosen = np.flatnonzero(flips) if flips is not None else np.empty(0, dtype=int)
        return {
            "a": str(own.labels[self.finding.a]),
            "b": None if self.finding.b is None else str(own.labels[self.finding.b]),
            "value_a": self.value_a,
            "value_b": self.value_b,
            "holds": self.gap.holds,
            "size": pd.NA if flips is None else len(chosen),
            "log_odds": self.cheapest.cost,
            "probability": 0.0 if flips is None else float(np.prod(own.p[chosen])),
            "p_reversal": self.p_reversal,
            "exact": self.cheapest.exact,
            "rows": "; ".join(own.ids[chosen]) if flips is not None else "",
        }


def solved(finding: Finding, drawn: Drawn | None, budget: int, *, in_order: bool = True) -> Solved:
    """What undoes a finding, and in which share of the draws it is undone."""
    gap, values = recorded_gap(finding)
    cheapest = solve(finding, gap, budget, in_order=in_order)
    return Solved(finding, gap, values, cheapest, np.nan if drawn is None else share_otherwise(finding, gap, *drawn))


def answer(
    net: MultilayerNetwork,
    rates: Rates,
    finding: Finding,
    layer: str,
    kind: str | None,
    rule: str,
    drawn: Drawn | None,
    budget: int,
) -> Fragility:
    """The same with its receipts."""
    own, done = finding.switches, solved(finding, drawn, budget)
    line = done.line()
    flips = done.cheapest.flips
    chosen = own.ids[flips] if flips is not None else own.ids[:0]
    ties, p = net.receipts(layer, own.year, rule=rule), pd.Series(own.p, index=own.ids)
    receipts, rows = receipts_of(ties, chosen, rates.candidates(layer, own.year), p)
    told = f"{finding.metric.id} in {layer}" + (f" ({kind})" if kind else "") + f", {own.year}"
    return Fragility(
        finding=f"{line['a']} above {line['b'] or 'all others'} by {told}",
        metric=finding.metric.id,
        layer=layer,
        year=own.year,
        kind=kind,
        rows=rows,
        size=None if flips is None else len(chosen),
        bound=done.cheapest.bound,
        factors=reversing_factors(finding, done.gap),
        receipts=receipts,
        _others=_placebos(finding, drawn, budget) if finding.b is not None else None,
        **{k: line[k] for k in _SAME_NAMES},
    )


_SAME_NAMES = ("a", "b", "value_a", "value_b", "holds", "log_odds", "probability", "p_reversal", "exact")


def _placebos(finding: Finding, drawn: Drawn | None, budget: int) -> Others:
    """The same question for other pairs, on the same draws."""
    labels = finding.switches.labels

    def others(pairs: Sequence[tuple[str, str]] | None = None) -> pd.DataFrame:
        a, b = finding.a, finding.b
        if pairs is None:
            rest = [k for k in range(len(labels)) if k not in (a, b)]
            places = [*((k, b) for k in rest), *((a, k) for k in rest)]
        else:
            odd = [name for pair in pairs for name in pair if name not in labels]
            if odd:
                raise ValueError(f"pairs: {odd[0]!r} is not in the layer")
            places = [(place(labels, x), place(labels, y)) for x, y in pairs]
        found = (replace(finding, a=x, b=y) for x, y in [(a, b), *places])
        lines = [solved(one, drawn, budget, in_order=False).line() for one in found]
        return pd.DataFrame(lines).drop(columns="rows").astype({"size": "Int64"})

    return others


def finding_of(
    net: MultilayerNetwork,
    metric: str | None,
    rates: Rates,
    layer: str,
    year: int,
    over: tuple[str, str] | None,
    kind: str | None,
    partition: str | None,
    options: Mapping[str, Any] | None,
    rule: str,
) -> Finding:
    """The finding that is asked about, with everything that it takes to evaluate it."""
    chosen = get_metric(metric or "strength")
    if chosen.kernel is None or chosen.level == "multiplex":
        raise ValueError(f"{chosen.id} is no metric of one layer with a kernel: ask it as question=")
    two_mode = net.specs[layer.removesuffix(SHARED)].mode == 2
    if chosen.level == "two_mode" and not two_mode:
        raise ValueError(f"{chosen.id} is for two-mode layers, {layer} is none")
    missed, projected = rates.candidates(layer, year), chosen.level != "two_mode"
    own = switches(net, layer, year, rates.p_false, missed, kind=kind, projected=projected, rule=rule)
    groups = None
    if "groups" in chosen.needs:
        if partition is None:
            known = ", ".join(dict.fromkeys(net.partitions["partition"])) or "none"
            raise ValueError(f"{chosen.id} needs a partition; there are {known}")
        told_groups = net.partition(partition, year).reindex(own.labels).fillna("outside")
        groups = align_codes(told_groups, own.labels, "fragility", "partition")
    a, b = 0, None
    if over is not None:
        for name in over:
            if name not in own.labels:
                raise ValueError(f"over: {name!r} is not in the layer {layer}")
        if over[0] == over[1]:
            raise ValueError(f"over: {over[0]!r} cannot be above itself")
        a, b = (place(own.labels, name) for name in over)
    made = Finding(own, chosen, a, b, groups, dict(options or {}))
    if over is None:
        if len(own.labels) < 2:
            raise ValueError(f"{layer} has fewer than two actors: nobody is above anybody")
        top = np.nan_to_num(made.values(_recorded(made))[0], nan=-np.inf)
        made = Finding(own, chosen, int(np.argmax(top)), None, groups, dict(options or {}))
    return made


def place(labels: pd.Index, name: str) -> int:
    """Where an actor stands."""
    return int(labels.get_indexer(pd.Index([name]))[0])


def _recorded(finding: Finding) -> np.ndarray:
    return np.zeros((1, len(finding.switches.ids)), dtype=bool)
