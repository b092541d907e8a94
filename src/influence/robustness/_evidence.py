"""From a network to the arrays of its doubt: which rows can err, how, together with which, and what may be missed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.robustness._candidates import candidates
from influence.robustness._parts import Candidates, Part
from influence.robustness.disagreement import (
    FREEDOM,
    HIDDEN,
    Q95,
    SPREAD,
    disagreement,
    expected_values,
    tail_probabilities,
)
from influence.robustness.posterior import Levels, centred, expit, levels, logit, node_odds
from influence.tables import read_table

logger = logging.getLogger("influence")

MANY = 20  # different weights: a kind of tie with more is measured, not counted or graded
OFF = np.log(1.25)  # a value is wrong if it is off by more than a quarter
_TOLD = ["source_id", "evidence_kind", "presence_confidence", "value_confidence", "table", "note"]


def evidence_parts(
    net: MultilayerNetwork,
    also: Iterable[MultilayerNetwork],
    confidence: pd.DataFrame | None,
    coverage: pd.DataFrame | None,
    second: pd.DataFrame | None,
    flagged: Iterable[str] | None,
    *,
    by_node: bool,
) -> dict[str, Any]:
    """What a `Doubt` is made of, but for how often sources err as a whole."""
    own = levels(read_table("confidence") if confidence is None else confidence)
    nets = [net, *also]
    read = [_read(n, own, second, by_node) for n in nets]
    rows = pd.concat(read) if len(read) > 1 else read[0]
    rows = rows[~rows.index.duplicated()].sort_index()
    rows["place"] = np.arange(len(rows))
    bounds = _bounds(rows, _cautioned(rows) if flagged is None else rows.index.isin(list(flagged)))
    of_source = rows.loc[rows["level"] >= 0, "source_id"].value_counts()
    sources = pd.Index(sorted(of_source.index[of_source > 1]))
    rows["source_code"] = sources.get_indexer(rows["source_id"])
    actors = pd.Index(sorted({a for n in nets for a in n.actors["actor_id"]}))
    kinds = pd.Index(sorted(rows["kind"].unique()))
    if coverage is None and _bundled(net):
        coverage = read_table("coverage")
    missing = candidates(net, rows, coverage, own, actors, kinds) if coverage is not None else {}
    spread = SPREAD * np.mean(HIDDEN) ** 0.5
    counted = rows[rows["weight"] > 0].groupby(["layer", "kind"])["weight"]
    return {
        "errors": rows[["layer", "kind", "p_false"]].assign(
            sd_log=rows["scale"] * np.where(rows["surety"] > 0, spread, SPREAD)
        ),
        "bounds": bounds,
        "levels": own,
        "parts": {str(layer): _parts(str(layer), part, missing) for layer, part in rows.groupby("layer", sort=True)},
        "sources": len(sources),
        "names": (actors, kinds),
        "years": net.years,
        "least": {key: float(v) for key, v in counted.min().items()},
        "mutual": frozenset(
            (name, kind)
            for n in nets
            for name, spec in n.specs.items()
            for kind in kinds
            if not spec.directed or kind in spec.mutual_kinds
        ),
        "values": rows["weight"].to_numpy(),
    }


def _bundled(net: MultilayerNetwork) -> bool:
    """Whether a network was read from a data package, whose own tables then say what covers what."""
    return "data_version" in net.provenance


def _cautioned(rows: pd.DataFrame) -> np.ndarray:
    """Flows of the data package that carry a caution, which `influence.load` hands on as their note."""
    return ((rows["table"] == "trade") & rows["note"].notna() & rows["measured"]).to_numpy()


def _read(net: MultilayerNetwork, own: Levels, second: pd.DataFrame | None, by_node: bool) -> pd.DataFrame:
    """The rows of evidence of one network, each with the ways in which it can err."""
    rows = _rows(net)
    rows["level"] = np.where(rows["measured"], -1, own.codes(rows["presence_confidence"]))
    rows["offset"] = _offsets(net, rows, own) if by_node else 0.0
    rows["p_false"] = _integrated(rows["level"].to_numpy(), rows["offset"].to_numpy(), own)
    if second is None and _bundled(net):
        second = _other_trade(net)
    return _with_value_errors(rows, own, second)


def _rows(net: MultilayerNetwork) -> pd.DataFrame:
    """One row of evidence a row: what it says, from when, on which source."""
    ties = net.ties
    ties = ties[ties["status"] == "present"]
    rows = ties.drop_duplicates("evidence_id").set_index("evidence_id")
    rows = rows[["layer", "kind", "source", "target", "year", "start", "weight"]].join(net.evidence[_TOLD]).sort_index()
    by_kind = rows.groupby(["layer", "kind"])
    several = by_kind["weight"].transform("nunique")
    observed = (rows["evidence_kind"] == "observed").groupby([rows["layer"], rows["kind"]]).transform("all")
    rows["measured"] = observed & (several > MANY)
    rows["graded"] = ~rows["measured"] & (several > 1)
    # The years of one line of evidence are laid out as spells inside each year: one fact.
    fact = rows.index.to_series().str.replace(r":\d{4}(?=:|$)", "", regex=True)
    rows["fact"] = fact.where(rows["start"].notna(), rows.index.to_series())
    rows["pair"] = rows["fact"].where(rows["year"].isna(), rows["kind"] + ":" + rows["source"] + ">" + rows["target"])
    return rows


def _other_trade(net: MultilayerNetwork) -> pd.DataFrame | None:
    """The source of trade that the network does not rest on, as a second measurement."""
    rows = read_table("trade")
    rows = rows[(rows["source_id"] != net.provenance.get("trade")) & (rows["flag"] == "observed")]
    if rows.empty:
        logger.info("no second source of trade: its values are taken as they are")
        return None
    names = {"exporter": "source", "importer": "target", "value_usd_million": "weight"}
    return rows.rename(columns=names).assign(layer="trade")[["layer", "source", "target", "year", "weight"]]


def _offsets(net: MultilayerNetwork, rows: pd.DataFrame, own: Levels) -> np.ndarray:
    """How much more or less likely than its level a row is to be false, by how active the actors are that it ties."""
    ties = net.ties
    ties = ties[(ties["status"] == "present") & ties["evidence_id"].isin(rows.index[rows["level"] >= 0])]
    log_odds = pd.Series(0.0, index=ties.index)
    for (layer, kind), part in ties.groupby(["layer", "kind"]):
        spec = net.specs[str(layer)]
        if spec.mode == 2:
            continue
        labels = net.labels(str(layer))
        years, when = np.unique(part["year"].to_numpy(dtype=float, na_value=-1), return_inverse=True)
        i, j = (labels.get_indexer(pd.Index(part[end])) for end in ("source", "target"))
        directed = spec.directed and kind not in spec.mutual_kinds
        tied = np.zeros((len(years), len(labels), len(labels)), bool)
        tied[when, i, j] = True
        if not directed:
            tied[when, j, i] = True
        log_odds[part.index] = np.log(node_odds(tied, directed=directed)[when, i, j])
    of_row = log_odds.groupby(ties["evidence_id"]).mean()  # of a treaty: the mean over its pairs
    doubted = rows[rows["level"] >= 0]
    group = doubted.groupby(["layer", "kind", "level", doubted["year"].fillna(-1)]).ngroup().to_numpy()
    recorded, mean = np.exp(of_row[doubted.index].to_numpy()), own.mean[doubted["level"]]
    apart = centred(recorded, group, mean)
    for _ in range(3):  # degrees hold false ties too: odds of a true one are lower, most of all where few are recorded
        apart = centred(recorded * (1 - expit(logit(mean) + apart)), group, mean)
    offset = pd.Series(0.0, index=rows.index)
    offset[doubted.index] = apart
    return offset.to_numpy()


def _integrated(level: np.ndarray, offset: np.ndarray, own: Levels) -> np.ndarray:
    """Probability that a row is false, over what is not known of its level's rate of error."""
    from scipy.stats import beta

    at = (np.arange(50) + 0.5) / 50
    p = np.zeros(len(level))
    for k in range(len(own.names)):
        rows = level == k
        nodes = logit(beta.ppf(at, own.a[k], own.b[k]))
        apart = np.unique(offset[rows])
        told = own.mean[k] if not apart.any() else expit(nodes + apart[:, None]).mean(axis=1)
        p[rows] = np.broadcast_to(told, apart.shape)[np.searchsorted(apart, offset[rows])]
    return p


def _with_value_errors(rows: pd.DataFrame, own: Levels, second: pd.DataFrame | None) -> pd.DataFrame:
    """The rows with scale, largest and persistence of the error of their values, and what a second source says."""
    from scipy.stats import t

    level = own.codes(rows["value_confidence"])
    judged = (OFF / t.ppf(1 - own.value / 2, FREEDOM))[level]
    rows["scale"] = np.where(rows["graded"] & (level >= 0), judged, 0.0)
    rows["most"] = rows["scale"] * t.ppf(0.9995, FREEDOM)  # one in a thousand is cut: else no mean would exist
    rows["persistence"], rows["residual"], rows["surety"] = 1.0, 0.0, 0.0
    rows["second"] = np.nan
    for layer, other in second.groupby("layer") if second is not None else ():
        measured = rows[(rows["layer"] == layer) & rows["measured"]]
        if measured.empty:
            continue
        scale, most, persistence = disagreement(measured, other)
        rows.loc[measured.index, "scale"], rows.loc[measured.index, "most"] = scale, most
        rows.loc[measured.index, "persistence"] = persistence
        above = measured[measured["weight"] > 0]
        residual, surety = expected_values(above, rows.loc[above.index, "scale"].to_numpy())
        rows.loc[above.index, "residual"], rows.loc[above.index, "surety"] = residual, surety
        ends = ["source", "target", "year"]
        met = measured[ends].merge(other[[*ends, "weight"]], on=ends, how="left")
        rows.loc[measured.index, "second"] = met["weight"].to_numpy(dtype=float)
    return rows


def _bounds(rows: pd.DataFrame, flagged: np.ndarray) -> pd.DataFrame:
    """Bounds of the values that are cautioned against, which have no distribution then."""
    told = rows.loc[flagged, ["weight", "second"]]
    # The sources may share an error: never narrower than what an unflagged value of its class could be.
    reach = np.exp(rows.loc[flagged, "scale"] * Q95)
    low = np.minimum(told.min(axis=1), told["weight"] / reach)
    high = np.maximum(told.max(axis=1), told["weight"] * reach)
    rows.loc[flagged, "scale"] = 0.0
    return pd.DataFrame({"low": low, "high": high}).rename_axis("evidence_id")


def _parts(layer: str, rows: pd.DataFrame, missing: dict[tuple[str, int | None], Any]) -> dict[int | None, Part]:
    """The rows of a layer that are in doubt, those without year first."""
    valued = rows[rows["scale"] > 0]
    of_pair = valued.groupby("pair")[["residual", "scale", "surety"]].mean()
    tails = tail_probabilities(*of_pair.to_numpy(dtype=float).T)
    rows = rows.assign(pair_code=of_pair.index.get_indexer(pd.Index(rows["pair"])))
    own_years = {int(y) for y in rows["year"].dropna().unique()} | {y for n, y in missing if n == layer and y}
    made: dict[int | None, Part] = {}
    for year in (None, *sorted(own_years)):
        part = rows[rows["year"].isna() if year is None else rows["year"] == year]
        doubted, valued = part[part["level"] >= 0], part[part["scale"] > 0]
        unit, units = pd.factorize(doubted["fact"])
        made[year] = Part(
            layer=layer,
            year=year,
            rows=doubted["place"].to_numpy(),
            level=doubted["level"].to_numpy(),
            source=doubted.groupby("fact")["source_code"].transform("first").to_numpy(),
            unit=unit,
            units=len(units),
            offset=doubted["offset"].to_numpy(),
            values=valued["place"].to_numpy(),
            pair=valued["pair_code"].to_numpy(),
            scale=valued["scale"].to_numpy(),
            residual=valued["residual"].to_numpy(),
            surety=valued["surety"].to_numpy(),
            most=valued["most"].to_numpy(),
            persistence=valued["persistence"].to_numpy(),
            tails=tails if year is None else tails[:0],
            candidates=missing.get((layer, year), Candidates()),
        )
    return made
