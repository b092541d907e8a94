"""Brokerage roles of several actors side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.lines import Line2D

from influence.figures._frames import checked, in_order, one_each, said
from influence.figures._sides import turn_if_touching
from influence.figures.look import COLOURS, FAINT, INK, QUIET, facets, key_below, settle, style
from influence.figures.presets import fitted, fitted_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIVE = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")


def role_profile(
    frame: pd.DataFrame,
    *,
    actor: str = "actor",
    role: str = "role",
    value: str = "count",
    panel: str | None = None,
    p: str | None = None,
    alpha: float = 0.05,
    order: Sequence[Any] | None = None,
    roles: Sequence[str] = FIVE,
    panels: Sequence[Any] | None = None,
    names: Mapping[Any, str] | None = None,
    colours: Mapping[Any, str] | None = None,
    unit: str = "chains a → b → c",
    columns: int = 1,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """One row an actor, one column a role: a dot at the count, with the count beside it.

    All columns have the same scale. A role that the partition makes impossible is crossed out, not drawn at 0; one
    that nobody counted is left empty.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy: one row an actor and role (and panel); a missing value means that the role is impossible. The frame of
        `influence.brokerage.gould_fernandez_test` is one.
    actor, role, value : str
        Columns.
    panel : str, optional
        A column: one panel for each of its values, such as layers or years.
    p : str, optional
        A column of p-values: dots are filled where p < `alpha`, open elsewhere.
    alpha : float, default 0.05
    order, roles, panels : sequence, optional
        Which actors, roles and panels, and in which order.
    names : mapping, optional
        Actor, role or panel → what is printed.
    colours : mapping, optional
        Actor → colour of its row.
    unit : str
        What is counted.
    columns : int, default 1
        Panels side by side.
    width : {"double", "single"}
    height : float, optional
        Millimetres a row of panels. Default: by the number of actors.
    ax : Axes or sequence of Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"actor": "KAZ", "role": ["gatekeeper", "liaison"], "count": [3, None]})
    >>> figure = role_profile(frame, roles=["gatekeeper", "liaison"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['3', '×']
    """
    frame = checked(frame, "role_profile", actor, role, value, panel, p)
    one_each(frame, "role_profile", [c for c in (panel, actor, role) if c])
    rows = in_order(frame[actor], order, keep=True)
    parts = in_order(frame[panel], panels) if panel else [None]
    drawn = frame[frame[actor].isin(rows) & frame[role].isin(roles)]
    most = float(drawn[value].max())
    scale = 0.62 / most if most > 0 else 0.0
    columns, width = fitted_columns(columns, width), fitted(width)
    with style():
        tall = height or (36 if width == "single" else 16) + 4.6 * len(rows)
        figure, axes = facets(len(parts), columns=columns, width=width, height=tall, axes=ax)
        for part, place in zip(parts, axes, strict=True):
            own = drawn if part is None else drawn[drawn[panel] == part]
            _rows(place, own, rows, roles, scale, (actor, role, value, p), alpha, colours)
            _frame(place, rows, roles, names)
            if part is not None:
                place.set_title(said(part, names), pad=14)
        end = "\n" if width == "single" else " "
        axes[-1].set_xlabel(f"{unit};{end}the same scale in every column", color=QUIET, loc="left")
        impossible = bool(drawn[value].isna().any())
        settle(figure)
        for place in axes:
            turn_if_touching(place, 30)
        settle(figure)
        key_below(axes[-1], _key(p is not None, alpha, impossible), own=ax is None)
    return figure


def _rows(
    ax: Axes,
    own: pd.DataFrame,
    rows: Sequence[Any],
    roles: Sequence[str],
    scale: float,
    columns: tuple[str, str, str, str | None],
    alpha: float,
    colours: Mapping[Any, str] | None,
) -> None:
    actor, role, value, p = columns
    for _, line in own.iterrows():
        y, x = rows.index(line[actor]), roles.index(line[role])
        colour = (colours or {}).get(line[actor], COLOURS[0])
        if pd.isna(line[value]):
            ax.annotate("×", (x, y), ha="center", va="center", color=QUIET, fontsize=7)
            continue
        at = x + float(line[value]) * scale
        ax.plot([x, at], [y, y], color=colour, linewidth=0.9, zorder=2, label="_stem")
        sure = p is None or (not pd.isna(line[p]) and line[p] < alpha)
        ax.plot(
            [at],
            [y],
            marker="o",
            markersize=4,
            color=colour,
            markerfacecolor=colour if sure and line[value] > 0 else "white",
            markeredgewidth=0.8,
            zorder=3,
        )
        ax.annotate(
            f"{line[value]:,.0f}" if line[value] == round(line[value]) else f"{line[value]:,.2g}",
            (at, y),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=6.5,
            color=INK,
        )


def _frame(ax: Axes, rows: Sequence[Any], roles: Sequence[str], names: Mapping[Any, str] | None) -> None:
    for k in range(len(roles)):
        ax.axvline(k, color=QUIET, linewidth=0.5, zorder=1)
    for k in range(len(rows)):
        ax.axhline(k, color=FAINT, linewidth=0.4, zorder=0.5)
    ax.set_xlim(-0.08, len(roles) - 0.05)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xticks(range(len(roles)), [said(r, names) for r in roles], ha="left")
    ax.set_yticks(range(len(rows)), [said(r, names) for r in rows])
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _key(tested: bool, alpha: float, impossible: bool) -> list[Line2D]:
    dot: dict[str, Any] = {"linestyle": "none", "color": INK, "markersize": 4}
    entries = []
    if tested:
        entries.append(Line2D([], [], marker="o", label=f"p < {alpha:g}", **dot))
        entries.append(Line2D([], [], marker="o", markerfacecolor="white", label=f"p ≥ {alpha:g}, or 0", **dot))
    if impossible:
        entries.append(Line2D([], [], marker="x", label="impossible under this partition", **{**dot, "color": QUIET}))
    return entries
