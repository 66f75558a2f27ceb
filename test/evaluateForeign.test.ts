import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { afterAll, describe, expect, test } from "vitest";
import { encodeNpz } from "../src/data/files/npz.ts";
import { evaluate, openEngine, predict, trainToRun } from "../src/index.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";
import { tryIn } from "./cli/inProcess.ts";

/** That a model of others judges whatever there is, however little: nothing is split, and numbers stay as they are. */

const folder = mkdtempSync(join(tmpdir(), "batchscope-foreign-data-"));
const at = (name: string) => join(folder, name);
const engine = await openEngine();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Example = readonly [x: readonly number[], y: number];

/** Classes 0, 1 and 2 by the largest of three numbers, or a number far from 0 that follows them. */
function examples(count: number, seed: number, isNumber = false): Example[] {
  const { normal } = random(seed);
  return Array.from({ length: count }, (): Example => {
    const x = [normal(), 2 + normal(), normal()];
    return [x, isNumber ? 500 + 3 * x[0]! - x[1]! : x.indexOf(Math.max(...x))];
  });
}

function arrays(name: string, rows: readonly Example[], y: "int64" | "float32" | null): string {
  const x = fromNumbers(
    "float32",
    [rows.length, 3],
    rows.flatMap(([one]) => one),
  );
  const answers = rows.map(([, one]) => one);
  const all = new Map([["x", x]]);
  if (y !== null) all.set("y", fromNumbers(y, y === "int64" ? [rows.length] : [rows.length, 1], answers));
  writeFileSync(at(name), encodeNpz(all));
  return at(name);
}

function table(name: string, rows: readonly Example[], target: string | null = "y"): string {
  const lines = rows.map(([x, y]) => [...x, ...(target === null ? [] : [y])].join(","));
  writeFileSync(at(name), `${["a,b,c", ...(target === null ? [] : [target])].join(",")}\n${lines.join("\n")}\n`);
  return at(name);
}

/** A model of others: what `export` wrote, stripped of what it says of itself. */
async function foreign(name: string, data: string, epochs: number): Promise<string> {
  const run = await trainToRun(
    { data, model: "linear", learningRate: 0.05, epochs, batchSize: 6, noiseScale: "off", dir: at("store") },
    { engine },
  );
  const out = at(`own-${name}`);
  expect((await tryIn(folder, "export", run.path, "--format", "onnx", "--out", out)).code).toBe(0);
  const text = readFileSync(out).toString("latin1").replaceAll("class_names", "class_Names");
  writeFileSync(at(name), Buffer.from(text, "latin1"));
  return at(name);
}

const classes = await foreign("classes.onnx", arrays("train.npz", examples(90, 1), "int64"), 8);
const numbers = await foreign("numbers.onnx", arrays("numbers.npz", examples(90, 1, true), "float32"), 1);
const found = (model: string, data: string, target?: string) => evaluate(model, { data, engine, target });
const said = async (model: string, data: string) => [...(await predict(model, { data, engine })).values];

describe("arrays and tables give the same, as neither is scaled by itself", () => {
  const many = examples(60, 2);
  test("classes", async () => {
    const ofArrays = await found(classes, arrays("many.npz", many, "int64"));
    expect(ofArrays).toMatchObject({ examples: 60, accuracy: { value: expect.any(Number) } });
    expect(ofArrays.accuracy!.value).toBeGreaterThan(0.8);
    expect(await found(classes, table("many.csv", many), "y")).toEqual(ofArrays);
  });

  test("numbers in their own unit", async () => {
    const rows = examples(60, 2, true);
    const ofTable = await found(numbers, table("prices.csv", rows), "y");
    expect(ofTable).toEqual(await found(numbers, arrays("prices.npz", rows, "float32")));
    const values = await said(numbers, at("prices.npz"));
    const errors = rows.map(([, y], i) => (values[i]! - y) ** 2);
    expect(ofTable.errors!.rmse.value).toBeCloseTo(Math.sqrt(errors.reduce((a, b) => a + b) / 60), 3);
  });
});

const [zero, one, two] = [0, 1, 2].map((label) => examples(200, 3).filter(([, y]) => y === label));
const few: Record<string, readonly Example[]> = {
  "one example": one!.slice(0, 1),
  "one example of the first class": zero!.slice(0, 1),
  "two of one class": two!.slice(0, 2),
  "two of two classes": [zero![0]!, two![0]!],
  "one of each class": [zero![0]!, one![0]!, two![0]!],
  "one class alone": one!.slice(0, 9),
  "the last class alone": two!.slice(0, 9),
};

describe.each(Object.entries(few))("what train refuses is judged: %s", (name, rows) => {
  const file = name.replaceAll(" ", "-");
  const right = (values: readonly number[]) => rows.filter(([, y], i) => values[i] === y).length / rows.length;

  test("arrays, and a table by its columns", async () => {
    const data = arrays(`${file}.npz`, rows, "int64");
    const values = await said(classes, data);
    const judged = await found(classes, data);
    expect(judged).toMatchObject({ examples: rows.length, accuracy: { value: right(values) } });
    expect(judged.classification!.confusion).toHaveLength(3);
    const csv = table(`${file}.csv`, rows, "label");
    expect(await said(classes, csv)).toEqual(values);
    expect(await found(classes, csv)).toEqual(judged);
  });

  test("without right answers", async () => {
    const values = await said(classes, at(`${file}.npz`));
    expect(await said(classes, arrays(`${file}-bare.npz`, rows, null))).toEqual(values);
    expect(await said(classes, table(`${file}-bare.csv`, rows, null))).toEqual(values);
  });
});

test("one number, two numbers and a constant are judged, in tables and in arrays", async () => {
  const rows = examples(20, 4, true);
  const constant = rows.map(([x]): Example => [x, 500]);
  for (const [name, some] of Object.entries({ one: rows.slice(0, 1), two: rows.slice(0, 2), constant })) {
    const ofArrays = await found(numbers, arrays(`n-${name}.npz`, some, "float32"));
    expect(ofArrays.examples).toBe(some.length);
    expect(ofArrays.errors!.mae.value).toBeGreaterThan(0);
    expect(await found(numbers, table(`n-${name}.csv`, some), "y")).toEqual(ofArrays);
    expect(await said(numbers, table(`n-${name}-bare.csv`, some, null))).toEqual(
      await said(numbers, at(`n-${name}.npz`)),
    );
  }
});

describe("the answer says what carries no interval", async () => {
  const rows = examples(20, 4, true);
  const errorless = async (count: number) => {
    const values = await said(numbers, arrays("exact-bare.npz", rows.slice(0, count), null));
    return rows.slice(0, count).map(([x], i): Example => [x, values[i]!]);
  };
  const cases: Record<string, [readonly Example[], RegExp, RegExp]> = {
    "1 example": [
      rows.slice(0, 1),
      /^R² undefined \(the targets do not vary\), RMSE [\d,.]+, MAE [\d,.]+ on 1 example \(no intervals: they take 6 examples, in the unit/,
      /^R² 无定义（目标不变化），RMSE [\d,.]+，MAE [\d,.]+，1 个样本（无区间：至少需 6 个样本，/,
    ],
    "2 examples": [
      rows.slice(0, 2),
      /^R² −[\d,]+, RMSE [\d,.]+, MAE [\d,.]+ on 2 examples \(no intervals: they/,
      /^R² −[\d,]+，RMSE/,
    ],
    "3 examples": [
      rows.slice(0, 3),
      /^R² −[\d,]+, RMSE [\d,.]+, MAE [\d,.]+ on 3 examples \(no intervals: they/,
      /3 个样本（无区间/,
    ],
    "a constant target": [
      rows.map(([x]) => [x, 500]),
      /^R² undefined \(the targets do not vary\), RMSE \d+ \[\d+, \d+\], MAE \d+ \[\d+, \d+\] on 20 examples \(95 % intervals/,
      /^R² 无定义（目标不变化），RMSE \d+ \[\d+, \d+\]，/,
    ],
    "no error at all": [
      await errorless(12),
      /^R² 1\.00, RMSE 0, MAE 0 on 12 examples \(no intervals: every example has the same error, in/,
      /^R² 1\.00，RMSE 0，MAE 0，12 个样本（无区间：各样本的误差都相同，/,
    ],
  };
  test.each(Object.entries(cases))("%s", async (name, [some, english, chinese]) => {
    const data = arrays(`${name.replaceAll(" ", "-")}.npz`, some, "float32");
    expect((await tryIn(folder, "evaluate", numbers, "--data", data)).printed).toMatch(english);
    expect((await tryIn(folder, "evaluate", numbers, "--data", data, "--lang", "zh")).printed).toMatch(chinese);
    const { errors } = await found(numbers, data);
    for (const one of Object.values(errors!)) expect(Number.isNaN(one.lower) || one.lower < one.upper).toBe(true);
  });

  const classCases: Record<string, readonly Example[]> = {
    "1 right or wrong": two!.slice(0, 1),
    "2 of one class": one!.slice(0, 2),
    "3 of one class": zero!.slice(0, 3),
  };
  test.each(Object.entries(classCases))("%s: the interval of an accuracy has a width", async (name, some) => {
    for (const shift of [0, 1, 2]) {
      const moved = some.map(([x, y]): Example => [x, (y + shift) % 3]);
      const { accuracy } = await found(classes, arrays(`${name.replaceAll(" ", "-")}.npz`, moved, "int64"));
      expect(accuracy!.upper - accuracy!.lower).toBeGreaterThan(0.5);
    }
    const { printed } = await tryIn(folder, "evaluate", classes, "--data", at(`${name.replaceAll(" ", "-")}.npz`));
    expect(printed).toMatch(
      /^accuracy \d+\.\d % \[\d+\.\d %, \d+\.\d %\] on (1 example|[23] examples) \(95 % interval\)/,
    );
    expect(printed).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test("one image, and images of one class", async () => {
  const square = (name: string, colour: string) => {
    const canvas = createCanvas(4, 4);
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 4, 3);
    mkdirSync(join(at(name), ".."), { recursive: true });
    writeFileSync(at(name), canvas.toBuffer("image/png"));
  };
  for (const colour of ["blue", "red"]) for (let i = 0; i < 4; i++) square(`images/${colour}/${i}.png`, colour);
  const model = await foreign("images.onnx", at("images"), 2);
  square("single/blue/0.png", "blue");
  square("single/red/0.png", "red");
  expect((await found(model, at("single"))).examples).toBe(2);
  expect(await said(model, at("single"))).toHaveLength(2);
});

test("classes that are no outputs of the model are refused in a line", async () => {
  writeFileSync(at("texts.csv"), "a,b,c,label\n1,2,3,red\n1,2,3,blue\n");
  await expect(found(classes, at("texts.csv"))).rejects.toThrow(
    /texts\.csv: expected classes from 0 to 2, or all 3 of the model by their names, in the target "label", got 2 \(blue, red\)/,
  );
  writeFileSync(at("seven.csv"), "a,b,c,label\n1,2,3,7\n1,2,3,0\n");
  await expect(found(classes, at("seven.csv"))).rejects.toThrow(/expected classes from 0 to 2, .* got 2 \(0, 7\)/);
  await expect(evaluate(classes, { data: at("many.csv"), engine, validationSplit: 0.5, target: "y" })).rejects.toThrow(
    /validationSplit.*: expected data to train on, got some for a model that is trained/,
  );
});

describe("a name that means neither a run nor a file says what there is, as a command and from code", () => {
  const [id] = readdirSync(at("store/runs"));
  const neither = (near: string) =>
    new RegExp(
      `: expected a run in .*store or an \\.onnx file \\(there are .*${id!.slice(0, 12)}.*\\), got neither; did you mean "${near}"\\?`,
    );
  const cases: [string, RegExp][] = [
    ["classes.onx", neither("classes.onnx")],
    ["clases.onnx", neither("classes.onnx")],
    ["classes.ONNX", neither("classes.onnx")],
    [`${id!.slice(0, -1)}_`, neither(id!)],
    [
      "train.npz",
      /^train\.npz: expected a run in .*, got another file; pass data as .*data.*, and a model as an \.onnx file/,
    ],
    ["nobody", /^nobody: expected a run in .* got neither; check the name, or pass .*dir/],
  ];
  test.each(cases)("%s", async (name, message) => {
    for (const verb of [["evaluate"], ["predict", "--out", "never.csv"]]) {
      const refused = await tryIn(
        folder,
        ...verb,
        name,
        "--dir",
        "store",
        "--data",
        "train.npz",
        "--loss",
        "cross_entropy",
      );
      expect([refused.code, refused.text.replace(/^batchscope: error: /, "")]).toEqual([
        4,
        expect.stringMatching(message),
      ]);
    }
    const before = process.cwd();
    process.chdir(folder);
    try {
      await expect(evaluate(name, { dir: "store", engine, data: "train.npz" })).rejects.toThrow(message);
    } finally {
      process.chdir(before);
    }
  });
});
