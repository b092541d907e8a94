"""All that can be looked at in a network: what is offered, and each block of numbers when it is asked for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from influence.explorer.numbers import role_block, shares_block, tie_counts, value_block
from influence.explorer.places import Groups, circle, given, on_map
from influence.explorer.state import State, code, templates
from influence.explorer.strongest import strongest_ties
from influence.explorer.ties import tie_block
from influence.metrics._roles import COLUMNS as ROLES
from influence.metrics.registry import get_metric
from influence.network import MultilayerNetwork
from influence.network.bundled import load
from influence.tables import read_table
from influence.tables.sources import read_sources, source_keys

# The palette of `figures.look`, which needs matplotlib: a test holds the two together.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999999")
KEEP = (1.0, 0.5, 0.25, 0.1)
MEASURES = (
    "strength",
    "strength_out",
    "strength_in",
    "degree",
    "constraint",
    "pagerank",
    "partner_hhi",
    "betweenness",
    "transit_loss",
    "degree_two_mode",
    "sole_links_two_mode",
    "overlapping_strength",
    "participation",
)
_OPTIONS = ("trade", "energy", "roles", "doubtful", "weights")


class Study:
    """What an explorer offers of a network, computed block by block and kept.

    Parameters
    ----------
    net : MultilayerNetwork
    layers : sequence of str, optional
        Default: the default layers.
    metrics : sequence of str, optional
        Default: a choice of `list_metrics`, path metrics only where something travels along the ties. Brokerage roles
        are always there.
    positions : DataFrame, optional
        x and y by actor: a layout of your own.
    """

    def __init__(
        self,
        net: MultilayerNetwork,
        *,
        layers: Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        positions: pd.DataFrame | None = None,
    ) -> None:
        self.layers = tuple(net.layers if layers is None else layers)
        odd = [name for name in self.layers if name not in net.specs]
        if odd or not self.layers:
            raise KeyError(f"no layer named {', '.join(odd) or '(none given)'}; there are {', '.join(net.specs)}")
        self.partitions = tuple(dict.fromkeys(net.partitions["partition"]))
        self.choices = _sources(net)
        self._positions = positions
        first = tuple(net.provenance[name] for name in ("trade", "energy")) if self.choices else ("", "")
        self._nets: dict[tuple[str, str], MultilayerNetwork] = {first: net}
        self._cut: dict[tuple[str, str, float], MultilayerNetwork] = {}
        self._blocks: dict[str, dict[str, Any]] = {}
        self.actors, self.bodies = _who(net, self.layers)
        panel_actors = set(net.panel_actors())
        self.ranked = [a for a in self.actors if a in panel_actors]
        self.actors = [*self.ranked, *(a for a in self.actors if a not in panel_actors)]
        ids = MEASURES if metrics is None else tuple(metrics)
        self.measures = {
            layer: [m for m in ids if _fits(m, net, layer, asked=metrics is not None)] for layer in self.layers
        }
        self._groups = {name: _groups(net, name, self.actors) for name in self.partitions}
        self.measures["all"] = [m for m in ids if get_metric(m).level == "multiplex"]
        for layer in self.layers:
            if self.has_roles(layer):
                self.measures[layer] += [r for r in reversed(ROLES) if r not in self.measures[layer]]

    # --- networks ----------------------------------------------------------------------------------------------

    @property
    def net(self) -> MultilayerNetwork:
        """The network that was given."""
        return next(iter(self._nets.values()))

    def has_roles(self, layer: str) -> bool:
        """Whether brokerage means something there: a projection of memberships is a union of cliques."""
        return bool(self.partitions) and layer in self.layers and self.net.specs[layer].mode == 1

    def whole(self, state: State) -> MultilayerNetwork:
        """The network of a view's sources, with all its ties."""
        key = (state.trade, state.energy)
        if key not in self._nets:
            options = {k: v for k, v in self.net.provenance.items() if k in _OPTIONS}
            self._nets[key] = load(**{**options, "trade": state.trade, "energy": state.energy})
        return self._nets[key]

    def network(self, state: State) -> MultilayerNetwork:
        """The network that a view measures: its sources, its threshold."""
        key = (state.trade, state.energy, state.keep)
        if key not in self._cut:
            self._cut[key] = strongest_ties(self.whole(state), state.keep)
        return self._cut[key]

    # --- views -------------------------------------------------------------------------------------------------

    def start(self, **chosen: Any) -> State:
        """A view: what is chosen, and a default for the rest.

        Raises
        ------
        ValueError
            Something is not offered; the message says what is.
        """
        given_ = {k: v for k, v in chosen.items() if v is not None}
        if isinstance(given_.get("shown"), str):
            given_["shown"] = (given_["shown"],)
        shown = tuple(given_.get("shown", self.layers))
        scope = given_.get("measured_in", shown[0] if shown else "")
        standing = next(iter(self._nets))
        groups = "region" if "region" in self.partitions else next(iter(self.partitions), "")
        place = "own" if self._positions is not None else "circle"
        state = State(
            year=self.net.years[-1],
            shown=shown,
            measured_in=scope,
            measure=next(iter(self.measures.get(scope, ())), ""),
            partition=groups,
            trade=standing[0],
            energy=standing[1],
            place=place,
        )
        return self.checked(replace(state, **{**given_, "shown": shown, "measured_in": scope}))

    def checked(self, state: State) -> State:
        """The same view, or the error that says what is offered."""
        for name, value in asdict(state).items():
            self.refuse(name, value)
        if state.measure not in self.measures[state.measured_in]:
            self._one_of("measure", state.measure, self.measures[state.measured_in])
        if state.measured_in == "all" and len(state.shown) < 2:
            raise ValueError('measured_in="all" reads several layers: show at least two')
        return replace(
            state,
            shown=tuple(name for name in self.layers if name in state.shown),
            keep=float(f"{state.keep:g}"),  # as it stands in the keys of blocks
        )

    def refuse(self, name: str, value: Any) -> None:
        """Raise a ValueError if one attribute of a view is nothing that is offered."""
        several = ["all"] if self.measures["all"] and len(self.layers) > 1 else []
        offered: dict[str, Sequence[Any]] = {
            "year": self.net.years,
            "measured_in": (*self.layers, *several),
            "measure": list(dict.fromkeys(m for ids in self.measures.values() for m in ids)),
            "partition": self.partitions or ("",),
            "trade": self.choices.get("trade", ("",)),
            "energy": self.choices.get("energy", ("",)),
            "place": tuple(self.places()),
        }
        if name in offered:
            self._one_of(name, value, offered[name])
        elif name == "keep" and not 0 < value <= 1:
            raise ValueError(f"keep is a share of the ties, above 0 and up to 1, not {value!r}")
        elif name == "shown":
            odd = [layer for layer in value if layer not in self.layers]
            if odd or not value:
                raise ValueError(f"shown must be layers of {', '.join(self.layers)}, not {', '.join(odd) or 'nothing'}")
        elif name == "pick" and value:
            lost = [end for end in value.split(">") if end not in {*self.actors, *self.bodies}]
            if lost:
                raise ValueError(f"pick: nobody called {', '.join(lost)} has a tie here")

    def _one_of(self, name: str, value: Any, allowed: Sequence[Any]) -> None:
        if value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(map(str, allowed))}, not {value!r}")

    def code(self, state: State) -> str:
        """The Python that makes a view."""
        return code(state, self._lines())

    def _lines(self) -> dict[str, str]:
        if not self.choices:
            return {".": "...  # your network"}
        kept = {k: v for k, v in self.net.provenance.items() if k in _OPTIONS}
        plain = {"trade": "baci", "energy": "presence", "roles": "members", "doubtful": False}
        lines = {}
        for trade, energy in itertools.product(self.choices["trade"], self.choices["energy"]):
            own = {k: v for k, v in {**kept, "trade": trade, "energy": energy}.items() if plain.get(k) != v}
            said = ", ".join(f"{k}={v!r}".replace("'", '"') for k, v in own.items())
            lines[f"{trade}.{energy}"] = f"inf.load({said})"
        return lines

    # --- what is sent ------------------------------------------------------------------------------------------

    def static(self) -> dict[str, Any]:
        """What no view changes: names, layers, measures, groups, places, sources."""
        net = self.net
        titles, names, bodies = _titles(), _names(net.actors, "actor_id"), _names(net.organizations, "org_id")
        used = dict.fromkeys(m for ids in self.measures.values() for m in ids)
        return {
            "years": list(net.years),
            "actors": [{"id": a, "name": names.get(a, a)} for a in self.actors],
            "ranked": len(self.ranked),
            "bodies": [{"id": b, "name": bodies.get(b, b)} for b in self.bodies],
            "layers": [
                {
                    "id": name,
                    "title": titles.get(name, "") if self.choices else "",
                    "directed": net.specs[name].directed and net.specs[name].mode == 1,
                    "two_mode": net.specs[name].mode == 2,
                    "unit": net.specs[name].unit,
                    "colour": COLOURS[k % len(COLOURS)],
                    "roles": self.has_roles(name),
                    "choice": name if name in self.choices else "",
                }
                for k, name in enumerate(self.layers)
            ],
            "measures": self.measures,
            "said": {m: get_metric(m).measures for m in used},
            "roles": list(ROLES),
            "partitions": self._groups,
            "keeps": list(KEEP),
            "choices": {k: list(v) for k, v in self.choices.items()},
            "places": self.places(),
            "sources": self._citations(),
            "code": templates(self._lines()),
        }

    def places(self) -> dict[str, Any]:
        """Layouts by name; the circle has one for each partition, whose groups stand together."""
        if not hasattr(self, "_places"):
            made: dict[str, Any] = {
                "circle": {p: circle(self.actors, self.bodies, self._groups.get(p)) for p in self.partitions or ("",)}
            }
            drawn = on_map(self.actors, self.bodies)
            if drawn is not None:
                made["map"] = drawn
            if self._positions is not None:
                made["own"] = {"at": given(self._positions, self.actors, self.bodies)}
            self._places = made
        return self._places

    def _citations(self) -> dict[str, str]:
        if not self.choices:
            return {}
        ties = self.net.ties
        ids = ties.loc[ties["layer"].isin(self.layers), "evidence_id"].unique()
        used = {*source_keys(self.net.evidence.loc[ids, "source_id"]), *self.choices.get("trade", ())}
        return {key: _cited(text) for key, text in read_sources().items() if key in used}

    def needed(self, state: State) -> list[str]:
        """The blocks that a view draws. The page has the same list in JavaScript."""
        keep, variants = f"{state.keep:g}", {"trade": state.trade, "energy": state.energy}
        own = {name: f"{name}/{variants.get(name, '')}" for name in self.layers}
        keys = [f"ties/{own[name]}" for name in state.shown]
        keys += [f"counts/{own[name]}/{keep}" for name in state.shown]
        if state.measured_in != "all":
            keys.append(f"values/{own[state.measured_in]}/{keep}")
        # Roles are read in the layer that is measured, or else in the first one drawn where they mean something.
        reading = next((name for name in (state.measured_in, *state.shown) if self.has_roles(name)), None)
        if reading:
            keys.append(f"roles/{own[reading]}/{keep}/{state.partition}")
        if state.measured_in == "all":
            sources = ".".join(variants[name] if name in state.shown else "" for name in ("trade", "energy"))
            keys.append(f"all/{'+'.join(state.shown)}/{sources}/{keep}")
        return keys

    def block(self, key: str) -> dict[str, Any]:
        """One block of numbers, by its key.

        Raises
        ------
        KeyError
            There is no such block.
        """
        if key not in self._blocks:
            self._blocks[key] = self._made(key)
        return self._blocks[key]

    def _made(self, key: str) -> dict[str, Any]:
        what, layer, variant, keep, partition = [*key.split("/"), "", "", ""][:5]
        layers = layer.split("+")
        if what not in ("ties", "counts", "values", "roles", "all") or not set(layers) <= set(self.layers):
            raise KeyError(f"no block {key!r}")
        state = self._reading(layer, variant, float(keep or 1))
        if what == "ties":
            return tie_block(self.whole(state), layer, [*self.actors, *self.bodies])
        net = self.network(state)
        if what == "counts":
            return tie_counts(net, layer)
        if what == "values":
            return value_block(net, layer, [m for m in self.measures[layer] if m not in ROLES], self.ranked)
        if what == "roles":
            return role_block(net, layer, partition, self.ranked)
        return shares_block(net, layers, self.measures["all"], self.ranked)

    def _reading(self, layer: str, variant: str, keep: float) -> State:
        """A view of the sources that a block names; a layer without variants is the same under all."""
        trade, energy = next(iter(self._nets))
        if layer == "trade" and variant:
            trade = variant
        elif layer == "energy" and variant:
            energy = variant
        elif "." in variant:
            trade, energy = (own or plain for own, plain in zip(variant.split("."), (trade, energy), strict=True))
        return State(self.net.years[0], (), "", "", keep=keep, trade=trade, energy=energy)


def _sources(net: MultilayerNetwork) -> dict[str, tuple[str, ...]]:
    """Sources to choose from: only where the network is what `load` makes of the bundled data, changed by nothing."""
    if "data_version" not in net.provenance or not {"trade", "energy"} <= set(net.provenance):
        return {}
    again = load(**{k: v for k, v in net.provenance.items() if k in _OPTIONS})
    if not (again.ties.equals(net.ties) and again.provenance == net.provenance):
        return {}
    return {
        "trade": tuple(sorted(set(read_table("trade")["source_id"]))),
        "energy": ("presence", "capacity"),
    }


def _who(net: MultilayerNetwork, layers: Sequence[str]) -> tuple[list[str], list[str]]:
    """Actors that stand in panels or have a tie in some layer and year, and organizations that have a seat."""
    ties = net.ties
    ties = ties[ties["layer"].isin(layers) & (ties["status"] == "present")]
    two_mode = ties["layer"].isin([name for name in layers if net.specs[name].mode == 2])
    seen = {*ties["source"], *ties.loc[~two_mode, "target"]}
    kinds = set().union(*(net.labels(name) for name in layers))
    actors = [a for a in net.actors["actor_id"] if a in seen or a in kinds & set(net.panel_actors())]
    return actors, sorted(set(ties.loc[two_mode, "target"]))


def _fits(id: str, net: MultilayerNetwork, layer: str, *, asked: bool) -> bool:
    metric, spec = get_metric(id), net.specs[layer]
    if "groups" in metric.needs or metric.level == "multiplex":
        return False
    if metric.flow_process == "transport" and spec.flow_process != "transport" and not asked:
        return False
    if metric.level == "two_mode":
        return spec.mode == 2
    # In and out are one where ties have no direction.
    return spec.mode == 1 and spec.directed or not re.search(r"_(in|out)$", id)


def _groups(net: MultilayerNetwork, name: str, actors: Sequence[str]) -> Groups:
    """The groups, and each year's group of each actor by its place among them (−1: in none)."""
    groups = sorted(set(net.partitions.loc[net.partitions["partition"] == name, "group"]))
    place = {group: k for k, group in enumerate(groups)}
    held = [net.partition(name, year).to_dict() for year in net.years]
    return {"groups": groups, "of": [[place.get(own.get(a), -1) for a in actors] for own in held]}


def _names(table: pd.DataFrame, key: str) -> dict[str, str]:
    return dict(zip(table[key], table["name"], strict=True)) if "name" in table else {}


def _titles() -> dict[str, str]:
    layers = read_table("layers")
    return dict(zip(layers["layer"], layers["title"], strict=True))


def _cited(bibtex: str) -> str:
    """A reference in one line: whose, when, what."""
    told = {key: re.sub(r"[{}]", "", text) for key, text in re.findall(r"^\s*(\w+) = \{(.*)\},?$", bibtex, re.M)}
    who = told.get("author") or told.get("organization") or told.get("publisher") or ""
    return " ".join(p for p in (who, f"({told['year']})" if "year" in told else "", told.get("title", "")) if p)
