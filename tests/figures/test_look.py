"""The style: contained, legible, and the placing of labels."""

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influence.figures.look import (
    COLOURS,
    FILLS,
    INK,
    canvas,
    contrast,
    fill_looks,
    readable,
    series_looks,
    spread,
    style,
)


def test_style_ends_with_its_block():
    before = dict(mpl.rcParams)
    with style(font_size=11):
        assert mpl.rcParams["font.size"] == 11
        assert mpl.rcParams["svg.hashsalt"] == "influence"
    assert dict(mpl.rcParams) == before


def test_canvas_has_the_width_of_a_journal():
    with style():
        figure, _ = canvas("single", 50)
    assert np.allclose(figure.get_size_inches() * 25.4, (84, 50))
    with pytest.raises(ValueError, match="single, double, not"):
        canvas("wide")


def test_each_series_has_a_look_of_its_own_without_colour_too():
    looks = series_looks([str(k) for k in range(len(COLOURS))])
    assert len({look["marker"] for look in looks.values()}) == len(COLOURS)
    with pytest.raises(ValueError, match="at most 8"):
        series_looks([str(k) for k in range(9)])
    with pytest.raises(ValueError, match=f"at most {len(FILLS)}"):
        fill_looks([str(k) for k in range(9)])


@pytest.mark.parametrize("colour", [*COLOURS, INK])
def test_a_readable_colour_can_be_read_on_white(colour):
    assert contrast(readable(colour), "white") >= 4.5


def test_contrast_as_wcag_has_it():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)  # WebAIM's contrast checker


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.01, 0.07))
def test_spread_keeps_order_and_distance_and_stays_inside(wanted, gap):
    wanted = sorted(wanted)
    placed = spread(wanted, gap, 0, 1)
    assert all(b - a >= gap - 1e-9 for a, b in zip(placed, placed[1:], strict=False))
    assert min(placed) >= -1e-9
    assert max(placed) <= 1 + 1e-9


def test_spread_moves_nothing_that_is_apart():
    assert spread([0.1, 0.5, 0.9], 0.1, 0, 1) == pytest.approx([0.1, 0.5, 0.9])
