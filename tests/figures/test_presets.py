"""Pages: a narrow one is laid out anew, a slide and a poster are enlarged evenly, grey keeps the lightness."""

import io
import re
import struct

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

import influence.figures as figures
from influence.figures import export, presets
from influence.figures._grey import greys, in_greys
from influence.figures.look import MM, contrast
from influence.figures.render import rendered

TOLD = {"caption": "Trade. Source: BACI.", "alt": "One falls.", "sources": ["baci"]}
POINT = 25.4 / 72  # millimetres


@pytest.fixture
def one(frames):
    return frames["shares"].query("state == 'KAZ'")


def lines(one, **options):
    return figures.trajectories(one, unit="share", y="share", series="partner", **options)


def size_in_mm(content, format, dpi):
    """Width and height, as the file itself says."""
    if format == "png":
        return [n / dpi * 25.4 for n in struct.unpack(">II", content[16:24])]
    if format == "svg":
        return [float(n) * POINT for n in re.search(rb'<svg [^>]*width="([\d.]+)pt"', content).groups()] + [
            float(n) * POINT for n in re.search(rb'<svg [^>]*height="([\d.]+)pt"', content).groups()
        ]
    pattern = (
        rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]" if format == "pdf" else rb"%%HiResBoundingBox: \S+ \S+ (\S+) (\S+)"
    )
    return [float(n) * POINT for n in re.search(pattern, content).groups()]


def pixels_of(figure):
    image = Image.open(io.BytesIO(rendered(figure, "png", dpi=60))).convert("RGB")
    return np.asarray(image).astype(int)


def test_a_style_holds_for_its_block_and_inside_drawings(one):
    with figures.style("single"):
        assert lines(one).get_figwidth() == pytest.approx(84 * MM)
        with figures.style():  # as every drawing opens one
            assert presets.fitted("double") == "single"
        with figures.style("double"):
            assert presets.fitted("single") == "double"
    assert lines(one).get_figwidth() == pytest.approx(174 * MM)
    with pytest.raises(ValueError, match="no style 'wide'; there are single, double, slide, poster, greyscale"):
        with figures.style("wide"):
            pass


def test_for_a_column_panels_are_stacked_not_shrunk(frames):
    draw = {"unit": "share", "y": "share", "series": "partner", "panel": "state"}
    wide = figures.trajectories(frames["shares"], **draw)
    with figures.style("single"):
        narrow = figures.trajectories(frames["shares"], **draw)
        _, axes = figures.canvas("double", 40, columns=2)
    assert narrow.get_figheight() == pytest.approx(2 * wide.get_figheight())
    assert {ax.get_subplotspec().colspan.start for ax in narrow.axes} == {0}
    assert len({ax.get_subplotspec().rowspan.start for ax in axes}) == 2
    sizes = [sorted(text.get_fontsize() for text in f.axes[0].texts) for f in (wide, narrow)]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("format", ["svg", "pdf", "eps", "png"])
@pytest.mark.parametrize(("page", "width"), [("slide", 254), ("poster", 420)])
def test_a_slide_is_the_wide_figure_enlarged(one, format, page, width):
    one = one[one["partner"] == "RUS"]
    figure = lines(one, width="single")
    with figures.style(page):
        large = lines(one, width="single")
        times = presets.preset().enlarged
    assert large.get_figwidth() == pytest.approx(174 * MM)
    content = rendered(large, format, dpi=50, enlarged=times)
    assert size_in_mm(content, format, 50) == pytest.approx([width, 55 * times], abs=1)
    assert content == rendered(large, format, dpi=50, enlarged=times)
    assert size_in_mm(rendered(figure, format, dpi=50), format, 50) == pytest.approx([84, 55], abs=1)


def test_the_page_in_force_is_that_of_the_block_then_that_of_the_environment(one, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "read_sources", lambda: {"baci": "@misc{baci}"})
    monkeypatch.setenv("INFLUENCE_FIGURE_STYLE", "slide")
    saved = {}
    for page in (None, "single"):
        with figures.style(page):
            figures.save(lines(one), str(page), data=one, folder=tmp_path, **TOLD)
        saved[page] = pd.read_json(tmp_path / f"{page}.json", typ="series")
    assert saved[None]["width_mm"] == 254
    assert saved["single"]["width_mm"] == 84
    assert saved[None]["least_type_pt"] == pytest.approx(7 * 254 / 174, abs=0.05)
    monkeypatch.setenv("INFLUENCE_FIGURE_STYLE", "wide")
    with pytest.raises(ValueError, match="no style 'wide'"):
        lines(one)


def test_greys_keep_the_luminance():
    """Oracle: contrast with white, by WCAG's relative luminance, before and after."""
    for colour in ("#0072B2", "#D55E00", "#009E73", "#F0E442", "#12476B"):
        turned = greys(np.array([to_rgb(colour)]))[0]
        assert np.ptp(turned) < 1e-12
        assert contrast(turned, "white") == pytest.approx(contrast(colour, "white"), rel=1e-9)


def test_a_figure_in_greys_has_no_colour_left(frames):
    for draw in ("lines", "heat", "bars"):
        figure = {
            "lines": lambda: lines(frames["shares"].query("state == 'KAZ'")),
            "heat": lambda: figures.heat_years(frames["ranks"], unit="rank"),
            "bars": lambda: figures.membership_matrix(frames["seats"]),
        }[draw]()
        in_greys(figure)
        pixels = pixels_of(figure)
        assert np.ptp(pixels, axis=-1).max() <= 1, draw
        assert len(np.unique(pixels)) > 3
