"""The panel: metric × layer × year as one tidy table, computed on stacks of snapshots."""

from __future__ import annotations

import inspect
import logging
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._large_layer import measured
from influence.metrics.backbone import binarise
from influence.metrics.registry import (
    LayerRefused,
    Metric,
    align_codes,
    get_metric,
    list_metrics,
    over_layers,
    own_metrics,
    take_over,
)
from influence.network import LayerStack, MultilayerNetwork
from influence.network.adapter import LARGE, GraphError, settled, without_gaps
from influence.network.snapshot import SHARED

logger = logging.getLogger("influence")

COLUMNS = ["actor", "year", "layer", "metric", "value"]
Progress = Callable[[str], None]
_ENTRIES = 2**18  # of a matrix over years, worked on at a time: two megabytes, so that kernels stay in the cache


def panel(
    net: MultilayerNetwork,
    metrics: str | Sequence[str] | None = None,
    *,
    layers: str | Sequence[str] | None = None,
    years: int | Sequence[int] | None = None,
    partition: str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    rule: str = "31 December",
    unknown: str = "absent",
    progress: Progress | None = None,
    workers: int = 1,
) -> pd.DataFrame:
    """Compute metrics for every actor, layer and year.

    Parameters
    ----------
    net : MultilayerNetwork
    metrics : str or sequence of str, optional
        Ids of `list_metrics`. Default: all that mean something: path metrics only where something travels along the
        ties (the energy layer), brokerage only with a partition.
    layers : str or sequence of str, optional
        Default: the default layers. One-mode metrics read a two-mode layer by its projection (`institutions:shared`).
    years : int or sequence of int, optional
        Default: all.
    partition : str, optional
        Groups for brokerage; read anew each year.
    options : mapping, optional
        metric id → options of its kernel.
    rule : {"31 December", "any", "share"}
        When a spell counts in a year.
    unknown : {"absent", "present"}
        What an unknown tie counts as; the two are bounds.
    progress : callable, optional
        Called with the name of each layer before it is computed.
    workers : int, default 1
        Processes that share the years; the values are the same. Starting them takes a second or two, once: it pays
        where there is more work than that. Which kind of process: `joblib.parallel_config`.

    Returns
    -------
    pandas.DataFrame
        actor, year, layer, metric, value. A value is NaN where it is undefined, or where nothing is known of the
        actor in that layer and year. Multiplex metrics have layer "all". ``attrs["influence"]`` says how unknown ties
        were treated, how many there were, and which values assume that something travels along the ties.

    Raises
    ------
    KeyError
        An unknown metric, layer or partition.
    ValueError
        Brokerage without a partition; a metric that does not fit any of the layers.

    Examples
    --------
    >>> import influence as inf
    >>> frame = inf.panel(inf.load(), "strength_out", layers="trade", years=2012)
    >>> list(frame.columns), len(frame)
    (['actor', 'year', 'layer', 'metric', 'value'], 34)
    """
    chosen = [get_metric(m) for m in _listed(metrics)] if metrics is not None else None
    names = _listed(layers) if layers is not None else list(net.layers)
    when = [int(y) for y in _listed(years)] if years is not None else list(net.years)
    if unknown not in ("absent", "present"):
        raise ValueError(f'unknown must be "absent" or "present", not {unknown!r}')
    for year in when:
        if year not in net.years:
            raise ValueError(f"no snapshot of {year}: the data cover {net.years[0]}–{net.years[-1]}")
    for name in names:
        if name not in net.all_layers:
            raise KeyError(f"no layer named {name!r}; there are {', '.join(net.all_layers)}")
    for id in options or {}:
        get_metric(id)
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    partitions = list(dict.fromkeys(net.partitions["partition"]))
    if partition is not None and partition not in partitions:
        raise KeyError(f"no partition named {partition!r}; there are {', '.join(partitions) or 'none'}")
    needing = [m.id for m in chosen or [] if "groups" in m.needs]
    if needing and partition is None:
        raise ValueError(f"{', '.join(needing)}: name a partition; there are {', '.join(partitions) or 'none'}")
    task = _Task(net, when, partition, {k: dict(v) for k, v in (options or {}).items()}, rule, unknown)
    if min(workers, len(when)) > 1:
        _side_by_side(task, names, metrics, min(workers, len(when)), progress)
    else:
        task.compute(names, chosen, progress)
    done = {id for id, _ in task.found}
    idle = [m.id for m in chosen or [] if m.id not in done]
    if idle:
        raise ValueError(f"{', '.join(idle)}: does not apply to the layer {', '.join(names)}")
    frame = task.table()
    frame.attrs["influence"] = {
        **net.provenance,
        "layers": names,
        "years": when,
        "partition": partition,
        "rule": rule,
        "unknown": unknown,
        "unknown_ties": task.unknown_ties,
        "assumes_path": sorted(task.assumes_path),
        "options": task.options,
    }
    return frame


def _side_by_side(
    task: _Task, names: list[str], metrics: str | Sequence[str] | None, workers: int, progress: Progress | None
) -> None:
    """Compute a part of the years in each of several processes, and put the parts together."""
    from joblib import Parallel, delayed

    for name in names:
        if progress:
            progress(name)
    ids = _listed(metrics) if metrics is not None else None
    parts = [task.during([int(y) for y in years]) for years in np.array_split(task.years, workers)]
    for part, told in Parallel(n_jobs=workers)(delayed(_part)(p, names, ids, own_metrics()) for p in parts):
        task.join(part)
        for warning in told:
            warnings.warn(warning, stacklevel=3)


def _part(
    task: _Task, names: list[str], ids: list[str] | None, own: dict[str, Metric | None]
) -> tuple[_Task, list[Warning | str]]:
    """Run in another process, which knows neither the user's metrics nor where to show a warning."""
    take_over(own)
    with warnings.catch_warnings(record=True) as told:
        task.compute(names, [get_metric(id) for id in ids] if ids is not None else None)
    return task.without_network(), [w.message for w in told]


class _Task:
    """What all blocks of one panel share, and the blocks: by metric and layer, values of shape (years, actors)."""

    def __init__(
        self,
        net: MultilayerNetwork,
        years: list[int],
        partition: str | None,
        options: dict[str, dict[str, Any]],
        rule: str,
        unknown: str,
    ) -> None:
        self.net, self.years, self.partition, self.options = net, years, partition, options
        self.rule, self.unknown = rule, unknown
        self.unknown_ties: dict[str, int] = {}
        self.assumes_path: set[str] = set()
        self.found: dict[tuple[str, str], list[np.ndarray]] = {}
        self.labels: dict[str, pd.Index] = {}
        self.many = len(net.actors) > LARGE
        self.codes: dict[tuple[Any, ...], np.ndarray] = {}

    def compute(self, names: list[str], chosen: list[Metric] | None, progress: Progress | None = None) -> None:
        """All blocks, in runs of years that stay small in memory."""
        n, m = len(self.net.actors), len(self.net.organizations)
        step = max(1, _ENTRIES // max(n * max(n, m), 1)) if not self.many else 1
        runs = [self.years[k : k + step] for k in range(0, len(self.years), step)]
        for name in names:
            if progress:
                progress(name)
            self._layer(name, chosen, runs)
        metrics = self._fitting(chosen, "multiplex", "all")
        for years in runs if metrics and (chosen is not None or len(names) > 1) else ():
            self._multiplex(names, metrics, years, refusing=chosen is not None)
        # Refused in some of the years is refused.
        self.found = {key: [np.concatenate(v)] for key, v in self.found.items() if len(v) == len(runs)}

    def table(self) -> pd.DataFrame:
        """One row a value, of the actors that stand in panels."""
        if not self.found:
            return pd.DataFrame(columns=COLUMNS)
        everyone, in_panels = pd.Index(self.net.actors["actor_id"].to_numpy()), self.net.panel_actors()
        shown = {layer: labels.isin(in_panels) for layer, labels in self.labels.items()}
        at = {layer: everyone.get_indexer(labels[shown[layer]]) for layer, labels in self.labels.items()}
        sizes = [len(at[layer]) * len(self.years) for _, layer in self.found]
        year = {layer: np.repeat(np.array(self.years), len(at[layer])) for layer in at}
        actor = {layer: np.tile(at[layer], len(self.years)) for layer in at}
        metrics, layers = (pd.Index(part) for part in zip(*self.found, strict=True))
        block = np.repeat(np.arange(len(sizes)), sizes)
        return pd.DataFrame(
            {
                "actor": everyone.take(np.concatenate([actor[layer] for _, layer in self.found])),
                "year": np.concatenate([year[layer] for _, layer in self.found]),
                "layer": layers.take(block),
                "metric": metrics.take(block),
                "value": np.concatenate([v[0][:, shown[layer]].ravel() for (_, layer), v in self.found.items()]),
            }
        )

    def during(self, years: list[int]) -> _Task:
        """The same for some of the years."""
        return _Task(self.net, years, self.partition, self.options, self.rule, self.unknown)

    def without_network(self) -> _Task:
        """What was found, without what it was found in: light to send."""
        del self.net
        return self

    def join(self, later: _Task) -> None:
        """Add what was found for years that follow."""
        fresh = not self.labels
        self.labels.update(later.labels)
        self.assumes_path |= later.assumes_path
        for layer, count in later.unknown_ties.items():
            self.unknown_ties[layer] = self.unknown_ties.get(layer, 0) + count
        self.found = {
            key: [np.concatenate([*self.found.get(key, []), *values])]
            for key, values in later.found.items()
            if fresh or key in self.found
        }

    def _add(self, metric: Metric, layer: str, labels: pd.Index, values: np.ndarray) -> None:
        self.labels[layer] = labels
        self.found.setdefault((metric.id, layer), []).append(np.asarray(values, dtype=float))

    def _layer(self, name: str, chosen: list[Metric] | None, runs: list[list[int]]) -> None:
        if name in self.net.specs and self.net.specs[name].mode == 2:
            wanted = self._fitting(chosen, "two_mode", name)
            for years in runs if wanted else ():
                self._two_mode(self._stack(name, years), wanted)
            name += SHARED
        wanted = self._fitting(chosen, "layer", name)
        large = name in self.net.specs and self.many
        for years in runs if wanted else ():
            if large:
                self._many_actors(name, years, wanted, refusing=chosen is not None)
            else:
                self._one_mode(self._stack(name, years), wanted)

    def _stack(self, name: str, years: list[int]) -> LayerStack:
        # What is computed in runs is too large to be kept.
        return self.net.stack(name, years, rule=self.rule, keep=years == self.years)

    def _fitting(self, chosen: list[Metric] | None, level: str, layer: str) -> list[Metric]:
        """The metrics asked for that read such a layer; without a choice, those that mean something there."""
        if chosen is not None:
            return [m for m in chosen if m.level == level]
        flow = self.net.specs[layer].flow_process if layer in self.net.specs else "none"
        everything = (get_metric(id) for id in list_metrics().index)
        return [
            m
            for m in everything
            if m.level == level
            and (m.flow_process != "transport" or flow == "transport")
            # A projection of memberships is a union of cliques: nobody brokers in it by construction.
            and ("groups" not in m.needs or (self.partition is not None and layer in self.net.specs))
        ]

    def _one_mode(self, stack: LayerStack, metrics: list[Metric]) -> None:
        raw = stack.matrix(unknown=self.unknown)
        dark = _nothing_known(raw)
        hidden = int(sum(np.isnan(a).sum() for a in stack.kinds.values()))
        self.unknown_ties[stack.spec.name] = self.unknown_ties.get(stack.spec.name, 0) + hidden
        matrix = settled(raw, self.unknown)
        codes = self._codes(stack) if any("groups" in m.needs for m in metrics) else None
        ready: dict[str, np.ndarray] = {}
        for metric in metrics:
            if metric.flow_process == "transport" and stack.spec.flow_process != "transport":
                self.assumes_path.add(f"{metric.id} in {stack.spec.name}")
            if metric.kernel is None:
                values = self._looped(metric, stack)
            elif metric.id in ready and metric.id not in self.options:
                values = ready[metric.id]
            else:
                options = self.options.get(metric.id, {})
                given = {"groups": codes} if "groups" in metric.needs else {}
                a = self._presence(stack, matrix) if "groups" in metric.needs else matrix
                if metric.shares is not None and metric.id not in self.options:
                    ready.update(metric.shares(a, directed=stack.spec.directed, **given))
                    values = ready[metric.id]
                else:
                    values = metric.kernel(a, directed=stack.spec.directed, **given, **options)
            self._add(metric, stack.spec.name, stack.rows, np.where(dark, np.nan, values))

    def _many_actors(self, name: str, years: list[int], metrics: list[Metric], *, refusing: bool) -> None:
        """The same for layers that are kept as sparse matrices, of which a run has one."""
        (year,) = years
        layer = self.net.layer(name, year, rule=self.rule)
        self.unknown_ties[name] = self.unknown_ties.get(name, 0) + layer.unknown_ties
        groups = self._groups(layer.labels, year) if any("groups" in m.needs for m in metrics) else None
        found = measured(layer, metrics, groups, self.options, self.unknown, refusing=refusing)
        for metric in metrics:
            if metric.flow_process == "transport" and layer.spec.flow_process != "transport":
                self.assumes_path.add(f"{metric.id} in {name}")
            if metric.id in found:
                self._add(metric, name, layer.labels, found[metric.id][None])

    def _presence(self, stack: LayerStack, matrix: np.ndarray) -> np.ndarray:
        """Ties as brokerage reads them: present or not, by the layer's own rule."""
        if stack.spec.binarise == "positive":
            return (matrix > 0).astype(float)
        return np.stack(
            [
                binarise(matrix[k], stack.rows, stack.spec.binarise, self.net.margins(stack.spec.name, year))
                for k, year in enumerate(stack.years)
            ]
        )

    def _two_mode(self, stack: LayerStack, metrics: list[Metric]) -> None:
        matrix = without_gaps(stack.matrix(presence=True, unknown=self.unknown), self.unknown)
        for metric in metrics:
            if metric.kernel is None:
                values = self._looped(metric, stack)
            else:
                values = metric.kernel(matrix, **self.options.get(metric.id, {}))
            self._add(metric, stack.spec.name, stack.rows, values)

    def _multiplex(self, names: list[str], metrics: list[Metric], years: list[int], *, refusing: bool) -> None:
        if self.many:
            told = f"{len(self.net.actors):,} actors are too many for a measure of all layers at once: up to {LARGE:,}"
            if refusing:
                raise GraphError(told)
            logger.info("multiplex metrics left out of the panel: %s", told)
            return
        two_mode = {n for n, s in self.net.specs.items() if s.mode == 2}
        stacks = [self._stack(n + SHARED if n in two_mode else n, years) for n in names]
        labels = pd.Index(sorted(set().union(*(s.rows for s in stacks))))
        directed = np.array([s.spec.directed for s in stacks])
        a = np.zeros((len(years), len(stacks), len(labels), len(labels)))
        for k, stack in enumerate(stacks):
            at = labels.get_indexer(stack.rows)
            a[:, k, at[:, None], at] = settled(stack.matrix(unknown=self.unknown), self.unknown)
        for metric in metrics:
            if metric.kernel is None:
                raise ValueError(f"{metric.id} reads all layers at once: call it on a snapshot")
            if metric.flow_process == "transport" and any(s.spec.flow_process != "transport" for s in stacks):
                self.assumes_path.add(f"{metric.id} in all")
            try:
                values = over_layers(
                    metric.kernel, a, [s.spec.name for s in stacks], directed, self.options.get(metric.id, {})
                )
            except LayerRefused as refused:
                if refusing:
                    raise
                logger.info("%s left out of the panel: %s", metric.id, refused)
                continue
            self._add(metric, "all", labels, values)

    def _codes(self, stack: LayerStack) -> np.ndarray:
        """Groups as integers, shape (years, actors): one row for all years where nobody ever changes group."""
        assert self.partition is not None
        years = stack.years if self.net.changes(self.partition) else stack.years[:1]
        key = (stack.spec.actor_kinds, years if len(years) > 1 else None)
        if key not in self.codes:
            known = [self._groups(stack.rows, year) for year in years]
            self.codes[key] = np.stack([align_codes(k, stack.rows, "brokerage", "groups") for k in known])
        return np.broadcast_to(self.codes[key], (len(stack.years), len(stack.rows)))

    def _groups(self, actors: pd.Index, year: int) -> pd.Series:
        assert self.partition is not None
        # States that are only transited stand in no partition of the study: a group of their own.
        return self.net.partition(self.partition, year).reindex(actors).fillna("outside")

    def _looped(self, metric: Metric, stack: LayerStack) -> np.ndarray:
        assert metric.function is not None
        options = dict(self.options.get(metric.id, {}))
        if "unknown" in inspect.signature(metric.function).parameters:
            options.setdefault("unknown", self.unknown)
        found = [
            metric.function(stack.layer(k, self.net), **options).reindex(stack.rows) for k in range(len(stack.years))
        ]
        return np.stack([f.to_numpy(dtype=float) for f in found])


def _nothing_known(matrix: np.ndarray) -> np.ndarray:
    """Actors of whom no tie is known in a year, in or out: their values are missing, not zero."""
    gap = np.isnan(matrix)
    n = matrix.shape[-1]
    if n < 2 or not gap.any():
        return np.zeros(matrix.shape[:-1], bool)
    gap &= ~np.eye(n, dtype=bool)
    return gap.sum(axis=-1) + gap.sum(axis=-2) == 2 * (n - 1)


def _listed(given: Any) -> list[Any]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [given]
    return list(dict.fromkeys(given))
