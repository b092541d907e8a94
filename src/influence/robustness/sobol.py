"""How much of the spread of answers each choice makes, alone and in company, on a full factorial."""

from __future__ import annotations

import numpy as np

FLAT = 1e-9  # of the largest value: answers this near to each other are one answer at the digits that are written


def sobol_shares(answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Main and total Sobol shares of each axis of a full factorial, options of an axis weighing alike.

    Parameters
    ----------
    answers : numpy.ndarray
        One axis a choice, as long as it has options.

    Returns
    -------
    main : numpy.ndarray, shape (choices,)
        Var(E[y | choice]) / Var(y): the choice alone.
    total : numpy.ndarray, shape (choices,)
        E[Var(y | all other choices)] / Var(y): the choice and everything that it is part of.
        Both are exact, not estimated. NaN where an answer is NaN, or where all answers are the same.
    """
    axes = range(answers.ndim)
    nothing = np.full(answers.ndim, np.nan)
    if not np.isfinite(answers).all() or np.ptp(answers) <= FLAT * np.abs(answers).max():
        return nothing, nothing.copy()
    spread = answers.var()
    others = [tuple(k for k in axes if k != axis) for axis in axes]
    main = np.array([answers.mean(axis=rest).var() for rest in others]) / spread
    total = np.array([answers.var(axis=axis).mean() for axis in axes]) / spread
    return np.round(main, 9) + 0.0, np.round(total, 9) + 0.0
