"""The README keeps its promises: its Python runs, its commands exist, its links lead somewhere."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from influence.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.S | re.M)


def test_its_python_runs():
    told = {}
    for code in blocks("python"):  # the later ones go on from the first
        exec(compile(code, "README.md", "exec"), told)
    assert told["net"].layers


def test_its_links_lead_somewhere():
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^influence (\w[\w-]*)", README, re.M))))
def test_its_commands_exist(command):
    assert command in get_command(app).commands


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([\w-]+)", README, re.M))))
def test_its_make_targets_exist(target):
    assert re.search(rf"^{target}:", MAKEFILE, re.M)


def test_its_lines_without_make_are_those_of_the_makefile():
    for line in re.findall(r"^\t\$\(BIN\)/(?:python )?(.+)$", MAKEFILE, re.M):
        if "pytest" in line or "reproduce" in line or "jupyter" in line:
            assert f".venv/bin/{'python ' if line.startswith('-m') else ''}{line}" in README


def test_its_extras_exist():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    (named,) = re.findall(r"extras:\s+(`.+?`)\)", README, re.S)
    assert set(re.findall(r"`(\w+)`", named)) == set(extras)
