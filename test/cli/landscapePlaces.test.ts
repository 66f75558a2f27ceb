import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newBatch } from "../../src/data/dataset.ts";
import { encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { openData } from "../../src/data/registry.ts";
import { random } from "../../src/tensor/random.ts";
import { fromNumbers, type Tensor, toNumbers } from "../../src/tensor/tensor.ts";
import { scratch } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

/** Places of a loss whose kind is known, as parameters in a file. */

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { normal } = random(4);
/** y is a plane in a and b with noise; `twice` adds a column that says what a says. */
function table(twice: boolean): string {
  const rows = Array.from({ length: 60 }, () => {
    const [a, b] = [normal(), normal()];
    return [a, b, ...(twice ? [a] : []), 2 * a - b + 0.3 * normal()].map((x) => x.toFixed(4)).join(",");
  });
  return `a,b,${twice ? "c," : ""}y\n${rows.join("\n")}\n`;
}

const regression = (file: string) => ["--data", file, "--target", "y", "--task", "regression", "--loss", "mse"];

/** Parameters of the linear model where the loss over the training part is least, by the pseudo-inverse. */
async function leastSquares(file: string): Promise<{ weight: number[]; bias: number }> {
  const { train } = await openData(join(folder, file), { reading: { target: "y", task: "regression" } } as never);
  const batch = newBatch(train, train.size);
  await train.read(
    Uint32Array.from({ length: train.size }, (_, i) => i),
    batch,
  );
  const [input] = train.inputs;
  const width = input!.shape[0]!;
  const x = Array.from(toNumbers(batch[input!.name] as Tensor));
  const rows = Array.from({ length: train.size }, (_, i) => [...x.slice(i * width, (i + 1) * width), 1]);
  const y = Matrix.columnVector(Array.from(toNumbers(batch.y as Tensor)));
  const solved = new SingularValueDecomposition(new Matrix(rows), { autoTranspose: true }).solve(y).to1DArray();
  return { weight: solved.slice(0, -1), bias: solved.at(-1)! };
}

function write(name: string, tensors: Readonly<Record<string, readonly [shape: number[], values: number[]]>>): void {
  const all = Object.entries(tensors).map(
    ([key, [shape, values]]) => [key, fromNumbers("float32", shape, values)] as const,
  );
  writeFileSync(join(folder, name), encodeSafetensors(new Map(all), { format: "pt" }));
}

beforeAll(async () => {
  for (const [file, twice] of [
    ["plane.csv", false],
    ["twice.csv", true],
  ] as const) {
    writeFileSync(join(folder, file), table(twice));
    const { weight, bias } = await leastSquares(file);
    const linear = (shift: number) => ({
      "output.weight": [[1, weight.length], weight.map((w) => w + shift)] as const,
      "output.bias": [[1], [bias]] as const,
    });
    write(`${file}.least.safetensors`, linear(0) as never);
    write(`${file}.away.safetensors`, linear(0.5) as never);
  }
  // Eight units of which nothing is read, and the best answer without them: no gradient, and a way down.
  const { train } = await openData("iris", {});
  const share = [0, 1, 2].map((label) => train.labels.filter((one) => one === label).length / train.size);
  write("saddle.safetensors", {
    "hidden.weight": [[8, 4], Array(32).fill(0)],
    "hidden.bias": [[8], Array(8).fill(1)],
    "output.weight": [[3, 8], Array(24).fill(0)],
    "output.bias": [[3], share.map(Math.log)],
  });
});

const places: readonly (readonly [string, readonly string[], string, object])[] = [
  ["minimum", ["--model", "linear", ...regression("plane.csv")], "plane.csv.least", { kind: "minimum", index: 0 }],
  ["degenerate", ["--model", "linear", ...regression("twice.csv")], "twice.csv.least", { kind: "degenerate" }],
  ["not critical", ["--model", "linear", ...regression("plane.csv")], "plane.csv.away", { kind: "not critical" }],
  ["saddle", ["--model", "mlp:8x1", "--data", "iris"], "saddle", { kind: "saddle", exact: true }],
];

describe.each(["float32", "float64"])("in %s", (precision) => {
  test.each(places)("a planted place: %s", async (_, subject, file, verdict) => {
    const line = [...subject, "--parameters", `${file}.safetensors`, "--only", "verdict,critical"];
    const { code, text, printed } = await tryIn(folder, "landscape", ...line, "--precision", precision, "--json");
    expect(code, text).toBe(0);
    const found = JSON.parse(printed);
    expect(found.verdict).toMatchObject(verdict);
    expect(found.answer[0]).toMatchObject({ kind: "landscape", place: { kind: found.verdict.kind } });
    // Parameters alone have no next update, which is said.
    expect(found.criticalSharpness).toBeNull();
    expect(found.omitted).toEqual([{ part: "critical", reason: "noRun" }]);
    for (const { value, lower, upper, residual } of [...found.eigenvalues.largest, ...found.eigenvalues.smallest]) {
      expect(lower).toBeLessThanOrEqual(value);
      expect(upper).toBeGreaterThanOrEqual(value);
      expect(residual).toBeLessThanOrEqual(upper - lower);
    }
    if (found.verdict.kind !== "saddle") return expect(found.escape?.lowers ?? false).toBe(false);
    // The way out goes down, and near the saddle as the second order says.
    expect(found.escape.lowers).toBe(true);
    expect(found.escape.to).toBeLessThan(found.loss - 0.01);
    const { step, loss, taylor } = found.taylor;
    const near = step.findIndex((t: number) => t > 0);
    expect((loss[near] - found.loss) / (taylor[near] - found.loss)).toBeCloseTo(1, 0);
  });
});

test("parameters of another model are refused by their name", async () => {
  const line = ["--model", "mlp:16x1", "--data", "iris", "--parameters", "saddle.safetensors"];
  const { code, text } = await tryIn(folder, "landscape", ...line);
  expect(code).toBe(1);
  expect(text).toMatch(/saddle\.safetensors: expected "hidden.weight" as float32\[16, 4\], got float32\[8, 4\]/);
});
