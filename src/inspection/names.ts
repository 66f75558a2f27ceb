import type { Dataset } from "../data/dataset.ts";

/** A class as people call it. */
export function nameOf({ classNames }: Dataset, c: number): string {
  return classNames[c] ?? String(c);
}

/** The file of an example, of data that have one for each. */
export function fileOf({ columns }: Dataset, example: number): { file?: string } {
  const file = columns?.file?.[example];
  return file === undefined ? {} : { file };
}
