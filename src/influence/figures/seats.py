"""Who sits where, in which role: actors × organizations in one year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Patch, Rectangle

from influence.figures._frames import checked, in_order, one_each, said
from influence.figures._sides import part_groups, turn_if_touching
from influence.figures.look import FAINT, INK, facets, fill_looks, key_below, settle, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def membership_matrix(
    frame: pd.DataFrame,
    *,
    actor: str = "actor_id",
    organization: str = "org_id",
    role: str = "role",
    status: str = "status",
    order: Sequence[Any] | None = None,
    organizations: Sequence[Any] | None = None,
    roles: Sequence[str] | None = None,
    groups: Mapping[Any, Any] | pd.Series | None = None,
    names: Mapping[Any, str] | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """Two modes, no projection: a square where an actor sits in an organization, its shade and hatch by role.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an actor and organization, of one year.
    actor, organization, role : str
        Columns.
    status : str
        A column that need not be there: whatever is not "present" is drawn as a small sign, named below.
    order, organizations, roles : sequence, optional
        Which, and in which order; roles from the strongest to the weakest. Actors without a seat keep their row.
    groups : mapping or Series, optional
        Actor → group: a line between groups, their names at the right.
    names : mapping, optional
        Key → what is printed.
    looks : mapping, optional
        Role → as from `fill_looks`.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of actors.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"actor_id": ["RUS", "TUR"], "org_id": "SCO", "role": ["member", "partner"]})
    >>> figure = membership_matrix(frame)
    >>> len(figure.axes[0].patches)
    2
    """
    frame = checked(frame, "membership_matrix", actor, organization, role)
    one_each(frame, "membership_matrix", [actor, organization])
    rows = in_order(frame[actor], order, keep=True)
    across = in_order(frame[organization], organizations, keep=True)
    kinds = in_order(frame[role], roles)
    seen = looks or fill_looks(kinds)
    drawn = frame[frame[actor].isin(rows) & frame[organization].isin(across) & frame[role].isin(kinds)]
    signs: dict[str, str] = {}
    with style():
        tall = height or 34 + 4.0 * len(rows)
        figure, (place, *_) = facets(1, columns=1, width=width, height=tall, axes=ax)
        for k in range(len(rows)):
            place.axhline(k, color=FAINT, linewidth=0.4, zorder=0.5)
        for k in range(len(across)):
            place.axvline(k, color=FAINT, linewidth=0.4, zorder=0.5)
        for seat in drawn.to_dict("records"):
            x, y = across.index(seat[organization]), rows.index(seat[actor])
            state = seat.get(status, "present")
            if state == "present":
                place.add_patch(
                    Rectangle((x - 0.36, y - 0.36), 0.72, 0.72, linewidth=0.5, zorder=2, **seen[seat[role]])
                )
            else:
                sign = signs.setdefault(state, {"unknown": "?", "refused": "×", "proposed": "+"}.get(state, "○"))
                place.annotate(sign, (x, y), ha="center", va="center", fontsize=7, color=INK, zorder=3)
        part_groups(place, rows, groups, names)
        place.set_xlim(-0.6, len(across) - 0.4)
        place.set_ylim(len(rows) - 0.4, -0.6)
        place.set_xticks(range(len(across)), [said(k, names) for k in across])
        place.set_yticks(range(len(rows)), [said(k, names) for k in rows])
        place.tick_params(length=0, labeltop=True, labelbottom=False)
        for side in ("left", "bottom"):
            place.spines[side].set_visible(False)
        keys = [Patch(label=said(k, names), linewidth=0.5, **seen[k]) for k in kinds]
        keys += [Patch(label=f"{sign}  {said(state, names)}", alpha=0) for state, sign in signs.items()]
        settle(figure)
        key_below(place, keys, own=ax is None)
        settle(figure)
        turn_if_touching(place)
    return figure
