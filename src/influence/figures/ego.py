"""One actor, its ties, and where each is known from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import FancyArrowPatch

from influence.figures._frames import in_order, said
from influence.figures._notes import LINE, note_text, receipt, write_notes
from influence.figures._placing import name_points
from influence.figures.look import COLOURS, INK, MM, QUIET, canvas, settle, style
from influence.figures.positions import stable_positions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def ego_network(
    layer: Any,
    actor: Any,
    ties: pd.DataFrame | None = None,
    *,
    groups: Mapping[Any, Any] | pd.Series | None = None,
    order: Sequence[Any] | None = None,
    most: int = 25,
    names: Mapping[Any, str] | None = None,
    colour: str = COLOURS[0],
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """An actor amid its partners; each tie carries the number of its note, which names kind, years and source.

    Parameters
    ----------
    layer : Layer or None
        Where the ties come from if they are not given; tells whether they have a direction.
    actor : str
    ties : DataFrame, optional
        source, target and what is known of the tie: kind, name, mutual, start, end, presence_confidence, source_id,
        locator. Default: ``layer.ties(actor=actor)``.
    groups : mapping or Series, optional
        Actor → group: partners stand by group.
    order : sequence, optional
        The groups, clockwise.
    most : int, default 25
        At most so many ties; a note says how many more there are.
    names : mapping, optional
        Actor or kind → what is printed.
    colour : str
        Of the actor.
    width : {"double", "single", "slide"}
        "single" has the notes below, not beside.
    height : float, optional
        Millimetres. Default: by the length of the notes.
    ax : (Axes, Axes), optional
        For the drawing and for the notes.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> ties = pd.DataFrame({"source": ["RUS"], "target": ["KGZ"], "kind": "base", "source_id": "treaty_2003"})
    >>> figure = ego_network(None, "KGZ", ties)
    >>> figure.axes[1].texts[0].get_text().strip()
    '1  RUS → KGZ, base: treaty_2003'
    """
    found = layer.ties(actor=actor) if ties is None else ties
    found = found[(found["source"] == actor) | (found["target"] == actor)].reset_index(drop=True)
    if found.empty:
        raise ValueError(f"ego_network: {actor} has no tie here")
    shown = _sorted(found, actor).head(most)
    directed = getattr(layer, "directed", True)
    mutual = (shown["mutual"] if "mutual" in shown else pd.Series(False, index=shown.index)).astype(bool) | (
        not directed
    )
    notes = [
        f"{said(t['source'], names)} {'–' if both else '→'} {said(t['target'], names)}, {receipt(t, names)}"
        for t, both in zip(shown.to_dict("records"), mutual, strict=True)
    ]
    closing = (
        f"and {len(found) - len(shown)} more ties in the data behind the figure" if len(found) > len(shown) else ""
    )
    characters = 58 if width == "single" else 66
    lines = note_text(notes, characters, closing).count("\n") + 1
    with style():
        if ax is None:
            text = lines * LINE / 72 / MM + 4
            single = width == "single"
            tall = height or (text + 80 if single else max(text, 82))
            grid = (
                {"rows": 2, "height_ratios": [80, max(text, 8)]} if single else {"columns": 2, "width_ratios": [1, 1]}
            )
            figure, (place, beside) = canvas(width, tall, **grid)
        else:
            place, beside = ax
            figure = place.get_figure(root=True)
        partners = in_order(
            [t if s == actor else s for s, t in zip(shown["source"], shown["target"], strict=True)], None
        )
        at = stable_positions(partners, groups, order=order)
        points = {a: (float(x), float(y)) for a, x, y in at[["x", "y"]].itertuples()}
        place.set_aspect("equal")
        place.axis("off")
        place.set_xlim(-1.35, 1.35)
        place.set_ylim(-1.25, 1.25)
        _draw(place, shown, mutual, points, actor, colour)
        place.annotate(
            said(actor, names),
            (0, 0),
            ha="center",
            va="center_baseline",
            fontsize=7.5,
            fontweight="bold",
            color="white",
            zorder=6,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": colour, "edgecolor": "white"},
        )
        write_notes(beside, notes, characters=characters, closing=closing)
        settle(figure)
        name_points(place, points, {a: said(a, names) for a in points}, outward=(0, 0), fontsize=7)
    return figure


def _sorted(found: pd.DataFrame, actor: Any) -> pd.DataFrame:
    other = found["source"].where(found["source"] != actor, found["target"]).astype(str)
    keys = found.assign(_other=other, _out=found["source"] != actor)
    columns = ["_other", "_out", *[c for c in ("kind", "start") if c in found]]
    return keys.sort_values(columns, kind="stable").drop(columns=["_other", "_out"])


def _draw(
    ax: Axes,
    shown: pd.DataFrame,
    mutual: pd.Series,
    points: Mapping[Any, tuple[float, float]],
    actor: Any,
    colour: str,
) -> None:
    """Ties as arcs: all those of one partner beside each other, each with its number."""
    for partner, (x, y) in points.items():
        own = [k for k, (s, t) in enumerate(zip(shown["source"], shown["target"], strict=True)) if partner in (s, t)]
        normal = np.array([-y, x])
        for place, k in enumerate(own):
            bend = 0.16 * (place - (len(own) - 1) / 2)
            outward = shown["source"].iloc[k] == actor
            start, end = ((0.0, 0.0), (x, y)) if outward else ((x, y), (0.0, 0.0))
            both = bool(mutual.iloc[k])
            ax.add_patch(
                FancyArrowPatch(
                    start,
                    end,
                    # A bend to the left of the way out is one to the right of the way in.
                    connectionstyle=f"arc3,rad={-bend if outward else bend:.3f}",
                    arrowstyle="-" if both else "-|>,head_length=3.5,head_width=1.8",
                    mutation_scale=1,
                    shrinkA=13 if outward else 4,
                    shrinkB=4 if outward else 13,
                    color=colour if outward or both else QUIET,
                    linewidth=0.9,
                    linestyle="-" if outward or both else (0, (4, 1.5)),
                    zorder=2,
                )
            )
            # A quadratic arc passes, at a share t of the way, 2 t (1 − t) bend beside the chord.
            t = 0.62 + 0.10 * (place % 2)
            spot = t * np.array([x, y]) + 2 * t * (1 - t) * bend * normal
            ax.annotate(
                str(k + 1),
                (float(spot[0]), float(spot[1])),
                ha="center",
                va="center_baseline",
                fontsize=6,
                color=INK,
                zorder=5,
                bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"},
            )
        ax.plot([x], [y], "o", color=INK, markersize=4, markeredgecolor="white", zorder=4)
