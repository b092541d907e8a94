"""Who was in what, from when to when."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Patch, Rectangle

from influence.figures._frames import checked, in_order, said
from influence.figures._sides import thin_ticks
from influence.figures.look import FAINT, INK, QUIET, facets, fill_looks, key_below, settle, style
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_YEAR, _MONTH = pd.DateOffset(years=1), pd.DateOffset(months=1)


def membership_timeline(
    frame: pd.DataFrame,
    *,
    span: tuple[int, int],
    group: str = "actor_id",
    lane: str = "org_id",
    role: str = "role",
    start: str = "start",
    end: str = "end",
    precision: str = "date_precision",
    end_precision: str = "end_precision",
    status: str = "status",
    order: Sequence[Any] | None = None,
    lanes: Sequence[Any] | None = None,
    roles: Sequence[str] | None = None,
    names: Mapping[Any, str] | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """Spells as bars, one lane an organization under each actor (or the other way round), roles by shade and hatch.

    Where a date is known to the month or year only, the stretch in which it must lie is left open between dashes: a
    start lies after the date written, an end before it, as in the data package.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a spell. An empty end is still in force, an empty start began before the picture.
    span : (int, int)
        First and last year of the picture.
    group, lane, role, start, end : str
        Columns.
    precision, end_precision, status : str
        Columns that need not be there: "day", "month" or "year" of both dates, or of the end alone; and "present"
        or else, which is drawn as an empty bar.
    order, lanes, roles : sequence, optional
        Which groups, lanes and roles, and in which order; roles from the strongest to the weakest.
    names : mapping, optional
        Group, lane, role or status → what is printed.
    looks : mapping, optional
        Role → as from `fill_looks`.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of lanes.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"actor_id": ["UZB"], "org_id": ["CSTO"], "role": ["member"], "start": ["2006-08-16"],
    ...                       "end": ["2012-12-19"], "date_precision": ["day"]})
    >>> figure = membership_timeline(frame, span=(2001, 2012))
    >>> bar = figure.axes[0].patches[0]
    >>> round(bar.get_x(), 2), round(bar.get_x() + bar.get_width(), 2)
    (2006.62, 2012.96)
    """
    frame = checked(frame, "membership_timeline", group, lane, role, start, end)
    first, last = pd.Timestamp(span[0], 1, 1), pd.Timestamp(span[1] + 1, 1, 1)
    frame = frame.assign(**{start: pd.to_datetime(frame[start]), end: pd.to_datetime(frame[end])})
    backwards = frame[frame[end] < frame[start]]
    if len(backwards):
        row = backwards.iloc[0]
        raise ValueError(f"membership_timeline: {row[group]} in {row[lane]} ends before it starts")
    inside = frame[(frame[start].fillna(first) < last) & (frame[end].fillna(last) > first)]
    kinds = in_order(inside[role], roles)
    inside = inside[inside[role].isin(kinds)]
    seen = looks or fill_looks(kinds)
    rows = [
        (g, k) for g in in_order(inside[group], order) for k in in_order(inside.loc[inside[group] == g, lane], lanes)
    ]
    if not rows:
        raise ValueError(f"membership_timeline: no spell of these in {span[0]}–{span[1]}")
    heads = len({g for g, _ in rows})
    width = fitted(width)
    with style():
        wrap = 20 if width == "single" else 60
        lanes_told = {k: "\n".join(textwrap.wrap(said(k, names), wrap)) or said(k, names) for _, k in rows}
        lines = max(text.count("\n") + 1 for text in lanes_told.values())
        tall = height or (28 if width == "single" else 20) + (1.4 + 2.6 * lines) * len(rows) + 2.2 * heads
        figure, (place, *_) = facets(1, columns=1, width=width, height=tall, axes=ax)
        place.set_xlim(span[0], span[1] + 1)
        for year in range(span[0], span[1] + 2):
            place.axvline(year, color=FAINT, linewidth=0.4, zorder=0.5)
        ticks, y, before = [], -1.0, None
        coarse = other = False
        for g, k in rows:
            y += 1.0 if g == before else 1.55
            if g != before:
                place.annotate(
                    said(g, names),
                    (1.01, y),
                    xycoords=("axes fraction", "data"),
                    va="center",
                    fontweight="bold",
                    annotation_clip=False,
                )
                if before is not None:
                    place.axhline(y - 0.78, color=QUIET, linewidth=0.4)
            before = g
            ticks.append((y, lanes_told[k]))
            for spell in inside[(inside[group] == g) & (inside[lane] == k)].to_dict("records"):
                sure, dim = _stretches(spell, start, end, precision, end_precision, first, last)
                here = spell.get(status, "present") == "present"
                other |= not here
                coarse |= bool(dim) and here
                _bar(place, y, sure, dim, seen[spell[role]], here)
        place.set_ylim(y + 0.7, -0.25)
        place.set_yticks([t for t, _ in ticks], [text for _, text in ticks])
        years = range(span[0], span[1] + 1)
        place.set_xticks([v + 0.5 for v in years], [str(v) for v in years])
        place.tick_params(length=0)
        place.spines["left"].set_visible(False)
        keys = [Patch(label=said(k, names), linewidth=0.5, **seen[k]) for k in kinds]
        if coarse:
            keys.append(Patch(label="date lies within", **_DIM))
        if other:
            told = ", ".join(said(s, names) for s in sorted(set(inside[status]) - {"present"}))
            keys.append(Patch(label=f"not in force: {told}", **_NOT))
        settle(figure)
        key_below(place, keys, own=ax is None)
        settle(figure)
        thin_ticks(place)
    return figure


_DIM: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "linestyle": (0, (2, 1.2)), "linewidth": 0.5}
_NOT: dict[str, Any] = {"facecolor": "none", "edgecolor": QUIET, "linestyle": (0, (1, 1)), "linewidth": 0.8}


def _decimal(when: pd.Timestamp) -> float:
    return when.year + (when.day_of_year - 1) / (366 if when.is_leap_year else 365)


def _stretches(
    spell: Mapping[str, Any],
    start: str,
    end: str,
    precision: str,
    end_precision: str,
    first: pd.Timestamp,
    last: pd.Timestamp,
) -> tuple[tuple[float, float], list[tuple[float, float]]]:
    """The stretch that is sure, and those at its ends within which a coarse date lies; cut to the picture."""
    known = spell.get(precision)
    known_end = spell.get(end_precision)
    known_end = known if known_end is None or pd.isna(known_end) else known_end
    steps = {"month": _MONTH, "year": _YEAR}
    begin, until = spell[start], spell[end]
    sure_from = begin + steps[str(known)] if not pd.isna(begin) and known in steps else begin
    sure_to = until - steps[str(known_end)] if not pd.isna(until) and known_end in steps else until

    def cut(value: Any, default: pd.Timestamp) -> pd.Timestamp:
        return default if pd.isna(value) else min(max(value, first), last)

    a, b, c, d = cut(begin, first), cut(sure_from, first), cut(sure_to, last), cut(until, last)
    if b >= c:  # nothing is sure: start and end lie within the same stretch
        return (_decimal(a), _decimal(a)), [(_decimal(a), _decimal(d))]
    dim = [(x, y) for x, y in ((a, b), (c, d)) if x < y]
    return (_decimal(b), _decimal(c)), [(_decimal(x), _decimal(y)) for x, y in dim]


def _bar(
    ax: Axes,
    y: float,
    sure: tuple[float, float],
    dim: Sequence[tuple[float, float]],
    look: Mapping[str, Any],
    present: bool,
) -> None:
    if not present:
        low, high = min([sure[0], *(d[0] for d in dim)]), max([sure[1], *(d[1] for d in dim)])
        ax.add_patch(Rectangle((low, y - 0.3), high - low, 0.6, zorder=2, **_NOT))
        return
    if sure[1] > sure[0]:
        ax.add_patch(Rectangle((sure[0], y - 0.34), sure[1] - sure[0], 0.68, linewidth=0.5, zorder=3, **look))
    for low, high in dim:
        ax.add_patch(Rectangle((low, y - 0.34), high - low, 0.68, zorder=2, **_DIM))
