// What a figure means, one click away: counts from the catalogue, indicators from the formula table.
import { $, h, put } from "/page/dom.js";
import { ask } from "/page/ask.js";
import { t, language } from "/page/words.js";
import { percent, number } from "/page/format.js";

let formulas = null;

// A label that says what it stands for when it is pressed
export const label = (key, words = t(key)) =>
  h("button", { type: "button", class: "what", "aria-haspopup": "dialog", title: t("what", words), onclick: () => open(key, words) }, words);

async function open(key, title) {
  const means = t("means")[key];
  if (means) return show(title, [h("p", {}, means), key === "ratio" ? await formula("2.1") : null]);
  show(title, [await formula(key)]);
}

async function formula(id) {
  const place = language() === "vi" ? 0 : 1;
  try {
    formulas = formulas || (await ask("/v1/formulas"));
  } catch {
    return h("p", {}, t("failed"));
  }
  const found = formulas.items.find(one => one.id === id);
  if (!found) return h("p", {}, t("no_data"));
  const scored = found.block === null ? t("not_scored") : `${t("worth", number(found.points))} ${found.full_from === null ? "" : t("full_from", percent(found.full_from > 1 ? found.full_from / 100 : found.full_from))}`;
  return h("dl", {}, h("dt", {}, `${id} ${found.name[place]}`), h("dd", {}, scored), h("dt", {}, t("numerator")), h("dd", {}, found.numerator[place]),
    h("dt", {}, t("denominator")), h("dd", {}, found.denominator[place]));
}

function show(title, body) {
  const close = h("button", { type: "button", onclick: () => $("what").close() }, t("close"));
  put($("what"), h("h2", { id: "what-title" }, title), ...body, close);
  $("what").showModal();
}
