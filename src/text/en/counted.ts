import { whole } from "../format.ts";

/** "1 epoch", "1,200 epochs"; of a count that is text already too. */
export function counted(count: number | string, what: string): string {
  const text = typeof count === "number" ? whole(count) : count;
  return `${text} ${what}${text === "1" ? "" : "s"}`;
}
