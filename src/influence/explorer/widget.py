"""The explorer in JupyterLab: what is not ready is computed by the kernel when a knob is turned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.errors import MissingExtra
from influence.explorer.page import javascript, page, stylesheet
from influence.explorer.state import State
from influence.explorer.study import Study
from influence.network import MultilayerNetwork
from influence.tables.write import write_text

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise MissingExtra("explorer", "inf.explore") from error

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Explorer(anywidget.AnyWidget):
    """A network to turn and look at; what is shown can be read, set and taken along.

    Attributes
    ----------
    year, shown, measured_in, measure, partition, keep, trade, energy, pick, place
        As in `influence.explorer.State`. Set one, and the drawing follows; turn a knob, and the attribute follows.
    """

    _esm = javascript()
    _css = stylesheet()
    study = traitlets.Dict().tag(sync=True)
    blocks = traitlets.Dict().tag(sync=True)
    year = traitlets.Int().tag(sync=True)
    shown = traitlets.List(traitlets.Unicode()).tag(sync=True)
    measured_in = traitlets.Unicode().tag(sync=True)
    measure = traitlets.Unicode().tag(sync=True)
    partition = traitlets.Unicode().tag(sync=True)
    keep = traitlets.Float().tag(sync=True)
    trade = traitlets.Unicode().tag(sync=True)
    energy = traitlets.Unicode().tag(sync=True)
    pick = traitlets.Unicode().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)

    def __init__(self, study: Study, state: State) -> None:
        self._study = study
        blocks = {key: study.block(key) for key in study.needed(state)}
        super().__init__(study=study.static(), blocks=blocks, **state.plain())
        self.on_msg(self._answer)

    @traitlets.validate(*State.__dataclass_fields__)
    def _offered(self, proposal: Any) -> Any:
        self._study.refuse(proposal["trait"].name, proposal["value"])
        return proposal["value"]

    @property
    def state(self) -> State:
        """What is shown now."""
        told: dict[str, Any] = {name: getattr(self, name) for name in State.__dataclass_fields__}
        return self._study.checked(State(**{**told, "shown": tuple(self.shown)}))

    @property
    def network(self) -> MultilayerNetwork:
        """The network that is measured now: of these sources, at this threshold."""
        return self._study.network(self.state)

    def code(self) -> str:
        """The Python that makes this view, its figure, its numbers and its receipts."""
        return self._study.code(self.state)

    def figure(self, what: str = "network", **options: Any) -> Figure:
        """This view as a figure for print, drawn by `influence.figures`.

        Parameters
        ----------
        what : {"network", "ranking", "roles"}
        **options
            For the drawing: width, height, names, ax ...
        """
        from influence.explorer.pictures import draw

        return draw(self._study, self.state, what, **options)

    def to_html(self, path: Path | str) -> Path:
        """Write this view as one page that needs neither Python nor a network: see `influence explore --help`."""
        return write_text(page(self._study, self.state), path)

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        """The drawing asks for blocks of numbers that it does not have yet."""
        wanted = content.get("need", []) if isinstance(content, dict) else []
        self.send({"blocks": {str(key): self._study.block(str(key)) for key in wanted}})

    def __repr__(self) -> str:  # without an address, so that a comparison of notebooks sees the same text
        return (
            f"Explorer: {self.measure} in {self.measured_in}, {self.year}; layers {', '.join(self.shown)}; "
            f"{len(self._study.actors)} actors, {self._study.net.years[0]}–{self._study.net.years[-1]}"
        )


def explore(
    net: MultilayerNetwork,
    *,
    layers: str | Sequence[str] | None = None,
    metrics: str | Sequence[str] | None = None,
    partition: str | None = None,
    year: int | None = None,
    shown: str | Sequence[str] | None = None,
    measured_in: str | None = None,
    measure: str | None = None,
    keep: float | None = None,
    pick: str | None = None,
    place: str | None = None,
    positions: pd.DataFrame | None = None,
) -> Explorer:
    """Explore a network in JupyterLab: turn the year, layers, measure, groups, threshold and sources, and see.

    Four views of one state: the network, ranks over the years, brokerage roles, and the receipts of whatever is
    picked. Hovering, or the focus of the keyboard, tells the numbers. Every number is computed by this package; the
    drawing only draws.

    Parameters
    ----------
    net : MultilayerNetwork
        Sources of trade and weights of pipelines can be chosen if it is what `influence.load` makes.
    layers : str or sequence of str, optional
        The layers on offer. Default: the default layers.
    metrics : str or sequence of str, optional
        The measures on offer. Default: a choice of `list_metrics`; path metrics only where something travels along
        the ties. Brokerage roles are always on offer where brokerage means something.
    partition : str, optional
        The groups. Default: "region" if there is one.
    year : int, optional
        Default: the last.
    shown : str or sequence of str, optional
        The layers drawn at first. Default: all on offer.
    measured_in : str, optional
        The layer that the measure reads, or "all": those that are shown, by their within-layer shares.
    measure : str, optional
        Default: the first on offer.
    keep : float, optional
        Share of each layer's ties that count, the strongest first. Default: 1, all.
    pick : str, optional
        An actor ("RUS") or a tie ("RUS>KGZ") whose receipts are shown.
    place : {"circle", "map", "own"}, optional
    positions : DataFrame, optional
        x and y by actor: places of your own.

    Returns
    -------
    Explorer
        A widget: show it as the last line of a cell. Its attributes follow the knobs; `figure`, `code` and `to_html`
        take the view along.

    Raises
    ------
    MissingExtra
        anywidget is not installed.
    KeyError, ValueError
        Something is not on offer; the message says what is.

    Examples
    --------
    >>> import influence as inf
    >>> inf.explore(inf.load(), year=2009, shown=["security", "trade"], measured_in="trade")
    Explorer: strength in trade, 2009; layers security, trade; 44 actors, 2001–2012
    """
    listed = [[given] if isinstance(given, str) else given for given in (layers, metrics)]
    study = Study(net, layers=listed[0], metrics=listed[1], positions=positions)
    view = {
        "year": year,
        "shown": shown,
        "measured_in": measured_in,
        "measure": measure,
        "partition": partition,
        "keep": keep,
        "pick": pick,
        "place": place,
    }
    return Explorer(study, study.start(**view))
