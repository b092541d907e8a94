"""Each drawing once, on the made-up frames of `samples`."""

import pytest
from tests.figures.samples import drawings, make_frames

KINDS = sorted(drawings(make_frames()))


@pytest.fixture
def frames():
    return make_frames()


@pytest.fixture(params=KINDS)
def drawing(request, frames):
    """A call that draws one picture; `frames` is what it draws from."""
    return drawings(frames)[request.param]
