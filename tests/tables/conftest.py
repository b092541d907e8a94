"""A small data package with the same kinds of table as the bundled one: spells, years, keys, sources."""

import json
import shutil
from pathlib import Path

import pytest

from influence.tables import descriptor
from influence.tables.package import resource

PARTS = ["actors", "organizations", "memberships", "partitions", "arms_supply"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def small_package(tmp_path_factory) -> Path:
    """The bundled tables of `PARTS`, as a package of their own."""
    folder = tmp_path_factory.mktemp("package")
    package = descriptor()
    package["resources"] = [resource(name) for name in PARTS]
    for described in package["resources"]:
        described.pop("hash", None)
        shutil.copy(ROOT / "data" / described["path"], folder)
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    shutil.copy(ROOT / "data" / "sources.bib", folder)
    return folder
