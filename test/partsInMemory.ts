import type { ResumableArray, ResumableParts } from "../src/analysis/resumableRows.ts";

/** Parts of a measurement as they would lie on disk. */
export function partsInMemory(): ResumableParts & { readonly names: string[] } {
  const parts = new Map<string, ReadonlyMap<string, ResumableArray>>();
  return {
    read: (name) => parts.get(name) ?? null,
    write: (name, arrays) => void parts.set(name, structuredClone(arrays)),
    remove: (name) => void parts.delete(name),
    get names() {
      return [...parts.keys()].sort();
    },
  };
}
