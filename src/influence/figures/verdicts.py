"""Parts of claims, each with its interval among the outcomes that its rule fixed in advance."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch, Rectangle

from influence.figures._frames import checked, one_each, said
from influence.figures.look import COLOURS, INK, facets, key_below, plain, settle, style, tone
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Outcome → what its region looks like: shade and hatch, so that grey print tells them apart.
REGIONS: dict[str, dict[str, Any]] = {
    "supported": {"facecolor": tone(COLOURS[0], 0.3), "edgecolor": "white", "hatch": ""},
    "contradicted": {"facecolor": tone(COLOURS[1], 0.14), "edgecolor": tone(COLOURS[1], 0.6), "hatch": "////"},
}
OTHER: dict[str, Any] = {"facecolor": "#F4F4F4", "edgecolor": "white", "hatch": ""}
APART = 0.1  # of the width of a strip: bounds nearer than that share one number


def verdict_table(
    parts: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    claim: str = "claim",
    part: str = "part",
    verdict: str = "verdict",
    names: Mapping[Any, str] | None = None,
    wrap: int | None = None,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """One row a part of a claim: where its interval lies among the outcomes that its rule fixed in advance.

    Each row has a scale of its own, on which the bounds between outcomes are written: rows are compared by the side of
    a bound on which they lie, never by their length.

    Parameters
    ----------
    parts : pandas.DataFrame
        claim, part, value, low, high, verdict. A part without a value has no dot.
    outcomes : pandas.DataFrame
        claim, part, ``from``, ``to`` (missing: no bound), verdict: the regions, which tile the line.
    claim, part, verdict : str
        Columns of both.
    names : mapping, optional
        Claim, (claim, part) or verdict → what is printed.
    wrap : int, optional
        Characters a line of a name. Default: by the width.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of rows.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, or a part has no outcomes.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame({"claim": ["C1"], "part": ["a"], "value": [0.1], "low": [-0.1], "high": [0.2],
    ...                       "verdict": ["supported"]})
    >>> rule = pd.DataFrame({"claim": "C1", "part": "a", "from": [None, -0.4, 0.4], "to": [-0.4, 0.4, None],
    ...                      "verdict": ["contradicted", "supported", "contradicted"]})
    >>> figure = verdict_table(parts, rule)
    >>> len(figure.axes[0].patches)
    3
    """
    parts = checked(parts, "verdict_table", claim, part, "value", "low", "high", verdict)
    outcomes = checked(outcomes, "verdict_table", claim, part, "from", "to", verdict)
    one_each(parts, "verdict_table", [claim, part])
    wrap = wrap or (18 if fitted(width) == "single" else 48)
    rows = parts.to_dict("records")
    texts = [_called(row[claim], row[part], names, wrap) for row in rows]
    tall = [max(1.9, 0.75 + 0.9 * (text.count("\n") + 1)) for text in texts]
    steps = np.cumsum([0.0, *tall])
    middles = (steps[:-1] + steps[1:]) / 2
    with style():
        figure, (place, *_) = facets(1, columns=1, width=width, height=height or 14 + 3.1 * steps[-1], axes=ax)
        place.set_xlim(0, 1)
        place.set_ylim(steps[-1], 0)
        shown: list[str] = []
        for row, y in zip(rows, middles, strict=True):
            own = outcomes[outcomes[claim].eq(row[claim]) & outcomes[part].eq(row[part])]
            if own.empty:
                raise ValueError(f"verdict_table: no outcomes for part {row[part]} of {row[claim]}")
            shown += _strip(place, row, own, float(y), verdict)
        place.set_yticks(middles, texts, linespacing=1.05)
        place.set_xticks([])
        place.tick_params(axis="y", length=0)
        for side in ("left", "bottom"):
            place.spines[side].set_visible(False)
        for row, y in zip(rows, middles, strict=True):
            told = "" if pd.isna(row[verdict]) else said(row[verdict], names)
            bold = {"fontsize": 7, "va": "center", "annotation_clip": False}
            place.annotate(told, (1.0, y), xytext=(5, 0), textcoords="offset points", **bold)
        settle(figure)
        key_below(place, _key(shown, names), own=ax is None)
    return figure


def _called(claim: Any, part: Any, names: Mapping[Any, str] | None, wrap: int) -> str:
    told = (names or {}).get((claim, part))
    text = f"{said(claim, names)} {part}" + (f": {told}" if told else "")
    return "\n".join(textwrap.wrap(text, wrap, max_lines=3, placeholder=" …"))


def _strip(ax: Axes, row: Mapping[Any, Any], own: pd.DataFrame, y: float, verdict: str) -> list[str]:
    """The outcomes as a strip and the interval over it; which outcomes there were."""
    bounds = sorted({float(b) for b in [*own["from"], *own["to"]] if not pd.isna(b)})
    numbers = [float(v) for v in (row["value"], row["low"], row["high"]) if not pd.isna(v) and np.isfinite(v)]
    low, high = min([*bounds, *numbers], default=0.0), max([*bounds, *numbers], default=1.0)
    margin = 0.15 * ((high - low) or abs(high) or 1.0)
    low, high = low - margin, high + margin

    def at(value: float) -> float:
        return float(np.clip((value - low) / (high - low), 0, 1))

    for cell in own.to_dict("records"):
        left = 0.0 if pd.isna(cell["from"]) else at(cell["from"])
        right = 1.0 if pd.isna(cell["to"]) else at(cell["to"])
        look = REGIONS.get(cell[verdict], OTHER)
        ax.add_patch(Rectangle((left, y - 0.5), right - left, 1.0, linewidth=0.4, zorder=1, **look))
    before = -np.inf
    for bound in bounds:
        if at(bound) - before > APART:
            ax.annotate(plain(bound), (at(bound), y + 0.52), ha="center", va="top", fontsize=6, color=INK)
            before = at(bound)
    if pd.isna(row["value"]):
        ax.annotate("not measured", (0.5, y), ha="center", va="center", fontsize=6, color=INK)
        return [str(v) for v in own[verdict]]
    if not (pd.isna(row["low"]) or pd.isna(row["high"])):
        ax.plot([at(row["low"]), at(row["high"])], [y, y], color=INK, linewidth=1.6, zorder=3, label="_interval")
    mark = {"marker": "o", "markersize": 4.2, "color": INK, "markeredgecolor": "white", "markeredgewidth": 0.7}
    ax.plot([at(row["value"])], [y], zorder=4, label="_value", **mark)
    return [str(v) for v in own[verdict]]


def _key(shown: Sequence[str], names: Mapping[Any, str] | None) -> list[Patch]:
    there = [v for v in REGIONS if v in shown]
    rest = [v for v in dict.fromkeys(shown) if v not in there]
    return [Patch(linewidth=0.4, label=said(v, names), **REGIONS.get(v, OTHER)) for v in [*there, *rest]]
