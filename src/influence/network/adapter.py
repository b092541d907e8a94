"""One door for every kind of graph: whatever comes in, a labelled matrix comes out.

Every metric calls `as_matrix` (or `as_incidence`, `as_stack`) once, so that what a weight is, which way a tie
points, what a self-loop or an unknown tie does, is decided in one place and is the same for all of them.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

Unknown = Literal["absent", "present", "raise"]
LARGE = 2_000  # actors from which a graph is read as a sparse matrix
DENSEST = 10_000  # actors up to which a sparse matrix may become a dense one: 0.8 GB


class SelfLoopWarning(UserWarning):
    """Self-loops were dropped: no measure here gives them a meaning."""


class GraphError(ValueError):
    """What was given is not a graph that can be read; the message says what is wrong and what would do."""


class Adjacency(NamedTuple):
    """A graph as a matrix: ``matrix[i, j]`` is the tie from ``labels[i]`` to ``labels[j]``.

    Attributes
    ----------
    matrix : numpy.ndarray or scipy.sparse.csr_array, shape (n, n), float64
        Tie strengths; 0 where there is no tie; no negative value, no NaN, an empty diagonal. Sparse if it came so, or
        from a networkx graph, igraph graph or layer of more than 2,000 actors; `dense` makes an array of it.
    labels : pandas.Index
        The actors, in the order in which they came.
    directed : bool
        If false, the matrix is symmetric and a pair is one tie.
    unknown : array of bool, dense or sparse as the matrix, or None
        The ties that were unknown before `unknown=` decided what to put in their place; None if none was.
    """

    matrix: Any
    labels: pd.Index
    directed: bool
    unknown: Any

    def dense(self) -> np.ndarray:
        """The matrix as a dense array.

        Raises
        ------
        GraphError
            More than 10,000 actors: what asks for it has no way with large sparse graphs.
        """
        return as_dense(self.matrix)


def as_dense(matrix: Any) -> np.ndarray:
    """A matrix, sparse or not, as a dense array, unless it is too large for one."""
    if isinstance(matrix, np.ndarray):
        return matrix
    n = matrix.shape[0]
    if n > DENSEST:
        raise GraphError(
            f"{n:,} actors are too many for this measure, which needs a dense matrix (here {8 * n * n / 1e9:,.0f} GB; "
            f"up to {DENSEST:,} actors): degree, strength, structural holes and brokerage roles read sparse ones"
        )
    made: np.ndarray = matrix.toarray()
    return made


class Incidence(NamedTuple):
    """A two-mode network: ``matrix[i, k]`` ties ``actors[i]`` to ``organizations[k]``."""

    matrix: np.ndarray
    actors: pd.Index
    organizations: pd.Index


class Stack(NamedTuple):
    """The layers of a multiplex network: ``matrix[l, i, j]``, aligned by name."""

    matrix: np.ndarray
    labels: pd.Index
    names: list[str]
    directed: np.ndarray


def as_matrix(
    graph: Any, *, weight: str | None = "weight", directed: bool | None = None, unknown: Unknown = "absent"
) -> Adjacency:
    """Read any graph as a labelled adjacency matrix.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        A DataFrame must be square with the same labels on both sides (their order may differ: columns are
        aligned to the index by name). A bare matrix is labelled 0 to n − 1.
    weight : str or None, default "weight"
        The edge attribute that holds the strength of a tie (networkx, igraph; a missing attribute counts as 1).
        None reads presence only: every tie is 1.
    directed : bool, optional
        Frames and matrices are directed unless told otherwise; graph objects know it themselves. False demands a
        symmetric matrix.
    unknown : {"absent", "present", "raise"}, default "absent"
        What NaN (a tie of which nothing is known) stands for: no tie, a tie of the median known strength (1 where
        no strengths differ), or an error. "absent" and "present" are the two bounds.

    Returns
    -------
    Adjacency

    Raises
    ------
    GraphError
        Not a graph; a frame that is not square, or with labels twice; a negative weight; an undirected reading of an
        asymmetric matrix; a two-mode layer; an unknown tie with ``unknown="raise"``.

    Warns
    -----
    SelfLoopWarning
        With the number of self-loops that were dropped.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"CHN": [5.0, 0.0], "RUS": [0.0, 3.0]}, index=["RUS", "CHN"])
    >>> as_matrix(frame).matrix          # columns follow the rows by name
    array([[0., 5.],
           [3., 0.]])
    """
    if unknown not in ("absent", "present", "raise"):
        raise ValueError(f'unknown must be "absent", "present" or "raise", not {unknown!r}')
    matrix, labels, known_directed = _read(graph, weight, unknown)
    if labels.has_duplicates:
        twice = ", ".join(map(str, labels[labels.duplicated()].unique()[:5]))
        raise GraphError(f"labels must be unique; these stand twice: {twice}")
    directed = known_directed if directed is None else directed
    matrix, hidden = _settle_unknown(matrix, labels, unknown)
    matrix = _drop_self_loops(matrix)
    low = matrix.min() if matrix.shape[0] else 0.0
    if low < 0:
        row, column = _first(matrix < 0)
        raise GraphError(
            f"the tie {labels[row]} → {labels[column]} has the negative weight {matrix[row, column]:g}; "
            "strengths are 0 or more (if −9 or the like means missing, make it NaN)"
        )
    if weight is None:
        matrix = (matrix > 0).astype(float)
    if not directed:
        gap = abs(matrix - matrix.T)
        if gap.shape[0] and gap.max() > 1e-12 * max(1.0, float(matrix.max())):
            row, column = _first(gap > 1e-12 * max(1.0, float(matrix.max())))
            raise GraphError(
                f"not symmetric at {labels[row]}, {labels[column]}: read it as directed, or symmetrise it first"
            )
    return Adjacency(matrix, labels, directed, hidden)


def as_incidence(graph: Any) -> Incidence:
    """Read a two-mode network: a two-mode Layer, or a DataFrame of actors (rows) × organizations (columns).

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        NaN and 0 mean no tie.

    Returns
    -------
    Incidence
    """
    if hasattr(graph, "incidence"):
        graph = graph.incidence()
    if not isinstance(graph, pd.DataFrame):
        raise GraphError(
            f"a two-mode network is a two-mode layer or a DataFrame of actors × organizations, not "
            f"{type(graph).__name__}"
        )
    for side, index in (("actors", graph.index), ("organizations", graph.columns)):
        if index.has_duplicates:
            raise GraphError(f"{side} must be unique; {index[index.duplicated()][0]} stands twice")
    matrix = graph.fillna(0.0).to_numpy(dtype=float)
    if matrix.size and matrix.min() < 0:
        raise GraphError("a two-mode tie has a negative weight; strengths are 0 or more")
    return Incidence(matrix, graph.index, graph.columns)


def as_stack(layers: Any, *, weight: str | None = "weight", unknown: Unknown = "absent") -> Stack:
    """Read the one-mode layers of a snapshot, or a mapping name → graph, as one stack aligned by name.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
        Undirected layers enter symmetric. Actors are the sorted union of all labels.

    Returns
    -------
    Stack
    """
    if not isinstance(layers, Mapping):
        if not hasattr(layers, "one_mode"):
            raise GraphError(f"expected a Snapshot or a mapping name → graph, not {type(layers).__name__}")
        layers = layers.one_mode()
    if not layers:
        raise GraphError("a multiplex metric needs at least one layer")
    read = {name: as_matrix(graph, weight=weight, unknown=unknown) for name, graph in layers.items()}
    labels = pd.Index(sorted({label for adjacency in read.values() for label in adjacency.labels}, key=str))
    if len(labels) > DENSEST:
        raise GraphError(f"{len(labels):,} actors are too many for a measure of all layers at once: up to {DENSEST:,}")
    stack = np.zeros((len(read), len(labels), len(labels)))
    for k, adjacency in enumerate(read.values()):
        at = labels.get_indexer(adjacency.labels)
        stack[k][np.ix_(at, at)] = adjacency.dense()
    return Stack(stack, labels, list(read), np.array([adjacency.directed for adjacency in read.values()]))


def _read(graph: Any, weight: str | None, unknown: Unknown) -> tuple[Any, pd.Index, bool]:
    """The raw matrix (NaN where unknown), its labels, and whether it is directed."""
    if hasattr(graph, "to_matrix"):  # a Layer, which may know a part of a tie and settles that part itself
        return graph.to_matrix(weight, unknown=unknown)
    if isinstance(graph, pd.DataFrame):
        return _read_frame(graph)
    if isinstance(graph, np.ndarray):
        if graph.ndim != 2 or graph.shape[0] != graph.shape[1]:
            raise GraphError(f"a matrix must be square, this one is {' × '.join(map(str, graph.shape))}")
        return np.array(graph, dtype=float), pd.RangeIndex(graph.shape[0]), True
    # The libraries are told by their module, so that reading a frame never imports them.
    module = type(graph).__module__.split(".")[0]
    if module == "scipy":
        if graph.shape[0] != graph.shape[1]:
            raise GraphError(f"a matrix must be square, this one is {' × '.join(map(str, graph.shape))}")
        import scipy.sparse as sp

        return _canonical(sp.csr_array(graph, dtype=float)), pd.RangeIndex(graph.shape[0]), True
    if module == "igraph" or hasattr(graph, "get_edgelist"):
        return _read_igraph(graph, weight)
    if hasattr(graph, "is_directed") and hasattr(graph, "adj"):
        return _read_networkx(graph, weight)
    raise GraphError(
        f"cannot read a {type(graph).__name__} as a graph: give a Layer, a networkx or igraph graph, a square labelled "
        "DataFrame, or a (sparse) matrix"
    )


def _read_frame(frame: pd.DataFrame) -> tuple[np.ndarray, pd.Index, bool]:
    if frame.columns.has_duplicates:
        raise GraphError(f"the column {frame.columns[frame.columns.duplicated()][0]} stands twice")
    if frame.index.equals(frame.columns) and frame.index.is_unique:
        return frame.to_numpy(dtype=float, copy=True), frame.index.rename(None), True
    odd = frame.index.symmetric_difference(frame.columns)
    if len(odd):
        raise GraphError(
            f"a frame must have the same labels in rows and columns; on one side only: {', '.join(map(str, odd[:5]))}"
        )
    index = frame.index.rename(None)
    if index.has_duplicates:
        return frame.to_numpy(dtype=float), index, True  # the caller names the labels that stand twice
    return frame.loc[:, frame.index].to_numpy(dtype=float, copy=True), index, True


def _read_igraph(graph: Any, weight: str | None) -> tuple[np.ndarray, pd.Index, bool]:
    n = graph.vcount()
    names = graph.vs["name"] if "name" in graph.vs.attributes() else range(n)
    ends = np.array(graph.get_edgelist(), dtype=int).reshape(-1, 2)
    values = np.ones(len(ends))
    if weight is not None and weight in graph.es.attributes():
        values = np.array([1.0 if v is None else v for v in graph.es[weight]], dtype=float)
    return _laid_out(n, ends, values, graph.is_directed()), pd.Index(list(names)), graph.is_directed()


def _read_networkx(graph: Any, weight: str | None) -> tuple[np.ndarray, pd.Index, bool]:
    nodes = list(graph)
    at = {node: k for k, node in enumerate(nodes)}
    edges = ((*e, 1.0) for e in graph.edges()) if weight is None else graph.edges(data=weight, default=1.0)
    found = [(at[u], at[v], float(value)) for u, v, value in edges]
    ends = np.array([edge[:2] for edge in found], dtype=int).reshape(-1, 2)
    values = np.array([edge[2] for edge in found], dtype=float)
    directed = graph.is_directed()
    return _laid_out(len(nodes), ends, values, directed), pd.Index(nodes, tupleize_cols=False), directed


def _laid_out(n: int, ends: np.ndarray, values: np.ndarray, directed: bool) -> Any:
    """The matrix of an edge list; parallel edges add up, undirected ones stand on both sides."""
    if not directed:
        off = ends[:, 0] != ends[:, 1]
        ends, values = np.concatenate([ends, ends[off, ::-1]]), np.concatenate([values, values[off]])
    if n > LARGE:
        import scipy.sparse as sp

        return _canonical(sp.csr_array((values, (ends[:, 0], ends[:, 1])), shape=(n, n)))
    matrix = np.zeros((n, n))
    np.add.at(matrix, (ends[:, 0], ends[:, 1]), values)
    return matrix


def _canonical(matrix: Any) -> Any:
    """Each tie once, and none of strength 0; what was given is left as it is."""
    if matrix.has_canonical_format and matrix.data.all():
        return matrix
    matrix = matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _settle_unknown(matrix: Any, labels: pd.Index, unknown: Unknown) -> tuple[Any, np.ndarray | None]:
    values = matrix if isinstance(matrix, np.ndarray) else matrix.data
    if not np.isnan(values).any():
        return matrix, None
    if not isinstance(matrix, np.ndarray):
        return _settle_sparse(matrix, labels, unknown)
    hidden = np.isnan(matrix)
    np.fill_diagonal(hidden, False)
    if unknown == "raise" and hidden.any():
        raise _unknown_ties(hidden, labels)
    loops = np.isnan(matrix.diagonal())  # nobody asks about a tie to oneself: it is no unknown tie, and no tie
    matrix[loops, loops] = 0.0
    return without_gaps(matrix, unknown), hidden


def _settle_sparse(matrix: Any, labels: pd.Index, unknown: Unknown) -> tuple[Any, Any]:
    """The same for a sparse matrix, in which what is not stored is known to be absent."""
    matrix = matrix.copy()
    at = matrix.tocoo()
    gap = np.isnan(matrix.data)
    hidden = matrix.copy()
    hidden.data = gap & (at.row != at.col)
    hidden.eliminate_zeros()
    if unknown == "raise" and hidden.nnz:
        raise _unknown_ties(hidden, labels)
    matrix.data[gap] = stand_in(matrix.data) if unknown == "present" else 0.0
    matrix.data[gap & (at.row == at.col)] = 0.0
    matrix.eliminate_zeros()
    return matrix, hidden


def _unknown_ties(hidden: Any, labels: pd.Index) -> GraphError:
    row, column = _first(hidden)
    return GraphError(
        f"{int(hidden.sum())} ties are unknown, the first {labels[row]} → {labels[column]}; "
        'unknown="absent" or "present" gives the two bounds'
    )


def stand_in(matrix: np.ndarray) -> float:
    """The strength that an unknown tie gets when it is taken as present: the median of the known ties."""
    known = matrix[matrix > 0]
    return float(np.median(known)) if known.size else 1.0


def without_gaps(matrix: np.ndarray, unknown: str) -> np.ndarray:
    """A matrix, or each of a stack, with 0 (or, taken as present, its own `stand_in`) where nothing is known."""
    gap = np.isnan(matrix)
    if unknown != "present" or not gap.any():
        return np.where(gap, 0.0, matrix)
    each = matrix.reshape(-1, *matrix.shape[-2:])
    fill = np.array([stand_in(one) for one in each]).reshape(*matrix.shape[:-2], 1, 1)
    return np.where(gap, fill, matrix)


def settled(stack: np.ndarray, unknown: str) -> np.ndarray:
    """What `as_matrix` does to one matrix, for a stack: gaps filled, self-loops dropped with a counted warning."""
    filled = without_gaps(stack, unknown)
    loops = np.arange(stack.shape[-1])
    dropped = int(np.count_nonzero(np.nan_to_num(stack[..., loops, loops])))
    if dropped:
        _warn_of_self_loops(dropped)
    filled[..., loops, loops] = 0.0
    return filled


def _warn_of_self_loops(loops: int) -> None:
    warnings.warn(f"{loops} self-loop{'s' if loops > 1 else ''} dropped", SelfLoopWarning, stacklevel=5)


def _drop_self_loops(matrix: Any) -> Any:
    loops = int(np.count_nonzero(matrix.diagonal()))
    if not loops:
        return matrix
    _warn_of_self_loops(loops)
    if isinstance(matrix, np.ndarray):
        matrix = matrix.copy()
        np.fill_diagonal(matrix, 0.0)
        return matrix
    matrix = matrix.copy()
    matrix.setdiag(0.0)
    matrix.eliminate_zeros()
    return matrix


def _first(mask: Any) -> tuple[int, int]:
    rows, columns = mask.nonzero()
    return int(rows[0]), int(columns[0])
