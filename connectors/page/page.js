// Asks once a second and shows what changed. Nothing is fetched from anywhere but the server this page came from.
import { words } from "/page/words.js";

const EVERY = 1000, LISTED = 20, SMALL = 3, OLD = 60;
const KINDS = ["country", "ministry", "province", "department", "commune", ""];
let language = localStorage.getItem("language") || "vi";
let order = "overdue";
let last = null, shown = {};

const $ = id => document.getElementById(id);
const w = () => words[language];
const locale = () => (language === "vi" ? "vi-VN" : "en-GB");
const number = n => new Intl.NumberFormat(locale()).format(n);
const percent = r => (r === null ? "–" : new Intl.NumberFormat(locale(), { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(r));
const day = text => (text ? `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)}` : "–");
const unit = () => decodeURIComponent(location.hash.slice(1));

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function row(cells, attributes = {}, cell = "td") {
  const made = element("tr", undefined, attributes);
  made.append(...cells.map(one => (one instanceof Node ? one : element(cell, one))));
  return made;
}

const count = (value, kind) => element("td", number(value), { class: value ? kind : "zero" });

function head(found) {
  const about = found.unit;
  document.title = `${about.open_now.overdue} ${w().overdue.toLowerCase()} – ${about.name}`;
  $("name").textContent = about.name === about.unit ? about.name : `${about.name} (${about.unit})`;
  $("path").replaceChildren(...found.path.flatMap(one => [element("a", one.name, { href: `#${encodeURIComponent(one.unit)}` }), " › "]));
  const moment = about.as_of;
  $("as-of").textContent = moment ? w().as_of(moment.slice(11, 19), day(moment)) + (about.complete ? "" : ` – ${w().incomplete}`) : w().no_data;
  const age = moment ? Math.max(0, Math.round((Date.now() - Date.parse(moment)) / 1000)) : null;
  $("age").textContent = age === null ? "" : w().age(number(age));
  $("age").className = age !== null && age > OLD ? "old" : "";
  $("language").textContent = w().other;
  const years = found.calendar.unconfirmed;
  $("calendar").hidden = years.length === 0;
  $("calendar").textContent = years.length ? w().calendar(years.join(", ")) : "";
}

function tiles(about) {
  const note = { overdue: "open_note", due_soon: "soon_note", waiting: "open_note", in_time: "open_note" };
  const made = Object.keys(note).map(state => tile(state, number(about.open_now[state]), w()[state], w()[note[state]], about.open_now[state]));
  const indicator = about.indicators.find(one => one.id === "2.1");
  made.push(tile("ratio", percent(indicator.ratio), w().ratio, w().ratio_note, indicator.denominator));
  $("tiles").replaceChildren(...made);
}

function tile(kind, value, title, note, size) {
  const made = element("div", undefined, { class: `tile ${kind} ${size ? "" : "zero"}`, id: `tile-${kind}` });
  made.append(element("span", title), element("b", value), element("span", note));
  return made;
}

function units(found) {
  $("units-title").textContent = w().units;
  $("order").replaceChildren(...["overdue", "ratio"].map(one => {
    const made = element("button", w()[`by_${one}`], { type: "button", "aria-pressed": one === order });
    made.onclick = () => { order = one; show(); };
    return made;
  }));
  const heads = ["", w().overdue, w().due_soon, w().waiting, w().open, w().received, w().finished, w().late, "2.1"];
  $("units").tHead.replaceChildren(row(heads, {}, "th"));
  const body = [];
  const now = {};
  for (const kind of KINDS) {
    const group = found.rows.filter(one => (one.registered ? one.kind : "") === kind).sort(compare);
    if (group.length) body.push(row([element("td", w().kinds[kind], { colspan: heads.length })], { class: "group" }));
    for (const one of group) {
      now[one.unit] = JSON.stringify([one.counts, one.open_now]);
      const changed = shown[one.unit] !== undefined && shown[one.unit] !== now[one.unit];
      body.push(line(one, changed));
    }
  }
  shown = now;
  $("units").tBodies[0].replaceChildren(...body);
  $("small").textContent = found.rows.some(one => small(one)) ? w().small : "";
}

const small = one => one.workload > 0 && one.workload <= SMALL;
const ratio = one => (one.ratio_2_1 === null ? 2 : one.ratio_2_1);
const compare = (one, other) => (order === "ratio" ? ratio(one) - ratio(other) || one.unit.localeCompare(other.unit)
  : other.open_now.overdue - one.open_now.overdue || ratio(one) - ratio(other) || one.unit.localeCompare(other.unit));

function line(one, changed) {
  const name = element("td");
  name.append(element("a", one.name, { href: `#${encodeURIComponent(one.unit)}`, title: one.unit }));
  const share = element("td", percent(one.ratio_2_1) + (small(one) ? "*" : ""), { class: "share" });
  share.style.setProperty("--part", `${(one.ratio_2_1 || 0) * 100}%`);
  const { counts, open_now: now } = one;
  return row([name, count(now.overdue, "overdue"), count(now.due_soon, "due_soon"), count(now.waiting, ""), count(counts.open, ""), count(counts.received, ""),
    count(counts.finished, ""), count(counts.finished_late, "overdue"), share], { "data-unit": one.unit, ...(changed ? { class: "changed" } : {}) });
}

function month(about) {
  $("month-title").textContent = w().month;
  const names = ["received_in", "carried_over", "finished_early", "finished_on_time", "finished_late", "open_in_time", "open_overdue", "waiting"];
  const lines = names.map(name => row([w()[name], number(about.counts[name === "received_in" ? "received" : name])]));
  lines.push(row([w().on_time_of_finished, percent(about.on_time_of_finished)]));
  $("month").tBodies[0].replaceChildren(...lines);
}

function late(found) {
  $("late-title").textContent = `${w().late_list} – ${found.unit.name}`;
  $("late").tHead.replaceChildren(row([w().dossier, w().due, w().days], {}, "th"));
  const listed = found.overdue.items.slice(0, LISTED);
  $("late").tBodies[0].replaceChildren(...listed.map(one => row([one.dossier, day(one.due_at), element("td", number(one.working_days_late), { class: "overdue" })],
    { "data-dossier": one.dossier })));
  const rest = found.overdue.count - listed.length;
  $("more").textContent = listed.length === 0 ? w().none : rest > 0 ? w().more(number(rest)) : "";
}

function show() {
  document.documentElement.lang = language;
  if (!last) return;
  head(last);
  tiles(last.unit);
  units(last);
  month(last.unit);
  late(last);
}

function trouble(text) {
  $("trouble").hidden = !text;
  $("trouble").textContent = text || "";
}

async function look() {
  try {
    const code = unit();
    const answer = await fetch(`/v1/overview${code ? `?unit=${encodeURIComponent(code)}` : ""}`, { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (answer.status === 404) return trouble(w().unknown(code));
    if (!answer.ok) throw new Error(answer.statusText);
    const found = await answer.json();
    if (code !== unit()) return;
    last = found;
    trouble("");
    show();
  } catch {
    trouble(w().away);
  }
}

async function forever() {
  for (;;) {
    if (!document.hidden) await look();
    await new Promise(done => setTimeout(done, EVERY));
  }
}

$("language").onclick = () => {
  language = language === "vi" ? "en" : "vi";
  localStorage.setItem("language", language);
  show();
};
addEventListener("hashchange", () => { shown = {}; look(); });
forever();
