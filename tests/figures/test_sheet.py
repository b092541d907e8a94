"""The contact sheet: what the colour-blind see, and every picture on it in every view."""

import io

import numpy as np
import pytest
from PIL import Image

from influence.figures.sheet import BLIND, GAP, VIEWS, contact_sheets, seen_as


@pytest.mark.parametrize("view", VIEWS)
def test_greys_stay_greys_in_every_view(view):
    """White is white to everyone: the rows of a matrix of Machado et al. sum to 1."""
    ramp = np.linspace(0, 1, 11)[None, :, None] * np.ones(3)
    assert np.allclose(seen_as(ramp, view), ramp, atol=2e-3)


def test_the_blind_to_green_confuse_what_differs_in_red_and_green_only():
    """Vermillion and bluish green, far apart in hue, come near in hue; blue and yellow stay apart (Okabe and Ito)."""
    red, green = (np.array([[c]]) / 255 for c in ((213, 94, 0), (0, 158, 115)))
    blue, yellow = (np.array([[c]]) / 255 for c in ((0, 114, 178), (240, 228, 66)))

    def apart(one, other, view):
        """In the red-green direction, which is the one that is lost."""
        a, b = seen_as(one, view)[0, 0], seen_as(other, view)[0, 0]
        return abs((a[0] - a[1]) - (b[0] - b[1]))

    for view in BLIND:
        assert apart(red, green, view) < 0.35 * apart(red, green, "colour")
        a, b = seen_as(blue, view)[0, 0], seen_as(yellow, view)[0, 0]
        assert abs((a[2] - a[0]) - (b[2] - b[0])) > 0.8


def test_a_sheet_has_every_picture_in_every_view(tmp_path):
    def png(colour):
        out = io.BytesIO()
        Image.new("RGB", (40, 20), colour).save(out, format="png")
        return out.getvalue()

    (tmp_path / "sheet_07.png").write_bytes(b"of an earlier run")
    made = contact_sheets({f"figure_{k}": png((0, 114, 178)) for k in range(5)}, tmp_path, on_one=3)
    assert [p.name for p in made] == ["sheet_01.png", "sheet_02.png"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sheet_01.png", "sheet_02.png"]
    sheet = np.asarray(Image.open(made[0]))
    assert sheet.shape[1] == len(VIEWS) * (40 + GAP) + GAP
    patches = [sheet[55, GAP + k * (40 + GAP) + 20] for k in range(len(VIEWS))]
    assert patches[0].tolist() == [0, 114, 178]
    assert len(set(patches[1].tolist())) == 1
    assert len({tuple(p.tolist()) for p in patches}) == len(VIEWS)
