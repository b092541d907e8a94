"""The bundled study: the tables of the data package as one network.

Builders go by the shape of a table (spells, yearly values, affiliations, ordered segments); what a layer is like
stands in `layers.csv` and `tie_weights.csv`. Nothing here knows the argument of the article.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from influence._paths import data_dir
from influence.errors import DataError
from influence.network.edges import EVIDENCE
from influence.network.multilayer import MultilayerNetwork
from influence.network.specs import specs_from_table
from influence.tables.package import descriptor, is_untouched, read_resource
from influence.tables.validate import find_problems

MEMBERS = ("member", "participating_state", "permanent_member", "elected_member", "participant", "party")
OBSERVERS = ("observer", "associate")
PARTNERS = ("dialogue_partner", "partner", "candidate")
ROLE_SETS = {"members": MEMBERS, "observers": MEMBERS + OBSERVERS, "partners": MEMBERS + OBSERVERS + PARTNERS}
# One unit for gas and oil: 1 billion cubic metres of gas is 36 petajoules net, 1 million tonnes of oil 41.868.
MTOE_PER_BCM = 36 / 41.868


def load(
    folder: Path | str | None = None,
    *,
    trade: str = "baci",
    energy: str = "presence",
    roles: str = "members",
    doubtful: bool = False,
    weights: Mapping[str, Mapping[str, float]] | None = None,
) -> MultilayerNetwork:
    """Load the bundled data package (or another with the same tables) as a network.

    Parameters
    ----------
    folder : path, optional
        Another data package. It is validated first; the bundled one is trusted by its hashes.
    trade : str, default "baci"
        Which source the trade layer rests on: "baci" or "cow_trade_v4".
    energy : {"presence", "capacity"}, default "presence"
        Weight of a pipeline crossing: 1 a line in service, or its capacity in million tonnes of oil equivalent a year
        (lines of unknown capacity, or of one that only memory supports, are then unknown).
    roles : {"members", "observers", "partners"}, default "members"
        Nested sets of roles that make an institutional tie.
    doubtful : bool, default False
        Whether ties of low presence confidence, or resting on memory alone, count; remembered capacities too.
    weights : mapping, optional
        Another point of the weight simplex, see `MultilayerNetwork.reweight`.

    Returns
    -------
    MultilayerNetwork

    Raises
    ------
    DataError
        The package breaks its own rules.

    Examples
    --------
    >>> import influence as inf
    >>> net = inf.load()
    >>> net.layers
    ('security', 'trade', 'energy', 'institutions')
    """
    for name, value, allowed in (("energy", energy, ("presence", "capacity")), ("roles", roles, tuple(ROLE_SETS))):
        if value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    folder = Path(folder or data_dir())
    package = descriptor(folder)
    if not all(is_untouched(r, folder) for r in package["resources"]):
        problems = find_problems(folder)
        if problems:
            raise DataError(problems)
    tables = _Tables(folder, package)
    offered = sorted(set(tables["trade"]["source_id"]))
    if trade not in offered:
        raise ValueError(f"trade by {trade!r} is not available in this data package; it has {', '.join(offered)}")
    parts = [
        _pacts(tables),
        _bases(tables),
        _exercises(tables),
        _arms(tables),
        _trade(tables, trade),
        _pipelines(tables, energy, recalled=doubtful),
        _memberships(tables, ROLE_SETS[roles]),
        _votes(tables),
        _recognitions(tables),
    ]
    edges = pd.concat([p for p in parts if len(p)], ignore_index=True)
    if not doubtful:
        edges = edges[_sure(edges)]
    layers = _layers(tables, energy)
    actors, bodies = tables["actors"], tables["organizations"]
    net = MultilayerNetwork.from_edges(
        edges,
        actors=actors[actors["kind"] != "aggregate"],
        layers=layers,
        partitions=tables["partitions"],
        organizations=bodies[bodies["counts_as_tie"].fillna(False)],
        sizes=tables["organization_sizes"],
        years=range(2001, 2013),
        margins=_margins(tables, trade),
        provenance={
            "data_version": package["version"],
            "trade": trade,
            "energy": energy,
            "roles": roles,
            "doubtful": doubtful,
        },
    )
    return net.reweight(weights) if weights else net


class _Tables:
    """Tables read once, when asked for."""

    def __init__(self, folder: Path, package: dict[str, Any]) -> None:
        self._folder = folder
        self._described = {r["name"]: r for r in package["resources"]}
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = read_resource(self._described[name], self._folder)
        return self._read[name]


def _sure(edges: pd.DataFrame) -> pd.Series:
    """Off by default: a presence that is doubtful, or that only memory supports."""
    return (edges["presence_confidence"] != "low") & ~edges["evidence_kind"].isin(["recalled", "illustrative"])


def _edges(layer: str, table: str, rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Edge columns from a table's own; evidence columns are taken over by name."""
    out = pd.DataFrame({"layer": layer, "table": table}, index=rows.index)
    for name, value in columns.items():
        out[name] = rows[value] if isinstance(value, str) and value in rows else value
    for name in EVIDENCE:
        if name not in out and name in rows:
            out[name] = rows[name]
    if "status" not in out:
        out["status"] = rows["status"] if "status" in rows else "present"
    if "weight" not in out:
        out["weight"] = 1.0
    out["evidence_id"] = table + ":" + out["key"].astype(str)
    return out


def _pairs(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    """All pairs of the actors that share a group: how a hyperedge (treaty, exercise) becomes dyads."""
    both = rows.merge(rows, on=group, suffixes=("", "_b"))
    return both[both["actor_id"] < both["actor_id_b"]].reset_index(drop=True)


def _pacts(tables: _Tables) -> pd.DataFrame:
    """Parties of a treaty, pair by pair, while both are parties and the treaty is in force."""
    treaties = tables["treaties"]
    chosen = treaties[treaties["in_default"].fillna(False)]
    pairs = _pairs(tables["treaty_parties"][["treaty_id", "actor_id", "start", "end"]], "treaty_id").merge(
        chosen, on="treaty_id", suffixes=("", "_treaty")
    )
    pairs["from"] = pairs[["start", "start_b", "start_treaty"]].max(axis=1)
    pairs["to"] = pairs[["end", "end_b", "end_treaty"]].min(axis=1)
    met = pairs[pairs["to"].isna() | (pairs["to"] > pairs["from"])]
    kind = np.where(met["type"] == "defence", "defence_pact", "other_pact")
    return _edges(
        "security",
        "treaties",
        met,
        source="actor_id",
        target="actor_id_b",
        kind=kind,
        start="from",
        end="to",
        mutual=True,
        key="treaty_id",
        evidence_kind="coded",
        status="present",
    )


def _bases(tables: _Tables) -> pd.DataFrame:
    """Bases, facilities and deployments: from the state that uses to the state that hosts, while there.

    Troops that stay against the host's will are no tie of cooperation: a kind of their own, without weight.
    """
    rows = tables["security_ties"]
    kind = np.where(rows["consent"].fillna(True), "base", "base_without_consent")
    return _edges(
        "security",
        "security_ties",
        rows,
        source="source",
        target="target",
        kind=kind,
        start="start",
        end="end",
        key="tie_id",
    )


def _exercises(tables: _Tables) -> pd.DataFrame:
    """Joint exercises of a year, pair by pair; where only some lists cover a year, all other pairs are unknown."""
    exercises = tables["exercises"]
    takers = tables["exercise_participants"]
    takers = takers[takers["role"] == "participant"]
    pairs = _pairs(takers[["exercise_id", "actor_id"]], "exercise_id").merge(exercises, on="exercise_id")
    held = _edges(
        "security",
        "exercises",
        pairs,
        source="actor_id",
        target="actor_id_b",
        kind="exercise",
        year="year",
        mutual=True,
        key="exercise_id",
    )
    return pd.concat(
        [held, _uncovered(tables, "security", "exercise", _states(tables), mutual=True)], ignore_index=True
    )


def _arms(tables: _Tables) -> pd.DataFrame:
    """Major arms delivered in a year: the supplier arms the recipient, on an ordinal scale."""
    rows = tables["arms_supply"].assign(evidence_kind="observed", presence_confidence="high")
    key = rows["supplier"] + ">" + rows["recipient"] + ":" + rows["year"].astype(str)
    return _edges(
        "security",
        "arms_supply",
        rows.assign(key=key),
        source="supplier",
        target="recipient",
        kind="arms",
        year="year",
        weight="scale",
        key="key",
    )


def _trade(tables: _Tables, source: str) -> pd.DataFrame:
    """Exports of a year; a flow that nobody reported is unknown, never zero."""
    rows = tables["trade"]
    rows = rows[(rows["source_id"] == source) & (rows["flag"] != "zero")]
    key = rows["exporter"] + ">" + rows["importer"] + ":" + rows["year"].astype(str) + ":" + source
    rows = rows.assign(key=key, evidence_kind="observed", presence_confidence="high", note=rows["caution"])
    status = np.where(rows["flag"] == "missing", "unknown", "present")
    return _edges(
        "trade",
        "trade",
        rows,
        source="exporter",
        target="importer",
        kind="goods",
        year="year",
        weight="value_usd_million",
        key="key",
        status=status,
    )


def _pipelines(tables: _Tables, weight: str, *, recalled: bool = False) -> pd.DataFrame:
    """Crossings of lines in service, along the flow; one tie a line, crossing and year.

    A year's state (running on 31 December or not, share of the year in service) is laid out as a spell inside that
    year, so that every snapshot rule reads it rightly. The spell's inner date is arithmetic, not a recorded day.
    """
    segments = tables["pipeline_segments"]
    segments = segments[segments["in_default_layer"].fillna(False)]
    lines = tables["pipelines"].set_index("pipeline_id")["commodity"]
    years = tables["pipeline_years"]
    years = years[years["status"] == "present"]
    rows = years.merge(segments[["segment_id", "pipeline_id", "from_actor", "to_actor"]], on="segment_id")
    rows["commodity"] = rows["pipeline_id"].map(lines)
    first = pd.to_datetime(rows["year"].astype(str) + "-01-01")
    following = pd.to_datetime((rows["year"] + 1).astype(str) + "-01-01")
    length = (following - first).dt.days
    runs = rows["on_31_december"].fillna(False).to_numpy(dtype=bool)
    days = (rows["fraction_of_year"] * length).round()
    # A share that rounds to the whole year or to nothing does not overrule what is known of the last day.
    days = days.clip(lower=1).where(runs, np.minimum(days, length - 1))
    served = pd.to_timedelta(days, unit="D")
    rows["from"] = (following - served).where(runs, first)
    rows["to"] = following.where(runs, first + served)
    value: Any = 1.0
    status: Any = "present"
    if weight == "capacity":
        remembered = rows["capacity_evidence_kind"] == "recalled"  # of a line that is sure: its capacity is unknown
        capacity = rows["capacity"] if recalled else rows["capacity"].mask(remembered)
        value = capacity * np.where(rows["commodity"] == "gas", MTOE_PER_BCM, 1.0)
        status = np.where(value.isna(), "unknown", "present")
    return _edges(
        "energy",
        "pipeline_years",
        rows.assign(key=rows["segment_id"] + ":" + rows["year"].astype(str)),
        source="from_actor",
        target="to_actor",
        kind="commodity",
        start="from",
        end="to",
        weight=value,
        key="key",
        status=status,
    )


def _memberships(tables: _Tables, roles: tuple[str, ...]) -> pd.DataFrame:
    """Who sits where, while the seat is held, in the bodies that count as ties."""
    rows = tables["memberships"]
    bodies = tables["organizations"]
    counting = bodies.loc[bodies["counts_as_tie"].fillna(False), "org_id"]
    rows = rows[rows["role"].isin(roles) & rows["org_id"].isin(counting)]
    key = rows["actor_id"] + "@" + rows["org_id"] + ":" + rows["role"] + ":" + rows["start"].dt.strftime("%Y-%m-%d")
    return _edges(
        "institutions",
        "memberships",
        rows.assign(key=key),
        source="actor_id",
        target="org_id",
        kind="role",
        start="start",
        end="end",
        key="key",
    )


def _votes(tables: _Tables) -> pd.DataFrame:
    """Agreement in the roll calls of the General Assembly; a state that cast no vote is unknown."""
    rows = tables["votes"]
    key = rows["actor_a"] + "-" + rows["actor_b"] + ":" + rows["year"].astype(str)
    rows = rows.assign(key=key, evidence_kind="observed", presence_confidence="high")
    return _edges(
        "diplomacy",
        "votes",
        rows,
        source="actor_a",
        target="actor_b",
        kind="vote",
        year="year",
        weight="agreement",
        key="key",
        status=np.where(rows["agreement"].isna(), "unknown", "present"),
    )


def _recognitions(tables: _Tables) -> pd.DataFrame:
    """Who recognised whom; refusals are kept as refusals."""
    rows = tables["diplomatic_ties"]
    rows = rows.assign(key=rows["source"] + ">" + rows["target"] + ":" + rows["kind"])
    return _edges(
        "recognition",
        "diplomatic_ties",
        rows,
        source="source",
        target="target",
        kind="kind",
        start="start",
        end="end",
        key="key",
    )


def _uncovered(tables: _Tables, layer: str, kind: str, states: pd.Index, *, mutual: bool) -> pd.DataFrame:
    """Unknown ties for the years in which the sources cover only some pairs (`coverage`)."""
    coverage = tables["coverage"]
    partial = coverage[(coverage["layer"] == layer) & (coverage["kind"] == kind) & (coverage["coverage"] != "complete")]
    i, j = np.triu_indices(len(states), 1)
    rows = [
        pd.DataFrame(
            {
                "layer": layer,
                "table": "coverage",
                "source": states[i],
                "target": states[j],
                "kind": kind,
                "year": year,
                "mutual": mutual,
                "status": "unknown",
                "key": f"{kind}:{year}",
                "evidence_id": f"coverage:{layer}:{kind}:{year}",
                "source_id": row["source_id"],
                "evidence_kind": "coded",
                "presence_confidence": "high",
            }
        )
        for row in partial.to_dict("records")
        for year in range(row["start_year"], row["end_year"] + 1)
    ]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def _states(tables: _Tables) -> pd.Index:
    actors = tables["actors"]
    return pd.Index(sorted(actors.loc[actors["kind"] == "state", "actor_id"]))


def _margins(tables: _Tables, source: str) -> pd.DataFrame:
    """World totals of every economy, from the source of the trade layer."""
    rows = tables["trade_margins"]
    rows = rows[rows["source_id"] == source].assign(layer="trade")
    known = ["layer", "economy", "year", "exports", "imports", "export_partners", "import_partners"]
    return rows.rename(columns={"exports_usd_million": "exports", "imports_usd_million": "imports"})[known]


def _layers(tables: _Tables, energy: str) -> dict[str, Any]:
    layers = tables["layers"].copy()
    if energy == "capacity":
        layers.loc[layers["layer"] == "energy", ["unit", "weight_role"]] = ["Mtoe a year", "strength"]
    return specs_from_table(layers, tables["tie_weights"])
