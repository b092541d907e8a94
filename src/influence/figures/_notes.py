"""Receipts: where a tie comes from, as numbered notes beside a drawing."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.figures._frames import said
from influence.figures.look import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONT, LINE = 6.0, 8.0  # points


def receipt(tie: Mapping[str, Any], names: Mapping[Any, str] | None, *, suffix: str = "") -> str:
    """One tie in words: kind, dates, confidence where it is not high, source and locator, of what the frame has."""

    def cell(column: str) -> str:
        value = tie.get(column + suffix)
        return "" if value is None or pd.isna(value) else str(value)

    what = [cell("name") or said(cell("kind"), names)]
    years = [_year(tie.get(c + suffix)) for c in ("start", "end")]
    if any(years):
        what.append("–".join(years))
    if cell("presence_confidence") not in ("", "high"):
        what.append(f"confidence {cell('presence_confidence')}")
    source = cell("source_id").replace(";", "; ").replace(";  ", "; ")
    where = f"{source}, {cell('locator')}" if source and cell("locator") else source or cell("locator")
    head = ", ".join(w for w in what if w)
    return f"{head}: {where}" if head and where else head or where or "no source given"


def write_notes(ax: Axes, notes: Sequence[str], *, characters: int, closing: str = "") -> int:
    """Write numbered notes into an empty axes, wrapped, from the top.

    Returns
    -------
    int
        How many lines they take.
    """
    ax.axis("off")
    text = note_text(notes, characters, closing)
    ax.text(
        0, 1, text, transform=ax.transAxes, va="top", ha="left", fontsize=FONT, linespacing=LINE / FONT / 1.2, color=INK
    )
    return text.count("\n") + 1


def note_text(notes: Sequence[str], characters: int, closing: str = "") -> str:
    """The notes as one wrapped text."""
    lines: list[str] = []
    for k, note in enumerate(notes, start=1):
        head = f"{k:>2}  "
        lines += textwrap.wrap(
            note, characters, initial_indent=head, subsequent_indent="      ", break_on_hyphens=False
        )
    if closing:
        lines += textwrap.wrap(closing, characters)
    return "\n".join(lines)


def _year(value: Any) -> str:
    if value is None or pd.isna(value) or value == "":
        return ""
    return str(pd.Timestamp(value).year)
