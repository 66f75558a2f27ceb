import { escapeHtml, withCode } from "./escape.ts";

/** Characters above which a cell is a sentence, of several lines. */
const LONG = 48;

/**
 * A table that scrolls sideways where it is wider than the page; where it is `isStacked`, its rows are lists on a page
 * as narrow as a phone's, and what stands in brackets has a line of its own. Names, units and cells are escaped; a
 * command between backticks is code.
 */
export function htmlTable(
  columns: readonly { readonly name: string; readonly unit: string }[],
  rows: readonly (readonly string[])[],
  { isStacked = false } = {},
): string {
  const head = columns.map(({ name, unit }) => {
    return `<th scope="col">${escapeHtml(name)}<small>${escapeHtml(unit)}</small></th>`;
  });
  const cell = (text: string, i: number) => {
    const sentence = text.length > LONG ? ' class="sentence"' : "";
    return isStacked
      ? `<td${sentence} data-name="${escapeHtml(nameOf(columns[i]))}">${inTwo(text)}</td>`
      : `<td${sentence}>${withCode(text)}</td>`;
  };
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`);
  return (
    `<div class="scroll" tabindex="0"><table${isStacked ? ' class="stacked"' : ""}><thead><tr>${head.join("")}</tr></thead>` +
    `<tbody>${body.join("\n")}</tbody></table></div>`
  );
}

/** With its unit, as a row of a list has no head. */
const nameOf = (column: { readonly name: string; readonly unit: string } | undefined) =>
  column === undefined ? "" : [column.name, column.unit].filter((word) => word !== "").join(" ");

/**
 * "0.28 [0.27, 0.29]" with the interval below; one element either way, as words and commands beside each other would be
 * columns.
 */
function inTwo(text: string): string {
  const [, value, rest] = /^(\S.*?) ([[(].*)$/.exec(text) ?? [];
  if (value === undefined) return `<span>${withCode(text)}</span>`;
  return `<span>${escapeHtml(value)} <small>${escapeHtml(rest!)}</small></span>`;
}
