"""The lock of the tested environment: complete, hashed, for every Python and platform, and without any address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ADDRESS = re.compile(r"https?://|file:|--(extra-)?index|--find-links|--trusted")
PIN = re.compile(r"([a-z0-9][a-z0-9-]*)==([^ ;]+)(?: ; (.+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIRED = [
    Requirement(text)
    for text in [
        *PROJECT["project"]["dependencies"],
        # Peers of the benchmarks have an environment of their own.
        *(t for name, extra in PROJECT["project"]["optional-dependencies"].items() if name != "bench" for t in extra),
        *PROJECT["build-system"]["requires"],
        "editables",  # what hatchling needs beside itself for an editable install
    ]
    if not text.startswith("influence[")
]


def pins():
    return [match.groups() for line in LOCK.splitlines() if (match := PIN.fullmatch(line))]


def test_names_no_address():
    assert not ADDRESS.search(LOCK)


@pytest.mark.parametrize("text", ["numpy @ file:///x", "--index-url x", "--extra-index-url x", "--find-links x"])
def test_an_address_would_be_seen(text):
    assert ADDRESS.search(LOCK + text)


def test_holds_nothing_but_pins_with_hashes():
    odd = [line for line in LOCK.splitlines() if not PIN.fullmatch(line) and not HASH.fullmatch(line)]
    assert odd == []
    assert len(pins()) > 50


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(("platform", "system"), [("linux", "Linux"), ("darwin", "Darwin"), ("win32", "Windows")])
def test_pins_every_dependency_once_within_its_bounds(python, platform, system):
    there = {"python_version": python, "python_full_version": f"{python}.0"}
    here = {**default_environment(), **there, "sys_platform": platform, "platform_system": system}
    found: dict[str, list[str]] = {}
    for name, version, marker in pins():
        if marker is None or Marker(marker).evaluate(here):
            found.setdefault(name, []).append(version)
    for requirement in REQUIRED:
        versions = found.get(canonicalize_name(requirement.name), [])
        assert len(versions) == 1, f"{requirement} is pinned {len(versions)} times"
        assert versions[0] in requirement.specifier, f"{versions[0]} is outside of {requirement}"


def test_every_dependency_has_a_lower_bound_and_none_an_upper_one():
    for requirement in REQUIRED[:-1]:
        assert [s.operator for s in requirement.specifier] == [">="], requirement
