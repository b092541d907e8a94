"""Random two-mode networks with the margins of a given one: who could have sat where, if only numbers were fixed?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from influence.network.adapter import GraphError, as_incidence
from influence.robustness._rotation import Chains, Rewired, mixed, settle
from influence.robustness.seeds import generator

_AT_ONCE = 2**18  # cells of all chains that trade in step
_AT_LEAST = 30  # rounds of trades: small networks cost nothing


def curveball(
    graph: Any,
    *,
    eligible: pd.DataFrame | None = None,
    strata: pd.Series | Mapping[Any, Any] | None = None,
    draws: int = 999,
    seed: int,
    swaps_per_tie: float = 10.0,
) -> np.ndarray:
    """Random memberships: every actor holds as many seats, every organization has as many members, as here.

    Two actors at a time lay the seats that only one of them holds together and deal them out again (Strona et al.
    2014). A seat for which an actor is not eligible is never dealt to it: Japan could not join the CSTO.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations, treaties or events (columns).
    eligible : pandas.DataFrame of bool, optional
        Actors × organizations, aligned by name: which seats could be held. Default: all. See `eligible_seats`.
    strata : pandas.Series or mapping, optional
        Actor → stratum: seats are traded within a stratum only, so that every organization keeps its number of members
        in each.
    draws : int, default 999
        Each is the end of a chain of its own: the draws are independent.
    seed : int
    swaps_per_tie : float, default 10
        How often a seat has changed hands, on average, when its chain ends.

    Returns
    -------
    numpy.ndarray of uint8, shape (draws, actors, organizations)
        In the order of rows and columns of `graph`; drawn evenly from all networks with these margins in which nobody
        sits where it is not eligible.

    Raises
    ------
    GraphError
        Not a two-mode network; a seat that is held and not eligible; an eligibility or a stratum that leaves someone
        out.

    Notes
    -----
    Where some seats are closed, trades between two are not enough to reach every network; then in each round actors
    also pass seats around in circles of three and more.

    References
    ----------
    Strona, G., Nappo, D., Boccacci, F., Fattorini, S., & San-Miguel-Ayanz, J. (2014). A fast and unbiased procedure to
    randomize ecological binary matrices with fixed row and column totals. Nature Communications 5, 4114.
    Carstens, C. J. (2015). Proof of uniform sampling of binary matrices with fixed row sums and column sums for the
    fast Curveball algorithm. Physical Review E 91, 042812.

    Examples
    --------
    >>> import pandas as pd
    >>> from influence.robustness import curveball
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1], "G8": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> drawn = curveball(seats, draws=200, seed=1)
    >>> drawn.sum(axis=1).tolist() == [[2, 2, 2]] * 200, drawn[:, 0].min().item()   # RUS sits everywhere
    (True, 1)
    """
    seats = as_incidence(graph)
    held = (seats.matrix > 0).astype(np.uint8)
    return traded(held, seats.actors, seats.organizations, eligible, strata, draws, seed, swaps_per_tie).stack


def traded(
    held: np.ndarray,
    actors: pd.Index,
    bodies: pd.Index,
    eligible: pd.DataFrame | None,
    strata: pd.Series | Mapping[Any, Any] | None,
    draws: int,
    seed: int,
    swaps_per_tie: float,
) -> Rewired:
    """`curveball` on a matrix, with what is known of the mixing."""
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    if swaps_per_tie < 0:
        raise ValueError(f"swaps_per_tie must not be negative, not {swaps_per_tie}")
    allowed = _allowed(held, actors, bodies, eligible)
    rows, columns = (np.argsort(index.astype(str).to_numpy(), kind="stable") for index in (actors, bodies))
    rng = generator(seed, "curveball")
    stack = np.empty((draws, *held.shape), dtype=np.uint8)
    standing = np.zeros((2, draws))
    tried = moved = 0
    for block in _blocks(actors, strata, rows):
        at = np.ix_(block, columns)
        step = max(1, _AT_ONCE // max(held[at].size, 1))
        for first in range(0, draws, step):
            part = np.arange(first, min(first + step, draws))
            chains = Chains(held[at], allowed[at], len(part))
            standing[:, part] += _run(chains, held[at], bool(allowed[at].all()), rng, swaps_per_tie)
            stack[np.ix_(part, block, columns)] = (chains.count == 1).reshape(-1, *held[at].shape)
            tried, moved = tried + chains.tried, moved + chains.moved
    ties = int(held.sum())
    return Rewired(stack, mixed(standing, ties, ties, (tried, moved), stacklevel=4))


def _run(chains: Chains, start: np.ndarray, all_open: bool, rng: np.random.Generator, rounds: float) -> np.ndarray:
    """Let the chains run; how many seats of the start they hold halfway and at the end."""
    longest = min(*start.shape, int(start.sum()))
    steps = 0 if rounds == 0 else max(_AT_LEAST, int(np.ceil(2 * rounds / max(1 - chains.filled, 1e-2))))

    def move(k: int) -> None:
        trade(chains, len(start), rng)
        if not all_open and longest > 2:
            chains.read()
            # Circles of any length are possible, or some networks could not be reached; short ones succeed more often.
            chains.rotate(min(2 + int(rng.geometric(0.5)), longest), rng, hands=1 if k % 2 else None)

    return settle(chains, start, steps, move)


def trade(chains: Chains, rows: int, rng: np.random.Generator) -> None:
    """One round: the rows of every chain are paired at random, and each pair trades."""
    grid = chains.count.reshape(len(chains.count), rows, -1)
    half, columns = rows // 2, grid.shape[-1]
    order = rng.permuted(np.tile(np.arange(rows), (len(grid), 1)), axis=1)
    chain, i, j = np.arange(len(grid))[:, None], order[:, :half], order[:, half : 2 * half]
    x, y = grid[chain, i], grid[chain, j]
    at_stake = (x != y) & (x < 2) & (y < 2)
    mine = ((x == 1) & at_stake).sum(axis=-1, keepdims=True)
    # The column makes keys unique: as many seats are taken as were laid down, never one more for a tie.
    keys = rng.integers(2**40, size=x.shape) * columns + np.arange(columns)
    keys[~at_stake] = np.iinfo(keys.dtype).max
    last = np.take_along_axis(np.sort(keys, axis=-1), np.maximum(mine - 1, 0), axis=-1)
    taken = at_stake & (keys <= last) & (mine > 0)
    grid[chain, i] = np.where(at_stake, taken, x)
    grid[chain, j] = np.where(at_stake, at_stake & ~taken, y)
    chains.tried += int(at_stake.sum())
    chains.moved += int((at_stake & (taken != (x == 1))).sum())


def _allowed(held: np.ndarray, actors: pd.Index, bodies: pd.Index, eligible: pd.DataFrame | None) -> np.ndarray:
    if eligible is None:
        return np.ones(held.shape, dtype=bool)
    for side, index, known in (("actors", actors, eligible.index), ("organizations", bodies, eligible.columns)):
        lost = index.difference(known)
        if len(lost):
            raise GraphError(f"eligible leaves {side} out: {', '.join(map(str, lost[:5]))}")
    allowed = eligible.loc[actors, bodies].to_numpy(dtype=bool)
    wrong = np.argwhere((held > 0) & ~allowed)
    if len(wrong):
        row, column = wrong[0]
        raise GraphError(
            f"{len(wrong)} seats are held by actors that are not eligible for them, the first {actors[row]} in "
            f"{bodies[column]}"
        )
    return allowed


def _blocks(actors: pd.Index, strata: pd.Series | Mapping[Any, Any] | None, rows: np.ndarray) -> Iterator[np.ndarray]:
    """The rows that trade with one another, each block in the order of names."""
    if strata is None:
        yield rows
        return
    known = pd.Series(strata).reindex(actors)
    if known.isna().any():
        raise GraphError(f"strata leaves actors out: {', '.join(map(str, actors[known.isna()][:5]))}")
    of = known.astype(str).to_numpy()[rows]
    for stratum in np.unique(of):
        yield rows[of == stratum]
