"""Ties that exchange their heads: the one move behind every null model that keeps degrees.

Many networks (chains) move in step, each by its own random numbers. In a step the ties of a chain are dealt out into
hands of two or more; in a hand, each tie takes over the head of the next. For two ties this is the familiar swap,
for three the turning of a cycle a → b → c → a, which swaps alone cannot do.

Why the result is uniform: given the hands, a step is its own mirror. Hand k wants to move from its old cells to its
new ones; it may do so only if, counting all ties and all that all hands want, each of these cells is wanted or held
exactly once. These counts are the same before and after the moves, so the same hands dealt the other way round lead
back. A step therefore permutes the networks, whatever is dealt, and leaves the uniform distribution uniform. Hands
that may not move stay where they are, and the step counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

_FEW = 20  # ties
_AT_LEAST = 100  # steps with so few ties
_DOUBLINGS = 6


class MixingWarning(UserWarning):
    """The chains of a null model still remember where they began: ask for more swaps."""


class Rewired(NamedTuple):
    """Networks drawn, and how far they have moved.

    Attributes
    ----------
    stack : numpy.ndarray of uint8, shape (draws, rows, columns)
    mixing : dict of str to float
        ``accepted``: share of the attempted moves that were made. ``replaced``, ``replaced_halfway``: share of the
        observed ties that are gone, on average, at the end and halfway; alike if the chains have arrived.
        ``memory``: correlation over the chains between how many observed ties stood halfway and at the end; near 0
        if the second half has forgotten the first.
    """

    stack: np.ndarray
    mixing: dict[str, float]


class Chains:
    """Networks that share rows, columns and margins, as lists of the cells that hold a tie.

    Attributes
    ----------
    held : numpy.ndarray of int, shape (chains, ties)
        The cells with a tie, each ``row * columns + column``; undirected ties in the upper triangle only.
    count : numpy.ndarray, shape (chains, rows * columns)
        1 where a tie is, 0 where one could be, 2 where none may be.
    filled : float
        Share of the cells that could hold a tie which do.
    tried, moved : int
        Hands that played so far, and those of them that moved.
    """

    def __init__(self, start: np.ndarray, allowed: np.ndarray, chains: int, *, directed: bool = True) -> None:
        self.columns, self.directed = start.shape[1], directed
        # At most one proposal a row or column can meet in a cell: small numbers cannot overflow.
        kind = np.uint8 if max(start.shape) < 250 else np.uint16
        self.count = np.tile(np.where(allowed, start > 0, 2).astype(kind).ravel(), (chains, 1))
        self.held = np.tile(np.flatnonzero(start).astype(np.int32), (chains, 1))
        possible = allowed if directed else np.triu(allowed)
        self.filled = self.held.shape[1] / max(int(possible.sum()), 1)
        self.tried = self.moved = 0

    def read(self) -> None:
        """Take the ties anew from `count`, after something else has moved them."""
        self.held = np.nonzero(self.count == 1)[1].astype(np.int32).reshape(len(self.count), -1)

    def rotate(self, size: int, rng: np.random.Generator, hands: int | None = None) -> None:
        """One step: so many hands of `size` ties try to pass their heads on (default: as many as pays)."""
        chains, ties = self.held.shape
        playing = min(hands_playing(size, self.filled, ties) if hands is None else hands, ties // size)
        if not playing or not chains:
            return
        rng.permuted(self.held, axis=1, out=self.held)
        dealt = self.held[:, : playing * size]
        old = dealt.reshape(chains, playing, size)
        tail = old // self.columns
        head = old - tail * self.columns
        if not self.directed:  # either end may be the one that is passed on
            turned = rng.integers(2, size=old.shape, dtype=np.uint8).view(bool)
            tail, head = np.where(turned, head, tail), np.where(turned, tail, head)
        head = np.roll(head, -1, axis=-1)
        if not self.directed:
            tail, head = np.minimum(tail, head), np.maximum(tail, head)
        new = tail * self.columns + head
        base = (np.arange(chains) * self.count.shape[1])[:, None, None]
        flat, one = self.count.reshape(-1), self.count.dtype.type(1)
        before, after = old + base, new + base
        np.add.at(flat, after.reshape(-1), one)
        free = ((flat[before] == 1) & (flat[after] == 1)).all(axis=-1)
        # Now and then a hand that may move does not, or two networks could change places for ever.
        free &= rng.integers(8, size=free.shape, dtype=np.uint8) > 0
        np.subtract.at(flat, np.where(free[..., None], before, after).reshape(-1), one)
        dealt[:] = np.where(free[..., None], new, old).reshape(dealt.shape)
        self.tried += free.size
        self.moved += int(free.sum())

    def standing(self, start: np.ndarray) -> np.ndarray:
        """How many ties of the start each chain holds."""
        return ((self.count == 1) & (start.ravel() > 0)).sum(axis=1)


def settle(chains: Chains, start: np.ndarray, steps: int, move: Callable[[int], None]) -> np.ndarray:
    """Make so many steps, and as many again as long as the chains remember where they were halfway.

    Returns
    -------
    numpy.ndarray, shape (2, chains)
        How many ties of the start each chain held halfway and at the end.
    """
    for k in range(steps // 2):
        move(k)
    middle = chains.standing(start)
    for k in range(steps // 2, steps):
        move(k)
    end = chains.standing(start)
    for _ in range(_DOUBLINGS):
        if not remembers(middle, end):
            break
        for k in range(steps, 2 * steps):
            move(k)
        steps, middle, end = 2 * steps, end, chains.standing(start)
    return np.stack([middle, end])


def remembers(middle: np.ndarray, end: np.ndarray) -> bool:
    """Whether the chains were still under way halfway, by more than chance would have it."""
    chance = 1 / np.sqrt(len(end))
    gone = middle - end
    return bool(correlation(middle, end) > 0.05 + 3 * chance or abs(gone.mean()) > 4 * chance * gone.std() > 0)


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's; NaN where one does not vary."""
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / size if size > 0 else float("nan")


def mixed(standing: np.ndarray, cells: int, ties: float, chains: tuple[int, int], stacklevel: int) -> dict[str, float]:
    """What is known of the mixing, from the ties (or gaps) of the start, `cells` of them, that stood."""
    halfway, end = (cells - standing.mean(axis=1)) / max(ties, 1)
    memory = correlation(*standing)
    chance = 1 / np.sqrt(standing.shape[1])
    drift = 0.02 + 4 * chance * (standing[0] - standing[1]).std() / max(ties, 1)
    if memory > 0.2 + 3 * chance or abs(end - halfway) > drift:
        warnings.warn(
            f"the chains have not settled: {halfway:.1%} of the ties had been replaced halfway, {end:.1%} at the end; "
            "raise swaps_per_tie",
            MixingWarning,
            stacklevel=stacklevel,
        )
    return {
        "accepted": chains[1] / max(chains[0], 1),
        "replaced": float(end),
        "replaced_halfway": float(halfway),
        "memory": memory,
    }


def hands_playing(size: int, filled: float, ties: int) -> int:
    """How many hands should play at once: more would only stand in one another's way (in small graphs, any two)."""
    return max(1, int(min(1.0, 1 / max(2 * size * filled, 1e-9)) * (ties // size))) if ties > _FEW else 1


def steps_for(rounds: float, filled: float, ties: int) -> int:
    """Steps of swaps until a tie has, on average, moved about `rounds` times."""
    share = 2 * hands_playing(2, filled, ties) / max(ties, 1)
    moving = share * 7 / 8 * np.exp(-4 * filled * share) * (1 - filled) ** 2
    if ties < 2 or filled == 1 or rounds == 0:
        return 0
    # Small graphs cost nothing, and some moves in them are rare.
    return max(int(np.ceil(rounds / moving)), 0 if ties > _FEW else _AT_LEAST)
