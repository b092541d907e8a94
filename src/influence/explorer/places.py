"""Where actors stand: on a circle by group, or on a map; never moved by a year or a tie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.figures.positions import stable_positions
from influence.tables import read_table

Groups = dict[str, Any]  # groups: their names; of: for each year, the place of each actor's group among them (−1: none)
INNER = 0.5  # radius of the ring of organizations inside the circle of actors
CENTRE = (80.0, 45.0)  # of the map: Central Asia


def circle(actors: Sequence[str], bodies: Sequence[str], groups: Groups | None) -> list[list[float]]:
    """x and y in −1 to 1: actors on a circle, group by group; organizations on a ring inside it."""
    outer = stable_positions(actors, usual_groups(actors, groups) if groups else None)[["x", "y"]]
    inner = stable_positions(bodies)[["x", "y"]] * INNER if len(bodies) else outer.iloc[:0]
    at: list[list[float]] = pd.concat([outer, inner]).loc[[*actors, *bodies]].to_numpy().round(4).tolist()
    return at


def usual_groups(actors: Sequence[str], groups: Groups) -> dict[str, str]:
    """The group that each actor was in for most of the years, the earlier one where two tie: places never move.

    Examples
    --------
    >>> usual_groups(["UZB"], {"groups": ["none", "member"], "of": [[0], [1], [1]]})
    {'UZB': 'member'}
    """
    usual = {}
    for k, actor in enumerate(actors):
        held = [year[k] for year in groups["of"] if year[k] >= 0]
        if held:
            usual[actor] = groups["groups"][max(dict.fromkeys(held), key=held.count)]
    return usual


def given(positions: pd.DataFrame, actors: Sequence[str], bodies: Sequence[str]) -> list[list[float]]:
    """Places of the user's own: any unit, y upwards, scaled to fill the drawing without distortion.

    Raises
    ------
    ValueError
        An actor has no place. Organizations may lack one: they stand in rows below.
    """
    lost = [a for a in actors if a not in positions.index]
    if lost:
        raise ValueError(f"positions: no place for {', '.join(lost)}")
    known = [k for k in [*actors, *bodies] if k in positions.index]
    xy = positions.loc[known, ["x", "y"]].to_numpy(dtype=float)
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    room = 0.95 if len(known) == len(actors) + len(bodies) else 0.7  # the rest is for the rows below
    scaled = (xy - (low + high) / 2) / half * room + [0.0, 0.95 - room]
    at = dict(zip(known, scaled.round(4).tolist(), strict=True))
    return _with_rows(at, actors, bodies)


def on_map(actors: Sequence[str], bodies: Sequence[str]) -> dict[str, Any] | None:
    """Capitals on a map of Eurasia, or None where an actor has no capital in the data package.

    Lambert's azimuthal equal-area projection. Whose capital lies outside the map stands at its edge, in the direction
    in which it lies.

    Returns
    -------
    dict or None
        at: x and y by node; lines: kind → polylines x, y, x, y ... in thousandths; frame: left, bottom, right, top.
    """
    places = read_table("places")
    capitals = places[places["kind"] == "capital"].set_index("actor_id")
    if not set(actors) <= set(capitals.index):
        return None
    own = capitals.loc[list(actors)]
    xy = _scaled(own["lon"].to_numpy(float), own["lat"].to_numpy(float))
    at = {actor: _inside(float(x), float(y)) for actor, (x, y) in zip(actors, xy, strict=True)}
    lines = read_table("map_lines")
    points = (1000 * _scaled(lines["lon"].to_numpy(float), lines["lat"].to_numpy(float))).round().astype(int)
    drawn: dict[str, list[list[int]]] = {}
    for _, rows in lines.reset_index(drop=True).groupby("line_id", sort=False):
        drawn.setdefault(rows["kind"].iloc[0], []).append(points[rows.index].ravel().tolist())
    return {"at": _with_rows(at, actors, bodies), "lines": drawn, "frame": FRAME}


FRAME = (-1.0, -0.47, 1.0, 0.9)  # the rows of organizations stand below it
_SCALE, _SHIFT = 1.22, (0.07, 0.14)


def _scaled(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    centre, north = np.deg2rad(CENTRE)
    x, y = np.deg2rad(lon) - centre, np.deg2rad(lat)
    spread = np.sqrt(2 / (1 + np.sin(north) * np.sin(y) + np.cos(north) * np.cos(y) * np.cos(x)))
    east = spread * np.cos(y) * np.sin(x)
    up = spread * (np.cos(north) * np.sin(y) - np.sin(north) * np.cos(y) * np.cos(x))
    return np.column_stack([east, up]) * _SCALE + _SHIFT


def _inside(x: float, y: float) -> list[float]:
    """The point itself, or where the ray from the middle of the map to it meets the frame."""
    left, bottom, right, top = FRAME
    cx, cy = (left + right) / 2, (bottom + top) / 2
    stretch = max(abs(x - cx) / ((right - left) / 2 - 0.03), abs(y - cy) / ((top - bottom) / 2 - 0.03), 1.0)
    return [round(cx + (x - cx) / stretch, 4), round(cy + (y - cy) / stretch, 4)]


def _with_rows(at: Mapping[str, list[float]], actors: Sequence[str], bodies: Sequence[str]) -> list[list[float]]:
    """Places in the order of the nodes; organizations without one in three rows at the lower edge."""
    homeless = [b for b in bodies if b not in at]
    columns = max(-(-len(homeless) // 3), 1)
    rows = {
        b: [round(-0.95 + 1.9 * (k // 3) / columns, 4), round(-0.62 - 0.14 * (k % 3), 4)]
        for k, b in enumerate(homeless)
    }
    return [list(at[k]) if k in at else rows[k] for k in [*actors, *bodies]]
