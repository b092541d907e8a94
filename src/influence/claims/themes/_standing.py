"""How high a state stands in the network of organizations, next to what its power leads to expect."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import World

MOST, FEW = 9_999, 20
"""At most so many sets of bodies are looked at; a body is small with at most so many members in the world."""
_EXACT, _ROUNDS = 1e-10, 100


class Network(NamedTuple):
    """Who shares which bodies in a year.

    Attributes
    ----------
    bodies : list of str
        COW's organizations and the package's organizations, groupings and treaties, each once; no organs.
    seats : numpy.ndarray
        State × body.
    weights : numpy.ndarray
        1/(world members - 1) by body; 0 where the number of members is not known.
    small : numpy.ndarray
        Whether a body is a grouping, or has at most `FEW` members in the world.
    values, vectors : numpy.ndarray
        Eigenvalues (ascending) and eigenvectors of the matrix of shared seats.
    residual : numpy.ndarray
        Maker of residuals from a regression on log CINC (and a constant), state × state.
    """

    bodies: list[str]
    seats: np.ndarray
    weights: np.ndarray
    small: np.ndarray
    values: np.ndarray
    vectors: np.ndarray
    residual: np.ndarray


def network(world: World, year: int) -> Network:
    """The network of shared seats of a year."""
    key = ("standing", year)
    if key not in world.memory:
        kinds = dict(world.archive.table("organizations")[["org_id", "kind"]].itertuples(index=False, name=None))
        table = world.seats.incidence(year, igos=True)
        weights = world.seats.weights(year, igos=True).fillna(0.0)
        keep = [str(b) for b in table.columns if kinds.get(b) != "organ"]
        b, w = table[keep].to_numpy(), weights[keep].to_numpy()
        shared = (b * w) @ b.T
        np.fill_diagonal(shared, 0.0)
        values, vectors = np.linalg.eigh(shared)
        power = np.log(world.power().loc[year].reindex(table.index).to_numpy(dtype=float))
        x = np.column_stack([np.ones(len(power)), power])
        residual = np.eye(len(power)) - x @ np.linalg.pinv(x)
        members = world.archive.sizes(year).reindex(keep).to_numpy(dtype=float)
        small = np.array([kinds.get(body) == "grouping" for body in keep]) | (members <= FEW)
        world.memory[key] = Network(keep, b, w, small, values, vectors, residual)
    return world.memory[key]


def beyond_power(world: World, state: str, year: int, without: np.ndarray | None = None) -> np.ndarray:
    """Log eigenvector centrality of a state beyond what log CINC leads to expect, without some bodies.

    Parameters
    ----------
    world : World
    state : str
    year : int
    without : numpy.ndarray of int, shape (sets, bodies of a set), optional
        Places of bodies to leave out; without it, all bodies are there.

    Returns
    -------
    numpy.ndarray
        One number a set. The unit in which centrality is measured falls out of a residual.
    """
    net = network(world, year)
    chosen = np.empty((1, 0), dtype=np.intp) if without is None else without
    x = _leading(net, chosen)
    at = int(world.archive.at([state])[0])
    return np.log(np.where(x > 0, x, np.nan)) @ net.residual[at]


def _leading(net: Network, sets: np.ndarray) -> np.ndarray:
    """The leading eigenvector for each set left out, shape (sets, states), by what leaving it out changes.

    With A u = λ u for all bodies and D for the part of a set, x = u + y solves (A - D) x = μ x if
    y = R (D x + (μ - λ) y), R the reduced resolvent of A at λ and μ - λ = -u D x: a contraction where D is small
    next to the gap between the first two eigenvalues.
    """
    u = np.abs(net.vectors[:, -1])
    rest = net.vectors[:, :-1]
    resolvent = (rest / (net.values[:-1] - net.values[-1])) @ rest.T
    used = np.unique(sets)
    b = net.seats[:, used].T
    mask = np.zeros((len(sets), len(used)))
    np.put_along_axis(mask, np.searchsorted(used, sets), net.weights[sets], axis=1)
    own = mask @ b**2  # what a state shares with itself is in no matrix of pairs
    y = np.zeros((len(sets), len(u)))
    for _ in range(_ROUNDS if len(used) else 0):
        x = u + y
        d = (mask * (x @ b.T)) @ b - own * x
        following = (d - (d @ u)[:, None] * y) @ resolvent
        moved = float(np.abs(following - y).max())
        y = following
        if moved < _EXACT:
            break
    return u + y


def triples(world: World, state: str, year: int, left_out: tuple[str, ...]) -> np.ndarray:
    """Sets of three small bodies in which a state sits, others than some: all, or `MOST` drawn; shape (sets, 3)."""
    net = network(world, year)
    at = int(world.archive.at([state])[0])
    there = (net.seats[at] > 0) & net.small & ~np.isin(net.bodies, left_out)
    bodies = np.flatnonzero(there)
    if comb(len(bodies), 3) <= MOST:
        return np.array(list(combinations(bodies, 3)), dtype=np.intp).reshape(-1, 3)
    rng = generator(1, "triples of bodies", state, year)
    drawn: dict[tuple[int, ...], None] = {}
    while len(drawn) < MOST:
        drawn[tuple(sorted(rng.choice(bodies, 3, replace=False)))] = None
    return np.array(list(drawn), dtype=np.intp)


def gains(world: World, state: str, year: int, left_out: tuple[str, ...]) -> np.ndarray:
    """What each of the triples adds to a state's standing."""
    key = ("gains of standing", state, year, left_out)
    if key not in world.memory:
        sets = triples(world, state, year, left_out)
        with_all = beyond_power(world, state, year)
        world.memory[key] = with_all - beyond_power(world, state, year, sets) if len(sets) else np.empty(0)
    return world.memory[key]
