"""Several metrics of one layer of many actors: its triangles are found once for all of them."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._triangles import large_graph
from influence.metrics.registry import Metric, align_codes
from influence.network.adapter import GraphError, as_matrix

logger = logging.getLogger("influence")


def measured(
    layer: Any,
    metrics: Sequence[Metric],
    groups: pd.Series | None,
    options: Mapping[str, Mapping[str, Any]],
    unknown: str,
    *,
    refusing: bool,
) -> dict[str, np.ndarray]:
    """Values by metric and actor, NaN where nothing is known of an actor.

    Parameters
    ----------
    layer : Layer
    metrics : sequence of Metric
        Those with a sparse kernel share what they have in common; others see a dense matrix, if there can be one.
    groups : pandas.Series or None
        Actor → group, for the metrics that need it.
    options : mapping
        metric id → options of its kernel.
    unknown : {"absent", "present"}
    refusing : bool
        Whether a metric that cannot be computed for so many actors is an error, or left out.
    """
    adjacency = as_matrix(layer, unknown=unknown)  # type: ignore[arg-type]
    large = large_graph(adjacency.matrix) if layer.spec.binarise == "positive" else None
    found: dict[str, np.ndarray] = {}
    for metric in metrics:
        own = dict(options.get(metric.id, {}))
        given = {"groups": groups} if "groups" in metric.needs else {}
        if metric.sparse is None or large is None:
            assert metric.function is not None
            if "unknown" in inspect.signature(metric.function).parameters:
                own.setdefault("unknown", unknown)
            try:
                values = metric.function(layer, **given, **own)
            except GraphError as refused:
                if refusing:
                    raise
                logger.info("%s left out of the panel: %s", metric.id, refused)
                continue
            found[metric.id] = values.reindex(adjacency.labels).to_numpy(dtype=float)
        elif own or metric.id not in found:
            codes = {k: align_codes(v, adjacency.labels, metric.id, k) for k, v in given.items()}
            several = metric.sparse(large, directed=adjacency.directed, **codes, **own)
            found = {**found, metric.id: several[metric.id]} if own else {**several, **found}
    if adjacency.unknown is not None:
        others = len(adjacency.labels) - 1
        dark = adjacency.unknown.sum(axis=0) + adjacency.unknown.sum(axis=1) == 2 * others
        found = {id: np.where(dark, np.nan, values) for id, values in found.items()}
    return {metric.id: found[metric.id] for metric in metrics if metric.id in found}
