import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { analysisFixture } from "../../test/fixtures/analysis.ts";
import { nativeEngine } from "../runtime/native.ts";
import { writeAnalysis } from "../store/analysis.ts";
import { readEnvironment } from "../store/environment.ts";
import type { RunRemark } from "../store/findings.ts";
import { openRun } from "../store/runs.ts";
import { DataError, NotFoundError, UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import { createSessionRun } from "./create.ts";
import { resolveAccumulation } from "./options/accumulation.ts";
import { prepareTraining } from "./prepare.ts";
import { openAgain, resumption } from "./resume.ts";
import { trainRun } from "./run.ts";
import { scalingOf, trainingSeedOf } from "./runConfiguration.ts";
import { scaledUpdates } from "./scaling.ts";

const asked = { model: "mlp", data: "iris", batchSize: 16, baseBatchSize: 4 };
const prepared = (options: Readonly<Record<string, unknown>>) =>
  prepareTraining(resolveConfiguration({ ...asked, ...options }, {}));

test("nothing follows the batch where nothing is asked for", async () => {
  const { scaled, remarks, options } = await prepared({});
  expect(scaled).toBeNull();
  expect(remarks.filter(({ kind }) => kind === "scaledUpdates" || kind === "batchRegime")).toEqual([]);
  expect(options.learningRateScaling).toBeUndefined();
});

test.each([
  [{ scaleRule: "sqrt" }, { learningRate: 0.002, beta2: 0.999, weightDecay: 0.01 }, "sqrt"],
  [{ lrScale: "linear" }, { learningRate: 0.004 }, "linear"],
  [{ scaleRule: "sde" }, { learningRate: 0.002, beta2: 0.996, weightDecay: 0.02 }, "sqrt"],
  [{ scaleRule: "half-life" }, { learningRate: 0.001, beta2: 0.999 ** 4 }, undefined],
  [{ scaleRule: "power-lines" }, { learningRate: 0.001, weightDecay: 0.04 }, undefined],
  [{ scaleRule: "measured", scaleExponent: "0.75" }, { learningRate: 0.001 * 4 ** 0.75 }, "power"],
  [{ warmupExamples: 50 }, { learningRate: 0.001, warmupSteps: 4 }, undefined],
  [{ beta2HalfLife: "1600", baseBatchSize: undefined }, { beta2: 2 ** (-16 / 1600) }, undefined],
  [{ weightDecayRule: "timescale" }, { weightDecay: 0.04 }, undefined],
  [{ scaleRule: "sqrt", gradientAccumulationSteps: 4 }, { learningRate: 0.004 }, "sqrt"],
  [{ scaleRule: "sqrt", accumulationSchedule: "0:1,5:4", baseBatchSize: undefined }, { learningRate: 0.001 }, "sqrt"],
  // Where a schedule needs a rule and none is asked for, it has its own, from where it begins.
  [{ accumulationSchedule: "seesaw", schedule: "cosine" }, { learningRate: 0.001 }, "sqrt"],
  [
    { accumulationSchedule: "seesaw", schedule: "step", stepSize: 9, scaleRule: "linear" },
    { learningRate: 0.004 },
    "linear",
  ],
  [{ accumulationSchedule: "cbs", optimizer: "sgd", learningRate: 0.001 }, { learningRate: 0.001 }, "linear"],
  [{ accumulationSchedule: "cbs", optimizer: "lars", learningRate: 0.001 }, { learningRate: 0.001 }, "linear"],
  [{ accumulationSchedule: "cbs:40@0,90@99", optimizer: "lion", learningRate: 0.001 }, { learningRate: 0.001 }, "sqrt"],
  [{ accumulationSchedule: "ramp:32@99" }, {}, undefined],
])("%j", async (options, expected, rule) => {
  const { scaled, options: training } = await prepared(options);
  for (const [name, value] of Object.entries<number>(expected)) expect(scaled!.values[name]).toBeCloseTo(value, 14);
  expect(training.learningRateScaling?.rule).toBe(rule);
  // The loop multiplies: the rate itself is the one that was given.
  expect(training.learningRate).toBe(0.001);
});

test("a half-life in tokens counts those of every example", () => {
  const accumulation = resolveAccumulation({ batchSize: 16 });
  const text = { name: "words", target: { name: "y", type: "int64", shape: [20] } } as const;
  const beta2Of = (beta2HalfLife: string) => {
    const configuration = resolveConfiguration({ ...asked, beta2HalfLife }, {});
    return scaledUpdates(configuration, { accumulation, plan: undefined, examples: text })!.values.beta2;
  };
  expect(beta2Of("40000tokens")).toBeCloseTo(2 ** (-16 / 2000), 14);
  expect(beta2Of("40000tokens")).toBe(beta2Of("2000"));
});

test.each([
  [{ scaleRule: "sqrt", baseBatchSize: undefined }, "`lrScale`: expected `baseBatchSize` beside it, got none"],
  [{ weightDecayRule: "timescale", baseBatchSize: undefined }, "`weightDecayRule`: expected `baseBatchSize` beside it"],
  [{ scaleRule: "measured" }, "`lrScale`: expected `scaleExponent` beside measured, got none"],
  [{ scaleExponent: "0.5" }, "`scaleExponent`: expected `lrScale` measured beside it, got none"],
  [{ scaleRule: "measured", scaleExponent: "Infinity" }, "`scaleExponent`: expected a finite number"],
  [{ scaleRule: "measured", scaleExponent: "600" }, "`learningRate`: expected a finite number above 0"],
  [{ scaleRule: "half-life", optimizer: "sgd" }, "expected an optimizer with `beta2` for half-life, got sgd"],
  [{ beta2HalfLife: "9", optimizer: "sgd" }, "`beta2HalfLife`: expected an optimizer with `beta2`, got sgd"],
  [{ beta2HalfLife: "9tokens" }, "`beta2HalfLife`: expected data of tokens"],
  [{ warmupExamples: 9, warmupSteps: 9 }, "`warmupExamples`: expected one way to say how long the warm-up is"],
  [{ scaleRule: "sde", accumulationSchedule: "0:1,5:2" }, "`lrScale`: expected a rule of the learning rate alone"],
  [{ beta2HalfLife: "9", accumulationSchedule: "0:1,5:2" }, "`beta2HalfLife`: expected a rule of the learning rate"],
  [{ baseNoiseScale: "-3" }, "`baseNoiseScale`: expected a number of examples above 0, or a run"],
])("%j is refused", async (options, message) => {
  await expect(prepared(options)).rejects.toThrow(UsageError);
  await expect(prepared(options)).rejects.toThrow(message);
});

test.each([0, -4, 2.5, "x"])("the base batch size %j is refused", (baseBatchSize) => {
  const options = { ...asked, scaleRule: "sqrt", baseBatchSize };
  expect(() => resolveConfiguration(options, {})).toThrow("`baseBatchSize`: expected a whole number of at least 1");
});

describe("of files and runs", () => {
  const dir = mkdtempSync(join(tmpdir(), "scaling-"));
  afterAll(() => rmSync(dir, { recursive: true }));

  const regimeIn = (remarks: readonly { readonly kind: string }[]) =>
    remarks.filter((one) => one.kind === "batchRegime") as Extract<RunRemark, { kind: "batchRegime" }>[];

  test("an exponent is read from a file with its interval, and is then the configuration's own", async () => {
    const file = join(dir, "exponent.json");
    writeFileSync(file, '{ "exponent": 0.75, "lower": 0.5, "upper": 0.9, "batches": [] }');
    const { configuration, scaled } = await prepared({ scaleRule: "measured", scaleExponent: file });
    expect(scaled).toMatchObject({ exponent: { value: 0.75, lower: 0.5, upper: 0.9 } });
    expect(configuration.scaleExponent).toBe("0.75:0.5:0.9");
    expect((await prepareTraining(configuration)).scaled).toEqual(scaled);
  });

  test("a file without an exponent is damaged, and one that is not there is not found", async () => {
    writeFileSync(join(dir, "other.json"), '{ "alpha": 0.75 }');
    const read = (name: string) => prepared({ scaleRule: "measured", scaleExponent: join(dir, name) });
    await expect(read("other.json")).rejects.toThrow(DataError);
    await expect(read("none.json")).rejects.toThrow(NotFoundError);
    await expect(prepared({ dir, scaleRule: "sqrt", baseNoiseScale: "none" })).rejects.toThrow(NotFoundError);
  });

  const measured = (checkpoints: readonly (readonly [step: number, lower: number | null])[]) =>
    JSON.stringify({
      checkpoints: checkpoints.map(([step, lower]) => ({
        step,
        criticalBatchSize: { value: null, lower, upper: null, resolved: false },
        factors: [{ batchSize: 8 }, { batchSize: 16 }],
      })),
    });

  test("critical batch sizes are read by their lower ends, and are then the configuration's own", async () => {
    const file = join(dir, "critical.json");
    writeFileSync(
      file,
      measured([
        [0, null],
        [9, 70.123456789],
        [2, 40],
        [20, 33],
        [50, 1000],
      ]),
    );
    const { configuration, options } = await prepared({ accumulationSchedule: `cbs:${file}` });
    expect(configuration.accumulationSchedule).toBe("cbs:40@16,70.1235@72,33@160,1000@400");
    const { options: again } = await prepareTraining(configuration);
    for (const { accumulation } of [options, again])
      expect(accumulation).toEqual({
        kind: "examples",
        // It does not fall, and has the examples of an epoch at most.
        from: [
          [16, 2],
          [72, 4],
          [160, 4],
          [400, 62],
        ],
        maximum: 8,
      });
  });

  test.each([
    ["other", '{ "alpha": 0.75 }', DataError, /got ".*other.json", which is none; write one with/],
    ["noJson", "# batches", DataError, /got ".*noJson.json", which is none/],
    ["unknown", measured([[9, null]]), UsageError, /whose critical batch size has a lower end, got none of 1 in/],
    ["", "", NotFoundError, /got ".*none.json", which is not there; write one with/],
  ] as const)("a file without them is refused: %s", async (name, contents, kind, message) => {
    if (name !== "") writeFileSync(join(dir, `${name}.json`), contents);
    const read = () => prepared({ accumulationSchedule: `cbs:${join(dir, `${name || "none"}.json`)}` });
    await expect(read()).rejects.toThrow(kind);
    await expect(read()).rejects.toThrow(message);
  });

  const options = { dir, scaleRule: "sde", warmupExamples: 50, epochs: 8, limitExamples: 96 };
  const trained = async (more: Readonly<Record<string, unknown>>) => {
    const ready = await prepared({ ...options, dir, ...more });
    const regimes: ReturnType<typeof regimeIn> = [];
    const { run } = await trainRun(ready, () => createSessionRun(ready), {
      engine: nativeEngine(),
      listen: (event) => {
        if (event.kind === "remark") regimes.push(...regimeIn([event.remark]));
      },
    });
    return { run: openRun(dir, run), regimes };
  };

  test("a run says at its end which regime it measured, and another can be told", async () => {
    const { run, regimes } = await trained({});
    expect(regimes.map(({ source, regime }) => [source, regime === null])).toEqual([
      ["given", true],
      ["training", false],
    ]);
    const { configuration, remarks } = await prepared({ dir, scaleRule: "sqrt", baseNoiseScale: run.record.id });
    const [said] = regimeIn(remarks);
    expect(said!.ratio!.upper).toBeCloseTo(regimes[1]!.ratio!.upper!, 12);
    expect(regimeIn((await prepareTraining(configuration)).remarks)).toEqual([said]);
    // What training measures is of a step along the gradient; what an analysis knows of its own update goes before.
    expect(regimes.map(({ plainOf }) => plainOf)).toEqual([null, "adamw"]);
    const noiseScale = { value: 80, lower: 64, upper: 100, level: 0.95, resolved: true, unit: "examples" };
    const own = { optimizer: "adamw", kind: "scaled", noiseScale, datasetNoiseScale: null, frozen: 0, unknown: 0 };
    const fixture = analysisFixture();
    const analysis = { ...fixture, checkpoints: [{ ...fixture.checkpoints[0]!, optimizerNoise: own }] };
    writeAnalysis(run, analysis as typeof fixture);
    const asked = { dir, scaleRule: "sqrt", baseNoiseScale: run.record.id };
    expect((await prepared(asked)).configuration.baseNoiseScale).toBe("80:64:100");
    const lion = await prepared({ ...asked, optimizer: "lion" });
    expect(lion.configuration.baseNoiseScale).toBe(configuration.baseNoiseScale);
    const unwatched = await trained({ noiseScale: "off" });
    expect(unwatched.regimes.map(({ watched }) => watched)).toEqual([false]);
    const id = unwatched.run.record.id;
    await expect(prepared({ dir, scaleRule: "sqrt", baseNoiseScale: id })).rejects.toThrow(
      `\`baseNoiseScale\`: expected a run that ended and measured the noise scale, got ${id}`,
    );
  });

  test("what a run began with is written down, and is what it goes on with, bit for bit", async () => {
    const whole = await trained({});
    const half = await trained({ epochs: 4 });
    const { configuration, changes } = resumption(half.run, { epochs: 8 });
    const recorded = scalingOf(half.run)!;
    expect(recorded).toEqual(readEnvironment(whole.run)!.scaling);
    expect(recorded).toMatchObject({ rule: "sde", batchSize: 16, baseBatchSize: 4, values: { warmupSteps: 4 } });
    const again = await prepareTraining(configuration, trainingSeedOf(half.run, configuration), recorded);
    await trainRun(again, () => openAgain(half.run, again, changes), { engine: nativeEngine() });
    const last = (path: string) => {
      const [name] = readdirSync(join(path, "checkpoints")).filter((file) => file.startsWith("epoch=008"));
      return readFileSync(join(path, "checkpoints", name!));
    };
    expect(last(half.run.path).equals(last(whole.run.path))).toBe(true);
    // The record decides, whatever a later version would derive.
    const moved = { ...recorded, values: { ...recorded.values, beta2: 0.5 } };
    const other = await prepareTraining(configuration, trainingSeedOf(half.run, configuration), moved);
    expect(other.scaled!.values.beta2).toBe(0.5);
  });
});
