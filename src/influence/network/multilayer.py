"""The network: all layers, all years, every tie with its evidence, immutable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from influence.errors import DataError, Problem
from influence.network.adapter import LARGE
from influence.network.changes import with_more_ties, without_evidence
from influence.network.edges import EVIDENCE, Calendar, coded, in_force, numbered, places, plain, read_edges, told
from influence.network.large import LargeLayer, fill_sparse
from influence.network.layer import Layer, LayerSpec, compose, project
from influence.network.snapshot import SHARED, Snapshot
from influence.network.specs import mutual_kinds, read_specs


@dataclass(frozen=True)
class LayerStack:
    """A layer over years: matrices of shape (years, n, n), what `panel` computes on.

    Attributes
    ----------
    spec : LayerSpec
    years : tuple of int
    rows, columns : pandas.Index
    kinds : dict of str to numpy.ndarray, shape (years, n, n)
        NaN where nothing is known.
    rule : str
    """

    spec: LayerSpec
    years: tuple[int, ...]
    rows: pd.Index
    columns: pd.Index
    kinds: Mapping[str, np.ndarray]
    rule: str

    def matrix(self, *, presence: bool = False, unknown: str = "absent") -> np.ndarray:
        """The kinds composed, shape (years, n, n); NaN where nothing is known of any kind."""
        return compose(self.kinds, self.spec, presence=presence, unknown=unknown)

    def layer(self, k: int, network: MultilayerNetwork | None = None) -> Layer:
        """The layer of the k-th year."""
        kinds = {kind: array[k] for kind, array in self.kinds.items()}
        return Layer(self.spec, self.years[k], self.rows, self.columns, kinds, network, self.rule)


class MultilayerNetwork:
    """Actors tied in several layers over several years; every tie leads back to its evidence.

    Build one by `from_edges`, or load the bundled study by `influence.load`. Nothing changes a network: what changes
    something returns a new one.

    Attributes
    ----------
    ties : pandas.DataFrame
        layer, source, target, kind, start, end or year, weight, status, mutual, evidence_id; sorted.
    evidence : pandas.DataFrame
        By evidence_id: the table and row, source, locator, coding rule, kind of evidence, confidence. Several ties may
        rest on one row of evidence (all pairs of a treaty do).
    actors, organizations, partitions : pandas.DataFrame
    specs : dict of str to LayerSpec
    provenance : dict
        Version of the data, options of loading.
    """

    def __init__(
        self,
        ties: pd.DataFrame,
        evidence: pd.DataFrame | None,
        actors: pd.DataFrame,
        specs: Mapping[str, LayerSpec],
        organizations: pd.DataFrame,
        partitions: pd.DataFrame,
        years: Sequence[int],
        sizes: pd.DataFrame | None = None,
        provenance: Mapping[str, Any] | None = None,
        margins: pd.DataFrame | None = None,
    ) -> None:
        self._margins = margins
        self._ties, self._evidence, self._actors = ties, evidence, actors
        self._organizations, self._partitions, self._sizes = organizations, partitions, sizes
        self.specs = dict(specs)
        self.years = tuple(int(y) for y in years)
        self.provenance = dict(provenance or {})
        self._slices = self._sliced()
        self._calendars: dict[str, Calendar] = {}
        self._labels: dict[tuple[str, ...], pd.Index] = {}
        self._dated: set[str] | None = None
        self._stacks: dict[tuple[Any, ...], LayerStack] = {}

    @classmethod
    def from_edges(
        cls,
        frame: pd.DataFrame,
        *,
        actors: pd.DataFrame | Iterable[str] | None = None,
        layers: pd.DataFrame | Mapping[str, LayerSpec] | None = None,
        partitions: pd.DataFrame | None = None,
        organizations: pd.DataFrame | Iterable[str] | None = None,
        sizes: pd.DataFrame | None = None,
        years: Sequence[int] | None = None,
        provenance: Mapping[str, Any] | None = None,
        margins: pd.DataFrame | None = None,
    ) -> MultilayerNetwork:
        """Any study enters here, the bundled one too.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row a tie: layer, source, target; weight (1 if absent); ``year``, or ``start`` and ``end`` (dates; an
            empty end is still in force), or neither for ties that always hold; optionally kind, status, mutual
            (counts both ways in a directed layer), evidence_id, and the evidence columns source_id, locator, rule,
            evidence_kind, presence_confidence, value_confidence, note.
        actors : DataFrame with ``actor_id`` or iterable of str, optional
            Who is in the network, isolates included. Default: whoever stands in the ties.
        layers : DataFrame like ``layers.csv`` or mapping name → LayerSpec, optional
            Default: every layer directed, one-mode.
        partitions : DataFrame, optional
            partition, group, actor_id, and optionally start and end.
        organizations : DataFrame with ``org_id`` or iterable of str, optional
            The second mode. Default: the targets of two-mode ties.
        sizes : DataFrame, optional
            org_id, year, n_members: world membership for the Newman weights.
        years : sequence of int, optional
            Default: from the first to the last year in the ties.
        provenance : mapping, optional
            Travels with every result.
        margins : DataFrame, optional
            layer, economy, year, exports, imports: each economy's total with the whole world, in the layer's unit.

        Raises
        ------
        DataError
            Every row that breaks a rule, with column, value and what is allowed.

        Examples
        --------
        >>> import pandas as pd
        >>> import influence as inf
        >>> ties = pd.DataFrame({"layer": "aid", "source": ["A", "B"], "target": ["B", "C"], "year": [2001, 2002]})
        >>> net = inf.MultilayerNetwork.from_edges(ties)
        >>> inf.centrality.degree_out(net.at(2001)["aid"]).to_dict()
        {'A': 1.0, 'B': 0.0, 'C': 0.0}
        """
        frame = coded(frame)
        specs = read_specs(layers, list(frame["layer"].unique()))
        two_mode = [n for n, s in specs.items() if s.mode == 2]
        affiliation = frame["layer"].isin(two_mode)
        if actors is None:
            one_mode = frame if not affiliation.any() else coded(frame[~affiliation])
            ends = {*frame["source"].cat.categories, *one_mode["target"].cat.categories}
            actors = sorted(ends, key=str)
        people = _table(actors, "actor_id").sort_values("actor_id", ignore_index=True)
        if organizations is None:
            organizations = sorted(frame.loc[affiliation, "target"].unique(), key=str)
        bodies = _table(organizations, "org_id").sort_values("org_id", ignore_index=True)
        undirected = [n for n, s in specs.items() if not s.directed and s.mode == 1]
        ties, evidence = read_edges(frame, people["actor_id"], bodies["org_id"], two_mode, undirected)
        mutual = mutual_kinds(ties)
        specs = {name: replace(spec, mutual_kinds=mutual.get(name, frozenset())) for name, spec in specs.items()}
        groups = _partitions(partitions, people)
        return cls(ties, evidence, people, specs, bodies, groups, years or _years(ties), sizes, provenance, margins)

    @property
    def ties(self) -> pd.DataFrame:
        return self._named(self._ties)

    @property
    def evidence(self) -> pd.DataFrame:
        if self._evidence is None:
            ids = pd.Index(numbered(self._ties["evidence_id"].sort_values(), len(self._ties)), name="evidence_id")
            return pd.DataFrame(None, index=ids, columns=EVIDENCE, dtype=object)
        return self._evidence.copy()

    def _named(self, ties: pd.DataFrame) -> pd.DataFrame:
        """Ties as they are shown."""
        shown = plain(ties)
        if self._evidence is None:
            shown["evidence_id"] = pd.array(numbered(shown["evidence_id"], len(self._ties)), dtype="str")
        return shown

    @property
    def actors(self) -> pd.DataFrame:
        return self._actors.copy()

    @property
    def organizations(self) -> pd.DataFrame:
        return self._organizations.copy()

    @property
    def sizes(self) -> pd.DataFrame:
        """org_id, year, n_members: members in the whole world; empty where none are known."""
        if self._sizes is None:
            return pd.DataFrame(columns=["org_id", "year", "n_members"])
        return self._sizes.copy()

    @property
    def partitions(self) -> pd.DataFrame:
        return self._partitions.copy()

    @property
    def layers(self) -> tuple[str, ...]:
        """The default layers."""
        return tuple(name for name, spec in self.specs.items() if spec.in_default)

    @property
    def all_layers(self) -> tuple[str, ...]:
        """The default layers, the optional ones, and the projections of the two-mode ones."""
        shared = [name + SHARED for name, spec in self.specs.items() if spec.mode == 2]
        return (*self.specs, *shared)

    def at(self, year: int, rule: str = "31 December") -> Snapshot:
        """The snapshot of a year.

        Parameters
        ----------
        year : int
        rule : {"31 December", "any", "share"}
            In force on 31 December (default), on any day of the year, or weighted by the share of the year.
        """
        if year not in self.years:
            raise ValueError(f"no snapshot of {year}: the data cover {self.years[0]}–{self.years[-1]}")
        return Snapshot(self, year, rule)

    def labels(self, layer: str) -> pd.Index:
        """The actors that can have ties in a layer."""
        kinds = self.specs[layer.removesuffix(SHARED)].actor_kinds
        if kinds not in self._labels:
            frame = self._actors
            if kinds and "kind" in frame:
                frame = frame[frame["kind"].isin(kinds)]
            self._labels[kinds] = pd.Index(frame["actor_id"].to_numpy(), name=None)
        return self._labels[kinds]

    def panel_actors(self) -> pd.Index:
        """The actors that stand in panels: states that are only transited are left out."""
        frame = self._actors
        if "kind" in frame:
            frame = frame[~frame["kind"].isin(["transit_only", "aggregate"])]
        return pd.Index(frame["actor_id"].to_numpy(), name=None)

    def stack(
        self, layer: str, years: Sequence[int] | None = None, *, rule: str = "31 December", keep: bool = True
    ) -> LayerStack:
        """A layer over years as matrices, NaN where nothing is known.

        Parameters
        ----------
        layer : str
            Any of `all_layers`.
        years : sequence of int, optional
            Default: all.
        rule : {"31 December", "any", "share"}
        keep : bool, default True
            Whether to remember it for the next time.
        """
        when = tuple(self.years if years is None else years)
        key = (layer, when, rule)
        if key in self._stacks:
            return self._stacks[key]
        made = self._stack(layer, when, rule, keep)
        if keep:
            self._stacks[key] = made
        return made

    def _sliced(self) -> dict[str, pd.DataFrame]:
        # One slice of the sorted tie table a layer, cut once: snapshots and stacks are views over it.
        names, codes = self._ties["layer"].cat.categories, self._ties["layer"].cat.codes.to_numpy()
        ends = np.cumsum(np.bincount(codes[codes >= 0], minlength=len(names)))
        return {
            name: self._ties.iloc[first:last]
            for name, first, last in zip(names, [0, *ends], ends, strict=False)
            if first < last
        }

    def __getstate__(self) -> dict[str, Any]:
        # What can be made again is not sent to other processes.
        return {**self.__dict__, "_slices": {}, "_stacks": {}, "_calendars": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._slices = self._sliced()

    def _stack(self, layer: str, years: tuple[int, ...], rule: str, keep: bool) -> LayerStack:
        if layer.endswith(SHARED) and layer.removesuffix(SHARED) in self.specs:
            base = self.stack(layer.removesuffix(SHARED), years, rule=rule, keep=keep)
            made = [
                project(base.layer(k, self), self.organization_sizes(year), name=layer) for k, year in enumerate(years)
            ]
            shared = {"shared": np.stack([m.matrix for m in made])}
            return LayerStack(made[0].spec, years, made[0].labels, made[0].labels, shared, rule)
        if layer not in self.specs:
            raise KeyError(f"no layer named {layer!r}; there are {', '.join(self.all_layers)}")
        spec = self.specs[layer]
        rows = self.labels(layer)
        columns = pd.Index(self._organizations["org_id"].to_numpy()) if spec.mode == 2 else rows
        kinds = {
            kind: _fill(ties, at, share, when, len(years), rows, columns, spec.kind_combine.get(kind, "sum"))
            for kind, ties, when, at, share in self._counting(layer, years, rule)
        }
        return LayerStack(spec, years, rows, columns, kinds, rule)

    def _counting(
        self, layer: str, years: Sequence[int], rule: str
    ) -> Iterator[tuple[str, pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]]:
        """Kind by kind: the layer's ties, and for each that counts the place of its year, its own, how much counts."""
        ties = self._slices[layer] if layer in self._slices else self._ties.iloc[:0]
        if layer not in self._calendars:
            self._calendars[layer] = Calendar.of(ties)
        when, at, share = self._calendars[layer].counting(ties, years, rule)
        code = ties["kind"].array.codes
        used = pd.unique(code[code >= 0]).tolist()
        for k in used or [-1]:
            own = slice(None) if len(used) < 2 else code[at] == k
            yield ties["kind"].cat.categories[k] if k >= 0 else layer, ties, when[own], at[own], share[own]

    def layer(self, name: str, year: int, *, rule: str = "31 December") -> Layer:
        """A layer in one year: what a snapshot holds. Of more than 2,000 actors it is kept as a sparse matrix."""
        spec = self.specs.get(name)
        if spec is None or spec.mode == 2 or len(self._actors) <= LARGE:
            return self.stack(name, [year], rule=rule).layer(0, self)
        rows = self.labels(name)
        kinds = {
            kind: fill_sparse(ties, at, share, rows, spec.kind_combine.get(kind, "sum"))
            for kind, ties, _, at, share in self._counting(name, [year], rule)
        }
        return LargeLayer(spec, year, rows, rows, kinds, self, rule)

    def organization_sizes(self, year: int) -> dict[str, float]:
        """World membership of each organization on 31 December, where known."""
        if self._sizes is None:
            return {}
        own = self._sizes[(self._sizes["year"] == year) & self._sizes["n_members"].notna()]
        return dict(zip(own["org_id"], own["n_members"].astype(float), strict=True))

    def margins(self, layer: str, year: int) -> pd.DataFrame:
        """Every economy's exports to and imports from the whole world in a year, by economy.

        And, where known, with how many partners in the whole world (export_partners, import_partners).
        """
        if self._margins is None:
            raise ValueError(
                f"no world margins of {layer} here: shares and intensities need them (from_edges(margins=...))"
            )
        own = self._margins[(self._margins["layer"] == layer) & (self._margins["year"] == year)]
        return own.drop(columns=["layer", "year"]).set_index("economy").sort_index()

    def partition(self, name: str, year: int | None = None) -> pd.Series:
        """Actor → group on 31 December of a year (the year may be left out where the partition never changes)."""
        known = list(dict.fromkeys(self._partitions["partition"]))
        own = self._partitions[self._partitions["partition"] == name]
        if own.empty:
            raise KeyError(f"no partition named {name!r}; there are {', '.join(known) or 'none'}")
        if year is not None and self.changes(name):
            last = pd.Timestamp(year, 12, 31)
            own = own[(own["start"].isna() | (own["start"] <= last)) & (own["end"].isna() | (own["end"] > last))]
        if own["actor_id"].duplicated().any():
            raise ValueError(f"the partition {name!r} changes over the years: name a year")
        groups = own.set_index("actor_id")["group"].sort_index()
        return groups.rename(name).rename_axis(None)

    def changes(self, partition: str) -> bool:
        """Whether anybody joins or leaves a group of a partition at some time."""
        if self._dated is None:
            dated = self._partitions["start"].notna() | self._partitions["end"].notna()
            self._dated = set(self._partitions["partition"].array[dated.to_numpy()])
        return partition in self._dated

    def receipts(
        self,
        layer: str,
        year: int | None,
        *,
        rule: str = "31 December",
        kinds: Sequence[str] | None = None,
        source: str | None = None,
        target: str | None = None,
        actor: str | None = None,
    ) -> pd.DataFrame:
        """The ties of a layer in force in a year, each with its evidence (see `Layer.ties`)."""
        layer = layer.removesuffix(SHARED)
        ties = self._slices.get(layer, self._ties.iloc[:0])
        keep = (ties["status"] == "present").to_numpy(copy=True)
        if year is not None:
            keep &= in_force(ties, year, rule) > 0
        if kinds is not None and layer in self.specs and self.specs[layer].mode == 1:
            keep &= ties["kind"].isin(list(kinds)).to_numpy()
        either = ties["mutual"].to_numpy()
        for column, other, wanted in (("source", "target", source), ("target", "source", target)):
            if wanted is not None:
                keep &= (ties[column] == wanted).to_numpy() | (either & (ties[other] == wanted).to_numpy())
        if actor is not None:
            keep &= ((ties["source"] == actor) | (ties["target"] == actor)).to_numpy()
        found = self._named(ties[keep])
        known = self._evidence if self._evidence is not None else pd.DataFrame(columns=EVIDENCE, dtype=object)
        return found.join(known, on="evidence_id").reset_index(drop=True)

    def reweight(self, weights: Mapping[str, Mapping[str, float]]) -> MultilayerNetwork:
        """Another point of the weight simplex: layer → kind → weight; kinds not named weigh 0."""
        specs = dict(self.specs)
        for layer, kinds in weights.items():
            known = set(self._slices[layer]["kind"].unique()) if layer in self._slices else set()
            odd = set(kinds) - known
            if odd:
                raise KeyError(f"{layer} has no kind {', '.join(sorted(odd))}; it has {', '.join(sorted(known))}")
            specs[layer] = replace(
                specs[layer], composition="shares", kind_weights={k: float(kinds.get(k, 0.0)) for k in sorted(known)}
            )
        return self.replaced(
            specs=specs, provenance={**self.provenance, "weights": {k: dict(v) for k, v in weights.items()}}
        )

    def without(self, evidence_id: str | Iterable[str]) -> MultilayerNetwork:
        """The same network as if these rows of evidence had not been found: what would fall with them?

        A row of evidence is a treaty, a base, an exercise, a membership; all ties that rest on it go at once.

        Parameters
        ----------
        evidence_id : str or iterable of str

        Raises
        ------
        KeyError
            No such evidence.
        """
        return without_evidence(self, evidence_id)

    def with_ties(self, frame: pd.DataFrame) -> MultilayerNetwork:
        """The same network with more ties: what if these had been recorded?

        Parameters
        ----------
        frame : pandas.DataFrame
            One row a tie, columns as in `from_edges`; layers, actors and organizations must be known here. A tie
            whose evidence_id is known here rests on that row of evidence, which stays as it is. Without an
            evidence_id each tie is a row of evidence of its own, ``added-1``, ``added-2``, ...

        Returns
        -------
        MultilayerNetwork
            A present tie counts even where its pair was unknown before; years, sizes and margins stay as they are.

        Raises
        ------
        DataError
            A layer, actor or organization that is not here, and whatever `from_edges` refuses.

        Examples
        --------
        >>> import pandas as pd
        >>> import influence as inf
        >>> ties = pd.DataFrame({"layer": "aid", "source": ["A", "B"], "target": ["B", "C"], "year": [2001, 2002]})
        >>> net = inf.MultilayerNetwork.from_edges(ties)
        >>> more = net.with_ties(pd.DataFrame({"layer": ["aid"], "source": ["A"], "target": ["C"], "year": [2001]}))
        >>> inf.centrality.degree_out(more.at(2001)["aid"]).to_dict()
        {'A': 2.0, 'B': 0.0, 'C': 0.0}
        """
        return with_more_ties(self, frame)

    def sorted_ties(self) -> pd.DataFrame:
        """The table of ties as it is kept: sorted, names as categoricals; `ties` shows them as plain values."""
        if self._evidence is not None:
            return self._ties
        return self._ties.assign(evidence_id=self._named(self._ties)["evidence_id"])

    def replaced(self, **changes: Any) -> MultilayerNetwork:
        """The same network with some of what it was made of replaced, by the names of the constructor."""
        own = {
            "ties": self._ties,
            "evidence": self._evidence,
            "actors": self._actors,
            "specs": self.specs,
            "organizations": self._organizations,
            "partitions": self._partitions,
            "years": self.years,
            "sizes": self._sizes,
            "provenance": self.provenance,
            "margins": self._margins,
        }
        return MultilayerNetwork(**{**own, **changes})

    def summary(self) -> pd.DataFrame:
        """One row a layer: mode, direction, ties in the first and the last year, kinds, sources, unit."""
        rows = []
        for name, spec in self.specs.items():
            ties = self._slices.get(name, self._ties.iloc[:0])
            told = self._evidence.loc[ties["evidence_id"].unique(), "source_id"] if self._evidence is not None else []
            sources = {key for joined in pd.Series(told, dtype=object).dropna() for key in str(joined).split(";")}
            rows.append(
                {
                    "layer": name,
                    "default": spec.in_default,
                    "mode": spec.mode,
                    "directed": spec.directed,
                    str(self.years[0]): len(self.at(self.years[0])[name].to_edges()),
                    str(self.years[-1]): len(self.at(self.years[-1])[name].to_edges()),
                    "kinds": ", ".join(ties["kind"].unique()),
                    "sources": len(sources),
                    "unit": spec.unit,
                }
            )
        return pd.DataFrame(rows).set_index("layer")

    def __repr__(self) -> str:
        version = self.provenance.get("data_version")
        head = (
            f"MultilayerNetwork: {len(self.panel_actors())} actors, {len(self._organizations)} organizations, "
            f"{self.years[0]}–{self.years[-1]}, {len(self._ties):,} tie records on "
            f"{len(self._ties if self._evidence is None else self._evidence):,} rows of evidence"
        )
        with pd.option_context("display.width", 160, "display.max_columns", 20, "display.max_colwidth", 60):
            table = self.summary().drop(columns="unit").to_string()
        return "\n".join([head, table, *([f"data version {version}"] if version else [])])

    def _repr_html_(self) -> str:
        head = repr(self).partition("\n")[0]
        return f"<p><b>{head}</b></p>" + self.summary().to_html(border=0)


def _fill(
    ties: pd.DataFrame,
    at: np.ndarray,
    share: np.ndarray,
    year: np.ndarray,
    years: int,
    rows: pd.Index,
    columns: pd.Index,
    combine: str,
) -> np.ndarray:
    """Lay ties into matrices, one a year: sums (or once), then NaN where a tie is only known to be unknown."""
    shape = (years, len(rows), len(columns))
    i, j = places(ties["source"], at, rows), places(ties["target"], at, columns)
    inside = (i >= 0) & (j >= 0)
    present, hidden, amount = told(ties, at, share)
    mutual = ties["mutual"].to_numpy()[at] & (len(rows) == len(columns))
    filled, gaps = np.zeros(shape), np.zeros(shape, dtype=bool)
    for source, target, use in ((i, j, inside), (j, i, inside & mutual)):
        unknown, known = use & hidden, use & present
        gaps[year[unknown], source[unknown], target[unknown]] = True
        if not known.any():
            continue
        cell = np.ravel_multi_index((year[known], source[known], target[known]), shape)
        if combine == "once":
            np.maximum.at(filled.reshape(-1), cell, amount[known])
        else:
            filled += np.bincount(cell, weights=amount[known], minlength=filled.size).reshape(shape)
    filled[gaps & (filled == 0)] = np.nan
    return filled


def _table(given: pd.DataFrame | Iterable[str], key: str) -> pd.DataFrame:
    if isinstance(given, pd.DataFrame):
        frame = given.reset_index() if key not in given else given.copy()
        twice = frame[key][frame[key].duplicated()]
        if len(twice):
            raise DataError(
                [Problem(key.removesuffix("_id"), None, key, str(v), "stands twice") for v in twice.unique()]
            )
        return frame
    return pd.DataFrame({key: pd.Series(list(given), dtype=object)})


def _partitions(given: pd.DataFrame | None, actors: pd.DataFrame) -> pd.DataFrame:
    columns = ["partition", "group", "actor_id", "start", "end"]
    if given is None:
        return pd.DataFrame(columns=columns)
    frame = given.copy()
    for column in ("start", "end"):
        frame[column] = pd.to_datetime(frame[column]) if column in frame else pd.NaT
    known = frame["actor_id"].isin(actors["actor_id"])
    if not known.all():
        odd = frame[~known]
        raise DataError(
            [
                Problem("partitions", int(str(k)) + 1, "actor_id", str(v), "not an actor")
                for k, v in odd["actor_id"].items()
            ]
        )
    return frame[columns]


def _years(ties: pd.DataFrame) -> list[int]:
    dates = [d.dt.year for d in (ties["start"], ties["end"]) if d.notna().any()]
    found = [f(c) for c in (ties["year"], *dates) if c.notna().any() for f in (pd.Series.min, pd.Series.max)]
    if not found:
        raise DataError([Problem("edges", None, "year", None, "no tie has a date: name years=[...]")])
    return list(range(int(min(found)), int(max(found)) + 1))
