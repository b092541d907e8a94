"""The ties of a layer over the years and the evidence behind each, packed small for a page."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.network.edges import EVIDENCE, in_force
from influence.tables.write import SIGNIFICANT

WIDTHS = 10  # classes of line width, by the root of the weight over the year's largest
SURE = {"high": 0, "medium": 1, "low": 2}
NO_TIE = ("unknown", "refused", "proposed")
_FACT = ["kind", "start", "end", "year", "weight", "mutual", "status", "evidence_id", *EVIDENCE[2:]]
_WORDS = re.compile(r"(\W+)")
Cells = dict[tuple[int, int], list[tuple[int, int]]]


def tie_block(net: MultilayerNetwork, layer: str, nodes: Sequence[str]) -> dict[str, Any]:
    """Everything that is drawn and told of a layer's ties.

    A record joins two actors by a fact; a fact (a treaty, an exercise) may join many.

    Parameters
    ----------
    net : MultilayerNetwork
    layer : str
    nodes : sequence of str
        Actors and organizations; ties name them by their place here.

    Returns
    -------
    dict
        years: for each year, the strongest first, [source, target, weight, width class, doubt, *records];
        others: for each year, what is no tie but not absent either, [source, target, status, *records];
        records: fact and, where they are not those of the tie itself, source and target; facts: column → one value
        for all, a list, or texts and at. A weight of None is that of the tie.
    """
    place = pd.Series(range(len(nodes)), index=list(nodes))
    found = _records(net, layer)
    found = found[found["source"].isin(nodes) & found["target"].isin(nodes)].reset_index(drop=True)
    for end in ("source", "target"):
        found[end] = place.reindex(found[end]).to_numpy()
    directed = net.specs[layer].directed or net.specs[layer].mode == 2
    present = (found["status"] == "present").to_numpy()
    weights = {year: _edges(net, layer, year, place) for year in net.years}
    # One record a tie and the same number in both: it is told once.
    plain = directed and not found["mutual"].any() and len(found[present]) == sum(map(len, weights.values()))
    facts = found[_FACT].assign(weight=np.nan) if plain else found[_FACT].copy()
    facts["evidence_id"] = _patterns(found, nodes)
    fact = facts.groupby(_FACT, dropna=False, sort=True).ngroup()
    number = pd.DataFrame({"s": found["source"], "t": found["target"], "f": fact}).groupby(["s", "t", "f"]).ngroup()
    records = found.assign(fact=fact, number=number).drop_duplicates("number").sort_values("number")
    kept = {"fact": records["fact"].tolist()}
    if not plain:
        kept |= {"source": records["source"].tolist(), "target": records["target"].tolist()}
    years, others = [], []
    for year in net.years:
        own = (found["at"] == year).to_numpy()
        years.append(_ties(weights[year], _cells(found[own & present], number[own & present], directed)))
        others.append(_others(found[own & ~present], number[own & ~present]))
    return {"years": years, "others": others, "records": kept, "facts": _table(facts.assign(fact=fact))}


def _records(net: MultilayerNetwork, layer: str) -> pd.DataFrame:
    """The receipts of every year, and what is said to be unknown, refused or proposed."""
    ties = net.ties
    gaps = ties[(ties["layer"] == layer) & ties["status"].isin(NO_TIE)].join(net.evidence, on="evidence_id")
    parts = []
    for year in net.years:
        parts.append(net.at(year)[layer].ties().assign(at=year))
        parts.append(gaps[in_force(gaps, year, "31 December") > 0].assign(at=year))
    return pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)


def _edges(net: MultilayerNetwork, layer: str, year: int, place: pd.Series) -> pd.DataFrame:
    """The ties of a year, the strongest first."""
    edges = net.at(year)[layer].to_edges()
    edges = edges[edges["source"].isin(place.index) & edges["target"].isin(place.index)]
    edges = edges.sort_values(["weight", "source", "target"], ascending=[False, True, True], kind="stable")
    return edges.assign(
        source=place.reindex(edges["source"]).to_numpy(), target=place.reindex(edges["target"]).to_numpy()
    )


def _cells(found: pd.DataFrame, number: pd.Series, directed: bool) -> Cells:
    """Which records make the tie from one to another, each with its doubt."""
    cells: Cells = {}
    doubt = found["presence_confidence"].map(SURE).fillna(0).astype(int)
    for s, t, mutual, k, d in zip(
        *(found[c].tolist() for c in ("source", "target", "mutual")), number.tolist(), doubt.tolist(), strict=True
    ):
        cells.setdefault((s, t), []).append((k, d))
        if mutual or not directed:
            cells.setdefault((t, s), []).append((k, d))
    return cells


def _ties(edges: pd.DataFrame, cells: Cells) -> list[list[Any]]:
    rows = []
    width = _widths(edges["weight"].to_numpy())
    for s, t, weight, w in zip(*(edges[c].tolist() for c in edges), width.tolist(), strict=True):
        behind = cells.get((s, t), [])
        # One sure record is enough: the tie is as doubtful as the best of what it rests on.
        doubt = min((d for _, d in behind), default=0)
        rows.append([s, t, number_of(weight), w, doubt, *(k for k, _ in behind)])
    return rows


def _widths(weights: np.ndarray) -> np.ndarray:
    """Classes of line width by the root of the weight; ties that are all alike are thin, not all at the maximum."""
    if len(weights) == 0 or weights.min() == weights.max():
        return np.ones(len(weights), dtype=int)
    return np.minimum((WIDTHS * np.sqrt(weights / weights.max())).astype(int), WIDTHS - 1)


def _others(found: pd.DataFrame, number: pd.Series) -> list[list[Any]]:
    pairs: dict[tuple[int, int, int], list[int]] = {}
    for s, t, status, k in zip(*(found[c].tolist() for c in ("source", "target", "status")), number, strict=True):
        pairs.setdefault((s, t, NO_TIE.index(status)), []).append(int(k))
    return [[*pair, *behind] for pair, behind in sorted(pairs.items())]


def _patterns(found: pd.DataFrame, nodes: Sequence[str]) -> list[str]:
    """Evidence ids without what the record says anyway: trade:RUS>CHN:2009:baci and thousands like it become one."""
    ids = []
    for id, s, t, year in zip(
        found["evidence_id"], found["source"], found["target"], found["year"].astype(object), strict=True
    ):
        if pd.isna(year) or "§" in id:
            ids.append(id)
            continue
        marks = {str(year): "§y", nodes[t]: "§t", nodes[s]: "§s"}
        ids.append("".join(marks.get(word, word) for word in _WORDS.split(id)))
    return ids


def _table(facts: pd.DataFrame) -> dict[str, Any]:
    """Facts as columns, in the order of their numbers."""
    own = facts.drop_duplicates("fact").sort_values("fact")
    columns: dict[str, list[Any]] = {}
    for name in _FACT:
        values = own[name].astype(object)
        if name in ("start", "end"):
            columns[name] = [None if pd.isna(v) else v.strftime("%Y-%m-%d") for v in own[name]]
        elif name == "weight":
            columns[name] = [number_of(v) for v in values]
        else:
            cast = {"year": int, "mutual": int}.get(name, str)
            columns[name] = [None if pd.isna(v) else cast(v) for v in values]
    return {name.replace("evidence_id", "id"): _column(values) for name, values in columns.items()}


def _column(values: list[Any]) -> Any:
    """A column; one value if it is the same in all rows, repeated texts once."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return distinct[0]
    if len(distinct) < len(values) / 2 and any(isinstance(v, str) for v in distinct):
        code = {value: k for k, value in enumerate(distinct)}
        return {"texts": distinct, "at": [code[v] for v in values]}
    return values


def number_of(value: float) -> float | int | None:
    """A number as it is sent: nine significant digits, whole numbers without a point, None where there is none."""
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.{SIGNIFICANT}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded
