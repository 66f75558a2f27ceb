import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeSafetensors } from "../src/data/files/safetensors.ts";
import * as library from "../src/index.ts";
import { tryHere } from "./cli/inProcess.ts";

/** That data in memory are told apart by the names of their classes and the units of their numbers. */

const { datasetFromArrays, evaluate, fromNumbers, openData, openEngine, predict, trainToRun } = library;
const { DataError, ShapeError, UsageError } = library;
const folder = mkdtempSync(join(tmpdir(), "batchscope-names-"));
const at = (name: string) => join(folder, name);
const engine = await openEngine();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const points = Array.from({ length: 80 }, (_, i) => [i % 2 === 0 ? 1 : -1, ((i * 7) % 13) / 13]);
const side = points.map(([x]) => (x! > 0 ? "right" : "left"));
const slope = points.map(([x, y]) => 30 * x! + 5 * y! + 100);
const quick = { model: "linear", epochs: 8, batchSize: 8, learningRate: 0.1, noiseScale: "off", dir: folder } as const;
const asked = { dir: folder, engine };
const runs = { sides: "", slopes: "", table: "", opened: "" };
const csv = (name: string, rows: readonly string[]) => {
  writeFileSync(at(name), `colour,size,answer\n${rows.join("\n")}\n`);
  return at(name);
};

beforeAll(async () => {
  const train = async (options: Pick<library.RunOptions, "data"> & Partial<library.RunOptions>) =>
    (await trainToRun({ ...quick, ...options }, { engine })).path;
  runs.sides = await train({ data: datasetFromArrays(points, side) });
  runs.slopes = await train({ data: datasetFromArrays(points, slope, { task: "regression" }), epochs: 20 });
  const table = points.map(([x, y], i) => `${x! > 0 ? "red" : "blue"},${y! + 50},${slope[i]}`);
  runs.table = await train({ data: csv("train.csv", table), target: "answer", epochs: 20 });
  const opened = await openData(at("train.csv"), { reading: { target: "answer" } });
  runs.opened = await train({ data: opened.train, epochs: 20 });
});

describe("classes go by their names", () => {
  test.each<[string, () => library.Dataset]>([
    ["in the same order", () => datasetFromArrays(points, side)],
    ["in another order", () => datasetFromArrays(points, side, { classNames: ["right", "left"] })],
    ["among others that do not occur", () => datasetFromArrays(points, side, { classNames: ["up", "right", "left"] })],
    ["one of them alone", () => datasetFromArrays(points.slice(0, 1), ["right"])],
  ])("%s", async (_, data) => {
    expect(await evaluate(runs.sides, { ...asked, data: data() })).toMatchObject({ accuracy: { value: 1 } });
  });

  test("for the command too, where a file names them", async () => {
    const arrays = new Map([
      ["x", fromNumbers("float32", [80, 2], points.flat())],
      [
        "y",
        fromNumbers(
          "int64",
          [80],
          side.map((name) => Number(name === "left")),
        ),
      ],
    ]);
    const write = (name: string, names: string) => {
      writeFileSync(at(name), encodeSafetensors(arrays, { class_names: names }));
      return tryHere("evaluate", runs.sides, "--data", at(name), "--dir", folder, "--json");
    };
    const said = await write("reversed.safetensors", '["right","left"]');
    expect(JSON.parse(said.printed)).toMatchObject({ accuracy: { value: 1 }, classNames: ["left", "right"] });
    expect(await write("other.safetensors", '["right","up"]')).toMatchObject({
      code: 1,
      text: expect.stringMatching(/example 1: expected a class that the model knows in "y" \(.*\), got up; /),
    });
    expect(await write("damaged.safetensors", "right,left")).toMatchObject({
      code: 1,
      text: expect.stringMatching(/expected "class_names" in its metadata as JSON of texts, .* got "right,left"; /),
    });
  });

  test("a run from code names its classes, and predictions say them", async () => {
    const said = await predict(runs.sides, {
      ...asked,
      data: [
        [1, 0.5],
        [-1, 0.5],
      ],
    });
    expect([...said.values].map((label) => said.classNames[label])).toEqual(["right", "left"]);
  });
});

describe("numbers have the unit of the training", () => {
  test("whole numbers are numbers, though they look like labels", async () => {
    const whole = slope.map((value) => Math.round(value / 10) * 10);
    const data = datasetFromArrays(points, whole);
    expect(data.classes).toBeGreaterThan(0);
    const { regression } = await evaluate(runs.slopes, { ...asked, data });
    const float = datasetFromArrays(points, whole, { task: "regression" });
    expect(regression!.rmse).toBe((await evaluate(runs.slopes, { ...asked, data: float })).regression!.rmse);
  });

  test("numbers are classes, though they look like none", async () => {
    const labels = points.map(([x]) => (x! > 0 ? 7 : 3));
    const { path } = await trainToRun({ ...quick, data: datasetFromArrays(points, labels) }, { engine });
    const few = datasetFromArrays(points.slice(0, 2), labels.slice(0, 2));
    expect([few.classes, (await evaluate(path, { ...asked, data: few })).accuracy!.value]).toEqual([0, 1]);
  });

  test("data that openData prepared keep their preparation in a run", async () => {
    const rows = ["red,50.5,0", "blue,50.25,0"];
    const [one, other] = [runs.table, runs.opened].map((run) => predict(run, { ...asked, data: csv("new.csv", rows) }));
    for (const { values } of [await one!, await other!]) {
      expect(Math.abs(values[0]! - 132.5)).toBeLessThan(5);
      expect(Math.abs(values[1]! - 71.25)).toBeLessThan(5);
    }
  });

  test("rows of a table by their columns are as those of a file", async () => {
    const file = csv("same.csv", ["red,50.5,0", "blue,50.25,0"]);
    const data = [
      { size: 50.5, colour: "red" },
      { size: "50.25", colour: "blue", other: null },
    ];
    const [one, other] = [
      await predict(runs.table, { ...asked, data: file }),
      await predict(runs.table, { ...asked, data }),
    ];
    expect(other.values).toEqual(one.values);
    const answers = data.map((row, i) => ({ ...row, answer: [132.5, 71.25][i]! }));
    expect((await evaluate(runs.table, { ...asked, data: answers })).errors!.rmse.value).toBeLessThan(5);
  });
});

test("nothing is written where a model is only asked", async () => {
  const before = readdirSync(at("data"));
  await evaluate(runs.sides, { ...asked, data: datasetFromArrays(points.slice(3), side.slice(3)) });
  expect(readdirSync(at("data"))).toEqual(before);
});

describe("what does not fit is refused in a line", () => {
  test.each<[string, () => Promise<unknown>, new () => Error, RegExp]>([
    [
      "a class that is unknown",
      () => evaluate(runs.sides, { ...asked, data: datasetFromArrays(points.slice(0, 3), ["left", "up", "left"]) }),
      DataError,
      /^arrays: example 1: expected a class that the model knows \(left, right\), got "up"; /,
    ],
    [
      "labels by number",
      () => evaluate(runs.sides, { ...asked, data: datasetFromArrays(points.slice(0, 2), [1, 0]) }),
      DataError,
      /example 0: expected a class that the model knows \(left, right\), got "1"; /,
    ],
    [
      "a text for a number",
      () => evaluate(runs.slopes, { ...asked, data: datasetFromArrays(points, side) }),
      DataError,
      /example 0: expected a number, as the model predicts numbers, got the class "right"; /,
    ],
    [
      "another shape",
      () => evaluate(runs.sides, { ...asked, data: datasetFromArrays([[1, 2, 3]], ["left"]) }),
      ShapeError,
      /^arrays: expected the input "x" float32\[N, 2\], as the model was trained on, got float32\[N, 3\]; /,
    ],
    [
      "several targets",
      () => evaluate(runs.slopes, { ...asked, data: datasetFromArrays([[1, 2]], [[1, 2, 3]]) }),
      ShapeError,
      /expected targets float32\[N, 1\], as the model was trained on, got float32\[N, 3\]; /,
    ],
    [
      "numbers as they are for a table's model",
      () =>
        evaluate(runs.table, {
          ...asked,
          data: datasetFromArrays(
            points.map(([x, y]) => [x!, y!, 0]),
            slope,
          ),
        }),
      UsageError,
      /expected examples prepared by the training data \(its features, target\), got numbers as they are; /,
    ],
    [
      "numbers scaled by other means",
      async () => {
        const other = csv(
          "other.csv",
          Array.from({ length: 40 }, (_, i) => `${i % 2 ? "red" : "blue"},${i},${i}`),
        );
        const { train } = await openData(other, { reading: { target: "answer" } });
        return evaluate(runs.table, { ...asked, data: train });
      },
      UsageError,
      /got such as were prepared by their own; pass the path of their file or folder as `data`/,
    ],
    [
      "rows without answers",
      () => evaluate(runs.sides, { ...asked, data: points }),
      UsageError,
      /^data: expected examples with their right answers, got rows alone; pass datasetFromArrays/,
    ],
    ["one row for many", () => predict(runs.sides, { ...asked, data: [1, 2] }), ShapeError, /write \[\[…\], \[…\]\]/],
    ["no rows", () => predict(runs.sides, { ...asked, data: [] }), DataError, /^data: expected at least one of the /],
    [
      "objects for rows",
      () => predict(runs.sides, { ...asked, data: [{ a: 1 }] }),
      UsageError,
      /^data: expected rows of numbers, as the model was not trained on a table, got an object; /,
    ],
    [
      "a column that is missing",
      () => predict(runs.table, { ...asked, data: [{ colour: "red", sizes: 1 }] }),
      DataError,
      /^data: expected the column "size", which the model reads, got none among colour, sizes; did you mean "sizes"\?/,
    ],
    [
      "a category that is new",
      () =>
        predict(runs.table, {
          ...asked,
          data: [
            { colour: "red", size: 1 },
            { colour: "pink", size: 1 },
          ],
        }),
      DataError,
      /^data\[1\]: expected a category that the model has seen in "colour" \(blue, red\), got "pink"; /,
    ],
    [
      "an object among cells",
      () => predict(runs.table, { ...asked, data: [{ colour: "red", size: [1] as never }] }),
      UsageError,
      /^data\[0\]: expected a number or a text in "size", got an array; /,
    ],
    [
      "what is no data",
      () => predict(runs.table, { ...asked, data: 3 as never }),
      UsageError,
      /^predict: expected data as a path, a name, a data set or rows, got 3; /,
    ],
    [
      "an option that the run answers",
      () => evaluate(runs.sides, { ...asked, loss: "mse" }),
      UsageError,
      /^`loss`: expected an .onnx file, got a run, whose record says it; /,
    ],
  ])("%s", async (_, call, type, message) => {
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toMatch(/\n/);
  });
});

describe("what went wrong with the latest run says which one it was", () => {
  const wrong = { code: 4, text: expect.stringMatching(/nothing\.csv: .*; check --data \(latest is \S+\)$/) };

  test("of code", async () => {
    await expect(evaluate("latest", { ...asked, data: at("nothing.csv") })).rejects.toThrow(/\(latest is \S+\)$/);
    await expect(evaluate(runs.sides, { ...asked, data: at("nothing.csv") })).rejects.toThrow(/check `data`$/);
  });

  test.each([
    ["evaluate", ["evaluate", "latest", "--data", at("nothing.csv")], wrong],
    ["predict", ["predict", "latest", "--data", at("nothing.csv"), "--out", at("out.csv")], wrong],
    ["analyze", ["analyze", "latest", "--data", at("nothing.csv")], { code: 4 }],
  ])("%s", async (_, words, expected) => {
    const said = await tryHere(...words, "--dir", folder);
    expect(said).toMatchObject(expected);
    const [, latest] = /\(latest is ([\w.-]+)\)$/.exec(said.text)!;
    expect(latest).toBe(library.listRuns(folder).runs[0]!.record.id);
  });
});
