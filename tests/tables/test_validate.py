"""Every known way to damage a table is found, and the message names file, row, column and value."""

import csv
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from influence.cli import app
from influence.errors import DataError
from influence.tables import find_problems, validate


def read(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def set_cell(path, row, column, value):
    """Change one cell; rows count the header as row 1."""
    rows = read(path)
    rows[row - 1][rows[0].index(column)] = value
    write(path, rows)


# damage → table, column, new value, what the message must say is allowed
CELLS = {
    "unknown actor": ("memberships", "actor_id", "ATL", "ATL"),
    "unknown organization": ("memberships", "org_id", "LEAGUE", "LEAGUE"),
    "year outside": ("arms_supply", "year", "2013", "at most 2012"),
    "year before": ("arms_supply", "year", "1999", "at least 2001"),
    "missing code": ("arms_supply", "scale", "-9", "at least 1|must be one of"),
    "wrong role": ("memberships", "role", "emperor", "must be one of"),
    "wrong status": ("memberships", "status", "perhaps", "must be one of"),
    "no date": ("memberships", "start", "yesterday", "type date"),
    "no boolean": ("organizations", "counts_as_tie", "maybe", "type boolean"),
    "empty name": ("actors", "name", "", "must not be empty"),
    "unknown source": ("memberships", "source_id", "invented1999", "key of sources.bib"),
}


@pytest.fixture
def damaged(small_package, tmp_path) -> Path:
    return Path(shutil.copytree(small_package, tmp_path / "damaged"))


def test_an_undamaged_package_passes(small_package):
    assert find_problems(small_package) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.sampled_from(sorted(CELLS)), place=st.floats(0, 1, exclude_max=True))
def test_a_damaged_cell_is_named(small_package, tmp_path_factory, damage, place):
    table, column, value, allowed = CELLS[damage]
    folder = Path(shutil.copytree(small_package, tmp_path_factory.mktemp("d") / "p"))
    path = folder / f"{table}.csv"
    row = 2 + int(place * (len(read(path)) - 1))
    set_cell(path, row, column, value)
    with pytest.raises(DataError) as caught:
        validate(folder)
    hits = [p for p in caught.value.problems if p.row == row and p.column and column in p.column]
    assert hits, f"{damage}: {caught.value}"
    assert hits[0].file == f"{table}.csv"
    assert value in (hits[0].value or "")
    import re

    assert re.search(allowed, str(hits[0])), str(hits[0])
    shutil.rmtree(folder)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True))
def test_an_end_before_its_start_is_named(small_package, tmp_path_factory, place):
    folder = Path(shutil.copytree(small_package, tmp_path_factory.mktemp("d") / "p"))
    path = folder / "memberships.csv"
    row = 2 + int(place * (len(read(path)) - 1))
    set_cell(path, row, "end", "1901-01-01")
    found = [p for p in find_problems(folder) if p.column == "end"]
    assert [(p.file, p.row, p.value) for p in found] == [("memberships.csv", row, "1901-01-01")]
    shutil.rmtree(folder)


def test_a_key_that_stands_twice_is_named(damaged):
    path = damaged / "arms_supply.csv"
    rows = read(path)
    write(path, [*rows, rows[5]])
    found = find_problems(damaged)
    assert [(p.file, p.row) for p in found] == [("arms_supply.csv", len(rows) + 1)]
    assert "twice" in str(found[0])


def test_overlapping_spells_are_named(damaged):
    path = damaged / "memberships.csv"
    rows = read(path)
    header = rows[0]
    first = next(r for r in rows[1:] if r[header.index("org_id")] == "SCO" and r[header.index("actor_id")] == "KAZ")
    again = list(first)
    again[header.index("start")] = "2005-05-05"
    write(path, [*rows, again])
    found = find_problems(damaged)
    assert [(p.row, p.column, p.value) for p in found] == [(len(rows) + 1, "start", "2005-05-05")]
    assert "overlaps" in found[0].message


def test_one_treaty_under_two_names_is_named(damaged):
    path = damaged / "memberships.csv"
    rows = read(path)
    header = rows[0]
    at = {name: k for k, name in enumerate(header)}
    row = next(k for k, r in enumerate(rows) if r[at["org_id"]] == "CST" and r[at["actor_id"]] == "KAZ")
    rows[row][at["end"]] = ""
    write(path, rows)
    found = find_problems(damaged)
    assert found and all("one treaty" in p.message for p in found)


def test_a_broken_encoding_is_named(damaged):
    path = damaged / "actors.csv"
    rows = path.read_bytes().split(b"\n")
    rows[4] = rows[4].replace(b",", b"\xff,", 1)
    path.write_bytes(b"\n".join(rows))
    (problem,) = find_problems(damaged)
    assert (problem.file, problem.row, problem.column) == ("actors.csv", 5, "number 1")
    assert "UTF-8" in problem.message


def test_a_missing_file_is_named(damaged):
    (damaged / "partitions.csv").unlink()
    assert [str(p) for p in find_problems(damaged)] == ["partitions.csv: this file is missing"]


def test_a_missing_column_is_named(damaged):
    path = damaged / "memberships.csv"
    rows = read(path)
    gone = rows[0].index("role")
    write(path, [[c for k, c in enumerate(r) if k != gone] for r in rows])
    (problem,) = find_problems(damaged)
    assert (problem.file, problem.row, problem.column) == ("memberships.csv", 1, "role")


def test_columns_of_ones_own_and_another_order_of_rows_are_welcome(damaged):
    path = damaged / "actors.csv"
    header, *rows = read(path)
    write(path, [[*header, "my_note"], *([*r, "x"] for r in reversed(rows))])
    assert find_problems(damaged) == []


def test_all_problems_come_at_once_and_the_exit_code_is_2(damaged):
    set_cell(damaged / "arms_supply.csv", 3, "scale", "-9")
    set_cell(damaged / "arms_supply.csv", 7, "year", "1066")
    set_cell(damaged / "memberships.csv", 2, "role", "emperor")
    before = sorted((p.name, p.stat().st_mtime_ns) for p in damaged.iterdir())
    result = CliRunner().invoke(app, ["validate", str(damaged)])
    assert result.exit_code == 2
    for said in (
        "arms_supply.csv, row 3, column scale",
        "arms_supply.csv, row 7, column year",
        "memberships.csv, row 2",
    ):
        assert said in result.stderr
    assert sorted((p.name, p.stat().st_mtime_ns) for p in damaged.iterdir()) == before, "nothing is written"


def test_no_package_is_said_plainly(tmp_path):
    result = CliRunner().invoke(app, ["validate", str(tmp_path)])
    assert result.exit_code == 2
    assert "datapackage.json" in result.stderr
