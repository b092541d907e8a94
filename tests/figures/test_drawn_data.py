"""Each drawing shows the frame's numbers, and shows as what it is what is missing, tied, impossible or coarse."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Rectangle
from tests.figures.samples import NAMES, STATES, YEARS, small_network

import influence as inf
import influence.figures as figures
from influence.figures._tracks import lanes, offset, smooth
from influence.figures.maps import EARTH, _projection


def solid(ax):
    """Lines that carry data: helpers have a label with an underscore of their own, such as _event."""
    return [line for line in ax.lines if not line.get_label().startswith(("_event", "_tie", "_stem"))]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def bars(ax):
    return [p for p in ax.patches if isinstance(p, Rectangle)]


def drawn_lines(ax):
    return [line for line in solid(ax) if len(line.get_xdata()) > 2]


# --- lines ---


def test_trajectories_draw_the_values_and_break_at_gaps(frames):
    shares = frames["shares"]
    figure = figures.trajectories(shares, unit="share", y="share", series="partner", panel="state")
    assert [ax.get_title(loc="left") for ax in figure.axes] == STATES[:4]
    table = shares.pivot(index="year", columns=["state", "partner"], values="share").reindex(YEARS)
    for ax, state in zip(figure.axes, STATES, strict=False):
        for line, partner in zip(drawn_lines(ax), ["RUS", "CHN", "EUU"], strict=True):
            own = table[(state, partner)]
            seen = pd.Series(line.get_ydata(), index=line.get_xdata()).reindex(YEARS)
            assert np.allclose(seen, own, rtol=1e-8, atol=0, equal_nan=True), "rounded to nine digits"
    gap = drawn_lines(figure.axes[3])[1]
    assert np.isnan(gap.get_ydata()[YEARS.index(2005)])


def test_a_year_without_a_row_breaks_the_line_too(frames):
    whole = frames["ranks"].query("actor == 'RUS'")
    figure = figures.trajectories(whole[whole["year"] != 2005], unit="count")
    assert np.isnan(drawn_lines(figure.axes[0])[0].get_ydata()).tolist() == [y == 2005 for y in YEARS]


def test_trajectories_name_each_series_in_its_colour_not_in_a_legend(frames):
    one = frames["shares"].query("state == 'KAZ'")
    figure = figures.trajectories(one, unit="share", y="share", series="partner", names=NAMES)
    assert texts(figure.axes[0]) == ["Russia", "China", "European Union"] or set(texts(figure.axes[0])) == {
        "Russia",
        "China",
        "European Union",
    }
    assert figure.axes[0].get_legend() is None
    assert figure.axes[0].get_ylabel() == "share"


def test_a_logarithmic_axis_refuses_zero(frames):
    with pytest.raises(ValueError, match="≤ 0"):
        figures.trajectories(frames["ranks"], unit="count", log=True, order=["RUS", "CHN", "TKM"])


def test_series_without_a_look_are_grey(frames):
    looks = figures.series_looks(["RUS"])
    one = frames["shares"].query("state == 'KAZ'")
    figure = figures.trajectories(one, unit="share", y="share", series="partner", looks=looks)
    assert [to_hex(line.get_color()) for line in drawn_lines(figure.axes[0])] == ["#0072b2", "#777777", "#777777"]


def test_ranks_are_midranks_and_ties_are_ringed_with_their_number():
    frame = pd.DataFrame(
        {"year": [2001] * 4 + [2002] * 4, "actor": list("ABCD") * 2, "value": [4, 3, 3, 1, 1, None, 2, 2]}
    )
    figure = figures.rank_flow(frame, highlight=["A"])
    by_first = {tuple(line.get_ydata()) for line in solid(figure.axes[0]) if len(line.get_xdata()) == 2}
    assert (1.0, 3.0) in by_first  # A: first, then last of three, behind a tie
    assert (4.0, 1.5) in by_first
    rings = [line for line in figure.axes[0].lines if line.get_label() == "_tie"]
    assert sorted((ring.get_xdata()[0], ring.get_ydata()[0]) for ring in rings) == [(2001, 2.5), (2002, 1.5)]
    assert texts(figure.axes[0]).count("2") == 2


# --- matrices, bars ---


def test_an_impossible_role_is_crossed_out_and_zero_is_not(frames):
    figure = figures.role_profile(frames["roles"].query("layer == 'energy'"), names=NAMES)
    own = frames["roles"].query("layer == 'energy'")
    printed = [t for t in texts(figure.axes[0])]
    assert printed.count("×") == int(own["count"].isna().sum()) == 1
    assert sorted(int(t) for t in printed if t != "×") == sorted(own["count"].dropna().astype(int))
    assert "impossible" in figure.legends[0].get_texts()[0].get_text()


def test_dots_stand_at_the_counts_and_are_filled_only_where_sure():
    frame = pd.DataFrame({"actor": list("AB"), "role": "liaison", "count": [10, 5], "p": [0.01, 0.2]})
    figure = figures.role_profile(frame, roles=["liaison"], p="p")
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    at = [float(d.get_xdata()[0]) for d in dots]
    assert at[0] == pytest.approx(2 * at[1])
    assert [to_hex(d.get_markerfacecolor()) for d in dots] == ["#0072b2", "#ffffff"]


def test_heat_shows_numbers_and_hatches_what_is_missing(frames):
    own = frames["shares"].query("state == 'UZB'")
    figure = figures.heat_years(own, unit="share", actor="partner", value="share", digits=2)
    known = own["share"].dropna()
    assert sorted(texts(figure.axes[0])) == sorted(f"{v:.2f}" for v in known)
    gaps = [p for p in figure.axes[0].patches if p.get_hatch()]
    assert len(gaps) == 36 - len(known) == 1
    assert [t.get_text() for t in figure.axes[1].get_legend().get_texts()] == ["no value"]


def test_no_gap_no_legend(frames):
    figure = figures.heat_years(frames["ranks"], unit="count")
    assert figure.axes[1].get_legend() is None


def test_overlaps_are_mirrored_and_the_diagonal_is_blank(frames):
    figure = figures.overlap_matrix(frames["overlap"], unit="Jaccard index")
    cells = figure.axes[0].collections[0].get_array()
    table = np.ma.filled(cells.reshape(7, 7), np.nan)
    assert np.isnan(np.diag(table)).all()
    assert np.array_equal(table, table.T, equal_nan=True)
    assert len(texts(figure.axes[0])) == 42
    lower = figures.overlap_matrix(frames["overlap"], unit="Jaccard index", lower=True)
    assert sorted(texts(lower.axes[0])) == sorted(f"{v:.2f}" for v in frames["overlap"]["value"])


def test_overlap_takes_a_square_frame_and_refuses_what_has_no_room():
    square = pd.DataFrame([[1.0, 0.25], [0.5, 1.0]], index=list("ab"), columns=list("ab"))
    figure = figures.overlap_matrix(square, unit="share")
    assert texts(figure.axes[0]) == ["0.25", "0.50"]
    many = [f"x{k}" for k in range(40)]
    with pytest.raises(ValueError, match="no room"):
        figures.overlap_matrix(pd.DataFrame(0.5, index=many, columns=many), unit="share")


def test_greyscale_keeps_the_order_of_shades():
    from influence.figures.heat import UP
    from influence.figures.look import FILLS, contrast

    assert all(contrast(UP(k), "white") < contrast(UP(k + 1), "white") for k in range(255))
    first = [contrast(face, "white") for face, _, _ in FILLS[:3]]
    assert first[0] > 1.5 * first[1] > 1.5 * first[2] * 0.9
    assert len({hatch for _, _, hatch in FILLS[:5]}) == 5


def test_shares_are_stacked_and_closed_by_a_hatched_remainder():
    frame = pd.DataFrame({"year": [2001] * 3, "partner": ["RUS", "CHN", "ROW"], "share": [0.4, 0.1, 0.2]})
    figure = figures.share_bars(frame, rest=["ROW"], names={"ROW": "rest of the world"})
    found = [(round(b.get_y(), 6), round(b.get_height(), 6), bool(b.get_hatch())) for b in bars(figure.axes[0])]
    assert found == [(0, 0.4, False), (0.4, 0.1, True), (0.5, 0.2, True), (0.7, 0.3, True)]
    assert set(texts(figure.axes[0])) == {"RUS", "CHN", "rest of the world", "not known"}
    with pytest.raises(ValueError, match="at most 1"):
        figures.share_bars(frame.assign(share=0.5))


def test_dumbbells_stand_at_both_values_largest_on_top(frames):
    figure = figures.dumbbell(frames["pairs"], unit="USD million", left="baci", right="cow")
    left, right = (line for line in figure.axes[0].lines if len(line.get_xdata()) == 5)
    ordered = frames["pairs"].sort_values("cow", ascending=False)
    assert list(left.get_xdata()) == ordered["baci"].tolist()
    assert np.array_equal(right.get_xdata(), ordered["cow"], equal_nan=True)
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ordered["actor"].tolist()
    assert texts(figure.axes[0]) == ["no value in cow"]


def test_coverage_draws_one_cell_a_year_and_the_better_of_two_sources(frames):
    two = pd.concat([frames["coverage"], frames["coverage"].iloc[[0]].assign(coverage="none")])
    figure = figures.coverage_chart(two)
    faces = [to_hex(b.get_facecolor()) for b in bars(figure.axes[0])]
    assert len(faces) == 36
    assert faces.count("#ffffff") == 5 == texts(figure.axes[0]).count("×")
    with pytest.raises(ValueError, match="perhaps"):
        figures.coverage_chart(frames["coverage"].assign(coverage="perhaps"))


# --- memberships ---


def test_spells_are_bars_and_coarse_ends_stay_open(frames):
    figure = figures.membership_timeline(frames["spells"].iloc[[5]], span=(2001, 2012))
    found = [(b.get_x(), round(b.get_x() + b.get_width(), 2)) for b in bars(figure.axes[0])]
    assert found == [(2004.0, 2009.0 - 0.0), (2003.0, 2004.0), (2009.0, 2010.0)] or [
        (round(a, 1), round(b, 1)) for a, b in found
    ] == [(2004.0, 2009.0), (2003.0, 2004.0), (2009.0, 2010.0)]
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["observer", "date lies within"]


def test_a_spell_of_one_coarse_year_has_no_sure_part():
    frame = pd.DataFrame(
        [("A", "B", "member", "2005-01-01", "2005-12-31", "year")],
        columns=["actor_id", "org_id", "role", "start", "end", "date_precision"],
    )
    (only,) = bars(figures.membership_timeline(frame, span=(2001, 2012)).axes[0])
    assert (only.get_x(), round(only.get_width(), 1)) == (2005.0, 1.0)
    assert only.get_linestyle() != "solid"


def test_what_was_refused_is_an_empty_bar_and_said(frames):
    figure = figures.membership_timeline(frames["spells"].iloc[[1, 7]], span=(2001, 2012))
    assert bars(figure.axes[0])[-1].get_facecolor()[3] == 0
    assert figure.legends[0].get_texts()[-1].get_text() == "not in force: refused"


def test_a_spell_that_ends_before_it_starts_is_refused(frames):
    with pytest.raises(ValueError, match="UZB in CSTO ends before it starts"):
        figures.membership_timeline(frames["spells"].iloc[[0]].assign(end="2001-01-01"), span=(2001, 2012))


def test_seats_by_role_and_doubt_as_a_sign(frames):
    seats = frames["seats"]
    figure = figures.membership_matrix(seats, roles=["member", "observer", "partner"])
    sure = seats[seats["status"] == "present"]
    assert len(bars(figure.axes[0])) == len(sure)
    hatched = [b for b in bars(figure.axes[0]) if b.get_hatch()]
    assert len(hatched) == int((sure["role"] != "member").sum())
    assert texts(figure.axes[0]).count("?") == len(seats) - len(sure) > 0
    with pytest.raises(ValueError, match="share their actor_id, org_id"):
        figures.membership_matrix(pd.concat([seats, seats.iloc[[0]]]))


# --- networks ---


def test_positions_depend_on_names_and_groups_alone():
    groups = {"RUS": "b", "KAZ": "a", "CHN": "b"}
    one = figures.stable_positions(["RUS", "KAZ", "CHN"], groups)
    other = figures.stable_positions(["CHN", "KAZ", "RUS"], groups)
    assert one.equals(other)
    assert np.allclose(np.hypot(one["x"], one["y"]), 1)
    assert list(one.index) == ["KAZ", "CHN", "RUS"]  # by group, then name
    assert figures.stable_positions([], {}).empty


def test_planes_hold_every_actor_in_the_same_place_of_every_layer(frames):
    circle = figures.stable_positions(NAMES)
    layers = {"a": frames["dense"], "b": frames["dense"].iloc[:5], "c": frames["dense"].iloc[5:6]}
    figure = figures.multilayer_planes(layers, circle, highlight=["RUS"], strongest=30)
    ax = figure.axes[0]
    places = [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert len(places) == 3
    assert len({round(x, 9) for x, _ in places}) == 1
    steps = np.diff([y for _, y in places])
    assert steps[0] == pytest.approx(steps[1])
    clouds = [line.get_xydata() for line in ax.lines if line.get_marker() == "."]
    assert all(np.allclose(clouds[0] - places[0], cloud - place) for cloud, place in zip(clouds, places, strict=True))
    drawn = [sum(len(c.get_segments()) for c in ax.collections[k : k + 2]) for k in (0, 2, 4)]
    assert drawn == [30, 5, 1]
    assert f"of {int((frames['dense']['weight'] > 0).sum())} ties" in " ".join(texts(ax))


def test_planes_scale_ties_within_their_layer(frames):
    layers = {"a": frames["lines"].iloc[:2], "b": frames["lines"].iloc[:2].assign(weight=[400.0, 200.0])}
    ax = figures.multilayer_planes(layers).axes[0]
    widest = [max(w for c in ax.collections[k : k + 2] for w in c.get_linewidths()) for k in (0, 2)]
    assert widest[0] == widest[1]


def test_arrows_by_weight_and_kind(frames):
    circle = figures.stable_positions(NAMES)
    figure = figures.node_link(frames["lines"], circle, unit="lines")
    arrows = [p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch)]
    widths = sorted(round(a.get_linewidth(), 6) for a in arrows)
    assert widths == sorted(round(0.4 + 2.4 * w / 6, 6) for w in frames["lines"]["weight"])
    assert len({to_hex(a.get_edgecolor()) for a in arrows}) == len({str(a.get_linestyle()) for a in arrows}) == 2
    told = [t.get_text() for t in figure.legends[0].get_texts()]
    assert told == ["gas", "oil", "6 lines (widest; width by weight)"]
    with pytest.raises(ValueError, match="no position for EUU"):
        figures.node_link(frames["lines"], circle.drop("EUU"))


def test_labels_of_the_strongest_only(frames):
    circle = figures.stable_positions(NAMES)
    figure = figures.node_link(frames["lines"], circle, labels=2)
    assert set(texts(figure.axes[0])) == {"RUS", "KAZ"}


def test_an_ego_network_numbers_ties_and_tells_their_sources(frames):
    figure = figures.ego_network(None, "KGZ", frames["ties"], names=NAMES)
    notes = figure.axes[1].texts[0].get_text().replace("\n     ", " ")
    assert " 1  China – Kyrgyzstan, exercise (2 records), since 2007, confidence low: mme_v7, mme1234; mme1290" in notes
    assert "Russia → Kyrgyzstan, Kant, 2003–: treaty_kgz_2003; rferl_1, Art. 1" in notes
    assert "Kyrgyzstan → Russia, arms, 2008, confidence medium: sipri_tiv" in notes
    numbers = [t for t in texts(figure.axes[0]) if t.isdigit()]
    assert numbers == ["1", "2", "3", "4", "5"]
    with pytest.raises(ValueError, match="EUU has no tie"):
        figures.ego_network(None, "EUU", frames["ties"])


def test_an_ego_network_says_what_it_leaves_out(frames):
    figure = figures.ego_network(None, "KGZ", frames["ties"], most=2)
    assert "and 3 more in the data behind the figure" in figure.axes[1].texts[0].get_text()


def test_chains_show_each_leg_once_among_the_notes(frames):
    figure = figures.chain_diagram(frames["chains"], names=NAMES)
    ax, below = figure.axes
    printed = texts(ax)
    assert "gatekeeper: 4 chains" in printed
    assert "liaison: 4 chains" in printed
    assert len(ax.patches) == 2 * 8 + 2  # two legs a chain, a bar a role
    notes = "\n".join(texts(below))
    legs = {("a", a) for a in frames["chains"]["a"]} | {("c", c) for c in frames["chains"]["c"]}
    assert notes.count(" → ") == len(legs)
    assert "Kazakhstan → Kyrgyzstan, pact: charter_kgz; atop" in notes


def test_chains_of_several_brokers_ask_for_one(frames):
    two = pd.concat([frames["chains"], frames["chains"].assign(b="RUS")])
    with pytest.raises(ValueError, match="chains of 2 brokers"):
        figures.chain_diagram(two)
    cut = figures.chain_diagram(two, broker="KAZ", most=1, receipts=False)
    assert texts(cut.axes[0]).count("and 3 more") == 2


# --- all ---


@pytest.mark.parametrize(
    ("draw", "options"),
    [
        ("trajectories", {"unit": "x"}),
        ("rank_flow", {}),
        ("role_profile", {}),
        ("membership_timeline", {"span": (2001, 2012)}),
        ("membership_matrix", {}),
        ("heat_years", {"unit": "x"}),
        ("share_bars", {}),
        ("dumbbell", {"unit": "x"}),
        ("coverage_chart", {}),
        ("chain_diagram", {}),
        ("overlap_matrix", {"unit": "x"}),
    ],
)
def test_a_frame_without_the_columns_is_refused_by_name(draw, options):
    with pytest.raises(ValueError, match=f"{draw}: no column .*; the frame has wrong"):
        getattr(figures, draw)(pd.DataFrame({"wrong": [1]}), **options)


def test_two_rows_for_one_place_are_refused(frames):
    twice = pd.concat([frames["ranks"], frames["ranks"].iloc[[3]]])
    with pytest.raises(ValueError, match="2 rows share their actor, year, the first at actor=RUS, year=2004"):
        figures.trajectories(twice, unit="count", order=["RUS"])


def test_drawing_on_own_axes(frames):
    with figures.style():
        figure, (left, right) = figures.canvas("double", 60, columns=2)
    one = frames["shares"].query("state == 'KAZ'")
    assert figures.trajectories(one, unit="share", y="share", series="partner", ax=left) is figure
    assert figures.heat_years(one, unit="share", actor="partner", value="share", ax=right) is figure
    with pytest.raises(ValueError, match="4 panels need as many axes, not 1"):
        figures.trajectories(frames["shares"], unit="share", y="share", series="partner", panel="state", ax=left)


# --- maps ---


def test_a_smooth_course_passes_its_places_and_is_straight_between_two():
    places = np.array([[0.0, 0.0], [3.0, 1.0], [4.0, 5.0], [9.0, 5.5]])
    course = smooth(places, steps=10)
    assert np.allclose(course[::10], places)
    two = smooth(places[:2], steps=4)
    assert np.allclose(two, np.linspace(places[0], places[1], 5))


def test_lines_on_one_stretch_lie_beside_each_other_and_others_where_they_are():
    moved = lanes({"a": "xyz", "b": "yz", "c": "zw"}, {"a": 3.0, "b": 1.0, "c": 2.0}, gap=0.5)
    assert moved == {"a": 0.75, "b": -1.75, "c": 0.0}
    assert moved["a"] - 3 / 2 - (moved["b"] + 1 / 2) == 0.5  # the gap between their edges
    track = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    assert np.allclose(offset(track, 0.5)[:, 1], 0.5)


def test_the_projection_is_lamberts():
    """Oracle: the formulas of Snyder (1987), p. 185, (24-2), (22-4) and (22-5), to the metre."""
    west, south, east, north = window = (30, 34, 86, 57)
    lon, lat = np.meshgrid(np.linspace(20, 100, 9), np.linspace(20, 70, 6))
    step, phi, middle = np.deg2rad(lon - (west + east) / 2), np.deg2rad(lat), np.deg2rad((south + north) / 2)
    k = np.sqrt(2 / (1 + np.sin(middle) * np.sin(phi) + np.cos(middle) * np.cos(phi) * np.cos(step)))
    x = EARTH * k * np.cos(phi) * np.sin(step)
    y = EARTH * k * (np.cos(middle) * np.sin(phi) - np.sin(middle) * np.cos(phi) * np.cos(step))
    found = _projection(window)(lon, lat)
    assert np.abs(np.array(found) - [x, y]).max() <= 1


def test_capacity_is_width_and_unknown_capacity_is_thin_and_dotted(frames):
    ways = {kind: {"color": "#0072B2"} for kind in ("gas around", "other gas", "other oil")}
    ax = figures.pipeline_map(frames["routes"], kinds=ways, unit="Mtoe").axes[0]
    drawn = [line for line in ax.lines if to_hex(line.get_color()) == "#0072b2"]
    widths = [line.get_linewidth() for line in drawn]  # by kind, then by name
    most = max(widths)
    assert np.allclose([w / most for w in widths[:3]], [30 / 40, 12 / 40, 8 / 40])
    assert widths[3] == most
    assert widths[4] < 1
    assert [line.get_linestyle() for line in drawn] == ["-"] * 4 + ["--"]


def test_a_map_refuses_a_kind_without_a_look_and_a_line_with_one_place(frames):
    with pytest.raises(ValueError, match="no look for other gas, other oil in kinds"):
        figures.pipeline_map(frames["routes"], kinds={"gas around": {"color": "k"}}, unit="Mtoe")
    one = frames["routes"].head(1)
    with pytest.raises(ValueError, match="to_china needs two places or more"):
        figures.pipeline_map(one, kinds={"gas around": {"color": "k"}}, unit="Mtoe")


# --- crossovers, doubt, specifications, fragility, outcomes ---


def test_a_ring_stands_in_each_year_that_the_metrics_call_a_crossover(frames):
    """Oracle: `inf.dependence.crossovers`, which knows nothing of pictures."""
    whole = frames["shares"].dropna(subset="share").rename(columns={"state": "actor"})
    expected = inf.dependence.crossovers(whole, "RUS", "CHN")
    figure = figures.crossover_lines(frames["shares"], pair=("RUS", "CHN"), unit="share")
    for ax, state in zip(figure.axes, STATES, strict=False):
        own = expected[(expected["actor"] == state) & (expected["year"] - expected["before"] == 1)]
        assert [t for t in texts(ax) if t.isdigit()] == own["year"].astype(str).tolist()


def test_intervals_and_ranks_are_those_of_the_frame(frames):
    table = frames["doubtful"].set_index("actor")
    values, ranks = figures.interval_ranks(frames["doubtful"], unit="ties").axes
    order = table["estimate"].sort_values(ascending=False, na_position="last").index
    assert [tick.get_text() for tick in values.get_yticklabels()] == list(order)
    for ax, (low, high) in ((values, ("low", "high")), (ranks, ("rank_low", "rank_high"))):
        spans = {line.get_ydata()[0]: line.get_xdata() for line in ax.lines if line.get_linewidth() == 2.2}
        for y, actor in enumerate(order):
            if np.isfinite(table.loc[actor, low]):
                assert np.allclose(spans[y], table.loc[actor, [low, high]].astype(float))
    assert "no value" in texts(values)
    left, right = ranks.get_xlim()
    assert left > right  # the first rank on the right


def test_specifications_stand_in_order_over_the_choices_that_made_them(frames):
    specs = frames["specs"]
    above, below = figures.specification_chart(specs, choices=["source", "flow"], unit="x", region=(0.2, None)).axes
    known = specs.dropna(subset="value").sort_values("value", kind="stable").reset_index(drop=True)
    drawn = [line for line in above.lines if line.get_marker() in ("o", "D")]
    dots = dict(pair for line in drawn for pair in zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert np.allclose([dots[k + 1] for k in known.index], known["value"], rtol=1e-8)
    labels = [tick.get_text() for tick in below.get_yticklabels()]
    rows = dict(zip(labels, below.get_yticks(), strict=True))
    for option in ("baci", "imports"):
        column = "source" if option == "baci" else "flow"
        at = {
            float(segment[0, 0])
            for c in below.collections
            for segment in c.get_segments()
            if segment[:, 1].min() < rows[option] < segment[:, 1].max()
        }
        assert at == {k + 1.0 for k in known.index[known[column] == option]}
    dashed = [line.get_ydata()[0] for line in above.lines if line.get_label() == "median"]
    assert np.allclose(dashed, specs.loc[specs["weight_class"] != "stress", "value"].median(), rtol=1e-8)
    assert below.get_xlabel() == "24 specifications in order; 3 could not be computed"


def test_a_cell_says_how_many_rows_turn_it_and_whether_it_holds(frames):
    ax = figures.fragility_chart(frames["fragile"]).axes[0]
    layers = [tick.get_text() for tick in ax.get_yticklabels()]
    written = {(layers[int(t.xy[1])], YEARS[int(t.xy[0])]): t.get_text() for t in ax.texts}
    for row in frames["fragile"].to_dict("records"):
        told = "−" if pd.isna(row["size"]) else str(row["size"])
        expected = told if row["holds"] else f"({told})"
        assert written.get((row["layer"], row["year"])) == (None if np.isnan(row["p_reversal"]) else expected)
    with pytest.raises(ValueError, match="p_reversal holds 1.5, which is no probability"):
        figures.fragility_chart(frames["fragile"].assign(p_reversal=1.5))


def test_an_interval_lies_in_the_region_of_its_verdict(frames):
    ax = figures.verdict_table(frames["parts"], frames["outcomes"]).axes[0]
    strips = bars(ax)
    for row, (y, part) in enumerate(zip(ax.get_yticks(), frames["parts"].to_dict("records"), strict=True)):
        own = [b for b in strips if b.get_y() < y < b.get_y() + b.get_height()]
        assert sum(b.get_width() for b in own) == pytest.approx(1)  # the outcomes tile the line
        spans = [line for line in ax.lines if line.get_label() == "_interval" and line.get_ydata()[0] == y]
        if part["verdict"] == "supported":
            middle = next(b for b in own if b.get_hatch() in (None, ""))
            left, right = spans[0].get_xdata()
            assert middle.get_x() < left < right < middle.get_x() + middle.get_width()
        assert bool(spans) == np.isfinite(part["value"]), row
    with pytest.raises(ValueError, match="no outcomes for part b of C01"):
        figures.verdict_table(frames["parts"], frames["outcomes"].query("part != 'b'"))


def test_a_page_about_an_actor_says_what_the_panel_says():
    net, years = small_network(), YEARS[-5:]
    axes = {
        ax.get_title(loc="left"): ax for ax in figures.actor_dashboard(net, "KAZ", partition="side", years=years).axes
    }
    trade = inf.panel(net, ["strength"], layers=["trade"], years=years).pivot(
        index="year", columns="actor", values="value"
    )
    share = (trade["KAZ"] / trade.sum(axis=1)).to_numpy()
    drawn = [np.asarray(line.get_ydata(), dtype=float) for line in drawn_lines(axes["Share of all strength"])]
    assert any(len(y) >= len(share) and np.allclose(y[-len(share) :], share, rtol=1e-8) for y in drawn)
    ranks = trade.rank(axis=1, ascending=False, method="min")["KAZ"].to_numpy()
    depth = [np.asarray(line.get_ydata(), dtype=float) for line in drawn_lines(axes["Rank by strength"])]
    assert any(len(y) >= len(ranks) and np.allclose(y[-len(ranks) :], -ranks) for y in depth)
    assert {"CSTO", "SCO"} <= {tick.get_text() for tick in axes["Memberships"].get_yticklabels()}
    with pytest.raises(KeyError, match="no actor named 'XXX'"):
        figures.actor_dashboard(net, "XXX", partition="side")
