"""Presets: for which page a figure is drawn. A narrow page is laid out anew; a slide or poster is enlarged evenly."""

from __future__ import annotations

import os
from contextvars import ContextVar
from dataclasses import dataclass

SINGLE, DOUBLE = 84.0, 174.0  # millimetres: a column and a page of the journal
PAGE, LEAST = 220.0, 30.0  # millimetres: how tall the panels of a figure may be, and one of them must be


@dataclass(frozen=True)
class Preset:
    """How a figure is made for a page.

    Attributes
    ----------
    layout : {"single", "double", ""}
        The width for which it is laid out; empty: its own.
    enlarged : float
        How many times larger than laid out it is written, type and lines included.
    grey : bool
        Whether its colours become greys of the same lightness.
    """

    layout: str = ""
    enlarged: float = 1.0
    grey: bool = False


PRESETS = {
    "single": Preset("single"),
    "double": Preset("double"),
    "slide": Preset("double", 254 / DOUBLE),  # 16:9, ten inches wide
    "poster": Preset("double", 420 / DOUBLE),  # the short side of a sheet of A2
    "greyscale": Preset(grey=True),
}
chosen: ContextVar[str] = ContextVar("chosen", default="")


def known_preset(name: str) -> str:
    """The name itself, if there is such a preset."""
    if name and name not in PRESETS:
        raise ValueError(f"no style {name!r}; there are {', '.join(PRESETS)}")
    return name


def preset() -> Preset:
    """The preset in force: of the `style` block around, else of ``INFLUENCE_FIGURE_STYLE``, else none."""
    name = chosen.get() or known_preset(os.environ.get("INFLUENCE_FIGURE_STYLE", ""))
    return PRESETS[name] if name else Preset()


def fitted(width: str) -> str:
    """The width for which a figure is laid out: what the preset says, else what was asked for."""
    return preset().layout or width


def fitted_columns(columns: int, width: str, count: int = 1) -> int:
    """Panels side by side where a wide figure is laid out for a column: one, or two if a page cannot hold `count`."""
    if width == "single" or fitted(width) != "single":
        return columns
    return min(columns, 1 if count * LEAST <= PAGE else 2)


def fitted_height(height: float, width: str, rows: int) -> float:
    """Millimetres a row of panels where a wide figure is laid out for a column: as asked for, if the page holds it."""
    return height if width == "single" or fitted(width) != "single" else min(height, PAGE / rows)
