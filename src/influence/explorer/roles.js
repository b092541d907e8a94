// Gould and Fernandez's roles: how many chains an actor carries in each, amid all others.

const PATTERNS = {
  coordinator: "A → A → A", itinerant: "A → B → A", representative: "A → A → B", gatekeeper: "A → B → B",
  liaison: "A → B → C", brokerage: "all five",
};
const ROLES = { width: 470, row: 27, top: 8, from: 172, to: 388 };

function makeRoles(parent, store, tip, act) {
  const { study } = store, people = study.actors.slice(0, study.ranked);
  const svg = drawing(parent, ROLES.width, ROLES.top + ROLES.row * study.roles.length + 8, "Brokerage roles");
  const note = add(parent, "p", { class: "note" });
  const rows = study.roles.map((role, k) => {
    const y = ROLES.top + ROLES.row * (k + 0.5), g = add(svg, "g", { class: "role" });
    add(g, "text", { x: 0, y: y + 4, class: "name" }, role === "brokerage" ? "total" : plain(role));
    add(g, "text", { x: 98, y: y + 4, class: "pattern" }, PATTERNS[role] ?? "");
    add(g, "line", { x1: ROLES.from, x2: ROLES.to, y1: y, y2: y, class: "rail" });
    const others = add(g, "path", { class: "others" }), dot = add(g, "circle", { cy: y, r: 5, class: "dot" });
    const number = add(g, "text", { x: ROLES.to + 10, y: y + 4, class: "number" });
    return { role, y, g, others, dot, number };
  });
  let now = null;

  function draw(s) {
    const layer = store.roleLayer(s), block = layer && store.roles(s);
    now = block && { s, block, year: store.at(s), scale: {} };
    svg.style.display = block ? "" : "none";
    if (!block) {
      note.textContent = "No layer with brokerage is shown: a projection of memberships is a union of cliques, in which nobody brokers by construction.";
      return "";
    }
    const picked = people.findIndex((actor) => actor.id === s.pick.split(">")[0]);
    const parts = study.roles.filter((role) => role !== "brokerage");
    const most = (roles) => Math.max(1, ...roles.flatMap((role) => block.values[role][now.year].filter((v) => v !== null)));
    for (const row of rows) drawRow(row, picked, row.role === "brokerage" ? most(["brokerage"]) : most(parts));
    const who = picked < 0 ? "Each tick is an actor; pick one to see its profile." : `The dot is ${people[picked].name}, the ticks are all others.`;
    note.textContent = `Chains a → b → c with no tie a → c; A, B, C are groups (${plain(s.partition)}), the middle one is the broker's. ${who}`;
    return layer;
  }

  function drawRow({ role, y, g, others, dot, number }, picked, most) {
    const values = now.block.values[role][now.year], ranks = now.block.ranks[role][now.year];
    const X = (v) => ROLES.from + ((ROLES.to - ROLES.from) * v) / most;
    now.scale[role] = { X, y };
    others.setAttribute("d", values.map((v, k) => (v === null || k === picked ? "" : `M${X(v).toFixed(1)},${y - 5}v10`)).join(""));
    const impossible = values.every((v) => v === null), value = picked < 0 ? null : values[picked];
    dot.style.display = value === null ? "none" : "";
    if (value !== null) dot.setAttribute("cx", X(value).toFixed(1));
    const first = ranks.findIndex((rank) => rank === Math.min(...ranks.filter((r) => r !== null)));
    number.textContent = impossible
      ? "× cannot occur"
      : picked >= 0
        ? value === null ? "× impossible" : `${said(value)}  (${ordinal(ranks[picked]).replace("rank ", "").replace(", shared", "")})`
        : values[first] > 0 ? `${people[first].id} ${said(values[first])}` : "0";
    g.setAttribute("aria-label", `${plain(role)}: ${number.textContent}`);
  }

  svg.addEventListener("pointermove", (event) => {
    if (!now) return;
    const found = near(event);
    svg.style.cursor = found ? "pointer" : "";
    if (found) tip.show([`${plain(found.role)}, ${now.s.year}`, ...found.who], event.clientX, event.clientY);
    else tip.hide();
  });
  svg.addEventListener("pointerleave", () => tip.hide());
  svg.addEventListener("click", (event) => {
    const found = now && near(event);
    if (found) act.pick(found.id);
  });
  function near(event) {
    const box = svg.getBoundingClientRect(), scale = ROLES.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    const row = rows.find((r) => Math.abs(r.y - y) < ROLES.row / 2);
    if (!row || x < ROLES.from - 6 || x > ROLES.to + 8) return null;
    const values = now.block.values[row.role][now.year], { X } = now.scale[row.role];
    const close = [...people.keys()].filter((k) => values[k] !== null && Math.abs(X(values[k]) - x) < 4);
    if (!close.length) return null;
    close.sort((a, b) => Math.abs(X(values[a]) - x) - Math.abs(X(values[b]) - x) || values[b] - values[a]);
    const who = close.slice(0, 6).map((k) => `${people[k].name}: ${said(values[k])}`);
    if (close.length > 6) who.push(`and ${close.length - 6} more`);
    return { role: row.role, who, id: people[close[0]].id };
  }
  return { svg, draw };
}
