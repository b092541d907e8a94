"""Receipts: where a tie comes from, as numbered notes beside a drawing."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.figures._frames import said
from influence.figures.look import INK, MM

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONT, LINE = 6.0, 7.4  # points
MOST_SOURCES = 4  # the data behind the figure have all of them
_YEAR = re.compile(r"\b(\d{4})(?=-|\.0|$|;)")


def receipt(tie: Mapping[Any, Any], names: Mapping[Any, str] | None, *, suffix: str = "") -> str:
    """One tie in words: kind, dates, confidence where it is not high, source and locator, of what the frame has."""

    def cell(column: str) -> str:
        value = tie.get(column + suffix)
        return "" if value is None or pd.isna(value) else str(value)

    what = [cell("name") or "; ".join(said(kind, names) for kind in _parts(cell("kind")))]
    if "records" in tie and tie["records"] > 1:
        what[0] += f" ({tie['records']} records)"
    begin = _YEAR.findall(cell("start")) or _YEAR.findall(cell("year"))
    until = _YEAR.findall(cell("end")) or _YEAR.findall(cell("year"))
    if len(begin) > 1:  # several records of one tie, joined
        what.append(begin[0] if len({*begin, *until}) == 1 else f"since {min(begin)}")
    elif begin or until:
        first, last = (begin or [""])[0], (until or [""])[0]
        what.append(first if first == last else f"{first}–{last}")
    confidence = [c for c in _parts(cell("presence_confidence")) if c != "high"]
    if confidence:
        what.append("confidence " + " or ".join(confidence))
    sources, places = _parts(cell("source_id")), _parts(cell("locator"))
    where = "; ".join(sources[:MOST_SOURCES])
    if len(sources) > MOST_SOURCES:
        where += f" and {len(sources) - MOST_SOURCES} more"
    if places:
        where += (", " if where else "") + textwrap.shorten("; ".join(places), 60, placeholder=" …")
    head = ", ".join(w for w in what if w)
    return ": ".join(w for w in (head, where or "no source given") if w)


def joined(ties: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """One row for all records that agree in `keys`: their other cells joined by "; ", their number in ``records``."""

    def together(values: pd.Series) -> str:
        return "; ".join(dict.fromkeys(str(v) for v in values.dropna() if v != ""))

    groups = ties.astype(object).assign(records=1).groupby(list(keys), sort=False, dropna=False)
    cells = {column: together for column in ties if column not in keys}
    return groups.agg({**cells, "records": "sum"}).reset_index()


def _parts(cells: str) -> list[str]:
    return list(dict.fromkeys(part for part in re.split(r"\s*;\s*", cells) if part))


def write_notes(ax: Axes, *texts: str) -> None:
    """Write notes, as from `note_text`, into an empty axes: columns side by side, from the top."""
    ax.axis("off")
    for k, text in enumerate(texts):
        placed = {"transform": ax.transAxes, "va": "top", "fontsize": FONT, "linespacing": 1.1, "color": INK}
        written = ax.text(k / len(texts), 1, text, **placed)
        written.set_in_layout(False)  # it fits by its number of characters; the layout would shrink its axes to nothing


def note_text(notes: Mapping[int, str], characters: int, closing: str = "") -> str:
    """Numbered notes as one wrapped text."""
    lines: list[str] = []
    for k, note in notes.items():
        head = f"{k:>2}  "
        lines += textwrap.wrap(note, characters, initial_indent=head, subsequent_indent="     ", break_on_hyphens=False)
    if closing:
        lines += textwrap.wrap(closing, characters)
    return "\n".join(lines)


def note_height(text: str) -> float:
    """How many millimetres the text takes."""
    return (text.count("\n") + 1) * LINE / 72 / MM + 2
