// Elements without a framework. Text only ever goes in as text.
export const $ = id => document.getElementById(id);

// h("td", {class: "number"}, "1", child): attributes that are null or false are left out, `on…` are listeners
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter(one => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

// Another text only where it is another: what did not change is not announced, selected text stays selected.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function put(parent, ...children) {
  parent.replaceChildren(...children.flat().filter(one => one !== null && one !== undefined && one !== false && one !== ""));
}

// Children of `parent` become those of `items`, each made once and filled again and again; what has the focus keeps it.
export function keyed(parent, items, key, make, fill) {
  const known = parent.known || (parent.known = new Map());
  const focused = document.activeElement;
  const wanted = new Set();
  items.forEach((item, place) => {
    const name = key(item);
    wanted.add(name);
    let node = known.get(name);
    if (!node) known.set(name, (node = make(item)));
    fill(node, item, place);
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] || null);
  });
  for (const [name, node] of known) {
    if (!wanted.has(name)) {
      node.remove();
      known.delete(name);
    }
  }
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

export const table = (id, caption, heads) =>
  h("table", { id }, h("caption", { class: "hidden" }, caption), h("thead", {}, h("tr", {}, heads.map(one => (one instanceof Node ? one : h("th", { scope: "col" }, one))))), h("tbody"));

// A table wider than a phone scrolls by itself, by keyboard too.
export const scroller = (label, child) => h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, child);
