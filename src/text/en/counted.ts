import { whole } from "../format.ts";

/** "1 epoch", "1,200 epochs". */
export function counted(count: number, what: string): string {
  return `${whole(count)} ${what}${count === 1 ? "" : "s"}`;
}
