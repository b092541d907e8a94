"""The figures under version control: each whole, legible, of printed width, and what its sidecar says it is."""

import hashlib
import json
from pathlib import Path

import pytest

from influence.figures.legible import LEAST_TYPE
from influence.figures.manifest import MANIFEST, figure_sources, sidecars
from influence.tables.sources import MEMORY, bibliography, read_sources

FIGURES = Path(__file__).parents[2] / "figures"
ALL = sidecars(FIGURES)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_figure_is_legible_and_says_what_it_shows_and_from_where(name):
    told = ALL[name]
    assert told["figure"] == name
    assert told["complaints"] == []  # no texts over one another or off the page, no series alike in grey
    assert told["least_type_pt"] >= LEAST_TYPE
    assert told["width_mm"] in (84.0, 174.0)
    assert told["height_mm"] <= 240
    assert len(told["alt"]) > 60
    assert "ource" in told["caption"]
    assert told["sources"] and set(told["sources"]) <= set(read_sources())


@pytest.mark.parametrize("name", sorted(ALL))
def test_picture_and_data_are_those_that_were_saved_together(name):
    assert set(ALL[name]["sha256"]) == {f"{name}.csv", f"{name}.svg"}
    for file, digest in ALL[name]["sha256"].items():
        assert hashlib.sha256((FIGURES / file).read_bytes()).hexdigest() == digest, file
    rows = (FIGURES / f"{name}.csv").read_text(encoding="utf-8").count("\n") - 1
    assert rows >= ALL[name]["rows"]  # a cell may hold a line break


def test_nothing_lies_beside_the_figures_and_the_manifest_lists_them_all():
    listed = json.loads((FIGURES / MANIFEST).read_text(encoding="utf-8"))["figures"]
    assert listed == [ALL[name] for name in sorted(ALL)]
    files = {p.name for p in FIGURES.iterdir() if not p.name.startswith(".")}
    assert files == {MANIFEST, *(f"{name}.{end}" for name in ALL for end in ("svg", "csv", "json"))}


def test_every_figure_can_be_cited():
    for name in ALL:
        keys = [key for key in figure_sources(name, FIGURES) if key != MEMORY]
        assert bibliography(keys).count("\n@") + 1 == len(keys), name
