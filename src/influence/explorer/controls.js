// The knobs. What is not ready-made and has no kernel behind it is not offered.

const KEPT = (share) => (share === 1 ? "all ties" : `strongest ${+(100 * share).toPrecision(4)} %`);
const CHOICE = {
  baci: "BACI", cow_trade_v4: "COW Trade 4.0", presence: "lines in service", capacity: "capacity",
  circle: "circle, by group", map: "map", own: "own positions",
};

function makeControls(parent, corner, store, act) {
  const { study } = store, years = study.years;
  const time = add(parent, "div", { class: "time" });
  const play = focusable(add(time, "button", { type: "button", class: "play", "aria-label": "Play the years" }, "▶"));
  const track = add(time, "div", { class: "track" });
  const slider = focusable(add(track, "input", { type: "range", min: years[0], max: years.at(-1), step: 1, "aria-label": "Year" }));
  const ticks = add(track, "div", { class: "ticks", "aria-hidden": "true" });
  years.forEach((year) => add(ticks, "span", {}, `’${String(year).slice(2)}`));
  const out = add(time, "output", { class: "year" });

  const knobs = add(parent, "div", { class: "knobs" });
  const set = add(knobs, "fieldset");
  add(set, "legend", {}, "Layers");
  const boxes = study.layers.map((layer) => {
    const label = add(set, "label", { class: "chip" });
    const box = focusable(add(label, "input", { type: "checkbox", value: layer.id }));
    add(label, "i", { style: `background:${layer.colour}` });
    add(label, "span", {}, plain(layer.id));
    if (layer.title) label.title = layer.title;
    box.addEventListener("change", () => act.show(boxes.filter((b) => b.checked).map((b) => b.value)));
    return box;
  });

  const select = (text, key, options, cast = String, at = knobs) => {
    const label = add(at, "label", { class: "knob" });
    add(label, "span", {}, text);
    const field = focusable(add(label, "select", { "aria-label": text }));
    field.addEventListener("change", () => act.set(key, cast(field.value)));
    fill(field, options);
    label.hidden = options.length < 2;
    return { field, label };
  };
  const fill = (field, options) => {
    field.replaceChildren();
    for (const [value, text] of options) add(field, "option", { value }, text);
  };
  const scopes = study.layers.map((layer) => [layer.id, plain(layer.id)]);
  const scope = select("Measured in", "measured_in", scopes);
  const measure = select("Measure", "measure", [["", ""], ["", ""]]);
  const groups = select("Groups", "partition", Object.keys(study.partitions).map((p) => [p, plain(p)]));
  const kept = select("Threshold", "keep", study.keeps.map((share) => [share, KEPT(share)]), Number);
  const named = (list) => (list ?? []).map((id) => [id, CHOICE[id] ?? plain(id)]);
  const trade = select("Source of trade", "trade", named(study.choices.trade));
  const energy = select("Energy weight", "energy", named(study.choices.energy));
  const place = select("Places", "place", named(Object.keys(study.places)), String, corner);
  const meaning = add(parent, "p", { class: "meaning" });

  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play the years");
  };
  const step = () => {
    const next = years[years.indexOf(store.state().year) + 1];
    if (next === undefined) return stop();
    act.set("year", next);
    if (next === years.at(-1)) stop();
  };
  play.addEventListener("click", () => {
    if (timer) return stop();
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Stop the years");
    if (store.state().year === years.at(-1)) act.set("year", years[0]);
    timer = setInterval(step, 800);
  });
  slider.addEventListener("input", () => act.set("year", Number(slider.value)));

  function draw(s) {
    slider.value = s.year;
    slider.setAttribute("aria-valuetext", String(s.year));
    out.textContent = s.year;
    [...ticks.children].forEach((tick, k) => tick.classList.toggle("here", years[k] === s.year));
    for (const box of boxes) {
      box.checked = s.shown.includes(box.value);
      box.disabled = box.checked && s.shown.length === 1;
    }
    const several = s.shown.length > 1 && study.measures.all?.length;
    fill(scope.field, several ? [...scopes, ["all", "all shown layers"]] : scopes);
    scope.label.hidden = scopes.length < 2;
    scope.field.value = s.measured_in;
    const ids = study.measures[s.measured_in], roles = ids.filter((id) => study.roles.includes(id));
    measure.field.replaceChildren();
    for (const [title, list] of [["Measures", ids.filter((id) => !roles.includes(id))], ["Brokerage roles", roles]]) {
      if (!list.length) continue;
      const group = add(measure.field, "optgroup", { label: title });
      for (const id of list) add(group, "option", { value: id }, id === "brokerage" ? "brokerage, all roles" : plain(id));
    }
    measure.label.hidden = false;
    measure.field.value = s.measure;
    for (const [knob, key] of [[groups, "partition"], [kept, "keep"], [trade, "trade"], [energy, "energy"], [place, "place"]])
      knob.field.value = s[key];
    const counts = s.shown.map((id) => {
      const [count, all] = [store.count(s, id), store.ties(s, id).years[store.at(s)].length];
      return `${plain(id)} ${said(count)}${count < all ? ` of ${said(all)}` : ""}`;
    });
    meaning.textContent = `${plain(s.measure)}: ${study.said[s.measure]}. Ties shown: ${counts.join(", ")}.`;
  }
  return { draw, stop };
}
