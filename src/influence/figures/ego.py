"""One actor, its ties, and where each is known from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import FancyArrowPatch

from influence.figures._frames import in_order, said
from influence.figures._notes import joined, note_height, note_text, receipt, write_notes
from influence.figures._placing import name_points
from influence.figures.look import COLOURS, INK, QUIET, canvas, root, settle, style
from influence.figures.positions import stable_positions
from influence.figures.presets import fitted

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

    Several records of one kind (and name) between the same two make one arc and one note.

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
        At most so many arcs, by the name of the partner; a note says how many more there are.
    names : mapping, optional
        Actor or kind → what is printed.
    colour : str
        Of the actor.
    width : {"double", "single"}
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
    if "mutual" not in found:
        found = found.assign(mutual=False)
    found = found.assign(mutual=found["mutual"].astype(bool) | (not getattr(layer, "directed", True)))
    same = ["source", "target", "mutual", *[c for c in ("kind", "name") if c in found]]
    arcs = _sorted(joined(found, same), actor)
    shown = arcs.head(most)
    notes = {
        k: f"{said(t['source'], names)} {'–' if t['mutual'] else '→'} {said(t['target'], names)}, {receipt(t, names)}"
        for k, t in enumerate(shown.to_dict("records"), start=1)
    }
    closing = f"and {len(arcs) - len(shown)} more in the data behind the figure" if len(arcs) > len(shown) else ""
    width = fitted(width)
    text = note_text(notes, 64 if width == "single" else 67, closing)
    with style():
        if ax is None:
            lower = note_height(text)
            if width == "single":
                figure, pair = canvas(width, height or lower + 80, rows=2, height_ratios=[80, max(lower, 8)])
            else:
                figure, pair = canvas(width, height or max(lower, 82), columns=2)
            place, beside = pair
        else:
            place, beside = ax
            figure = root(place)
        partners = in_order(
            [t if s == actor else s for s, t in zip(shown["source"], shown["target"], strict=True)], None
        )
        at = stable_positions(partners, groups, order=order)
        points = {a: (float(x), float(y)) for a, x, y in at[["x", "y"]].itertuples()}
        place.set_aspect("equal", anchor="N")
        place.axis("off")
        place.set_xlim(-1.45, 1.45)
        place.set_ylim(-1.2, 1.2)
        middle = place.annotate(
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
        write_notes(beside, text)
        settle(figure)
        box = middle.get_window_extent()
        half = box.width / figure.dpi * 36 + 5, box.height / figure.dpi * 36 + 5  # points, the frame included
        _draw(place, shown, points, actor, colour, half)
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
    points: Mapping[Any, tuple[float, float]],
    actor: Any,
    colour: str,
    half: tuple[float, float],
) -> None:
    """Ties as arcs: all those of one partner beside each other, each with its number."""
    taken: list[np.ndarray] = []
    for partner, (x, y) in points.items():
        own = [k for k, (s, t) in enumerate(zip(shown["source"], shown["target"], strict=True)) if partner in (s, t)]
        normal = np.array([-y, x])
        # How far from the middle the frame around the actor's name is left in this direction.
        clear = min(half[0] / max(abs(x), 1e-9), half[1] / max(abs(y), 1e-9)) + 1
        for place, k in enumerate(own):
            bend = 0.16 * (place - (len(own) - 1) / 2)
            outward = shown["source"].iloc[k] == actor
            start, end = ((0.0, 0.0), (x, y)) if outward else ((x, y), (0.0, 0.0))
            both = bool(shown["mutual"].iloc[k])
            ax.add_patch(
                FancyArrowPatch(
                    start,
                    end,
                    # A bend to the left of the way out is one to the right of the way in.
                    connectionstyle=f"arc3,rad={-bend if outward else bend:.3f}",
                    arrowstyle="-" if both else "-|>,head_length=3.5,head_width=1.8",
                    mutation_scale=1,
                    shrinkA=clear if outward else 4,
                    shrinkB=4 if outward else clear,
                    color=colour if outward or both else QUIET,
                    linewidth=0.9,
                    linestyle="-" if outward or both else (0, (4, 1.5)),
                    zorder=2,
                )
            )
            spot = _free(ax, taken, np.array([x, y]), bend * normal)
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


def _free(ax: Axes, taken: list[np.ndarray], end: np.ndarray, bow: np.ndarray) -> np.ndarray:
    """A place on an arc from the middle to `end` for a number, away from the numbers there are."""
    # A quadratic arc passes, at a share t of the way, 2 t (1 − t) of its bow beside the chord.
    spots = [t * end + 2 * t * (1 - t) * bow for t in (0.62, 0.72, 0.82, 0.52, 0.9, 0.44)]
    pixels = ax.transData.transform(spots) / (root(ax).dpi / 72)
    room = [
        min((max(abs(p[0] - q[0]) / 11, abs(p[1] - q[1]) / 8) for q in taken), default=9.0) for p in pixels
    ]  # 1: two numbers of two digits just do not touch
    best = next((k for k, r in enumerate(room) if r >= 1), int(np.argmax(room)))
    taken.append(pixels[best])
    found: np.ndarray = spots[best]
    return found
