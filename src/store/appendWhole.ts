import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** All of the text at the end of a file or nothing: what a full disk lets through of it is taken back. */
export function appendWhole(path: string, text: string, { sync = false } = {}): void {
  withFile(path, (file) => {
    const before = fstatSync(file).size;
    const bytes = new TextEncoder().encode(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    } catch (error) {
      ftruncateSync(file, before);
      throw error;
    }
    if (sync) fsyncSync(file);
  });
}

/** Does not return before what was written into a file is on the disk. */
export function syncFile(path: string): void {
  withFile(path, fsyncSync);
}

function withFile(path: string, use: (file: number) => void): void {
  const file = openSync(path, "a");
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}
