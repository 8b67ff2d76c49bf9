// Numbers, days and ages as readers of either language write them. Absent is a word, never 0.
import { t, language } from "/page/words.js";

const locale = () => (language() === "vi" ? "vi-VN" : "en-GB");
const made = new Map();
function formatter(name, options) {
  const key = `${locale()} ${name}`;
  if (!made.has(key)) made.set(key, new Intl.NumberFormat(locale(), options));
  return made.get(key);
}

export const number = n => (n === null || n === undefined ? t("no_data") : formatter("n", {}).format(n));
export const points = n => (n === null || n === undefined ? t("no_data") : formatter("p", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(n));
export const percent = r => (r === null || r === undefined ? t("no_data") : formatter("%", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(r));
export const day = text => (text ? `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)}` : t("no_data"));
export const moment = text => (text ? (text.length > 10 ? `${text.slice(11, 16)} ${day(text)}` : day(text)) : t("no_data"));
export const clock = text => text.slice(11, 19);

// seconds → "12 giây", "3 phút", "5 giờ", "2 ngày"
export function age(seconds) {
  const s = Math.max(0, Math.round(seconds));
  for (const [unit, size] of [["days", 172800], ["hours", 7200], ["minutes", 120]]) {
    if (s >= size) return t(`age_${unit}`, number(Math.floor(s / (size / 2))));
  }
  return t("age_seconds", number(s));
}

// Numerator and denominator of 2.1 of a row; no ratio of nothing
export const ratio = row => (row && row.denominator ? row.numerator / row.denominator : null);
export const small = row => Boolean(row && row.denominator && row.denominator <= 3);
// "UBND tỉnh An Giang" → "An Giang"
export const short = name => name.replace(/^UBND (tỉnh|Thành phố|thành phố) /u, "").replace("Hồ Chí Minh", "TP. HCM");
const GRADES = ["Yếu", "Trung bình", "Khá", "Tốt", "Xuất sắc"];
export const gradeClass = name => (name ? `g${GRADES.indexOf(name) + 1}` : "g0");
export const gradeWord = name => (name ? t("grades")[GRADES.indexOf(name)] : t("no_data"));
