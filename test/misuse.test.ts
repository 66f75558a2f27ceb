import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import * as library from "../src/index.ts";

/** That wrong arguments of whatever the package exports are refused in a line, by the name of what is wrong. */

const { analyzeRun, evaluate, predict, trainToRun, writeReport, schedules, UsageError } = library;
const ours = Object.values(library).filter(
  (value) => typeof value === "function" && value.prototype instanceof Error,
) as (new () => Error)[];

const list = [[1], [2]];
/** Argument lists that no function can mean, or few. */
const wrong: readonly (readonly unknown[])[] = [
  [],
  [undefined],
  [null],
  [null, null, null, null],
  [1],
  [Number.NaN],
  ["nothing"],
  ["nothing", null],
  ["nothing", { nonsense: 1 }],
  [{}],
  [{}, {}, {}],
  [{ nonsense: 1 }],
  [[]],
  [list, {}],
  [() => 1],
  [Promise.resolve({})],
  [Symbol("nothing")],
];

const functions = Object.entries(library).filter(
  ([, value]) => typeof value === "function" && !ours.includes(value as never),
) as unknown as [string, (...given: readonly unknown[]) => unknown][];

/** What is thrown; undefined where nothing is. */
async function thrown(call: () => unknown): Promise<unknown> {
  try {
    const result = call() as AsyncGenerator | undefined;
    await (typeof result?.[Symbol.asyncIterator] === "function" ? result.next() : result);
    return undefined;
  } catch (error) {
    return error;
  }
}

const isOurs = (error: unknown) =>
  ours.some((one) => error instanceof one) && /^.{1,60}: expected .*; .*$/.test((error as Error).message);

test("there are errors and functions to look at", () => {
  expect([ours.length, functions.length > 100]).toEqual([8, true]);
});

test.each(functions)("%s", async (_, call) => {
  const errors = await Promise.all(wrong.map((given) => thrown(() => call(...given))));
  expect(errors.filter((error) => error !== undefined && !isOurs(error))).toEqual([]);
});

const engine = await library.openEngine();
const data = library.datasetFromArrays([[1], [2], [3], [4]], ["a", "b", "a", "b"]);
const model = await library.openModel("linear", data);
const gram = library.gramOfRows([Float32Array.of(1, 2), Float32Array.of(2, 1)], [1, 1]);

describe("an option that cannot be meant", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["rows", () => analyzeRun("latest", { rows: -1 }), /^analyzeRun: .* whole number of at least 2 as rows, got -1; /],
    ["no number", () => analyzeRun("latest", { batchSize: Number.NaN }), /^analyzeRun: .* as batchSize, got NaN; /],
    ["a run", () => analyzeRun(undefined as never), /^analyzeRun: expected a text as run, got undefined; /],
    ["means", () => analyzeRun("latest", {}, { signl: 1 } as never), /got "signl"; did you mean "signal"\?$/],
    [
      "a folder",
      () => writeReport("latest", { out: tmpdir() }),
      /^writeReport: expected a file as out, got the folder /,
    ],
    [
      "a language",
      () => writeReport("latest", { language: "fr" as never }),
      /^writeReport: .* as language, got "fr"; /,
    ],
    ["a directory", () => evaluate("latest", { dir: 3 as never }), /^evaluate: expected a text as dir, got 3; /],
    [
      "an epoch",
      () => predict("latest", { checkpoint: 1.5 }),
      /^predict: expected "best", .* as checkpoint, got 1.5; /,
    ],
    ["an engine", () => predict("latest", { engine: {} as never }), /^predict: expected an engine as engine, got an /],
    [
      "a listener",
      () => trainToRun({ model: "mlp", data }, { listen: 1 } as never),
      /^trainToRun: .* as listen, got 1; /,
    ],
    [
      "a schedule's key",
      () => schedules.cosine({ learningRate: 1, lenght: 3 } as never),
      /^schedules\["cosine"\]: .*did you mean "length"\?/,
    ],
    [
      "no rate",
      () => schedules.cosine({} as never),
      /^schedules\["cosine"\]: .*a number as learningRate, got undefined/,
    ],
    [
      "no options",
      () => schedules.linear(undefined as never),
      /^schedules\["linear"\]: .*an object as options, got und/,
    ],
    ["a key of no options", () => (schedules.constant as (given: unknown) => unknown)({ gamma: 1 }), /got "gamma"; /],
    [
      "a window",
      () => library.verifyAccumulation(engine, model, data, { window: [0], tolerance: 1e-5 }),
      /^verifyAccumulation: expected sizes of micro-batches as window, got an array; /,
    ],
    [
      "a key of verify",
      () => library.verifyAccumulation(engine, model, data, { window: [1], tolerence: 1e-5 } as never),
      /^verifyAccumulation: .*got "tolerence"; did you mean "tolerance"\?$/,
    ],
    [
      "a key of an analysis",
      async () => library.analyzeCheckpoints(engine, { model, data, row: 4 } as never).next(),
      /^analyzeCheckpoints: .*got "row"; did you mean "rows"\?$/,
    ],
    [
      "a key of an inspection",
      () =>
        library.inspectData(engine, { subject: library.subjectOf(data, data, undefined, 0), modle: "mlp" } as never),
      /^inspectData: .*got "modle"; did you mean "model"\?$/,
    ],
    ["a name of an engine", () => library.openEngine("gpu" as never), /^openEngine: expected one of native, binding /],
    ["a size", () => library.datasetNoiseScale(gram, Number.NaN), /^datasetNoiseScale: .* got NaN; /],
    ["indices", () => library.select(data, [0, 1] as never), /^select: expected indices as indices, got an array; /],
    [
      "a type",
      () => library.zeros("float" as never, [1]),
      /^zeros: expected a type of elements as type, got "float"; /,
    ],
  ])("%s", async (_, call, message) => {
    const error = await thrown(call);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toMatch(/\n/);
  });
});
