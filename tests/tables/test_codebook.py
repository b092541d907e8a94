"""The codebook says what the descriptor says."""

from influence.tables.codebook import codebook
from influence.tables.package import descriptor


def test_every_foreign_key_is_told_by_the_names_of_its_columns():
    text = codebook()
    for resource in descriptor()["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            own = [key["fields"]] if isinstance(key["fields"], str) else key["fields"]
            target = key["reference"]["resource"] or resource["name"]
            assert f"`{', '.join(own)}` refers to {target}." in text


def test_every_column_has_a_row():
    text = codebook()
    for resource in descriptor()["resources"]:
        section = text.split(f"\n## {resource['name']}\n")[1].split("\n## ")[0]
        for field in resource["schema"]["fields"]:
            assert f"\n| {field['name']} | {field['type']} |" in section
