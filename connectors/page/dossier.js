// One dossier: how it stands, its clock, what was done with it, what is owed. Nothing of a citizen, for nothing is known.
import { h, put } from "/page/dom.js";
import { t } from "/page/words.js";
import { ask, Missing } from "/page/ask.js";
import { unitLink } from "/page/link.js";
import { day, moment, number } from "/page/format.js";

const LISTS = ["supplements_asked", "supplements_given", "rescheduled"];
const MOMENTS = ["processed", "returned", "stopped", "refused", "withdrawn", "reopened", "explained_at"];

// `found` is told the dossier once it is there; `missing` that there is none
export function dossier(name, found, missing) {
  const root = h("div", { class: "dossier", id: "dossier" }, h("p", { class: "note" }, t("loading")));
  async function load() {
    try {
      const one = await ask(`/v1/dossiers/${encodeURIComponent(name)}/standing`);
      put(root, clockCard(one), h("div", { class: "two even" }, h("div", {}, facts(one), owed(one)), h("div", {}, story(one))));
      found(one);
    } catch (error) {
      if (error instanceof Missing) {
        put(root, h("p", { class: "banner bad", role: "alert", id: "unknown" }, t("unknown_dossier", name), h("a", { href: unitLink("") }, t("home"))));
        missing();
      }
      else if (!root.querySelector(".clockcard")) put(root, h("p", { class: "note" }, t("failed")));
    }
  }
  load();
  return { root, load };
}

export function standing(one) {
  if (one.outcome) return [t("outcomes")[one.outcome], one.outcome === "late" ? "overdue" : "in_time"];
  if (one.waiting) return [t("waiting"), "waiting"];
  const left = one.working_days;
  if (left === null) return [t("open"), "in_time"];
  const today = one.as_of && one.effective_due === one.as_of.slice(0, 10);
  if (one.effective_due && one.as_of && one.effective_due < one.as_of.slice(0, 10)) return [t("overdue"), "overdue"];
  return today ? [t("due_today"), "due_soon"] : left <= 2 ? [t("due_soon"), "due_soon"] : [t("in_time"), "in_time"];
}

function clockCard(one) {
  const [words, kind] = standing(one);
  const days = one.working_days;
  const more = days === null || one.waiting ? "" : kind === "overdue" ? t("late", number(Math.abs(days))) : one.outcome ? "" : t("left", number(days));
  const point = (key, value) => h("div", {}, h("span", { class: "label" }, t(key)), h("b", {}, value));
  return h("section", { class: `card clockcard ${kind}`, "aria-label": t("state") }, h("div", { class: "verdict" }, h("b", { id: "verdict" }, words), h("span", {}, more)),
    point("received_at", moment(one.received_at)), point("due_at", moment(one.due_at)), one.effective_due && one.due_at && one.effective_due !== one.due_at.slice(0, 10) ? point("effective_due", day(one.effective_due)) : null,
    point("finished_at", one.finished_at ? moment(one.finished_at) : t("open")));
}

function rows(title, lines) {
  return h("section", { class: "card" }, h("h2", {}, title), h("dl", {}, lines.filter(([, value]) => value !== null && value !== undefined && value !== "").flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)])));
}

function facts(one) {
  const named = (code, name) => (code ? (name && name !== code ? `${name} (${code})` : code) : t("no_data"));
  const charged = one.owed && one.owed.official;
  const last = (one.facts.steps || []).at(-1);
  return rows(t("facts"), [
    [t("dossier"), one.dossier],
    [t("unit"), one.unit ? h("a", { href: unitLink(one.unit) }, named(one.unit, one.names.unit)) : t("no_data")],
    [t("official"), charged || one.official || (last && last.official) || t("nobody")],
    [t("procedure"), named(one.procedure, one.names.procedure)],
    [t("sector"), named(one.sector, one.names.sector)],
    [t("channel"), t("channels")[one.facts.channel] || t("no_data")],
    [t("findings"), one.findings.map(name => t("finding")[name] || name).join("; ")],
  ]);
}

function owed(one) {
  if (!one.owed) return null;
  const words = what => (what.sent_at ? t(what.late ? "sent_late" : "sent", day(what.sent_at)) : t(what.late ? "owed_late" : "owed", day(what.owed)));
  const card = rows(t("view_duties"), [[t("explanation"), words(one.owed.explanation)], [t("apology"), words(one.owed.apology)], [t("new_date"), one.owed.new_date ? day(one.owed.new_date) : t("no_data")], [t("reason"), one.owed.reason || t("no_data")]]);
  card.append(h("p", {}, h("a", { href: `/v1/letter/${encodeURIComponent(one.dossier)}` }, t("letter"))));
  return card;
}

function story(one) {
  const told = [[one.facts.filed_at, "filed_at"], [one.received_at, "received_at"], ...MOMENTS.map(name => [one.facts[name], name]), ...LISTS.flatMap(name => (one.facts[name] || []).map(at => [at, name])),
    ...(one.facts.steps || []).map(step => [step.at, "step", step.official]), ...(one.facts.letters || []).map(letter => [letter.at, "letters"]), [one.due_at, "due"]];
  const lines = told.filter(([at]) => at).sort((first, second) => first[0].localeCompare(second[0]));
  return h("section", { class: "card" }, h("h2", {}, t("times")), h("ol", { class: "story" }, lines.map(([at, name, who]) => h("li", { class: name === "due" ? "due" : null }, h("time", { datetime: at }, moment(at)), h("span", {}, t("steps")[name]), who ? h("span", { class: "code soft" }, who) : null))));
}
