"""How probable it is that each row of evidence is miscoded, and what could have been missed, for one study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.network.snapshot import SHARED
from influence.robustness._parts import Candidates, Part, draw_part
from influence.robustness.doubts import Doubt, doubt
from influence.robustness.posterior import expit
from influence.robustness.seeds import generator
from influence.robustness.switches import CANDIDATE, Switches

COLUMNS = [*CANDIDATE, "evidence_id", "p_true"]


class Rates:
    """The probabilities of error that an analysis runs on: those of a `Doubt`, or given by hand.

    Parameters
    ----------
    net : MultilayerNetwork
    given : Doubt, Series, mapping, or None
        Of a Series or mapping: evidence_id → probability that the recorded tie is not there. None: `doubt(net)`.
    candidates : pandas.DataFrame, optional
        Ties that may have been missed: layer, source, target and p_true, optionally kind, year, weight, mutual,
        evidence_id.
        Default: those of the `Doubt`; none for probabilities given by hand.

    Raises
    ------
    ValueError
        A probability outside 0 to 1, an evidence_id that the network has not, a candidate that is recorded.
    """

    def __init__(self, net: MultilayerNetwork, given: Any = None, candidates: pd.DataFrame | None = None) -> None:
        self.doubt: Doubt | None = None
        if given is None or isinstance(given, Doubt):
            self.doubt = doubt(net) if given is None else given
            self.p_false = self.doubt.errors["p_false"].astype(float)
        else:
            self.p_false = pd.Series(given, dtype=float)
            known = net.evidence.index
            odd = [str(k) for k in self.p_false.index if k not in known]
            if odd:
                raise ValueError(f"doubt: no evidence called {', '.join(odd[:5])}")
            _check(self.p_false, "doubt")
        self._given = None if candidates is None else _read(net, candidates)
        self._net = net

    @property
    def modelled(self) -> Doubt | None:
        """The model from which draws come, unless candidates were named that it does not know."""
        return self.doubt if self._given is None else None

    def candidates(self, layer: str, year: int) -> pd.DataFrame:
        """Ties that may have been missed in a layer and year."""
        if self._given is not None:
            own = self._given[self._given["layer"] == layer.removesuffix(SHARED)]
            return own[own["year"].isna() | (own["year"] == year)]
        parts = self._parts(layer, year)
        found = [self._of_part(part, year) for part in parts if len(part.candidates.kind)]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)

    def _parts(self, layer: str, year: int) -> list[Part]:
        if self.doubt is None:
            return []
        parts = self.doubt.parts.get(layer.removesuffix(SHARED), {})
        return [part for when, part in parts.items() if when is None or when == year]

    def _of_part(self, part: Part, year: int) -> pd.DataFrame:
        assert self.doubt is not None
        c, (actors, kinds) = part.candidates, self.doubt.names
        kind, source, target = kinds[c.kind], actors[c.source], actors[c.target]
        return pd.DataFrame(
            {
                "layer": part.layer,
                "kind": kind,
                "source": source,
                "target": target,
                "year": year,
                "weight": [self.doubt.least[part.layer, k] for k in kind],
                "mutual": [(part.layer, k) in self.doubt.mutual for k in kind],
                "evidence_id": _missed_id(part.layer, kind, source, target),
                "p_true": expit(c.log_odds) * _covering(c, self.doubt.years, year),
            }
        )

    def drawn(
        self, layer: str, cases: Sequence[Switches], draws: int, seed: int
    ) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        """For each year of a layer, what is miscoded in each draw, bool (draws, m), and the factors of the values.

        The draws are those of `Doubt.draw` with this seed; of probabilities given by hand, independent ones.
        """
        if self.modelled is None:
            for case in cases:
                rng = generator(seed, "fragility", layer, case.year)
                yield rng.random((draws, len(case.ids))) < case.p, None
            return
        base = layer.removesuffix(SHARED)
        parts = self.modelled.parts.get(base, {})
        index = self.modelled.errors.index
        flips = [np.zeros((draws, len(case.ids)), dtype=bool) for case in cases]
        factors: list[np.ndarray | None] = [None for _ in cases]
        places = [np.append(pd.Index(case.ids).get_indexer(index), -1) for case in cases]
        wanted = {case.year for case in cases}
        used = {when: part for when, part in parts.items() if when is None or when in wanted}
        missed = {(when, k): self._places_of(part, case) for when, part in used.items() for k, case in enumerate(cases)}
        for number in range(draws):
            shared, lasting = self.modelled.shared(seed, number), None
            for when, part in used.items():
                one, lasting = draw_part(part, shared, lasting, seed, number)
                missing = self.modelled.missed_years(part, one) if len(one.missed) else None
                for k, case in enumerate(cases):
                    if when is not None and when != case.year:
                        continue
                    at = places[k][one.false]
                    flips[k][number, at[at >= 0]] = True
                    if missing is not None:
                        at = missed[when, k][missing[0][missing[1] == case.year]]
                        flips[k][number, at[at >= 0]] = True
                    if len(one.values):
                        at = places[k][one.values]
                        if factors[k] is None:
                            factors[k] = np.ones((draws, len(case.ids)))
                        factors[k][number, at[at >= 0]] = np.exp(one.errors[at >= 0])  # type: ignore[index]
        yield from zip(flips, factors, strict=True)

    def _places_of(self, part: Part, case: Switches) -> np.ndarray:
        assert self.doubt is not None
        c, (actors, kinds) = part.candidates, self.doubt.names
        names = _missed_id(part.layer, kinds[c.kind], actors[c.source], actors[c.target])
        return pd.Index(case.ids).get_indexer(pd.Index(names, dtype=object))


def _covering(c: Candidates, years: tuple[int, ...], year: int) -> np.ndarray:
    """How likely a missed tie that lasts is in force in a year: as often as the recorded ones of its kind."""
    if c.spans is None:
        return np.ones(len(c.kind))
    covers = np.concatenate([[0], np.cumsum(c.spans[:, years.index(year)])])
    share: np.ndarray = (covers[c.first + c.count] - covers[c.first]) / c.count
    return share


def _missed_id(layer: str, kind: pd.Index, source: pd.Index, target: pd.Index) -> list[str]:
    return [f"missed:{layer}:{k}:{a}>{b}" for k, a, b in zip(kind, source, target, strict=True)]


def _read(net: MultilayerNetwork, given: pd.DataFrame) -> pd.DataFrame:
    lost = [c for c in ("layer", "source", "target", "p_true") if c not in given]
    if lost:
        raise ValueError(f"candidates: the column {lost[0]} is missing")
    frame = given.reset_index(drop=True).copy()
    for column, usual in (("kind", frame["layer"]), ("year", np.nan), ("weight", 1.0)):
        if column not in frame:
            frame[column] = usual
    specs = [net.specs.get(layer) for layer in frame["layer"]]
    undirected = [spec is not None and spec.mode == 1 and not spec.directed for spec in specs]
    if "mutual" not in frame:
        frame["mutual"] = [s is not None and k in s.mutual_kinds for s, k in zip(specs, frame["kind"], strict=True)]
    frame["mutual"] = frame["mutual"].fillna(False).astype(bool) | np.array(undirected, dtype=bool)
    if "evidence_id" not in frame:
        told = frame["layer"] + ":" + frame["kind"] + ":" + frame["source"] + ">" + frame["target"]
        frame["evidence_id"] = "missed:" + told
    _check(frame["p_true"].set_axis(frame["evidence_id"]), "candidates")
    twice = frame["evidence_id"][frame["evidence_id"].isin(net.evidence.index)]
    if len(twice):
        raise ValueError(f"candidates: {twice.iloc[0]} is recorded; its probability of error belongs to doubt")
    return frame[COLUMNS]


def _check(p: pd.Series, name: str) -> None:
    bad = p[~p.between(0.0, 1.0)]
    if len(bad):
        raise ValueError(f"{name}: the probability of {bad.index[0]} must lie between 0 and 1, not {bad.iloc[0]}")


def log_odds_against(p: Mapping[Any, float] | np.ndarray | pd.Series) -> np.ndarray:
    """log((1 − p)/p): infinite for what cannot be; what is certain to be miscoded is taken as all but certain."""
    values = np.clip(np.asarray(p, dtype=float), 0.0, 1.0 - 1e-12)
    with np.errstate(divide="ignore"):
        odds: np.ndarray = np.log1p(-values) - np.log(values)
    return np.where(np.abs(odds) < 1e-12, 0.0, odds)
