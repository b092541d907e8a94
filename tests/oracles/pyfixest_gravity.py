"""Writes pyfixest_gravity.json: three-way Poisson pseudo-maximum likelihood as pyfixest computes it.

    python tests/oracles/pyfixest_gravity.py     (needs pyfixest; the project does not)

Toys of 9 states and 5 years with zeros, gaps, and a state and a pair that never trade (separated), and the three
regressions of the claims, straight from data/trade.csv. Standard errors without corrections for small samples.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
FIVE = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
OUTER = ["UKR", "BLR", "GEO", "ARM", "AZE"]
POST_SOVIET = [*FIVE, *OUTER, "RUS"]


def fitted(frame, regressors):
    """Coefficients and standard errors by pyfixest."""
    import pyfixest  # here, so that collecting this file needs no pyfixest

    frame = frame.dropna(subset=["value"]).assign(
        it=lambda f: f["exporter"] + f["year"].astype(str),
        jt=lambda f: f["importer"] + f["year"].astype(str),
        ij=lambda f: f["exporter"] + f["importer"],
    )
    out = {}
    for name, vcov in (("pair", {"CRV1": "ij"}), ("robust", "HC1")):
        fit = pyfixest.fepois(
            f"value ~ {' + '.join(regressors)} | it + jt + ij",
            data=frame,
            vcov=vcov,
            ssc=pyfixest.ssc(k_adj=False, G_adj=False),
            iwls_tol=1e-12,
            fixef_tol=1e-12,
            iwls_maxiter=200,
            fixef_maxiter=100_000,
        )
        out[name] = [float(fit.se()[r]) for r in regressors]
    out["coefficient"] = [float(fit.coef()[r]) for r in regressors]
    out["observations"] = int(fit._N)
    return out


def toy(seed):
    rng = np.random.default_rng(seed)
    states, years = list("ABCDEFGHI"), range(2001, 2006)
    rows = []
    size, pull = rng.normal(0, 1, (9, 5)), rng.normal(0, 1, (9, 9))
    for (i, a), (j, b), (t, year) in itertools.product(enumerate(states), enumerate(states), enumerate(years)):
        if a != b:
            union = float({a, b} <= set("ABC") and year >= 2003)
            distance = float(rng.normal())
            mean = np.exp(size[i, t] + size[j, t] + pull[i, j] + 0.5 * union - 0.3 * distance)
            value = float(np.round(mean * rng.gamma(2.0, 0.5), 4)) if rng.random() > 0.15 else 0.0
            value = 0.0 if (a, b) == ("D", "E") or (a == "F" and year == 2002) else value
            rows.append((a, b, year, None if rng.random() < 0.05 else value, union, round(distance, 4)))
    return pd.DataFrame(rows, columns=["exporter", "importer", "year", "value", "union", "distance"])


def trade(years):
    rows = pd.read_csv(HERE.parents[1] / "data" / "trade.csv", low_memory=False)
    rows = rows[(rows["source_id"] == "baci") & rows["year"].isin(years) & (rows["flag"] != "missing")]
    return rows.rename(columns={"value_usd_million": "value"})[["exporter", "importer", "year", "value"]].reset_index(
        drop=True
    )


def between(frame, a, b, years):
    """1 for flows in some years between a state of one group and one of another, either way."""
    there = frame["exporter"].isin(a) & frame["importer"].isin(b) | frame["exporter"].isin(b) & frame["importer"].isin(
        a
    )
    return (there & frame["year"].isin(years)).astype(float)


def articles():
    """The regressions of C06, C23 and C25."""
    c06 = trade([2001, 2002, 2003, 2008, 2009, 2010, 2011, 2012])
    artefact = between(c06, ["RUS"], ["KAZ", "BLR"], [2010, 2011]) > 0
    c06 = c06[~artefact]
    later = range(2008, 2013)
    c06 = c06.assign(near=between(c06, ["CHN"], FIVE, later), far=between(c06, ["CHN"], OUTER, later))
    c23, later = trade([2001, 2002, 2003, 2006, 2007, 2008, 2009]), range(2006, 2010)
    members = ["RUS", "BLR", "KAZ", "KGZ", "TJK"]
    inside = between(c23, members, members, later)
    c23 = c23.assign(inside=inside, others=between(c23, POST_SOVIET, POST_SOVIET, later) - inside)
    c25, union = trade([2007, 2008, 2009, 2012]), ["RUS", "BLR", "KAZ"]
    others = [s for s in POST_SOVIET if s not in union]
    c25 = c25.assign(inside=between(c25, union, union, [2012]), others=between(c25, ["RUS"], others, [2012]))
    return {
        "C06": fitted(c06, ["near", "far"]),
        "C23": fitted(c23, ["inside", "others"]),
        "C25": fitted(c25, ["inside", "others"]),
    }


def main():
    import pyfixest

    cases = []
    for seed in range(4):
        frame = toy(seed)
        rows = json.loads(frame.to_json(orient="values", double_precision=6))
        cases.append({"seed": seed, "rows": rows, **fitted(frame, ["union", "distance"])})
    whole = {"made_by": f"pyfixest {pyfixest.__version__}", "toys": cases, "claims": articles()}
    (HERE / "pyfixest_gravity.json").write_text(json.dumps(whole) + "\n")


if __name__ == "__main__":
    main()
