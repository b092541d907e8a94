// The evidence behind an actor's ties or one tie: source, locator, rule, kind of evidence, confidence.

const MANY = 100, EACH = 25; // rows: of more than so many, so many a layer are shown until all are asked for
const COLUMNS = [["tie", 15], ["layer, kind", 12], ["when", 9], ["weight", 7], ["source", 15], ["where in it, rule", 19],
  ["evidence", 8], ["presence", 8], ["value", 7]];

function makeReceipts(parent, store, act) {
  const { study, nodes } = store;
  const head = add(parent, "div", { class: "head" }), title = add(head, "h3", { "aria-live": "polite" }), back = add(head, "button", { type: "button", class: "link", hidden: "" });
  focusable(back);
  const frame = add(parent, "div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Receipts" });
  focusable(frame);
  let target = "", opened = "";
  back.addEventListener("click", () => act.pick(target));

  function draw(s) {
    frame.replaceChildren();
    back.hidden = true;
    if (!s.pick) {
      title.textContent = "Receipts";
      add(frame, "p", { class: "hint" }, "Pick an actor or a tie: every tie is shown here with its source, where in the source, the coding rule, the kind of evidence and the confidence.");
      return;
    }
    const [a, b] = s.pick.split(">").map((id) => store.index.get(id));
    const rows = s.shown.flatMap((layer) => rowsOf(s, layer, a, b));
    const who = b === undefined ? nodes[a].name : `${nodes[a].name} and ${nodes[b].name}`;
    const partners = new Set(rows.filter((row) => !row.gap).map((row) => row.tie)).size;
    const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
    title.textContent = `${who}, ${s.year}: ${b === undefined ? `${count(partners, "partner")}, ` : ""}${count(rows.length, "receipt")}`;
    if (b !== undefined) {
      target = nodes[a].id;
      back.textContent = `all ties of ${nodes[a].name}`;
      back.hidden = false;
    }
    if (!rows.length) {
      add(frame, "p", { class: "hint" }, `No tie in ${s.shown.map(plain).join(", ")}, and none that is unknown.`);
      return;
    }
    const few = rows.length > MANY && opened !== s.pick ? s.shown.flatMap((layer) => rows.filter((row) => row.layer === layer).slice(0, EACH)) : rows;
    table(few, b === undefined);
    if (few.length === rows.length) return;
    const more = focusable(add(frame, "button", { type: "button", class: "link more" }, `show all ${rows.length} receipts`));
    more.addEventListener("click", () => {
      opened = s.pick;
      draw(s);
      frame.focus();
    });
  }

  function rowsOf(s, layer, a, b) {
    const block = store.ties(s, layer), year = store.at(s), seen = new Set(), rows = [];
    const own = (x, y) => (b === undefined ? x === a || y === a : (x === a && y === b) || (x === b && y === a));
    const take = (x, y, weight, records, gap) => {
      for (const row of store.receipts(s, layer, x, y, weight, records)) {
        const key = JSON.stringify([row.id, row.ends, row.kind, row.start, row.end, row.year]);
        if (!seen.has(key)) rows.push({ ...row, gap, tie: [nodes[x].id, nodes[y].id].sort().join(" ") });
        seen.add(key);
      }
    };
    for (const [x, y, weight, , , ...records] of block.years[year].slice(0, store.count(s, layer))) if (own(x, y)) take(x, y, weight, records, false);
    for (const [x, y, , ...records] of block.others[year]) if (own(x, y)) take(x, y, null, records, true);
    return rows;
  }

  function table(rows, alone) {
    // Columns of fixed width: hundreds of rows are laid out at once, each year anew.
    const t = add(document.createElement("div"), "table"), columns = add(t, "colgroup"), h = add(add(t, "thead"), "tr");
    for (const [text, share] of COLUMNS) {
      add(columns, "col", { style: `width:${share}%` });
      add(h, "th", { scope: "col" }, text);
    }
    const body = add(t, "tbody");
    for (const row of rows) {
      const tr = add(body, "tr", row.gap ? { class: "gap" } : {}), [x, y] = row.ends.map((k) => nodes[k]);
      const first = add(tr, "td"), name = `${x.name} ${row.gap || row.mutual ? "–" : "→"} ${y.name}`;
      if (alone) {
        const button = focusable(add(first, "button", { type: "button", class: "link", "data-tie": `${x.id}>${y.id}` }, name));
        button.addEventListener("click", () => act.pick(`${x.id}>${y.id}`));
      } else first.textContent = name;
      const layer = store.layers.get(row.layer), kind = add(tr, "td");
      add(kind, "i", { style: `background:${layer.colour}` });
      add(kind, "span", {}, row.kind === row.layer ? plain(row.layer) : `${plain(row.layer)}, ${plain(row.kind)}`);
      add(tr, "td", { class: "when" }, when(row));
      add(tr, "td", { class: "number" }, row.gap ? row.status : row.weight === null ? "–" : said(row.weight));
      const source = add(tr, "td");
      (row.source_id ?? "not stated").split(";").forEach((key, k) => {
        if (k) source.append("; ");
        add(source, "span", study.sources[key] ? { title: study.sources[key], class: "key" } : {}, key);
      });
      add(tr, "td", { class: "long" }, [row.locator, row.rule && `rule: ${plain(row.rule)}`, row.note && `note: ${plain(row.note)}`].filter(Boolean).join(" · ") || "–").title = row.id;
      add(tr, "td", {}, row.evidence_kind ?? "–");
      add(tr, "td", { class: row.presence_confidence ?? "" }, row.presence_confidence ?? "–");
      add(tr, "td", { class: row.value_confidence ?? "" }, row.value_confidence ?? "–");
    }
    frame.append(t);
  }

  const when = (row) =>
    row.year !== null && row.year !== undefined ? String(row.year)
      : row.start ? (row.end ? `${row.start} to ${row.end}` : `since ${row.start}`) : row.end ? `until ${row.end}` : "always";
  return { draw };
}
