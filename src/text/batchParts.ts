import { whole } from "./format.ts";

/** "20 %" of an overhead of 0.2. */
export const overheadText = (overhead: number) => `${Math.round(100 * overhead)} %`;

/** A batch size in examples as branches find it. */
export interface FoundBatch {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** "142 [98, 210]", "≥ 98" where nothing bounds it from above, "≤ 16" from below; "–" where nothing is known. */
export function foundBatch({ value, lower, upper }: FoundBatch): string {
  if (value !== null && lower !== null && upper !== null)
    return `${whole(Math.round(value))} [${whole(Math.round(lower))}, ${whole(Math.round(upper))}]`;
  if (lower !== null && upper !== null) return `[${whole(Math.round(lower))}, ${whole(Math.round(upper))}]`;
  if (lower !== null) return `≥ ${whole(Math.round(lower))}`;
  return upper === null ? "–" : `≤ ${whole(Math.round(upper))}`;
}
