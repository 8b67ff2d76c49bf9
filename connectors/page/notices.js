// What has just happened, the newest first.
import { h, keyed, say } from "/page/dom.js";
import { t } from "/page/words.js";
import { model } from "/page/model.js";
import { dossierLink, unitLink } from "/page/link.js";
import { clock, day, number } from "/page/format.js";

const SHOWN = 8, NAMED = 5;

export function notices() {
  const items = h("ul", { class: "notices" }), none = h("p", { class: "note" }), silent = h("p", { class: "silent" });
  const root = h("section", { class: "card", "aria-labelledby": "happened" }, h("h2", { id: "happened" }, t("happened")), silent, items, none);
  return { root, fill: () => fill(items, none, silent) };
}

function fill(items, none, silent) {
  const names = model.owed ? model.owed.silent : [];
  say(silent, names.length ? t("silent", `${names.slice(0, NAMED).join(", ")}${names.length > NAMED ? ` (+${number(names.length - NAMED)})` : ""}`) : "");
  keyed(items, model.notices.slice(0, SHOWN), one => one.id, make, () => {});
  say(none, model.notices.length ? "" : t("nothing_happened"));
}

function make(one) {
  const about = one.dossier ? h("a", { href: dossierLink(one.dossier) }, one.dossier) : h("a", { href: unitLink(one.unit) }, one.name || one.unit);
  return h("li", { "data-notice": one.id }, h("time", { datetime: one.at }, `${clock(one.at).slice(0, 5)} ${day(one.at).slice(0, 5)}`), h("span", { class: `kind ${one.kind}` }, t("notices")[one.kind] || one.kind), about, h("span", { class: "soft" }, one.dossier ? one.name || one.unit : ""));
}
