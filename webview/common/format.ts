const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes as everywhere in Strata and as Docker's lists print them: decimal units, three digits (`7.83MB`). */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}

let language: string | undefined;
let numbers: Intl.NumberFormat | undefined;
let percents: Intl.NumberFormat | undefined;

/** The language in which numbers are written; the editor's, which the document has. */
export function setLanguage(tag: string): void {
  language = tag;
  numbers = undefined;
  percents = undefined;
}

/** English, and what no language groups, without tables: for the first figure Chromium reads those for tens of milliseconds. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  if (language === 'en') return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
  numbers ??= new Intl.NumberFormat(language);
  return numbers.format(count);
}

/** @param share 0 to 1 */
export function formatPercent(share: number): string {
  percents ??= new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  return percents.format(share);
}

/** Puts what is told into `{0}`, `{1}`, … of a text that the host gave. */
export function fill(text: string, ...values: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (place, number) => String(values[Number(number)] ?? place));
}
