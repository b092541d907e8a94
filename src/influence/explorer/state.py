"""What is being looked at, and the Python that makes the same view."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class State:
    """One view: everything a reader can turn.

    Attributes
    ----------
    year : int
    shown : tuple of str
        The layers that are drawn.
    measured_in : str
        The layer that the measure reads, or "all": those shown, by their within-layer shares.
    measure : str
        A metric id.
    partition : str
        The groups; "" if there are none.
    keep : float
        Share of each layer's ties that count, the strongest first.
    trade, energy : str
        Source of the trade layer, weight of a pipeline crossing; "" where there is no choice.
    pick : str
        An actor ("RUS"), a tie ("RUS>KGZ"), or "" for nothing.
    place : str
        How actors are laid out: "circle" or "map".
    """

    year: int
    shown: tuple[str, ...]
    measured_in: str
    measure: str
    partition: str = ""
    keep: float = 1.0
    trade: str = ""
    energy: str = ""
    pick: str = ""
    place: str = "circle"

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "shown": list(self.shown)}


# The page fills in the same text without Python: whoever changes it changes one place.
_VIEW = """\
import influence as inf

net = {network}
view = inf.explore(
    net,
    year={year},
    shown={shown},
    measured_in={measured_in},
    measure={measure},
    partition={partition},
    keep={keep},
    pick={pick},
    place={place},
)
view  # this view, to go on from

view.figure("network")  # for print; also "ranking" and "roles"
"""
_LAYER = """\
inf.panel(view.network, {measure}, layers={measured_in}, years={year}, partition={partition})  # the numbers
"""
_ALL = """\
inf.panel(view.network, {measure}, layers={shown}, years={year})  # the numbers
"""
_ACTOR = """\
net.at({year})["{layer}"].ties(actor={pick})  # the receipts
"""
_TIE = """\
net.at({year})["{layer}"].ties({source}, {target})  # the receipts
"""


def templates(networks: Mapping[str, str]) -> dict[str, Any]:
    """The parts of the code for who fills them in elsewhere: `networks` is the line that makes each variant."""
    return {"view": _VIEW, "layer": _LAYER, "all": _ALL, "actor": _ACTOR, "tie": _TIE, "networks": dict(networks)}


def code(state: State, networks: Mapping[str, str]) -> str:
    """The Python that makes a view, its figure, its numbers and its receipts.

    Examples
    --------
    >>> state = State(2009, ("trade",), "trade", "strength", pick="RUS")
    >>> print(code(state, {".": "inf.load()"}).splitlines()[-1])
    net.at(2009)["trade"].ties(actor="RUS")  # the receipts
    """
    said = {key: _literal(value) for key, value in state.plain().items()}
    said["network"] = networks[f"{state.trade}.{state.energy}"]
    text = _VIEW + (_ALL if state.measured_in == "all" else _LAYER)
    if state.pick:
        source, _, target = state.pick.partition(">")
        said |= {"source": _literal(source), "target": _literal(target)}
        text += "".join((_TIE if target else _ACTOR).replace("{layer}", layer) for layer in state.shown)
    for key, value in said.items():
        text = text.replace("{" + key + "}", value)
    return text


def _literal(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "None" if value in ("", None) else json.dumps(value, ensure_ascii=False)
