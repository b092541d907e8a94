"""A layer of a snapshot: one kind of relation among all actors in one year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.network.adapter import GraphError, without_gaps
from influence.network.seats import newman_weights

if TYPE_CHECKING:
    import igraph
    import networkx
    import scipy.sparse

    from influence.network.multilayer import MultilayerNetwork


@dataclass(frozen=True)
class LayerSpec:
    """What a row of `layers.csv` (or of the `layers=` table of `from_edges`) says of a layer.

    Attributes
    ----------
    name : str
    directed : bool
    mode : int
        1: actors × actors; 2: actors × organizations.
    unit : str
        What the weights count.
    weight_role : str
        "strength", "share" or "presence".
    flow_process : str
        What travels along the ties: "transport", "walk" or "none". Path metrics are offered by default only where it
        is "transport".
    composition : str
        How kinds make one matrix: "sum" of their weights (one unit), or "shares" (within-kind shares times
        `kind_weights`, for kinds without a common unit).
    binarise : str
        How presence is read where a measure asks for it: "positive" or "intensity>1".
    in_default : bool
    actor_kinds : tuple of str
        Which kinds of actors can have ties here.
    kind_weights : dict of str to float
        A labelled point of the weight simplex (METHOD: kinds side by side first).
    kind_combine : dict of str to str
        "sum", or "once" where a pair counts once however many instruments join it.
    mutual_kinds : frozenset of str
        Kinds all of whose ties are mutual: read alone, they are undirected. Told by the ties.
    """

    name: str
    directed: bool = True
    mode: int = 1
    unit: str = "ties"
    weight_role: str = "strength"
    flow_process: str = "none"
    composition: str = "sum"
    binarise: str = "positive"
    in_default: bool = True
    actor_kinds: tuple[str, ...] = ()
    kind_weights: Mapping[str, float] = field(default_factory=dict)
    kind_combine: Mapping[str, str] = field(default_factory=dict)
    mutual_kinds: frozenset[str] = frozenset()


def compose(
    kinds: Mapping[str, np.ndarray], spec: LayerSpec, *, presence: bool = False, unknown: str = "absent"
) -> np.ndarray:
    """Make one matrix (or stack of matrices) of a layer's kinds.

    A kind is NaN where nothing is known of it. The result is NaN only where nothing is known of any kind; elsewhere
    unknown kinds count as absent, or with ``unknown="present"`` as a tie of the kind's median strength in that year.
    """
    arrays = list(kinds.values())
    if not arrays:
        raise GraphError(f"the layer {spec.name} has no ties of any kind")
    nothing_known = np.isnan(arrays[0])
    for array in arrays[1:]:
        nothing_known &= np.isnan(array)
    total = np.zeros_like(arrays[0])
    for name, array in kinds.items():
        known = without_gaps(array, unknown)
        if spec.composition == "shares":
            whole = known.sum(axis=(-2, -1), keepdims=True)
            # Without weights all kinds count alike; with them, a kind that is not named does not count.
            weight = spec.kind_weights.get(name, 0.0) if spec.kind_weights else 1.0 / len(kinds)
            total += weight * np.divide(known, whole, out=np.zeros_like(known), where=whole > 0)
        else:
            total += known
    if presence:
        total = (total > 0).astype(float)
    total[nothing_known] = np.nan
    return total


class Layer:
    """One layer in one year, labelled. Every metric takes it; it converts to the formats of other libraries.

    Get one from a snapshot (``net.at(2009)["trade"]``); `kinds` opens it into the kinds of tie it is made of, and
    `ties` into the evidence behind it.
    """

    def __init__(
        self,
        spec: LayerSpec,
        year: int | None,
        rows: pd.Index,
        columns: pd.Index,
        kinds: Mapping[str, np.ndarray],
        network: MultilayerNetwork | None = None,
        rule: str = "31 December",
    ) -> None:
        self.spec, self.year, self.rule = spec, year, rule
        self._rows, self._columns, self._kinds, self._network = rows, columns, dict(kinds), network

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def labels(self) -> pd.Index:
        """The actors."""
        return self._rows

    @property
    def directed(self) -> bool:
        return self.spec.directed

    @property
    def mode(self) -> int:
        return self.spec.mode

    @cached_property
    def kinds(self) -> dict[str, Layer]:
        """The kinds of tie in this layer, each a layer of its own in its own unit."""
        return {
            kind: type(self)(
                _one_kind(self.spec, kind), self.year, self._rows, self._columns, {kind: a}, self._network, self.rule
            )
            for kind, a in self._kinds.items()
        }

    @cached_property
    def matrix(self) -> np.ndarray:
        """Ties from row to column, NaN where nothing is known. Read-only; `to_adjacency` is the labelled copy."""
        matrix = compose(self._kinds, self.spec)
        matrix.flags.writeable = False
        return matrix

    @cached_property
    def unknown(self) -> pd.DataFrame:
        """True where at least one kind of tie is unknown: those ties are lower bounds."""
        gap = np.logical_or.reduce([np.isnan(a) for a in self._kinds.values()])
        return pd.DataFrame(gap, index=self._rows, columns=self._columns)

    @property
    def unknown_ties(self) -> int:
        """How many ties are unknown or partly unknown."""
        return int(self.unknown.to_numpy().sum())

    @property
    def provenance(self) -> dict[str, Any]:
        """Where it comes from: travels with every result in ``result.attrs["influence"]``."""
        origin = dict(self._network.provenance) if self._network is not None else {}
        return {**origin, "layer": self.name, "year": self.year, "rule": self.rule}

    def to_matrix(self, weight: str | None = "weight", *, unknown: str = "absent") -> tuple[np.ndarray, pd.Index, bool]:
        """Matrix (NaN where nothing is known), labels, directed: what `as_matrix` reads."""
        if self.mode == 2:
            raise GraphError(
                f"{self.name} is a two-mode layer (actors × organizations): use the projection "
                f'snap["{self.name}:shared"], or a two-mode metric'
            )
        if unknown == "raise" and self.unknown_ties:
            row, column = (int(k[0]) for k in np.nonzero(self.unknown.to_numpy()))
            raise GraphError(
                f"{self.unknown_ties} ties of {self.name} are unknown or partly unknown, the first "
                f'{self._rows[row]} → {self._columns[column]}; unknown="absent" or "present" gives the two bounds'
            )
        return compose(self._kinds, self.spec, presence=weight is None, unknown=unknown), self._rows, self.directed

    def incidence(self) -> pd.DataFrame:
        """Actors × organizations, for a two-mode layer."""
        if self.mode != 2:
            raise GraphError(f"{self.name} is a one-mode layer: it has no incidence matrix")
        return pd.DataFrame((self.matrix > 0).astype(float), index=self._rows, columns=self._columns)

    def to_adjacency(self) -> pd.DataFrame:
        """The labelled matrix; NaN where nothing is known."""
        return pd.DataFrame(self.matrix.copy(), index=self._rows, columns=self._columns)

    @property
    def margins(self) -> pd.DataFrame:
        """Every economy's exports to and imports from the whole world in this year: the denominators of shares."""
        if self._network is None or self.year is None:
            raise GraphError("this layer was made from a matrix: it has no world margins")
        return self._network.margins(self.name, self.year)

    def to_edges(self) -> pd.DataFrame:
        """One row a tie: source, target, weight. In an undirected layer each pair stands once."""
        matrix = np.nan_to_num(self.matrix)
        if self.mode == 1 and not self.directed:
            matrix = np.triu(matrix)
        i, j = np.nonzero(matrix)
        return pd.DataFrame({"source": self._rows[i], "target": self._columns[j], "weight": matrix[i, j]})

    def to_networkx(self) -> networkx.Graph:
        """A networkx DiGraph (Graph if undirected; bipartite Graph with ``bipartite`` 0/1 if two-mode)."""
        import networkx as nx

        graph = nx.DiGraph() if self.directed and self.mode == 1 else nx.Graph()
        graph.graph.update(name=self.name, year=self.year)
        graph.add_nodes_from(self._rows, **({"bipartite": 0} if self.mode == 2 else {}))
        if self.mode == 2:
            graph.add_nodes_from(self._columns, bipartite=1)
        graph.add_weighted_edges_from(self.to_edges().itertuples(index=False))
        return graph

    def to_igraph(self) -> igraph.Graph:
        """An igraph Graph with vertex ``name`` and edge ``weight`` (and vertex ``type`` if two-mode)."""
        import igraph as ig

        edges = self.to_edges()
        names = [*self._rows, *self._columns] if self.mode == 2 else list(self._rows)
        at = {name: k for k, name in enumerate(names)}
        graph = ig.Graph(
            n=len(names),
            edges=list(zip(edges["source"].map(at).tolist(), edges["target"].map(at).tolist(), strict=True)),
            directed=self.directed and self.mode == 1,
        )
        graph.vs["name"] = names
        if self.mode == 2:
            graph.vs["type"] = [False] * len(self._rows) + [True] * len(self._columns)
        graph.es["weight"] = edges["weight"].tolist()
        return graph

    def to_scipy(self) -> scipy.sparse.csr_array:
        """A sparse matrix in the order of `labels`; what is unknown is left out."""
        import scipy.sparse as sp

        return sp.csr_array(np.nan_to_num(self.matrix))

    def ties(self, source: str | None = None, target: str | None = None, *, actor: str | None = None) -> pd.DataFrame:
        """The receipts: every tie of this layer in force, with its evidence.

        Parameters
        ----------
        source, target : str, optional
            Only ties from, or to, this actor. Mutual ties have no direction: either end answers.
        actor : str, optional
            Only ties at either end of which this actor stands.

        Returns
        -------
        pandas.DataFrame
            source, target, kind, weight, start, end, status and the columns of the evidence table.
        """
        if self._network is None:
            raise GraphError("this layer was made from a matrix: it carries no evidence")
        weights = self.spec.kind_weights
        counting = [k for k in self._kinds if self.spec.composition != "shares" or not weights or weights.get(k, 0) > 0]
        return self._network.receipts(
            self.name, self.year, rule=self.rule, kinds=counting, source=source, target=target, actor=actor
        )

    def __repr__(self) -> str:
        unit = f", {self.spec.unit}" if self.spec.unit else ""
        gaps = self.unknown_ties
        lines = [
            f"Layer {self.name!r}, {self.rule} {self.year}: {len(self._rows)} actors"
            + (f" × {len(self._columns)} organizations" if self.mode == 2 else "")
            + f", {len(self.to_edges())} {'directed ' if self.directed and self.mode == 1 else ''}ties{unit}"
        ]
        if len(self._kinds) > 1:
            lines.append("  kinds: " + ", ".join(f"{k} {len(v.to_edges())}" for k, v in self.kinds.items()))
        if gaps:
            lines.append(f"  {gaps} ties unknown or partly unknown")
        return "\n".join(lines)


def _one_kind(spec: LayerSpec, kind: str) -> LayerSpec:
    directed = spec.directed and kind not in spec.mutual_kinds
    return replace(spec, directed=directed, composition="sum", kind_weights={kind: 1.0})


def project(layer: Layer, sizes: Mapping[str, float] | None = None, *, name: str | None = None) -> Layer:
    """One-mode projection of a two-mode layer: actors tied by the organizations they share.

    Each shared organization adds 1/(size − 1) (Newman 2001), so that one seat in a club of six weighs more than one
    in a body of two hundred. Sizes are the organization's world membership where known, else its members here.
    """
    incidence = layer.incidence()
    world = pd.Series(sizes or {}, dtype=float).reindex(incidence.columns)
    seats = incidence.to_numpy()
    matrix = seats * newman_weights(seats, world.to_numpy()) @ seats.T
    np.fill_diagonal(matrix, 0.0)
    spec = LayerSpec(
        name or f"{layer.name}:shared",
        directed=False,
        unit="shared organizations, Newman weight",
        flow_process="none",
        in_default=False,
    )
    return Layer(spec, layer.year, incidence.index, incidence.index, {"shared": matrix}, layer._network, layer.rule)
