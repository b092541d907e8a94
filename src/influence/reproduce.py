"""The main job: data → metrics → notebooks → figures, each step said, nothing half written."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from influence._panel import panel
from influence._paths import data_dir, project_dir
from influence.figures.manifest import sidecars, write_manifest
from influence.network.bundled import load
from influence.notebooks import execute
from influence.tables import table_names, validate, write_table

Echo = Callable[[str], None]
Step = Callable[[str], None]
Bar = Callable[[str, int | None], AbstractContextManager[Step]]
PARTITION = "west_postsoviet"


def reproduce(*, echo: Echo, bar: Bar, fresh: bool = False) -> str:
    """Run everything and return a closing summary of what was made and where it lies.

    Parameters
    ----------
    echo, bar : callable
        How a line is said and a progress bar is shown.
    fresh : bool, default False
        Whether to compute again what the cache keeps of earlier runs.
    """
    root, began = project_dir(), time.monotonic()
    names = table_names()
    with bar("1/5 validating the data", len(names)) as step:
        validate(progress=step)
    net = load()
    with bar("2/5 computing the panel", len(net.layers)) as step:
        frame = panel(net, partition=PARTITION, progress=step)
    table = write_table(frame, root / "data" / "derived" / "panel.csv", sort=["metric", "layer", "year", "actor"])
    with bar("3/5 testing the claims", None) as step:
        tested = test_claims(progress=step, fresh=fresh)
    found = sorted((root / "notebooks").glob("*.ipynb"))
    with bar("4/5 executing the notebooks", len(found)) as step:
        run_notebooks(found, progress=step)
    echo("5/5 writing the manifest of the figures")
    manifest = write_manifest(root / "figures")
    made = [
        ("data", f"{len(names)} tables, all valid", data_dir()),
        ("panel", f"{len(frame):,} values of {frame['metric'].nunique()} metrics", table),
        ("claims", f"{len(tested)} tested, each by its rule", root / "data" / "derived" / "claims_ledger.csv"),
        ("notebooks", f"{len(found)} executed top to bottom", root / "notebooks"),
        ("figures", f"{len(sidecars(root / 'figures'))}, each with its data, caption and sources", manifest),
    ]
    lines = [f"Done in {time.monotonic() - began:.0f} s."]
    lines += [f"  {what:<10}{told:<50}{where}" for what, told, where in made]
    lines += ["Open notebooks/00_start_here.ipynb (make lab)."]
    return "\n".join(lines)


def test_claims(*, progress: Step | None = None, fresh: bool = False) -> list[str]:
    """Test every claim and write the tables of results; which were tested."""
    from influence.claims import record, results

    found = results(workers=os.cpu_count() or 1, progress=progress, fresh=fresh)
    record(found)
    return sorted(found)


test_claims.__test__ = False  # type: ignore[attr-defined]  # no test: pytest goes by the name


def run_notebooks(paths: Sequence[Path], *, progress: Step | None = None) -> None:
    """Execute notebooks in place, one after the other."""
    for path in paths:
        if progress:
            progress(path.stem)
        execute(path)


def export_figures(
    *,
    only: Sequence[str] | None = None,
    formats: Sequence[str] = ("svg",),
    style: str = "",
    dpi: int = 300,
    out: Path | None = None,
    progress: Step | None = None,
) -> list[Path]:
    """Draw figures anew by running the notebooks that make them, without storing the notebooks.

    Parameters
    ----------
    only : sequence of str, optional
        Names of figures; default: all.
    formats : sequence of str
        svg, pdf, eps, png.
    style : str
        single, double, slide, poster or greyscale; default: each figure's own width.
    dpi : int
        For png.
    out : path, optional
        Default: the project's figures/.
    progress : callable, optional

    Returns
    -------
    list of Path
        The files made, sorted.
    """
    from influence.figures.presets import known_preset
    from influence.figures.render import FORMATS

    root = project_dir()
    odd = [f for f in formats if f not in FORMATS]
    if odd:
        raise ValueError(f"no format {', '.join(odd)}; there are {', '.join(FORMATS)}")
    known_preset(style)
    if dpi <= 0:
        raise ValueError(f"dpi must be above 0, not {dpi}")
    known = sidecars(root / "figures")
    lost = [name for name in only or [] if name not in known]
    if lost:
        raise ValueError(f"no figure named {', '.join(lost)}; there are {', '.join(known)}")
    folder = (out or root / "figures").resolve()
    wanted = {known[name]["notebook"] for name in only} if only else None
    settings = {
        "INFLUENCE_FIGURES": str(folder),
        "INFLUENCE_FIGURE_FORMATS": ",".join(formats),
        "INFLUENCE_FIGURE_ONLY": ",".join(only or []),
        "INFLUENCE_FIGURE_DPI": str(dpi),
        "INFLUENCE_FIGURE_STYLE": style,
    }
    with _environment(settings):
        for path in sorted((root / "notebooks").glob("*.ipynb")):
            if wanted is None or path.stem in wanted:
                if progress:
                    progress(path.stem)
                execute(path, store=False)
    write_manifest(folder)
    names = list(only) if only else list(known)
    return sorted(folder / f"{name}.{format}" for name in names for format in formats)


def contact_sheet(
    *,
    only: Sequence[str] | None = None,
    style: str = "",
    dpi: int = 110,
    out: Path | None = None,
    progress: Step | None = None,
) -> list[Path]:
    """Lay all figures out in colour, greyscale and simulated colour blindness, to be looked at.

    Parameters
    ----------
    only, style, progress
        As in `export_figures`.
    dpi : int, default 110
    out : path, optional
        Default: build/contact-sheet of the project, which is not kept under version control.

    Returns
    -------
    list of Path
        The sheets.
    """
    from influence.figures.sheet import contact_sheets

    folder = (out or project_dir() / "build" / "contact-sheet").resolve()
    with TemporaryDirectory() as room:
        made = export_figures(only=only, formats=["png"], style=style, dpi=dpi, out=Path(room), progress=progress)
        return contact_sheets({path.stem: path.read_bytes() for path in made}, folder)


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """A notebook's kernel is another process: it learns what to export from its environment."""
    before = {key: os.environ.get(key) for key in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key)
            else:
                os.environ[key] = value
