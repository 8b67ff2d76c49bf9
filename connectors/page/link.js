// Addresses of the page. They are promised to notices, boards and bookmarks: docs/page.md.
export const VIEWS = ["overview", "overdue", "today", "soon", "duties", "officials", "indicators", "rank"];
const DOSSIER = "dossier";

const plain = text => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

// `#/H44/overdue` → {unit: "H44", view: "overdue"}; `#/dossier/NUMBER` → {dossier: "NUMBER"}; `#/` and nothing → the room
export function read(hash = location.hash) {
  const parts = hash.replace(/^#\/?/, "").split("/").map(plain);
  if (parts[0] === DOSSIER && parts[1]) return { unit: "", view: DOSSIER, dossier: parts.slice(1).join("/") };
  return { unit: parts[0], view: VIEWS.includes(parts[1]) ? parts[1] : "overview" };
}

export const unitLink = (unit, view = "overview") => `#/${encodeURIComponent(unit)}${view === "overview" ? "" : `/${view}`}`;
export const dossierLink = number => `#/${DOSSIER}/${encodeURIComponent(number)}`;

// What somebody typed: a dossier's number has a dash, a unit's code has none.
export const anywhere = text => (text.includes("-") ? dossierLink(text) : unitLink(text));
