"""The manifest of the figures: one file that says what every figure is, made from the sidecars."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from influence._paths import project_dir
from influence.tables.write import write_text

MANIFEST = "manifest.json"


def sidecars(folder: Path) -> dict[str, dict[str, Any]]:
    """Every sidecar of a folder by the name of its figure, sorted."""
    found = [p for p in sorted(folder.glob("*.json")) if p.name != MANIFEST]
    return {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in found}


def write_manifest(folder: Path) -> Path:
    """Write ``manifest.json`` from the sidecars of a folder."""
    text = json.dumps({"figures": list(sidecars(folder).values())}, ensure_ascii=False, indent=1, sort_keys=True)
    return write_text(text + "\n", folder / MANIFEST)


def figure_sources(name: str, folder: Path | None = None) -> list[str]:
    """The keys of the sources behind a figure."""
    known = sidecars(folder or project_dir() / "figures")
    if name not in known:
        raise KeyError(f"no figure named {name!r}; there are {', '.join(known)}")
    return list(known[name]["sources"])
