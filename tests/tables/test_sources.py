"""The bibliography: keys parted and sorted, unknown ones refused, memory never cited."""

import pytest

from influence.tables.sources import bibliography, read_sources, source_keys


def test_keys_are_parted_and_sorted():
    assert source_keys(["mme_v7; atop_5_1", "baci", None, "baci"]) == ["atop_5_1", "baci", "mme_v7"]


def test_a_bibliography_is_sorted_and_whole():
    text = bibliography(["facon2013;baci"])
    assert text.index("baci") < text.index("facon2013") and text.count("@") == 2
    with pytest.raises(KeyError, match="nobody1999"):
        bibliography(["nobody1999"])


def test_memory_is_marked_in_the_data_but_is_no_reference():
    assert "recall" in read_sources()
    assert bibliography(["recall"]) == ""
    assert "recall" not in bibliography(["baci;recall"])
