import { closeSync } from "node:fs";

/** Systems allow a process 256 at least, and a folder of gradients may hold 10,000 files. */
const MOST_OPEN = 128;

/**
 * Descriptors of files that are read in part: those used last stay open, others are opened again when they are asked
 * for.
 */
export interface Descriptors {
  /** The descriptor of `file`, which stands for one file; `open` gives it where it is not open. */
  of(file: object, open: () => number): number;
  /** Closes it, where it is open, until it is asked for again. */
  close(file: object): void;
}

export function descriptorPool(mostOpen = MOST_OPEN): Descriptors {
  const held = new Map<object, number>();
  const close = (file: object) => {
    const descriptor = held.get(file);
    held.delete(file);
    if (descriptor !== undefined) closeSync(descriptor);
  };
  return {
    of(file, open) {
      const descriptor = held.get(file) ?? open();
      // The least recently used is the first of the map.
      held.delete(file);
      held.set(file, descriptor);
      if (held.size > mostOpen) close(held.keys().next().value!);
      return descriptor;
    },
    close,
  };
}

/** Of the process: garbage is collected when memory runs short, which says nothing of descriptors. */
export const descriptors = descriptorPool();
