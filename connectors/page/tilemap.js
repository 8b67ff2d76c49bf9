// The 34 provinces as tiles, laid out by us: columns from west to east, rows from north to south.
import { h, keyed } from "/page/dom.js";
import { t } from "/page/words.js";
import { model } from "/page/model.js";
import { unitLink } from "/page/link.js";
import { gradeClass, gradeWord, number, points, short } from "/page/format.js";

export const PLACES = {
  H35: [1, 1], H38: [2, 1], H60: [3, 1], H14: [4, 1],
  H18: [1, 2], H52: [2, 2], H44: [3, 2], H55: [4, 2], H37: [5, 2],
  H26: [3, 3], H05: [4, 3], H49: [5, 3],
  H42: [3, 4], H31: [4, 4], H24: [5, 4],
  H56: [3, 5], H41: [3, 6], H27: [4, 6], H50: [4, 7], H57: [5, 7],
  H17: [5, 8], H48: [5, 9], H21: [5, 10], H15: [5, 11],
  H53: [2, 11], H19: [3, 11], H36: [4, 12], H32: [5, 12],
  H20: [2, 12], H29: [3, 12],
  H01: [1, 13], H13: [2, 13], H61: [3, 13], H12: [2, 14],
};
const ISLANDS = [["hs", "H17", 8], ["ts", "H32", 12]];

export function tilemap() {
  const grid = h("div", { class: "map" });
  const root = h("section", { class: "card", "aria-labelledby": "map-title" }, h("h2", { id: "map-title" }, t("map")), grid, legend(), h("p", { class: "note" }, t("map_note")));
  return { root, fill: () => fill(root, grid) };
}

const legend = () => h("ul", { class: "legend" }, ["Xuất sắc", "Tốt", "Khá", "Trung bình", "Yếu", null].map(one => h("li", { class: one ? gradeClass(one) : "nodata" }, gradeWord(one))));

function fill(root, grid) {
  const known = model.units.filter(one => PLACES[one.unit]);
  root.hidden = !model.about || model.about.kind !== "country" || known.length === 0;
  if (root.hidden) return;
  const tiles = known.map(one => ({ ...one, at: PLACES[one.unit] }));
  const islands = ISLANDS.filter(([, unit]) => known.some(one => one.unit === unit)).map(([name, unit, row]) => ({ unit, island: name, at: [6, row] }));
  keyed(grid, [...tiles, ...islands], one => one.island || one.unit, make, show);
}

function make(one) {
  const made = h("a", { href: unitLink(one.unit) }, h("span", { class: "where" }), h("span", { class: "grade" }), h("span", { class: "late" }));
  made.style.gridColumn = one.at[0];
  made.style.gridRow = one.island ? `${one.at[1]} / span 2` : one.at[1];
  return made;
}

function show(node, one) {
  const [where, grade, late] = node.children;
  if (one.island) {
    node.className = "island";
    where.textContent = t("islands")[one.island];
    return;
  }
  const row = model.rows[one.unit];
  node.className = `place ${gradeClass(row && row.grade)}${row ? "" : " nodata"}`;
  where.textContent = short(one.name);
  grade.textContent = row ? gradeWord(row.grade) : t("no_data");
  late.textContent = row ? number(row.overdue) : "";
  node.title = row ? `${one.name}: ${points(row.total)}, ${gradeWord(row.grade)}; ${t("overdue")} ${number(row.overdue)}` : `${one.name}: ${t("no_data")}`;
}
