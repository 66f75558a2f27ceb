import type { Random } from "../../../src/tensor/random.ts";
import { joined, packed } from "../bytes.ts";
import { chance, nastyNames, nastyNumbers, nastySizes, one, times } from "../stream.ts";

const widths: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, I64: 8, I32: 4, I8: 1, U8: 1, BOOL: 1 };
const others = ["BF16", "I16", "U16", "U32", "U64", "F8_E4M3", "C64", "f32", "", "F4", "__proto__", "toString"];

/** An entry of the header, member by member as JSON text. */
interface Entry {
  name: string;
  dtype: string;
  shape: string;
  offsets: string;
  extra: string;
}

interface Fields {
  entries: Entry[];
  metadata: string | null;
  data: Uint8Array;
  length: number | null;
  before: string;
  after: string;
  padding: number;
}

const text = (value: unknown) => JSON.stringify(value);

/** A file with none to three fields of its header changed. */
export function safetensorsBytes(stream: Random): Uint8Array<ArrayBuffer> {
  const fields = whole(stream);
  // Once nothing is left to change, the rest of the changes are idle.
  times(0, 3, stream, () => fields.entries.length > 0 && one(changes, stream)(fields, stream));
  return encoded(fields);
}

/** A file of one tensor, changed or not. */
export function safetensorsOf([dtype, shape]: readonly [string, readonly number[]], stream: Random) {
  const size = shape.reduce((a, b) => a * b, 1) * (widths[dtype] ?? 2);
  const entry = {
    name: text("gradients"),
    dtype: text(dtype),
    shape: text(shape),
    offsets: text([0, size]),
    extra: "",
  };
  const data = Uint8Array.from({ length: size }, () => stream.integer(60));
  const metadata = chance(0.5, stream) ? text({ count: one(["4", "0", "-1", "x", "1e99", "4.5"], stream) }) : null;
  const fields: Fields = { entries: [entry], metadata, data, length: null, before: "", after: "", padding: 8 };
  if (chance(0.2, stream)) one(changes, stream)(fields, stream);
  return encoded(fields);
}

function whole(stream: Random): Fields {
  const entries: Entry[] = [];
  let at = 0;
  times(1, 4, stream, () => {
    const dtype = one(Object.keys(widths), stream);
    const shape = Array.from({ length: stream.integer(4) }, () => stream.integer(5));
    const end = at + shape.reduce((a, b) => a * b, 1) * widths[dtype]!;
    const name = chance(0.15, stream) ? one(nastyNames, stream) : `layer.${entries.length}.weight`;
    entries.push({ name: text(name), dtype: text(dtype), shape: text(shape), offsets: text([at, end]), extra: "" });
    at = end;
  });
  const metadata = chance(0.3, stream) ? text({ format: "pt" }) : null;
  const data = Uint8Array.from({ length: at }, () => stream.integer(2));
  return { entries, metadata, data, length: null, before: "", after: "", padding: 8 };
}

const changes: readonly ((fields: Fields, stream: Random) => void)[] = [
  function dtype({ entries }, stream) {
    one(entries, stream).dtype = text(one(chance(0.5, stream) ? others : Object.keys(widths), stream));
  },
  function shape({ entries }, stream) {
    const words = [
      "[-1]",
      "[1.5]",
      "[1e1]",
      '["3"]',
      "[[3]]",
      "3",
      "{}",
      "null",
      "[null]",
      "[true]",
      '{"length":1,"0":2}',
    ];
    const sizes = text(Array.from({ length: 1 + stream.integer(3) }, () => one(nastySizes, stream)));
    one(entries, stream).shape = chance(0.5, stream) ? one(words, stream) : sizes;
  },
  function offsets({ entries }, stream) {
    const words = ["[0]", "[]", "[0,4,8]", "[4,0]", '["0","4"]', "null", "[0,null]", "[-4,0]", "[0.5,4.5]", "[0,4e0]"];
    const numbers = text([one(nastyNumbers, stream), one(nastyNumbers, stream)]);
    one(entries, stream).offsets = chance(0.5, stream) ? one(words, stream) : numbers;
  },
  function moved({ entries }, stream) {
    const entry = one(entries, stream);
    const [begin, end] = JSON.parse(entry.offsets.replace(/^[^[].*/, "[0,0]"));
    const by = one([-8, -1, 1, 4, 8], stream);
    entry.offsets = text(chance(0.5, stream) ? [begin + by, end + by] : [begin, end + by]);
  },
  function swapped({ entries }, stream) {
    const [a, b] = [one(entries, stream), one(entries, stream)];
    [a.offsets, b.offsets] = [b.offsets, a.offsets];
  },
  function twice({ entries }, stream) {
    entries.push({ ...one(entries, stream) });
    // The same name, spelled with an escape.
    if (chance(0.5, stream)) entries.at(-1)!.name = entries.at(-1)!.name.replace("l", "\\u006c");
  },
  function emptied(fields, stream) {
    fields.entries = [];
    if (chance(0.5, stream)) fields.data = new Uint8Array(0);
  },
  function name({ entries }, stream) {
    const raw = [
      '"\\ud800"',
      '"\\u0000"',
      '"\u0001"',
      '"__metadata__"',
      '"\\x41"',
      "'a'",
      "a",
      '"\\u00e9"',
      '"__proto__"',
    ];
    one(entries, stream).name = chance(0.5, stream) ? one(raw, stream) : text(one(nastyNames, stream));
  },
  function extra({ entries }, stream) {
    one(entries, stream).extra = one(
      [',"more":1', ',"dtype":"F32"', ',"shape":[1]', ',"data_offsets":[0,4]', ',"__proto__":{"dtype":"F32"}', ","],
      stream,
    );
  },
  function metadata(fields, stream) {
    const deep = `${'{"a":'.repeat(one([10, 5000], stream))}1${"}".repeat(10)}`;
    const words = [
      "null",
      "[]",
      '"x"',
      "1",
      '{"a":1}',
      '{"a":null}',
      '{"__proto__":"x"}',
      '{"a":"b","a":"c"}',
      "{}",
      deep,
    ];
    fields.metadata = chance(0.8, stream)
      ? one(words, stream)
      : text({ [one(nastyNames, stream)]: one(nastyNames, stream) });
  },
  function headerLength(fields, stream) {
    fields.length = one(nastySizes, stream);
  },
  function around(fields, stream) {
    const junk = [" ", "\ufeff", "\n", "\0", "x", "{}", "[", "\t"];
    if (chance(0.5, stream)) fields.before = one(junk, stream);
    else fields.after = one([...junk, "[".repeat(100_000), " ".repeat(100_000)], stream);
    fields.padding = one([1, 8], stream);
  },
  function data(fields, stream) {
    const { data: bytes } = fields;
    fields.data = one(
      [joined(bytes, new Uint8Array(8)), bytes.slice(0, -1), new Uint8Array(0), bytes.slice(1)],
      stream,
    );
  },
];

function encoded({ entries, metadata, data, length, before, after, padding }: Fields): Uint8Array<ArrayBuffer> {
  const members = entries.map(
    ({ name, dtype, shape, offsets, extra }) =>
      `${name}:{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}${extra}}`,
  );
  if (metadata !== null) members.unshift(`"__metadata__":${metadata}`);
  const json = Buffer.from(`${before}{${members.join(",")}}${after}`, "utf8");
  const padded = joined(json, Buffer.alloc((padding - (json.length % padding)) % padding, " "));
  return joined(packed([[8, length ?? padded.length]]), padded, data);
}
