import { fstatSync } from "node:fs";
import { descriptors } from "../../data/files/descriptors.ts";
import { attempt, type OpenFile, openFile, readFully } from "../../data/files/randomAccess.ts";

/** Many files that are read in part, of which few are open at a time. */
export interface FilePool {
  /** Throws `NotFoundError` and `DataError` as `openRandomAccess` does. */
  at(path: string): OpenFile & { readonly modifiedAt: number };
  close(): void;
}

export function filePool(): FilePool {
  const files = new Map<string, object>();
  const descriptorOf = (path: string) => {
    const file = files.get(path) ?? {};
    files.set(path, file);
    return descriptors.of(file, () => openFile(path));
  };
  return {
    at(path) {
      const status = attempt(path, () => fstatSync(descriptorOf(path)));
      return {
        path,
        size: status.size,
        modifiedAt: status.mtimeMs,
        read: (into, position) => readFully(path, descriptorOf(path), into, position),
        close: () => descriptors.close(files.get(path)!),
      };
    },
    close() {
      for (const file of files.values()) descriptors.close(file);
      files.clear();
    },
  };
}
