// Lists of dossiers: overdue, due today, due soon, and what is owed for those that are late.
import { h } from "/page/dom.js";
import { t } from "/page/words.js";
import { list } from "/page/list.js";
import { model } from "/page/model.js";
import { label } from "/page/definitions.js";
import { dossierLink, unitLink } from "/page/link.js";
import { day, moment, number } from "/page/format.js";

const dossier = { get head() { return t("dossier"); }, text: row => row.dossier, node: row => below(row, named(row), "phone") };
const named = row => row.unit_name || model.units.find(one => one.unit === row.unit)?.name || (model.about.unit === row.unit ? model.about.name : row.unit);
const below = (row, name, kind) => h("span", { class: "twofold" }, h("a", { href: dossierLink(row.dossier) }, row.dossier), h("a", { class: kind, href: unitLink(row.unit), title: row.unit }, name), kind === "phone" && h("span", { class: "phone code" }, row.official || t("nobody")));
const numbered = { get head() { return t("dossier"); }, text: row => row.dossier, node: row => below(row, named(row), "soft") };
const unit = { get head() { return t("unit"); }, class: "wide text", text: row => `${named(row)} (${row.unit})`, node: row => h("a", { href: unitLink(row.unit), title: row.unit }, named(row)) };
const official = { get head() { return label("official"); }, class: "wide code", text: row => row.official || t("nobody") };
const procedure = { get head() { return t("procedure"); }, class: "wide text", text: row => row.procedure_name || row.procedure || t("no_data") };
const due = { get head() { return t("due_at"); }, class: "date", text: row => (row.due_at ? moment(row.due_at) : t("no_data")), node: row => (row.due_at ? h("span", {}, h("span", { class: "wide" }, `${moment(row.due_at).slice(0, 5)} `), day(row.due_at)) : t("no_data")) };
const received = { get head() { return t("received_at"); }, class: "wide date", text: row => day(row.received_at) };
const days = state => ({ head: t(state === "overdue" ? "days_late" : "days_left"), class: state === "overdue" ? "overdue" : "due_soon", text: row => number(Math.abs(row.working_days)) });

// The list of a view: `state` is overdue, today or soon; a few rows only where it is part of another page.
export function dossiers(about, state, few) {
  return list({
    id: few ? (state === "overdue" ? "late" : "next") : `dossiers-${state}`, title: few ? t(state === "overdue" ? "oldest" : `view_${state}`) : `${t(`view_${state}`)} – ${about.name}`, path: "/v1/due", query: () => ({ unit: about.unit, state }), size: few, plain: Boolean(few),
    columns: few ? [numbered, { ...official, head: label("official"), class: "code" }, state === "today" ? due : days(state)] : [dossier, unit, official, procedure, received, due, days(state)],
    more: few ? h("a", { href: unitLink(about.unit, state) }, t("more")) : null,
  });
}

function owed(one) {
  if (one.sent_at) return t(one.late ? "sent_late" : "sent", day(one.sent_at));
  return one.owed === null ? "–" : t(one.late ? "owed_late" : "owed", day(one.owed));
}

const duty = name => ({ head: t(name), class: "text", text: row => owed(row[name]), node: row => h("span", { class: row[name].sent_at ? "" : row[name].late ? "overdue" : "due_soon" }, owed(row[name])) });

export function duties(about) {
  return list({
    id: "duties", title: `${t("view_duties")} – ${about.name}`, path: "/v1/duties", query: () => ({ unit: about.unit }),
    columns: [dossier, unit, official,
      { head: t("days_late"), class: "overdue", text: row => number(row.days_late) }, duty("explanation"), duty("apology"), { head: t("new_date"), class: "wide date", text: row => (row.new_date ? day(row.new_date) : "–") }],
  });
}

// Who holds what is overdue, those who hold most first.
export function holders(about, few) {
  return list({
    id: "holders", title: few ? t("held_by") : `${t("view_officials")} – ${about.name}`, path: "/v1/holders", query: () => ({ unit: about.unit }), size: few || 1000, plain: true,
    columns: [{ head: label("official"), class: "code", text: row => row.official || t("nobody") }, { ...unit, head: t("unit"), class: "text" }, { head: t("overdue"), class: "overdue", text: row => number(row.overdue) }, { head: t("longest"), text: row => number(row.longest) }],
    more: few ? h("a", { href: unitLink(about.unit, "officials") }, t("more")) : null,
  });
}
