"""The contact sheet: every figure in colour, in grey, and as two kinds of colour blindness have it, to be looked at."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from influence.figures._grey import greys

if TYPE_CHECKING:
    from PIL.Image import Image

# Machado, Oliveira & Fernandes (2009), A physiologically-based model for simulation of color vision deficiency,
# IEEE Transactions on Visualization and Computer Graphics 15(6), 1291-1298: their matrices for full severity, which
# act on linear RGB.
BLIND = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
VIEWS = ("colour", "greyscale", *BLIND)
GAP, TITLE = 14, 26  # pixels


def seen_as(pixels: np.ndarray, view: str) -> np.ndarray:
    """An image (..., 3), sRGB from 0 to 1, as one of `VIEWS` has it.

    Examples
    --------
    >>> seen_as(np.array([[[1.0, 1.0, 1.0]]]), "protanopia").round(2).tolist()
    [[[1.0, 1.0, 1.0]]]
    """
    if view == "colour":
        return pixels
    if view == "greyscale":
        return greys(pixels)
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)
    turned = np.clip(linear @ np.array(BLIND[view]).T, 0, 1)
    return np.where(turned <= 0.0031308, 12.92 * turned, 1.055 * turned ** (1 / 2.4) - 0.055)


def contact_sheets(pictures: Mapping[str, bytes], folder: Path, *, on_one: int = 4) -> list[Path]:
    """Lay pictures out, a row a figure and a column a view.

    Parameters
    ----------
    pictures : mapping of str to bytes
        Name → png.
    folder : Path
        Made if it is not there; sheets of an earlier run are replaced.
    on_one : int, default 4
        Figures on a sheet.

    Returns
    -------
    list of Path
        sheet_01.png, sheet_02.png, ...
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("sheet_*.png"):
        old.unlink()
    names, made = sorted(pictures), []
    for number, first in enumerate(range(0, len(names), on_one), start=1):
        sheet = _sheet({name: pictures[name] for name in names[first : first + on_one]})
        made.append(folder / f"sheet_{number:02d}.png")
        sheet.save(made[-1])
    return made


def _sheet(pictures: Mapping[str, bytes]) -> Image:
    from PIL import Image as Images
    from PIL import ImageDraw

    rows: list[tuple[str, list[Image]]] = []
    for name, png in pictures.items():
        pixels = np.asarray(Images.open(io.BytesIO(png)).convert("RGB"), dtype=float) / 255
        views = [Images.fromarray((seen_as(pixels, view) * 255).round().astype("uint8")) for view in VIEWS]
        rows.append((name, views))
    wide = max(views[0].width for _, views in rows) + GAP
    tall = [views[0].height + TITLE + GAP for _, views in rows]
    sheet = Images.new("RGB", (wide * len(VIEWS) + GAP, sum(tall) + GAP), "white")
    pen, top = ImageDraw.Draw(sheet), GAP
    for (name, views), height in zip(rows, tall, strict=True):
        for k, (view, image) in enumerate(zip(VIEWS, views, strict=True)):
            pen.text((GAP + k * wide, top), f"{name}: {view}", fill="black")
            sheet.paste(image, (GAP + k * wide, top + TITLE))
        top += height
    return sheet
