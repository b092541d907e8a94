"""The numbers of a view: every value and rank that is drawn, taken from the panel."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence._panel import panel
from influence.explorer.ties import number_of
from influence.metrics._roles import DensityWarning
from influence.metrics.brokerage import COLUMNS as ROLES
from influence.network import MultilayerNetwork


def tie_counts(net: MultilayerNetwork, layer: str) -> dict[str, Any]:
    """How many ties a layer has in each year; an undirected tie counts once."""
    stack = net.stack(layer)
    cells = (np.nan_to_num(stack.matrix()) > 0).sum(axis=(1, 2))
    once = stack.spec.directed or stack.spec.mode == 2
    return {"ties": [int(n) if once else int(n) // 2 for n in cells]}


def value_block(net: MultilayerNetwork, layer: str, measures: Sequence[str], actors: Sequence[str]) -> dict[str, Any]:
    """Measures of one layer."""
    return _numbers(panel(net, list(measures), layers=layer), actors)


def role_block(net: MultilayerNetwork, layer: str, partition: str, actors: Sequence[str]) -> dict[str, Any]:
    """Brokerage roles in one layer between the groups of one partition."""
    with warnings.catch_warnings():
        # The explorer says how many ties there are; who reads roles of a dense layer has that before the eyes.
        warnings.simplefilter("ignore", DensityWarning)
        return _numbers(panel(net, list(ROLES), layers=layer, partition=partition), actors)


def shares_block(
    net: MultilayerNetwork, layers: Sequence[str], measures: Sequence[str], actors: Sequence[str]
) -> dict[str, Any]:
    """Measures over several layers at once; they read within-layer shares, never raw weights."""
    return _numbers(panel(net, list(measures), layers=list(layers)), actors)


def _numbers(frame: pd.DataFrame, actors: Sequence[str]) -> dict[str, Any]:
    """values and ranks: metric → year → actor. Ranks: 1 is highest, those who tie share their mean."""
    values, ranks = {}, {}
    for metric, own in frame.groupby("metric", sort=False):
        wide = own.pivot(index="year", columns="actor", values="value").reindex(columns=list(actors))
        sent = [[number_of(v) for v in year] for year in wide.to_numpy().tolist()]
        # Digits that are not sent make no order: what looks equal ties.
        rank = pd.DataFrame(sent, dtype=float).rank(axis=1, ascending=False)
        values[str(metric)] = sent
        ranks[str(metric)] = [[number_of(v) for v in year] for year in rank.to_numpy().tolist()]
    return {"values": values, "ranks": ranks}
