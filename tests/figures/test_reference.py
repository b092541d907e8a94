"""Pictures as they were: small reference images, compared within a tolerance.

Made anew by ``python -m tests.figures.test_reference`` after a drawing was changed on purpose and looked at.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.figures.samples import drawings, make_frames

from influence.figures.render import rendered

REFERENCE = Path(__file__).parent / "reference"
DPI = 45  # small files; what moves by a letter is still seen
SHOWN = (
    "actor_dashboard chain_diagram claim_years coverage_chart crossover_lines dumbbell ego_network fragility_chart "
    "heat_years interval_ranks membership_matrix membership_timeline multilayer_planes node_link overlap_matrix "
    "pipeline_map rank_flow role_profile share_bars specification_chart trajectories verdict_table"
).split()
MEAN, MANY = 0.006, 0.02  # of the full scale on average; of all pixels may be off by a quarter


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=float) / 255


def distance(one, other):
    """Mean difference, and the share of pixels that differ by more than a quarter of the scale."""
    if one.shape != other.shape:
        return np.inf, np.inf
    gap = np.abs(one - other)
    return gap.mean(), (gap > 0.25).mean()


def near(one, other):
    mean, many = distance(one, other)
    return mean <= MEAN and many <= MANY


@pytest.fixture(scope="module")
def made():
    return drawings(make_frames())


@pytest.mark.parametrize("name", SHOWN)
def test_a_drawing_looks_as_it_did(name, made):
    now = pixels(rendered(made[name](), "png", dpi=DPI))
    then = pixels((REFERENCE / f"{name}.png").read_bytes())
    assert near(now, then), distance(now, then)


@pytest.mark.parametrize("name", ["trajectories", "interval_ranks", "membership_matrix"])
def test_another_picture_would_be_seen(name):
    """One state's values doubled, two ranks more, one seat less."""
    frames = make_frames()
    frames["shares"].loc[frames["shares"]["state"].eq("KAZ") & frames["shares"]["partner"].eq("CHN"), "share"] *= 2
    frames["doubtful"]["estimate"] = frames["doubtful"]["estimate"].to_numpy()[::-1]
    frames["seats"] = frames["seats"].iloc[3:]
    now = pixels(rendered(drawings(frames)[name](), "png", dpi=DPI))
    assert not near(now, pixels((REFERENCE / f"{name}.png").read_bytes()))


def test_every_kind_of_drawing_has_a_reference(made):
    variants = ("_single", "_top", "_log", "_narrow", "_signs", "_crowded", "_lying")
    assert set(SHOWN) == {name for name in made if not name.endswith(variants)}
    assert {p.stem for p in REFERENCE.glob("*.png")} == set(SHOWN)


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for name, draw in drawings(make_frames()).items():
        if name in SHOWN:
            image = Image.open(io.BytesIO(rendered(draw(), "png", dpi=DPI))).convert("L")
            image.quantize(16).save(REFERENCE / f"{name}.png", optimize=True)
