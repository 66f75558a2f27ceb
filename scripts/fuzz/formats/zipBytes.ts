import { crc32, deflateRawSync } from "node:zlib";
import type { Random } from "../../../src/tensor/random.ts";
import { joined, packed } from "../bytes.ts";
import { chance, nastyNames, nastySizes, one, times } from "../stream.ts";

/** A member of an archive, as its two headers say it; null where the true number stands. */
interface Member {
  name: string;
  readonly contents: Uint8Array;
  method: number;
  /** What the directory says, and what stands before the member. */
  central: Header;
  local: Header;
  /** In ZIP64's extra field instead of the header's own. */
  wide: boolean;
}

interface Header {
  name: string | null;
  flags: number;
  method: number | null;
  crc: number | null;
  stored: number | null;
  size: number | null;
  offset: number | null;
  extra: Uint8Array;
}

interface Archive {
  readonly members: Member[];
  count: number | null;
  directory: number | null;
  directorySize: number | null;
  comment: Uint8Array;
  before: Uint8Array;
}

function header(): Header {
  return {
    name: null,
    flags: 0,
    method: null,
    crc: null,
    stored: null,
    size: null,
    offset: null,
    extra: new Uint8Array(0),
  };
}

/** The archive of these files, with none to three of its fields changed. */
export function zipBytes(files: ReadonlyMap<string, Uint8Array>, stream: Random): Uint8Array<ArrayBuffer> {
  const method = chance(0.5, stream) ? 8 : 0;
  const members = Array.from(files, ([name, contents]) => ({
    ...{ name, contents, method, wide: chance(0.1, stream) },
    ...{ central: header(), local: header() },
  }));
  const none = new Uint8Array(0);
  const archive: Archive = { members, count: null, directory: null, directorySize: null, comment: none, before: none };
  times(0, 3, stream, () => one(changes, stream)(archive, stream));
  return encoded(archive);
}

const changes: readonly ((archive: Archive, stream: Random) => void)[] = [
  function headerNumber({ members }, stream) {
    if (members.length === 0) return;
    const which = one(["central", "local"] as const, stream);
    const field = one(["crc", "stored", "size", "offset"] as const, stream);
    one(members, stream)[which][field] = one(nastySizes, stream);
  },
  function wrongCheckSum({ members }, stream) {
    if (members.length === 0) return;
    const member = one(members, stream);
    const wrong = crc32(member.contents) ^ (1 << stream.integer(32));
    if (chance(0.7, stream)) member.central.crc = wrong;
    if (chance(0.7, stream)) member.local.crc = wrong;
  },
  function method({ members }, stream) {
    if (members.length === 0) return;
    one(members, stream)[one(["central", "local"] as const, stream)].method = one([0, 8, 9, 12, 14, 93, 99], stream);
  },
  function flags({ members }, stream) {
    if (members.length === 0) return;
    const member = one(members, stream);
    const bits = one([1, 8, 0x800, 0x40, 0x2000, 0xffff], stream);
    member.central.flags = bits;
    if (chance(0.5, stream)) member.local.flags = bits;
  },
  function rename({ members }, stream) {
    if (members.length === 0) return;
    const member = one(members, stream);
    const name = `${one(nastyNames, stream)}${chance(0.8, stream) ? ".npy" : ""}`;
    if (chance(0.8, stream)) member.name = name;
    else member[one(["central", "local"] as const, stream)].name = name;
  },
  function twice({ members }, stream) {
    if (members.length === 0) return;
    const member = one(members, stream);
    members.push({ ...member, central: header(), local: header(), contents: one(members, stream).contents });
  },
  function bomb({ members }, stream) {
    const size = one([2 ** 20, 2 ** 24, 2 ** 26], stream);
    members.push({
      name: "bomb.npy",
      contents: new Uint8Array(size),
      method: 8,
      wide: false,
      central: header(),
      local: header(),
    });
  },
  function end(archive, stream) {
    archive[one(["count", "directory", "directorySize"] as const, stream)] = one(nastySizes, stream);
  },
  function around(archive, stream) {
    const junk = new Uint8Array(one([1, 22, 1000, 65_535], stream)).fill(one([0, 0x50, 255], stream));
    archive[chance(0.5, stream) ? "comment" : "before"] = junk;
  },
  function extra({ members }, stream) {
    if (members.length === 0) return;
    const member = one(members, stream)[one(["central", "local"] as const, stream)];
    const [id, length] = [one([1, 0x7075, 0x5455, 0xffff], stream), one([0, 8, 16, 24, 4000], stream)];
    member.extra = joined(
      packed([
        [2, id],
        [2, chance(0.7, stream) ? length : 65_535],
      ]),
      new Uint8Array(length),
    );
  },
];

const wideMark = 0xffffffff;

function encoded({ members, count, directory, directorySize, comment, before }: Archive): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [before];
  let at = before.length;
  const entries: Uint8Array[] = [];
  for (const member of members) {
    const bytes = member.method === 8 ? deflateRawSync(member.contents) : member.contents;
    const local = joined(packed([[4, 0x04034b50]]), headerBytes(member, member.local, bytes, 0, false), bytes);
    entries.push(
      joined(
        packed([
          [4, 0x02014b50],
          [2, 20],
        ]),
        headerBytes(member, member.central, bytes, at, true),
      ),
    );
    parts.push(local);
    at += local.length;
  }
  const size = entries.reduce((sum, { length }) => sum + length, 0);
  const end = packed([
    ...([
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, count ?? members.length],
      [2, count ?? members.length],
    ] as const),
    ...([
      [4, directorySize ?? size],
      [4, directory ?? at],
      [2, comment.length],
    ] as const),
  ]);
  return joined(...parts, ...entries, end, comment);
}

function headerBytes(member: Member, fields: Header, bytes: Uint8Array, at: number, central: boolean): Uint8Array {
  const name = Buffer.from(fields.name ?? member.name, "utf8").subarray(0, 65_535);
  const [size, stored] = [fields.size ?? member.contents.length, fields.stored ?? bytes.length];
  const offset = fields.offset ?? at;
  const wide = member.wide
    ? packed([[2, 1], [2, central ? 24 : 16], [8, size], [8, stored], ...(central ? ([[8, offset]] as const) : [])])
    : new Uint8Array(0);
  const extra = joined(wide, fields.extra);
  const common = packed([
    ...([
      [2, 20],
      [2, fields.flags],
      [2, fields.method ?? member.method],
      [2, 0],
      [2, 0x21],
    ] as const),
    ...([
      [4, fields.crc ?? crc32(member.contents)],
      [4, member.wide ? wideMark : stored],
    ] as const),
    ...([
      [4, member.wide ? wideMark : size],
      [2, name.length],
      [2, extra.length],
    ] as const),
  ]);
  const place = central
    ? packed([
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, member.wide ? wideMark : offset],
      ])
    : new Uint8Array(0);
  return joined(common, place, name, extra);
}
