"""A built wheel carries the data package and works alone, away from the checkout."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def build(kind, source, folder):
    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=source,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    (built,) = [path for path in folder.iterdir() if path.suffix in (".whl", ".gz")]
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_wheel_holds_the_package_and_its_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"influence/__init__.py", "influence/__init__.pyi", "influence/py.typed"} <= names
    assert {"influence/_data/datapackage.json", "influence/_data/sources.bib", "influence/_data/actors.csv"} <= names
    tables = {f"influence/_data/{path.name}" for path in (ROOT / "data").glob("*.csv")}
    assert tables <= names


def test_wheel_holds_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert [n for n in names if "_data/derived" in n or "__pycache__" in n or n.startswith(("tests", "data/"))] == []
    assert {n.split("/")[0] for n in names} == {"influence", f"influence-{wheel.name.split('-')[1]}.dist-info"}


def test_wheel_names_its_licences_and_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = [n for n in archive.namelist() if n.endswith("entry_points.txt")]
        (metadata,) = [n for n in archive.namelist() if n.endswith("METADATA")]
        assert "influence = influence.cli:app" in archive.read(entry).decode()
        assert "License-File: LICENSE-DATA.md" in archive.read(metadata).decode()


def test_wheel_built_through_the_source_distribution_is_the_same(wheel, tmp_path):
    packed = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build("wheel", tmp_path / packed.name.removesuffix(".tar.gz"), tmp_path / "wheel")
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


def test_wheel_works_away_from_the_checkout(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    lines = [
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})",
        "import influence; print(influence.__file__); print(influence.load())",
        "from influence.cli import app; app(['validate'])",
    ]
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(str(tmp_path / "site"))
    assert "all valid" in run.stdout
