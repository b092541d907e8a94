"""The shape of a stack: any number of leading axes, as one."""

from __future__ import annotations

import math

import numpy as np


def flat(a: np.ndarray) -> np.ndarray:
    """``a[..., n, n]`` as ``[k, n, n]``; a view where numpy can give one. (Without actors, −1 would say nothing.)"""
    return a.reshape(math.prod(a.shape[:-2]), *a.shape[-2:])
