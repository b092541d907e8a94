"""A layer of one year as something that rows of evidence switch on and off, without a new network each time.

A row of evidence that is wrong takes all its ties along; a tie that was missed comes in. Both are switches here, and
a stack of matrices is made from many settings of them at once: the same matrices that a network would give which was
built without, or with, those rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from influence.metrics.backbone import binarise
from influence.network import LayerSpec, MultilayerNetwork
from influence.network.edges import in_force
from influence.network.layer import compose
from influence.network.seats import newman_weights
from influence.network.snapshot import SHARED

CANDIDATE = ["layer", "kind", "source", "target", "year", "weight", "mutual"]


class Entries(NamedTuple):
    """The ties of one kind, cell by cell: entry e adds `amount[e]` to its cell while row `row[e]` stands."""

    row: np.ndarray
    amount: np.ndarray
    cells: np.ndarray  # flat places in the matrix, each once
    starts: np.ndarray  # where the entries of each cell begin
    once: bool  # a pair counts once, however many rows join it


@dataclass(frozen=True)
class Switches:
    """What can be switched in a layer and year.

    Attributes
    ----------
    spec : LayerSpec
        Of the layer, or of the one kind that is read.
    year : int
    labels, columns : pandas.Index
        Actors; actors, or organizations in a two-mode layer.
    ids : numpy.ndarray of str, shape (m,)
        Rows of evidence and missed ties, sorted.
    recorded : numpy.ndarray of bool, shape (m,)
        False for ties that are not recorded.
    p : numpy.ndarray, shape (m,)
        Probability that the row is miscoded: that a recorded tie is not there, or that a missing one is.
    entries : dict of str to Entries
        By kind.
    projected : bool
        Whether a two-mode layer is read as its projection.
    sizes : numpy.ndarray
        World membership of each organization, NaN where it is not known.
    margins : pandas.DataFrame or None
        World totals, where presence is read from intensity.
    """

    spec: LayerSpec
    year: int
    labels: pd.Index
    columns: pd.Index
    ids: np.ndarray
    recorded: np.ndarray
    p: np.ndarray
    entries: Mapping[str, Entries]
    projected: bool
    sizes: np.ndarray
    margins: pd.DataFrame | None

    @property
    def directed(self) -> bool:
        return self.spec.directed and self.spec.mode == 1

    def standing(self, flips: np.ndarray) -> np.ndarray:
        """Which rows count, given which are miscoded."""
        return self.recorded ^ np.asarray(flips, dtype=bool)

    def matrices(self, flips: np.ndarray, factors: np.ndarray | None = None) -> np.ndarray:
        """The layer's matrix under each setting, shape (k, n, n); actors × organizations if two-mode, not projected.

        Parameters
        ----------
        flips : numpy.ndarray of bool, shape (k, m)
        factors : numpy.ndarray, shape (k, m), optional
            What the amounts of each row are multiplied by.
        """
        stands = self.standing(flips)
        weight = stands if factors is None else stands * factors
        shape = (len(stands), len(self.labels), len(self.columns))
        kinds = {}
        for kind, own in self.entries.items():
            filled = np.zeros((shape[0], shape[1] * shape[2]))
            if len(own.row):
                amounts = weight[:, own.row] * own.amount
                gather = np.maximum if own.once else np.add
                filled[:, own.cells] = gather.reduceat(amounts, own.starts, axis=1)
            kinds[kind] = filled.reshape(shape)
        matrix = compose(kinds, self.spec)
        if self.spec.mode == 2:
            matrix = (matrix > 0).astype(float)
            return self._shared(matrix) if self.projected else matrix
        places = np.arange(shape[1])
        matrix[:, places, places] = 0.0
        return matrix

    def presence(self, matrices: np.ndarray) -> np.ndarray:
        """Which ties are there, by the layer's own rule."""
        rule = "positive" if self.projected else self.spec.binarise
        if rule == "positive":
            return (matrices > 0).astype(float)
        return np.stack([binarise(matrix, self.labels, rule, self.margins) for matrix in matrices])

    def _shared(self, seats: np.ndarray) -> np.ndarray:
        weights = newman_weights(seats, self.sizes)
        matrix = (seats * weights[:, None, :]) @ seats.transpose(0, 2, 1)
        places = np.arange(matrix.shape[-1])
        matrix[:, places, places] = 0.0
        return matrix


def switches(
    net: MultilayerNetwork,
    layer: str,
    year: int,
    p_false: pd.Series,
    candidates: pd.DataFrame,
    *,
    kind: str | None = None,
    projected: bool = True,
    rule: str = "31 December",
) -> Switches:
    """The rows of evidence of a layer (or one kind of tie in it) in a year, and the ties that may have been missed.

    Parameters
    ----------
    net : MultilayerNetwork
    layer : str
    year : int
    p_false : pandas.Series
        By evidence_id; who is not named is not in doubt.
    candidates : pandas.DataFrame
        Ties that are not recorded and may be there: the columns of `CANDIDATE`, evidence_id and p_true.
    kind : str, optional
    projected : bool, default True
        Whether a two-mode layer is read as its projection.
    rule : str
        See `MultilayerNetwork.at`.
    """
    base = layer.removesuffix(SHARED)
    stack = net.stack(base, [year], rule=rule)
    spec, known = stack.spec, list(stack.kinds)
    if spec.composition == "sum" or spec.kind_weights:  # a kind of which nothing is recorded may have been missed
        known += sorted({*candidates.loc[candidates["layer"] == base, "kind"]} - {*known})
    if kind is not None:
        if kind not in stack.kinds:
            raise KeyError(f"{base} has no kind {kind}; it has {', '.join(known)}")
        spec = stack.layer(0).kinds[kind].spec
        known = [kind]
    counting = [k for k in known if spec.composition != "shares" or not spec.kind_weights or spec.kind_weights.get(k)]
    ties = net.receipts(base, year, rule=rule)
    ties = ties[ties["kind"].isin(counting)]
    ties = ties.assign(amount=ties["weight"] * in_force(ties, year, rule))
    missed = candidates[(candidates["layer"] == base) & candidates["kind"].isin(counting)]
    missed = missed[missed["year"].isna() | (missed["year"] == year)]
    missed = missed.assign(amount=missed["weight"])
    columns = ["kind", "source", "target", "amount", "mutual", "evidence_id"]
    every = pd.concat([ties[columns].astype(object), missed[columns].astype(object)], ignore_index=True)
    i, j = stack.rows.get_indexer(pd.Index(every["source"])), stack.columns.get_indexer(pd.Index(every["target"]))
    inside = (i >= 0) & (j >= 0) & (every["amount"].to_numpy(dtype=float) > 0)
    every, i, j = every[inside], i[inside], j[inside]
    ids = np.array(sorted(every["evidence_id"].unique()), dtype=object)
    row = pd.Index(ids).get_indexer(pd.Index(every["evidence_id"]))
    recorded = ~np.isin(ids, missed["evidence_id"].to_numpy(dtype=object))
    p = pd.concat([p_false, missed.set_index("evidence_id")["p_true"]]).reindex(ids).fillna(0.0).to_numpy(dtype=float)
    both = every["mutual"].to_numpy(dtype=bool) & (spec.mode == 1)
    place = np.concatenate([i * len(stack.columns) + j, (j * len(stack.columns) + i)[both]])
    of_row, amount = np.concatenate([row, row[both]]), every["amount"].to_numpy(dtype=float)
    amount, of_kind = np.concatenate([amount, amount[both]]), every["kind"].to_numpy(dtype=object)
    of_kind = np.concatenate([of_kind, of_kind[both]])
    entries = {}
    for name in known:
        own = np.flatnonzero(of_kind == name)
        own = own[np.argsort(place[own], kind="stable")]
        cells, starts = np.unique(place[own], return_index=True)
        entries[name] = Entries(of_row[own], amount[own], cells, starts, spec.kind_combine.get(name) == "once")
    sizes = pd.Series(net.organization_sizes(year), dtype=float).reindex(stack.columns).to_numpy()
    margins = net.margins(base, year) if spec.binarise != "positive" else None
    return Switches(
        spec, year, stack.rows, stack.columns, ids, recorded, p, entries, projected and spec.mode == 2, sizes, margins
    )
