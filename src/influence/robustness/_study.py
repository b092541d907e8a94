"""What a study of intervals asks for, checked; its layer-years as tasks; the kernels run on their draws."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from influence._panel import _listed
from influence.metrics._roles import COLUMNS as ROLES
from influence.metrics._roles import DensityWarning
from influence.metrics.registry import Metric, align_codes, get_metric
from influence.network import MultilayerNetwork
from influence.network.snapshot import SHARED
from influence.robustness._summaries import Summary, summary
from influence.robustness._years import LayerYear, layer_year
from influence.robustness.doubts import SCENARIOS, Doubt, doubt
from influence.robustness.tasks import run_tasks

FIRST = ("strength", "eigenvector", "pagerank", "constraint")
BATCH = 128  # draws in memory at a time; nothing that comes out depends on it


class Study:
    """What `intervals` and `outranks` have in common."""

    def __init__(
        self,
        net: MultilayerNetwork,
        metrics: str | Sequence[str] | None,
        layers: str | Sequence[str] | None,
        years: int | Sequence[int] | None,
        partition: str | None,
        options: Mapping[str, Mapping[str, Any]] | None,
        rule: str,
        unknown: str,
        of: Doubt | None,
        draws: int,
        seed: int,
        level: float,
    ) -> None:
        if not 0 < level < 1 or draws < 1:
            raise ValueError(f"level must lie between 0 and 1 and draws be at least 1, not {level} and {draws}")
        self.net, self.partition, self.options = net, partition, {k: dict(v) for k, v in (options or {}).items()}
        self.rule, self.unknown, self.draws, self.seed, self.level = rule, unknown, draws, seed, level
        self.layers = _listed(layers) if layers is not None else list(net.layers)
        self.years = [int(y) for y in _listed(years)] if years is not None else list(net.years)
        self.chosen = _listed(metrics) if metrics is not None else None
        for name in self.layers:
            if name not in net.all_layers:
                raise KeyError(f"no layer named {name!r}; there are {', '.join(net.all_layers)}")
        for year in self.years:
            if year not in net.years:
                raise ValueError(f"no snapshot of {year}: the data cover {net.years[0]}–{net.years[-1]}")
        for id in self.chosen or []:
            found = get_metric(id)
            if found.level != "layer" or found.kernel is None:
                raise ValueError(f"{id}: intervals are drawn for metrics of one layer that have a kernel")
            if "groups" in found.needs and partition is None:
                raise ValueError(f"{id}: name a partition")
        self.of = of if of is not None else doubt(net)

    def run(
        self, scenario: str, workers: int | None, fresh: bool, progress: Callable[[str], None] | None
    ) -> dict[tuple[str, str, int], list[Summary]]:
        """By layer, metric and year: a summary for each scenario of flagged values, the record's first."""
        if scenario not in ("union", *SCENARIOS):
            raise ValueError(f"scenario must be one of union, {', '.join(SCENARIOS)}, not {scenario!r}")
        flagged = set(self.of.errors.loc[self.of.bounds.index, "layer"])
        asked = SCENARIOS if scenario == "union" else (scenario,)
        tasks = {}
        for name in self.layers:
            for one in asked if name.removesuffix(SHARED) in flagged else asked[:1]:
                for year in self.years:
                    task = self._task(layer_year(self.net, self.of, name, year, self.rule, one))
                    # What a task depends on stands in its key: the same work is found again whatever is beside it.
                    tasks[f"{name}:{year}:{one}:{fingerprint(task)}"] = task
        results = run_tasks(
            summaries, tasks, label="intervals", inputs={}, workers=workers, fresh=fresh, progress=progress
        )
        found: dict[tuple[str, str, int], list[Summary]] = {}
        for key, by_metric in results.items():
            block = tasks[key][0]
            for id, told in by_metric.items():
                found.setdefault((block.name, id, block.year), []).append(told)
        return found

    def told(self, scenario: str) -> dict[str, Any]:
        """Where a result comes from."""
        return {
            **self.net.provenance,
            "layers": self.layers,
            "years": self.years,
            "partition": self.partition,
            "rule": self.rule,
            "unknown": self.unknown,
            "options": self.options,
            "draws": self.draws,
            "seed": self.seed,
            "level": self.level,
            "scenario": scenario,
        }

    def _task(self, block: LayerYear) -> tuple[Any, ...]:
        ids = self._metrics(block)
        grouped = any("groups" in get_metric(id).needs for id in ids)
        codes = self._codes(block) if grouped else None
        own = {id: self.options[id] for id in ids if id in self.options}
        shown = block.rows.isin(self.net.panel_actors())
        return block, ids, codes, own, shown, self.unknown, self.draws, self.seed, self.level

    def _metrics(self, block: LayerYear) -> tuple[str, ...]:
        if self.chosen is not None:
            return tuple(self.chosen)
        roles = ROLES if self.partition is not None and not block.name.endswith(SHARED) else ()
        paths = ("betweenness",) if block.spec.flow_process == "transport" else ()
        return (*FIRST, *paths, *roles)

    def _codes(self, block: LayerYear) -> np.ndarray:
        assert self.partition is not None
        groups = self.net.partition(self.partition, block.year).reindex(block.rows)
        # States that are only transited stand in no partition of the study: a group of their own.
        return align_codes(groups.fillna("outside"), block.rows, "brokerage", "groups")


def summaries(
    block: LayerYear,
    ids: tuple[str, ...],
    codes: np.ndarray | None,
    options: Mapping[str, Mapping[str, Any]],
    shown: np.ndarray,
    unknown: str,
    draws: int,
    seed: int,
    level: float,
) -> dict[str, Summary]:
    """All metrics of one layer-year, each over all draws: one task."""
    metrics = [get_metric(id) for id in ids]
    actors = [str(a) for a in block.rows[shown]]
    values = {id: np.empty((draws, len(actors))) for id in ids}
    estimate = kernel_values(block, metrics, codes, options, *block.matrices(seed, range(0), unknown))
    for first in range(0, draws, BATCH):
        numbers = range(first, min(first + BATCH, draws))
        found = kernel_values(block, metrics, codes, options, *block.matrices(seed, numbers, unknown))
        for id in ids:
            values[id][first : numbers.stop] = found[id][:, shown]
    return {id: summary(actors, estimate[id][0][shown], values[id], level) for id in ids}


def kernel_values(
    block: LayerYear,
    metrics: list[Metric],
    codes: np.ndarray | None,
    options: Mapping[str, Mapping[str, Any]],
    matrices: np.ndarray,
    dark: np.ndarray,
) -> dict[str, np.ndarray]:
    """Each metric for a stack of matrices; NaN for actors of whom nothing is known."""
    directed = block.spec.directed
    presence = block.presence(matrices) if codes is not None else None
    plain = [m for m in metrics if m.id not in options]
    found: dict[str, np.ndarray] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DensityWarning)  # the panel says so of the record
        for metric in metrics:
            assert metric.kernel is not None
            grouped = "groups" in metric.needs
            a = presence if grouped and presence is not None else matrices
            given = {"groups": codes} if grouped else {}
            if metric.id in found:
                continue
            if metric.shares is not None and sum(m.shares is metric.shares for m in plain) > 1 and metric in plain:
                found |= metric.shares(a, directed=directed, **given)
            else:
                found[metric.id] = metric.kernel(a, directed=directed, **given, **options.get(metric.id, {}))
    return {m.id: np.where(dark, np.nan, found[m.id]) for m in metrics}


def fingerprint(value: object) -> str:
    """A hash of arguments that is the same in every process."""
    digest = hashlib.sha256()
    _feed(digest.update, value)
    return digest.hexdigest()[:32]


def _feed(update: Callable[[bytes], None], value: object) -> None:
    if isinstance(value, np.ndarray) and value.dtype != object:
        update(f"{value.dtype}{value.shape}".encode())
        update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, (pd.Index, pd.DataFrame)):
        update(repr([*value]).encode())
        _feed(update, pd.util.hash_pandas_object(value).to_numpy())
    elif is_dataclass(value):
        for field in fields(value):
            update(field.name.encode())
            _feed(update, getattr(value, field.name))
    elif isinstance(value, Mapping):
        _feed(update, sorted(value.items()))
    elif isinstance(value, (list, tuple)):
        update(f"{len(value)}".encode())
        for one in value:
            _feed(update, one)
    elif isinstance(value, frozenset):
        _feed(update, sorted(value))
    else:
        update(repr(value).encode())
