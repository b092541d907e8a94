"""The tables of the data package as claims read them: opened once, with their evidence ids, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from influence._paths import data_dir
from influence.metrics.affinity import expected_flows
from influence.tables import read_table, table_names
from influence.tables.package import resource

YEARS = tuple(range(2001, 2013))
SOURCES = ("baci", "cow_trade_v4")
SAME = {"CST": "CSTO", "CUSTOMS_UNION_BKR": "SINGLE_ECONOMIC_SPACE"}
"""Two names of one treaty: never counted beside each other."""


class Archive:
    """All tables, with what many measures derive from them in the same way.

    Parameters
    ----------
    folder : path, optional
        A data package; default: the bundled one.
    """

    def __init__(self, folder: Path | str | None = None) -> None:
        self.folder = Path(folder or data_dir())
        self._read: dict[str, pd.DataFrame] = {}

    def table(self, name: str) -> pd.DataFrame:
        """A table as the package types it, with a column evidence_id as `influence.load` writes it."""
        if name not in self._read:
            rows = read_table(name, self.folder)
            key = _KEYS.get(name)
            if key is not None:
                rows["evidence_id"] = f"{name}:" + key(rows)
            self._read[name] = rows
        return self._read[name]

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all tables."""
        whole = hashlib.sha256()
        for name in sorted(table_names(self.folder)):
            whole.update((self.folder / resource(name, self.folder)["path"]).read_bytes())
        return whole.hexdigest()

    @cached_property
    def states(self) -> pd.Index:
        """The states of the study, sorted."""
        actors = self.table("actors")
        return pd.Index(sorted(actors.loc[actors["kind"] == "state", "actor_id"]), dtype=object)

    def at(self, names: Iterable[str]) -> np.ndarray:
        """Places of names among the states; -1 for who is none of them."""
        return np.array([self._places.get(name, -1) for name in names], dtype=np.intp)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.states)}

    def union_members(self, year: int) -> tuple[str, ...]:
        """Members of the European Union among the states on 31 December."""
        if year not in self._union:
            rows = self.table("memberships")
            last = pd.Timestamp(year, 12, 31)
            own = rows[(rows["org_id"] == "EU") & (rows["role"] == "member") & (rows["start"] <= last)]
            self._union[year] = tuple(sorted(own.loc[own["end"].isna() | (own["end"] > last), "actor_id"]))
        return self._union[year]

    @cached_property
    def _union(self) -> dict[int, tuple[str, ...]]:
        return {}

    @cached_property
    def crossings(self) -> pd.DataFrame:
        """Crossings of the default layer, year by year: `pipeline_years` with what `pipeline_segments` says of them."""
        segments = self.table("pipeline_segments")
        segments = segments[segments["in_default_layer"].fillna(False)]
        keep = ["segment_id", "pipeline_id", "position", "from_actor", "to_actor", "from_role", "to_role", "origin"]
        keep += ["russian_company", "chinese_company", "bypass_russia", "start"]
        rows = self.table("pipeline_years").drop(columns=["source_id", "note"])
        frame = rows.merge(segments[keep], on="segment_id")
        lines = self.table("pipelines").set_index("pipeline_id")
        frame["commodity"] = frame["pipeline_id"].map(lines["commodity"])
        frame["year"] = frame["year"].astype(int)
        frame["recalled"] = (frame["capacity_evidence_kind"] == "recalled").fillna(False).astype(bool)
        frame["capacity"] = frame["capacity"].astype(float)
        frame = frame[frame["status"] == "present"]
        return frame.sort_values(["year", "pipeline_id", "position", "segment_id"], ignore_index=True)

    @cached_property
    def takers(self) -> dict[str, frozenset[str]]:
        """Exercise → the actors of the study that took part."""
        rows = self.table("exercise_participants")
        rows = rows[rows["role"] == "participant"]
        return {str(e): frozenset(own) for e, own in rows.groupby("exercise_id")["actor_id"]}

    @cached_property
    def flows(self) -> dict[str, np.ndarray]:
        """Exports by source, shape (years, exporters, importers), million current USD; NaN where nobody reported."""
        return {source: self._flows("value_usd_million", source) for source in SOURCES}

    @cached_property
    def flow_ids(self) -> dict[str, np.ndarray]:
        """Evidence ids in the shape of `flows`."""
        return {source: self._cube("evidence_id", source, object, "") for source in SOURCES}

    @cached_property
    def cautioned(self) -> dict[str, np.ndarray]:
        """Whether the table cautions against a flow, in the shape of `flows`."""
        return {s: np.not_equal(self._cube("caution", s, object, ""), "") for s in SOURCES}

    @cached_property
    def bloc(self) -> dict[str, np.ndarray]:
        """Trade with the members of the European Union by source: (years, states, 2), exports to and imports from."""
        rows = self.table("trade_blocs")
        out = {}
        for source in SOURCES:
            own = rows[(rows["source_id"] == source) & rows["actor_id"].isin(self.states)]
            cube = np.full((len(YEARS), len(self.states), 2), np.nan)
            at = (own["year"].to_numpy(dtype=int) - YEARS[0], self.at(own["actor_id"]))
            for k, column in enumerate(("exports_usd_million", "imports_usd_million")):
                cube[(*at, k)] = own[column].to_numpy(dtype=float, na_value=np.nan)
            out[source] = cube
        return out

    @cached_property
    def margins(self) -> dict[tuple[str, int], pd.DataFrame]:
        """World totals of every economy by (source, year): exports, imports, by economy."""
        rows = self.table("trade_margins").rename(
            columns={"exports_usd_million": "exports", "imports_usd_million": "imports"}
        )
        of = {(s, y): rows[(rows["source_id"] == s) & (rows["year"] == y)] for s in SOURCES for y in YEARS}
        return {
            key: own.set_index("economy")[["exports", "imports"]].astype(float).sort_index() for key, own in of.items()
        }

    @cached_property
    def bloc_spread(self) -> float:
        """Standard deviation of the log error of a state's trade with the Union, from what the two sources differ by.

        Half of the robust variance of the log ratio falls to each source; shared customs records make it a lower bound.
        """
        a, b = (self.bloc[s] for s in SOURCES)
        both = (a > 0) & (b > 0)
        ratio = np.log(a[both] / b[both])
        return float(1.4826 * np.median(np.abs(ratio - np.median(ratio))) / np.sqrt(2.0))

    @cached_property
    def totals(self) -> dict[str, np.ndarray]:
        """World totals by source, shape (years, states and the Union, 2): exports, imports."""
        out = {}
        for source in SOURCES:
            union = self._union_totals(source)
            years = [
                np.vstack([self.margins[source, year].reindex(self.states).to_numpy(), union.loc[year].to_numpy()])
                for year in YEARS
            ]
            out[source] = np.stack(years)
        return out

    def _union_totals(self, source: str) -> pd.DataFrame:
        """The Union's exports to and imports from the rest of the world, by year."""
        rows = self.table("bloc_margins")
        own = rows[rows["source_id"] == source].set_index("year")[["exports_usd_million", "imports_usd_million"]]
        return own.astype(float).set_axis(["exports", "imports"], axis=1)

    def expected(self, source: str) -> np.ndarray:
        """Flows that world totals alone lead to expect, in the shape of `flows`."""
        if source not in self._expected:
            cubes = []
            for year in YEARS:
                world = self.margins[source, year].dropna()
                # Sources record more imports than exports; the expectation needs one total.
                imports = world["imports"] * world["exports"].sum() / world["imports"].sum()
                fitted = expected_flows(world["exports"].to_numpy(), imports.to_numpy())
                frame = pd.DataFrame(fitted, index=world.index, columns=world.index)
                cubes.append(frame.reindex(index=self.states, columns=self.states).to_numpy())
            self._expected[source] = np.stack(cubes)
        return self._expected[source]

    @cached_property
    def _expected(self) -> dict[str, np.ndarray]:
        return {}

    def attribute(self, column: str) -> pd.DataFrame:
        """A column of `attributes`, year × actor."""
        if column not in self._attributes:
            rows = self.table("attributes")
            self._attributes[column] = rows.pivot(index="year", columns="actor_id", values=column).astype(float)
        return self._attributes[column]

    @cached_property
    def _attributes(self) -> dict[str, pd.DataFrame]:
        return {}

    def sizes(self, year: int) -> pd.Series:
        """Members in the world of each body, those of the package first, COW's beside; NaN where not known."""
        if year not in self._sizes:
            own, igos = self.table("organization_sizes"), self.table("igo_sizes")
            own = own[own["year"] == year].assign(body=lambda f: f["org_id"].replace(SAME))
            of_bodies = own.dropna(subset=["n_members"]).groupby("body")["n_members"].max().astype(float)
            more = igos[igos["year"] == year].set_index("igo")["n_members"].astype(float)
            self._sizes[year] = pd.concat([of_bodies, more[~more.index.isin(of_bodies.index)]])
        return self._sizes[year]

    @cached_property
    def _sizes(self) -> dict[int, pd.Series]:
        return {}

    def _flows(self, column: str, source: str) -> np.ndarray:
        cube = self._cube(column, source, float, np.nan)
        cube[:, np.arange(len(self.states)), np.arange(len(self.states))] = 0.0
        return cube

    def _cube(self, column: str, source: str, dtype: type, empty: object) -> np.ndarray:
        rows = self.table("trade")
        own = rows[rows["source_id"] == source]
        cube: np.ndarray = np.full((len(YEARS), len(self.states), len(self.states)), empty, dtype=dtype)
        at = (
            own["year"].to_numpy(dtype=int) - YEARS[0],
            self.at(own["exporter"]),
            self.at(own["importer"]),
        )
        values = own[column]
        if dtype is float:
            known = (own["flag"] != "missing").to_numpy(dtype=bool)
            cube[at] = np.where(known, values.to_numpy(dtype=float, na_value=np.nan), np.nan)
        else:
            cube[at] = values.fillna("").to_numpy(dtype=object)
        return cube


@lru_cache(maxsize=4)
def archive(folder: Path | str | None = None) -> Archive:
    """The archive of a data package, opened once."""
    return Archive(folder)


_KEYS = {
    "treaties": lambda r: r["treaty_id"],
    "treaty_parties": lambda r: r["treaty_id"],
    "security_ties": lambda r: r["tie_id"],
    "exercises": lambda r: r["exercise_id"],
    "arms_supply": lambda r: r["supplier"] + ">" + r["recipient"] + ":" + r["year"].astype(str),
    "trade": lambda r: r["exporter"] + ">" + r["importer"] + ":" + r["year"].astype(str) + ":" + r["source_id"],
    "pipeline_years": lambda r: r["segment_id"] + ":" + r["year"].astype(str),
    "pipeline_flows": lambda r: r["flow_id"],
    "memberships": lambda r: (
        r["actor_id"] + "@" + r["org_id"] + ":" + r["role"] + ":" + r["start"].dt.strftime("%Y-%m-%d")
    ),
    "igo_memberships": lambda r: r["actor_id"] + "@" + r["igo"] + ":" + r["role"] + ":" + r["start_year"].astype(str),
    "diplomatic_ties": lambda r: r["source"] + ">" + r["target"] + ":" + r["kind"],
    "organization_ties": lambda r: r["org_a"] + "-" + r["org_b"] + ":" + r["kind"],
    "votes": lambda r: r["actor_a"] + "-" + r["actor_b"] + ":" + r["year"].astype(str),
}
