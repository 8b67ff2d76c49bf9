// Puts the parts together: address → view, stream → model → what is shown.
import { $, h, put } from "/page/dom.js";
import { ask } from "/page/ask.js";
import { t } from "/page/words.js";
import { anywhere, read, unitLink } from "/page/link.js";
import { follow } from "/page/stream.js";
import { model, clear, merge, hear } from "/page/model.js";
import { frame, head, tools, trouble } from "/page/frame.js";
import { tiles } from "/page/tiles.js";
import { units } from "/page/units.js";
import { tilemap } from "/page/tilemap.js";
import { dossiers, duties, holders } from "/page/dossiers.js";
import { notices } from "/page/notices.js";
import { indicators } from "/page/indicators.js";
import { dossier } from "/page/dossier.js";

const LISTS_MS = 5000, OWED_MS = 60000, SHARE = 50; // a list is asked for no more often than fifty times what it takes
let at = { unit: null, view: null }, shown = [], stop = null, followed = null, listed = 0, due = "", drawn = null;

const part = made => {
  shown.push(made);
  return made.root;
};

// What a view is made of; `shown` are its parts, filled after every frame, loaded anew where lists may have changed.
function compose() {
  const { view } = at, about = model.about;
  if (view === "dossier") return [part(dossier(at.dossier, one => one.unit !== followed && listen(one.unit || ""), () => followed === null && listen("")))];
  if (!about) return [h("p", { class: "note", id: "loading" }, t("loading"))];
  if (view === "overdue" || view === "today" || view === "soon") return [part(dossiers(about, view))];
  if (view === "duties") return [part(duties(about))];
  if (view === "officials") return [part(holders(about))];
  if (view === "indicators") return [part(indicators(about))];
  const below = model.units.length || view === "rank" ? part(units(view === "rank" ? "total" : "overdue")) : null;
  if (view === "rank") return [part(tiles()), below];
  const oldest = () => part(dossiers(about, "overdue", 8)), country = about.kind === "country";
  const left = model.units.length ? [below, country && oldest()] : [part(dossiers(about, "today", 12)), part(holders(about, 12))];
  const right = [country ? part(tilemap()) : oldest(), part(notices())];
  return [part(tiles()), h("div", { class: "two" }, h("div", {}, left), h("div", {}, right))];
}

function draw() {
  shown = [];
  drawn = model.about && model.about.unit;
  put($("main"), compose());
  fill();
}

function fill() {
  head(at);
  for (const one of shown) if (one.fill) one.fill();
}

// Lists follow the figures, but not more often than every few seconds: they cost the server more.
function refresh() {
  const now = JSON.stringify(model.own);
  const pause = Math.max(LISTS_MS, ...shown.map(one => (one.cost || 0) * SHARE));
  if (now === due || Date.now() - listed < pause) return;
  due = now;
  listed = Date.now();
  for (const one of shown) if (one.load) one.load();
}

function listen(unit) {
  if (stop) stop();
  if (unit !== followed) clear();
  followed = unit;
  due = "";
  listed = 0;
  stop = follow(unit, {
    figure(data) {
      const before = model.about && JSON.stringify([model.about, model.units.length]);
      merge(data);
      frame.away = false;
      if (data.known) trouble("");
      else trouble(t("unknown", unit), unitLink(""));
      if (model.about && JSON.stringify([model.about, model.units.length]) !== before && at.view !== "dossier") draw();
      else if (data.rows || !drawn) fill();
      else head(at);
      if (due === "" && model.own !== undefined) due = JSON.stringify(model.own);
      else refresh();
      if (!model.owed) owe();
    },
    notice(data) {
      hear(data);
      fill();
    },
    away() {
      frame.away = true;
      head(at);
    },
  });
}

async function owe() {
  if (!model.about || document.hidden) return;
  const { unit } = model.about;
  model.owed = model.owed || { apologies: null, silent: [] };
  try {
    const owed = await ask("/v1/owed", { unit });
    if (model.about && model.about.unit === unit) model.owed = owed;
    fill();
  } catch {
    // the figure stays as it is: "no data yet"
  }
}

function go() {
  const wanted = read();
  const moved = wanted.unit !== at.unit || wanted.view !== at.view || wanted.dossier !== at.dossier;
  at = wanted;
  trouble("");
  if (at.view !== "dossier" && at.unit !== followed) listen(at.unit);
  draw();
  if (moved && document.activeElement !== document.body) $("name").focus({ preventScroll: true });
  if (moved) scrollTo(0, 0);
}

$("go").addEventListener("submit", event => {
  event.preventDefault();
  const wanted = $("where").value.trim();
  if (wanted) location.hash = anywhere(wanted);
  $("where").value = "";
});
$("skip").addEventListener("click", event => {
  event.preventDefault();
  $("main").focus();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden && stop) {
    stop();
    stop = null;
  } else if (!document.hidden && !stop && followed !== null) listen(followed);
});
addEventListener("hashchange", go);
setInterval(() => head(at), 1000);
setInterval(refresh, 1000);
setInterval(owe, OWED_MS);
clear();
tools(() => draw());
go();

