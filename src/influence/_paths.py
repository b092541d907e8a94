"""Where things lie: the data package inside a wheel or a checkout, and what is kept between runs."""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path


def data_dir() -> Path:
    """The folder of the bundled data package: inside the installed package, or `data/` of a checkout."""
    inside = Path(str(files("influence").joinpath("_data")))
    checkout = Path(__file__).resolve().parents[2] / "data"  # an editable install: src/influence/ → data/
    for folder in (inside, checkout):
        if (folder / "datapackage.json").is_file():
            return folder
    raise FileNotFoundError("influence: the data package is missing; reinstall influence")


def project_dir() -> Path:
    """The checkout this package runs from: the folder with pyproject.toml, notebooks/, data/ and figures/.

    Raises
    ------
    FileNotFoundError
        The package was installed from a wheel and the working directory is not a checkout.
    """
    for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2]):
        if (folder / "pyproject.toml").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise FileNotFoundError(
        "no checkout of influence here: clone the project and run this inside it (a wheel has no notebooks)"
    )


def cache_dir() -> Path:
    """The folder for what can be computed again: ``INFLUENCE_CACHE``, or where the platform keeps such things."""
    named = os.environ.get("INFLUENCE_CACHE")
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        own = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        own = Path.home() / "Library" / "Caches"
    else:
        own = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own) / "influence"
