"""What each player adds to a game in which every coalition has a worth: Shapley's and Banzhaf's value.

The games here are few enough to be played out: all coalitions are known. A worth is an amount, not a victory, so
these are values; the index of Shapley and Shubik is their case for games of winning or losing.
"""

from __future__ import annotations

import math

import numpy as np

from influence.network.adapter import GraphError


class TooManyPlayers(GraphError):
    """All coalitions cannot be played out; the message says what would make the players fewer."""


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
    n = _players(worth)
    chance = np.array([1.0 / (n * math.comb(n - 1, size)) for size in range(n)])
    return _expected_gain(worth, chance)


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
    n = _players(worth)
    return _expected_gain(worth, np.full(n, 0.5 ** (n - 1)) if n else np.empty(0))


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
