// The catalogue: one key, two languages; a missing word shows its key, which the tests find.
import { vi } from "/page/words_vi.js";
import { en } from "/page/words_en.js";

export const catalogue = { vi, en };
let chosen = localStorage.getItem("language") === "en" ? "en" : "vi";

export const language = () => chosen;
export function speak(name) {
  chosen = name;
  localStorage.setItem("language", name);
  document.documentElement.lang = name;
}

export function t(key, ...values) {
  const found = catalogue[chosen][key];
  return typeof found === "function" ? found(...values) : found === undefined ? key : found;
}
