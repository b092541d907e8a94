"""Executing notebooks so that the same results give the same bytes."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from influence.errors import MissingExtra
from influence.tables.write import write_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

# What a notebook says about its language; not the interpreter's version, which differs between machines.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_CELL_METADATA = {"tags", "slideshow", "jupyter"}
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DRAWN_OR_COUNTED = re.compile(r"[0-9a-f]{8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(c|cell|id|in)?-?\d+")


class NotebookError(ValueError):
    """A notebook that cannot be executed or kept: the message names the notebook and the cell."""


def is_slug(cell_id: str) -> bool:
    """Whether a cell id is a name that a person gave: lower-case words joined by hyphens.

    Examples
    --------
    >>> is_slug("who-supplies-arms")
    True
    >>> is_slug("3fa0c1d9"), is_slug("cell-12"), is_slug("c07")
    (False, False, False)
    """
    return bool(_SLUG.fullmatch(cell_id)) and not _DRAWN_OR_COUNTED.fullmatch(cell_id)


def execute(path: str | Path, *, store: bool = True, timeout: int = 300) -> None:
    """Run a notebook from top to bottom in a new kernel and store its outputs in it.

    What differs from run to run or machine to machine is left out: time stamps, the interpreter's version,
    ids of widget views. The file is replaced in one step, and only if every cell ran.

    Parameters
    ----------
    path : str or Path
        A notebook; the kernel works in its folder.
    store : bool, default True
        False runs the notebook for what it makes and leaves the file as it is.
    timeout : int, default 300
        Seconds that one cell may take.

    Raises
    ------
    NotebookError
        A cell fails, takes too long or has an id that is not a slug, or the kernel dies. The file is left
        as it was.
    MissingExtra
        nbformat or nbclient is not installed.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    except ImportError as error:
        raise MissingExtra("notebooks", "executing notebooks") from error

    path = Path(path)
    text = path.read_text(encoding="utf-8")
    _check_ids(json.loads(text)["cells"], path)  # before nbformat reads it, which draws new ids for doubtful ones
    notebook = nbformat.reads(text, as_version=4)
    running = "before the first cell"

    def note(cell: NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = f"cell {cell['id']!r}"

    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # else a text is split wherever the kernel happened to flush
        on_cell_start=note,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # it warns on the terminal about a socket of this machine
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env={**os.environ, "INFLUENCE_NOTEBOOK": path.stem})  # figures say which notebook made them
    except CellTimeoutError as error:
        raise NotebookError(f"{path}, {running}: took more than {timeout} s") from error
    except CellExecutionError as error:
        raise NotebookError(f"{path}, {running}: {error.ename}: {error.evalue}") from error
    except DeadKernelError as error:
        raise NotebookError(f"{path}, {running}: the kernel died (out of memory?)") from error
    if store:
        _clean(notebook)
        text = nbformat.writes(notebook)
        write_text(text if text.endswith("\n") else text + "\n", path)


def _check_ids(cells: list[dict[str, Any]], path: Path) -> None:
    ids = [cell.get("id", "") for cell in cells]
    for number, cell_id in enumerate(ids, start=1):
        if not is_slug(cell_id):
            raise NotebookError(
                f"{path}, cell {number}: the id {cell_id!r} is not a name; give it one such as 'who-trades-with-whom'"
            )
    twice = [cell_id for cell_id, n in Counter(ids).items() if n > 1]
    if twice:
        raise NotebookError(f"{path}: two cells are called {twice[0]!r}")


def _clean(notebook: NotebookNode) -> None:
    notebook.metadata.clear()
    notebook.metadata.update(METADATA)
    for cell in notebook.cells:
        cell["metadata"] = {k: v for k, v in cell["metadata"].items() if k in _CELL_METADATA}
        for output in cell.get("outputs", []):
            if output["output_type"] in ("display_data", "execute_result"):
                output["metadata"] = {}
                if "text/plain" in output["data"]:
                    output["data"].pop(_WIDGET_VIEW, None)
