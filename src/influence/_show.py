"""Tables as notebooks show them: fixed digits, fixed order, the same text on every machine."""

from __future__ import annotations

import pandas as pd


def show(frame: pd.DataFrame | pd.Series, *, digits: int = 3, rows: int = 40) -> pd.DataFrame:
    """A table for reading: numbers as text with a fixed number of digits, missing as “–”.

    Parameters
    ----------
    frame : DataFrame or Series
    digits : int, default 3
        Digits after the point; columns of whole numbers show none.
    rows : int, default 40
        Longer tables are cut, and say so.

    Returns
    -------
    pandas.DataFrame
        Text, so that a notebook's comparison never depends on display options.

    Examples
    --------
    >>> import pandas as pd
    >>> print(show(pd.DataFrame({"share": [0.12345, None]}, index=["KAZ", "TKM"])))
         share
    KAZ  0.123
    TKM      –
    """
    table = frame.to_frame() if isinstance(frame, pd.Series) else frame
    if len(table) > rows:
        raise ValueError(f"{len(table)} rows are too many to read: choose, or pass rows={len(table)}")
    return pd.DataFrame({c: _column(table[c], digits) for c in table.columns}, index=table.index).fillna("–")


def _column(values: pd.Series, digits: int) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d").astype(object)
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "yes", False: "no"}).astype(object)
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype(object)
    known = values.dropna()
    whole = bool((known == known.round()).all())
    return values.map(lambda v: f"{v:,.0f}" if whole else f"{v:,.{digits}f}", na_action="ignore").astype(object)
