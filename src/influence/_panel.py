"""The panel: metric × layer × year as one tidy table, computed on stacks of snapshots."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics.backbone import binarise
from influence.metrics.registry import LayerRefused, Metric, align_codes, get_metric, list_metrics, over_layers
from influence.network import LayerStack, MultilayerNetwork
from influence.network.adapter import settled, without_gaps
from influence.network.snapshot import SHARED

logger = logging.getLogger("influence")

COLUMNS = ["actor", "year", "layer", "metric", "value"]
Progress = Callable[[str], None]


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
    partitions = list(dict.fromkeys(net.partitions["partition"]))
    if partition is not None and partition not in partitions:
        raise KeyError(f"no partition named {partition!r}; there are {', '.join(partitions) or 'none'}")
    needing = [m.id for m in chosen or [] if "groups" in m.needs]
    if needing and partition is None:
        raise ValueError(f"{', '.join(needing)}: name a partition; there are {', '.join(partitions) or 'none'}")
    task = _Task(net, when, partition, {k: dict(v) for k, v in (options or {}).items()}, rule, unknown)
    blocks: list[pd.DataFrame] = []
    done: set[str] = set()
    for name in names:
        if progress:
            progress(name)
        for metric, block in task.layer(name, chosen):
            done.add(metric.id)
            blocks.append(block)
    for metric, block in task.multiplex(names, chosen):
        done.add(metric.id)
        blocks.append(block)
    idle = [m.id for m in chosen or [] if m.id not in done]
    if idle:
        raise ValueError(f"{', '.join(idle)}: does not apply to the layer {', '.join(names)}")
    frame = pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=COLUMNS)
    frame = frame[frame["actor"].isin(net.panel_actors())].reset_index(drop=True)
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


class _Task:
    """What all blocks of one panel share."""

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

    def layer(self, name: str, chosen: list[Metric] | None) -> Iterator[tuple[Metric, pd.DataFrame]]:
        two_mode = name in self.net.specs and self.net.specs[name].mode == 2
        if two_mode:
            wanted = self._fitting(chosen, "two_mode", name)
            if wanted:
                yield from self._two_mode(self.net.stack(name, self.years, rule=self.rule), wanted)
            name += SHARED
        wanted = self._fitting(chosen, "layer", name)
        if wanted:
            yield from self._one_mode(self.net.stack(name, self.years, rule=self.rule), wanted)

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

    def _one_mode(self, stack: LayerStack, metrics: list[Metric]) -> Iterator[tuple[Metric, pd.DataFrame]]:
        raw = stack.matrix(unknown=self.unknown)
        dark = _nothing_known(raw)
        self.unknown_ties[stack.spec.name] = int(sum(np.isnan(a).sum() for a in stack.kinds.values()))
        matrix = settled(raw, self.unknown)
        codes = self._codes(stack.rows) if any("groups" in m.needs for m in metrics) else None
        ready: dict[str, np.ndarray] = {}
        for metric in metrics:
            if metric.flow_process == "transport" and stack.spec.flow_process != "transport":
                self.assumes_path.add(f"{metric.id} in {stack.spec.name}")
            if metric.kernel is None:
                values = self._looped(metric, stack)
            elif metric.id in ready:
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
            yield metric, self._block(metric, np.where(dark, np.nan, values), stack.rows, stack.spec.name)

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

    def _two_mode(self, stack: LayerStack, metrics: list[Metric]) -> Iterator[tuple[Metric, pd.DataFrame]]:
        matrix = without_gaps(stack.matrix(presence=True, unknown=self.unknown), self.unknown)
        for metric in metrics:
            if metric.kernel is None:
                values = self._looped(metric, stack)
            else:
                values = metric.kernel(matrix, **self.options.get(metric.id, {}))
            yield metric, self._block(metric, values, stack.rows, stack.spec.name)

    def multiplex(self, names: list[str], chosen: list[Metric] | None) -> Iterator[tuple[Metric, pd.DataFrame]]:
        metrics = self._fitting(chosen, "multiplex", "all")
        if not metrics or (chosen is None and len(names) < 2):
            return
        two_mode = {n for n, s in self.net.specs.items() if s.mode == 2}
        stacks = [self.net.stack(n + SHARED if n in two_mode else n, self.years, rule=self.rule) for n in names]
        labels = pd.Index(sorted(set().union(*(s.rows for s in stacks))))
        directed = np.array([s.spec.directed for s in stacks])
        a = np.zeros((len(self.years), len(stacks), len(labels), len(labels)))
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
                if chosen is not None:
                    raise
                logger.info("%s left out of the panel: %s", metric.id, refused)
                continue
            yield metric, self._block(metric, values, labels, "all")

    def _codes(self, labels: pd.Index) -> np.ndarray:
        assert self.partition is not None
        known = [self.net.partition(self.partition, year).reindex(labels) for year in self.years]
        # States that are only transited stand in no partition of the study: a group of their own.
        return np.stack([align_codes(k.fillna("outside"), labels, "brokerage", "groups") for k in known])

    def _looped(self, metric: Metric, stack: LayerStack) -> np.ndarray:
        assert metric.function is not None
        options = dict(self.options.get(metric.id, {}))
        if "unknown" in inspect.signature(metric.function).parameters:
            options.setdefault("unknown", self.unknown)
        found = [
            metric.function(stack.layer(k, self.net), **options).reindex(stack.rows) for k in range(len(self.years))
        ]
        return np.stack([f.to_numpy(dtype=float) for f in found])

    def _block(self, metric: Metric, values: np.ndarray, labels: pd.Index, layer: str) -> pd.DataFrame:
        years, n = len(self.years), len(labels)
        return pd.DataFrame(
            {
                "actor": np.tile(labels.to_numpy(), years),
                "year": np.repeat(np.array(self.years), n),
                "layer": layer,
                "metric": metric.id,
                "value": np.asarray(values, dtype=float).reshape(years * n),
            }
        )


def _nothing_known(matrix: np.ndarray) -> np.ndarray:
    """Actors of whom no tie is known in a year, in or out: their values are missing, not zero."""
    gap = np.isnan(matrix)
    n = matrix.shape[-1]
    off = ~np.eye(n, dtype=bool)
    return (
        (gap & off).sum(axis=-1) + (gap & off).sum(axis=-2) == 2 * (n - 1)
        if n > 1
        else np.zeros(matrix.shape[:-1], bool)
    )


def _listed(given: Any) -> list[Any]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [given]
    return list(dict.fromkeys(given))
