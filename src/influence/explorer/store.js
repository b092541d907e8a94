// What is looked at and the numbers for it. Python made every number; here they are only found.

const STATE = ["year", "shown", "measured_in", "measure", "partition", "keep", "trade", "energy", "pick", "place"];

function makeStore(model) {
  const study = model.get("study"), blocks = new Map(Object.entries(model.get("blocks")));
  const nodes = [...study.actors, ...study.bodies], index = new Map(nodes.map((node, k) => [node.id, k]));
  const layers = new Map(study.layers.map((layer) => [layer.id, layer]));
  const asked = new Set();
  const state = () => Object.fromEntries(STATE.map((key) => [key, model.get(key)]));
  const variant = (s, layer) => ({ trade: s.trade, energy: s.energy })[layer] ?? "";
  const keep = (s) => String(s.keep);

  const roleLayer = (s) => [s.measured_in, ...s.shown].find((id) => layers.get(id)?.roles);
  const keys = {
    ties: (s, layer) => `ties/${layer}/${variant(s, layer)}`,
    counts: (s, layer) => `counts/${layer}/${variant(s, layer)}/${keep(s)}`,
    values: (s) => {
      if (s.measured_in !== "all") return `values/${s.measured_in}/${variant(s, s.measured_in)}/${keep(s)}`;
      const sources = ["trade", "energy"].map((id) => (s.shown.includes(id) ? variant(s, id) : "")).join(".");
      return `all/${s.shown.join("+")}/${sources}/${keep(s)}`;
    },
    roles: (s) => {
      const layer = roleLayer(s);
      return layer && `roles/${layer}/${variant(s, layer)}/${keep(s)}/${s.partition}`;
    },
  };
  const needed = (s) =>
    [
      ...s.shown.flatMap((id) => [keys.ties(s, id), keys.counts(s, id)]),
      keys.values(s),
      keys.roles(s),
    ].filter(Boolean);

  return {
    study, nodes, index, layers, state, needed, roleLayer,
    take(more) {
      for (const key in more) blocks.set(key, more[key]);
    },
    // Whether all is there; if not, the kernel is asked once.
    ready(s) {
      // Python may set one attribute after the other: a measure that the layer does not have is not yet a view.
      if (!study.measures[s.measured_in]?.includes(s.measure)) return false;
      const lost = needed(s).filter((key) => !blocks.has(key));
      const fresh = lost.filter((key) => !asked.has(key));
      fresh.forEach((key) => asked.add(key));
      if (fresh.length) model.send({ need: fresh });
      return !lost.length;
    },
    // While nothing else is to be done, the kernel is asked for what the next turn of a knob would need, one by one.
    ahead(s) {
      const turns = [
        ...study.layers.map((layer) => ({ measured_in: layer.id })),
        ...(s.shown.length > 1 && study.measures.all.length ? [{ measured_in: "all" }] : []),
        ...Object.keys(study.partitions).map((partition) => ({ partition })),
        ...study.keeps.map((share) => ({ keep: share })),
        ...Object.entries(study.choices).flatMap(([key, list]) => list.map((value) => ({ [key]: value }))),
        { shown: study.layers.map((layer) => layer.id) },
      ];
      const next = turns.flatMap((turn) => needed({ ...s, ...turn })).find((key) => !blocks.has(key) && !asked.has(key));
      if (next === undefined) return;
      asked.add(next);
      model.send({ need: [next] });
    },
    at: (s) => study.years.indexOf(s.year),
    ties: (s, layer) => blocks.get(keys.ties(s, layer)),
    count: (s, layer) => blocks.get(keys.counts(s, layer)).ties[study.years.indexOf(s.year)],
    // Values and ranks of the measure: metric → year → actor.
    numbers(s) {
      const block = study.roles.includes(s.measure) ? blocks.get(keys.roles(s)) : blocks.get(keys.values(s));
      return { values: block.values[s.measure], ranks: block.ranks[s.measure] };
    },
    roles: (s) => blocks.get(keys.roles(s)),
    group(s, k) {
      const own = study.partitions[s.partition], place = own?.of[study.years.indexOf(s.year)][k] ?? -1;
      return { place, name: place < 0 ? "" : own.groups[place] };
    },
    unit(s) {
      const own = layers.get(s.measured_in);
      if (study.roles.includes(s.measure)) return "chains";
      if (!own) return "";
      return /^strength/.test(s.measure) ? (own.two_mode ? "shared seats, Newman weight" : own.unit) : "";
    },
    where: (s) => (s.measured_in === "all" ? `${s.shown.length} layers, within-layer shares` : plain(s.measured_in)),
    // The receipts behind a tie or a gap: [record, ...] → rows to show.
    receipts(s, layer, source, target, weight, records) {
      const block = blocks.get(keys.ties(s, layer)), f = block.facts, r = block.records;
      return records.map((k) => {
        const fact = r.fact[k], own = (name) => cell(f[name], fact);
        const ends = [cell(r.source, k) ?? source, cell(r.target, k) ?? target];
        const year = own("year");
        const marks = { s: nodes[ends[0]].id, t: nodes[ends[1]].id, y: String(year) };
        return {
          layer, ends, weight: own("weight") ?? weight, year,
          mutual: own("mutual") || (!layers.get(layer).directed && !layers.get(layer).two_mode),
          id: own("id").replace(/§([sty])/g, (_, mark) => marks[mark]),
          ...Object.fromEntries(
            ["kind", "start", "end", "status", "source_id", "locator", "rule", "evidence_kind",
             "presence_confidence", "value_confidence", "note"].map((name) => [name, own(name)])),
        };
      });
    },
    code(s) {
      const text = study.code, literal = (v) => (v === "" ? "None" : python(v));
      const filled = Object.fromEntries(STATE.map((key) => [key, literal(s[key])]));
      filled.network = text.networks[`${s.trade}.${s.energy}`];
      let all = text.view + (s.measured_in === "all" ? text.all : text.layer);
      if (s.pick) {
        const [source, target] = s.pick.split(">");
        filled.source = literal(source);
        filled.target = literal(target ?? "");
        all += s.shown.map((id) => (target ? text.tie : text.actor).replaceAll("{layer}", id)).join("");
      }
      for (const key in filled) all = all.replaceAll(`{${key}}`, () => filled[key]);
      return all;
    },
  };
}

// A value as Python writes it in JSON: lists with a blank after the comma, keep as a float.
function python(value) {
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  return JSON.stringify(value);
}
