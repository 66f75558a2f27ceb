import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { listCheckpoints } from "../../src/store/checkpoints.ts";
import { seal } from "../../src/store/seal.ts";
import { scratch } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trained = ["train", "--data", "iris", "--epochs", "4", "--batch-size", "40", "--progress", "none"];
const runs: string[] = [];
beforeAll(async () => {
  const train = async (...more: string[]) => {
    const { code, text, printed } = await tryIn(folder, ...trained, ...more, "--checkpoint-every", "1", "--json");
    expect(code, text).toBe(0);
    runs.push(JSON.parse(printed).run);
  };
  await train("--model", "mlp:8x1", "--optimizer", "sgd", "--learning-rate", "0.1");
  await train("--model", "mlp:8x1", "--seed", "5");
  await train("--model", "linear");
});

const ask = (...more: string[]) => tryIn(folder, "landscape", ...more, "--examples", "60", "--points", "5");

test.each([
  ["line", 1, 5],
  ["plane", 5, 5],
  ["path", 5, 5],
])("of a run, with a slice along a %s", async (kind, rows, columns) => {
  const { code, text, printed } = await ask(runs[0]!, "--slice", kind, "--json");
  expect(code, text).toBe(0);
  const found = JSON.parse(printed);
  const { sharpness, twin, criticalSharpness, slice } = found;
  expect(criticalSharpness).toMatchObject({ learningRate: 0.1, stable: expect.any(Boolean) });
  expect(criticalSharpness.passes).toBeLessThan(10);
  // The same function: the scale-free measure stays, a raw one moves.
  expect(twin.pairs).toBe(1);
  expect(twin.sharpness.asam / sharpness.asam).toBeCloseTo(1, 2);
  expect(Math.abs(twin.sharpness.sam / sharpness.sam - 1)).toBeGreaterThan(0.02);
  expect([slice.training.losses.length, slice.training.losses[0].length]).toEqual([rows, columns]);
  if (kind === "line") expect(slice.training.losses[0][2]).toBeCloseTo(found.loss, 5);
  expect(slice.validation === null).toBe(kind !== "line");
  for (const file of found.files) expect(readFileSync(file).length).toBeGreaterThan(1000);
});

test("the line to another run ends at it", async () => {
  const { code, text, printed } = await ask(runs[0]!, "--to", runs[1]!, "--points", "5", "--json");
  expect(code, text).toBe(0);
  const { slice } = JSON.parse(printed);
  expect(slice.kind).toBe("between");
  expect(slice.training.x).toEqual([-0.5, 0, 0.5, 1, 1.5]);
  const other = JSON.parse((await ask(runs[1]!, "--json")).printed);
  expect(slice.training.losses[0][3]).toBeCloseTo(other.loss, 4);
});

describe("what cannot be meant is refused in a line, in both languages", () => {
  test.each([
    [
      "another model",
      () => ["--to", runs[2]!],
      /^.*--to: expected a run of model mlp:8x1, as .*; choose another run$/m,
      /--to：应为/,
    ],
    [
      "a kind that there is not",
      () => ["--slice", "cube"],
      /--slice: expected one of line, plane, path, got "cube"/,
      /--slice：应为/,
    ],
    [
      "too few points",
      () => ["--points", "2"],
      /--points: expected a whole number of at least 5, got "2"/,
      /--points：/,
    ],
  ])("%s", async (_, flags, english, chinese) => {
    const refused = await tryIn(folder, "landscape", runs[0]!, ...flags());
    expect([refused.code, refused.text]).toEqual([2, expect.stringMatching(english)]);
    expect((await tryIn(folder, "landscape", runs[0]!, ...flags(), "--lang", "zh")).text).toMatch(chinese);
  });

  test("a checkpoint without the optimizer's state", async () => {
    const path = join(folder, "batchscope", "runs", runs[1]!);
    const { path: file } = listCheckpoints({ path }).at(-1)!;
    const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
    const weights = new Map([...tensors].filter(([name]) => !name.startsWith("optimizer.")));
    const { batchscope: position, format } = metadata;
    const bare = encodeSafetensors(weights, { format: format!, batchscope: position! });
    writeFileSync(file, Buffer.concat(seal(bare, { metrics: "1" })));
    const refused = await ask(runs[1]!, "--only", "critical");
    expect(refused.code).toBe(2);
    expect(refused.text).toMatch(
      /--only: expected a checkpoint that keeps its optimizer's state, got weights alone; choose another with --checkpoint, or leave it out$/m,
    );
    expect((await ask(runs[1]!, "--only", "critical", "--lang", "zh")).text).toMatch(/--only：检查点应保存优化器状态/);
    const { code, text, printed } = await ask(runs[1]!, "--only", "critical,sharpness", "--json");
    expect(code, text).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      criticalSharpness: null,
      omitted: [{ part: "critical", reason: "noOptimizerState" }],
    });
  });
});
