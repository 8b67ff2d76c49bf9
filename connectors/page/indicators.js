// All indicators of a unit: value and target, points, the same days of the period before and of last year.
import { h, put, scroller, table } from "/page/dom.js";
import { t } from "/page/words.js";
import { ask, Missing } from "/page/ask.js";
import { month } from "/page/tiles.js";
import { label } from "/page/definitions.js";
import { download } from "/page/csv.js";
import { gradeWord, number, percent, points } from "/page/format.js";

const HOURS = 3600;
const heads = () => [t("indicator"), t("value"), t("target_head"), t("numerator"), t("denominator"), t("score"), t("max"), t("previous"), t("last_year")];
const WIDE = [3, 4, 6, 8];

export function indicators(about) {
  const body = table("indicators", t("view_indicators"), heads().map((one, place) => h("th", { scope: "col", class: WIDE.includes(place) ? "wide" : null }, one)));
  const note = h("p", { class: "note", role: "status" }, t("loading")), blocks = h("ul", { class: "blocks" });
  let rows = [];
  const csv = download("indicators", () => [heads(), rows.map(one => [`${one.id} ${one.name}`, one.ratio, one.target, one.numerator, one.denominator, one.score, one.max, one.previous && one.previous.ratio, one.last_year && one.last_year.ratio])]);

  async function load() {
    try {
      const card = await ask(`/v1/units/${encodeURIComponent(about.unit)}/indicators`);
      rows = card.indicators;
      put(body.tBodies[0], rows.map(line));
      put(blocks, card.blocks.map(block));
      note.textContent = `${t("month", month(card.period))}${card.total === null ? ` · ${t("no_data")}` : ` · ${t("total")} ${points(card.total)} · ${gradeWord(card.grade)}`}`;
    } catch (error) {
      note.textContent = error instanceof Missing ? t("no_data") : t("failed");
    }
  }

  const root = h("section", { class: "card", "aria-labelledby": "indicators-title" }, h("div", { class: "bar" }, h("h2", { id: "indicators-title" }, `${t("view_indicators")} – ${about.name}`), csv), note, blocks, scroller(t("view_indicators"), body));
  load();
  return { root, load };
}

const block = one => h("li", {}, h("span", {}, one.name), h("b", {}, one.score === null ? t("no_data") : `${points(one.score)}/${number(one.max)}`), h("meter", { min: 0, max: one.max, value: one.score ?? 0, "aria-label": one.name }));

function value(one) {
  if (one === null || one === undefined || one.ratio === null) return t("no_data");
  return one.id === "2.2" ? t("hours", number(Math.round(one.ratio / HOURS))) : percent(one.ratio);
}

function line(one) {
  const missed = one.target !== null && one.ratio !== null && one.ratio < one.target;
  const aim = one.target === null ? "–" : `${percent(one.target)} – ${one.ratio === null ? t("no_data") : t(missed ? "missed" : "met")}`;
  const beside = then => (then === null ? t("no_data") : `${value(then)}${then.comparable ? "" : ` (${t("not_comparable")})`}`);
  const texts = [value(one) + (one.small ? "*" : ""), aim, number(one.numerator), number(one.denominator), one.score === null ? "–" : points(one.score), one.max === null ? "–" : number(one.max), beside(one.previous), beside(one.last_year)];
  return h("tr", { "data-indicator": one.id }, h("th", { scope: "row" }, label(one.id, `${one.id} ${one.name}`)),
    texts.map((text, place) => h("td", { class: [place === 1 && missed ? "overdue" : "", WIDE.includes(place + 1) ? "wide" : ""].join(" ").trim() || null, title: place === 0 && one.small ? t("small") : null }, text)));
}
