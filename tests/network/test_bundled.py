"""The bundled study's builders: what may count, and what may not."""

import numpy as np
import pytest

from influence.network.bundled import load


def oil(**options):
    return load(energy="capacity", **options).at(2005)["energy"].kinds["oil"].to_adjacency()


def test_a_capacity_from_memory_is_unknown_unless_asked_for():
    """The southern Druzhba branches are sure; their capacities (20 and 8 million tonnes) are only remembered."""
    assert np.isnan(oil().loc["BLR", "UKR"])
    assert oil(doubtful=True).loc["BLR", "UKR"] == pytest.approx(28)
    assert load().at(2005)["energy"].kinds["oil"].to_adjacency().loc["BLR", "UKR"] == 2
