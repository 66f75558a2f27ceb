import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { OpenOptions } from "../src/data/openOptions.ts";
import { openData } from "../src/data/registry.ts";

/**
 * A folder for files of data, removed after the tests of the file that asks for it; `put` writes one and gives its
 * path.
 */
export function dataFolder() {
  const root = mkdtempSync(join(tmpdir(), "batchscope-sources-"));
  afterAll(() => rmSync(root, { recursive: true }));
  return {
    root,
    put(path: string, bytes: Uint8Array | string): string {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), bytes);
      return join(root, path);
    },
    open: (path: string, reading: OpenOptions = {}, subset?: string) =>
      openData(path.startsWith("/") ? path : join(root, path), { subset, reading }),
  };
}
