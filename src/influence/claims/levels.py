"""What a figure over years may say of a rule: its outcomes where they judge a level, none where they judge a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

OF_LEVELS = ("mean of years", "every year", "value in")
"""Aggregates that leave a number on the scale of the yearly ones."""


def over_years(parts: Sequence[Mapping[str, Any]], frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The parts of a rule as panels over years.

    Where the rule judges something else than a level, such as a difference of years, the yearly line is what lies
    behind it: the outcomes would stand on another scale and are left out. A part whose line is that of an earlier
    part is left out too.

    Parameters
    ----------
    parts : sequence of mapping
        Of the rule.
    frame : pandas.DataFrame
        part, year, value, low, high.

    Returns
    -------
    list of dict
        For `influence.figures.claim_years`; in the order of the rule.

    Examples
    --------
    >>> import pandas as pd
    >>> part = {"id": "a", "quantity": "change of a share", "unit": "share", "aggregate": "difference 2001-2012",
    ...         "outcomes": [{"from": None, "to": None, "verdict": "supported", "label": "any"}]}
    >>> frame = pd.DataFrame({"part": ["a"], "year": [2001], "value": [0.1], "low": [0.0], "high": [0.2]})
    >>> [panel["quantity"] for panel in over_years([part], frame)]
    ['by year, behind: change of a share']
    """
    panels: list[dict[str, Any]] = []
    lines: list[pd.DataFrame] = []
    for part in parts:
        own = frame[frame["part"] == part["id"]].sort_values("year")
        line = own[["year", "value", "low", "high"]].reset_index(drop=True)
        if own.empty or any(line.equals(other) for other in lines):
            continue
        lines.append(line)
        if str(part["aggregate"]).startswith(OF_LEVELS):
            panels.append(dict(part))
            continue
        judged = {"from": None, "to": None, "verdict": "", "label": f"judged: {part['aggregate']}"}
        panels.append({**part, "quantity": f"by year, behind: {part['quantity']}", "outcomes": [judged]})
    return panels
