import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { encodeNpz } from "../../src/data/files/npz.ts";
import { parseModel } from "../../src/graph/decode.ts";
import { fromNumbers } from "../../src/tensor/tensor.ts";
import { file, floats } from "../foreignFile.ts";
import { batchscope, runsIn, scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

const ramp = (length: number) => Array.from({ length }, (_, i) => Math.sin(i));
const plain = ["x", "w", "b", "scale", "shift", "m", "v", "w2", "product", "sum", "normal", "y2"] as const;
/** What every object has, beside names that it has not. */
const inherited = [
  ...["hasOwnProperty", "__proto__", "constructor", "toString", "valueOf", "isPrototypeOf", "__defineGetter__"],
  ...["__lookupSetter__", "toLocaleString", "propertyIsEnumerable", "__defineSetter__", "__lookupGetter__"],
];

/** A classifier of four numbers, whose tensors and nodes have these names. */
function model(names: readonly string[]): Uint8Array {
  const [x, w, b, scale, shift, mean, variance, w2, product, sum, normal, y] = names as Names;
  const input = [sum, scale, shift, mean, variance];
  const attribute = [{ name: "training_mode", type: 2, i: 1n }];
  const weights = (name: string, dims: bigint[], floatData: number[]) => ({ name, dataType: 1, dims, floatData });
  return file({
    node: [
      { name: w, opType: "MatMul", input: [x, w], output: [product] },
      { name: x, opType: "Add", input: [product, b], output: [sum] },
      { name: b, opType: "BatchNormalization", input, output: [normal, "m1", "v1"], attribute },
      { name: y, opType: "MatMul", input: [normal, w2], output: [y] },
    ],
    input: [floats(x, "N", 4n)],
    output: [{ name: y }],
    initializer: [
      weights(w, [4n, 5n], ramp(20)),
      weights(b, [5n], ramp(5)),
      weights(scale, [5n], Array(5).fill(1)),
      weights(shift, [5n], Array(5).fill(0)),
      weights(mean, [5n], Array(5).fill(0)),
      weights(variance, [5n], Array(5).fill(1)),
      weights(w2, [5n, 3n], ramp(15)),
    ],
  });
}
type Names = [string, string, string, string, string, string, string, string, string, string, string, string];

/** Trains, exports, analyzes and reports; the weights and the analysis that come out. */
async function through(kind: string, names: readonly string[]) {
  const examples = new Map([
    [names[0]!, fromNumbers("float32", [24, 4], ramp(96))],
    [
      "y",
      fromNumbers(
        "int64",
        [24],
        Array.from({ length: 24 }, (_, i) => i % 3),
      ),
    ],
  ]);
  writeFileSync(join(scene, `${kind}.onnx`), model(names));
  writeFileSync(join(scene, `${kind}.npz`), encodeNpz(examples));
  const run = async (line: string) => {
    const outcome = await batchscope(line.split(" "), { cwd: scene });
    expect(outcome.code, line + outcome.stderr).toBe(0);
    return outcome.stdout;
  };
  await run(
    `train --model ${kind}.onnx --data ${kind}.npz --batch-size 4 --epochs 2 --optimizer adamw --swa-start 1 ` +
      `--checkpoint-every 1 --dir ${kind}`,
  );
  const analysis = await run(`analyze latest --by-layer --json --dir ${kind}`);
  await run(`report latest --dir ${kind}`);
  await run(`export latest --format onnx --out ${kind}-trained.onnx --dir ${kind}`);
  const [name] = runsIn(join(scene, kind));
  const { initializer } = parseModel(readFileSync(join(scene, `${kind}-trained.onnx`))).graph!;
  const page = readFileSync(join(scene, kind, "runs", name!, "report.html"), "utf8");
  return {
    analysis,
    page,
    weights: initializer.map(({ name, rawData }) => [name, Buffer.from(rawData).toString("hex")]),
  };
}

test("names that every object has are names like others", async () => {
  const [expected, got] = [await through("plain", plain), await through("inherited", inherited)];
  const renamed = new Map(plain.map((name, i) => [name as string, inherited[i]!]));
  expect(got.weights).toEqual(expected.weights.map(([name, bytes]) => [renamed.get(name!) ?? name, bytes]));
  const numbers = (text: string) => text.match(/-?\d+\.\d{6,}/g);
  expect(numbers(got.analysis)?.length).toBeGreaterThan(20);
  for (const name of ["__proto__", "constructor", "__lookupSetter__"]) {
    expect(got.analysis).toContain(`"${name}"`);
    expect(got.page).toContain(name);
  }
});

test("an operator that every object has is none of ONNX's", async () => {
  for (const opType of inherited) {
    writeFileSync(join(scene, "operator.onnx"), file({ node: [{ opType, input: ["x"], output: ["y"] }] }));
    const { code, text } = await tryHere("models", join(scene, "operator.onnx"));
    expect(text).toContain(opType);
    expect(text).toMatch(/^batchscope: error: onnx: .*$/);
    expect(code).toBe(1);
  }
});

test("an attribute that every object has is none of an operator's", async () => {
  // Those that begin with two underscores are notes of tools, in every model.
  for (const name of inherited.filter((one) => !one.startsWith("__"))) {
    const attribute = [{ name, type: 2, i: 1n }];
    const node = [{ opType: "Relu", input: ["x"], output: ["y"], attribute }];
    writeFileSync(join(scene, "attribute.onnx"), file({ node }));
    const { code, text } = await tryHere("models", join(scene, "attribute.onnx"));
    expect(text).toContain(name);
    expect(text).toMatch(/^batchscope: error: onnx: .*$/);
    expect(code).toBe(1);
  }
});
