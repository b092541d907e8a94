"""Ties of which nothing is known: what follows if all of them are absent, and if all are present."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence._panel import panel
from influence.network import MultilayerNetwork
from influence.network.adapter import stand_in

Question = Callable[[MultilayerNetwork], float]
ENDS = ("absent", "present")


def unknown_bounds(
    net: MultilayerNetwork,
    question: Question | str | Sequence[str] | None = None,
    *,
    layers: str | Sequence[str] | None = None,
    years: int | Sequence[int] | None = None,
    partition: str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    rule: str = "31 December",
) -> pd.DataFrame:
    """What is asked, with all unknown ties absent and with all of them present.

    Parameters
    ----------
    net : MultilayerNetwork
    question : callable, str or sequence of str, optional
        Network → number, or ids of metrics. Default: the metrics that `influence.panel` computes by default.
    layers, years, partition, options, rule
        For metrics, as in `influence.panel`. The rule holds for a callable too: which unknown ties count in a year.

    Returns
    -------
    pandas.DataFrame
        For metrics one row an actor, year, layer and metric, for a callable a single row: absent, present, and the
        smaller and larger of the two, low and high.

    Notes
    -----
    A present tie is given the median strength of its kind in its year. The two answers are bounds of what is monotone
    in the ties, such as strengths; of any other question they are two points of what is possible. Refused, proposed and
    absent ties are known, and count in neither.

    Examples
    --------
    >>> import influence as inf
    >>> from influence.robustness import unknown_bounds
    >>> net = inf.load()
    >>> unknown_bounds(net, lambda n: float(inf.centrality.degree(n.at(2012)["security"])["JPN"]))[["low", "high"]]
       low  high
    0  5.0  66.0
    """
    nets = {end: unknown_as(net, end, rule=rule) for end in ENDS}
    if callable(question):
        frame = pd.DataFrame({end: [float(question(nets[end]))] for end in ENDS})
    else:
        panels = {
            end: panel(nets[end], question, layers=layers, years=years, partition=partition, options=options, rule=rule)
            for end in ENDS
        }
        frame = panels["absent"].rename(columns={"value": "absent"}).assign(present=panels["present"]["value"])
        frame.attrs["influence"] = {**panels["absent"].attrs["influence"], "unknown": "absent and present"}
    return frame.assign(low=frame[[*ENDS]].min(axis=1), high=frame[[*ENDS]].max(axis=1))


def unknown_as(net: MultilayerNetwork, unknown: str, *, rule: str = "31 December") -> MultilayerNetwork:
    """The same network with nothing unknown any more.

    Parameters
    ----------
    net : MultilayerNetwork
    unknown : {"absent", "present"}
        What all unknown ties are taken to be; a present one has the median strength of its kind in its year.
    rule : {"31 December", "any", "share"}
        Which ties count in a year.
    """
    if unknown not in ENDS:
        raise ValueError(f'unknown must be "absent" or "present", not {unknown!r}')
    ties = net.sorted_ties()
    told = ties[(ties["status"] != "unknown").to_numpy()].reset_index(drop=True)
    known = net.replaced(ties=told, evidence=net.evidence)
    if unknown == "absent":
        return known
    dark = set(ties.loc[ties["status"] == "unknown", "layer"])
    filled = [_filled(net, layer, rule) for layer in net.specs if layer in dark]
    return known.with_ties(pd.concat(filled, ignore_index=True)) if filled else known


def _filled(net: MultilayerNetwork, layer: str, rule: str) -> pd.DataFrame:
    """A tie for each cell of which nothing is known, kind by kind and year by year."""
    stack, spec = net.stack(layer, rule=rule), net.specs[layer]
    frames = []
    for kind, cube in stack.kinds.items():
        mutual = spec.mode == 1 and (not spec.directed or kind in spec.mutual_kinds)
        for year, matrix in zip(stack.years, cube, strict=True):
            gap = np.isnan(matrix)
            i, j = np.nonzero(np.triu(gap) if mutual else gap)
            if len(i):
                ends = {"source": stack.rows[i], "target": stack.columns[j]}
                tie = {"layer": layer, "kind": kind, "year": year, "weight": stand_in(matrix), "mutual": mutual}
                frames.append(pd.DataFrame({**ends, **tie}).assign(evidence_id=f"assumed:{layer}:{kind}:{year}"))
    columns = ["source", "target", "layer", "kind", "year", "weight", "mutual", "evidence_id"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
