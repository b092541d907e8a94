"""Random numbers that depend on a seed and on what they are for, never on who draws them or when."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *key: object) -> np.random.Generator:
    """A random generator of its own for each task.

    Parameters
    ----------
    seed : int
    *key : object
        What the numbers are for; told apart by `repr`, so use text and numbers.

    Returns
    -------
    numpy.random.Generator
        The same for the same seed and key, on any worker, in any order.

    Examples
    --------
    >>> from influence.robustness import generator
    >>> int(generator(1, "draw", 7).integers(1000)) == int(generator(1, "draw", 7).integers(1000))
    True
    >>> int(generator(1, "draw", 7).integers(1000)) == int(generator(1, "draw", 8).integers(1000))
    False
    """
    digest = hashlib.sha256(repr(key).encode()).digest()
    words = [int.from_bytes(digest[k : k + 4], "big") for k in range(0, 32, 4)]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))
