"""Intervals for every metric, actor, layer and year, ranks with theirs, and how probably one stands above another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.robustness._study import Study
from influence.robustness._summaries import Summary
from influence.robustness.doubts import Doubt

Progress = Callable[[str], None]


def intervals(
    net: MultilayerNetwork,
    metrics: str | Sequence[str] | None = None,
    *,
    layers: str | Sequence[str] | None = None,
    years: int | Sequence[int] | None = None,
    partition: str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    rule: str = "31 December",
    unknown: str = "absent",
    of: Doubt | None = None,
    draws: int = 1000,
    seed: int = 1,
    level: float = 0.9,
    scenario: str = "union",
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every value with the interval that doubt about the evidence leaves to it, and its rank with its own.

    Parameters
    ----------
    net : MultilayerNetwork
    metrics : str or sequence of str, optional
        Ids of metrics of one layer. Default: strength, eigenvector, pagerank and constraint; betweenness where
        something travels along the ties; with a partition, the brokerage roles (not in projections).
    layers, years, partition, options, rule, unknown
        As in `influence.panel`.
    of : Doubt, optional
        Default: ``doubt(net)``; may be that of a wider network, of which `net` is a part.
    draws : int, default 1000
    seed : int, default 1
    level : float, default 0.9
        Probability that an interval shall hold.
    scenario : {"union", "recorded", "low", "high"}
        What flagged values are taken to be. "union" draws all three and joins the intervals: no distribution is
        claimed for them.
    workers, fresh, progress
        As in `run_tasks`; a task is a layer in a year.

    Returns
    -------
    pandas.DataFrame
        layer, metric, year, actor, estimate (on the record as it stands), mean, low, high (of the true value, given the
        record), rank (1: the highest value), rank_low, rank_high, and defined: in what share of the draws the metric
        has a value at all.

    Raises
    ------
    ValueError
        A metric that reads several layers or organizations, or has no kernel; roles without a partition.

    Notes
    -----
    Intervals are of measurement and coding, not of sampling. Quantiles are exact (all draws of a layer-year are kept
    until it is summarised); ties in counts by the mid-distribution (`mid_interval`). The k-th draw is the same for all
    layers and years, and the one of ``doubt(net).draw(seed, k)``. World totals are not redrawn.

    Examples
    --------
    >>> import influence as inf
    >>> from influence.robustness import intervals
    >>> frame = intervals(inf.load(), "strength_out", layers="trade", years=2009, draws=50)
    >>> russia = frame.set_index("actor").loc["RUS"]
    >>> bool(russia["low"] < russia["estimate"] < russia["high"])
    True
    """
    study = Study(net, metrics, layers, years, partition, options, rule, unknown, of, draws, seed, level)
    found = study.run(scenario, workers, fresh, progress)
    frame = pd.concat([_rows(*key, parts) for key, parts in found.items()], ignore_index=True)
    frame.attrs["influence"] = study.told(scenario)
    return frame


def outranks(
    net: MultilayerNetwork,
    metric: str,
    a: str,
    b: str,
    *,
    layers: str | Sequence[str] | None = None,
    years: int | Sequence[int] | None = None,
    partition: str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    rule: str = "31 December",
    unknown: str = "absent",
    of: Doubt | None = None,
    draws: int = 1000,
    seed: int = 1,
    scenario: str = "union",
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """How probably one actor stands above another, by layer and year.

    Parameters
    ----------
    net : MultilayerNetwork
    metric : str
    a, b : str
        Actors.
    layers, years, partition, options, rule, unknown, of, draws, seed, scenario, workers, fresh, progress
        As in `intervals`.

    Returns
    -------
    pandas.DataFrame
        layer, year, estimate_a, estimate_b, p (that the true value of a is above that of b; equal values count half),
        p_low and p_high: its range over the scenarios of flagged values.

    Examples
    --------
    >>> import influence as inf
    >>> from influence.robustness import outranks
    >>> above = outranks(inf.load(), "strength_out", "CHN", "KGZ", layers="trade", years=2009, draws=50)
    >>> above["p"].tolist()
    [1.0]
    """
    study = Study(net, metric, layers, years, partition, options, rule, unknown, of, draws, seed, 0.9)
    rows = []
    for (layer, _, year), parts in study.run(scenario, workers, fresh, progress).items():
        actors = parts[0].actors
        lost = [x for x in (a, b) if x not in actors]
        if lost:
            raise KeyError(f"no actor {', '.join(lost)} in the layer {layer}")
        i, j = actors.index(a), actors.index(b)
        p = [part.above[i, j] for part in parts]
        one = parts[0].estimate
        rows.append((layer, year, one[i], one[j], p[0], min(p), max(p)))
    columns = ["layer", "year", "estimate_a", "estimate_b", "p", "p_low", "p_high"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.attrs["influence"] = {**study.told(scenario), "metric": metric, "a": a, "b": b}
    return frame


def _rows(layer: str, metric: str, year: int, parts: list[Summary]) -> pd.DataFrame:
    """The rows of one metric in one layer and year: the first scenario's values, intervals joined over all."""
    one = parts[0]
    return pd.DataFrame(
        {
            "layer": layer,
            "metric": metric,
            "year": year,
            "actor": one.actors,
            "estimate": one.estimate,
            "mean": one.mean,
            "low": np.fmin.reduce([p.low for p in parts]),
            "high": np.fmax.reduce([p.high for p in parts]),
            "rank": one.rank,
            "rank_low": np.fmin.reduce([p.rank_low for p in parts]),
            "rank_high": np.fmax.reduce([p.rank_high for p in parts]),
            "defined": one.defined,
        }
    )
