"""The shared page as a file: the same bytes each time, nothing fetched, small, and made without widget libraries."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

import influence as inf
from influence.cli import app
from influence.explorer import Study, write_page

TOO_LARGE = 3_000_000


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "out.html"
    result = CliRunner().invoke(app, ["explore", "--html", str(path), "--shown", "security", "--pick", "KGZ"])
    assert result.exit_code == 0, result.output
    return path


def data_of(path):
    text = path.read_bytes().decode("utf-8")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    return json.loads(data)


def test_it_is_one_small_file_that_fetches_nothing(written):
    text = written.read_text(encoding="utf-8")
    assert 500_000 < written.stat().st_size < TOO_LARGE
    outside_data = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S)
    addresses = set(re.findall(r"https?://[^\"'\s)]+", outside_data))
    assert addresses == {"http://www.w3.org/2000/svg"}, "the name of a namespace, never fetched"
    assert not re.search(r"\bimport\s|\bimport\(|<link|<img|@import|url\((?!#)", outside_data)
    assert not re.search(r"<script[^>]*\ssrc=", outside_data)


def test_it_says_what_was_asked_for(written):
    data = data_of(written)
    assert (data["shown"], data["measured_in"], data["pick"], data["year"]) == (["security"], "security", "KGZ", 2012)
    assert data["study"]["keeps"] == [1]


@pytest.mark.slow
def test_two_runs_write_the_same_bytes_without_widget_or_drawing_libraries(written, tmp_path):
    """Another process, another hash seed, and neither anywidget nor matplotlib."""
    path = tmp_path / "again.html"
    code = f"""
import sys
for name in ("anywidget", "ipywidgets", "traitlets", "matplotlib", "seaborn"):
    sys.modules[name] = None
from influence.cli import app
app(["explore", "--html", {str(path)!r}, "--shown", "security", "--pick", "KGZ"])
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert run.returncode == 0, run.stderr
    assert path.read_bytes() == written.read_bytes()


def test_names_from_data_cannot_break_out_of_the_script(tmp_path):
    """A name is text wherever it stands: in JSON it cannot end the script, in the title not the title."""
    nasty = "</script><script>alert(1)</script>"
    ties = pd.DataFrame({"layer": "a<b>", "source": ["A"], "target": [nasty], "year": [2001]})
    study = Study(inf.MultilayerNetwork.from_edges(ties))
    path = write_page(study, tmp_path / "nasty.html")
    text = path.read_text(encoding="utf-8")
    assert nasty not in text
    assert "<title>influence: a&lt;b>" in text
    assert nasty in {node["id"] for node in data_of(path)["study"]["actors"]}


def test_what_is_not_offered_ends_with_one_message(tmp_path):
    result = CliRunner().invoke(app, ["explore", "--html", str(tmp_path / "x.html"), "--measure", "fame"])
    assert result.exit_code == 2
    assert "measure must be one of" in result.output and "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []
