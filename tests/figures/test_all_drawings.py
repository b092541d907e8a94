"""What holds for every drawing: printed size, legible texts, stable bytes, nothing global touched."""

import json
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import influence.figures as figures
from influence.figures import legible
from influence.figures.look import WIDTHS
from influence.figures.render import rendered


def drawn_texts(figure, monkeypatch):
    """The texts that a reader sees: those that are drawn, not all that exist."""
    seen = []
    plain = Text.draw

    def watched(self, renderer):
        if self.get_visible() and self.get_text().strip():
            seen.append(self)
        return plain(self, renderer)

    with monkeypatch.context() as patch, figures.style():
        patch.setattr(Text, "draw", watched)
        figure.draw_without_rendering()  # settles the layout
        seen.clear()
        figure.draw_without_rendering()
    return seen


def test_a_figure_of_printed_width_comes_back(drawing):
    figure = drawing()
    assert isinstance(figure, Figure)
    assert figure.get_figwidth() in (WIDTHS["single"], WIDTHS["double"])
    assert figure.get_figheight() * 25.4 < 240  # a page


def test_the_texts_that_are_measured_are_those_that_are_drawn(drawing, monkeypatch):
    """Oracle: matplotlib itself, watched while it draws."""
    figure = drawing()
    with figures.style():
        drawn = {id(text) for text in drawn_texts(figure, monkeypatch)}
        measured = {id(text): text.get_text() for text in legible.shown_texts(figure)}
    assert [text for key, text in measured.items() if key not in drawn] == []
    assert drawn <= set(measured)


def test_texts_are_large_enough_apart_and_on_the_page_in_either_layout(drawing):
    own = drawing()
    other = "single" if own.get_figwidth() == WIDTHS["double"] else "double"
    with figures.style(other):
        anew = drawing()
    assert anew.get_figwidth() == WIDTHS[other]
    for page, figure in (("its own", own), (other, anew)):
        assert len(legible.shown_texts(figure)) > 4
        assert legible.legibility(figure).complaints == [], page


def test_what_is_wrong_with_a_figure_would_be_seen(frames):
    def spoiled(**text):
        figure = figures.dumbbell(frames["pairs"], unit="USD", left="baci", right="cow")
        figure.axes[0].annotate("KAZAKHSTAN", (0.3, 0.5), xycoords="axes fraction")
        figure.axes[0].annotate(**{"text": "KYRGYZSTAN", "xy": (0.7, 0.5), "xycoords": "axes fraction", **text})
        return legible.legibility(figure).complaints

    assert spoiled() == []
    assert spoiled(xy=(0.32, 0.51), rotation=20) == ["'KAZAKHSTAN' and 'KYRGYZSTAN' overlap"]
    assert spoiled(fontsize=5) == ["type of 5 pt, less than 6"]
    assert "'KYRGYZSTAN' leaves the page" in spoiled(xy=(1.3, 0.5))


def test_series_that_differ_in_hue_only_would_be_seen():
    with figures.style():
        figure, ax = figures.canvas("single", 40)
    ax.plot([0, 1], [0, 1], color="#D55E00", label="one")
    ax.plot([0, 1], [1, 0], color="#009E73", label="two")
    assert legible.legibility(figure).complaints == ["'one' and 'two' look alike in grey"]
    ax.lines[1].set_linestyle("--")
    assert legible.legibility(figure).complaints == []


def test_nothing_global_and_no_frame_is_changed(drawing, frames):
    import matplotlib.pyplot as plt

    settings, open_figures = dict(mpl.rcParams), plt.get_fignums()
    before = {name: frame.copy() for name, frame in frames.items()}
    drawing()
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == open_figures
    for name, frame in frames.items():
        assert frame.equals(before[name]), name


def test_the_same_bytes_twice(drawing):
    one, two = rendered(drawing(), "svg"), rendered(drawing(), "svg")
    assert one == two
    assert b"<path" in one


OTHER_PROCESSOR = {
    "OPENBLAS_CORETYPE": "Nehalem",
    "OPENBLAS_NUM_THREADS": "1",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}


@pytest.mark.slow
def test_the_same_bytes_in_another_process_and_on_another_processor():
    """Neither hash seeds nor addresses nor the last bits of a sine get into a picture, in no format."""
    code = (
        "import hashlib, json, sys; sys.path.insert(0, sys.argv[1])\n"
        "import samples; from influence.figures.render import FORMATS, rendered\n"
        "made = samples.drawings(samples.make_frames())\n"
        "names = ('membership_timeline', 'node_link', 'multilayer_planes', 'pipeline_map', 'specification_chart')\n"
        "drawn = {name: made[name]() for name in names}\n"
        "print(json.dumps({f'{name}.{f}': hashlib.sha256(rendered(figure, f, dpi=60)).hexdigest()\n"
        "                  for name, figure in drawn.items() for f in FORMATS}))"
    )
    plain = {"PYTHONPATH": ":".join(filter(None, sys.path)), "PATH": ""}
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code, str(Path(__file__).parent)],
                capture_output=True,
                text=True,
                check=True,
                env={**plain, **own},
            ).stdout
        )
        for own in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", **OTHER_PROCESSOR})
    ]
    assert len(found[0]) == 20
    assert {name for name, digest in found[0].items() if found[1][name] != digest} == set()


def test_importing_the_figures_loads_no_plotting_library():
    code = (
        "import sys, influence.figures as f; dir(f); print([m for m in ('matplotlib', 'seaborn') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", figures.__all__)
def test_every_public_name_is_there_and_is_no_module(name):
    assert callable(getattr(figures, name))
    assert not (Path(figures.__file__).parent / f"{name}.py").exists()
