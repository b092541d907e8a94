"""CODEBOOK.md, generated from datapackage.json, so that the two cannot disagree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from influence._paths import data_dir
from influence.tables.package import descriptor, sha256
from influence.tables.write import write_text


def codebook(folder: Path | str | None = None) -> str:
    """The codebook as Markdown: what each table and column holds, its rules, sources and terms."""
    package = descriptor(folder)
    parts = [
        f"# Codebook: {package['title']}",
        f"Version {package['version']}. Made from `datapackage.json` by `influence describe --write`; do not edit.",
        package["description"],
        _contents(package),
        *(_table(resource) for resource in package["resources"]),
    ]
    return "\n\n".join(parts) + "\n"


def write_codebook(folder: Path | str | None = None) -> Path:
    """Write CODEBOOK.md beside the package, and the hash of each table into `datapackage.json`.

    A table whose file has the stated hash is trusted without validation when it is loaded: run `influence validate`
    before this.
    """
    folder = Path(folder or data_dir())
    package = descriptor(folder)
    for resource in package["resources"]:
        resource["hash"] = f"sha256:{sha256(folder / resource['path'])}"
    write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", folder / "datapackage.json")
    return write_text(codebook(folder), folder / "CODEBOOK.md")


def _contents(package: dict[str, Any]) -> str:
    rows = [f"| [{r['name']}](#{r['name']}) | {r['title']} | {_terms(r)} |" for r in package["resources"]]
    return "\n".join(["| table | what | terms |", "|---|---|---|", *rows])


def _table(resource: dict[str, Any]) -> str:
    schema = resource["schema"]
    lines = [f"## {resource['name']}", "", f"**{resource['title']}.** {resource['description']}", ""]
    lines += [f"Key: {', '.join(schema['primaryKey'])}. Terms: {_terms(resource)}."]
    sources = "; ".join(s["title"] for s in resource.get("sources", []))
    if sources:
        lines += [f"Sources: {sources}."]
    for key in schema.get("foreignKeys", []):
        target = key["reference"]
        own = [key["fields"]] if isinstance(key["fields"], str) else key["fields"]  # the standard allows either
        lines += [f"`{', '.join(own)}` refers to {target['resource'] or resource['name']}."]
    lines += ["", "| column | type | meaning | allowed |", "|---|---|---|---|"]
    for field in schema["fields"]:
        lines.append(
            f"| {field['name']} | {field['type']} | {field['description']} | {_allowed(field)} |".replace("\n", " ")
        )
    return "\n".join(lines)


def _terms(resource: dict[str, Any]) -> str:
    return "; ".join(licence["title"] for licence in resource["licenses"])


def _allowed(field: dict[str, Any]) -> str:
    limits = field.get("constraints", {})
    said = ["required"] if limits.get("required") else []
    if "enum" in limits:
        said.append(", ".join(map(str, limits["enum"])))
    if "minimum" in limits or "maximum" in limits:
        said.append(f"{limits.get('minimum', '')} to {limits.get('maximum', '')}".strip())
    if "pattern" in limits:
        said.append("`" + limits["pattern"].replace("|", "\\|") + "`")
    return "; ".join(said)
