"""The explorer: turn a knob and see. In JupyterLab with a kernel, or as one page to share.

Python computes every number; the drawing modules beside this file (JavaScript, no build step) only draw.
"""

import importlib
from typing import Any

# Name → module. Loaded when first asked for: the page needs no widget library.
_LAZY = {
    "explore": "widget",
    "write_page": "page",
    "Study": "study",
    "State": "state",
    "strongest_ties": "strongest",
}
__all__ = sorted(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'influence.explorer' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"influence.explorer.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
