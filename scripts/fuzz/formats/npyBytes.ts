import type { Random } from "../../../src/tensor/random.ts";
import { joined, packed } from "../bytes.ts";
import { chance, nastyNumbers, nastySizes, one, times } from "../stream.ts";

/** NumPy's names of element types, those that can be read more often. */
const known = ["<f4", "<f8", "<f2", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "|b1"];
const unknown = [">f4", ">i8", ">f2", "<u8", "<c8", "|O", "<U3", "|S2", "<M8[s]", "|V3", "f4", "=f4", "<f16", "<f3"];
const odd = ["<i4,<f4", "", "O", "(2,)<f4", "<f4\\x00", "__proto__", "|b8", "<i0", "<f40", "<e", "|i4", "<b1", "<u1"];

/** The fields of a .npy file, each of which may be wrong. */
export interface NpyFields {
  magic: string;
  major: number;
  minor: number;
  /** As Python source. */
  descr: string;
  fortran: string;
  shape: string;
  /** As many bytes as the true length needs, more or fewer. */
  headerLength: number | null;
  header: string | null;
  data: Uint8Array;
}

/** A file that is right. */
export function npyFields(stream: Random): NpyFields {
  const type = one(known, stream);
  const shape: number[] = [];
  times(0, 3, stream, () => shape.push(1 + stream.integer(5)));
  return npyOf(type, shape, stream);
}

/** `odd`: the share of values that are no finite numbers, or integers that programs stumble over. */
export function npyOf(type: string, shape: readonly number[], stream: Random, odd = 0.05): NpyFields {
  const width = Number(/\d+$/.exec(type)?.[0] ?? 1);
  const count = shape.reduce((a, b) => a * b, 1);
  return {
    magic: "\x93NUMPY",
    major: 1,
    minor: 0,
    descr: `'${type}'`,
    fortran: chance(0.2, stream) ? "True" : "False",
    shape: shapeText(shape),
    headerLength: null,
    header: null,
    data: joined(...Array.from({ length: count }, () => element(type, width, odd, stream))),
  };
}

export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

function element(type: string, width: number, odd: number, stream: Random): Uint8Array {
  if (type.includes("f")) {
    const view = new DataView(new ArrayBuffer(8));
    const value = chance(odd, stream) ? one([Number.NaN, Infinity, -Infinity, -0, 1e-320], stream) : stream.normal();
    if (width === 8) view.setFloat64(0, value, true);
    else if (width === 4) view.setFloat32(0, value, true);
    else view.setFloat16(0, value, true);
    return new Uint8Array(view.buffer).slice(0, width);
  }
  if (type.includes("b")) return packed([[1, stream.integer(2)]]);
  return packed([[width, chance(odd, stream) ? one(nastyNumbers, stream) : stream.integer(4)]]);
}

/** Changes that a program must notice or take as NumPy does. */
const changes: readonly ((fields: NpyFields, stream: Random) => void)[] = [
  function anotherType(fields, stream) {
    const all = chance(0.4, stream) ? known : [...unknown, ...odd];
    fields.descr = chance(0.1, stream) ? "[('a', '<f4'), ('b', '<i8')]" : `'${one(all, stream)}'`;
  },
  function anotherShape(fields, stream) {
    const sizes = Array.from({ length: stream.integer(5) }, () => one(nastySizes, stream));
    const words = ["(-1,)", "(3L,)", "(3)", "[3]", "(1e1,)", "(0x3,)", "(True,)", "(3,,)", "(3 3)", "3", "()", "(,)"];
    const long = `(${"1, ".repeat(one([32, 33, 64, 65, 5000], stream))})`;
    fields.shape = one([shapeText(sizes), shapeText(sizes), one(words, stream), long, "((3,),)"], stream);
  },
  function anotherOrder(fields, stream) {
    fields.fortran = one(["True", "False", "1", "0", "None", "'False'", "true", "Falsehood", ""], stream);
  },
  function anotherHeader(fields, stream) {
    const { descr, fortran, shape } = fields;
    fields.header = one(
      [
        `{"descr": ${descr}, "fortran_order": ${fortran}, "shape": ${shape}}`,
        `{'shape': ${shape}, 'fortran_order': ${fortran}, 'descr': ${descr}}`,
        `{'descr':${descr},'fortran_order':${fortran},'shape':${shape}}`,
        `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, 'extra': 1, }`,
        `{'descr': '<f8', 'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': (1,), 'shape': ${shape}, }`,
        `{'descr': ${descr}, 'shape': ${shape}, }`,
        `{'x': "'shape': (1,), 'fortran_order': False", 'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}}`,
        `dict(descr=${descr}, fortran_order=${fortran}, shape=${shape})`,
        `__import__('os').system('true')`,
        `${"[".repeat(5000)}`,
        `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, } # end`,
        `  {'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`,
        "",
      ],
      stream,
    );
  },
  function anotherVersion(fields, stream) {
    fields.major = one([0, 1, 2, 3, 4, 255], stream);
    fields.minor = one([0, 1, 255], stream);
  },
  function anotherLength(fields, stream) {
    fields.headerLength = one([...nastySizes, -1, 54, 70, 118, 117, 119], stream);
  },
  function anotherMagic(fields, stream) {
    fields.magic = one(["\x93NUMPX", "\x92NUMPY", "NUMPY", "PK\x03\x04", "", "\x93NUMPY\n"], stream);
  },
  function moreOrLess(fields, stream) {
    const { data } = fields;
    const extra = new Uint8Array(one([1, 8, 100], stream));
    fields.data = one(
      [joined(data, extra), data.slice(0, -1), data.slice(0, data.length >> 1), new Uint8Array(0)],
      stream,
    );
  },
];

export function changeNpy(fields: NpyFields, stream: Random): NpyFields {
  times(1, 2, stream, () => one(changes, stream)(fields, stream));
  return fields;
}

export function npyBytes(fields: NpyFields): Uint8Array<ArrayBuffer> {
  const { magic, major, minor, descr, fortran, shape, headerLength, header, data } = fields;
  const text = header ?? `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const width = major === 1 ? 2 : 4;
  const unpadded = 8 + width + text.length + 1;
  const padded = `${text}${" ".repeat((64 - (unpadded % 64)) % 64)}\n`;
  return joined(
    Buffer.from(magic, "latin1"),
    Uint8Array.of(major, minor),
    packed([[width, headerLength ?? padded.length]]),
    Buffer.from(padded, "latin1"),
    data,
  );
}
