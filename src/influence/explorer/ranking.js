// Ranks over the years: who passes whom. Ranks come from Python; a year without a value breaks the line.

const RANKING = { width: 470, height: 452, left: 26, right: 122, top: 16, bottom: 26 };

function makeRanking(parent, store, tip, act) {
  const { study } = store, { width, height, left, right, top, bottom } = RANKING, people = study.actors.slice(0, study.ranked);
  const svg = drawing(parent, width, height, "Rank by year. Up and down go from actor to actor, Enter picks one.");
  const axis = add(svg, "g", { class: "axis" }), quiet = add(svg, "g"), loud = add(svg, "g"), names = add(svg, "g");
  const span = study.years.length - 1 || 1;
  const X = (k) => left + ((width - left - right) * k) / span;
  const Y = (rank) => top + ((height - top - bottom) * (rank - 1)) / Math.max(people.length - 1, 1);
  const bar = add(axis, "line", { y1: top - 6, y2: height - bottom + 6, class: "now" });
  const ticks = study.years.map((year, k) => add(axis, "text", { x: X(k), y: height - 8, class: "tick" }, `’${String(year).slice(2)}`));
  for (const rank of [1, ...Array.from({ length: 9 }, (_, k) => 5 * (k + 1))].filter((r) => r <= people.length))
    add(axis, "text", { x: left - 12, y: Y(rank) + 3.5, class: "tick end" }, String(rank));
  const tracks = people.map((actor) => {
    const track = add(quiet, "path", { class: "track" }), dot = add(loud, "circle", { r: 3, class: "dot" });
    const leader = add(names, "path", { class: "leader" });
    const label = add(names, "text", { class: "label", role: "button", tabindex: -1, "data-id": actor.id }, actor.name);
    focusable(label);
    label.addEventListener("click", () => act.pick(actor.id));
    label.addEventListener("pointerenter", () => (light(actor.id), tip.at(label, told(actor.id, store.at(now.s)))));
    label.addEventListener("pointerleave", () => (light(""), tip.hide()));
    label.addEventListener("focus", () => (light(actor.id), tip.at(label, told(actor.id, store.at(now.s)))));
    label.addEventListener("blur", () => (light(""), tip.hide()));
    return { track, dot, label, leader };
  });
  let now = {};

  function draw(s) {
    const { ranks } = store.numbers(s), year = store.at(s), ends = s.pick.split(">");
    const first = [...people.keys()].filter((k) => ranks[year][k] !== null).sort((a, b) => ranks[year][a] - ranks[year][b]).slice(0, 5);
    now = { s, ranks };
    for (const x of ["x1", "x2"]) bar.setAttribute(x, X(year));
    ticks.forEach((tick, k) => tick.classList.toggle("here", k === year));
    const last = people.map((_, k) => ranks.at(-1)[k]);
    const order = [...people.keys()].filter((k) => last[k] !== null).sort((a, b) => last[a] - last[b] || a - b);
    const low = spread(order.map((k) => Y(last[k])), 11.3, top - 6, height - bottom + 10);
    people.forEach((actor, k) => {
      const { track, dot, label, leader } = tracks[k], rank = ranks[year][k], place = order.indexOf(k);
      let d = "", open = false;
      ranks.forEach((own, t) => {
        if (own[k] !== null) d += `${open ? "L" : "M"}${X(t).toFixed(1)},${Y(own[k]).toFixed(1)}`;
        open = own[k] !== null;
      });
      track.setAttribute("d", d);
      dot.style.display = rank === null ? "none" : "";
      if (rank !== null) dot.setAttribute("cx", X(year)), dot.setAttribute("cy", Y(rank));
      for (const part of [track, dot, label]) {
        part.classList.toggle("picked", ends.includes(actor.id));
        part.classList.toggle("first", first.includes(k));
      }
      label.style.display = leader.style.display = place < 0 ? "none" : "";
      label.setAttribute("aria-label", told(actor.id, year).join(", "));
      label.setAttribute("aria-pressed", String(ends.includes(actor.id)));
      if (place < 0) return;
      label.setAttribute("x", width - right + 18);
      label.setAttribute("y", (low[place] + 3.6).toFixed(1));
      leader.setAttribute("d", `M${X(span) + 5},${Y(last[k]).toFixed(1)}L${width - right + 15},${low[place].toFixed(1)}`);
    });
    if (!tracks.some(({ label }) => label.getAttribute("tabindex") === "0" && label.style.display !== "none"))
      tracks[order[0] ?? 0]?.label.setAttribute("tabindex", "0");
  }

  function told(id, year) {
    const k = store.index.get(id), { values, ranks } = store.numbers(now.s), unit = store.unit(now.s), rank = ranks[year][k];
    return [
      people[k].name,
      `${plain(now.s.measure)} in ${store.where(now.s)}, ${study.years[year]}: ${said(values[year][k])}${unit && values[year][k] !== null ? ` ${unit}` : ""}`,
      ...(rank === null ? [] : [`${ordinal(rank)} of ${ranks[year].filter((r) => r !== null).length}`]),
    ];
  }

  function light(id) {
    people.forEach((actor, k) => tracks[k].track.classList.toggle("lit", actor.id === id));
  }

  function near(event) {
    const box = svg.getBoundingClientRect(), scale = width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    if (x < left - 12 || x > width - right + 12) return null;
    const year = Math.max(0, Math.min(span, Math.round(((x - left) * span) / (width - left - right))));
    let found = null, least = 9;
    people.forEach((actor, k) => {
      const rank = now.ranks[year]?.[k];
      if (rank !== null && Math.abs(Y(rank) - y) < least) [found, least] = [{ id: actor.id, year }, Math.abs(Y(rank) - y)];
    });
    return found;
  }
  svg.addEventListener("pointermove", (event) => {
    if (event.target.classList.contains("label")) return;
    const found = near(event);
    light(found?.id ?? "");
    svg.style.cursor = found ? "pointer" : "";
    if (found) tip.show(told(found.id, found.year), event.clientX, event.clientY);
    else tip.hide();
  });
  svg.addEventListener("pointerleave", () => (light(""), tip.hide()));
  svg.addEventListener("click", (event) => {
    const found = !event.target.classList.contains("label") && near(event);
    if (found) act.pick(found.id);
  });
  const byPlace = () =>
    tracks.map(({ label }) => label).filter((l) => l.style.display !== "none").sort((a, b) => a.getAttribute("y") - b.getAttribute("y"));
  const onArrow = roving(byPlace, { previous: "ArrowUp", next: "ArrowDown" });
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      act.pick(event.target.dataset.id);
    } else onArrow(event);
  });
  return { svg, draw };
}
