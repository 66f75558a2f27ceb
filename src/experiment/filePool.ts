import { closeSync, fstatSync } from "node:fs";
import { attempt, openFile, type RandomAccess, readFully } from "../data/randomAccess.ts";

/** Files that are open at once: systems allow a process 256 at least, and a folder may hold 10,000. */
const MOST_OPEN = 128;

/** Many files that are read in part, of which those read last stay open. */
export interface FilePool {
  /** Throws `NotFoundError` and `DataError` as `openRandomAccess` does, and where the file changed since. */
  at(path: string): RandomAccess & { readonly modifiedAt: number };
  close(): void;
}

export function filePool(mostOpen: number = MOST_OPEN): FilePool {
  const open = new Map<string, number>();
  const descriptorOf = (path: string) => {
    const held = open.get(path);
    const descriptor = held ?? openFile(path);
    // The least recently used is the first of the map.
    open.delete(path);
    open.set(path, descriptor);
    if (open.size > mostOpen) {
      const [oldest, other] = open.entries().next().value!;
      open.delete(oldest);
      closeSync(other);
    }
    return descriptor;
  };
  return {
    at(path) {
      const status = attempt(path, () => fstatSync(descriptorOf(path)));
      return {
        path,
        size: status.size,
        modifiedAt: status.mtimeMs,
        read: (into, position) => readFully(path, descriptorOf(path), into, position),
      };
    },
    close() {
      for (const descriptor of open.values()) closeSync(descriptor);
      open.clear();
    },
  };
}
