import { escapeHtml } from "./escape.ts";

/** A table that scrolls sideways where it is wider than the page. Names, units and cells are escaped. */
export function htmlTable(
  columns: readonly { readonly name: string; readonly unit: string }[],
  rows: readonly (readonly string[])[],
): string {
  const head = columns.map(({ name, unit }) => {
    return `<th scope="col">${escapeHtml(name)}<small>${escapeHtml(unit)}</small></th>`;
  });
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`);
  return (
    `<div class="scroll" tabindex="0"><table><thead><tr>${head.join("")}</tr></thead>` +
    `<tbody>${body.join("\n")}</tbody></table></div>`
  );
}
