"""Doubt: which recorded ties may be false, which true ones missed, and by how much values may be off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.robustness._evidence import evidence_parts
from influence.robustness._parts import Drawn, Lasting, Part, Shared, draw_part, shared_by_all
from influence.robustness.posterior import Levels
from influence.robustness.seeds import generator

SCENARIOS = ("recorded", "low", "high")
MISSED = ["layer", "kind", "source", "target", "year", "weight"]


def doubt(
    net: MultilayerNetwork,
    *,
    also: Iterable[MultilayerNetwork] = (),
    confidence: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
    second: pd.DataFrame | None = None,
    flagged: Iterable[str] | None = None,
    prior: str = "kind",
    together: float = 0.05,
) -> Doubt:
    """How sure each row of evidence is: a posterior of the true ties, given what is recorded.

    Parameters
    ----------
    net : MultilayerNetwork
        Rows of evidence with a presence_confidence are in doubt by it; others are taken as true.
    also : iterable of MultilayerNetwork, optional
        Other readings, whose further rows of evidence are in doubt too (the other source of trade, more roles).
    confidence : pandas.DataFrame, optional
        One row a level: level, p_error_presence, p_error_value, and the range of the probability (`levels`). Default:
        that of the bundled data package.
    coverage : pandas.DataFrame, optional
        layer, kind, start_year, end_year, coverage: how much of a kind its sources cover. "complete" misses ties as
        often as the surest level errs, "partial" as the middle one, "none" as the least sure. Kinds of which it tells
        nothing have no missed ties. Default: that of the bundled data package, for the bundled network.
    second : pandas.DataFrame, optional
        layer, source, target, year, weight: a second measurement of measured values; how far it lies from the first
        bounds the error of both (`disagreement`). Default: for the bundled network, the other source of trade.
    flagged : iterable of str, optional
        Rows whose value is cautioned against: bounds instead of a distribution (`Doubt.bounds`). Default: for the
        bundled network, the flows with a caution.
    prior : {"kind", "node"}
        Whether all rows of a kind and level are as likely to be false, or those between actors rarely tied more
        (the mean of the level is kept).
    together : float, default 0.05
        Probability that a source errs as a whole: all its rows of a level are then true or false together, so that
        how probable each is stays the same.

    Returns
    -------
    Doubt

    Notes
    -----
    **False.** A row of level L is false with the probability p_L, itself drawn once a draw from a Beta distribution
    with the stated mean and range: errors of one level go together. The years of one line of evidence (a pipeline,
    year by year) share one error, and a treaty or an exercise is true or false with all its pairs. Rows of measured
    values (observed, more than twenty different weights) exist; only their values are in doubt.

    **Missed.** Candidates are the pairs of actors that have recorded ties of the kind (as sender and as receiver), not
    tied by it, and not among the unknown. P(true | not recorded) follows the odds of a tie between two so active actors
    (`node_odds`); together they yield m/(1 − m) missed for each true recorded one. A missed tie weighs as the least
    recorded, and lasts as a recorded one drawn at random. Lists of members are closed: two-mode layers miss nothing.

    **Values.** log(true/recorded) is a Student t with three degrees of freedom, as wide as the sources disagree in the
    class of the value, and up to √2 wider or narrower for what both have in common; no larger than the largest
    disagreement seen. How much of it persists over the years of a pair is estimated. True values scatter about what
    their two ends lead to expect, so that one far off is drawn in (`expected_values`). Of values judged by
    value_confidence (capacities), p_error_value is read as the probability of being off by more than a quarter.
    Ordinal weights (arms) are classes a factor of ten wide: only a value at the limit of its class could be off, by
    one step, and they are left as they are.

    The draws are of the true ties, not perturbations of the recorded ones, which would add the error a second time.

    References
    ----------
    Butts, C. T. (2003). Network inference, error, and informant (in)accuracy: a Bayesian approach. Social Networks 25,
    103-140.

    Young, J.-G., Cantwell, G. T., & Newman, M. E. J. (2020). Bayesian inference of network structure from unreliable
    data. Journal of Complex Networks 8, cnaa046.

    Examples
    --------
    >>> import influence as inf
    >>> net = inf.load()
    >>> doubt = inf.robustness.doubt(net)
    >>> float(doubt.errors.loc["security_ties:rus_kgz_kant", "p_false"])
    0.02
    >>> truth = doubt.draw(seed=1, number=0).applied(net)
    """
    if prior not in ("kind", "node"):
        raise ValueError(f'prior must be "kind" or "node", not {prior!r}')
    return Doubt(
        **evidence_parts(net, also, confidence, coverage, second, flagged, by_node=prior == "node"), together=together
    )


@dataclass(frozen=True, eq=False)
class Draw:
    """One state of the world that the evidence leaves possible.

    Attributes
    ----------
    number, seed : int
    false : frozenset of str
        Rows of evidence that are recorded and not true.
    missed : pandas.DataFrame
        Ties that are true and not recorded: layer, kind, source, target, year, weight.
    factors : pandas.Series
        By evidence_id, true over recorded value, where a value is in doubt.
    """

    number: int
    seed: int
    false: frozenset[str]
    missed: pd.DataFrame
    factors: pd.Series
    _mutual: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)

    def generator(self, *key: object) -> np.random.Generator:
        """Further random numbers of this draw, for what `Doubt` knows nothing of."""
        return generator(self.seed, "draw", self.number, *key)

    def applied(self, net: MultilayerNetwork) -> MultilayerNetwork:
        """The network as it would be: without what is false, with what was missed, values as drawn.

        Parameters
        ----------
        net : MultilayerNetwork
            The one in doubt, another reading of the same evidence, or a part of it.
        """
        ties, evidence = net.sorted_ties(), net.evidence
        false = evidence.index.get_indexer(pd.Index(sorted(self.false), dtype=evidence.index.dtype))
        keep, factor = np.ones(len(evidence), bool), np.ones(len(evidence))
        keep[false[false >= 0]] = False
        valued = evidence.index.get_indexer(self.factors.index)
        factor[valued[valued >= 0]] = self.factors.to_numpy()[valued >= 0]
        place = evidence.index.get_indexer(pd.Index(ties["evidence_id"]))
        stays = keep[place]
        true = ties[stays].reset_index(drop=True)
        true["weight"] *= factor[place[stays]]
        evidence = evidence[keep]
        here = [*net.actors["actor_id"]]
        missed = self.missed[self.missed["layer"].isin(list(net.specs))]
        missed = missed[missed["source"].isin(here) & missed["target"].isin(here)]
        if len(missed):
            more = self._as_ties(missed)
            true = _put_in(true, more)
            ids = pd.Index(more["evidence_id"].unique(), name="evidence_id").difference(evidence.index)
            told = pd.DataFrame({"table": "missed", "evidence_kind": "imputed"}, index=ids, dtype=object)
            evidence = pd.concat([evidence, told.reindex(columns=evidence.columns)])
        drawn = {"draw": self.number, "draw_seed": self.seed}
        return net.replaced(ties=true, evidence=evidence, provenance={**net.provenance, **drawn})

    def _as_ties(self, missed: pd.DataFrame) -> pd.DataFrame:
        name = missed["layer"] + ":" + missed["kind"] + ":" + missed["source"] + ">" + missed["target"]
        undated = pd.Series(pd.NaT, index=missed.index, dtype="datetime64[s]")
        return missed.assign(
            start=undated,
            end=undated,
            year=missed["year"].astype("Int64"),
            status="present",
            mutual=[pair in self._mutual for pair in zip(missed["layer"], missed["kind"], strict=True)],
            evidence_id="missed:" + name,
        )


def _put_in(ties: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """A few ties put where they belong in a sorted table: a fifth of the time of sorting it anew."""
    old, new = ties.copy(deep=False), more[[*ties.columns]].copy(deep=False)
    for column in ties.select_dtypes("category"):
        names = ties[column].cat.categories.union(pd.Index(more[column].unique()))
        old[column] = ties[column].cat.set_categories(names)
        new[column] = pd.Categorical(more[column], categories=names)
    both = pd.concat([old, new], ignore_index=True)
    key = np.zeros(len(both), dtype=np.int64)
    for column in ("layer", "kind", "source", "target"):
        key = key * (len(both[column].cat.categories) + 1) + both[column].cat.codes
    year = both["year"].to_numpy(dtype=np.int64, na_value=9999)  # ties without a year come last
    return both.take(np.argsort(key * 10_000 + year, kind="stable")).reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Doubt:
    """A model of error for each row of evidence of a network; made by `doubt`.

    Attributes
    ----------
    errors : pandas.DataFrame
        By evidence_id: layer, kind, p_false (posterior probability that the recorded tie is not there), sd_log
        (standard deviation of the log error of its value, before the largest are cut; 0 where presence is all there
        is).
    bounds : pandas.DataFrame
        By evidence_id: low and high, for values that are cautioned against. No distribution is claimed for them: draw
        under the scenarios "low" and "high" and take the union of what results.
    levels : Levels
    """

    errors: pd.DataFrame
    bounds: pd.DataFrame
    levels: Levels
    together: float
    parts: dict[str, dict[int | None, Part]] = field(repr=False)
    sources: int = field(repr=False)
    names: tuple[pd.Index, pd.Index] = field(repr=False)
    years: tuple[int, ...] = field(repr=False)
    least: dict[tuple[str, str], float] = field(repr=False)
    mutual: frozenset[tuple[str, str]] = field(repr=False)
    values: np.ndarray = field(repr=False)

    def draw(self, seed: int, number: int, *, scenario: str = "recorded") -> Draw:
        """The draw of this number; the same whatever else was drawn before.

        Parameters
        ----------
        seed, number : int
        scenario : {"recorded", "low", "high"}
            What flagged values are taken to be: as recorded, or at one of their `bounds`.
        """
        if scenario not in SCENARIOS:
            raise ValueError(f"scenario must be one of {', '.join(SCENARIOS)}, not {scenario!r}")
        shared = self.shared(seed, number)
        drawn, missed = [], []
        for layer, parts in self.parts.items():
            lasting: Lasting | None = None
            for part in parts.values():
                one, lasting = draw_part(part, shared, lasting, seed, number)
                drawn.append(one)
                if len(one.missed):
                    missed.append(self._missed(layer, part, one))
        index = self.errors.index
        false = np.concatenate([d.false for d in drawn]) if drawn else np.empty(0, int)
        valued = np.concatenate([d.values for d in drawn]) if drawn else np.empty(0, int)
        factors = pd.Series(np.exp(np.concatenate([d.errors for d in drawn])) if drawn else [], index=index[valued])
        if scenario != "recorded" and len(self.bounds):
            recorded = self.values[index.get_indexer(self.bounds.index)]
            factors = pd.concat([factors, self.bounds[scenario] / recorded])
        gone = frozenset(index[false])
        ties = pd.concat(missed, ignore_index=True) if missed else pd.DataFrame(columns=MISSED)
        return Draw(number, seed, gone, ties, factors.rename("factor"), self.mutual)

    def shared(self, seed: int, number: int) -> Shared:
        """What all layers of a draw have in common."""
        return shared_by_all(self.levels, self.sources, self.together, seed, number)

    def _missed(self, layer: str, part: Part, drawn: Drawn) -> pd.DataFrame:
        at, years = self.missed_years(part, drawn)
        c, (actors, kinds) = part.candidates, self.names
        kind = kinds[c.kind[at]]
        return pd.DataFrame(
            {
                "layer": layer,
                "kind": kind,
                "source": actors[c.source[at]],
                "target": actors[c.target[at]],
                "year": years,
                "weight": [self.least[layer, k] for k in kind],
            }
        )

    def missed_years(self, part: Part, drawn: Drawn) -> tuple[np.ndarray, np.ndarray]:
        """Which candidates are true in which years."""
        if part.year is not None:
            return drawn.missed, np.full(len(drawn.missed), part.year)
        assert part.candidates.spans is not None
        which, when = np.nonzero(part.candidates.spans[drawn.spells])
        return drawn.missed[which], np.array(self.years)[when]
