import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { parse } from "csv-parse/sync";
import { ModelProtoSchema } from "onnx-buf";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeNpz, encodeNpz } from "../../src/data/files/npz.ts";
import { random } from "../../src/tensor/random.ts";
import { fromNumbers, type Tensor } from "../../src/tensor/tensor.ts";
import { file, floats } from "../foreignFile.ts";
import { batchscope, document, message, scratch, writeImages } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));
const at = (name: string) => join(scene, name);
const run = (...argv: string[]) => batchscope(argv, { cwd: scene });
const evaluate = (...argv: string[]) => run("evaluate", ...argv);
/** Predictions of a new file, as they are read back. */
async function predict(name: string, ...argv: string[]): Promise<Record<string, string>[]> {
  const outcome = await run("predict", ...argv, "--out", name);
  expect([outcome.code, outcome.stderr]).toEqual([0, ""]);
  return parse(readFileSync(at(name)), { columns: true });
}

type Row = readonly [a: number, b: number, c: string, k: string, y: number];
const header = ["a", "b", "c", "k", "y"];

function rows(seed: number, n: number): Row[] {
  const source = random(seed);
  return Array.from({ length: n }, () => {
    const [a, b, c] = [
      5 + 2 * source.normal(),
      100 + 30 * source.normal(),
      ["red", "green", "blue"][source.integer(3)]!,
    ];
    const score = a * 10 + b - 150 + (c === "red" ? 20 : 0) + 15 * source.normal();
    return [a, b, c, score > 0 ? "yes" : "no", 3 * a - 0.1 * b + source.normal()];
  });
}

function writeTable(
  name: string,
  table: readonly Row[],
  columns: string,
  change: Partial<Record<string, string>> = {},
) {
  const wanted = [...columns].map((column) => header.indexOf(column));
  const lines = table.map((row, i) =>
    wanted.map((c) => (i === 2 && change[header[c]!] !== undefined ? change[header[c]!] : row[c])).join(","),
  );
  writeFileSync(at(name), `${[...columns].join(",")}\n${lines.join("\n")}\n`);
  return name;
}

const [training, held] = [rows(1, 200), rows(2, 60)];
const shifted = held.map(([a, ...row]) => [a + 1, ...row] as Row);

function writeArrays(name: string, seed: number, change: (arrays: Map<string, Tensor>) => void = () => {}): string {
  const source = random(seed);
  const labels = Array.from({ length: 40 }, (_, i) => i % 2);
  const x = labels.flatMap((label) => [label + source.normal() / 4, source.normal(), source.normal()]);
  const arrays = new Map([
    ["x", fromNumbers("float32", [40, 3], x)],
    // Years, which are numbered by what occurs.
    [
      "y",
      fromNumbers(
        "int64",
        [40],
        labels.map((label) => 2020 + label),
      ),
    ],
  ]);
  change(arrays);
  writeFileSync(at(name), encodeNpz(arrays));
  return name;
}

async function writePictures(folder: string, classes: readonly string[], size = 6): Promise<string> {
  for (const [c, name] of classes.entries()) {
    mkdirSync(at(`${folder}/${name}`), { recursive: true });
    for (let i = 0; i < 8; i++) {
      const pixels = Uint8Array.from({ length: size * size }, (_, p) => 40 + 150 * c + ((7 * p + 13 * i) % 50));
      const picture = sharp(pixels, { raw: { width: size, height: size, channels: 1 } });
      writeFileSync(at(`${folder}/${name}/${i}.png`), await picture.png().toBuffer());
    }
  }
  return folder;
}

const runs: Record<string, string> = {};
async function train(name: string, ...argv: string[]) {
  const outcome = await run("train", ...argv, "--epochs", "3", "--progress", "none", "--json", "--name", name);
  expect(outcome.code).toBe(0);
  runs[name] = document(outcome).run;
}

beforeAll(async () => {
  writeTable("train.csv", training, "abck");
  writeTable("numbers.csv", training, "abcy");
  writeArrays("train.npz", 1);
  await writePictures("photos", ["dark", "light"]);
  writeImages(at("digits"), 1);
  await train("classes", "--model", "mlp", "--data", "train.csv", "--target", "k");
  await train("numbers", "--model", "mlp", "--data", "numbers.csv", "--target", "y");
  await train("arrays", "--model", "mlp", "--data", "train.npz");
  await train("photos", "--model", "mlp", "--data", "photos");
  await train("digits", "--model", "mlp", "--data", "digits");
  for (const name of ["classes", "numbers"])
    expect((await run("export", runs[name]!, "--format", "onnx", "--out", `${name}.onnx`)).code).toBe(0);
  // Its record alone says how a table was prepared.
  cpSync(at("train.csv"), at("kept.csv"));
  rmSync(at("train.csv"));
});

/** Probabilities of the exported model by plain onnxruntime, its inputs prepared by its metadata, done anew here. */
async function byOnnxruntime(file: string, table: readonly Row[]): Promise<number[][]> {
  const session = await ort.InferenceSession.create(at(file));
  const { metadataProps } = fromBinary(ModelProtoSchema, readFileSync(at(file)));
  const { features } = JSON.parse(metadataProps.find(({ key }) => key === "preprocessing")!.value) as {
    features: { name: string; categories: string[] | null; moments: { mean: number; deviation: number } | null }[];
  };
  const x = table.flatMap((row) =>
    features.flatMap(({ name, categories, moments }) => {
      const cell = row[header.indexOf(name)]!;
      return categories
        ? categories.map((one) => Number(one === cell))
        : [(Number(cell) - moments!.mean) / moments!.deviation];
    }),
  );
  const width = x.length / table.length;
  const input = new ort.Tensor("float32", Float32Array.from(x), [table.length, width]);
  const { data, dims } = (await session.run({ [session.inputNames[0]!]: input }))[session.outputNames[0]!]!;
  const outputs = Array.from(data as Float32Array);
  return table.map((_, i) => outputs.slice(i * dims[1]!, (i + 1) * dims[1]!));
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
}

describe("of a table of classes", () => {
  test("what evaluate says is what the predictions give by hand, and these are plain onnxruntime's", async () => {
    writeTable("held.csv", held, "abck");
    // In another order of the columns, without the target.
    writeTable("new.csv", held, "cba");
    const said = await predict("classes.csv", runs.classes!, "--data", "new.csv");
    const expected = (await byOnnxruntime("classes.onnx", held)).map(softmax);
    expect(Object.keys(said[0]!)).toEqual(["example", "place", "prediction", "probability_no", "probability_yes"]);
    for (const [i, row] of said.entries()) {
      // The first line names the columns.
      expect([row.example, row.place]).toEqual([String(i), `new.csv:${i + 2}`]);
      expect(Number(row.probability_no)).toBeCloseTo(expected[i]![0]!, 5);
      expect(row.prediction).toBe(expected[i]![1]! > 0.5 ? "yes" : "no");
    }
    const right = said.filter(({ prediction }, i) => prediction === held[i]![3]).length;
    const loss = held.reduce((sum, row, i) => sum - Math.log(expected[i]![row[3] === "yes" ? 1 : 0]!), 0) / held.length;
    for (const model of [runs.classes!, "classes.onnx"]) {
      const found = document(await evaluate(model, "--data", "held.csv", "--json"));
      expect(found).toMatchObject({
        examples: 60,
        part: "all",
        classNames: ["no", "yes"],
        loss: { name: "cross_entropy" },
      });
      expect(found.accuracy.value).toBe(right / 60);
      expect(found.loss.value).toBeCloseTo(loss, 4);
      expect(found.classification.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(60);
    }
    const { stdout } = await evaluate(runs.classes!, "--data", "held.csv");
    expect(stdout).toMatch(/^accuracy [\d.]+ % \[[\d.]+ %, [\d.]+ %\] on 60 examples \(95 % interval\)\n\nclass /);
    expect(stdout).toMatch(/\nlabel \\ predicted +no +yes\nno /);
  });

  test("the same as an array, and nothing is replaced", async () => {
    writeTable("new2.csv", held, "abc");
    const [csv] = [await predict("again.csv", runs.classes!, "--data", "new2.csv")];
    const outcome = await run("predict", "classes.onnx", "--data", "new2.csv", "--out", "again.npz", "--json");
    expect(document(outcome)).toMatchObject({ examples: 60, columns: ["prediction", "probabilities"], kind: "class" });
    const arrays = decodeNpz(readFileSync(at("again.npz")), "again.npz");
    expect(arrays.get("probabilities")!.shape).toEqual([60, 2]);
    expect(Array.from(arrays.get("prediction")!.data, Number)).toEqual(
      csv!.map(({ prediction }) => Number(prediction === "yes")),
    );
    const refused = await run("predict", "classes.onnx", "--data", "new2.csv", "--out", "again.npz");
    expect([refused.code, message(refused)]).toEqual([
      2,
      "--out: expected a new file, got again.npz, which exists; choose another or remove it",
    ]);
  });

  test("in Chinese", async () => {
    writeTable("held3.csv", held, "abck");
    const { stdout } = await batchscope(["evaluate", runs.classes!, "--data", "held3.csv", "--lang", "zh"], {
      cwd: scene,
    });
    expect(stdout).toMatch(/^准确率 [\d.]+ % \[.*\]，60 个样本（95 % 区间）\n/);
    expect(stdout).toMatch(/标签 \\ 预测[\s\S]*损失 .*\n权重取自第 \d 轮、第 \d+ 步\n$/);
  });
});

describe("of a table of numbers", () => {
  test("predictions are in the unit of the target, R² and its like are those of the definition", async () => {
    writeTable("heldNumbers.csv", held, "abcy");
    const said = (await predict("numbers.csv.csv", runs.numbers!, "--data", "heldNumbers.csv")).map((row) =>
      Number(row.prediction),
    );
    const plain = await byOnnxruntime("numbers.onnx", held);
    for (const [i, value] of said.entries()) expect(value).toBeCloseTo(plain[i]![0]!, 3);
    const wanted = held.map((row) => row[4]);
    const mean = wanted.reduce((a, b) => a + b) / 60;
    const square = wanted.reduce((sum, y, i) => sum + (y - said[i]!) ** 2, 0);
    const expected = {
      rSquared: 1 - square / wanted.reduce((sum, y) => sum + (y - mean) ** 2, 0),
      rmse: Math.sqrt(square / 60),
      mae: wanted.reduce((sum, y, i) => sum + Math.abs(y - said[i]!), 0) / 60,
    };
    for (const model of [runs.numbers!, "numbers.onnx"]) {
      const { errors, regression } = document(await evaluate(model, "--data", "heldNumbers.csv", "--json"));
      for (const key of ["rSquared", "rmse", "mae"] as const) {
        expect(errors[key].value).toBeCloseTo(expected[key], 3);
        expect(regression[key]).toBeCloseTo(expected[key], 3);
        expect(errors[key].lower).toBeLessThan(expected[key]);
        expect(errors[key].upper).toBeGreaterThan(expected[key]);
      }
    }
  });

  test("a shift of the new file is seen, not standardised away", async () => {
    writeTable("plain.csv", held, "abc");
    writeTable("shifted.csv", shifted, "abc");
    const [one, other] = [
      await predict("plainOut.csv", runs.numbers!, "--data", "plain.csv"),
      await predict("shiftedOut.csv", runs.numbers!, "--data", "shifted.csv"),
    ];
    const difference = one.reduce((sum, row, i) => sum + Number(other[i]!.prediction) - Number(row.prediction), 0) / 60;
    // 3 of a's coefficient.
    expect(difference).toBeGreaterThan(2);
    expect(difference).toBeLessThan(4);
  });

  test("missing features take the training mean where that is asked for", async () => {
    writeTable("missing.csv", held, "abc", { a: "" });
    const outcome = await run("predict", runs.numbers!, "--data", "missing.csv", "--out", "missingOut.csv");
    expect([outcome.code, message(outcome)]).toEqual([
      1,
      expect.stringMatching(/expected a value in "a", got none.*--missing mean/),
    ]);
    expect(await predict("missingOut.csv", runs.numbers!, "--data", "missing.csv", "--missing", "mean")).toHaveLength(
      60,
    );
  });

  test("a new category is none of the known ones where missing values are allowed, or its row is left out", async () => {
    writeTable("pink.csv", held, "abck", { c: "pink" });
    expect(await predict("pinkOut.csv", runs.classes!, "--data", "pink.csv", "--missing", "mean")).toHaveLength(60);
    const dropped = document(await evaluate(runs.classes!, "--data", "pink.csv", "--missing", "drop", "--json"));
    expect(dropped.examples).toBe(59);
  });
});

describe("of arrays and images", () => {
  test("labels go by the names of their classes", async () => {
    writeArrays("held.npz", 2);
    const found = document(await evaluate(runs.arrays!, "--data", "held.npz", "--json"));
    expect(found).toMatchObject({ examples: 40, classNames: ["2020", "2021"] });
    expect(found.accuracy.value).toBeGreaterThan(0.7);
    writeArrays("new.npz", 2, (arrays) => arrays.delete("y"));
    const said = await predict("arrays.csv", runs.arrays!, "--data", "new.npz");
    expect(said.filter(({ prediction }, i) => prediction === String(2020 + (i % 2))).length / 40).toBe(
      found.accuracy.value,
    );
  });

  test("a folder of images by the order of its paths, with classes or without", async () => {
    await writePictures("more", ["dark", "light"]);
    expect(document(await evaluate(runs.photos!, "--data", "more", "--json")).accuracy.value).toBe(1);
    mkdirSync(at("flat"));
    cpSync(at("more/light/1.png"), at("flat/a.png"));
    cpSync(at("more/dark/1.png"), at("flat/b.png"));
    const said = await predict("flat.csv", runs.photos!, "--data", "flat");
    expect(said.map(({ file, prediction }) => [file, prediction])).toEqual([
      ["flat/a.png", "light"],
      ["flat/b.png", "dark"],
    ]);
  });

  test("without --data it is what the run itself evaluated", async () => {
    const summary = JSON.parse(readFileSync(at(`batchscope/runs/${runs.digits}/summary.json`), "utf8"));
    const found = document(await evaluate(runs.digits!, "--checkpoint", "last", "--json"));
    expect(found).toMatchObject({ part: "validation", examples: 32, loss: { value: summary.last.validationLoss } });
    expect(found.accuracy.value).toBe(summary.last.validationAccuracy);
  });
});

describe("refusals", () => {
  const cases: [name: string, argv: () => Promise<string[]> | string[], code: number, text: RegExp][] = [
    [
      "a column is missing",
      () => ["predict", runs.classes!, "--data", writeTable("e1.csv", held, "abk")],
      1,
      /expected the column "c", which the model reads, got none among a, b, k/,
    ],
    [
      "a category is new",
      () => ["predict", runs.classes!, "--data", writeTable("e2.csv", held, "abc", { c: "pink" })],
      1,
      /:4: expected a category that the model has seen in "c" \(blue, green, red\), got "pink"; correct it, or pass --missing mean, which/,
    ],
    [
      "a class is unknown",
      () => ["evaluate", runs.classes!, "--data", writeTable("e3.csv", held, "abck", { k: "maybe" })],
      1,
      /:4: expected a class that the model knows in "k" \(no, yes\), got "maybe"; /,
    ],
    [
      "a text stands among numbers",
      () => ["predict", runs.classes!, "--data", writeTable("e4.csv", held, "abc", { a: "many" })],
      1,
      /expected (a number|numbers)/,
    ],
    [
      "the answers are missing",
      () => ["evaluate", runs.classes!, "--data", writeTable("e5.csv", held, "abc")],
      2,
      /--target: expected the column of e5.csv .* got no "k" among a, b, c; name it, or use predict/,
    ],
    [
      "the shape differs",
      () => [
        "predict",
        runs.arrays!,
        "--data",
        writeArrays("e6.npz", 1, (arrays) => arrays.set("x", fromNumbers("float32", [4, 2], Array(8).fill(0)))),
      ],
      1,
      /e6.npz: expected "x" as float32\[N, 3\], as in the training data, got float32\[N, 2\]; /,
    ],
    [
      "a label is unknown",
      () => [
        "evaluate",
        runs.arrays!,
        "--data",
        writeArrays("e7.npz", 1, (arrays) => arrays.set("y", fromNumbers("int64", [40], Array(40).fill(1999)))),
      ],
      1,
      /example 0: expected a class that the model knows in "y" \(2020, 2021\), got 1999; /,
    ],
    [
      "an array is missing",
      () => ["predict", runs.arrays!, "--data", writeArrays("e8.npz", 1, (arrays) => arrays.delete("x"))],
      1,
      /expected an array "x" float32\[N, 3\], which the model reads, got y; /,
    ],
    [
      "images are of another size",
      async () => ["predict", runs.photos!, "--data", await writePictures("e9", ["dark"], 5)],
      1,
      /expected 6 × 6 pixels, as the model reads them, got 5 × 5; pass --image-size 6x6/,
    ],
    [
      "a folder is no class",
      async () => ["evaluate", runs.photos!, "--data", await writePictures("e10", ["grey"])],
      1,
      /expected an image in the folder of a class that the model knows \(dark, light\), got "grey"; /,
    ],
    [
      "data are of another kind",
      () => ["predict", runs.classes!, "--data", "train.npz"],
      2,
      /train.npz: expected a table, as the model was trained on one, got arrays of numbers; /,
    ],
    [
      "nothing is there",
      () => ["predict", runs.classes!, "--data", "nothing.csv"],
      4,
      /nothing.csv: expected data, got nothing there; check --data/,
    ],
    [
      "a data set by name is not the run's",
      () => ["evaluate", runs.digits!, "--data", "mnist"],
      2,
      /--data: expected digits, which the run was trained on, or a file or folder, got mnist/,
    ],
    [
      "a checkpoint is not there",
      () => ["evaluate", runs.classes!, "--data", "kept.csv", "--checkpoint", "99"],
      4,
      /expected epoch .*, got "99"/,
    ],
    [
      "the training settled it",
      () => ["evaluate", runs.classes!, "--data", "kept.csv", "--features", "a"],
      2,
      /--features: expected nothing that the training settled, got a; leave it out/,
    ],
    [
      "a run knows its loss",
      () => ["evaluate", runs.classes!, "--data", "kept.csv", "--loss", "focal"],
      2,
      /--loss: expected an .onnx file, got a run, whose record says it; leave it out/,
    ],
    [
      "a file has no data of its own",
      () => ["evaluate", "classes.onnx"],
      2,
      /evaluate: expected --data, got nothing, /,
    ],
    [
      "a file has no checkpoints",
      () => ["evaluate", "classes.onnx", "--data", "kept.csv", "--checkpoint", "last"],
      2,
      /--checkpoint: expected a run, got classes.onnx/,
    ],
    [
      "predictions have no such format",
      () => ["predict", "classes.onnx", "--data", "kept.csv", "--out", "x.txt"],
      2,
      /--out: expected a file .csv or .npz, got "x.txt"; /,
    ],
  ];
  test.each(cases)("%s", async (_, argv, code, text) => {
    const given = await argv();
    const out = given[0] === "predict" && !given.includes("--out") ? ["--out", "never.csv"] : [];
    const outcome = await tryIn(scene, ...given, ...out);
    expect([outcome.code, outcome.text]).toEqual([code, expect.stringMatching(text)]);
    expect(existsSync(at("never.csv"))).toBe(false);
  });
});

test("of a file with several outputs one must be named", async () => {
  const two = file({
    node: ["one", "other"].map((name) => ({ opType: "MatMul", input: ["x", `${name}.w`], output: [name] })),
    initializer: ["one", "other"].map((name) => ({
      name: `${name}.w`,
      dataType: 1,
      dims: [3n, 2n],
      rawData: new Uint8Array(Float32Array.of(-1, 1, 0, 0, 0, 0).buffer),
    })),
    input: [floats("x", "N", 3n)],
    output: [floats("one", "N", 2n), floats("other", "N", 2n)],
  });
  writeFileSync(at("two.onnx"), two);
  const refused = await evaluate("two.onnx", "--data", "train.npz");
  expect([refused.code, message(refused)]).toEqual([
    2,
    "--output: expected which output of two.onnx is meant, got none for one, other; name one of them",
  ]);
  const found = document(await evaluate("two.onnx", "--data", "train.npz", "--output", "other", "--json"));
  expect(found).toMatchObject({ examples: 40, classNames: ["2020", "2021"] });
  expect(found.classification.labels).toBe(40);
});

test("class weights are those of the training", async () => {
  cpSync(at("kept.csv"), at("rare.csv"));
  await train("weighted", "--model", "mlp", "--data", "rare.csv", "--target", "k", "--class-weights", "balanced");
  const weights = (found: { loss: { options: { classWeights: number[] } } }) => found.loss.options.classWeights;
  writeTable(
    "onlyYes.csv",
    held.filter((row) => row[3] === "yes"),
    "abck",
  );
  const found = document(await evaluate(runs.weighted!, "--data", "onlyYes.csv", "--json"));
  expect(weights(found)).toEqual(weights(document(await evaluate(runs.weighted!, "--json"))));
});

test("a run of series known by name is evaluated on its own data, and a table without its columns refused in a line", async () => {
  await train("series", "--model", "mlp", "--data", "sensors", "--limit-examples", "32", "--window-length", "16");
  const found = document(await evaluate(runs.series!, "--json"));
  expect(found).toMatchObject({ part: "validation", loss: { value: expect.any(Number) } });
  const refused = await evaluate(runs.series!, "--data", "kept.csv");
  expect([refused.code, message(refused)]).toEqual([
    1,
    expect.stringMatching(
      /kept\.csv: expected the column "humidity", which the model reads, got none among a, b, c, k/,
    ),
  ]);
});

test("a foreign model takes the data as train does, all of them in their order", async () => {
  // Written by export, and stripped of what it says.
  const file = readFileSync(at("classes.onnx"));
  const foreign = Buffer.from(file.toString("latin1").replaceAll("class_names", "class_Names"), "latin1");
  writeFileSync(at("foreign.onnx"), foreign);
  const found = document(await evaluate("foreign.onnx", "--data", "kept.csv", "--target", "k", "--json"));
  expect(found).toMatchObject({ examples: 200, part: "all", checkpoint: null, model: "foreign.onnx" });
});
