"""From a figure to the bytes of a file: the same bytes for the same figure, today and tomorrow."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_pdf import Op, PdfPages

from influence.figures.look import settle, style, wrap_long

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What each format must not say, so that the same figure is the same bytes tomorrow.
FORMATS: dict[str, dict[str, Any]] = {
    "svg": {"metadata": {"Date": None}},
    "pdf": {"metadata": {"CreationDate": None, "ModDate": None}},
    "eps": {},  # its date cannot be left out by an option: see `rendered`
    "png": {},
}


def rendered(figure: Figure, format: str, *, dpi: int = 300, enlarged: float = 1.0) -> bytes:
    """A figure in one format.

    Parameters
    ----------
    figure : Figure
    format : {"svg", "pdf", "eps", "png"}
    dpi : int, default 300
        Of png, and of what other formats hold as pixels.
    enlarged : float, default 1
        How many times larger than laid out: page, type and lines alike.

    Returns
    -------
    bytes
    """
    settled(figure)
    buffer = io.BytesIO()
    with style():  # hashsalt and font embedding are read when a figure is written
        if format == "pdf" and enlarged != 1:
            with _LargerPages(buffer, enlarged, metadata=FORMATS["pdf"]["metadata"]) as pages:
                figure.savefig(pages, format="pdf", dpi=dpi)
            return buffer.getvalue()
        figure.savefig(buffer, format=format, dpi=dpi * enlarged if format == "png" else dpi, **FORMATS[format])
    content = buffer.getvalue()
    if format == "eps":
        content = re.sub(rb"^%%CreationDate:.*\n", b"", content, flags=re.MULTILINE)
    return _ENLARGE[format](content, enlarged) if enlarged != 1 and format in _ENLARGE else content


def settled(figure: Figure) -> None:
    """Run the layout a last time and keep it: else each writing would move things a little further."""
    if figure.get_layout_engine() is not None:
        with style():
            settle(figure)
            wrap_long(figure)
            settle(figure)
            figure.set_layout_engine("none")


class _LargerPages(PdfPages):
    """Pages that are scaled as a whole: matplotlib has no option for it."""

    def __init__(self, file: Any, times: float, **options: Any) -> None:
        super().__init__(file, **options)
        self._times = times

    def _ensure_file(self) -> Any:
        file = super()._ensure_file()
        plain, times = type(file).newPage, self._times

        def larger(width: float, height: float) -> None:
            plain(file, width * times, height * times)
            file.output(times, 0, 0, times, 0, 0, Op.concat_matrix)

        file.newPage = larger
        return file


def _larger_svg(content: bytes, times: float) -> bytes:
    """The size of the page, not of its coordinates: a viewer stretches the one to the other."""

    def scaled(found: re.Match[bytes]) -> bytes:
        return b'%s="%spt"' % (found[1], f"{float(found[2]) * times:.6g}".encode())

    head, root, rest = content.partition(b"<svg ")
    tag, end, body = rest.partition(b">")
    return head + root + re.sub(rb'\b(width|height)="([\d.]+)pt"', scaled, tag) + end + body


def _larger_eps(content: bytes, times: float) -> bytes:
    def scaled(found: re.Match[bytes]) -> bytes:
        sides = [float(side) * times for side in found[2].split()]
        whole = found[1] == b"%%BoundingBox:"
        return found[1] + b" " + " ".join(f"{s:.0f}" if whole else f"{s:.6f}" for s in sides).encode()

    content = re.sub(rb"^(%%(?:HiRes)?BoundingBox:) (.*)$", scaled, content, flags=re.MULTILINE)
    return content.replace(b"\nmpldict begin\n", f"\nmpldict begin\n{times:.9g} {times:.9g} scale\n".encode(), 1)


_ENLARGE = {"svg": _larger_svg, "eps": _larger_eps}
