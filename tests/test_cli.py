"""The command line: what it prints is what Python gives, errors are one message and exit code 2, nothing is written."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.main import get_command
from typer.testing import CliRunner

import influence as inf
from influence.cli import app
from influence.tables import descriptor
from influence.tables.codebook import codebook

COMMANDS = sorted(get_command(app).commands)
ACCEPTANCE = "panel --layer trade --metric strength_out --year 2012 --format csv"
TRADE = ["--layer", "trade", "--metric", "strength_out"]


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def printed(result, **options):
    assert result.exit_code == 0, result.output
    return pd.read_csv(io.StringIO(result.stdout), **options)


@pytest.fixture(scope="module")
def net():
    return inf.load()


# --- help ------------------------------------------------------------------------------------------------------


def test_all_the_commands_are_there():
    wanted = {"validate", "panel", "notebooks", "figures", "reproduce", "cite", "describe"}
    assert wanted <= set(COMMANDS)
    shown = run("--help")
    assert shown.exit_code == 0
    assert all(f"influence {name}" in shown.stdout or name in shown.stdout for name in wanted)
    assert "Examples:" in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(command):
    shown = run(command, "--help")
    assert shown.exit_code == 0
    assert f"Example: influence {command}" in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_parses(command):
    """The options and arguments of the example exist; the command itself is not run."""
    (example,) = [line for line in get_command(app).commands[command].help.splitlines() if "Example:" in line]
    words = example.split("|")[0].split()[3:]
    context = get_command(app).commands[command].make_context(command, words)
    assert context.params is not None


# --- panel -----------------------------------------------------------------------------------------------------


def test_a_row_for_each_of_the_34_states_equal_to_the_panel(net):
    result = run(*ACCEPTANCE.split())
    lines = result.stdout.splitlines()
    assert lines[0] == "actor,year,layer,metric,value"
    assert len(lines) == 1 + 34
    expected = inf.panel(net, "strength_out", layers="trade", years=2012)
    pd.testing.assert_frame_equal(printed(result), expected, check_dtype=False, rtol=1e-8)
    assert printed(result).set_index("actor")["value"]["CHN"] > 1e6, "million current USD"
    assert [line for line in lines if "nan" in line.lower()] == []


def test_the_installed_command_prints_the_same_bytes(tmp_path):
    command = shutil.which("influence", path=str(Path(sys.executable).parent))
    assert command, "the package is not installed in this environment"
    done = subprocess.run([command, *ACCEPTANCE.split()], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout == run(*ACCEPTANCE.split()).stdout
    wrong = subprocess.run([command, "panel", "--metric", "power_of_the_bear"], cwd=tmp_path, capture_output=True)
    assert wrong.returncode == 2 and b"Traceback" not in wrong.stderr and wrong.stdout == b""
    assert list(tmp_path.iterdir()) == []


def test_no_data_is_an_empty_cell_and_never_zero():
    result = run("panel", *TRADE, "--year", "2001")
    assert "SRB,2001,trade,strength_out,\n" in result.stdout
    assert printed(result)["value"].isna().sum() == 1
    rows = json.loads(run("panel", *TRADE, "--year", "2001", "--format", "json").stdout)
    assert [row["actor"] for row in rows if row["value"] is None] == ["SRB"]
    table = run("panel", *TRADE, "--year", "2001", "--format", "table").stdout
    (line,) = [line for line in table.splitlines() if "SRB" in line]
    assert line.split()[-1] == "–"


def test_json_says_the_same_as_csv():
    some = ["--metric", "pagerank", "--metric", "strength_in", "--layer", "trade", "--layer", "security"]
    rows = pd.DataFrame(json.loads(run("panel", *some, "--year", "2001", "--format", "json").stdout))
    pd.testing.assert_frame_equal(rows, printed(run("panel", *some, "--year", "2001")), check_dtype=False, rtol=1e-12)


def test_the_table_has_a_column_a_metric_and_year_and_a_row_an_actor():
    result = run("panel", *TRADE, "--metric", "degree", "--year", "2001", "--year", "2012", "--format", "table")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["metric", "degree", "strength_out"]
    assert lines[1].split() == ["year", "2001", "2012", "2001", "2012"]
    assert len(lines) == 3 + 34


def test_options_reach_the_panel(net):
    shown = printed(
        run("panel", "--metric", "gatekeeper", "--layer", "security", "--partition", "camp", "--year", 2009)
    )
    expected = inf.panel(net, "gatekeeper", layers="security", partition="camp", years=2009)
    pd.testing.assert_frame_equal(shown, expected, check_dtype=False)
    unknown = printed(run("panel", "--metric", "degree", "--layer", "security", "--year", 2012, "--unknown", "present"))
    assert (unknown["value"] >= 33).all()
    share = printed(run("panel", "--metric", "degree_two_mode", "--layer", "institutions", "--rule", "any"))
    assert share["value"].tolist() != printed(run("panel", "--metric", "degree_two_mode"))["value"].tolist()
    other = printed(run("panel", *TRADE, "--year", 2010, "--trade", "cow_trade_v4"))
    cow = inf.panel(inf.load(trade="cow_trade_v4"), "strength_out", layers="trade", years=2010)
    pd.testing.assert_frame_equal(other, cow, check_dtype=False, rtol=1e-8)


def test_a_file_is_written_whole_and_named(tmp_path):
    path = tmp_path / "new" / "panel.csv"
    result = run("panel", *TRADE, "--year", "2012", "--out", path)
    assert result.exit_code == 0 and result.stdout == ""
    assert f"34 rows in {path}" in result.stderr
    assert path.read_text(encoding="utf-8") == run(*ACCEPTANCE.split()).stdout
    assert [p.name for p in path.parent.iterdir()] == ["panel.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metric", "strenght_out"], "no metric named 'strenght_out'; did you mean strength_out"),
        (["--layer", "trad"], "no layer named 'trad'; there are security, trade"),
        (["--year", "2013"], "no snapshot of 2013: the data cover 2001–2012"),
        (["--partition", "blocs"], "no partition named 'blocs'; there are camp"),
        (["--metric", "liaison"], "liaison: name a partition"),
        (["--metric", "degree_two_mode", "--layer", "trade"], "degree_two_mode: does not apply to the layer trade"),
        (["--rule", "mean"], "rule must be"),
        (["--unknown", "perhaps"], "unknown must be"),
        (["--trade", "imf_dots"], "trade by 'imf_dots' is not available in this data package; it has baci"),
        (["--format", "xls"], "format must be csv, json or table, not 'xls'"),
    ],
)
def test_bad_values_are_one_message_and_write_nothing(tmp_path, arguments, message):
    result = run("panel", *arguments, "--out", tmp_path / "out.csv")
    assert result.exit_code == 2 and result.stdout == ""
    (told,) = [line for line in result.stderr.splitlines() if line.startswith("influence: ")]
    assert told.startswith(f"influence: {message}")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_and_left_as_it_was(tmp_path):
    (tmp_path / "folder").mkdir()
    result = run("panel", *TRADE, "--year", "2012", "--out", tmp_path / "folder")
    assert result.exit_code == 2 and "influence: " in result.stderr and "Traceback" not in result.output
    assert [p.name for p in tmp_path.rglob("*")] == ["folder"]


def test_what_is_no_number_is_refused_before_anything_runs():
    result = run("panel", "--year", "lately")
    assert result.exit_code == 2 and "--year" in result.stderr


# --- the data package ------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path):
    """Two tables that stand alone, as a package in a folder of its own."""
    bundled = Path(inf.tables.package.data_dir())
    whole = descriptor()
    whole["resources"] = [r for r in whole["resources"] if r["name"] in ("confidence", "coverage")]
    for resource in whole["resources"]:
        shutil.copy(bundled / resource["path"], tmp_path)
    shutil.copy(bundled / "sources.bib", tmp_path)
    (tmp_path / "datapackage.json").write_text(json.dumps(whole), encoding="utf-8")
    return tmp_path


def test_validate_passes_or_ends_with_2(package):
    good = run("validate", package)
    assert good.exit_code == 0 and "2 tables, all valid" in good.stdout
    path = package / "coverage.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",2001,", ",1901,", 1), encoding="utf-8")
    bad = run("validate", package)
    assert bad.exit_code == 2 and bad.stdout == ""
    assert "coverage.csv, row 2, column start_year: found '1901'" in bad.stderr
    assert run("validate", package / "nowhere").exit_code == 2


def test_describe_prints_the_codebook_and_writes_only_when_asked(package):
    before = {p.name: p.read_bytes() for p in package.iterdir()}
    shown = run("describe", package)
    assert shown.exit_code == 0 and shown.stdout == codebook(package)
    assert {p.name: p.read_bytes() for p in package.iterdir()} == before
    written = run("describe", package, "--write")
    assert written.stdout.strip() == str(package / "CODEBOOK.md")
    assert (package / "CODEBOOK.md").read_text(encoding="utf-8") == shown.stdout
    assert all(r["hash"].startswith("sha256:") for r in descriptor(package)["resources"])


def test_the_committed_codebook_is_what_describe_prints():
    bundled = Path(inf.tables.package.data_dir())
    assert run("describe").stdout == (bundled / "CODEBOOK.md").read_text(encoding="utf-8")


# --- figures and notebooks -------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A project with one figure, seen from inside."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "figures").mkdir()
    side = {"figure": "poles", "notebook": "04_trade", "sources": ["cow_igo_v3", "baci"]}
    (tmp_path / "figures" / "poles.json").write_text(json.dumps(side), encoding="utf-8")
    (tmp_path / "figures" / "manifest.json").write_text(json.dumps({"figures": [side]}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_cite_gives_the_bibtex_behind_a_figure(checkout):
    result = run("cite", "poles")
    assert result.exit_code == 0, result.stderr
    entries = [line for line in result.stdout.splitlines() if line.startswith("@")]
    assert [entry.split("{")[1] for entry in entries] == ["baci,", "cow_igo_v3,"]
    unknown = run("cite", "pole")
    assert unknown.exit_code == 2 and "no figure named 'pole'; there are poles" in unknown.stderr
    side = checkout / "figures" / "poles.json"
    side.write_text(side.read_text(encoding="utf-8").replace("baci", "bacci"), encoding="utf-8")
    assert "not in sources.bib: bacci" in run("cite", "poles").stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["figures", "--format", "bmp"], "no format bmp; there are svg, pdf, eps, png"),
        (["figures", "--only", "planets"], "no figure named planets; there are poles"),
        (["figures", "--style", "huge"], "no style 'huge'; there are single, double, slide"),
        (["figures", "--dpi", "0"], "dpi must be above 0, not 0"),
        (["notebooks", "--only", "99"], "no notebook matches 99; there are 04_trade"),
    ],
)
def test_bad_figures_and_notebooks_are_said_and_nothing_is_drawn(checkout, arguments, message):
    (checkout / "notebooks" / "04_trade.ipynb").write_text("{}", encoding="utf-8")
    before = {p: p.stat().st_mtime_ns for p in checkout.rglob("*")}
    result = run(*arguments)
    assert result.exit_code == 2 and f"influence: {message}" in result.stderr
    assert {p: p.stat().st_mtime_ns for p in checkout.rglob("*")} == before


def test_a_wheel_without_a_checkout_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("influence._paths.__file__", os.fspath(tmp_path / "site" / "influence" / "_paths.py"))
    result = run("notebooks")
    assert result.exit_code == 2 and "no checkout of influence here" in result.stderr
