import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { listCheckpoints } from "../../src/store/checkpoints.ts";
import { readLandscape } from "../../src/store/landscape.ts";
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
  const { code, text, printed } = await ask(runs[0]!, "--only", "sharpness,critical,slice", "--slice", kind, "--json");
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

test("everything at once, with every number that a program may want", async () => {
  const { code, text, printed } = await ask(runs[0]!, "--json");
  expect(code, text).toBe(0);
  const found = JSON.parse(printed);
  const bounds = { value: expect.any(Number), lower: expect.any(Number), upper: expect.any(Number) };
  expect(found).toMatchObject({
    answer: [{ kind: "landscape" }],
    gradientNorm: expect.any(Number),
    eigenvalues: {
      largest: Array(3).fill({ ...bounds, residual: expect.any(Number) }),
      smallest: Array(3).fill({ ...bounds, residual: expect.any(Number) }),
    },
    trace: bounds,
    verdict: { kind: expect.any(String), index: expect.any(Number), reasons: expect.any(Array) },
    sharpness: { keskar: expect.any(Number), sam: expect.any(Number), asam: expect.any(Number) },
    criticalSharpness: { value: expect.any(Number), learningRate: 0.1, stable: expect.any(Boolean) },
    density: { negativeShare: bounds },
    omitted: [],
  });
  expect(found.sharpness.lambdaMax).toBe(found.eigenvalues.largest[0].value);
  expect(found.eigenvalues.exact).toBe(true);
  expect(found.history.map(({ step }: { step: number }) => step)).toEqual([0, 3, 6, 9]);
});

test("every checkpoint has a row, is kept with the run and drawn in its report", async () => {
  const line = ["--checkpoint", "all", "--only", "verdict,critical", "--examples", "60"];
  const { code, text, printed } = await tryIn(folder, "landscape", runs[0]!, ...line, "--json");
  expect(code, text).toBe(0);
  const { checkpoints, files } = JSON.parse(printed);
  expect(checkpoints.map(({ step }: { step: number }) => step)).toEqual([3, 6, 9, 12]);
  for (const file of files) expect(readFileSync(file).length).toBeGreaterThan(1000);
  expect((await ask(runs[0]!, "--only", "slice", "--slice", "plane")).code).toBe(0);
  const path = join(folder, "batchscope", "runs", runs[0]!);
  const kept = readLandscape({ path });
  const largest = checkpoints.map(({ eigenvalues }: { eigenvalues: { largest: object[] } }) => eigenvalues.largest[0]);
  expect(kept.map((place) => place.largest)).toMatchObject(
    largest.map(({ value, lower, upper }: Record<string, number>) => ({ value, lower, upper })),
  );
  expect(kept.at(-1)!.slices.map(({ kind }) => kind)).toContain("plane");
  expect((await tryIn(folder, "report", runs[0]!)).code).toBe(0);
  const page = readFileSync(join(path, "report.html"), "utf8");
  expect(page).toContain('<div id="landscape-plane" class="chart">');
  expect(page).toContain("largest eigenvalue, λ_max");
  // What is damaged can be measured anew, and keeps no report from being made.
  writeFileSync(join(path, "landscape.json"), "{");
  const report = await tryIn(folder, "report", runs[0]!);
  expect([report.code, report.said]).toEqual([0, expect.stringContaining("landscape.json")]);
  const refused = await ask(runs[0]!, "--checkpoint", "all", "--only", "slice");
  expect([refused.code, refused.text]).toEqual([2, expect.stringContaining("--only: expected numbers of every")]);
});

test("layers, blocks and the geometry of the optimizer", async () => {
  const only = ["--only", "verdict", "--top", "1"];
  for (const flag of ["--by-layer", "--by-block"]) {
    const { code, text, printed } = await ask(runs[1]!, ...only, flag, "--json");
    expect(code, text).toBe(0);
    const { groups, eigenvalues } = JSON.parse(printed);
    expect(groups.map(({ name }: { name: string }) => name)).toEqual(["hidden", "output"]);
    expect(eigenvalues.largest).toHaveLength(1);
    for (const { largest } of groups) expect(largest.value).toBeLessThanOrEqual(eigenvalues.largest[0].upper);
  }
  const scaled = await ask(runs[1]!, ...only, "--preconditioned", "--json");
  expect(scaled.code, scaled.text).toBe(0);
  const { preconditioned } = JSON.parse(scaled.printed);
  expect(preconditioned).toMatchObject({ optimizer: "adamw", learningRate: 0.001 });
  expect(preconditioned.criticalRate).toBeCloseTo(2 / preconditioned.largest.value, 12);
  const refused = await ask(runs[0]!, ...only, "--preconditioned");
  expect([refused.code, refused.text]).toEqual([
    2,
    expect.stringMatching(
      /--preconditioned: expected a run whose optimizer has scaled its gradients, as adam, got sgd/,
    ),
  ]);
});

test("the answer comes first, then figures and numbers; reasons are folded", async () => {
  const brief = await ask(runs[1]!, "--only", "verdict,sharpness,critical");
  expect(brief.printed).toMatch(
    /^Landscape: no critical point: .*; (flat|neither|sharp).*; (un)?stable: .*\n\nfigure /,
  );
  expect(brief.printed).toMatch(/more sentences with --verbose\.\n$/);
  const whole = await ask(runs[1]!, "--only", "verdict,sharpness,critical", "--verbose");
  expect(whole.printed).toMatch(/of the largest over the same examples in this training: too large for one\./);
  const chinese = await ask(runs[1]!, "--only", "verdict,sharpness,critical", "--verbose", "--lang", "zh");
  expect(chinese.printed).toMatch(/^损失地形：不是临界点/);
});

test("the line to another run ends at it", async () => {
  const { code, text, printed } = await ask(runs[0]!, "--only", "slice", "--to", runs[1]!, "--points", "5", "--json");
  expect(code, text).toBe(0);
  const { slice } = JSON.parse(printed);
  expect(slice.kind).toBe("between");
  expect(slice.training.x).toEqual([-0.5, 0, 0.5, 1, 1.5]);
  const other = JSON.parse((await ask(runs[1]!, "--only", "critical", "--json")).printed);
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
      "a part that there is not",
      () => ["--only", "verdict,hessian"],
      /--only: expected one of verdict, trace, density, sharpness, critical, slice, got "hessian"/,
      /--only：应为/,
    ],
    [
      "a run and a model",
      () => ["--model", "mlp"],
      /--model: expected a run or a model with data, got both/,
      /--model：应指定/,
    ],
    [
      "layers and blocks at once",
      () => ["--by-layer", "--by-block"],
      /--by-block: expected it without --by-layer, got both/,
      /--by-block：/,
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
