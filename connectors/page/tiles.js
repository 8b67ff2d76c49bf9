// The figures that matter first, large: what is overdue, what will be, what is owed, how that counts.
import { h, say } from "/page/dom.js";
import { t } from "/page/words.js";
import { model } from "/page/model.js";
import { label } from "/page/definitions.js";
import { unitLink } from "/page/link.js";
import { gradeClass, gradeWord, number, percent, points, ratio, small } from "/page/format.js";

const COUNTS = [["overdue", "overdue"], ["due_today", "today"], ["due_soon", "soon"], ["waiting", null], ["apologies", "duties"]];

export function tiles() {
  const made = {};
  const frame = (name, view) => {
    const value = view ? h("a", {}) : h("span", {});
    const figure = h("b", {}, value);
    const note = h("span", { class: "note" });
    const extra = h("span", { class: "extra" });
    const place = h("div", { class: `tile ${name}`, id: `tile-${name}` }, h("div", { class: "label" }, label(name)), figure, extra, note);
    made[name] = { place, value, note, extra, view };
    return place;
  };
  const root = h("section", { class: "tiles", id: "tiles", "aria-label": t("view_overview") }, COUNTS.map(([name, view]) => frame(name, view)), frame("ratio", null), frame("total", "indicators"));
  return { root, fill: () => fill(made) };
}

function fill(made) {
  const row = model.own;
  for (const [name] of COUNTS) {
    const value = name === "apologies" ? (model.owed ? model.owed.apologies : null) : row ? row[name] : null;
    show(made[name], number(value), t(`note_${name}`), value);
  }
  const of = ratio(row);
  show(made.ratio, percent(of), row && row.denominator ? t("note_ratio", number(row.numerator), number(row.denominator)) : t("provisional"), of);
  const missed = of !== null && model.target !== null && of < model.target;
  made.ratio.extra.classList.toggle("soft", model.target === null);
  say(made.ratio.extra, `${model.target === null ? t("no_target") : t("target", percent(model.target))}${small(row) ? ` · ${t("small")}` : ""}`);
  made.ratio.place.classList.toggle("missed", missed);
  const total = row ? row.total : null;
  show(made.total, points(total), model.period ? t("note_total", month(model.period)) : "", total);
  say(made.total.extra, total === null || total === undefined ? "" : `${gradeWord(row.grade)}${row.place ? ` · ${t("place", row.place, row.of)}` : ""}`);
  made.total.place.className = `tile total ${gradeClass(row && row.grade)}${total === null || total === undefined ? " none" : ""}`;
}

export const month = period => `${period.id.slice(5)}/${period.id.slice(0, 4)}`;

function show({ place, value, note, view }, text, words, figure) {
  if (view && model.about) value.setAttribute("href", unitLink(model.about.unit, view));
  say(value, text);
  say(note, words);
  place.classList.toggle("none", figure === null || figure === undefined);
  place.classList.toggle("zero", figure === 0);
}
