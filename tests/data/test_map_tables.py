"""What maps are drawn from: the ways of pipelines pass the right states, and borders are those of 2012."""

import numpy as np
import pytest

from influence.tables import read_table

PLACES = read_table("places").set_index("place_id")
ROUTES = read_table("pipeline_routes")
LINES = read_table("map_lines")


@pytest.mark.parametrize("line", sorted(set(ROUTES["pipeline_id"])))
def test_the_places_of_a_pipeline_pass_the_states_of_its_route_in_order(line):
    """Oracle: the column `route` of the pipelines, coded from other sources."""
    own = ROUTES[ROUTES["pipeline_id"] == line].sort_values("position")
    states = PLACES.loc[own["place_id"], "actor_id"].tolist()
    passed = [s for k, s in enumerate(states) if k == 0 or s != states[k - 1]]
    route = read_table("pipelines").set_index("pipeline_id").loc[line, "route"]
    assert ">".join(passed) in route.split("|")
    assert own["position"].tolist() == list(range(1, len(own) + 1))


def test_every_line_of_the_region_has_a_way():
    segments = read_table("pipeline_segments")
    asked = segments[segments["bypass_russia"].notna() & segments["in_default_layer"]]
    assert set(asked.loc[asked["presence_confidence"] != "low", "pipeline_id"]) == set(ROUTES["pipeline_id"])


def crosses(kind, start, end):
    """How many lines of a kind a straight path in degrees crosses."""
    own = LINES[LINES["kind"] == kind].sort_values(["line_id", "position"])
    ids, points = own["line_id"].to_numpy(), own[["lon", "lat"]].to_numpy()
    a, b = points[:-1][ids[:-1] == ids[1:]], points[1:][ids[:-1] == ids[1:]]
    p, q = np.array(start), np.array(end)

    def side(one, other, point):
        return (other[..., 0] - one[..., 0]) * (point[..., 1] - one[..., 1]) - (other[..., 1] - one[..., 1]) * (
            point[..., 0] - one[..., 0]
        )

    apart = side(p, q, a) * side(p, q, b) < 0
    return int((apart & (side(a, b, p) * side(a, b, q) < 0)).sum())


def test_crimea_is_in_ukraine_and_the_strait_of_kerch_parts_two_states():
    kherson, simferopol, krasnodar = (32.6, 46.6), (34.1, 44.95), (38.98, 45.04)
    assert crosses("border", kherson, simferopol) == 0
    assert crosses("coast", simferopol, krasnodar) >= 2  # both shores of the strait
    kharkiv, belgorod = (36.25, 50.0), (36.6, 50.6)
    assert crosses("border", kharkiv, belgorod) == 1  # a border that is there is found


def test_borders_between_neighbours_are_there_and_disputed_ones_are_told_apart():
    capital = PLACES[PLACES["kind"] == "capital"].set_index("actor_id")[["lon", "lat"]]
    assert crosses("border", capital.loc["UZB"], capital.loc["KAZ"]) >= 1
    assert crosses("border", capital.loc["CHN"], capital.loc["MNG"]) >= 1
    assert crosses("disputed", capital.loc["SRB"], capital.loc["XKX"]) == 1
    assert crosses("border", (31.0, 10.5), (31.0, 8.5)) == 1  # South Sudan, independent since July 2011


def test_no_line_leaps_over_the_date_line_or_out_of_the_window():
    own = LINES.sort_values(["line_id", "position"])
    ids, lon = own["line_id"].to_numpy(dtype=int), own["lon"].to_numpy()
    steps = np.abs(np.diff(lon))[ids[1:] == ids[:-1]]
    assert len(steps) > 5000
    assert steps.max() < 20
    assert LINES["lon"].between(5, 160).all() and LINES["lat"].between(-5, 82).all()


def test_every_state_has_a_capital_and_labels_lie_in_the_window():
    actors = read_table("actors")
    states = set(actors.loc[actors["kind"] != "aggregate", "actor_id"])
    capitals = PLACES[PLACES["kind"] == "capital"]
    assert set(capitals["actor_id"]) == states
    assert capitals["actor_id"].is_unique
    labels = PLACES[PLACES["kind"] == "label"]
    assert labels["lon"].between(5, 160).all()
    moscow, tashkent = PLACES.loc["moscow"], PLACES.loc["tashkent"]
    assert (round(moscow["lon"]), round(moscow["lat"])) == (38, 56)
    assert (round(tashkent["lon"]), round(tashkent["lat"])) == (69, 41)
