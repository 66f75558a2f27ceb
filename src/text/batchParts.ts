import { significant, whole } from "./format.ts";

/** "20 %" of an overhead of 0.2. */
export const overheadText = (overhead: number) => `${Math.round(100 * overhead)} %`;

/** A batch size in examples as branches find it. */
export interface FoundBatch {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * "142 [98, 210]"; "142 [98, ∞]" where nothing bounds it from above; "≥ 98" and "≤ 16" where no value is known, "128"
 * where no interval is; "–" where nothing is known.
 */
export function foundBatch({ value, lower, upper }: FoundBatch): string {
  const end = (one: number | null) => (one === null ? "∞" : whole(Math.round(one)));
  if (value !== null) return lower === null ? end(value) : `${end(value)} [${end(lower)}, ${end(upper)}]`;
  if (lower !== null) return upper === null ? `≥ ${end(lower)}` : `[${end(lower)}, ${end(upper)}]`;
  return upper === null ? "–" : `≤ ${end(upper)}`;
}

/** The same of one that is known to lie above 0, where nothing else bounds it from below: "5 [0, 12]". */
export const foundCritical = ({ value, lower, upper }: FoundBatch) =>
  foundBatch({ value, lower: lower ?? (value === null ? null : 0), upper });

/** "= 0.0312", and "< 0.001" where it is less. */
export const probabilityText = (p: number) => (p < 0.001 ? "< 0.001" : `= ${significant(p)}`);
