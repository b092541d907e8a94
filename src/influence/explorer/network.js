// Who is tied to whom: actors keep their places, ties are drawn layer by layer, the strongest widest.

const SIZE = 640, MIDDLE = SIZE / 2, REACH = { circle: 208, map: 306, own: 290 };
// Shapes of one area, by group; the ninth group and later ones are hollow.
const SHAPES = [
  "M1,0A1,1 0 1 1 -1,0A1,1 0 1 1 1,0Z",
  "M-.89,-.89H.89V.89H-.89Z",
  "M0,-1.35L1.17,.67H-1.17Z",
  "M0,-1.25L1.25,0L0,1.25L-1.25,0Z",
  "M0,1.35L1.17,-.67H-1.17Z",
  "M-.44,-1.3H.44V-.44H1.3V.44H.44V1.3H-.44V.44H-1.3V-.44H-.44Z",
  "M0,-1.2L1.14,-.37L.71,.97H-.71L-1.14,-.37Z",
  "M-1.15,-.7L-.7,-1.15L0,-.45L.7,-1.15L1.15,-.7L.45,0L1.15,.7L.7,1.15L0,.45L-.7,1.15L-1.15,.7L-.45,0Z",
];
const DOTS = ["", "5 2.5", "1.5 2.5"]; // how sure a tie is: high, medium, low
const NO_TIE = ["unknown", "refused", "proposed"], GAP = -2; // what is no tie bends to the other side, and more
let drawings = 0;

function makeNetwork(parent, store, tip, act) {
  const { study, nodes } = store, own = `inf${(drawings += 1)}`;
  const svg = drawing(parent, SIZE, SIZE, "Network. Arrow keys go from actor to actor, Enter picks one.");
  const heads = add(svg, "defs");
  for (const layer of study.layers) {
    const head = add(heads, "marker", { id: `${own}-${layer.id}`, viewBox: "0 0 6 6", refX: 5, refY: 3, markerWidth: 6, markerHeight: 6, orient: "auto", markerUnits: "userSpaceOnUse" });
    add(head, "path", { d: "M0,.5L6,3L0,5.5Z", fill: layer.colour });
  }
  const clip = add(add(heads, "clipPath", { id: `${own}-frame` }), "rect");
  const land = add(svg, "g", { class: "land", "clip-path": `url(#${own}-frame)` });
  const gaps = add(svg, "g", { class: "gaps" }), back = add(svg, "g"), front = add(svg, "g"), top = add(svg, "g");
  const marks = nodes.map((node, k) => {
    const body = k >= study.actors.length;
    const g = add(svg, "g", { class: body ? "node body" : "node", role: "button", tabindex: -1, "data-id": node.id });
    add(g, "path", { class: "ring", d: SHAPES[0] });
    add(g, "path", { class: "mark", d: body ? SHAPES[1] : SHAPES[0] });
    add(g, "text", {}, body ? plain(node.id).slice(0, 18) : node.name);
    focusable(g);
    g.addEventListener("click", (event) => (event.stopPropagation(), act.pick(node.id)));
    g.addEventListener("focus", () => tip.at(g, told(k)));
    g.addEventListener("blur", () => tip.hide());
    return g;
  });
  let spots = [], lines = [], now = {}, placed = "", sky = 0;

  // --- places ---------------------------------------------------------------------------------------------------

  function settle(s) {
    const wanted = s.place === "circle" ? study.places.circle[s.partition] : study.places[s.place].at;
    spots = wanted.map(([x, y]) => [MIDDLE + REACH[s.place] * x, MIDDLE - REACH[s.place] * y]);
    marks.forEach((g, k) => name(g, k, s.place));
    land.replaceChildren();
    const { lines: coasts, frame } = study.places[s.place];
    if (!coasts) return;
    const [left, bottom, right, up] = frame.map((v) => v * REACH.map);
    for (const [key, value] of Object.entries({ x: MIDDLE + left, y: MIDDLE - up, width: right - left, height: up - bottom }))
      clip.setAttribute(key, value);
    for (const kind in coasts) {
      const path = coasts[kind].map((line) => {
        let d = "";
        for (let k = 0; k < line.length; k += 2)
          d += `${k ? "L" : "M"}${(MIDDLE + (REACH.map * line[k]) / 1000).toFixed(1)},${(MIDDLE - (REACH.map * line[k + 1]) / 1000).toFixed(1)}`;
        return d;
      });
      add(land, "path", { d: path.join(""), class: kind });
    }
  }

  function name(g, k, place) {
    const [x, y] = spots[k], text = g.lastChild, body = k >= study.actors.length;
    const [mark, ring] = [g.querySelector(".mark"), g.querySelector(".ring")];
    for (const part of [mark, ring]) part.dataset.at = `translate(${x.toFixed(1)},${y.toFixed(1)})`;
    if (place !== "circle") {
      text.removeAttribute("style");
      text.textContent = body ? plain(nodes[k].id).slice(0, 15) : nodes[k].id;
      return;
    }
    const angle = Math.atan2(y - MIDDLE, x - MIDDLE), left = Math.abs(angle) > Math.PI / 2;
    const away = Math.hypot(x - MIDDLE, y - MIDDLE) + (body ? 7 : 17);
    text.textContent = body ? plain(nodes[k].id).slice(0, 18) : nodes[k].name;
    const [tx, ty] = [MIDDLE + away * Math.cos(angle), MIDDLE + away * Math.sin(angle)];
    const turn = (angle * 180) / Math.PI + (left ? 180 : 0);
    text.setAttribute("transform", `translate(${tx.toFixed(1)},${ty.toFixed(1)}) rotate(${turn.toFixed(2)})`);
    text.setAttribute("style", `text-anchor:${left ? "end" : "start"};dominant-baseline:central`);
  }

  // A tie bends to its right, so that the two directions of a pair lie beside each other; on the circle also inwards.
  function bend(a, b, s, bow = 1) {
    const [x0, y0] = spots[a], [x1, y1] = spots[b], side = bow * (s.place === "circle" ? 0.05 : 0.1);
    const inwards = s.place === "circle" ? 0.62 : 1;
    return [
      MIDDLE + ((x0 + x1) / 2 - MIDDLE) * inwards - side * (y1 - y0),
      MIDDLE + ((y0 + y1) / 2 - MIDDLE) * inwards + side * (x1 - x0),
    ];
  }
  const curve = (a, b, s, bow) => {
    const [cx, cy] = bend(a, b, s, bow);
    return `M${spots[a][0].toFixed(1)},${spots[a][1].toFixed(1)}Q${cx.toFixed(1)},${cy.toFixed(1)} ${spots[b][0].toFixed(1)},${spots[b][1].toFixed(1)}`;
  };
  const width = (w) => 0.45 + 0.5 * w;

  // --- drawing --------------------------------------------------------------------------------------------------

  function draw(s) {
    const layout = `${s.place} ${s.partition}`;
    if (layout !== placed) settle(s);
    placed = layout;
    now = { s, year: store.at(s), numbers: store.numbers(s) };
    lines = [];
    drawTies(s);
    drawNodes(s);
    if (s.place !== "circle") writeNames(s);
    // A map without organizations below it is as high as the map.
    const { frame } = study.places[s.place], low = frame && !s.shown.some((id) => store.layers.get(id).two_mode);
    sky = frame ? MIDDLE - REACH.map * frame[3] - 8 : 0;
    svg.setAttribute("viewBox", `0 ${sky} ${SIZE} ${low ? REACH.map * (frame[3] - frame[1]) + 16 : SIZE - sky}`);
  }

  function drawTies(s) {
    for (const part of [gaps, back, front, top]) part.replaceChildren();
    const ends = s.pick.split(">").map((id) => store.index.get(id)), one = s.pick.includes(">");
    const hot = (a, b) => (one ? ends.includes(a) && ends.includes(b) : a === ends[0] || b === ends[0]);
    const unsure = ["", ""];
    for (const id of s.shown) {
      const block = store.ties(s, id), layer = store.layers.get(id), count = store.count(s, id), bundles = {};
      block.years[now.year].slice(0, count).forEach((tie) => {
        const [a, b, weight, w, doubt, ...records] = tie, line = { id, a, b, weight, doubt, records, w };
        lines.push(line);
        if (s.pick && hot(a, b)) highlight(line, layer, s);
        else bundles[`${w} ${doubt}`] = (bundles[`${w} ${doubt}`] ?? "") + curve(a, b, s);
      });
      for (const key in bundles) {
        const [w, doubt] = key.split(" ").map(Number);
        add(back, "path", { d: bundles[key], class: "tie", stroke: layer.colour, "stroke-width": width(w), "stroke-dasharray": DOTS[doubt], opacity: 0.16 + 0.075 * w });
      }
      for (const [a, b, status, ...records] of block.others[now.year]) {
        const near = s.pick && hot(a, b);
        lines.push({ id, a, b, status: NO_TIE[status], records });
        unsure[near ? 1 : 0] += curve(a, b, s, GAP);
      }
    }
    back.setAttribute("opacity", s.pick ? 0.22 : 1);
    unsure.forEach((d, k) => d && add(gaps, "path", { d, class: k ? "gap near" : "gap" }));
    if (s.pick) gaps.firstChild?.classList.toggle("far", !gaps.firstChild.classList.contains("near"));
  }

  function highlight(line, layer, s) {
    const path = add(front, "path", {
      d: curve(line.a, line.b, s), class: "tie", stroke: layer.colour, "stroke-width": width(line.w) + 0.4,
      "stroke-dasharray": DOTS[line.doubt], opacity: 0.85,
    });
    if (layer.directed) path.setAttribute("marker-end", `url(#${own}-${layer.id})`);
  }

  function drawNodes(s) {
    const values = now.numbers.values[now.year], most = Math.max(...values.filter((v) => v !== null), 0);
    const touched = new Set(lines.filter((line) => line.records && !line.status).flatMap((line) => [line.a, line.b]));
    const ends = s.pick.split(">"), own = ends.map((id) => store.index.get(id)), near = new Set(own);
    for (const { a, b, status } of s.pick && !ends[1] ? lines : []) if (!status && (own.includes(a) || own.includes(b))) near.add(a).add(b);
    now.many = now.numbers.ranks[now.year].filter((rank) => rank !== null).length;
    nodes.forEach((node, k) => {
      const g = marks[k], body = k >= study.actors.length, value = body ? null : values[k], group = store.group(s, k);
      const there = body ? touched.has(k) : k < study.ranked || touched.has(k);
      g.style.display = there ? "" : "none";
      if (!there) return;
      const radius = body ? 3 : value > 0 && most > 0 ? 2.6 + 9.4 * Math.sqrt(value / most) : 2.6;
      const shape = body ? 1 : Math.max(group.place, 0) % SHAPES.length, mark = g.querySelector(".mark");
      mark.setAttribute("d", SHAPES[shape]);
      mark.setAttribute("transform", `${mark.dataset.at} scale(${radius.toFixed(2)})`);
      g.dataset.radius = radius;
      const ring = g.querySelector(".ring");
      ring.setAttribute("transform", `${ring.dataset.at} scale(${(radius + 6).toFixed(2)})`);
      g.classList.toggle("hollow", !body && (group.place >= SHAPES.length || value === null || value === undefined));
      g.classList.toggle("picked", ends.includes(node.id));
      g.classList.toggle("quiet", Boolean(s.pick) && !near.has(k));
      g.setAttribute("aria-label", told(k).join(", "));
      g.setAttribute("aria-pressed", String(ends.includes(node.id)));
    });
    const stop = marks.find((g) => g.getAttribute("tabindex") === "0" && g.style.display !== "none");
    if (!stop) marks[0]?.setAttribute("tabindex", "0");
  }

  // Off the circle names find their own places: the largest first, and none over another.
  function writeNames(s) {
    const values = now.numbers.values[now.year], picked = s.pick.split(">"), taken = [];
    const seen = [...nodes.keys()].filter((k) => marks[k].style.display !== "none");
    const weight = (k) => (picked.includes(nodes[k].id) ? Infinity : (values[k] ?? 0) - (marks[k].classList.contains("quiet") ? 1e12 : 0));
    for (const k of seen) taken.push([spots[k][0] - 3, spots[k][1] - 3, spots[k][0] + 3, spots[k][1] + 3]);
    for (const k of seen.sort((a, b) => weight(b) - weight(a) || a - b)) {
      const [x, y] = spots[k], text = marks[k].lastChild, body = k >= study.actors.length;
      const wide = text.textContent.length * (body ? 5.4 : 7.4), r = 4 + Number(marks[k].dataset.radius);
      const options = [[x - wide / 2, y - r], [x + r, y + 3.5], [x - wide / 2, y + r + 7], [x - r - wide, y + 3.5]];
      const place = options.find(([left, base]) => {
        const box = [left, base - 8, left + wide, base + 1];
        return !taken.some((o, at) => at !== seen.indexOf(k) && o[0] < box[2] && box[0] < o[2] && o[1] < box[3] && box[1] < o[3]);
      });
      text.style.display = place || picked.includes(nodes[k].id) ? "" : "none";
      const [left, base] = place ?? options[0];
      taken.push([left, base - 8, left + wide, base + 1]);
      text.setAttribute("transform", `translate(${(left + wide / 2).toFixed(1)},${base.toFixed(1)})`);
      text.style.textAnchor = "middle";
    }
  }

  // --- what is told ---------------------------------------------------------------------------------------------

  function told(k) {
    const { s, year, numbers } = now, node = nodes[k];
    if (k >= study.actors.length) return [node.name, `${plain(node.id)}, organization`];
    const group = store.group(s, k).name, value = numbers.values[year][k], rank = numbers.ranks[year][k];
    const unit = store.unit(s), lines = [node.name];
    if (group) lines.push(group);
    if (k >= study.ranked) return [...lines, "stands in this layer only: not ranked"];
    lines.push(`${plain(s.measure)} in ${store.where(s)}, ${s.year}: ${said(value)}${unit && value !== null ? ` ${unit}` : ""}`);
    if (rank !== null) lines.push(`${ordinal(rank)} of ${now.many}`);
    return lines;
  }

  function toldOf(line) {
    const layer = store.layers.get(line.id), [a, b] = [nodes[line.a].name, nodes[line.b].name];
    const lines = [`${a} ${layer.directed && !line.status ? "→" : "–"} ${b}`];
    if (line.status) return [...lines, `${plain(line.id)}, ${now.s.year}: ${line.status}, not counted as absent`];
    lines.push(`${plain(line.id)}, ${now.s.year}: ${said(line.weight)} ${layer.unit}`);
    if (line.doubt) lines.push(`presence: ${["high", "medium", "low"][line.doubt]} confidence`);
    lines.push(`${line.records.length} record${line.records.length === 1 ? "" : "s"} behind it: click`);
    return lines;
  }

  // --- the pointer ----------------------------------------------------------------------------------------------

  function under(event) {
    const named = marks.indexOf(event.target.closest(".node"));
    if (named >= 0) return { node: named };
    const box = svg.getBoundingClientRect(), scale = SIZE / box.width;
    const x = (event.clientX - box.left) * scale, y = sky + (event.clientY - box.top) * scale;
    let node = -1, close = 14;
    spots.forEach(([nx, ny], k) => {
      const far = Math.hypot(nx - x, ny - y);
      if (far < close && marks[k].style.display !== "none") [node, close] = [k, far];
    });
    if (node >= 0) return { node };
    let found = null, gap = 5;
    const ends = now.s.pick.split(">").map((id) => store.index.get(id));
    for (const line of lines) {
      // A picked actor's own ties are what the reader sees.
      if (now.s.pick && !ends.includes(line.a) && !ends.includes(line.b)) continue;
      const far = distance(line, x, y) + (line.status ? 1.5 : 0);
      if (far < gap) [found, gap] = [line, far];
    }
    return { line: found };
  }

  function distance(line, x, y) {
    const [x0, y0] = spots[line.a], [x1, y1] = spots[line.b], [cx, cy] = (line.corner ??= bend(line.a, line.b, now.s, line.status ? GAP : 1));
    if (x < Math.min(x0, x1, cx) - 6 || x > Math.max(x0, x1, cx) + 6) return 99;
    if (y < Math.min(y0, y1, cy) - 6 || y > Math.max(y0, y1, cy) + 6) return 99;
    let least = 99;
    for (let k = 1; k < 40; k += 1) {
      const t = k / 40, u = 1 - t;
      const far = Math.hypot(u * u * x0 + 2 * u * t * cx + t * t * x1 - x, u * u * y0 + 2 * u * t * cy + t * t * y1 - y);
      if (far < least) least = far;
    }
    return least;
  }

  svg.addEventListener("pointermove", (event) => {
    const { node, line } = under(event);
    top.replaceChildren();
    svg.style.cursor = node >= 0 || line ? "pointer" : "";
    if (node >= 0) return tip.show(told(node), event.clientX, event.clientY);
    if (!line) return tip.hide();
    add(top, "path", { d: curve(line.a, line.b, now.s, line.status ? GAP : 1), class: "traced" });
    tip.show(toldOf(line), event.clientX, event.clientY);
  });
  svg.addEventListener("pointerleave", () => (top.replaceChildren(), tip.hide()));
  svg.addEventListener("click", (event) => {
    const { node, line } = under(event);
    if (node >= 0) act.pick(nodes[node].id);
    else act.pick(line ? `${nodes[line.a].id}>${nodes[line.b].id}` : "");
  });
  // By angle, as the eye goes round.
  const around = () =>
    marks
      .map((g, k) => [g, Math.atan2(spots[k][1] - MIDDLE, spots[k][0] - MIDDLE), k >= study.actors.length])
      .filter(([g]) => g.style.display !== "none")
      .sort((a, b) => a[2] - b[2] || a[1] - b[1])
      .map(([g]) => g);
  const onArrow = roving(around, { previous: "ArrowLeft", next: "ArrowRight" });
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      act.pick(event.target.dataset.id);
    } else onArrow(event);
  });
  marks[0]?.setAttribute("tabindex", "0");
  return { svg, draw };
}
