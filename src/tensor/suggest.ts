/**
 * `; did you mean "…"?` for the candidate closest to `name`, or nothing where none is within a third of its letters.
 */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.max(name.length, candidate.length) / 3))
    .sort((a, b) => a.distance - b.distance);
  return best === undefined ? "" : `; did you mean "${best.candidate}"?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment; Damerau 1964). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [row, above, twoAbove] = [[i], rows[i - 1]!, rows[i - 2]];
    for (let j = 1; j <= b.length; j++) {
      const equal = a[i - 1] === b[j - 1];
      const swapped = twoAbove !== undefined && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (equal ? 0 : 1)));
      if (swapped) row[j] = Math.min(row[j]!, twoAbove[j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
