"""What each player adds to a game in which every coalition has a worth: Shapley's and Banzhaf's value.

The games here are few enough to be played out: all coalitions are known. A worth is an amount, not a victory, so
these are values; the index of Shapley and Shubik is their case for games of winning or losing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from influence.network.adapter import GraphError


class TooManyPlayers(GraphError):
    """All coalitions cannot be played out; the message says what would make the players fewer."""


class Slice(NamedTuple):
    """The worth of all coalitions in which some players have decided.

    Attributes
    ----------
    joined : tuple of bool
        Of the players who have decided, in their order.
    worth : numpy.ndarray, shape (2**n,)
        Of the coalitions of those who have not, as in `shapley_value`.
    """

    joined: tuple[bool, ...]
    worth: np.ndarray


def shapley_value(worth: np.ndarray) -> np.ndarray:
    """What a player adds on average, over all orders in which the players could come together.

    Parameters
    ----------
    worth : numpy.ndarray, shape (..., 2**n)
        The worth of every coalition. Coalition c is of the players k whose bit is set in c: 0 is nobody, 1 the
        first player, 2 the second, 3 both. Leading axes are games of the same players.

    Returns
    -------
    numpy.ndarray, shape (..., n)
        In the unit of the worth. They add up to what all are worth together more than nobody.

    Raises
    ------
    ValueError
        A number of coalitions that is no power of 2.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. In Kuhn, H. W., & Tucker, A. W. (eds.), Contributions to
    the Theory of Games II. Princeton University Press, 307-317.

    Examples
    --------
    >>> import numpy as np
    >>> shapley_value(np.array([0.0, 0.0, 2.0, 6.0])).tolist()   # the second alone 2, both together 6
    [2.0, 4.0]
    """
    return _expected_gain(worth, shapley_chance(_players(worth)))


def banzhaf_value(worth: np.ndarray) -> np.ndarray:
    """What a player adds on average, over all coalitions of the others, each as likely as any.

    Parameters
    ----------
    worth : numpy.ndarray, shape (..., 2**n)
        As in `shapley_value`.

    Returns
    -------
    numpy.ndarray, shape (..., n)
        In the unit of the worth. What they add up to means nothing.

    Raises
    ------
    ValueError
        A number of coalitions that is no power of 2.

    References
    ----------
    Banzhaf, J. F. (1965). Weighted voting doesn't work: a mathematical analysis. Rutgers Law Review 19, 317-343.

    Examples
    --------
    >>> import numpy as np
    >>> majority = np.array([0.0, 0, 0, 1, 0, 1, 1, 1])   # any two of three win
    >>> banzhaf_value(majority).tolist()
    [0.5, 0.5, 0.5]
    """
    return _expected_gain(worth, banzhaf_chance(_players(worth)))


def shapley_chance(n: int) -> np.ndarray:
    """How probable it is to meet one given coalition of others on arriving, by its size, in a random order."""
    return np.array([1.0 / (n * math.comb(n - 1, size)) for size in range(n)])


def banzhaf_chance(n: int) -> np.ndarray:
    """The same where every coalition of others is as likely as any."""
    return np.full(n, 0.5 ** (n - 1)) if n else np.empty(0)


def value_of_slices(slices: Iterable[Slice], chance: np.ndarray) -> np.ndarray:
    """The value of a game too large to be laid out at once.

    Parameters
    ----------
    slices : iterable of Slice
        One for every decision of the same players.
    chance : numpy.ndarray, shape (n,)
        `shapley_chance` or `banzhaf_chance` of the number of all players.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Of those who decide by slices first, then of the others.

    Notes
    -----
    The value of k is Σ w₊(|S|) v(S) over the coalitions with k, less Σ w₋(|S|) v(S) over those without, where w₊(s) is
    the chance of s − 1 others and w₋(s) that of s. So a coalition counts (w₊ + w₋) v for each who is in it, less w₋ v
    for everybody.

    Examples
    --------
    >>> import numpy as np
    >>> majority = np.array([0.0, 0, 0, 1, 0, 1, 1, 1])   # any two of three win
    >>> halves = [Slice((False,), majority[:4]), Slice((True,), majority[4:])]
    >>> value_of_slices(halves, banzhaf_chance(3)).tolist()
    [0.5, 0.5, 0.5]
    """
    n = len(chance)
    with_, without = np.append(0.0, chance), np.append(chance, 0.0)
    gain, everybody = np.zeros(n), 0.0
    for joined, worth in slices:
        size = np.bitwise_count(np.arange(len(worth), dtype=np.uint32)) + sum(joined)
        everybody += float((without[size] * worth).sum())
        counts = (with_ + without)[size] * worth
        gain[: len(joined)] += np.array(joined) * counts.sum()
        for k in range(n - 1, len(joined) - 1, -1):  # the last player's half is the upper one; then both as one
            halves = counts.reshape(2, -1)
            gain[k] += halves[1].sum()
            counts = halves[0] + halves[1]
    return gain - everybody


def _players(worth: np.ndarray) -> int:
    coalitions = np.shape(worth)[-1] if np.ndim(worth) else 0
    n = coalitions.bit_length() - 1
    if n < 0 or coalitions != 2**n:
        raise ValueError(f"the worth of every coalition is needed, a power of 2: not {coalitions}")
    return n


def _expected_gain(worth: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """`chance` of meeting one given coalition of the others, by its size."""
    worth = np.asarray(worth, dtype=float)
    lead, n = worth.shape[:-1], len(chance)
    gain = np.empty((*lead, n))
    if not n:
        return gain
    meets = chance[np.bitwise_count(np.arange(2 ** (n - 1)))]
    for k in range(n):
        halves = worth.reshape(*lead, -1, 2, 2**k)  # without and with player k
        added = halves[..., 1, :] - halves[..., 0, :]
        # Not a product of matrices: its threads cost more than they bring here, and its last bits vary by processor.
        gain[..., k] = np.einsum("...ij,ij->...", added, meets.reshape(-1, 2**k))
    return gain
