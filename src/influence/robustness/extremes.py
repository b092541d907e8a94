"""An observed value beside what a null model drew: expectation, z, p and interval."""

from __future__ import annotations

import numpy as np

ALTERNATIVES = ("two-sided", "greater", "less")
MEASURES = ("observed", "expected", "sd", "z", "p", "low", "high", "p_min", "draws")


def against(
    observed: np.ndarray, drawn: np.ndarray, *, exact: bool, alternative: str = "two-sided", level: float = 0.95
) -> dict[str, np.ndarray]:
    """Compare observed values with draws under a null, column by column.

    Parameters
    ----------
    observed : numpy.ndarray, shape (k,)
    drawn : numpy.ndarray, shape (draws, k)
        NaN where a value is undefined in a draw: that draw does not count there.
    exact : bool
        Whether `drawn` are all equally likely cases, the observed one among them, or a random sample.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller tail, at most 1.
    level : float
        Share of the draws that lie in the interval ``low`` to ``high``, at least.

    Returns
    -------
    dict of str to numpy.ndarray, shape (k,)
        By the names in `MEASURES`. ``p`` counts draws at least as extreme; a sample counts the observation
        too (Phipson & Smyth 2010), an enumeration holds it. ``p_min`` is the p of the most extreme value reached. ``z``
        is NaN where nothing varies. All NaN where the observed value is.
    """
    if alternative not in ALTERNATIVES:
        raise ValueError(f'alternative must be "two-sided", "greater" or "less", not {alternative!r}')
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    observed, drawn = np.asarray(observed, dtype=float), np.asarray(drawn, dtype=float)
    found = {name: np.full(observed.shape, np.nan) for name in MEASURES}
    found["draws"] = (~np.isnan(drawn)).sum(axis=0).astype(float)
    found["observed"] = observed
    for k in np.flatnonzero(~np.isnan(observed) & (found["draws"] > 0)):
        column = drawn[~np.isnan(drawn[:, k]), k]
        sample = column if exact else np.append(column, observed[k])
        # Sums of the same numbers in another order are ties, not extremes.
        slack = 1e-9 * float(np.abs(sample).max())
        found["expected"][k], found["sd"][k] = column.mean(), column.std()
        if found["sd"][k] > slack:
            found["z"][k] = (observed[k] - found["expected"][k]) / found["sd"][k]
        else:
            found["sd"][k] = 0.0
        found["p"][k] = _p(sample, observed[k], slack, alternative)
        ends = (sample.min(), sample.max())
        found["p_min"][k] = min(_p(sample, end, slack, alternative) for end in ends)
        tail = (1 - level) / 2
        found["low"][k] = np.quantile(column, tail, method="lower")
        found["high"][k] = np.quantile(column, 1 - tail, method="higher")
    return found


def _p(sample: np.ndarray, value: float, slack: float, alternative: str) -> float:
    greater, less = float((sample >= value - slack).mean()), float((sample <= value + slack).mean())
    if alternative == "two-sided":
        return min(1.0, 2 * min(greater, less))
    return greater if alternative == "greater" else less
