"""The project as a stranger finds it: the layout, no trace of anyone's machine, the citation file."""

import re
import subprocess
from pathlib import Path

import bibtexparser
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

ALWAYS = {
    *(".ci", ".github", ".gitignore", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-DATA.md"),
    *("Makefile", "README.md", "data", "figures", "notebooks", "pyproject.toml", "requirements.lock", "src", "tests"),
}
SOMETIMES = {".gitattributes", "benchmarks", "docs"}

HOME = re.compile(r"(?<![\w.:/~-])/(?:home|Users|root|work|tmp|private|mnt|opt|var)/\w")
DRIVE = re.compile(r"(?<!\w)[A-Z]:\\\w")


def tracked():
    """Files that git tracks (a tree without git has no strangers yet)."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_top_level_is_the_layout_of_the_house():
    top = {name.split("/")[0] for name in tracked()}
    assert ALWAYS - top == set()
    assert top - ALWAYS - SOMETIMES == set()


def machine_paths(text):
    return [m.group() for pattern in (HOME, DRIVE) for m in pattern.finditer(text)]


def test_no_file_names_a_path_of_a_machine():
    found = {}
    for name in tracked():
        raw = (ROOT / name).read_bytes()
        if b"\0" not in raw[:4096] and (hits := machine_paths(raw.decode("utf-8"))):
            found[name] = hits
    assert found == {}


@pytest.mark.parametrize("text", ["see /{}/someone/data.csv", 'open("/{}/x")', "C:{}Users"])
def test_a_path_of_a_machine_would_be_seen(text):
    assert machine_paths(text.format("\\" if "C:" in text else "home"))
    assert not machine_paths("https://example.org/home/page and ~/home/x and data/tmp/x")


# --- the citation file -----------------------------------------------------------------------------------------


def test_citation_file_has_the_keys_that_the_format_requires():
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "version", "license", "references"} <= set(CITATION)
    for reference in CITATION["references"]:
        assert {"type", "title", "authors"} <= set(reference), reference
        for author in reference["authors"]:
            assert set(author) in ({"name"}, {"family-names", "given-names"}), author
        if "doi" in reference:
            assert re.fullmatch(r"10\.\d{4,9}/\S+", reference["doi"])


def test_citation_file_and_package_are_of_one_version():
    import influence

    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{CITATION["version"]}"\n' in pyproject
    assert influence.__version__ == CITATION["version"]


def test_citation_file_refers_to_the_article_and_every_data_source():
    """Press and web pages (`@online`) are cited row by row; data sets and publications stand in the citation file."""
    library = bibtexparser.parse_string((ROOT / "data" / "sources.bib").read_text(encoding="utf-8"))
    entries = {entry.key: entry.entry_type for entry in library.entries}
    cited = {reference["notes"].split(":")[0] for reference in CITATION["references"]}
    assert cited - set(entries) == set()
    ours = {"recall", "own_coding"}  # memory and our own work are no sources
    expected = {key for key, kind in entries.items() if kind != "online"} - ours
    assert {"facon2013", "baci", "cow_igo_v3"} <= expected
    assert expected - cited == set()
