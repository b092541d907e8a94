"""An answer, or why there is none: what cannot be computed is reported, never dropped."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from influence.tables.write import round_number

# What data can do to a computation. Anything else (a name misspelt, an argument too many) is an error of the program
# and is raised.
DATA_ERRORS = (ValueError, KeyError, ArithmeticError)


def attempt(function: Callable[..., Any], *args: Any, **options: Any) -> tuple[float, str]:
    """What a function answers, at the nine digits that are written, and an empty reason; or NaN and the reason."""
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # what comes of it is reported below
            value = float(function(*args, **options))
    except DATA_ERRORS as why:
        return math.nan, said(why)
    if not math.isfinite(value):
        return math.nan, "no number" if math.isnan(value) else "infinite"
    return round_number(value), ""


def said(why: Exception) -> str:
    """The first line of what an error says; of a KeyError without its quotation marks."""
    text = str(why.args[0]) if isinstance(why, KeyError) and why.args else str(why)
    return (text.splitlines() or [""])[0] or type(why).__name__


def same_sign(value: float) -> Callable[[float], bool]:
    """The finding that a number is on the side of 0 where it is."""
    if not value:
        raise ValueError("the answer is 0: there is no side to keep; say with keeps= what the finding is")
    return lambda other: other * value > 0
