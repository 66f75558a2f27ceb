import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type GraphProto, ModelProtoSchema, type TensorProto } from "onnx-buf";
import { rewrites } from "../../../src/model/rewrites/rewrites.ts";
import { ops } from "../../../src/ops/table.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { joined } from "../bytes.ts";
import { chance, nastyNames, one, times } from "../stream.ts";

const fixtures = ["oracle/models", "models"].flatMap((folder) => {
  const path = fileURLToPath(new URL(`../../../test/fixtures/${folder}/`, import.meta.url));
  return readdirSync(path)
    .sort()
    .map((name) => new Uint8Array(readFileSync(`${path}${name}/model.onnx`)));
});

const operators = [...Object.keys(ops), ...Object.keys(rewrites), "If", "Loop", "Identity", "Constant"];

/** Files above this size are mostly weights, where a flipped bit is a number like any other. */
const models = fixtures.filter((bytes) => bytes.length < 60_000);

/**
 * One to four changes of a file: bits, bytes, lengths, a cut, a piece of another file, or text that means something
 * else.
 */
export function onnxBytes(stream: Random): Uint8Array<ArrayBuffer> {
  if (chance(0.75, stream)) return withChangedFields(one(models, stream), stream);
  let bytes = one(models, stream).slice();
  times(1, 4, stream, () => {
    bytes = one(mutations, stream)(bytes, stream);
  });
  return bytes;
}

/** Most of a model is weights, so that every other position is where the graph is: around some printable name. */
function position(bytes: Uint8Array, stream: Random): number {
  const start = stream.integer(bytes.length);
  if (stream.uniform() < 0.5) return start;
  const isName = (i: number) => [0, 1, 2, 3, 4].every((k) => bytes[i + k]! > 45 && bytes[i + k]! < 123);
  for (let i = start; i < bytes.length; i++) if (isName(i)) return Math.max(0, i - stream.integer(8));
  return start;
}

const mutations: readonly ((bytes: Uint8Array<ArrayBuffer>, stream: Random) => Uint8Array<ArrayBuffer>)[] = [
  function flipBit(bytes, stream) {
    bytes[position(bytes, stream)]! ^= 1 << stream.integer(8);
    return bytes;
  },
  function replaceByte(bytes, stream) {
    bytes[position(bytes, stream)] =
      stream.uniform() < 0.5 ? stream.integer(256) : [0, 1, 127, 128, 255][stream.integer(5)]!;
    return bytes;
  },
  function cut(bytes, stream) {
    const at = position(bytes, stream);
    if (stream.uniform() < 0.3) return bytes.slice(0, at);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + stream.integer(20)));
  },
  function splice(bytes, stream) {
    const other = models[stream.integer(models.length)]!;
    const from = position(other, stream);
    const at = position(bytes, stream);
    const length = 1 + stream.integer(64);
    return joined(
      bytes.subarray(0, at),
      other.subarray(from, from + length),
      bytes.subarray(at + stream.integer(2) * length),
    );
  },
  /** Another operator, attribute or name of the same length keeps the lengths around it right. */
  function rename(bytes, stream) {
    const words = namesIn(bytes);
    const word = words[stream.integer(words.length)]!;
    const same = words.filter((other) => other.length === word.length && other.text !== word.text);
    const other = same[stream.integer(same.length)] ?? word;
    bytes.set(bytes.slice(other.at, other.at + other.length), word.at);
    return bytes;
  },
];

function namesIn(bytes: Uint8Array): { readonly at: number; readonly length: number; readonly text: string }[] {
  const text = Buffer.from(bytes).toString("latin1");
  return Array.from(text.matchAll(/[A-Za-z_/.0-9]{3,40}/g), (match) => ({
    at: match.index,
    length: match[0].length,
    text: match[0],
  }));
}

/**
 * The same model with one to three fields of its nodes, attributes, sizes and tensors changed: a file that is one, of
 * nonsense.
 */
function withChangedFields(bytes: Uint8Array, stream: Random): Uint8Array<ArrayBuffer> {
  const model = fromBinary(ModelProtoSchema, bytes);
  times(1, 2, stream, () => one(fieldChanges, stream)(model.graph!, stream));
  return toBinary(ModelProtoSchema, model);
}

const numbers = [0n, 1n, -1n, 2n, 3n, -2n, 7n, 17n, 255n, 2n ** 20n, 2n ** 31n, 2n ** 40n, 2n ** 62n, -(2n ** 40n)];

const fieldChanges: readonly ((graph: GraphProto, stream: Random) => void)[] = [
  function anotherOperator(graph, stream) {
    one(graph.node, stream).opType = stream.uniform() < 0.5 ? one(graph.node, stream).opType : one(operators, stream);
  },
  function anotherInput(graph, stream) {
    const { input } = one(graph.node, stream);
    const from = one(graph.node, stream);
    if (input.length > 0) input[stream.integer(input.length)] = one(["", ...from.input, ...from.output], stream);
  },
  function fewerOrMoreInputs(graph, stream) {
    const { input, output } = one(graph.node, stream);
    const list = stream.uniform() < 0.7 ? input : output;
    if (stream.uniform() < 0.5) list.pop();
    else list.push(one(["", "extra", ...one(graph.node, stream).input], stream));
  },
  function anotherNumber(graph, stream) {
    const node = graph.node.filter(({ attribute }) => attribute.length > 0);
    const attribute = one(one(node, stream).attribute, stream);
    attribute.i = one(numbers, stream);
    attribute.f = one([0, -1, 1e30, Number.NaN, 0.5], stream);
    if (attribute.ints.length > 0) attribute.ints[stream.integer(attribute.ints.length)] = one(numbers, stream);
    if (stream.uniform() < 0.2) attribute.ints.push(one(numbers, stream));
    if (attribute.t) changeTensor(attribute.t, stream);
  },
  function anotherAttribute(graph, stream) {
    const [to, from] = [one(graph.node, stream), one(graph.node, stream)];
    if (stream.uniform() < 0.5) to.attribute.splice(0, 1);
    else to.attribute = from.attribute;
  },
  function anotherName(graph, stream) {
    const node = one(graph.node, stream);
    const name = one(nastyNames, stream);
    const kind = stream.integer(5);
    if (kind === 0) node.name = name;
    if (kind === 1 && node.output.length > 0) node.output[0] = name;
    if (kind === 2) one([...graph.input, ...graph.output], stream).name = name;
    if (kind === 3 && graph.initializer.length > 0) one(graph.initializer, stream).name = name;
    if (kind === 4) renameAll(graph, one([...graph.input, ...graph.initializer], stream).name, name);
  },
  function misspeltAttribute(graph, stream) {
    const node = one(graph.node, stream);
    if (node.attribute.length === 0) return;
    const attribute = one(node.attribute, stream);
    attribute.name = one([`${attribute.name}s`, attribute.name.toUpperCase(), "__proto__", "", "axis", "perm"], stream);
    if (chance(0.3, stream)) attribute.type = stream.integer(15);
  },
  function anotherDomain(graph, stream) {
    one(graph.node, stream).domain = one(
      ["", "ai.onnx", "ai.onnx.ml", "com.microsoft", "__proto__", "\u001b[31m"],
      stream,
    );
  },
  function outside(graph, stream) {
    if (graph.initializer.length === 0) return;
    const tensor = one(graph.initializer, stream);
    tensor.dataLocation = 1;
    const location = one(["weights", "../weights", "/etc/passwd", "/dev/zero", ".", "", "a\0b", ...nastyNames], stream);
    const entries = { location, offset: String(one(numbers, stream)), length: String(one(numbers, stream)) };
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({
      $typeName: "onnx.StringStringEntryProto",
      ...{ key, value },
    }));
  },
  function anotherSize(graph, stream) {
    const value = one([...graph.input, ...graph.output], stream);
    const dim = value.type?.value.case === "tensorType" ? value.type.value.value.shape?.dim : undefined;
    if (dim && dim.length > 0) one(dim, stream).value = { case: "dimValue", value: one(numbers, stream) };
    if (value.type?.value.case === "tensorType" && stream.uniform() < 0.3)
      value.type.value.value.elemType = stream.integer(17);
  },
  function anotherTensor(graph, stream) {
    if (graph.initializer.length > 0) changeTensor(one(graph.initializer, stream), stream);
  },
];

/** The same graph where one value has another name. */
function renameAll(graph: GraphProto, from: string, to: string): void {
  for (const value of [...graph.input, ...graph.output, ...graph.initializer]) if (value.name === from) value.name = to;
  for (const { input, output } of graph.node)
    for (const list of [input, output]) for (const [i, name] of list.entries()) if (name === from) list[i] = to;
}

function changeTensor(tensor: TensorProto, stream: Random): void {
  const kind = stream.integer(4);
  if (kind === 0 && tensor.dims.length > 0) tensor.dims[stream.integer(tensor.dims.length)] = one(numbers, stream);
  if (kind === 1) tensor.dims = [...tensor.dims.slice(1), ...tensor.dims.slice(0, 1)];
  if (kind === 2) tensor.dataType = stream.integer(17);
  if (kind === 3 && tensor.dataType === 7 && tensor.rawData.length >= 8) {
    const bytes = tensor.rawData.slice();
    const at = 8 * stream.integer(Math.floor(bytes.length / 8));
    new DataView(bytes.buffer).setBigInt64(at, one(numbers, stream), true);
    tensor.rawData = bytes;
  }
}
