import type { Rows } from "../files/rows.ts";
import type { DataNote } from "../notes.ts";

/** Rounding below this share of what a feature varies is of no weight. */
const LEAST_SHARE = 0.01;
/** Columns that a note names at most. */
const MOST_NAMED = 5;

/** Features of `width` columns that vary by little more than float32 rounds, as times in seconds do or 1e-300. */
export function coarseColumns(name: string, rows: Rows, width: number): DataNote[] {
  if (rows.type === "float32") return [];
  const [means, squares, errors] = [0, 0, 0].map(() => new Float64Array(width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < rows.shape[0]!; i++) {
    const values = rows.at(i);
    for (let c = 0; c < width; c++) {
      const value = Number(values[c]);
      const off = value - means[c]!;
      means[c]! += off / (i + 1);
      // Lengths, as the square of 1e-300 is 0.
      squares[c] = Math.hypot(squares[c]!, Math.sqrt(i / (i + 1)) * off);
      errors[c] = Math.hypot(errors[c]!, value - Math.fround(value));
    }
  }
  const shares = Array.from(errors, (error, c) => (squares[c]! > 0 ? Math.min(1, error / squares[c]!) : 0));
  const coarse = [...shares.keys()].filter((c) => shares[c]! > LEAST_SHARE);
  if (coarse.length === 0) return [];
  const columns = coarse.slice(0, MOST_NAMED).map((c) => `${name}[${c}]`);
  const share = coarse.reduce((most, c) => Math.max(most, shares[c]!), 0);
  return [{ kind: "coarse", columns, more: coarse.length - columns.length, share }];
}
