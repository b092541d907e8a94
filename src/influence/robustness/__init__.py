"""How sure are we: null models, doubt, fragility, specification curves, for any study.

One question in many forms: would the finding still hold?
"""

import importlib
from typing import Any

# Name → module. Loaded when first asked for: a null model needs no error model, and the other way round.
_LAZY: dict[str, str] = {
    "fragility": "reversal",
    "fragility_table": "reversal_table",
    "Fragility": "undone",
    "specification_curve": "specifications",
    "evaluate": "specifications",
    "read_grid": "grid",
    "Curve": "curve",
    "placebo_casts": "placebo",
    "false_support": "placebo",
    "Placebos": "placebo",
    "relabelled": "permuted",
    "shifted": "permuted",
    "permuted_labels": "permuted",
    "boundary_stability": "boundaries",
    "Stability": "boundaries",
    "jackknife": "leaving_out",
    "without_actors": "leaving_out",
    "acceptability": "weights",
    "dominance": "weights",
    "weightings_above": "weights",
    "curveball": "trades",
    "dyads": "seats_rebuilt",
    "eligible_seats": "eligibility_rule",
    "hyperedges": "eligibility_rule",
    "mrqap": "dyadic_regression",
    "null_test": "null_models",
    "rewire": "rewiring",
    "rewired_frames": "rewiring",
    "coverage_study": "simulated",
    "doubt": "doubts",
    "Doubt": "doubts",
    "Draw": "doubts",
    "generator": "seeds",
    "intervals": "ranges",
    "outranks": "ranges",
    "unknown_as": "unknowns",
    "unknown_bounds": "unknowns",
    "run_tasks": "tasks",
}
__all__ = sorted(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'influence.robustness' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"influence.robustness.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
