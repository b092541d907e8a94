"""Ties that may be true though nobody recorded them: which pairs, how probable, for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.network.edges import in_force
from influence.robustness._parts import Candidates
from influence.robustness.posterior import ROUNDS, Levels, expit, logit, node_odds

# Activities do not tell all of who is tied to whom (groups, neighbours): their spread is taken this much wider, which
# `coverage_study` showed to be needed for counts at hubs.
ALLOWANCE = 1.5
MOST = 0.9  # no pair is more surely tied without being recorded
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
    spread = _spread(odds, mutual)
    for k, year in enumerate(years):
        level = _level(told, None if lasting else year, own)
        a, b = np.nonzero(allowed[k])
        if level is None or not len(a):
            continue
        expected = own.mean[level] / (1 - own.mean[level]) * float(true[year])
        ends = np.stack([a, b if mutual else b + len(labels)])
        sd = np.sqrt((spread[k][ends] ** 2).sum(axis=0))
        entry: dict[str, Any] = {
            "source": labels[a],
            "target": labels[b],
            "log_odds": _overlooked(odds[k, a, b], expected, sd),
            "level": np.full(len(a), level),
            "ends": ends,
            "spread": spread[k],
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


def _spread(odds: np.ndarray, mutual: bool) -> np.ndarray:
    """How unsure the log of each actor's activity is, as sender and (if another) as receiver: 1/√information."""
    p = odds / (1 + odds)
    told = p * (1 - p)
    sides = [told.sum(axis=-1)] if mutual else [told.sum(axis=-1), told.sum(axis=-2)]
    return ALLOWANCE / np.sqrt(np.maximum(np.concatenate(sides, axis=-1), 1.0))


def _overlooked(odds: np.ndarray, total: float, sd: np.ndarray) -> np.ndarray:
    """Log odds that a pair that is not recorded is tied; the probabilities add up to `total` (at most half of all).

    With p the rate at which pairs like this one are recorded, true ones among the recorded and m missed of the true,
    P(true | not recorded) = p m/(1 − m) / (1 − p): a probability that is proportional to the odds of being recorded.
    """
    total = min(total, len(odds) / 2)
    low, high = -60.0, 60.0
    for _ in range(ROUNDS // 2):  # halving: the sum grows with the factor
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(odds * np.exp(middle), MOST).sum() < total else (low, middle)
    wanted = logit(np.clip(odds * np.exp(high), 1e-12, MOST))
    log_odds = wanted
    nodes, weights = np.polynomial.hermite_e.hermegauss(7)
    for _ in range(10):  # so that the mean over what is not known of activities is the probability wanted
        mean = weights @ expit(log_odds + np.outer(nodes, sd)) / weights.sum()
        log_odds = log_odds + wanted - logit(mean)
    return log_odds


def _spans(spells: pd.DataFrame, years: tuple[int, ...]) -> np.ndarray:
    """Which years each recorded spell covers on 31 December; those that cover none are left out."""
    covers = np.stack([in_force(spells, year, "31 December") > 0 for year in years], axis=1)
    return covers[covers.any(axis=1)]


def _together(entries: list[dict[str, Any]]) -> Candidates:
    before = np.cumsum([0, *(len(e["spread"]) for e in entries)])
    for first, entry in zip(before, entries, strict=False):
        entry["ends"] = entry["ends"] + first
    joined = {key: np.concatenate([e[key] for e in entries], axis=-1) for key in entries[0] if key != "spans"}
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
