// A list that is asked for page by page: its rows, a file of all of it, and words where there is nothing.
import { h, put, scroller, table } from "/page/dom.js";
import { t } from "/page/words.js";
import { number } from "/page/format.js";
import { ask, everything } from "/page/ask.js";
import { download } from "/page/csv.js";

const SIZE = 50;

// what: {id, title, path, query(), columns: [{head, text(row), node(row)?, class?}], size?, key(row)?, plain?}
export function list(what) {
  const made = table(what.id, what.title, what.columns.map(one => h("th", { scope: "col", class: one.class }, one.head)));
  const body = made.tBodies[0], note = h("p", { class: "note", role: "status" }), pages = h("div", { class: "pages" });
  const cursors = [null];
  const self = { cost: 0 };
  let asked = 0, following = null;
  const heads = what.columns.map(one => (typeof one.head === "string" ? one.head : one.head.textContent));
  const csv = what.plain ? null : download(what.id, async () => [heads, (await everything(what.path, what.query())).map(row => what.columns.map(one => one.text(row)))]);

  async function load() {
    const turn = ++asked, started = Date.now();
    if (!body.children.length) note.textContent = t("loading");
    try {
      const found = await ask(what.path, { ...what.query(), limit: what.size || SIZE, cursor: cursors[cursors.length - 1] });
      self.cost = Date.now() - started;
      if (turn !== asked) return;
      following = found.next ?? null;
      put(body, found.items.slice(0, what.size || SIZE).map(line));
      note.textContent = found.items.length ? "" : t("none_here");
      turning(found.items.length);
    } catch {
      if (turn === asked) note.textContent = t("failed");
    }
  }

  function turning(count) {
    const start = (cursors.length - 1) * SIZE;
    pages.hidden = what.plain || (cursors.length === 1 && following === null);
    const button = (words, off, act) => h("button", { type: "button", disabled: off, onclick: act }, words);
    put(pages, button(t("before"), cursors.length === 1, () => { cursors.pop(); load(); }), h("span", {}, `${number(start + 1)}–${number(start + count)}`),
      button(t("after"), following === null, () => { cursors.push(following); load(); }));
  }

  const line = row => h("tr", { "data-dossier": row.dossier }, what.columns.map((one, place) => h(place ? "td" : "th", { class: one.class, scope: place ? null : "row" }, one.node ? one.node(row) : one.text(row))));
  const root = h("section", { class: "card", "aria-labelledby": `${what.id}-title` }, h("div", { class: "bar" }, h("h2", { id: `${what.id}-title` }, what.title), what.more || null, csv), scroller(what.title, made), note, pages);
  load();
  return Object.assign(self, { root, load });
}
