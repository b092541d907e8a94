"""From evidence ids back to the sources."""

from __future__ import annotations

from typing import Any

import pandas as pd

from influence.claims.archive import Archive, archive

COLUMNS = ("source_id", "locator", "presence_confidence", "note")


def with_sources(moves: pd.DataFrame, folder: Any = None) -> pd.DataFrame:
    """Rows of evidence with what stands behind them.

    Parameters
    ----------
    moves : pandas.DataFrame
        Indexed by evidence: an evidence id, or the name of a group (``pipelines:LINE``, ``arms_supply:A>B``).

    Returns
    -------
    pandas.DataFrame
        The same with source_id, locator, presence_confidence, note; empty where a table does not have them.
    """
    opened = archive(folder)
    found = pd.DataFrame([_of(name, opened) for name in moves.index], index=moves.index, columns=list(COLUMNS))
    return moves.join(found)


def _of(name: str, opened: Archive) -> dict[str, Any]:
    table, _, key = name.partition(":")
    rows = opened.table(table)
    if table == "pipelines":
        own = rows[rows["pipeline_id"] == key]
    elif table == "arms_supply" and key.count(":") == 0:
        own = rows[rows["evidence_id"].str.startswith(name + ":")]
    else:
        own = rows[rows["evidence_id"] == name]
    first = own.iloc[0].to_dict() if len(own) else {}
    return {c: "" if pd.isna(first.get(c, pd.NA)) else str(first[c]) for c in COLUMNS}
