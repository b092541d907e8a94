"""The chains a → b → c of one broker, by role, each leg with its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from influence.figures._frames import checked, in_order, said
from influence.figures._notes import note_height, note_text, receipt, write_notes
from influence.figures.look import COLOURS, QUIET, canvas, in_points, readable, root, settle, style, tone
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 5.2  # millimetres a chain


def chain_diagram(
    chains: pd.DataFrame,
    *,
    broker: Any = None,
    roles: Sequence[str] | None = None,
    groups: Mapping[Any, Any] | pd.Series | None = None,
    most: int = 8,
    receipts: bool = True,
    names: Mapping[Any, str] | None = None,
    colour: str = COLOURS[0],
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """One row a chain, the broker as a bar through all of a role; each leg carries the number of its note.

    Parameters
    ----------
    chains : DataFrame
        As from `influence.brokerage.chains`: a, b, c, role, and for the receipts the columns of the evidence with
        ``_in`` (of a → b) and ``_out`` (of b → c).
    broker : str, optional
        Default: the only b there is.
    roles : sequence of str, optional
        Which roles, and in which order.
    groups : mapping or Series, optional
        Actor → group, written small beside the actor.
    most : int, default 8
        At most so many chains a role; the picture says how many more there are.
    receipts : bool, default True
        Write the notes, if the frame has sources.
    names : mapping, optional
        Actor, role, group or kind → what is printed.
    colour : str
        Of the broker.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by what there is.
    ax : Axes or (Axes, Axes), optional
        For the chains and for the notes.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> chains = pd.DataFrame({"a": ["CHN"], "b": ["KAZ"], "c": ["KGZ"], "role": ["gatekeeper"],
    ...                        "source_id_in": ["treaty_2002"], "source_id_out": ["charter_2002"]})
    >>> figure = chain_diagram(chains)
    >>> [text.get_text().strip() for text in figure.axes[1].texts]
    ['1  CHN → KAZ: treaty_2002', '2  KAZ → KGZ: charter_2002']
    """
    chains = checked(chains, "chain_diagram", "a", "b", "c", "role")
    if broker is None:
        there = in_order(chains["b"], None)
        if len(there) > 1:
            raise ValueError(f"chain_diagram: chains of {len(there)} brokers: broker= chooses one")
        broker = there[0]
    own = chains[chains["b"] == broker]
    shown = in_order(own["role"], roles)
    if not shown:
        raise ValueError(f"chain_diagram: {broker} has no chain of these roles")
    blocks = {r: own[own["role"] == r] for r in shown}
    with_notes = receipts and any(c in own for c in ("source_id_in", "source_id_out"))
    drawn = {role: block.head(most) for role, block in blocks.items()}
    numbers, notes = _number(drawn, broker, names) if with_notes else ({}, {})
    width = fitted(width)
    columns = [notes] if width == "single" else _halves(notes)
    texts = [note_text(column, 64) for column in columns]
    lines = sum(min(len(b), most) + (len(b) > most) + 1.6 for b in blocks.values())
    upper, lower = lines * ROW + 2, max(note_height(text) for text in texts)
    with style():
        if ax is not None:
            place, *below = list(np.ravel(ax))
            figure = root(place)
        elif with_notes:
            figure, (place, *below) = canvas(width, height or upper + lower, rows=2, height_ratios=[upper, lower])
        else:
            figure, place = canvas(width, height or upper)
        place.axis("off")
        if with_notes:
            write_notes(below[0], *texts)
        settle(figure)
        _blocks(place, blocks, broker, most, numbers, groups, names, colour, lines)
        for text in place.texts:
            text.set_in_layout(False)  # placed in points of this layout, which they must not change
    return figure


def _halves(notes: Mapping[int, str]) -> list[dict[int, str]]:
    half = -(-len(notes) // 2)
    return [{k: n for k, n in notes.items() if k <= half}, {k: n for k, n in notes.items() if k > half}]


def _number(
    blocks: Mapping[str, pd.DataFrame], broker: Any, names: Mapping[Any, str] | None
) -> tuple[dict[tuple[str, Any], int], dict[int, str]]:
    """A number and a note for each leg, once however many chains run over it."""
    numbers: dict[tuple[str, Any], int] = {}
    notes: dict[int, str] = {}
    for block in blocks.values():
        for chain in block.to_dict("records"):
            for end, suffix in (("a", "_in"), ("c", "_out")):
                leg = (end, chain[end])
                if leg not in numbers:
                    numbers[leg] = len(notes) + 1
                    way = (chain["a"], broker) if end == "a" else (broker, chain["c"])
                    told = receipt(chain, names, suffix=suffix)
                    parted = ": " if f"kind{suffix}" not in chain and f"name{suffix}" not in chain else ", "
                    notes[numbers[leg]] = f"{said(way[0], names)} → {said(way[1], names)}{parted}{told}"
    return numbers, notes


def _blocks(
    ax: Axes,
    blocks: Mapping[str, pd.DataFrame],
    broker: Any,
    most: int,
    numbers: Mapping[tuple[str, Any], int],
    groups: Mapping[Any, Any] | pd.Series | None,
    names: Mapping[Any, str] | None,
    colour: str,
    lines: float,
) -> None:
    """Draw in points across and rows down: columns are as wide as the names in them."""
    wide, _ = in_points(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(lines, 0)

    with_groups = groups is not None

    def called(actor: Any) -> str:
        group = groups.get(actor) if groups is not None and with_groups else None
        name = said(actor, names)
        return name if group is None or said(group, names) == name else f"{name} ({said(group, names)})"

    shown = pd.concat([b.head(most) for b in blocks.values()])
    bar = _width(ax, said(broker, names), fontweight="bold") + 10

    def sides() -> tuple[float, float]:
        return max(_width(ax, called(a)) for a in shown["a"]), max(_width(ax, called(c)) for c in shown["c"])

    left, right = sides()
    if left + right + bar + 2 * (18 + 4) > wide:  # groups only where there is room for them
        with_groups = False
        left, right = sides()
    leg = min(max((wide - left - right - bar) / 2 - 4, 18.0), 70.0)
    from_a, to_b = left + 3, left + 3 + leg
    from_b, to_c = to_b + bar, to_b + bar + leg
    y = 0.0
    for role, block in blocks.items():
        many = len(block)
        ax.text(0, y + 0.6, f"{said(role, names)}: {many:,} chain{'s' * (many > 1)}", fontweight="bold", va="center")
        y += 1.3
        top = y - 0.1
        before = None
        for chain in block.head(most).to_dict("records"):
            middle = y + 0.4
            if chain["a"] != before:
                ax.text(left, middle, called(chain["a"]), ha="right", va="center_baseline", fontsize=7)
            before = chain["a"]
            ax.text(to_c + 3, middle, called(chain["c"]), ha="left", va="center_baseline", fontsize=7)
            _leg(ax, from_a, to_b, middle, numbers.get(("a", chain["a"])))
            _leg(ax, from_b, to_c, middle, numbers.get(("c", chain["c"])))
            y += 1.0
        frame = {"boxstyle": "square,pad=0", "facecolor": tone(colour, 0.15), "edgecolor": colour}
        ax.add_patch(FancyBboxPatch((to_b, top), bar, y - top - 0.1, **frame))
        ax.text(
            to_b + bar / 2,
            (top + y - 0.1) / 2,
            said(broker, names),
            ha="center",
            va="center",
            color=readable(colour),
            fontweight="bold",
            fontsize=7,
        )
        if many > most:
            ax.text(to_b + bar / 2, y + 0.35, f"and {many - most:,} more", ha="center", va="center", fontsize=6.5)
            y += 1.0
        y += 0.3


def _leg(ax: Axes, start: float, end: float, y: float, number: int | None) -> None:
    head = "-|>,head_length=3.5,head_width=1.8"
    look: dict[str, Any] = {"arrowstyle": head, "mutation_scale": 1, "color": QUIET, "linewidth": 0.9}
    ax.add_patch(FancyArrowPatch((start, y), (end, y), shrinkA=1, shrinkB=1, **look))
    if number is not None:
        box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"}
        ax.text((start + end) / 2 - 1.5, y, str(number), ha="center", va="center_baseline", fontsize=6, bbox=box)


def _width(ax: Axes, text: str, **options: Any) -> float:
    """How wide a text will be, in points."""
    trial = ax.text(0, 0, text, fontsize=7, **options)
    wide: float = trial.get_window_extent().width / root(ax).dpi * 72
    trial.remove()
    return wide
