"""Figures: tidy frames in, pictures out, in one style; `save` lays data, caption and sources beside them.

`look` holds the style, `export` the saving, `manifest` the list of all figures; the other modules draw one idea each.
"""

import importlib
from typing import Any

# Name → module. Loaded when first asked for: reading the manifest needs no plotting library.
_LAZY = {
    "style": "look",
    "canvas": "look",
    "series_looks": "look",
    "fill_looks": "look",
    "label_ends": "look",
    "save": "export",
    "trajectories": "lines",
    "rank_flow": "ranks",
    "share_bars": "shares",
    "heat_years": "heat",
    "dumbbell": "pairs",
    "overlap_matrix": "overlaps",
    "membership_matrix": "seats",
    "membership_timeline": "spells",
    "coverage_chart": "coverage",
    "role_profile": "roles",
    "chain_diagram": "chains",
    "ego_network": "ego",
    "claim_years": "outcomes",
    "node_link": "nodelink",
    "multilayer_planes": "planes",
    "stable_positions": "positions",
    "pipeline_map": "maps",
    "interval_ranks": "uncertain",
    "specification_chart": "specs",
    "fragility_chart": "fragile",
    "verdict_table": "verdicts",
    "crossover_lines": "crossings",
    "actor_dashboard": "dashboard",
    "legibility": "legible",
}
__all__ = sorted(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'influence.figures' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"influence.figures.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
