"""Executing a notebook: the same bytes each time, nothing half written, and errors that say where."""

import json
import re
import subprocess
import sys

import pytest

from influence.notebooks import METADATA, NotebookError, execute

pytestmark = pytest.mark.slow  # each starts a kernel


def write(path, cells, **metadata):
    """A notebook as a file, written by hand: nbformat would mend what is to be refused."""
    first = {"cell_type": "markdown", "id": "why", "metadata": {}, "source": "# Why?"}
    blank = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    notebook = {
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": [first, *({**blank, "id": name, "source": text} for name, text in cells.items())],
    }
    path.write_text(json.dumps(notebook))
    return path


def test_twice_executed_is_the_same_bytes_and_holds_nothing_of_the_machine(tmp_path):
    path = write(
        tmp_path / "twice.ipynb",
        {
            "print-parts": "import sys\nfor k in range(3):\n    print(k)\n    sys.stdout.flush()",
            "show-table": "import pandas as pd\npd.DataFrame({'a': [1.5]})",
        },
        language_info={"name": "python", "version": "3.1.4"},
    )
    execute(path)
    once = path.read_bytes()
    execute(path)
    assert path.read_bytes() == once
    notebook = json.loads(once)
    assert notebook["metadata"] == METADATA
    parts, table = notebook["cells"][1:]
    assert ["".join(o["text"]) for o in parts["outputs"]] == ["0\n1\n2\n"]
    assert "1.5" in "".join(table["outputs"][0]["data"]["text/plain"])
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert once.endswith(b"\n") and str(tmp_path).encode() not in once


def test_a_failing_cell_is_named_and_the_file_left_alone(tmp_path):
    path = write(tmp_path / "broken.ipynb", {"first": "x = 1", "second": "x / 0"})
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=r"broken\.ipynb, cell 'second': ZeroDivisionError: division by zero"):
        execute(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["broken.ipynb"]


def test_a_cell_that_takes_too_long_is_named(tmp_path):
    path = write(tmp_path / "slow.ipynb", {"wait-long": "import time; time.sleep(60)"})
    with pytest.raises(NotebookError, match=r"slow\.ipynb, cell 'wait-long': took more than 1 s"):
        execute(path, timeout=1)


def test_run_without_storing(tmp_path):
    path = write(tmp_path / "made.ipynb", {"make-file": "open('made.txt', 'w').close()"})
    before = path.read_bytes()
    execute(path, store=False)
    assert path.read_bytes() == before
    assert (tmp_path / "made.txt").exists()


def test_what_runs_in_a_notebook_knows_its_name(tmp_path):
    """A figure's sidecar names the notebook that made it."""
    path = write(tmp_path / "07_brokerage.ipynb", {"who-am-i": "import os\nprint(os.environ['INFLUENCE_NOTEBOOK'])"})
    execute(path)
    assert json.loads(path.read_text())["cells"][1]["outputs"][0]["text"] == ["07_brokerage\n"]


@pytest.mark.parametrize("cell_id", ["9f3ba1c0", "c01", "Cell"])
def test_a_cell_without_a_name_is_refused_before_anything_runs(tmp_path, cell_id):
    path = write(tmp_path / "unnamed.ipynb", {cell_id: "open('ran.txt', 'w').close()"})
    with pytest.raises(NotebookError, match=re.escape(f"unnamed.ipynb, cell 2: the id {cell_id!r} is not a name")):
        execute(path)
    assert not (tmp_path / "ran.txt").exists()


def test_two_cells_of_one_name_are_refused(tmp_path):
    path = write(tmp_path / "twins.ipynb", {"why": "1"})
    with pytest.raises(NotebookError, match="two cells are called 'why'"):
        execute(path)


def test_what_nbval_catches_and_what_it_does_not(tmp_path):
    """nbval sees a moved number, but neither a moved picture nor a cell that was never executed."""
    pictures = "import matplotlib.pyplot as plt\n_ = plt.plot([0, {}])\nplt.show()"
    cells = {"table": "print(0.25)", "picture": pictures.format(1)}
    for name, changed in {
        "same": {},
        "moved_number": {"table": "print(0.26)"},
        "moved_picture": {"picture": pictures.format(9)},
    }.items():
        path = write(tmp_path / f"{name}.ipynb", cells)
        execute(path)
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            cell["source"] = changed.get(cell["id"], cell["source"])
        path.write_text(json.dumps(notebook))
    write(tmp_path / "never_executed.ipynb", {"table": "print(0.25)"})
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "--nbval", "--nbval-current-env"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert re.findall(r"^FAILED (\w+)\.ipynb::Cell (\d+)", run.stdout, re.M) == [("moved_number", "0")], run.stdout
    assert "1 failed, 6 passed" in run.stdout
