"""The shared page as a reader has it: opened from disk with the network cut. Oracle of every number: `inf.panel`."""

import json
import re
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

import influence as inf
from influence.cli import app
from influence.explorer import State, Study

pytestmark = pytest.mark.slow
START = {"year": 2009, "shown": ("security", "trade"), "measured_in": "trade", "measure": "strength"}


@pytest.fixture(scope="module")
def net():
    return inf.load()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page, written by the command line."""
    path = tmp_path_factory.mktemp("shared") / "out.html"
    words = ["--year", 2009, "--shown", "security", "--shown", "trade", "--measured-in", "trade"]
    result = CliRunner().invoke(app, ["explore", "--html", str(path), *map(str, words)])
    assert result.exit_code == 0, result.output
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page, opened; at the end it must have asked for nothing and complained of nothing."""
    page, said = browser.new_page(), []
    browser.set_offline(True)
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((address, "blob:")) else said.append(request.url))
    page.goto(address)
    page.wait_for_selector("[data-drawn]")
    yield page
    page.close()
    assert said == []


def drawn(page):
    """What is shown, as the drawing says it."""
    return json.loads(page.locator("[data-drawn]").get_attribute("data-drawn"))


def value(net, actor, year, metric="strength", layer="trade"):
    frame = inf.panel(net, metric, layers=layer, years=year).set_index("actor")["value"]
    return frame[actor], int(frame.rank(ascending=False)[actor])


def four_digits(number):
    """As the drawing writes it: four significant digits, thousands parted."""
    return f"{float(f'{number:.4g}'):,.10g}"


def tip(page):
    return page.locator(".tip").inner_text().split("\n") if page.locator(".tip").is_visible() else []


def test_it_opens_with_the_view_that_was_asked_for(page, net):
    assert drawn(page) == State(**START, partition="region", trade="baci", energy="presence").plain()
    highest = four_digits(inf.panel(net, "strength", layers="trade", years=2009)["value"].max())
    assert highest in page.locator(".answer").inner_text()


def test_arrow_keys_turn_the_year(page, net):
    slider = page.get_by_label("Year", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert drawn(page)["year"] == 2010
    assert page.locator(".year").inner_text() == "2010"
    page.keyboard.press("Home")
    assert drawn(page)["year"] == 2001
    first = inf.panel(net, "strength", layers="trade", years=2001).set_index("actor")["value"]
    assert four_digits(first.max()) in page.locator(".answer").inner_text()


def test_play_goes_on_to_the_last_year_and_stops(page):
    slider = page.get_by_label("Year", exact=True)
    slider.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Play the years").click()
    page.wait_for_function("document.querySelector('.year').textContent === '2012'")
    page.get_by_role("button", name="Play the years").wait_for()  # no longer "Stop the years"


def test_hovering_tells_the_number(page, net):
    page.locator(".node[data-id=KAZ]").hover()
    number, rank = value(net, "KAZ", 2009)
    lines = tip(page)
    assert lines[0] == "Kazakhstan"
    assert any(four_digits(number) in line and "million current USD" in line for line in lines)
    assert any(re.match(rf"{rank}\w\w of 34", line) for line in lines)


def test_the_keyboard_reaches_an_actor_and_its_receipts(page, net):
    """One tab stop for the network, arrow keys within it, Enter picks, Escape lets go; focus tells what hover tells."""
    stop = page.locator(".net [tabindex='0']")
    assert stop.count() == 1
    stop.focus()
    for _ in range(60):
        if page.evaluate("document.activeElement.dataset.id") == "RUS":
            break
        page.keyboard.press("ArrowRight")
    assert tip(page)[0] == "Russia"
    ring = page.locator(".node[data-id=RUS] .ring").evaluate("e => getComputedStyle(e).stroke")
    assert ring != "none", "the focus must be seen"
    page.keyboard.press("Enter")
    assert drawn(page)["pick"] == "RUS"
    assert page.locator(".node[data-id=RUS]").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Escape")
    assert drawn(page)["pick"] == ""
    assert tip(page) == []


def test_a_click_shows_the_receipts_and_a_tie_its_own(page, net):
    page.locator(".node[data-id=KGZ]").click()
    told = net.at(2009)["security"].ties(actor="KGZ")
    if (more := page.locator(".receipts .more")).count():
        more.click()
    rows = page.locator(".receipts tbody tr:not(.gap)").filter(has_text="security")
    assert rows.count() == len(told)
    page.locator(".receipts [data-tie='RUS>KGZ']").first.click()
    assert drawn(page)["pick"] == "RUS>KGZ"
    snap = net.at(2009)
    both = [snap[layer].ties(*ends) for layer in START["shown"] for ends in (("RUS", "KGZ"), ("KGZ", "RUS"))]
    expected = {(row["evidence_id"], row["source_id"]) for frame in both for row in frame.to_dict("records")}
    shown = set()
    for row in page.locator(".receipts tbody tr").all():
        cells = row.locator("td")
        shown.add((cells.nth(5).get_attribute("title"), cells.nth(4).inner_text().replace("; ", ";")))
    assert shown == expected
    page.get_by_role("button", name="all ties of Russia").click()
    assert drawn(page)["pick"] == "RUS"


def test_a_click_on_a_line_picks_the_tie(page):
    """The middle of the widest line of the network."""
    spot = page.evaluate(
        """() => {
          const path = [...document.querySelectorAll('.net .tie')].at(-1), svg = path.ownerSVGElement;
          const first = path.getAttribute('d').match(/M[^M]+/g).at(-1);
          const own = document.createElementNS(svg.namespaceURI, 'path');
          own.setAttribute('d', first);
          const p = own.getPointAtLength(own.getTotalLength() / 2), box = svg.getBoundingClientRect();
          return [box.left + p.x * box.width / 640, box.top + p.y * box.width / 640];
        }"""
    )
    page.mouse.move(*spot)
    assert "→" in tip(page)[0]
    page.mouse.click(*spot)
    assert re.fullmatch(r"[A-Z]{3}>[A-Z]{3}", drawn(page)["pick"])


def test_layers_go_off_and_on_but_one_stays(page):
    security, trade = (page.get_by_label(name, exact=True) for name in START["shown"])
    security.uncheck()
    assert drawn(page)["shown"] == ["trade"]
    assert trade.is_disabled()
    security.check()
    assert drawn(page)["shown"] == ["security", "trade"]


def test_everything_on_offer_is_ready_made(page):
    """Each choice of each list draws; a page has no kernel to ask."""
    lists = page.locator("select").all()
    labels = {field.get_attribute("aria-label") for field in lists if field.is_visible()}
    assert labels == {"Places", "Measured in", "Measure", "Groups", "Source of trade", "Energy weight"}
    keys = {"Places": "place", "Groups": "partition", "Source of trade": "trade", "Energy weight": "energy"}
    for label, key in keys.items():
        field = page.get_by_label(label, exact=True)
        for choice in field.locator("option").evaluate_all("list => list.map(o => o.value)"):
            field.select_option(choice)
            assert drawn(page)[key] == choice
    scopes = page.get_by_label("Measured in", exact=True)
    for scope in scopes.locator("option").evaluate_all("list => list.map(o => o.value)"):
        scopes.select_option(scope)
        measures = page.get_by_label("Measure", exact=True)
        for measure in measures.locator("option").evaluate_all("list => list.map(o => o.value)"):
            measures.select_option(measure)
            assert (drawn(page)["measured_in"], drawn(page)["measure"]) == (scope, measure)
    assert page.locator(".waiting").count() == 0
    assert "within-layer shares" in page.locator(".answer").inner_text()


def test_unknown_is_drawn_as_unknown(page, net):
    """Of Turkmenistan's trade with Uzbekistan nobody reports: a dashed line and a row that says so, no zero."""
    page.get_by_label("security", exact=True).uncheck()
    page.locator(".node[data-id=TKM]").click()
    gaps = net.ties.query("layer == 'trade' and year == 2009 and status == 'unknown'")
    own = gaps[(gaps["source"] == "TKM") | (gaps["target"] == "TKM")]
    assert len(own) > 0
    assert page.locator(".receipts tr.gap").count() == len(own)
    assert page.locator(".net path.gap.near").evaluate("e => getComputedStyle(e).strokeDasharray") != "none"


def test_the_code_is_the_one_that_python_writes(page, net):
    page.locator(".node[data-id=RUS]").click()
    page.get_by_label("Source of trade").select_option("cow_trade_v4")
    page.locator(".code summary").click()
    study = Study(net)
    expected = study.code(study.start(**START, pick="RUS", trade="cow_trade_v4"))
    assert page.locator(".code pre").inner_text().strip() == expected.strip()
    page.locator(".code").get_by_role("button", name="Copy").click()
    page.locator(".code").get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").strip() == expected.strip()


@pytest.mark.parametrize("view", ["network", "ranking", "roles"])
def test_a_view_is_saved_as_svg(page, view, tmp_path):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Save the {view} as SVG").click()
    assert waiting.value.suggested_filename == f"influence_{view}_2009.svg"
    path = tmp_path / "saved.svg"
    waiting.value.save_as(path)
    tree = ElementTree.parse(path)
    told = " ".join(tree.getroot().itertext())
    assert "strength in trade" in told and "BACI" in told
    assert re.search(r"(?<![\w.])(class|tabindex|data-id)=", path.read_text(encoding="utf-8")) is None


def test_who_cannot_see_is_told(page):
    """Every knob has a name, every actor says its numbers, and what changes is announced."""
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, summary, [role=button], [tabindex="0"]')]
          .filter(e => e.checkVisibility() && !e.closest('label'))
          .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim()))
          .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []
    label = page.locator(".node[data-id=CHN]").get_attribute("aria-label")
    assert "China" in label and "million current USD" in label and "of 34" in label
    assert page.locator(".answer").get_attribute("aria-live") == "polite"
    page.locator(".numbers summary").click()
    page.locator(".numbers tbody tr").last.wait_for()
    assert page.locator(".numbers tbody tr").count() == 34
