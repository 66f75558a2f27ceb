import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { constants, inflateSync } from "node:zlib";
import { readSome } from "./regularFile.ts";

/** The tree is the first line of a commit: its beginning is enough. */
const BEGINNING = 4096;
/** A deflated beginning expands at most about a thousandfold. */
const INFLATED = 2 ** 23;
const PACKS = 256;
/** Begins the index of a pack, of version 2. */
const MAGIC = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
const FAN_OUT = 256 * 4;
const COMMIT = 1;

/**
 * The tree of a commit, in hexadecimal digits: of a loose object, or one that stands whole in a pack. Null where it
 * does not, as where it is kept as a difference from another, or in another repository. Throws the system's errors, and
 * zlib's.
 */
export function treeOf(common: string, commit: string): string | null {
  const objects = join(common, "objects");
  const loose = readSome(join(objects, commit.slice(0, 2), commit.slice(2)), BEGINNING);
  const text = loose === null ? packedCommit(join(objects, "pack"), commit) : inflate(loose);
  return /^(?:commit \d+\0)?tree ([0-9a-f]{40,64})\n/.exec(text ?? "")?.[1] ?? null;
}

function inflate(bytes: Uint8Array): string {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: INFLATED };
  return inflateSync(bytes, options).subarray(0, BEGINNING).toString("latin1");
}

function packedCommit(folder: string, commit: string): string | null {
  const packs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".idx")) : [];
  for (const name of packs.slice(0, PACKS)) {
    const index = join(folder, name);
    const offset = offsetIn(index, Buffer.from(commit, "hex"));
    if (offset !== undefined) return commitAt(index.replace(/idx$/, "pack"), offset);
  }
  return null;
}

/**
 * Where in its pack an object begins. The index: the number of objects up to each first byte, their names in order,
 * checksums, offsets.
 */
function offsetIn(index: string, id: Buffer): number | undefined {
  const head = readSome(index, MAGIC.length + FAN_OUT);
  if (head?.length !== MAGIC.length + FAN_OUT || !head.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const upTo = (byte: number) => (byte < 0 ? 0 : head.readUInt32BE(MAGIC.length + 4 * byte));
  const names = head.length;
  const number = (position: number) => readSome(index, 4, position)!.readUInt32BE();
  let [low, high] = [upTo(id[0]! - 1), upTo(id[0]!)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const order = readSome(index, id.length, names + id.length * middle)!.compare(id);
    if (order === 0) {
      const offset = number(names + upTo(255) * (id.length + 4) + 4 * middle);
      // Beyond 2 GiB it stands in a table of its own.
      return offset < 2 ** 31 ? offset : undefined;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/**
 * Three bits of the first byte are the object's kind; each byte whose highest bit is set is followed by more of its
 * size.
 */
function commitAt(pack: string, offset: number): string | null {
  const bytes = readSome(pack, BEGINNING, offset);
  if (!bytes?.length || ((bytes[0]! >> 4) & 7) !== COMMIT) return null;
  return inflate(bytes.subarray(bytes.findIndex((byte) => byte < 128) + 1));
}
