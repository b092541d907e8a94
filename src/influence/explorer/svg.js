// Elements, numbers and the tooltip: what every view uses. Text goes in through textContent only.

const SVG = "http://www.w3.org/2000/svg";
const INK = "#222222", QUIET = "#666666", FAINT = "#d9d9d9";

function add(parent, tag, attributes = {}, text) {
  const element = parent.appendChild(document.createElementNS(tag === "svg" ? SVG : parent.namespaceURI, tag));
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
}

// JupyterLab takes the arrow keys from whatever has the focus, unless the element itself says no.
const focusable = (element) => (element.setAttribute("data-lm-suppress-shortcuts", "true"), element);

const drawing = (parent, width, height, label) =>
  add(parent, "svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label });

const few = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const said = (number) => (number === null || number === undefined ? "no value" : few.format(number).replace("-", "−"));
const plain = (id) => id.replaceAll("_", " ");

function ordinal(rank) {
  if (rank === null || rank === undefined) return "";
  if (!Number.isInteger(rank)) return `rank ${few.format(rank)}, shared`;
  const end = rank % 100 > 10 && rank % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][rank % 10] || "th";
  return `${rank}${end}`;
}

// A column of a packed table: one value for all rows, a list, or repeated texts.
const cell = (column, k) =>
  Array.isArray(column) ? column[k] : column && column.texts ? column.texts[column.at[k]] : column;

// One tooltip an explorer: quick, never under the pointer, also for the keyboard.
function makeTip(root) {
  const box = add(root, "div", { class: "tip", role: "tooltip", hidden: "" });
  return {
    show(lines, x, y) {
      box.replaceChildren(...lines.map((line, k) => Object.assign(document.createElement(k ? "div" : "b"), { textContent: line })));
      box.hidden = false;
      const room = root.getBoundingClientRect();
      box.style.left = `${Math.max(4, Math.min(x - room.left + 14, room.width - box.offsetWidth - 4))}px`;
      const below = y - room.top + 16;
      box.style.top = `${below + box.offsetHeight > room.height ? below - box.offsetHeight - 30 : below}px`;
    },
    at(element, lines) {
      const place = element.getBoundingClientRect();
      this.show(lines, place.right - 8, place.bottom - 12);
    },
    hide() {
      box.hidden = true;
    },
  };
}

// A group of buttons with one tab stop: arrow keys go from one to the next.
function roving(items, { previous, next }) {
  let current = 0;
  const go = (k) => {
    const list = items();
    if (!list.length) return;
    list[current % list.length].setAttribute("tabindex", "-1");
    current = (k + list.length) % list.length;
    list[current].setAttribute("tabindex", "0");
    list[current].focus();
  };
  return (event) => {
    const list = items(), here = list.indexOf(event.target);
    if (here < 0) return;
    current = here;
    if (event.key === next) go(here + 1);
    else if (event.key === previous) go(here - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(list.length - 1);
    else return;
    event.preventDefault();
  };
}

// Move sorted places apart to at least a gap, as little as can be: neighbours out of order are pooled.
function spread(wanted, gap, low, high) {
  const blocks = [], mean = (block) => block.reduce((a, b) => a + b, 0) / block.length;
  wanted.forEach((place, k) => {
    blocks.push([place - k * gap]);
    while (blocks.length > 1 && mean(blocks.at(-2)) > mean(blocks.at(-1))) {
      const last = blocks.pop();
      blocks.at(-1).push(...last);
    }
  });
  const top = Math.max(high - (wanted.length - 1) * gap, low);
  return blocks.flatMap((block) => block.map(() => Math.min(Math.max(mean(block), low), top))).map((p, k) => p + k * gap);
}
