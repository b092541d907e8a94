"""Saving a figure with all that an author and a reviewer need beside it: data, caption, alt text, sources, hashes."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from influence._paths import project_dir
from influence.figures._grey import in_greys
from influence.figures.legible import legibility
from influence.figures.look import style
from influence.figures.presets import preset
from influence.figures.render import rendered
from influence.tables.sources import read_sources, source_keys
from influence.tables.write import write_table, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

logger = logging.getLogger("influence")

INLINE_DPI = 96  # on a screen, and small enough for a notebook to be reviewed


@dataclass(frozen=True)
class SavedFigure:
    """What was saved; a notebook shows the picture and this text.

    The text names the hash of the data behind the figure, so that a comparison of notebooks, which never compares
    pictures, fails when a figure's data change.
    """

    name: str
    rows: int
    sha256: str
    sources: tuple[str, ...]
    figure: Figure = field(repr=False)

    def _repr_png_(self) -> bytes:
        from PIL import Image

        drawn, small = io.BytesIO(), io.BytesIO()
        with style():
            self.figure.savefig(drawn, format="png", dpi=INLINE_DPI)
        picture = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)  # a third of the bytes
        picture.save(small, format="png", optimize=True)
        return small.getvalue()

    def __repr__(self) -> str:
        return (
            f"figure {self.name}: {self.rows} rows of data behind it (sha256 {self.sha256[:12]}); "
            f"sources: {', '.join(self.sources)}"
        )


def save(
    figure: Figure,
    name: str,
    *,
    data: pd.DataFrame,
    caption: str,
    alt: str,
    sources: Iterable[str],
    notebook: str | None = None,
    folder: Path | str | None = None,
) -> SavedFigure:
    """Save a figure as svg, with the data behind it as CSV and a sidecar; other formats on demand.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        A slug; it names the files.
    data : pandas.DataFrame
        Exactly what is drawn.
    caption, alt : str
        For the printed page, and for who cannot see it. The caption ends with the sources.
    sources : iterable of str
        Keys of `sources.bib`; ``key;key`` cells are parted.
    notebook : str, optional
        Which notebook made it; a notebook that is executed by the package knows.
    folder : path, optional
        Default: the project's figures/.

    Returns
    -------
    SavedFigure

    Notes
    -----
    ``influence figures --format pdf,png`` sets what else is written, at which resolution and for which page. The
    sidecar keeps what `legible.legibility` finds wrong with the figure, and a warning goes to the log.
    """
    keys = source_keys(sources)
    known = read_sources()
    lost = [key for key in keys if key not in known]
    if lost or not keys:
        raise ValueError(f"figure {name}: not in sources.bib: {', '.join(lost) or '(no source given)'}")
    if not caption or not alt:
        raise ValueError(f"figure {name}: a caption and an alt text are part of a figure")
    target = Path(folder or os.environ.get("INFLUENCE_FIGURES") or project_dir() / "figures")
    target.mkdir(parents=True, exist_ok=True)
    only = [n for n in os.environ.get("INFLUENCE_FIGURE_ONLY", "").split(",") if n]
    digest = ""
    if not only or name in only:
        page = preset()
        if page.grey:
            in_greys(figure)
        dpi = int(os.environ.get("INFLUENCE_FIGURE_DPI", "300"))
        formats = [f for f in os.environ.get("INFLUENCE_FIGURE_FORMATS", "svg").split(",") if f]
        drawn = {
            f: rendered(figure, f, dpi=dpi, enlarged=page.enlarged) for f in formats
        }  # all of it, before a file is touched
        read = legibility(figure, enlarged=page.enlarged)
        if read.complaints:
            logger.warning("figure %s: %s", name, "; ".join(read.complaints))
        table = write_table(data, target / f"{name}.csv")
        digest = _sha256(table)
        written = [_replace(target / f"{name}.{f}", content) for f, content in drawn.items()]
        sidecar = {
            "figure": name,
            "notebook": notebook or os.environ.get("INFLUENCE_NOTEBOOK") or _known_notebook(target / f"{name}.json"),
            "caption": caption,
            "alt": alt,
            "sources": keys,
            "data": table.name,
            "rows": len(data),
            "width_mm": round(float(figure.get_figwidth()) * 25.4 * page.enlarged, 1),
            "height_mm": round(float(figure.get_figheight()) * 25.4 * page.enlarged, 1),
            "least_type_pt": round(read.least_type, 1),
            "complaints": read.complaints,
            "sha256": {table.name: digest, **{p.name: _sha256(p) for p in written}},
        }
        write_text(json.dumps(sidecar, ensure_ascii=False, indent=1, sort_keys=True) + "\n", target / f"{name}.json")
    return SavedFigure(name, len(data), digest, tuple(keys), figure)


def _known_notebook(sidecar: Path) -> str:
    """Which notebook made the figure before: a cell run by hand in JupyterLab does not know its notebook's name."""
    return json.loads(sidecar.read_text(encoding="utf-8"))["notebook"] if sidecar.is_file() else ""


def _replace(path: Path, content: bytes) -> Path:
    """Write under a temporary name and move it into place: never half a file."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
