"""Random graphs with the degrees of a given one: what would a position be worth if only the degrees were fixed?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics.backbone import layer_presence
from influence.network.adapter import as_matrix
from influence.robustness._rotation import Chains, Rewired, mixed, settle, steps_for
from influence.robustness.seeds import generator

_AT_ONCE = 2**17  # ties of all chains that move in step: what stays in the cache
_TRIANGLE_EVERY = 8  # steps: swaps do most of the mixing, turned triangles only join what swaps cannot
_ALONE_EVERY = 16


def rewire(
    graph: Any,
    *,
    draws: int = 999,
    seed: int,
    swaps_per_tie: float = 10.0,
    directed: bool | None = None,
    weight: str | None = "weight",
    unknown: Any = "absent",
) -> np.ndarray:
    """Random graphs in which every actor has exactly the degrees it has here, drawn evenly from all of them.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        Presence counts, in a layer by its own rule (`LayerSpec.binarise`).
    draws : int, default 999
        Each is the end of a chain of its own: the draws are independent.
    seed : int
    swaps_per_tie : float, default 10
        How often a tie has moved, on average, when its chain ends.
    directed : bool, optional
        As in `influence.as_matrix`. Directed: in- and out-degrees are kept.
    weight, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    numpy.ndarray of uint8, shape (draws, n, n)
        In the order of ``influence.as_matrix(graph).labels``; `rewired_frames` has the labels on. The order of rows
        decides nothing: actors are numbered by name.

    Raises
    ------
    ValueError
        Fewer than one draw, or a negative number of swaps.

    Notes
    -----
    Chains of swaps a → b, c → d to a → d, c → b; on directed graphs also of turned triangles a → b → c → a, without
    which some graphs cannot be reached (Rao, Jana & Bandyopadhyay 1996). A move that would make a loop or a double tie
    is refused and counts as a step, so that all graphs are equally likely in the end. Above a density of one half
    the ties that are absent are rewired, which is the same and takes fewer moves.

    References
    ----------
    Rao, A. R., Jana, R., & Bandyopadhyay, S. (1996). A Markov chain Monte Carlo method for generating random
    (0, 1)-matrices with given marginals. Sankhyā A 58, 225–242.

    Examples
    --------
    >>> import numpy as np
    >>> from influence.robustness import rewire
    >>> ring = np.roll(np.eye(6), 1, axis=1)
    >>> drawn = rewire(ring, draws=99, seed=1)
    >>> drawn.shape, bool((drawn.sum(axis=1) == 1).all() and (drawn.sum(axis=2) == 1).all())
    ((99, 6, 6), True)
    """
    adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    tie = layer_presence(graph, adjacency)
    return rewired(tie, adjacency.labels, adjacency.directed, draws, seed, swaps_per_tie).stack


def rewired_frames(graph: Any, **options: Any) -> Iterator[pd.DataFrame]:
    """The graphs of `rewire` one by one as labelled frames, for functions that take a graph.

    Parameters
    ----------
    graph, **options
        As in `rewire`.

    Yields
    ------
    pandas.DataFrame
        Actor × actor, 0 and 1.

    Examples
    --------
    >>> import networkx as nx
    >>> from influence.robustness import rewired_frames
    >>> first = next(rewired_frames(nx.path_graph(["A", "B", "C", "D"]), draws=1, seed=1))
    >>> first.sum().to_dict()
    {'A': 1, 'B': 2, 'C': 2, 'D': 1}
    """
    labels = as_matrix(graph, **{k: v for k, v in options.items() if k in ("weight", "directed", "unknown")}).labels
    for matrix in rewire(graph, **options):
        yield pd.DataFrame(matrix.astype(int), index=labels, columns=labels)


def rewired(tie: np.ndarray, labels: pd.Index, directed: bool, draws: int, seed: int, swaps_per_tie: float) -> Rewired:
    """`rewire` on a matrix of presence, with what is known of the mixing."""
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    if swaps_per_tie < 0:
        raise ValueError(f"swaps_per_tie must not be negative, not {swaps_per_tie}")
    n = len(tie)
    by_name = np.argsort(labels.astype(str).to_numpy(), kind="stable")
    sorted_tie = np.asarray(tie, dtype=bool)[np.ix_(by_name, by_name)]
    possible = ~np.eye(n, dtype=bool)
    dense = 2 * sorted_tie.sum() > possible.sum()
    start = possible & ~sorted_tie if dense else sorted_tie
    if not directed:
        start = np.triu(start)
    rng = generator(seed, "rewire")
    stack = np.empty((draws, n, n), dtype=np.uint8)
    standing = np.empty((2, draws))
    tried = moved = 0
    step = max(1, _AT_ONCE // max(int(start.sum()), 1))
    for first in range(0, draws, step):
        part = slice(first, min(first + step, draws))
        chains = Chains(start, possible, part.stop - first, directed=directed)
        standing[:, part] = _run(chains, start, rng, swaps_per_tie)
        tied = (chains.count == 1).reshape(-1, n, n)
        if not directed:
            tied = np.triu(tied) | np.triu(tied).transpose(0, 2, 1)
        stack[part] = possible & ~tied if dense else tied
        tried, moved = tried + chains.tried, moved + chains.moved
    back = np.argsort(by_name)
    ties = sorted_tie.sum() / (1 if directed else 2)
    mixing = mixed(standing, int(start.sum()), ties, (tried, moved), stacklevel=4)
    return Rewired(stack[:, back][:, :, back], mixing)


def _run(chains: Chains, start: np.ndarray, rng: np.random.Generator, rounds: float) -> np.ndarray:
    """Let the chains run; how many ties (or gaps) of the start they hold halfway and at the end."""

    def move(k: int) -> None:
        turning = chains.directed and k % _TRIANGLE_EVERY == _TRIANGLE_EVERY - 1
        # Alone at times: a move that all others always block would never be made.
        chains.rotate(3 if turning else 2, rng, hands=1 if rng.integers(_ALONE_EVERY) == 0 else None)

    return settle(chains, start, steps_for(rounds, chains.filled, chains.held.shape[1]), move)
