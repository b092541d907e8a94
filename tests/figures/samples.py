"""One picture of each kind, on made-up frames that hold what is awkward: gaps, ties, long names, coarse dates."""

from functools import cache

import numpy as np
import pandas as pd

NAMES = {
    "RUS": "Russia",
    "CHN": "China",
    "USA": "United States",
    "EUU": "European Union",
    "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyzstan",
    "TJK": "Tajikistan",
    "UZB": "Uzbekistan",
    "TKM": "Turkmenistan",
    "ROW": "rest of the world",
}
STATES = ["KAZ", "KGZ", "TJK", "UZB", "TKM"]
PARTNERS = ["RUS", "CHN", "EUU"]
YEARS = list(range(2001, 2013))
ROLES = ["coordinator", "itinerant", "representative", "gatekeeper", "liaison"]
GROUPS = {a: "Central Asia" if a in STATES else "the others" for a in NAMES}
BODIES = ["CIS", "CSTO", "SCO", "EurAsEC", "NATO", "EU", "OSCE", "PfP"]


def wave(*keys):
    """A number between 0 and 1 that depends on nothing but its keys."""
    return (sum(ord(c) * (k + 3) for k, c in enumerate("".join(map(str, keys)))) % 97) / 97


def make_frames():
    rows = [(s, p, y, 0.1 + 0.3 * wave(s, p, y)) for s in STATES[:4] for p in PARTNERS for y in YEARS]
    shares = pd.DataFrame(rows, columns=["state", "partner", "year", "share"])
    shares.loc[(shares["state"] == "UZB") & (shares["partner"] == "CHN") & shares["year"].eq(2005), "share"] = np.nan
    shares = shares[~((shares["state"] == "TJK") & (shares["partner"] == "RUS") & (shares["year"] > 2009))]
    shares = shares.assign(low=shares["share"] * 0.8, high=shares["share"] * 1.2).reset_index(drop=True)

    ranks = pd.DataFrame(
        [(a, y, round(6 * wave(a, y))) for a in NAMES for y in YEARS], columns=["actor", "year", "value"]
    )
    roles = pd.DataFrame(
        [
            (layer, a, r, np.nan if (a, r) == ("RUS", "coordinator") else round(40 * wave(layer, a, r)), wave(r, a) / 8)
            for layer in ("security", "energy")
            for a in ["RUS", "CHN", "KAZ", "TKM"]
            for r in ROLES
        ],
        columns=["layer", "actor", "role", "count", "p"],
    )
    spells = pd.DataFrame(
        [
            ("UZB", "CSTO", "member", "2006-08-16", "2012-12-19", "day", "present"),
            ("UZB", "SCO", "member", "2001-06-15", None, "day", "present"),
            ("UZB", "GUUAM", "member", "1999-04-01", "2005-05-31", "month", "present"),
            ("KAZ", "CSTO", "member", "2002-10-07", None, "day", "present"),
            ("KAZ", "SCO", "member", "2001-06-15", None, "day", "present"),
            ("RUS", "WTO", "observer", "2003-01-01", "2009-12-31", "year", "present"),
            ("RUS", "WTO", "member", "2012-08-22", None, "day", "present"),
            ("USA", "SCO", "observer", "2005-07-05", "2005-12-31", "day", "refused"),
        ],
        columns=["actor_id", "org_id", "role", "start", "end", "date_precision", "status"],
    )
    seats = pd.DataFrame(
        [
            (
                a,
                o,
                ["member", "observer", "partner"][int(3 * wave(o, a, "r"))],
                "unknown" if wave(o, "s", a) > 0.9 else "present",
            )
            for a in NAMES
            if a != "ROW"
            for o in BODIES
            if wave(a, o) < 0.5
        ],
        columns=["actor_id", "org_id", "role", "status"],
    )
    overlap = pd.DataFrame(
        [(BODIES[i], BODIES[j], wave(i, j)) for i in range(7) for j in range(i)], columns=["a", "b", "value"]
    )
    pairs = pd.DataFrame(
        {"actor": STATES, "baci": [10.0, 200, 3000, 40, 5], "cow": [12.0, 2400, 3100, np.nan, 50]},
    )
    coverage = pd.DataFrame(
        [
            ("trade", "goods exports", 2001, 2012, "complete"),
            ("trade", "trade of Serbia", 2001, 2005, "none"),
            ("trade", "trade of Serbia", 2006, 2012, "complete"),
            ("energy", "capacity", 2001, 2012, "partial"),
        ],
        columns=["layer", "kind", "start_year", "end_year", "coverage"],
    )
    lines = pd.DataFrame(
        [
            ("TKM", "UZB", 4, "gas"),
            ("UZB", "KAZ", 4, "gas"),
            ("KAZ", "RUS", 4, "gas"),
            ("KAZ", "RUS", 2, "oil"),
            ("KAZ", "CHN", 1, "oil"),
            ("TKM", "CHN", 1, "gas"),
            ("RUS", "EUU", 6, "gas"),
            ("RUS", "EUU", 3, "oil"),
        ],
        columns=["source", "target", "weight", "kind"],
    )
    dense = pd.DataFrame(
        [(a, b, wave(a, b)) for a in NAMES for b in NAMES if a != b and wave(b, a, "t") < 0.8],
        columns=["source", "target", "weight"],
    )
    ties = pd.DataFrame(
        [
            ("RUS", "KGZ", "base", "Kant", "2003-10-23", None, "high", "treaty_kgz_2003;rferl_1", "Art. 1", False),
            ("USA", "KGZ", "base", "Manas", "2001-12-11", "2014-06-03", "high", "crs_manas", "p. 3", False),
            ("KGZ", "RUS", "arms", None, "2008-01-01", "2008-12-31", "medium", "sipri_tiv", None, False),
            ("KAZ", "KGZ", "pact", "CSTO", "2002-10-07", None, "high", "csto_charter;atop_5_1", "ATOP 4321", True),
            ("CHN", "KGZ", "exercise", None, "2007-08-09", "2007-08-17", "high", "mme_v7", "mme1234", True),
            ("CHN", "KGZ", "exercise", None, "2009-07-22", "2009-07-26", "low", "mme_v7", "mme1290", True),
        ],
        columns="source target kind name start end presence_confidence source_id locator mutual".split(),
    )
    chains = pd.DataFrame(
        [
            (a, "KAZ", c, role, "base", "pact", f"src_{a.lower()}", f"charter_{c.lower()};atop")
            for role, ends, others in (
                ("gatekeeper", ["CHN", "USA"], ["KGZ", "TJK"]),
                ("liaison", ["CHN", "USA"], ["RUS", "EUU"]),
            )
            for a in ends
            for c in others
        ],
        columns=["a", "b", "c", "role", "kind_in", "kind_out", "source_id_in", "source_id_out"],
    )
    routes = pd.DataFrame(
        [
            ("to_china", "gas around", 30.0, [(63.6, 39.1), (69.6, 42.3), (76.9, 43.3), (80.4, 44.2)]),
            ("to_china_too", "gas around", 12.0, [(63.6, 39.1), (69.6, 42.3), (76.9, 43.3), (80.4, 44.2)]),
            ("to_russia", "other oil", np.nan, [(52.9, 43.3), (51.9, 47.1), (50.1, 53.2)]),
            ("to_the_north", "other gas", 40.0, [(61.8, 37.6), (58.8, 43.0), (48.6, 50.1)]),
            ("to_iran", "gas around", 8.0, [(61.2, 36.5), (61.16, 36.54)]),
        ],
        columns=["pipeline_id", "kind", "capacity", "places"],
    ).explode("places", ignore_index=True)
    routes["position"] = routes.groupby("pipeline_id").cumcount() + 1
    routes[["lon", "lat"]] = routes.pop("places").tolist()
    doubtful = pd.DataFrame(
        [(a, 10 * wave(a), 10 * wave(a) - 3 * wave(a, "l"), 10 * wave(a) + 4 * wave(a, "h")) for a in NAMES],
        columns=["actor", "estimate", "low", "high"],
    )
    doubtful["rank"] = doubtful["estimate"].rank(ascending=False)
    doubtful = doubtful.assign(rank_low=(doubtful["rank"] - 2).clip(1), rank_high=(doubtful["rank"] + 1).clip(upper=10))
    doubtful.loc[3, ["estimate", "low", "high"]] = np.nan
    specs = pd.DataFrame(
        [
            (s, w, y, np.nan if (s, y) == ("cow", "2012") else 0.8 - wave(s, w, y, "v"))
            for s in ("baci", "cow", "mean of both")
            for w in ("exports", "imports", "both ways")
            for y in ("2001-2012", "2009-2012", "2012")
        ],
        columns=["source", "flow", "years", "value"],
    )
    specs["primary"] = specs.index == 0
    specs["weight_class"] = np.where(specs["source"] == "mean of both", "stress", "reasonable")
    fragile = pd.DataFrame(
        [
            (k, y, int(1 + 6 * wave(k, y)), wave(y, k) ** 3, wave(k, y, "h") > 0.3)
            for k in ("security", "trade", "energy", "institutions")
            for y in YEARS
        ],
        columns=["layer", "year", "size", "p_reversal", "holds"],
    ).astype({"size": "Int64"})
    fragile.loc[(fragile["layer"] == "trade") & fragile["year"].eq(2004), "p_reversal"] = np.nan
    fragile.loc[(fragile["layer"] == "energy") & fragile["year"].eq(2007), "size"] = pd.NA
    parts = pd.DataFrame(
        [
            ("C01", "a", 0.1, -0.2, 0.3, "supported"),
            ("C01", "b", 0.5, 0.2, 0.9, "undetermined"),
            ("C07", "a", -12.0, -15.0, -9.0, "contradicted"),
            ("C12", "a", np.nan, np.nan, np.nan, "not testable here"),
        ],
        columns=["claim", "part", "value", "low", "high", "verdict"],
    )
    cells = [(-0.405, "contradicted"), (0.405, "supported"), (None, "contradicted")]
    outcomes = pd.DataFrame(
        [
            (claim, part, lower, upper, verdict)
            for claim, part in parts[["claim", "part"]].itertuples(index=False)
            for (upper, verdict), lower in zip(cells, [None, -0.405, 0.405], strict=True)
        ],
        columns=["claim", "part", "from", "to", "verdict"],
    )
    return {
        "shares": shares,
        "routes": routes,
        "doubtful": doubtful,
        "specs": specs,
        "fragile": fragile,
        "parts": parts,
        "outcomes": outcomes,
        "ranks": ranks,
        "roles": roles,
        "spells": spells,
        "seats": seats,
        "overlap": overlap,
        "pairs": pairs,
        "coverage": coverage,
        "lines": lines,
        "dense": dense,
        "ties": ties,
        "chains": chains,
    }


@cache
def small_network():
    """Two layers of ties and one of affiliations, over some years."""
    from influence import MultilayerNetwork

    frames, years = make_frames(), YEARS[-5:]

    ties = pd.concat([frames["lines"].assign(layer="energy", year=y) for y in years])
    dense = pd.concat(
        [
            frames["dense"].assign(layer="trade", year=y, kind=None, weight=frames["dense"]["weight"] * (1 + wave(y)))
            for y in years
        ]
    )
    seats = frames["spells"][frames["spells"]["status"] == "present"]
    seats = seats.rename(columns={"actor_id": "source", "org_id": "target", "role": "kind"}).assign(layer="clubs")
    columns = ["layer", "source", "target", "kind", "weight", "year", "start", "end"]
    edges = pd.concat([ties, dense, seats.assign(weight=1.0)], ignore_index=True).reindex(columns=columns)
    specs = pd.DataFrame({"layer": ["energy", "trade", "clubs"], "directed": [True, True, False], "mode": [1, 1, 2]})
    sides = pd.DataFrame({"partition": "side", "group": list(GROUPS.values()), "actor_id": list(GROUPS)})
    return MultilayerNetwork.from_edges(edges, layers=specs, partitions=sides)


def drawings(frames):
    """Name → a call that draws it. Each kind at a width for which its frame is made, many at both."""
    from influence import figures as f

    t = frames
    circle = f.stable_positions(NAMES, GROUPS)
    clump = pd.DataFrame({"x": np.arange(10) // 2 * 0.18, "y": np.arange(10) % 2 * 0.06}, index=list(NAMES))
    half = t["shares"].assign(share=t["shares"]["share"] / 2).dropna()
    events = [(2005, "Andijan"), (2006, "gas dispute")]
    panels = {"y": "share", "series": "partner", "names": NAMES, "unit": "share of trade"}
    one = t["shares"][t["shares"]["state"] == "UZB"]
    logs = t["ranks"].assign(value=10.0 ** (t["ranks"]["value"] + 1))
    layers = {"trade": t["dense"], "energy": t["lines"].groupby(["source", "target"], as_index=False)["weight"].sum()}
    crowd = pd.DataFrame(
        [(a, "KGZ", k) for a in NAMES if a != "KGZ" for k in "uvw"], columns=["source", "target", "kind"]
    )
    spells = {"span": (2001, 2012), "roles": ["member", "observer"], "names": NAMES}
    seats = {"roles": ["member", "observer", "partner"], "names": NAMES}
    towns = pd.DataFrame({"lon": [49.9, 69.2, 37.6], "lat": [40.4, 41.3, 55.8]}, index=["Baku", "Tashkent", "Moscow"])
    states = pd.DataFrame(
        {"lon": [69.8, 63.8, 59.0, 86.0], "lat": [48.3, 41.9, 39.6, 40.0]}, index=["KAZ", "UZB", "TKM", "CHN"]
    )
    ways = {
        "other oil": {"color": "#8C6D4F", "linestyle": (0, (4, 1.5)), "hollow": True},
        "other gas": {"color": "#6E7F8D", "hollow": True},
        "gas around": {"color": "#0072B2"},
    }
    mapped = {"kinds": ways, "unit": "Mtoe a year", "labels": states, "marks": towns, "names": NAMES}
    both = pd.concat([t["routes"].assign(year=2012), t["routes"].iloc[8:].assign(year=2001)])
    rule = [
        {
            "id": "a",
            "quantity": "log ratio of the ties of two states, the tie between them left out",
            "unit": "log ratio",
        },
        {"id": "b", "quantity": "share of trade", "unit": "share"},
    ]
    bands = {"supported": (-0.4, 0.4), "contradicted": (0.4, None), "undetermined": (None, -0.4)}
    for part in rule:
        part["outcomes"] = [
            {"from": low, "to": high, "verdict": verdict, "label": verdict} for verdict, (low, high) in bands.items()
        ]
    by_year = t["shares"].query("state == 'KAZ' and partner != 'EUU'").rename(columns={"share": "value"})
    by_year = by_year.assign(part=by_year["partner"].map({"RUS": "a", "CHN": "b"}))[
        ["part", "year", "value", "low", "high"]
    ]
    kept = {"choices": ["source", "flow", "years"], "unit": "log ratio", "region": (0.2, None)}
    pair = {"pair": ("RUS", "CHN"), "unit": "share of trade", "names": NAMES}
    return {
        "interval_ranks": lambda: f.interval_ranks(t["doubtful"], unit="ties", highlight=["RUS", "CHN"], names=NAMES),
        "interval_ranks_single": lambda: f.interval_ranks(
            t["doubtful"], unit="ties", rank=None, names=NAMES, width="single", top=5
        ),
        "specification_chart": lambda: f.specification_chart(t["specs"], **kept),
        "specification_chart_single": lambda: f.specification_chart(t["specs"], width="single", **kept),
        "fragility_chart": lambda: f.fragility_chart(t["fragile"], claim="Russia above China"),
        "fragility_chart_single": lambda: f.fragility_chart(t["fragile"], width="single"),
        "verdict_table": lambda: f.verdict_table(
            t["parts"], t["outcomes"], names={("C01", "a"): "log ratio of Russia's and China's ties, three layers"}
        ),
        "verdict_table_single": lambda: f.verdict_table(t["parts"], t["outcomes"], width="single"),
        "claim_years": lambda: f.claim_years(by_year, rule),
        "claim_years_single": lambda: f.claim_years(by_year[by_year["part"] == "a"], rule),
        "crossover_lines": lambda: f.crossover_lines(t["shares"], **pair),
        "crossover_lines_single": lambda: f.crossover_lines(one, panel=None, width="single", **pair),
        "actor_dashboard": lambda: f.actor_dashboard(
            small_network(), "KAZ", partition="side", years=YEARS[-5:], names=NAMES
        ),
        "pipeline_map": lambda: f.pipeline_map(both, panel="year", panels=[2001, 2012], **mapped),
        "pipeline_map_single": lambda: f.pipeline_map(t["routes"], width="single", **mapped),
        "trajectories": lambda: f.trajectories(
            t["shares"], panel="state", low="low", high="high", events=events, **panels
        ),
        "trajectories_narrow": lambda: f.trajectories(t["shares"], panel="state", columns=4, **panels),
        "trajectories_single": lambda: f.trajectories(one, width="single", **panels),
        "trajectories_log": lambda: f.trajectories(logs, unit="USD", log=True, order=STATES, width="single"),
        "rank_flow": lambda: f.rank_flow(t["ranks"], highlight=["RUS", "CHN", "KAZ"], names=NAMES),
        "rank_flow_top": lambda: f.rank_flow(
            t["ranks"], highlight=["RUS", "CHN"], top=6, names=NAMES, label_all=True, width="single"
        ),
        "role_profile": lambda: f.role_profile(t["roles"], panel="layer", p="p", names=NAMES),
        "role_profile_single": lambda: f.role_profile(
            t["roles"][t["roles"]["layer"] == "energy"], names=NAMES, width="single"
        ),
        "membership_timeline": lambda: f.membership_timeline(t["spells"], **spells),
        "membership_timeline_single": lambda: f.membership_timeline(
            t["spells"], group="org_id", lane="actor_id", width="single", **spells
        ),
        "membership_matrix": lambda: f.membership_matrix(t["seats"], groups=GROUPS, **seats),
        "membership_matrix_single": lambda: f.membership_matrix(t["seats"], order=STATES, width="single", **seats),
        "overlap_matrix": lambda: f.overlap_matrix(t["overlap"], unit="Jaccard index"),
        "overlap_matrix_signs": lambda: f.overlap_matrix(
            t["overlap"].assign(value=2 * t["overlap"]["value"] - 1), unit="rank correlation", lower=True
        ),
        "multilayer_planes": lambda: f.multilayer_planes(layers, circle, highlight=["RUS", "CHN", "KAZ"], names=NAMES),
        "multilayer_planes_single": lambda: f.multilayer_planes(
            layers, circle, highlight=["RUS", "CHN"], strongest=20, names=NAMES, width="single"
        ),
        "dumbbell": lambda: f.dumbbell(t["pairs"], unit="USD million", left="baci", right="cow", log=True, names=NAMES),
        "node_link": lambda: f.node_link(
            t["lines"], circle, highlight=["RUS", "CHN"], names=NAMES, outward=(0, 0), unit="lines"
        ),
        "node_link_crowded": lambda: f.node_link(t["dense"], clump, strongest=12, names=NAMES, labels=list(NAMES)),
        "node_link_single": lambda: f.node_link(t["lines"], circle, names=NAMES, strongest=5, width="single"),
        "share_bars": lambda: f.share_bars(half, panel="state", rest=["EUU"], names=NAMES),
        "share_bars_lying": lambda: f.share_bars(
            half[half["state"] == "KAZ"], rest=["EUU"], names=NAMES, horizontal=True, width="single"
        ),
        "heat_years": lambda: f.heat_years(one, unit="share", actor="partner", value="share", names=NAMES, digits=2),
        "heat_years_single": lambda: f.heat_years(
            logs, unit="USD", log=True, names=NAMES, groups=GROUPS, width="single"
        ),
        "coverage_chart": lambda: f.coverage_chart(t["coverage"]),
        "coverage_chart_single": lambda: f.coverage_chart(t["coverage"], width="single"),
        "ego_network": lambda: f.ego_network(None, "KGZ", t["ties"], names=NAMES, groups=GROUPS),
        "ego_network_crowded": lambda: f.ego_network(None, "KGZ", crowd, names=NAMES),
        "ego_network_single": lambda: f.ego_network(None, "KGZ", t["ties"], names=NAMES, width="single"),
        "chain_diagram": lambda: f.chain_diagram(t["chains"], names=NAMES, groups=GROUPS),
        "chain_diagram_single": lambda: f.chain_diagram(t["chains"], names=NAMES, most=3, width="single"),
    }
