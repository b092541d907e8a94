"""The chains a → b → c of one broker, by role, each leg with its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from influence.figures._frames import in_order, require, said
from influence.figures._notes import LINE, note_text, receipt, write_notes
from influence.figures.look import COLOURS, INK, MM, QUIET, canvas, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
    width : {"double", "single", "slide"}
        "single" has the notes below, not beside.
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
    >>> figure.axes[1].texts[0].get_text().split("\\n")
    [' 1  CHN → KAZ: treaty_2002', ' 2  KAZ → KGZ: charter_2002']
    """
    require(chains, "chain_diagram", "a", "b", "c", "role")
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
    numbers, notes = _number({r: b.head(most) for r, b in blocks.items()}, broker, names) if with_notes else ({}, [])
    characters = 58 if width == "single" else 62
    lines = sum(min(len(b), most) + (len(b) > most) + 1.6 for b in blocks.values())
    chart = lines * 5.2 + 2
    text = (note_text(notes, characters).count("\n") + 1) * LINE / 72 / MM + 3 if with_notes else 0.0
    with style():
        if ax is not None:
            places = list(ax) if with_notes else [ax]
            figure = places[0].get_figure(root=True)
        elif not with_notes:
            figure, one = canvas(width, height or chart)
            places = [one]
        elif width == "single":
            figure, pair = canvas(width, height or chart + text, rows=2, height_ratios=[chart, text])
            places = list(pair)
        else:
            figure, pair = canvas(width, height or max(chart, text), columns=2, width_ratios=[1, 1.05])
            places = list(pair)
        # Beside longer notes the chains keep their height and leave the rest of the page empty.
        beside = ax is None and with_notes and width != "single"
        room = max(lines, text / 5.2) if beside else lines
        _blocks(places[0], blocks, broker, most, numbers, groups, names, colour, room)
        if with_notes:
            write_notes(places[1], notes, characters=characters)
    return figure


def _number(
    blocks: Mapping[str, pd.DataFrame], broker: Any, names: Mapping[Any, str] | None
) -> tuple[dict[tuple[str, Any], int], list[str]]:
    """A number and a note for each leg, once however many chains run over it."""
    numbers: dict[tuple[str, Any], int] = {}
    notes: list[str] = []
    for block in blocks.values():
        for chain in block.to_dict("records"):
            for end, suffix in (("a", "_in"), ("c", "_out")):
                leg = (end, chain[end])
                if leg not in numbers:
                    numbers[leg] = len(notes) + 1
                    way = (chain["a"], broker) if end == "a" else (broker, chain["c"])
                    told = receipt(chain, names, suffix=suffix)
                    parted = ": " if f"kind{suffix}" not in chain and f"name{suffix}" not in chain else ", "
                    notes.append(f"{said(way[0], names)} → {said(way[1], names)}{parted}{told}")
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
    ax.axis("off")
    ax.set_xlim(-0.75, 1.75)
    ax.set_ylim(lines, 0)

    def called(actor: Any) -> str:
        group = groups.get(actor) if groups is not None else None
        name = said(actor, names)
        return name if group is None or said(group, names) == name else f"{name} ({said(group, names)})"

    y = 0.0
    for role, block in blocks.items():
        many = len(block)
        ax.text(
            -0.75, y + 0.6, f"{said(role, names)}: {many:,} chain{'s' * (many > 1)}", fontweight="bold", va="center"
        )
        y += 1.3
        top = y - 0.1
        before = None
        for chain in block.head(most).to_dict("records"):
            middle = y + 0.4
            if chain["a"] != before:
                ax.text(-0.03, middle, called(chain["a"]), ha="right", va="center", fontsize=7)
            before = chain["a"]
            ax.text(1.03, middle, called(chain["c"]), ha="left", va="center", fontsize=7)
            for (x0, x1), leg in (((0.0, 0.4), ("a", chain["a"])), ((0.6, 1.0), ("c", chain["c"]))):
                arrow = "-|>,head_length=3.5,head_width=1.8"
                ax.add_patch(
                    FancyArrowPatch(
                        (x0, middle),
                        (x1, middle),
                        arrowstyle=arrow,
                        mutation_scale=1,
                        color=QUIET,
                        linewidth=0.9,
                        shrinkA=1,
                        shrinkB=1,
                    )
                )
                if leg in numbers:
                    ax.text(
                        (x0 + x1) / 2,
                        middle,
                        str(numbers[leg]),
                        ha="center",
                        va="center_baseline",
                        fontsize=6,
                        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"},
                    )
            y += 1.0
        ax.add_patch(
            FancyBboxPatch(
                (0.4, top),
                0.2,
                y - top - 0.1,
                boxstyle="round,pad=0,rounding_size=0.05",
                facecolor=colour,
                edgecolor="none",
                mutation_aspect=4,
            )
        )
        ax.text(
            0.5,
            (top + y - 0.1) / 2,
            said(broker, names),
            ha="center",
            va="center",
            color="white",
            fontweight="bold",
            fontsize=7,
        )
        if many > most:
            ax.text(0.5, y + 0.35, f"and {many - most:,} more", ha="center", va="center", fontsize=6.5, color=INK)
            y += 1.0
        y += 0.3
