import type { KeptArray, KeptParts } from "../src/analysis/resumableRows.ts";

/** Parts of a measurement as they would lie on disk. */
export function keptInMemory(): KeptParts & { readonly names: string[] } {
  const parts = new Map<string, ReadonlyMap<string, KeptArray>>();
  return {
    read: (name) => parts.get(name) ?? null,
    write: (name, arrays) => void parts.set(name, structuredClone(arrays)),
    remove: (name) => void parts.delete(name),
    get names() {
      return [...parts.keys()].sort();
    },
  };
}
