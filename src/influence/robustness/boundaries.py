"""Would the finding hold if the boundary had been drawn elsewhere? Actors dropped at random, more and more of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.robustness.attempt import attempt, same_sign
from influence.robustness.keeping import network_digest, run
from influence.robustness.leaving_out import Question, without_actors
from influence.robustness.seeds import generator
from influence.robustness.tasks import Progress

if TYPE_CHECKING:
    from influence.network import MultilayerNetwork

STEPS = 10  # how many shares are tried where there are more actors than that
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Stability:
    """How much of the network can be left out before a finding goes. Made by `boundary_stability`.

    Attributes
    ----------
    curve : pandas.DataFrame
        By number of actors dropped: share (of those who can be), sets (how many were tried), exact (whether these are
        all there are), keeps (the share of them in which the finding holds), standard_error (0 if exact),
        not_available (sets without an answer, which count against the finding), low and high (of the answers).
    value : float
        The answer with everybody.
    compared, droppable : tuple of str
        Who always stays; who can be dropped.
    level : float
    """

    curve: pd.DataFrame
    value: float
    compared: tuple[str, ...]
    droppable: tuple[str, ...]
    level: float

    @property
    def largest_share(self) -> float:
        """The largest share dropped that keeps the finding with the level's probability, as do all smaller ones."""
        good = (self.curve["keeps"] >= self.level).cumprod().astype(bool)
        return float(self.curve.loc[good, "share"].max()) if good.any() else 0.0

    def __repr__(self) -> str:
        lost = int(self.curve["not_available"].sum())
        return (
            f"Boundary stability: the finding ({self.value:.3g}) holds with probability {self.level:.0%} while up to "
            f"{self.largest_share:.0%} of {len(self.droppable)} actors are dropped\n"
            f"  compared: {', '.join(self.compared)}"
            + (f"\n  {lost} of {self.curve['sets'].sum()} sets have no answer and count against it" if lost else "")
        )

    def _repr_html_(self) -> str:
        head = "</p><p>".join(repr(self).split("\n"))
        return f"<p>{head}</p>{self.curve.round(3).to_html(border=0, na_rep='–')}"


def boundary_stability(
    net: MultilayerNetwork,
    question: Question,
    *,
    compared: Iterable[str],
    keeps: Callable[[float], bool] | None = None,
    droppable: Iterable[str] | None = None,
    counts: Sequence[int] | None = None,
    draws: int = 200,
    level: float = LEVEL,
    seed: int = 1,
    label: str | None = None,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Stability:
    """Drop actors other than those compared, and ask again: how many can go before the finding does?

    Who is dropped becomes part of the rest of the world: world totals stay, and what others trade with them falls to
    ROW in every share.

    Parameters
    ----------
    net : MultilayerNetwork
    question : callable
        Network → number. A NaN, an infinite number, a ValueError, KeyError or ArithmeticError are no answer.
    compared : iterable of str
        Actors that always stay: all that the question names.
    keeps : callable, optional
        Answer → whether the finding holds. Default: on the side of 0 where it is with everybody.
    droppable : iterable of str, optional
        Default: all actors of panels that are not compared.
    counts : sequence of int, optional
        How many to drop. Default: every number if there are at most ten actors, else ten numbers up to all of them.
    draws : int, default 200
        Random sets a count. Where there are not more sets than this, all of them are tried and the result is exact.
    level : float, default 0.95
        With which probability the finding must keep.
    seed : int, default 1
    label : str, optional
        A name under which finished work is kept. Give another one when the question changes.
    workers, fresh, progress
        As in `run_tasks`.

    Returns
    -------
    Stability

    Raises
    ------
    KeyError
        No such actor.
    ValueError
        No answer with everybody; a finding that does not hold with everybody; nobody to drop.

    References
    ----------
    Laumann, E. O., Marsden, P. V., & Prensky, D. (1983). The boundary specification problem in network analysis. In
    Burt, R. S., & Minor, M. J. (eds.), Applied Network Analysis. Sage, 18-34.
    Costenbader, E., & Valente, T. W. (2003). The stability of centrality measures when networks are sampled. Social
    Networks, 25, 283-307.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> ties = pd.DataFrame({"layer": "aid", "source": list("AAB"), "target": list("CDE"), "year": 2001})
    >>> def lead(net):
    ...     given = inf.centrality.degree_out(net.at(2001)["aid"])
    ...     return given["A"] - given["B"]
    >>> found = inf.boundary_stability(inf.MultilayerNetwork.from_edges(ties), lead, compared=["A", "B"])
    >>> found.curve["keeps"].round(3).tolist(), round(found.largest_share, 3)
    ([0.333, 0.667, 0.0], 0.0)
    """
    stay = tuple(sorted(set(compared)))
    known = set(net.actors["actor_id"])
    can = tuple(sorted({*(net.panel_actors() if droppable is None else droppable)} - set(stay)))
    odd = sorted({*stay, *can} - known)
    if odd:
        raise KeyError(f"no actor called {', '.join(odd)}")
    if not can:
        raise ValueError("there is nobody to drop: all actors are compared")
    value, reason = attempt(question, net)
    if reason:
        raise ValueError(f"no answer with everybody: {reason}")
    holds = keeps or same_sign(value)
    if not holds(value):
        raise ValueError(f"the finding does not hold with everybody: the answer is {value:g}")
    sizes = _sizes(len(can)) if counts is None else sorted(set(counts))
    if not sizes or not 0 < sizes[0] <= sizes[-1] <= len(can):
        raise ValueError(f"counts must lie between 1 and {len(can)}, not {list(sizes)}")
    sets = {count: _sets(can, count, draws, seed) for count in sizes}
    answers = run(
        _answers,
        {f"{count} dropped": (net, question, own) for count, own in sets.items()},
        label=label,
        inputs={"network": network_digest(net), "droppable": can, "draws": draws, "seed": seed} if label else {},
        workers=workers,
        fresh=fresh,
        progress=progress,
    )
    rows = [
        _row(count, len(can), [v for v, _ in own], holds, exact=math.comb(len(can), count) <= draws)
        for count, own in zip(sizes, answers.values(), strict=True)
    ]
    return Stability(pd.DataFrame(rows).set_index("dropped"), value, stay, can, level)


def _sizes(n: int) -> list[int]:
    return list(range(1, n + 1)) if n <= STEPS else sorted({round(n * k / STEPS) for k in range(1, STEPS + 1)})


def _sets(names: tuple[str, ...], count: int, draws: int, seed: int) -> list[tuple[str, ...]]:
    """All sets of so many actors, or as many random ones as are drawn."""
    if math.comb(len(names), count) <= draws:
        return list(itertools.combinations(names, count))
    rngs = (generator(seed, "boundary stability", count, draw) for draw in range(draws))
    return [tuple(names[k] for k in sorted(rng.permutation(len(names))[:count])) for rng in rngs]


def _answers(net: MultilayerNetwork, question: Question, sets: list[tuple[str, ...]]) -> list[tuple[float, str]]:
    return [attempt(question, without_actors(net, own)) for own in sets]


def _row(count: int, n: int, values: list[float], holds: Callable[[float], bool], *, exact: bool) -> dict[str, object]:
    known = [v for v in values if not math.isnan(v)]
    kept = sum(bool(holds(v)) for v in known) / len(values)
    return {
        "dropped": count,
        "share": count / n,
        "sets": len(values),
        "exact": exact,
        "keeps": kept,
        "standard_error": 0.0 if exact else float(np.sqrt(kept * (1 - kept) / len(values))),
        "not_available": len(values) - len(known),
        "low": min(known, default=math.nan),
        "high": max(known, default=math.nan),
    }
