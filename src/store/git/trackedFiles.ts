/** A file as it was when it was last compared with what is recorded of it. */
export interface TrackedFile {
  /** Relative to the root of the repository. */
  readonly path: Buffer;
  readonly mode: number;
  /** Of the contents as an object. */
  readonly id: Buffer;
  readonly stat: {
    readonly ctime: number;
    readonly mtime: number;
    readonly nanoseconds: number;
    readonly inode: number;
    readonly size: number;
  };
  /** Not to be looked at, as asked for or because it is left out of a sparse checkout. */
  readonly passedOver: boolean;
  /** In the middle of a merge, or only announced. */
  readonly unsettled: boolean;
}

/** The index of a repository. */
export interface TrackedFiles {
  readonly files: readonly TrackedFile[];
  /**
   * The tree that a commit of it would have, in hexadecimal digits; null where that was not computed since files were
   * staged.
   */
  readonly tree: string | null;
}

const HEADER = 12;
const ASSUME_VALID = 0x8000;
const EXTENDED = 0x4000;
const STAGE = 0x3000;
const SKIP_WORKTREE = 0x4000;
const INTENT_TO_ADD = 0x2000;

/**
 * Reads an index of version 2, 3 or 4 (gitformat-index). Null where it is none, is damaged, or has an extension that
 * changes its meaning, as a split index has. `idBytes` is 20, or 32 where objects are named by SHA-256.
 */
export function readTrackedFiles(bytes: Buffer, idBytes: number): TrackedFiles | null {
  if (bytes.length < HEADER + idBytes || bytes.toString("latin1", 0, 4) !== "DIRC") return null;
  const version = bytes.readUInt32BE(4);
  const count = bytes.readUInt32BE(8);
  if (version < 2 || version > 4 || count > bytes.length / (40 + idBytes)) return null;
  const files: TrackedFile[] = [];
  let at = HEADER;
  for (let i = 0; i < count; i++) {
    const read = readFile(bytes, at, { version, idBytes, before: files.at(-1)?.path ?? Buffer.alloc(0) });
    if (read === null) return null;
    files.push(read.file);
    at = read.end;
  }
  const tree = readExtensions(bytes, at, idBytes);
  return tree === undefined ? null : { files, tree };
}

interface Place {
  readonly version: number;
  readonly idBytes: number;
  /** The path of the file before, whose beginning version 4 does not repeat. */
  readonly before: Buffer;
}

function readFile(bytes: Buffer, at: number, { version, idBytes, before }: Place) {
  const idAt = at + 40;
  const flagsAt = idAt + idBytes;
  if (flagsAt + 4 > bytes.length) return null;
  const flags = bytes.readUInt16BE(flagsAt);
  const extended = (flags & EXTENDED) !== 0 ? bytes.readUInt16BE(flagsAt + 2) : 0;
  const nameAt = flagsAt + ((flags & EXTENDED) !== 0 ? 4 : 2);
  const name = version === 4 ? continuedName(bytes, nameAt, before) : paddedName(bytes, nameAt, at);
  if (name === null || !isInside(name.path)) return null;
  const number = (offset: number) => bytes.readUInt32BE(at + offset);
  const stat = { ctime: number(0), mtime: number(8), nanoseconds: number(12), inode: number(20), size: number(36) };
  const file: TrackedFile = {
    path: name.path,
    mode: number(24),
    id: bytes.subarray(idAt, flagsAt),
    stat,
    passedOver: (flags & ASSUME_VALID) !== 0 || (extended & SKIP_WORKTREE) !== 0,
    unsettled: (flags & STAGE) !== 0 || (extended & INTENT_TO_ADD) !== 0,
  };
  return { file, end: name.end };
}

/** Versions 2 and 3: zeros fill each entry up to a multiple of 8 bytes, one at least. */
function paddedName(bytes: Buffer, at: number, entry: number) {
  const end = bytes.indexOf(0, at);
  return end < 0 ? null : { path: bytes.subarray(at, end), end: entry + 8 * (Math.floor((end - entry) / 8) + 1) };
}

function continuedName(bytes: Buffer, at: number, before: Buffer) {
  let [position, removed] = [at, 0];
  for (let more = true; more; position++) {
    const byte = bytes[position];
    if (byte === undefined || removed > before.length) return null;
    // Each further byte counts from 1: no length can be written in two ways.
    removed = (position === at ? 0 : (removed + 1) * 128) + (byte & 127);
    more = byte > 127;
  }
  const end = bytes.indexOf(0, position);
  if (end < 0 || removed > before.length) return null;
  return {
    path: Buffer.concat([before.subarray(0, before.length - removed), bytes.subarray(position, end)]),
    end: end + 1,
  };
}

/** Whether a path can name nothing but a file below the root. */
function isInside(path: Buffer): boolean {
  const parts = path.toString("latin1").split("/");
  // A folder of a sparse checkout ends with a slash.
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return parts.every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git");
}

/**
 * The root's name in the extension that remembers trees; null where there is none, undefined where an extension must be
 * known.
 */
function readExtensions(bytes: Buffer, start: number, idBytes: number): string | null | undefined {
  let tree: string | null = null;
  for (let at = start; at + 8 <= bytes.length - idBytes; ) {
    const name = bytes.toString("latin1", at, at + 4);
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    if (end > bytes.length - idBytes) return undefined;
    // What may be passed over begins with a capital letter.
    if (!/^[A-Z]/.test(name)) return undefined;
    if (name === "TREE") tree = rootOf(bytes.subarray(at + 8, end), idBytes);
    at = end;
  }
  return tree;
}

/**
 * An empty name, a zero, the number of files (−1: out of date), a space, the number of trees below, a line end, the
 * name.
 */
function rootOf(bytes: Buffer, idBytes: number): string | null {
  const head = /^\0(-?\d+) \d+\n/.exec(bytes.toString("latin1", 0, 64));
  if (head === null || head[1]!.startsWith("-") || bytes.length < head[0].length + idBytes) return null;
  return bytes.toString("hex", head[0].length, head[0].length + idBytes);
}
