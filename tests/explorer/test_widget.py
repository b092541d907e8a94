"""The widget, without a browser: it answers what the drawing asks, and what it writes can be run."""

import json
import re
import subprocess
import sys

import pytest

import influence as inf
from influence.explorer import Study
from influence.notebooks import METADATA, execute

pytest.importorskip("anywidget", reason="anywidget is not installed (the extra 'explorer')")
Explorer = pytest.importorskip("influence.explorer.widget").Explorer

VIEW = {"year": 2009, "shown": ["security", "trade"], "measured_in": "trade", "keep": 0.25, "pick": "RUS>KGZ"}


@pytest.fixture(scope="module")
def study():
    return Study(inf.load())


@pytest.fixture
def view(study):
    """What `inf.explore` returns, on a study that is shared."""
    return Explorer(study, study.start(**VIEW))


def test_its_text_has_no_address(view):
    expected = "Explorer: strength in trade, 2009; layers security, trade; 44 actors, 2001–2012"
    assert repr(view) == expected


def test_it_answers_with_the_blocks_that_are_asked_for(view, monkeypatch):
    sent = []
    monkeypatch.setattr(view, "send", sent.append)
    view._handle_custom_msg({"need": ["counts/energy/presence/1"]}, [])
    (message,) = sent
    (block,) = message["blocks"].values()
    net = inf.load()
    assert block["ties"] == [len(net.at(year)["energy"].to_edges()) for year in net.years]


def test_the_first_drawing_needs_no_answer(view):
    """Run All keeps the kernel busy: what is shown at first came with the widget."""
    assert set(view._study.needed(view.state)) <= set(view.blocks)


def test_its_code_makes_the_same_view(view, monkeypatch):
    """The code is run, as a reader would run it, and the view that comes out is the view that went in."""
    told = {}
    exec(compile(view.code(), "view", "exec"), told)
    assert told["view"].state == view.state
    assert told["view"].network.provenance == view.network.provenance


def test_its_network_is_the_one_that_is_measured(view):
    few = len(view.network.at(2009)["trade"].to_edges())
    assert few < len(inf.load().at(2009)["trade"].to_edges())
    view.keep = 1.0
    assert len(view.network.at(2009)["trade"].to_edges()) > few


def test_what_is_not_offered_cannot_be_set(view):
    with pytest.raises(ValueError, match="year must be one of 2001"):
        view.year = 1990
    with pytest.raises(ValueError, match="nobody called"):
        view.pick = "RUS>XYZ"
    assert (view.year, view.pick) == (VIEW["year"], VIEW["pick"])


@pytest.mark.parametrize("what", ["network", "ranking", "roles"])
@pytest.mark.parametrize("place", ["circle", "map"])
def test_it_draws_for_print(view, what, place):
    view.place = place
    figure = view.figure(what)
    assert figure.axes and figure.get_figwidth() == pytest.approx(174 / 25.4)


def test_it_writes_the_page_of_what_is_shown(tmp_path):
    own = Study(inf.load(), layers=["energy"], metrics=["strength"])
    view = Explorer(own, own.start(pick="TKM"))
    view.year = 2006
    text = view.to_html(tmp_path / "view.html").read_text(encoding="utf-8")
    (data,) = re.findall(r'id="data">(.*?)</script>', text, re.S)
    assert {k: json.loads(data)[k] for k in view.state.plain()} == view.state.plain()


def test_roles_without_a_layer_that_has_them_are_refused(view):
    view.shown, view.measured_in = ["institutions"], "institutions"
    with pytest.raises(ValueError, match="union of cliques"):
        view.figure("roles")
    with pytest.raises(ValueError, match="figure is one of"):
        view.figure("film")


def test_without_anywidget_the_missing_extra_is_named():
    code = "import sys; sys.modules['anywidget'] = None\nimport influence as inf\ninf.explore"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "MissingExtra: inf.explore needs the extra 'explorer': pip install 'influence[explorer]'" in run.stderr


@pytest.mark.slow
def test_a_notebook_with_it_is_compared(tmp_path):
    """Executed and stored by the package, then compared by nbval in strict mode: the widget's text is stable."""
    blank = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    source = "import influence as inf\ninf.explore(inf.load(), year=2009)"
    cells = [{**blank, "id": "explore-it", "source": source}]
    path = tmp_path / "explore.ipynb"
    path.write_text(json.dumps({"metadata": METADATA, "nbformat": 4, "nbformat_minor": 5, "cells": cells}))
    execute(path)
    stored = path.read_text(encoding="utf-8")
    assert "Explorer: strength in security, 2009" in stored
    assert "widget-view" not in stored and "0x" not in stored
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", str(path)]
    run = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stdout
