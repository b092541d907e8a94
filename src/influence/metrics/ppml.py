"""Gravity: which flows grow beyond what exporters, importers and pairs explain."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from influence.metrics._poisson import NotConverged, fit_poisson, residuals
from influence.network.adapter import GraphError

logger = logging.getLogger("influence")

Errors = Literal["robust", "pair", "dyadic"]


def gravity(
    flows: pd.DataFrame,
    regressors: Sequence[str],
    *,
    exporter: str = "exporter",
    importer: str = "importer",
    year: str = "year",
    value: str = "value",
    errors: Errors = "dyadic",
) -> pd.DataFrame:
    """Three-way Poisson pseudo-maximum likelihood: effects of what changes within pairs, net of all sizes.

    Parameters
    ----------
    flows : pandas.DataFrame
        One row a directed flow and year: exporter, importer, year, value and the regressors.
    regressors : sequence of str
        Columns that vary over exporter, importer and year together; what belongs to an exporter, an importer, a
        year or a directed pair alone is explained by the effects.
    exporter, importer, year, value : str
        Names of the other columns. A missing value is left out; 0 is a flow of nothing.
    errors : {"dyadic", "pair", "robust"}, default "dyadic"
        Which errors may be correlated: of flows that share a state on either side; of a directed pair over the
        years; or none.

    Returns
    -------
    pandas.DataFrame
        By regressor: coefficient (in logs: 0.405 is half as much again), standard_error (NaN where the sum of
        products is negative, as it can be with few states). ``attrs["influence"]``
        holds observations (flows that say anything), separated (flows left out because an exporter-year,
        importer-year or pair has nothing but zeros) and steps.

    Raises
    ------
    GraphError
        A missing column, a flow listed twice, a negative value, a missing or infinite regressor, a regressor that the
        effects (or the other regressors) explain, or one that is not 0 only where nothing flows.

    Notes
    -----
    E[y_ijt] = exp(a_it + b_jt + p_ij + x_ijt β), with a, b and p free. The effects take up sizes, prices, borders and
    distances. Pseudo-likelihood needs no Poisson counts: only the mean must be right, and zeros stay in. Steps are
    weighted regressions net of the three kinds of effects. Standard errors are sandwiches without a correction for
    small samples; "dyadic" sums products of scores over all pairs of flows with a state in common (Aronow, Samii &
    Assenova 2015). With few years, estimates and errors of three-way models are slightly biased (Weidner & Zylkin
    2021): read a small coefficient with care.

    References
    ----------
    Santos Silva, J. M. C., & Tenreyro, S. (2006). The log of gravity. Review of Economics and Statistics 88, 641-658.

    Correia, S., Guimarães, P., & Zylkin, T. (2020). Fast Poisson estimation with high-dimensional fixed effects.
    Stata Journal 20, 95-115.

    Aronow, P. M., Samii, C., & Assenova, V. A. (2015). Cluster-robust variance estimation for dyadic data. Political
    Analysis 23, 564-577.

    Weidner, M., & Zylkin, T. (2021). Bias and consistency in three-way gravity models. Journal of International
    Economics 132, 103513.

    Examples
    --------
    Four states trade alike, but two of them, in both directions, half as much again in the second year:

    >>> import itertools
    >>> import pandas as pd
    >>> rows = [(a, b, t, 10.0) for a, b in itertools.permutations("ABCD", 2) for t in (2001, 2002)]
    >>> trade = pd.DataFrame(rows, columns=["exporter", "importer", "year", "value"])
    >>> union = trade["exporter"].isin(["A", "B"]) & trade["importer"].isin(["A", "B"]) & (trade["year"] == 2002)
    >>> trade = trade.assign(union=union * 1.0, value=trade["value"].mask(union, 15.0))
    >>> gravity(trade, ["union"])["coefficient"].round(3).to_dict()
    {'union': 0.405}
    """
    if errors not in ("dyadic", "pair", "robust"):
        raise ValueError(f'errors must be "dyadic", "pair" or "robust", not {errors!r}')
    columns = [exporter, importer, year, value]
    _check(flows, columns, list(regressors))
    y, x = _cubes(flows, columns, list(regressors))
    size = np.abs(x).max(axis=(1, 2, 3))
    try:
        fit = fit_poisson(y, x / np.where(size > 0, size, 1.0)[:, None, None, None])
    except NotConverged as error:
        raise GraphError(f"regressors {', '.join(regressors)}: {error}") from error
    mean = np.exp(fit.log_mean) * fit.counted
    net = residuals(x, mean)
    score = net * np.where(fit.counted, np.nan_to_num(y) - mean, 0.0)
    bread = np.linalg.inv(np.einsum("aijk,bijk,ijk->ab", net, net, mean))
    spread = np.diag(bread @ _meat(score, errors) @ bread)
    known = int((flows[value].notna() & (flows[exporter] != flows[importer])).sum())
    frame = pd.DataFrame(
        {"coefficient": fit.coefficients / size, "standard_error": np.sqrt(np.where(spread >= 0, spread, np.nan))},
        index=pd.Index(list(regressors), name="regressor"),
    )
    counted = int(fit.counted.sum())
    if counted < known:
        logger.info("%d flows left out: an exporter-year, importer-year or pair of nothing but zeros", known - counted)
    frame.attrs["influence"] = {
        "metric": "gravity",
        "options": {"errors": errors},
        "observations": counted,
        "separated": known - counted,
        "steps": fit.steps,
    }
    return frame


def _check(flows: pd.DataFrame, columns: list[str], regressors: list[str]) -> None:
    missing = [c for c in [*columns, *regressors] if c not in flows]
    if missing:
        raise GraphError(f"flows: no column {', '.join(missing)}")
    if not regressors:
        raise GraphError("flows: name at least one regressor")
    twice = flows.duplicated(columns[:3])
    if twice.any():
        a, b, t = flows[columns[:3]].to_numpy()[int(np.argmax(twice))]
        raise GraphError(f"flows: {a} to {b} in {t} stands twice")
    bad = flows[columns[3]] < 0
    if bad.any():
        a, b, t = flows[columns[:3]].to_numpy()[int(np.argmax(bad))]
        raise GraphError(f"flows: {a} to {b} in {t} is negative")
    for name in regressors:
        values = flows[name].to_numpy(dtype=float, na_value=np.nan)
        if not np.isfinite(values).all():
            raise GraphError(f"regressor {name}: missing or infinite values; leave these flows out")
        if not ((values != 0) & (flows[columns[3]] > 0).to_numpy()).any():
            raise GraphError(f"regressor {name}: 0 wherever something flows, so its coefficient has no finite value")


def _cubes(flows: pd.DataFrame, columns: list[str], regressors: list[str]) -> tuple[np.ndarray, np.ndarray]:
    exporter, importer, year, value = columns
    states = pd.Index(sorted({*flows[exporter], *flows[importer]}))
    years = pd.Index(sorted(set(flows[year])))
    at = (
        years.get_indexer(flows[year]),
        states.get_indexer(flows[exporter]),
        states.get_indexer(flows[importer]),
    )
    shape = (len(years), len(states), len(states))
    y, x = np.full(shape, np.nan), np.zeros((len(regressors), *shape))
    y[at] = flows[value].to_numpy(dtype=float, na_value=np.nan)
    for k, name in enumerate(regressors):
        x[(k, *at)] = flows[name].to_numpy(dtype=float)
    return y, x


def _meat(score: np.ndarray, errors: Errors) -> np.ndarray:
    """Sum of products of scores over all flows whose errors may be correlated."""
    if errors == "robust":
        return np.asarray(np.einsum("atij,btij->ab", score, score))
    pairs = score.sum(axis=1)
    if errors == "pair":
        return np.asarray(np.einsum("aij,bij->ab", pairs, pairs))
    both = pairs + pairs.swapaxes(1, 2)
    states = both.sum(axis=2)
    # Two flows of the same two states share both: counted at each of the two, they are taken out once.
    return np.asarray(states @ states.T - np.einsum("aij,bij->ab", both, both) / 2.0)
