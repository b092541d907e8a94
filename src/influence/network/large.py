"""A layer of many actors: the same ties, kept as a sparse matrix.

What is not stored is known to be absent; an unknown tie is stored as NaN.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.network.adapter import GraphError, stand_in
from influence.network.edges import places, told
from influence.network.layer import Layer, LayerSpec

if TYPE_CHECKING:
    import scipy.sparse


class LargeLayer(Layer):
    """A one-mode layer of more than 2,000 actors in one year.

    Degree, strength, structural holes and brokerage roles read it as it is. What would need a square table of all
    actors (`to_adjacency`, `unknown`) is refused.
    """

    @cached_property
    def matrix(self) -> Any:
        """Ties from row to column as a scipy.sparse.csr_array, NaN where nothing is known."""
        return compose_sparse(self._kinds, self.spec)

    @property
    def unknown(self) -> pd.DataFrame:
        raise self._refused("unknown")

    @property
    def unknown_ties(self) -> int:
        return int(_any_gap(self._kinds).nnz)

    def to_adjacency(self) -> pd.DataFrame:
        raise self._refused("to_adjacency")

    def to_matrix(self, weight: str | None = "weight", *, unknown: str = "absent") -> tuple[Any, pd.Index, bool]:
        """Sparse matrix (NaN where nothing is known), labels, directed: what `as_matrix` reads."""
        if unknown == "raise" and self.unknown_ties:
            row, column = (self._rows[int(k[0])] for k in _any_gap(self._kinds).nonzero())
            raise GraphError(
                f"{self.unknown_ties} ties of {self.name} are unknown or partly unknown, the first {row} → {column}; "
                'unknown="absent" or "present" gives the two bounds'
            )
        made = compose_sparse(self._kinds, self.spec, presence=weight is None, unknown=unknown)
        return made, self._rows, self.directed

    def to_edges(self) -> pd.DataFrame:
        """One row a tie: source, target, weight. In an undirected layer each pair stands once."""
        ties = self.to_scipy().tocoo()
        once = np.ones(ties.nnz, dtype=bool) if self.directed else ties.row <= ties.col
        ends = {"source": self._rows[ties.row[once]], "target": self._rows[ties.col[once]]}
        return pd.DataFrame({**ends, "weight": ties.data[once]})

    def to_scipy(self) -> scipy.sparse.csr_array:
        """The matrix in the order of `labels`; what is unknown is left out."""
        return _without_gaps(self.matrix, "absent")

    def _refused(self, what: str) -> GraphError:
        n = len(self._rows)
        return GraphError(
            f"{what} of {self.name} would be a table of {n:,} × {n:,}: use to_edges() or to_scipy(), in which an "
            "unknown tie is left out (matrix has it as NaN)"
        )


def fill_sparse(ties: pd.DataFrame, at: np.ndarray, share: np.ndarray, rows: pd.Index, combine: str) -> Any:
    """Lay the ties of one kind and year into a sparse matrix: sums (or once), NaN where only known to be unknown."""
    import scipy.sparse as sp

    i, j = places(ties["source"], at, rows), places(ties["target"], at, rows)
    present, hidden, amount = told(ties, at, share)
    inside, mutual = (i >= 0) & (j >= 0), ties["mutual"].to_numpy()[at]
    ways = ((i, j, inside), (j, i, inside & mutual))
    cell = np.concatenate([source[use] * len(rows) + target[use] for source, target, use in ways])
    value = np.concatenate([np.where(hidden, 0.0, amount)[use] for _, _, use in ways])
    dark = np.concatenate([hidden[use] for _, _, use in ways])
    known = np.concatenate([present[use] for _, _, use in ways])
    cells, where = np.unique(cell[known | dark], return_inverse=True)
    filled, value, dark = np.zeros(len(cells)), value[known | dark], dark[known | dark]
    if combine == "once":
        np.maximum.at(filled, where, value)
    else:
        filled += np.bincount(where, weights=value, minlength=len(cells))
    gaps = np.zeros(len(cells), dtype=bool)
    gaps[where[dark]] = True
    filled[gaps & (filled == 0)] = np.nan
    made = sp.csr_array((filled, np.divmod(cells, len(rows))), shape=(len(rows), len(rows)))
    made.eliminate_zeros()
    return made


def compose_sparse(
    kinds: Mapping[str, Any], spec: LayerSpec, *, presence: bool = False, unknown: str = "absent"
) -> scipy.sparse.csr_array:
    """Make one sparse matrix of a layer's kinds: what `compose` does with dense ones."""
    if not kinds:
        raise GraphError(f"the layer {spec.name} has no ties of any kind")
    total = nothing_known = None
    for name, one in kinds.items():
        known, gap = _without_gaps(one, unknown), _gap(one)
        if spec.composition == "shares":
            whole = known.sum()
            weight = spec.kind_weights.get(name, 0.0) if spec.kind_weights else 1.0 / len(kinds)
            known = known * (weight / whole if whole > 0 else 0.0)
        total = known if total is None else total + known
        nothing_known = gap if nothing_known is None else nothing_known.multiply(gap)
    assert total is not None and nothing_known is not None
    total.eliminate_zeros()
    if presence:
        total = (total > 0).astype(float)
    if nothing_known.nnz:
        total = total + nothing_known.astype(float) * np.nan  # a gap, whatever it counted as: it is told as one
    return total


def _gap(one: Any) -> Any:
    gap = one.copy()
    gap.data = np.isnan(one.data)
    gap.eliminate_zeros()
    return gap


def _any_gap(kinds: Mapping[str, Any]) -> Any:
    return functools.reduce(operator.add, (_gap(one) for one in kinds.values()))


def _without_gaps(one: Any, unknown: str) -> Any:
    known = one.copy()
    known.data[np.isnan(one.data)] = stand_in(one.data) if unknown == "present" else 0.0
    known.eliminate_zeros()
    return known
