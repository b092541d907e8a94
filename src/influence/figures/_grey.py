"""A figure in greys of the same lightness, for journals that print in black and white."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, to_rgba_array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PROPERTIES = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor", "hatchcolor")
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear sRGB, IEC 61966-2-1


def greys(colours: np.ndarray) -> np.ndarray:
    """Colours (..., 3 or 4) as greys of the same relative luminance; opacity stays.

    Examples
    --------
    >>> greys(np.array([[1.0, 0.0, 0.0]])).round(2).tolist()
    [[0.5, 0.5, 0.5]]
    """
    colours = np.asarray(colours, dtype=float)
    c = colours[..., :3]
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    light = (linear @ _LUMINANCE)[..., None]
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.concatenate([np.repeat(encoded, 3, axis=-1), colours[..., 3:]], axis=-1)


def in_greys(figure: Figure) -> None:
    """Turn every colour of a figure into a grey."""
    for artist in figure.findobj():
        mapped = False
        if isinstance(artist, ScalarMappable) and artist.get_array() is not None:
            mapped = True
            shades = artist.get_cmap()
            artist.set_cmap(ListedColormap(greys(shades(np.arange(shades.N))), name=f"{shades.name}_greys"))
        for name in _PROPERTIES:
            if mapped and name in ("color", "facecolor"):
                continue  # comes from its values
            _turn(artist, name)


def _turn(artist: Any, name: str) -> None:
    get, change = getattr(artist, f"get_{name}", None), getattr(artist, f"set_{name}", None)
    if get is None or change is None:
        return
    colour = get()
    if colour is None or isinstance(colour, str) and colour in ("none", "auto", "face"):
        return
    turned = greys(to_rgba_array(colour))
    if len(turned):
        change(turned if np.ndim(colour) > 1 else turned[0])
