// A table as a file that spreadsheets open with Vietnamese letters intact.
import { h } from "/page/dom.js";
import { t } from "/page/words.js";

// A cell that begins like a formula would be run by a spreadsheet.
const cell = value => {
  const text = value === null || value === undefined ? "" : String(value);
  const plain = /^[=+\-@\t\r]/.test(text) && !/^-?\d+([.,]\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

export const text = (heads, rows) => `\ufeff${[heads, ...rows].map(row => row.map(cell).join(",")).join("\r\n")}\r\n`;

// A button; `make` gives [heads, rows], now or later
export function download(name, make) {
  return h("button", { type: "button", class: "csv", onclick: async event => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      const url = URL.createObjectURL(new Blob([text(...(await make()))], { type: "text/csv;charset=utf-8" }));
      h("a", { href: url, download: `${name}.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    } finally {
      button.disabled = false;
    }
  } }, t("csv"));
}
