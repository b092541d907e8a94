"""The claims of an argument: a register with rules fixed before any result was seen, and the ledger of results."""

import importlib
from typing import Any

# Name → module. Loaded when first asked for: reading the register needs no measure.
_LAZY = {
    "ledger": "book",
    "test": "book",
    "results": "book",
    "parts_table": "book",
    "years_table": "book",
    "check_facts": "facts",
    "record": "derived",
    "recorded": "derived",
    "recorded_claim": "recorded_page",
    "draw_years": "drawn",
    "draw_parts": "drawn",
    "draw_curve": "drawn",
    "unrecorded_changes": "register",
    "holm": "multiple",
    "benjamini_yekutieli": "multiple",
    "influence_scores": "validation",
    "compare_with_index": "validation",
    "COUNTERFACTUALS": "counterfactuals",
    "counterfactual_change": "counterfactuals",
    "Report": "report",
    "World": "world",
    "Choices": "world",
    "Cast": "world",
    "all_measures": "measure",
}
__all__ = sorted(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'influence.claims' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"influence.claims.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
