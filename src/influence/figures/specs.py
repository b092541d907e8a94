"""A specification curve: the answers in order of size above, the choices that made each below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from influence.figures._frames import checked, said
from influence.figures.look import COLOURS, INK, QUIET, canvas, key_below, plain, root, settle, style, tone
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HOLDS, PRIMARY, OTHERS = COLOURS[0], COLOURS[1], QUIET


def specification_chart(
    table: pd.DataFrame,
    *,
    choices: Sequence[str],
    unit: str,
    value: str = "value",
    primary: str = "primary",
    weight_class: str | None = "weight_class",
    region: tuple[float | None, float | None] | None = None,
    region_name: str = "the finding holds",
    median: float | None = None,
    names: Mapping[Any, str] | None = None,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """All answers to one question, sorted, over the choices that lead to each.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a specification: a column a choice, the value (missing where it could not be computed), whether it is
        the primary one, and the class of the specification; such as ``Curve.table`` of `influence.robustness`.
    choices : sequence of str
        The columns of choices, in the order in which they are to stand.
    unit : str
        What the values count.
    value, primary : str
        Columns.
    weight_class : str or None, default "weight_class"
        A column, if it is there: specifications of the class "stress" are drawn hollow.
    region : (low, high), optional
        Where the finding holds, from low up to high; None is no bound. It is tinted.
    region_name : str
        What the tint means, in the key.
    median : float, optional
        Drawn as a dashed line, such as ``Curve.median``, which weighs by choice. Default: that of all specifications
        but stress ones, alike.
    names : mapping, optional
        Choice or option → what is printed.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of options.
    ax : (Axes, Axes), optional
        For the answers and for the choices.

    Returns
    -------
    matplotlib.figure.Figure

    References
    ----------
    U. Simonsohn, J. P. Simmons & L. D. Nelson (2020), Specification curve analysis, Nature Human Behaviour 4,
    1208-1214.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"source": ["baci", "cow"], "value": [0.5, -0.2], "primary": [True, False]})
    >>> figure = specification_chart(table, choices=["source"], unit="log ratio", region=(0, None))
    >>> [text.get_text() for text in figure.axes[1].get_yticklabels()]
    ['baci', 'cow']
    """
    table = checked(table, "specification_chart", *choices, value, primary)
    known = table.dropna(subset=[value]).sort_values(value, kind="stable").reset_index(drop=True)
    if known.empty:
        raise ValueError("specification_chart: no specification has a value")
    stress = known[weight_class].eq("stress") if weight_class and weight_class in known else known[value].isna()
    options = {c: list(dict.fromkeys(table[c].dropna())) for c in choices}
    lines = sum(len(o) for o in options.values()) + len(options)
    upper, lower = 42.0, 3.3 * lines + 3
    width = fitted(width)
    with style():
        if ax is None:
            layout = {"rows": 2, "sharex": True, "height_ratios": [upper, lower]}
            figure, (above, below) = canvas(width, height or upper + lower + 8, **layout)
        else:
            above, below = ax
            figure = root(above)
        held = _inside(known[value], region)
        handles = _answers(above, known[value], held, known[primary].astype(bool), stress, region, region_name)
        usual = known.loc[~stress, value]
        middle = float((usual if len(usual) else known[value]).median()) if median is None else median
        handles.append(
            above.axhline(middle, color=INK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1.5, label="median")
        )
        above.set_ylabel(unit)
        above.yaxis.set_major_locator(MaxNLocator(nbins=5))
        above.yaxis.set_major_formatter(FuncFormatter(plain))
        _choices(below, known, options, held, known[primary].astype(bool), names)
        lost = len(table) - len(known)
        told = f"{len(known):,} specifications in order" + (f"; {lost:,} could not be computed" if lost else "")
        below.set_xlabel(told.replace("; ", ";\n") if width == "single" else told)
        settle(figure)
        key_below(below, handles, own=ax is None)
    return figure


def _inside(values: pd.Series, region: tuple[float | None, float | None] | None) -> pd.Series:
    if region is None:
        return pd.Series(False, index=values.index)
    low, high = region
    return (values >= (-np.inf if low is None else low)) & (values < (np.inf if high is None else high))


def _answers(
    ax: Axes,
    values: pd.Series,
    held: pd.Series,
    first: pd.Series,
    stress: pd.Series,
    region: tuple[float | None, float | None] | None,
    region_name: str,
) -> list[Any]:
    x = np.arange(1, len(values) + 1)
    size = float(np.clip(260 / len(values), 1.6, 4.0))
    handles: list[Any] = []
    low, high = float(values.min()), float(values.max())
    room = 0.08 * ((high - low) or 1.0)
    ax.set_ylim(low - room, high + room)
    if region is not None:
        ends = [e if e is not None else side for e, side in zip(region, ax.get_ylim(), strict=True)]
        handles.append(ax.axhspan(*ends, color=tone(HOLDS, 0.14), linewidth=0, zorder=0, label=region_name))
        for bound in region:
            if bound is not None:
                ax.axhline(bound, color=HOLDS, linewidth=0.6, zorder=1)
        ax.set_ylim(low - room, high + room)
    plainly = {"marker": "o", "markersize": size, "linestyle": "none", "zorder": 2}
    for inside, colour in ((True, HOLDS), (False, OTHERS)):
        for hard in (False, True):
            own = (held == inside) & (stress == hard) & ~first
            if own.any():
                face = "white" if hard else colour
                ax.plot(
                    x[own], values[own], color=colour, markerfacecolor=face, markeredgewidth=0.6, label="_", **plainly
                )
    # Told apart in grey too: larger, with a dark edge.
    mark = {"marker": "D", "markersize": 6.5, "color": PRIMARY, "markeredgecolor": INK, "linestyle": "none"}
    handles += ax.plot(x[first], values[first], label="primary specification", zorder=4, **mark)
    if stress.any():
        hollow = {"marker": "o", "markersize": 4, "markerfacecolor": "white", "color": OTHERS, "linestyle": "none"}
        handles += ax.plot([], [], label="stress specification", **hollow)
    ax.margins(x=0.01)
    return handles


def _choices(
    ax: Axes,
    known: pd.DataFrame,
    options: Mapping[str, Sequence[Any]],
    held: pd.Series,
    first: pd.Series,
    names: Mapping[Any, str] | None,
) -> None:
    x = np.arange(1, len(known) + 1)
    wide = float(np.clip(150 / len(known), 0.25, 1.6))
    y, ticks, labels = 0.0, [], []
    for choice, own in options.items():
        ax.annotate(
            said(choice, names),
            (0, y),
            xycoords=ax.get_yaxis_transform(),
            xytext=(-3, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=7,
            fontweight="bold",
            annotation_clip=False,
        )
        for option in own:
            y += 1
            here = known[choice].eq(option).to_numpy()
            for inside, colour in ((True, HOLDS), (False, OTHERS)):
                at = x[here & (held == inside).to_numpy()]
                ax.vlines(at, y - 0.36, y + 0.36, color=colour, linewidth=wide, zorder=2)
            at = x[here & first.to_numpy()]
            ax.vlines(at, y - 0.46, y + 0.46, color=PRIMARY, linewidth=max(1.8 * wide, 2.0), zorder=3)
            ticks.append(y)
            labels.append(said(option, names))
        y += 1.15
    ax.set_yticks(ticks, labels)
    ax.set_ylim(y - 0.3, -0.7)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
