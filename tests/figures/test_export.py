"""Saving: all or nothing, with caption, alt text, sources and hashes; the same bytes in every format."""

import hashlib
import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

import influence.figures as figures
from influence.figures import export, render
from influence.figures.manifest import figure_sources, sidecars, write_manifest

TOLD = {"caption": "Trade. Source: BACI.", "alt": "One falls.", "sources": ["baci", "cow_trade_v4;baci"]}


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(export, "read_sources", lambda: {"baci": "@misc{baci}", "cow_trade_v4": "@misc{cow_trade_v4}"})
    for name in ("INFLUENCE_FIGURES", "INFLUENCE_FIGURE_ONLY", "INFLUENCE_FIGURE_FORMATS", "INFLUENCE_FIGURE_STYLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def data():
    return pd.DataFrame({"year": [2001, 2002, 2003], "actor": "KAZ", "value": [1 / 3, 0.5, None]})


@pytest.fixture
def picture(data):
    return figures.trajectories(data, unit="share", width="single")


def test_a_saved_figure_lies_beside_its_data_and_its_sidecar(picture, data, known, tmp_path):
    saved = figures.save(picture, "trade", data=data, notebook="04_trade", folder=tmp_path, **TOLD)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["trade.csv", "trade.json", "trade.svg"]
    sidecar = json.loads((tmp_path / "trade.json").read_text(encoding="utf-8"))
    hashes = {n: hashlib.sha256((tmp_path / n).read_bytes()).hexdigest() for n in ("trade.csv", "trade.svg")}
    assert sidecar == {
        "figure": "trade",
        "notebook": "04_trade",
        "caption": TOLD["caption"],
        "alt": TOLD["alt"],
        "sources": ["baci", "cow_trade_v4"],
        "data": "trade.csv",
        "rows": 3,
        "width_mm": 84.0,
        "height_mm": 55.0,
        "least_type_pt": 7.0,
        "complaints": [],
        "sha256": hashes,
    }
    assert (tmp_path / "trade.csv").read_text() == "year,actor,value\n2001,KAZ,0.333333333\n2002,KAZ,0.5\n2003,KAZ,\n"
    assert repr(saved) == (
        f"figure trade: 3 rows of data behind it (sha256 {hashes['trade.csv'][:12]}); sources: baci, cow_trade_v4"
    )
    assert saved._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"caption": ""}, "caption and an alt text"),
        ({"alt": ""}, "caption and an alt text"),
        ({"sources": []}, "no source given"),
        ({"sources": ["baci;no_such_source"]}, "not in sources.bib: no_such_source"),
    ],
)
def test_without_caption_alt_or_source_nothing_is_written(picture, data, known, tmp_path, change, said):
    with pytest.raises(ValueError, match=said):
        figures.save(picture, "trade", data=data, folder=tmp_path / "new", **{**TOLD, **change})
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_figure_whole(picture, data, known, tmp_path, monkeypatch):
    figures.save(picture, "trade", data=data, folder=tmp_path, **TOLD)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def broken(*args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(Figure, "savefig", broken)
    with pytest.raises(OSError, match="no space"):
        figures.save(picture, "trade", data=data.assign(value=9.0), folder=tmp_path, **TOLD)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize("format", sorted(render.FORMATS))
def test_every_format_has_the_same_bytes_twice(data, known, tmp_path, monkeypatch, format):
    monkeypatch.setenv("INFLUENCE_FIGURE_FORMATS", format)
    monkeypatch.setenv("INFLUENCE_FIGURE_DPI", "60")
    for name in ("one", "two"):
        picture = figures.trajectories(data, unit="share", width="single")
        figures.save(picture, name, data=data, folder=tmp_path, **TOLD)
    assert (tmp_path / f"one.{format}").read_bytes() == (tmp_path / f"two.{format}").read_bytes()


def test_only_the_figures_asked_for_are_written(picture, data, known, tmp_path, monkeypatch):
    monkeypatch.setenv("INFLUENCE_FIGURE_ONLY", "another,trade")
    figures.save(picture, "trade", data=data, folder=tmp_path, **TOLD)
    figures.save(picture, "third", data=data, folder=tmp_path, **TOLD)
    assert {p.stem for p in tmp_path.iterdir()} == {"trade"}


def test_the_manifest_is_made_from_the_sidecars(picture, data, known, tmp_path):
    for name in ("b_second", "a_first"):
        figures.save(picture, name, data=data, folder=tmp_path, **TOLD)
    manifest = write_manifest(tmp_path)
    listed = json.loads(manifest.read_text(encoding="utf-8"))["figures"]
    assert [f["figure"] for f in listed] == ["a_first", "b_second"]
    assert listed == list(sidecars(tmp_path).values())
    before = manifest.read_bytes()
    assert write_manifest(tmp_path).read_bytes() == before  # it does not list itself
    assert figure_sources("a_first", tmp_path) == ["baci", "cow_trade_v4"]
    with pytest.raises(KeyError, match="there are a_first, b_second"):
        figure_sources("third", tmp_path)
