/**
 * A text as a cell of CSV (RFC 4180): in quotes where it holds a comma, a quote or a line end. A text that a
 * spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"): one that begins with
 * =, +, -, @, a tab or a line end, full-width signs included. Numbers are not texts: write them as they are.
 */
export function csvText(text: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
