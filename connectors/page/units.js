// Units below the one shown: ordered, filtered, fifty at a time; a country has 3,300 communes.
import { h, keyed, put, say, scroller, table } from "/page/dom.js";
import { t } from "/page/words.js";
import { model } from "/page/model.js";
import { label } from "/page/definitions.js";
import { download } from "/page/csv.js";
import { unitLink } from "/page/link.js";
import { gradeClass, gradeWord, number, percent, points, ratio, small } from "/page/format.js";

const SIZE = 50, FEW = 5;
const KINDS = ["ministry", "province", "department", "commune", ""];
let most = 1; // overdue of the unit that has most, for the bars
const kind = one => (one.registered && one.kind) || "";
const low = (row, value) => (row ? value(row) : Infinity);
const ORDERS = {
  overdue: row => low(row, one => -one.overdue),
  ratio: row => low(row, one => ratio(one) ?? 2),
  total: row => low(row, one => (one.total === null || one.total === undefined ? 1000 : -one.total)),
};

export function units(first = "overdue") {
  const state = { order: first, kind: null, find: "", page: 0, all: false };
  const title = h("h2", { id: "units-title" });
  const kinds = h("div", { class: "choice" }), orders = h("div", { class: "choice" });
  const find = h("input", { type: "search", class: "find", autocomplete: "off" });
  const body = table("units", t("units"), heads());
  const pages = h("div", { class: "pages" }), pareto = h("p", { class: "pareto" });
  const more = h("button", { type: "button", class: "csv", onclick: () => { state.all = !state.all; fill(parts); } });
  const parts = { state, more, title, kinds, orders, find, body: body.tBodies[0], pages, pareto };
  find.oninput = () => { state.find = find.value; state.page = 0; fill(parts); };
  const csv = download("units", () => [heads().map(one => one.textContent || one), listed(state).map(one => cells(one))]);
  const root = h("section", { class: "card", "aria-labelledby": "units-title" }, h("div", { class: "bar" }, title, kinds, orders, find, csv), pareto, scroller(t("units"), body), pages, h("p", {}, more));
  return { root, fill: () => fill(parts) };
}

const head = (key, wide) => h("th", { scope: "col", class: wide ? "wide" : null }, label(key));
const heads = () => [h("th", { scope: "col" }, t("unit")), head("overdue"), head("due_today"), head("due_soon", true), head("waiting", true), head("open", true), head("ratio"), h("th", { scope: "col", class: "wide" }, label("total", t("score"))), h("th", { scope: "col" }, t("grade")), h("th", { scope: "col", class: "wide" }, t("rank"))];

function cells(one) {
  const row = model.rows[one.unit];
  if (!row) return [`${one.name} (${one.unit})`, t("no_data")];
  return [`${one.name} (${one.unit})`, row.overdue, row.due_today, row.due_soon, row.waiting, row.open, percent(ratio(row)), row.total, row.grade, row.place];
}

function listed(state) {
  const wanted = state.find.trim().toLocaleLowerCase();
  const order = ORDERS[state.order];
  return model.units
    .filter(one => (state.kind === null || kind(one) === state.kind) && (!wanted || `${one.name} ${one.unit}`.toLocaleLowerCase().includes(wanted)))
    .sort((one, other) => order(model.rows[one.unit]) - order(model.rows[other.unit]) || one.unit.localeCompare(other.unit));
}

function fill(parts) {
  const { state } = parts;
  say(parts.title, t("units"));
  parts.find.placeholder = t("find");
  parts.find.setAttribute("aria-label", t("find"));
  const there = KINDS.filter(one => model.units.some(unit => kind(unit) === one));
  if (!there.includes(state.kind)) state.kind = there.length > 1 && state.kind !== null ? null : state.kind && null;
  choice(parts, parts.kinds, there.length > 1 ? [null, ...there] : there, "kind", one => (one === null ? t("all") : `${t("kinds")[one]} ${number(model.units.filter(unit => kind(unit) === one).length)}`));
  choice(parts, parts.orders, Object.keys(ORDERS), "order", one => t(`by_${one}`));
  const whole = listed(state), data = whole.filter(one => model.rows[one.unit]), without = whole.length - data.length;
  const fold = without > FEW && data.length > 0 && !state.find;
  const all = fold && !state.all ? data : whole;
  parts.more.hidden = !fold;
  parts.more.setAttribute("aria-expanded", state.all);
  say(parts.more, `${number(without)} ${t("unit").toLowerCase()}: ${t("no_data").toLowerCase()}`);
  const start = Math.min(state.page * SIZE, Math.max(0, Math.ceil(all.length / SIZE) - 1) * SIZE);
  most = Math.max(1, ...data.map(one => model.rows[one.unit].overdue));
  keyed(parts.body, all.slice(start, start + SIZE), one => one.unit, make, show);
  paging(parts, start, all.length);
  say(parts.pareto, pareto());
  if (model.about && model.units.length === 0) say(parts.pareto, t("no_units"));
}

function choice(parts, place, values, name, words) {
  keyed(place, values, one => `${one}`, one => h("button", { type: "button", onclick: () => { parts.state[name] = one; parts.state.page = 0; fill(parts); } }), (node, one) => {
    say(node, words(one));
    node.setAttribute("aria-pressed", parts.state[name] === one);
  });
}

function paging(parts, start, count) {
  parts.pages.hidden = count <= SIZE;
  if (parts.pages.hidden) return put(parts.pages);
  const go = by => () => { parts.state.page = Math.round(start / SIZE) + by; fill(parts); };
  if (!parts.pages.children.length) put(parts.pages, h("button", { type: "button" }), h("span", {}), h("button", { type: "button" }));
  const [before, where, after] = parts.pages.children;
  say(before, t("before"));
  say(after, t("after"));
  say(where, t("page_of", number(start + 1), number(Math.min(start + SIZE, count)), number(count)));
  Object.assign(before, { disabled: start === 0, onclick: go(-1) });
  Object.assign(after, { disabled: start + SIZE >= count, onclick: go(1) });
}

// How few hold most of what is overdue: whom to call first.
function pareto() {
  const held = model.units.filter(one => model.rows[one.unit]).map(one => model.rows[one.unit].overdue).sort((one, other) => other - one);
  const all = held.reduce((sum, one) => sum + one, 0);
  if (!all || held.length < FEW) return "";
  let sum = 0;
  const most = held.findIndex(one => (sum += one) >= all * 0.8) + 1;
  return t("pareto", number(most), number(held.length), percent(sum / all));
}

function make(one) {
  const numbers = [["overdue"], ["due_today"], ["due_soon wide"], ["wide"], ["wide"], ["share"], ["wide"], ["grade"], ["wide"]];
  return h("tr", { "data-unit": one.unit }, h("th", { scope: "row" }, h("a", { href: unitLink(one.unit) })), numbers.map(([name]) => h("td", { class: name })));
}

function show(line, one) {
  const row = model.rows[one.unit];
  const [name, ...places] = line.children;
  say(name.firstChild, one.name);
  name.title = one.unit;
  const of = ratio(row);
  const texts = row ? [number(row.overdue), number(row.due_today), number(row.due_soon), number(row.waiting), number(row.open), of === null ? "–" : `${percent(of)}${small(row) ? "*" : ""}`,
    row.total === null || row.total === undefined ? "–" : points(row.total), row.grade ? gradeWord(row.grade) : "–", row.place ? number(row.place) : "–"] : [t("no_data"), "", "", "", "", "", "", "", ""];
  places.forEach((place, at) => say(place, texts[at]));
  places.slice(0, 3).forEach(place => place.classList.toggle("zero", place.textContent === "0"));
  places[5].title = small(row) ? t("small") : "";
  places[0].style.setProperty("--part", `${(100 * (row ? row.overdue : 0)) / most}%`);
  places[7].className = `grade ${gradeClass(row && row.grade)}`;
  line.classList.toggle("nodata", !row);
  if (model.changed.has(one.unit)) {
    line.classList.remove("changed");
    void line.offsetWidth;
    line.classList.add("changed");
  }
}
