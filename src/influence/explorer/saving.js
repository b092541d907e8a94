// A view taken along: the picture as SVG, the Python that makes it.

const KEPT_STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-family",
  "font-size", "font-weight", "text-anchor", "dominant-baseline", "paint-order", "stroke-linejoin", "stroke-linecap",
  "vector-effect"];

const attribute = (name) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function picture(svg, lines) {
  const copy = svg.cloneNode(true), [, first, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const [from, to] = [svg, copy].map((root) => [...root.querySelectorAll("*")]), gone = [];
  from.forEach((element, k) => {
    const style = getComputedStyle(element);
    if (style.display === "none" && element.closest("defs") === null) gone.push(to[k]);
    for (const name of ["class", "style", "tabindex", "role", "aria-pressed", ...Object.keys(element.dataset).map(attribute)])
      to[k].removeAttribute(name);
    if (element.localName === "g" && style.opacity !== "1") to[k].setAttribute("opacity", style.opacity);
    if (/^(path|line|circle|text|rect)$/.test(element.localName))
      to[k].setAttribute("style", KEPT_STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  });
  gone.forEach((element) => element.remove());
  const tall = height + 14 * lines.length + 12;
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("viewBox", `0 ${first} ${width} ${tall}`);
  copy.setAttribute("width", width);
  copy.setAttribute("height", tall);
  copy.setAttribute("role", "img");
  const paper = document.createElementNS(SVG, "rect");
  for (const [key, value] of Object.entries({ y: first, width, height: tall, fill: "#ffffff" })) paper.setAttribute(key, value);
  copy.prepend(paper);
  lines.forEach((line, k) =>
    add(copy, "text", { x: 8, y: first + height + 14 * (k + 1), style: `font:${k ? "10px" : "bold 11px"} sans-serif;fill:${INK}` }, line));
  const title = document.createElementNS(SVG, "title");
  title.textContent = lines.join(" ");
  copy.prepend(title);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

function download(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function copyText(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    getSelection().selectAllChildren(shown);
    return "Selected: press Ctrl+C";
  }
}

function makeCode(parent) {
  const box = add(parent, "details", { class: "code" });
  focusable(add(box, "summary", {}, "The Python that makes this view"));
  const copy = focusable(add(box, "button", { type: "button" }, "Copy"));
  const shown = focusable(add(box, "pre", { tabindex: 0, "aria-label": "Python code" }));
  copy.addEventListener("click", async () => {
    copy.textContent = await copyText(shown.textContent, shown);
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  return { draw: (text) => (shown.textContent = text) };
}
