// What surrounds every view: name and path, age of the data, warnings, tabs, language and theme.
import { $, h, keyed, put, say } from "/page/dom.js";
import { t, language, speak } from "/page/words.js";
import { model, age } from "/page/model.js";
import { unitLink, VIEWS } from "/page/link.js";
import { age as old, clock, day, number, percent } from "/page/format.js";

const OLD = 60, FRESH = 10;
const THEMES = ["auto", "light", "dark"];
const COUNTED = { overdue: "overdue", today: "due_today", soon: "due_soon" };
export const frame = { away: false };

export function head(at) {
  const about = model.about;
  const name = at.view === "dossier" ? at.dossier : about ? (about.name === about.unit ? about.name : `${about.name} (${about.unit})`) : at.unit || "chiso";
  say($("name"), name);
  document.title = about && model.own ? `${number(model.own.overdue)} ${t("overdue").toLowerCase()} – ${name}` : `${name} – chiso`;
  const path = about ? [...model.path, ...(at.view === "dossier" ? [about] : [])] : [];
  keyed($("path"), path, one => one.unit, one => h("a", { href: unitLink(one.unit) }), (node, one) => say(node, one.name));
  fresh();
  tabs(at);
  const years = model.calendar.unconfirmed;
  banner("calendar", years.length ? t("calendar", years.join(", ")) : "");
}

function fresh() {
  const seconds = age();
  const words = seconds === null ? "" : old(seconds);
  const bad = frame.away || seconds === null || seconds > OLD;
  $("age").className = `age ${bad ? "bad" : model.complete && seconds <= FRESH ? "good" : "warn"}`;
  say($("age"), seconds === null ? t("no_data") : t("fresh", words));
  say($("as-of"), seconds === null ? "" : t("as_of", clock(model.asOf), day(model.asOf)) + (model.complete ? "" : ` – ${t("incomplete").toLowerCase()}`));
  if (frame.away) trouble(t("away", model.asOf ? since() : ""));
  banner("partial", frame.away || model.complete || (model.asOf === null && model.state === "ok") ? "" : partial());
}

// A moment, not an age: what is read out must not change every second.
const since = () => `${clock(model.asOf).slice(0, 5)} ${day(model.asOf)}`;

function partial() {
  const when = model.asOf ? since() : "";
  if (model.state === "away") return t("store_away", when);
  return model.state === "filling" ? t("filling", percent(Math.floor(model.progress * 20) / 20), when) : t("behind", when);
}

function banner(id, text) {
  $(id).hidden = !text;
  say($(id), text);
}

export function trouble(text, link) {
  if ($("trouble").dataset.text === text) return;
  $("trouble").dataset.text = text;
  $("trouble").hidden = !text;
  put($("trouble"), text, link ? h("a", { href: link }, t("home")) : null);
}

function tabs(at) {
  const about = model.about;
  const views = at.view === "dossier" || !about ? [] : VIEWS.filter(one => one !== "rank" || model.units.length);
  keyed($("tabs"), views, one => one, () => h("a", {}, h("span"), h("b", { class: "count" })), (node, one) => {
    node.setAttribute("href", unitLink(about.unit, one));
    if (one === at.view) node.setAttribute("aria-current", "page");
    else node.removeAttribute("aria-current");
    say(node.firstChild, t(`view_${one}`));
    const value = COUNTED[one] && model.own ? model.own[COUNTED[one]] : null;
    say(node.lastChild, value === null ? "" : number(value));
    node.lastChild.className = `count ${one}${value ? "" : " zero"}`;
  });
  $("tabs").hidden = views.length === 0;
}

// Buttons of language and theme; `again` draws everything anew in other words.
export function tools(again) {
  let theme = THEMES.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto";
  const words = () => {
    document.documentElement.dataset.theme = theme;
    say($("language"), t("other"));
    $("language").lang = language() === "vi" ? "en" : "vi";
    say($("theme"), t(`theme_${theme}`));
    $("theme").title = t("theme");
    $("theme").setAttribute("aria-label", `${t("theme")}: ${t(`theme_${theme}`)}`);
    say($("skip"), t("skip"));
    say($("go-do"), t("go"));
    $("where").placeholder = t("where");
    $("where").setAttribute("aria-label", t("where"));
    $("path").setAttribute("aria-label", t("path"));
    $("tabs").setAttribute("aria-label", t("tabs"));
  };
  $("language").addEventListener("click", () => {
    speak(language() === "vi" ? "en" : "vi");
    words();
    again();
  });
  $("theme").addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    localStorage.setItem("theme", theme);
    words();
  });
  speak(language());
  words();
}
