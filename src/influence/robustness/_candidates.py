"""Ties that may be true though nobody recorded them: which pairs, how probable, for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.network.edges import in_force
from influence.robustness._parts import Candidates
from influence.robustness.posterior import ROUNDS, Levels, expit, node_odds

COVERS = ("complete", "partial", "none")


def candidates(
    net: MultilayerNetwork,
    rows: pd.DataFrame,
    coverage: pd.DataFrame,
    own: Levels,
    actors: pd.Index,
    kinds: pd.Index,
) -> dict[tuple[str, int | None], Candidates]:
    """By layer and year (None: ties that last), the candidates of all kinds of which the coverage is told."""
    found: dict[tuple[str, int | None], list[dict[str, Any]]] = {}
    ties = net.ties
    coded = (ties["status"] == "present") & ~ties["evidence_id"].isin(rows.index[rows["measured"]])
    for (layer, kind), part in ties[coded].groupby(["layer", "kind"]):
        told = coverage[(coverage["layer"] == layer) & (coverage["kind"] == kind)]
        if net.specs[str(layer)].mode == 1 and len(told):
            for year, entry in _of_kind(net, str(layer), str(kind), part, rows, told, own):
                entry["kind"] = np.full(len(entry["level"]), kinds.get_loc(kind))
                for end in ("source", "target"):
                    entry[end] = actors.get_indexer(entry[end])
                found.setdefault((str(layer), year), []).append(entry)
    return {key: _together(entries) for key, entries in found.items()}


def _of_kind(
    net: MultilayerNetwork,
    layer: str,
    kind: str,
    part: pd.DataFrame,
    rows: pd.DataFrame,
    told: pd.DataFrame,
    own: Levels,
) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """The candidates of one kind, year by year or, for ties that last, once."""
    spec, labels = net.specs[layer], net.labels(layer)
    mutual = not spec.directed or kind in spec.mutual_kinds
    lasting = bool(part["year"].isna().all())
    of_kind = rows[(rows["layer"] == layer) & (rows["kind"] == kind)]
    true = (1 - of_kind["p_false"]).groupby(of_kind["year"].fillna(-1)).sum()
    years = [-1] if lasting else [y for y in net.years if (part["year"] == y).any()]
    when = np.zeros(len(part), int) if lasting else pd.Index(years).get_indexer(pd.Index(part["year"]))
    i, j = (labels.get_indexer(pd.Index(part[end])) for end in ("source", "target"))
    count = np.zeros((len(years), len(labels), len(labels)), int)
    inside = when >= 0
    np.add.at(count, (when[inside], i[inside], j[inside]), 1)
    if mutual:
        count = count + count.transpose(0, 2, 1)
    repeated = spec.kind_combine.get(kind, "sum") == "sum" and bool((count > 1).any())
    allowed = _allowed(count, mutual, repeated)
    if not lasting:
        allowed &= ~np.isnan(net.stack(layer, years).kinds[kind])
    odds = node_odds(count > 0, directed=not mutual)
    for k, year in enumerate(years):
        level = _level(told, None if lasting else year, own)
        a, b = np.nonzero(allowed[k])
        if level is None or not len(a):
            continue
        expected = own.mean[level] / (1 - own.mean[level]) * float(true[year])
        entry: dict[str, Any] = {
            "source": labels[a],
            "target": labels[b],
            "log_odds": _scaled(np.log(odds[k, a, b]), expected),
            "level": np.full(len(a), level),
        }
        if lasting:
            entry["spans"] = _spans(part.drop_duplicates("evidence_id"), net.years)
        yield (None if lasting else year), entry


def _allowed(count: np.ndarray, mutual: bool, repeated: bool) -> np.ndarray:
    """Pairs of an actor that ever sent a tie of the kind and one that ever received one."""
    ever: np.ndarray = count.sum(axis=0) > 0
    pair: np.ndarray = np.outer(ever.any(axis=1), ever.any(axis=0))
    allowed = np.triu(pair, 1) if mutual else pair & ~np.eye(len(pair), dtype=bool)
    # A pair can hold one exercise more, but it cannot be allied twice.
    return np.broadcast_to(allowed, count.shape).copy() if repeated else allowed & (count == 0)


def _level(told: pd.DataFrame, year: int | None, own: Levels) -> int | None:
    """The level of confidence that stands for how much the sources cover: the least sure where several are told."""
    if year is not None:
        told = told[(told["start_year"] <= year) & (told["end_year"] >= year)]
    degrees = [COVERS.index(c) for c in told["coverage"] if c in COVERS]
    if not degrees:
        return None
    sure = np.argsort(own.mean, kind="stable")
    return int(sure[[0, len(sure) // 2, -1][max(degrees)]])


def _scaled(log_odds: np.ndarray, total: float) -> np.ndarray:
    """Log odds shifted so that the probabilities add up to `total` (at most half of all candidates)."""
    total = min(total, len(log_odds) / 2)
    low, high = -60.0, 60.0
    for _ in range(ROUNDS):  # halving: the sum grows with the shift
        middle = (low + high) / 2
        low, high = (middle, high) if expit(log_odds + middle).sum() < total else (low, middle)
    return log_odds + high


def _spans(spells: pd.DataFrame, years: tuple[int, ...]) -> np.ndarray:
    """Which years each recorded spell covers on 31 December; those that cover none are left out."""
    covers = np.stack([in_force(spells, year, "31 December") > 0 for year in years], axis=1)
    return covers[covers.any(axis=1)]


def _together(entries: list[dict[str, Any]]) -> Candidates:
    joined = {key: np.concatenate([e[key] for e in entries]) for key in entries[0] if key != "spans"}
    spans = [e["spans"] for e in entries if "spans" in e]
    if not spans:
        return Candidates(**joined)
    firsts = np.cumsum([0, *(len(s) for s in spans)])[:-1]
    sizes = [len(e["kind"]) for e in entries]
    return Candidates(
        **joined,
        spans=np.concatenate(spans),
        first=np.repeat(firsts, sizes),
        count=np.repeat([len(s) for s in spans], sizes),
    )
