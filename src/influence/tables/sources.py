"""The bibliography of the data package: which sources there are, and how they are cited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from influence._paths import data_dir
from influence.errors import DataError, Problem

MEMORY = "recall"  # marks what only the compiler's memory supports: never a reference


def read_sources(folder: Path | str | None = None) -> dict[str, str]:
    """Every entry of `sources.bib` by its key, as BibTeX text.

    Raises
    ------
    DataError
        The file is missing, cannot be parsed, or has a key twice.
    """
    import bibtexparser

    path = Path(folder or data_dir()) / "sources.bib"
    if not path.is_file():
        raise DataError([Problem("sources.bib", None, None, None, "this file is missing")])
    library = bibtexparser.parse_string(path.read_text(encoding="utf-8"))
    if library.failed_blocks:
        raise DataError(
            [
                Problem("sources.bib", (b.start_line or 0) + 1, None, None, f"this entry cannot be read: {b.error}")
                for b in library.failed_blocks
            ]
        )
    return {entry.key: (entry.raw or "").strip() for entry in library.entries}


def source_keys(values: Iterable[str]) -> list[str]:
    """The single keys in ``key;key`` cells, sorted."""
    return sorted({key for cell in values if isinstance(cell, str) for key in re.split(r"\s*;\s*", cell) if key})


def bibliography(keys: Iterable[str], folder: Path | str | None = None) -> str:
    """The BibTeX of some sources, sorted by key; memory is no reference and left out.

    Raises
    ------
    KeyError
        A key without an entry.
    """
    known = read_sources(folder)
    wanted = source_keys(keys)
    lost = [key for key in wanted if key not in known]
    if lost:
        raise KeyError(f"not in sources.bib: {', '.join(lost)}")
    return "\n\n".join(known[key] for key in wanted if key != MEMORY)


def missing_sources(table: pd.DataFrame, file: str, known: Iterable[str]) -> list[Problem]:
    """Rows whose source_id is not in the bibliography."""
    if "source_id" not in table:
        return []
    known = set(known)
    found = []
    for k, cell in table["source_id"].items():
        for key in source_keys([cell]):
            if key not in known:
                found.append(Problem(file, int(str(k)) + 2, "source_id", key, "must be a key of sources.bib"))
    return found
