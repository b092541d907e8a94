"""What holds for every drawing: printed size, legible texts, stable bytes, nothing global touched."""

import hashlib
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import influence.figures as figures
from influence.figures import export
from influence.figures.look import WIDTHS

LEAST_FONT = 6  # points, in print


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


def corners(text):
    """The four corners of a text as it lies on the page, turned texts too, in points."""
    angle = text.get_rotation()
    around = Text.get_window_extent(text)  # of the letters, without the line that leads to them
    middle = np.array([(around.x0 + around.x1) / 2, (around.y0 + around.y1) / 2])
    text.set_rotation(0)
    flat = Text.get_window_extent(text)
    text.set_rotation(angle)
    w, h = flat.width / 2, flat.height / 2
    turn = np.deg2rad(angle)
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    box = np.array([(-w, -h), (w, -h), (w, h), (-w, h)]) @ rotate.T + middle
    return box / text.get_figure(root=True).dpi * 72


def overlap(one, other):
    """How deep two rectangles lie in each other, in points; 0 or less: not at all (separating axes)."""
    depth = np.inf
    for box in (one, other):
        for side in (box[1] - box[0], box[3] - box[0]):
            axis = side / np.hypot(*side)
            a, b = one @ axis, other @ axis
            depth = min(depth, a.max() - b.min(), b.max() - a.min())
    return depth


def overlapping(texts):
    boxes = [(t, corners(t)) for t in texts]
    return [
        (a.get_text(), b.get_text(), round(float(overlap(box, other)), 1))
        for k, (a, box) in enumerate(boxes)
        for b, other in boxes[k + 1 :]
        if overlap(box, other) > 0.75  # the boxes leave room for letters that hang or rise
    ]


def test_a_figure_of_printed_width_comes_back(drawing):
    figure = drawing()
    assert isinstance(figure, Figure)
    assert figure.get_figwidth() in (WIDTHS["single"], WIDTHS["double"])
    assert figure.get_figheight() * 25.4 < 240  # a page


def test_texts_are_large_enough_apart_and_on_the_page(drawing, monkeypatch):
    figure = drawing()
    texts = drawn_texts(figure, monkeypatch)
    assert len(texts) > 4
    assert min(t.get_fontsize() for t in texts) >= LEAST_FONT
    assert overlapping(texts) == []
    page = figure.bbox.width / figure.dpi * 72, figure.bbox.height / figure.dpi * 72
    boxes = {t.get_text(): corners(t) for t in texts}
    outside = [k for k, box in boxes.items() if box.min() < -0.5 or (box.max(axis=0) > np.array(page) + 0.5).any()]
    assert outside == []


def test_overlapping_texts_would_be_seen(frames, monkeypatch):
    figure = figures.dumbbell(frames["pairs"], unit="USD", left="baci", right="cow")
    figure.axes[0].annotate("KAZAKHSTAN", (0.3, 0.5), xycoords="axes fraction")
    figure.axes[0].annotate("KYRGYZSTAN", (0.32, 0.51), xycoords="axes fraction", rotation=20)
    assert [found[:2] for found in overlapping(drawn_texts(figure, monkeypatch))] == [("KAZAKHSTAN", "KYRGYZSTAN")]


def test_nothing_global_and_no_frame_is_changed(drawing, frames):
    import matplotlib.pyplot as plt

    settings, open_figures = dict(mpl.rcParams), plt.get_fignums()
    before = {name: frame.copy() for name, frame in frames.items()}
    drawing()
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == open_figures
    for name, frame in frames.items():
        assert frame.equals(before[name]), name


def test_the_same_bytes_twice(drawing, frames, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "read_sources", lambda: {"some_source": "@misc{some_source}"})
    told = {"data": frames["pairs"], "caption": "A caption.", "alt": "What is seen.", "sources": ["some_source"]}
    for name in ("one", "two"):
        figures.save(drawing(), name, folder=tmp_path, **told)
    one, two = ((tmp_path / f"{name}.svg").read_bytes() for name in ("one", "two"))
    assert one == two
    assert b"<path" in one


def test_the_same_bytes_in_another_process():
    """Neither hash seeds nor addresses get into a picture."""
    code = (
        "import io, sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "import samples; from influence.figures import style; from influence.figures.export import FORMATS\n"
        "made = samples.drawings(samples.make_frames()); out = io.BytesIO()\n"
        "with style():\n"
        "    for name in ('membership_timeline', 'node_link', 'multilayer_planes'):\n"
        "        made[name]().savefig(out, format='svg', **FORMATS['svg'])\n"
        "print(hashlib.sha256(out.getvalue()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path)), "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert len(found.pop().strip()) == len(hashlib.sha256().hexdigest())


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
