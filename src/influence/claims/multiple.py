"""Many tests at once: p values adjusted so that a family of them is no luckier than one."""

from __future__ import annotations

import numpy as np
import pandas as pd


def holm(p: pd.Series) -> pd.Series:
    """Holm's step-down adjustment: keeps the probability of any false rejection in the family.

    The k-th smallest of m values is multiplied by m - k + 1; no value falls below a smaller one's, none exceeds 1.
    It holds whatever the dependence among the tests.

    Parameters
    ----------
    p : pandas.Series
        Labelled p values; NaN (no test) stays NaN and does not count in the family.

    Returns
    -------
    pandas.Series
        Under the same labels.

    References
    ----------
    S. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6,
    65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> [round(v, 6) for v in holm(pd.Series([0.01, 0.04, 0.03]))]
    [0.03, 0.06, 0.06]
    """
    known = _checked(p)
    factors = np.arange(len(known), 0, -1)
    stepped = np.maximum.accumulate(factors * known.to_numpy())
    return pd.Series(np.minimum(stepped, 1.0), index=known.index, dtype=float).reindex(p.index)


def benjamini_yekutieli(p: pd.Series) -> pd.Series:
    """Benjamini and Yekutieli's step-up adjustment: keeps the expected share of false rejections among all.

    The k-th smallest of m values is multiplied by (m / k) (1 + 1/2 + ... + 1/m); no value exceeds a larger one's, nor
    1. It holds whatever the dependence among the tests.

    Parameters
    ----------
    p : pandas.Series
        Labelled p values; NaN (no test) stays NaN and does not count in the family.

    Returns
    -------
    pandas.Series
        Under the same labels.

    References
    ----------
    Y. Benjamini & D. Yekutieli (2001), The control of the false discovery rate in multiple testing under dependency,
    The Annals of Statistics 29, 1165-1188.

    Examples
    --------
    >>> import pandas as pd
    >>> [round(v, 6) for v in benjamini_yekutieli(pd.Series([0.01, 0.5]))]
    [0.03, 0.75]
    """
    known = _checked(p)
    m = len(known)
    ranks = np.arange(1, m + 1)
    scaled = known.to_numpy() * m / ranks * (1.0 / ranks).sum()
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return pd.Series(np.minimum(stepped, 1.0), index=known.index, dtype=float).reindex(p.index)


def _checked(p: pd.Series) -> pd.Series:
    """The values that are known, smallest first."""
    if p.index.has_duplicates:
        raise ValueError("each p value needs a label of its own")
    known = p.dropna().astype(float)
    odd = known[(known < 0) | (known > 1)]
    if len(odd):
        raise ValueError(f"{odd.iloc[0]:g} of {odd.index[0]} is no p value")
    return known.sort_values(kind="stable")
