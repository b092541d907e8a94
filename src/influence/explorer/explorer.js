// The explorer: one state, four linked views of it. Everything is drawn again from the state; nothing is computed.

function render({ model, el }) {
  const store = makeStore(model), { study } = store;
  el.classList.add("inf-explore");
  const tip = makeTip(el);
  const act = {
    set(key, value) {
      const changes = { [key]: value }, s = { ...store.state(), ...changes };
      if (s.measured_in === "all" && s.shown.length < 2) s.measured_in = changes.measured_in = s.shown[0];
      // A measure that the other layer does not have gives way to the first that it has.
      if (!study.measures[s.measured_in].includes(s.measure)) changes.measure = study.measures[s.measured_in][0];
      for (const name in changes) model.set(name, changes[name]);
      model.save_changes();
      draw();
    },
    show: (layers) => layers.length && act.set("shown", layers),
    pick: (id) => act.set("pick", store.state().pick === id ? "" : id),
  };

  const knobs = add(el, "div", { class: "controls" });
  const answer = add(el, "p", { class: "answer", "aria-live": "polite" });
  const views = add(el, "div", { class: "views" });
  const [netBox, side] = [add(views, "section", { class: "panel net" }), add(views, "div", { class: "side" })];
  const [rankBox, roleBox] = ["ranks", "roles"].map((name) => add(side, "section", { class: `panel ${name}` }));
  const panels = [netBox, rankBox, roleBox].map((box) => {
    const head = add(box, "div", { class: "head" }), title = add(head, "h3"), corner = add(head, "span", { class: "corner" });
    const save = focusable(add(head, "button", { type: "button", class: "save" }, "Save SVG"));
    return { title, save, corner };
  });
  const controls = makeControls(knobs, panels[0].corner, store, act);
  const network = makeNetwork(netBox, store, tip, act);
  const key = add(netBox, "div", { class: "key" });
  const ranking = makeRanking(rankBox, store, tip, act);
  const roles = makeRoles(roleBox, store, tip, act);
  const receipts = makeReceipts(add(el, "section", { class: "panel receipts" }), store, act);
  const numbers = add(el, "details", { class: "numbers" });
  focusable(add(numbers, "summary", {}, "The numbers as a table"));
  const table = add(numbers, "div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The numbers as a table" });
  const code = makeCode(el);
  const drawings = [network, ranking, roles];
  panels.forEach(({ save }, k) => {
    save.setAttribute("aria-label", `Save the ${["network", "ranking", "roles"][k]} as SVG`);
    save.addEventListener("click", () => {
      const s = store.state(), text = picture(drawings[k].svg, captions(s, panels[k].title.textContent));
      download(text, `influence_${["network", "ranking", "roles"][k]}_${s.year}.svg`, "image/svg+xml");
    });
  });

  const captions = (s, title) => [
    title,
    `${plain(s.measure)} in ${store.where(s)}; layers: ${s.shown.map(plain).join(", ")}; groups: ${plain(s.partition || "none")}; ${KEPT(s.keep)}.`,
    ...(s.trade ? [`Trade: ${CHOICE[s.trade] ?? s.trade}; energy: ${CHOICE[s.energy] ?? s.energy}. Drawn with influence.`] : ["Drawn with influence."]),
  ];

  let last = "";
  function draw() {
    const s = store.state();
    if (!store.ready(s)) {
      el.classList.add("waiting");
      return;
    }
    const signature = JSON.stringify(s);
    if (signature === last) return;
    last = signature;
    el.classList.remove("waiting");
    controls.draw(s);
    network.draw(s);
    ranking.draw(s);
    const layer = roles.draw(s);
    receipts.draw(s);
    const unit = store.unit(s);
    panels[0].title.textContent = `Ties on 31 December ${s.year}`;
    panels[1].title.textContent = `Rank by ${plain(s.measure)} in ${store.where(s)}`;
    panels[2].title.textContent = layer ? `Brokerage in ${plain(layer)}, ${s.year}` : "Brokerage";
    drawAnswer(s, unit);
    drawKey(s);
    if (numbers.open) drawTable(s);
    code.draw(store.code(s));
    el.dataset.drawn = signature;
  }

  function ranked(s) {
    const { values, ranks } = store.numbers(s), year = store.at(s);
    return [...Array(study.ranked).keys()]
      .filter((k) => ranks[year][k] !== null)
      .sort((a, b) => ranks[year][a] - ranks[year][b] || a - b)
      .map((k) => ({ k, name: study.actors[k].name, value: values[year][k], rank: ranks[year][k] }));
  }

  function drawAnswer(s, unit) {
    const all = ranked(s), picked = all.find((one) => study.actors[one.k].id === s.pick.split(">")[0]);
    answer.replaceChildren();
    add(answer, "b", {}, `${s.year}, ${plain(s.measure)} in ${store.where(s)}: `);
    add(answer, "span", {}, all.slice(0, 4).map((one) => `${one.name} ${said(one.value)}`).join(" · ") + (unit ? ` (${unit})` : ""));
    if (picked) add(answer, "span", { class: "own" }, ` ${picked.name} is ${ordinal(picked.rank)} of ${all.length}.`);
  }

  function drawKey(s) {
    key.replaceChildren();
    const item = (text, inner) => {
      const span = add(key, "span", { class: "item" });
      const icon = add(span, "svg", { viewBox: "-9 -6 18 12", width: 18, height: 12, "aria-hidden": "true" });
      inner(icon);
      add(span, "span", {}, text);
    };
    for (const [k, group] of (study.partitions[s.partition]?.groups ?? []).entries())
      item(group, (icon) => add(icon, "path", { d: SHAPES[k % SHAPES.length], transform: "scale(4)", class: k >= SHAPES.length ? "mark hollow" : "mark" }));
    const stroke = (text, dash, colour) => item(text, (icon) => add(icon, "path", { d: "M-9,0H9", stroke: colour, "stroke-width": 1.8, "stroke-dasharray": dash, fill: "none" }));
    stroke("medium confidence", DOTS[1], INK);
    stroke("unknown, refused or proposed: no tie, and not absent", "2 3", "#8a8a8a");
    item("size: the measure; width: the tie’s weight in its layer", (icon) => add(icon, "circle", { r: 4.5, class: "mark" }));
  }

  function drawTable(s) {
    table.replaceChildren();
    const t = add(table, "table");
    add(t, "caption", {}, `${plain(s.measure)} in ${store.where(s)}, ${s.year}`);
    const head = add(add(t, "thead"), "tr"), body = add(t, "tbody");
    for (const text of ["rank", "actor", "group", "value"]) add(head, "th", { scope: "col" }, text);
    for (const one of ranked(s)) {
      const row = add(body, "tr");
      for (const text of [few.format(one.rank), one.name, store.group(s, one.k).name, said(one.value)]) add(row, "td", {}, text);
    }
  }
  numbers.addEventListener("toggle", () => numbers.open && last && drawTable(store.state()));

  el.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    tip.hide();
    if (store.state().pick) act.set("pick", "");
  });
  // Several attributes change one by one: what is between two of them is no view.
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      draw();
    });
  };
  const arrived = (message) => {
    if (message?.blocks) store.take(message.blocks);
    draw();
    store.ahead(store.state());
  };
  model.on("msg:custom", arrived);
  for (const name of STATE) model.on(`change:${name}`, soon);
  draw();
  const idle = setTimeout(() => store.ahead(store.state()), 400);
  return () => {
    clearTimeout(idle);
    controls.stop();
    model.off("msg:custom", arrived);
    for (const name of STATE) model.off(`change:${name}`, soon);
  };
}
export default { render };
