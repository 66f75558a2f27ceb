import { describe, expect, test } from "vitest";
import { dataFolder } from "../../test/dataFolder.ts";
import { inWords } from "../../test/fixtures/findings.ts";
import { readBatch } from "../../test/readBatch.ts";
import { NotFoundError, UsageError } from "../tensor/errors.ts";
import { fromNumbers, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { encodeNpy, encodeNpz } from "./files/npz.ts";
import { encodeSafetensors } from "./files/safetensors.ts";
import type { OpenOptions } from "./openOptions.ts";

const { put, open } = dataFolder();
const all = (size: number) => [...Array(size).keys()];

const pixels = Array.from({ length: 40 * 12 }, (_, i) => (i * 37) % 256);
const images = fromNumbers("uint8", [40, 3, 4], pixels);
const labels = fromNumbers(
  "int64",
  [40],
  all(40).map((i) => i % 4),
);
const numbers = fromNumbers(
  "float64",
  [40, 5],
  all(200).map((i) => i / 7),
);
const prices = fromNumbers(
  "float32",
  [40],
  all(40).map((i) => i / 3),
);
const arrays = (entries: Record<string, Tensor>) => encodeNpz(new Map(Object.entries(entries)));

describe("arrays", () => {
  test.each(["float32", "int64", "uint8"] as const)("rows of one 1 and zeros in %s are classes", async (type) => {
    const places = all(40).map((i) => (i * 7) % 4);
    const y = fromNumbers(
      type,
      [40, 4],
      places.flatMap((place) => all(4).map((c) => (c === place ? 1 : 0))),
    );
    const { train, validation } = await open(put("hot.npz", arrays({ x: numbers, y })));
    expect(train).toMatchObject({ classes: 4, classNames: ["0", "1", "2", "3"] });
    const rows = [...train.selected!.indices, ...validation.selected!.indices];
    expect([...train.labels, ...validation.labels]).toEqual(rows.map((i) => places[i]!));
    const batch = await readBatch(train, [0, 3]);
    expect(toNumbers(batch.y!)).toEqual([train.labels[0], train.labels[3]]);
    const regression = await open(put("hot.npz", arrays({ x: numbers, y })), { task: "regression" });
    expect(regression.train).toMatchObject({ classes: 0, target: { type: "float32", shape: [4] } });
  });

  test("rows with no 1, or with two, are what they were", async () => {
    const hot = all(40).flatMap((i) => all(3).map((c) => (c === i % 3 ? 1 : 0)));
    for (const changed of [hot.with(0, 0), hot.with(1, 1)]) {
      const y = fromNumbers("float32", [40, 3], changed);
      expect((await open(put("cold.npz", arrays({ x: numbers, y })))).train.classes).toBe(0);
    }
  });

  test("bytes are images, normalised by the training images; whole numbers are classes", async () => {
    const { train, validation, notes, description } = await open(put("a.npz", arrays({ x: images, y: labels })));
    expect(train).toMatchObject({ name: "a", size: 32, classes: 4, inputs: [{ name: "x", shape: [1, 3, 4] }] });
    expect([validation.size, [...validation.labels].sort()]).toEqual([8, [0, 0, 1, 1, 2, 2, 3, 3]]);
    const { x, y } = await readBatch(train, all(32));
    const values = toNumbers(x!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeCloseTo(1, 5);
    expect(toNumbers(y!)).toEqual([...train.labels]);
    const { mean: byte, deviation } = description!.inputs[0]!.moments!;
    const known = all(40).map((i) => pixels.slice(i * 12, i * 12 + 12).join());
    const read = all(32).map((i) =>
      values.slice(i * 12, i * 12 + 12).map((v) => Math.round((v * deviation + byte) * 255)),
    );
    for (const [i, image] of read.entries()) expect(known.indexOf(image.join()) % 4).toBe(train.labels[i]);
    expect(inWords(notes)[0]).toMatch(/a\.npz: "x" float32\[1, 3, 4\] \(images\), target "y" \(4 classes\)$/);
  });

  test("channels that come last are moved to the front", async () => {
    const first = Array.from({ length: 10 * 3 * 20 }, (_, i) => (i * 7) % 256);
    const at = (n: number, c: number, p: number) => first[(n * 3 + c) * 20 + p]!;
    const last = all(10).flatMap((n) => all(20).flatMap((p) => [0, 1, 2].map((c) => at(n, c, p))));
    const y = fromNumbers(
      "uint8",
      [10, 1],
      all(10).map((i) => i % 2),
    );
    const a = await open(put("chw.npz", arrays({ x: fromNumbers("uint8", [10, 3, 4, 5], first), y })));
    const b = await open(put("hwc.npz", arrays({ x: fromNumbers("uint8", [10, 4, 5, 3], last), y })));
    expect(b.train.inputs[0]!.shape).toEqual([3, 4, 5]);
    expect(await readBatch(b.train, all(8))).toEqual(await readBatch(a.train, all(8)));
  });

  test("numbers stay as they are; a float target is a regression, whatever its name says otherwise", async () => {
    const { train, description } = await open(
      put(
        "r.safetensors",
        encodeSafetensors(
          new Map([
            ["x", numbers],
            ["y", prices],
          ]),
        ),
      ),
    );
    expect(train).toMatchObject({ classes: 0, target: { type: "float32", shape: [1] } });
    const { x, y } = await readBatch(train, [0]);
    expect(toNumbers(x!)).toEqual([0, 1, 2, 3, 4].map((i) => Math.fround((toNumbers(y!)[0]! * 3 * 5 + i) / 7)));
    expect(description!.task).toBe("regression");
    const classes = await open(put("c.npz", arrays({ x: numbers, y: labels })), { task: "regression" });
    expect(classes.train.target).toEqual({ name: "y", type: "float32", shape: [1] });
  });

  test("labels −1 and 1 are two classes", async () => {
    const y = fromNumbers(
      "int32",
      [40],
      all(40).map((i) => (i % 2) * 2 - 1),
    );
    const { train } = await open(put("signs.npz", arrays({ x: numbers, y })));
    expect([train.classes, train.classNames, [...new Set(train.labels)].sort()]).toEqual([2, ["-1", "1"], [0, 1]]);
  });

  test("arrays by the names of the model's inputs, tokens and a class for each position", async () => {
    const tokens = fromNumbers(
      "int64",
      [40, 6],
      all(240).map((i) => i % 9),
    );
    const { train } = await open(put("two.npz", arrays({ y: tokens, series: numbers, ids: tokens })));
    expect(train.inputs.map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ["ids", "int64", [6]],
      ["series", "float32", [5]],
    ]);
    expect(train).toMatchObject({ classes: 9, target: { type: "int64", shape: [6] }, labels: new Int32Array(0) });
    const batch = await readBatch(train, [3, 1]);
    expect(batch.y!.data).toEqual(batch.ids!.data);
  });

  test("both parts in one file as Keras saves them, in two files, or in folders of .npy files", async () => {
    const part = (name: string) => ({ [`x_${name}`]: numbers, [`y_${name}`]: labels });
    const keras = await open(put("keras.npz", arrays({ ...part("train"), ...part("test") })));
    put("pair/train.npz", arrays({ x: numbers, y: labels }));
    put("pair/test.npz", arrays({ x: numbers, y: labels }));
    for (const name of ["train", "validation"]) {
      put(`npy/${name}/x.npy`, encodeNpy(numbers));
      put(`npy/${name}/y.npy`, encodeNpy(labels));
    }
    for (const opened of [keras, await open("pair"), await open("npy"), await open("npy", { dataMemory: 64 })]) {
      expect([opened.train.size, opened.validation.size]).toEqual([40, 40]);
      expect(await readBatch(opened.train, all(40))).toEqual(await readBatch(keras.train, all(40)));
    }
    expect(inWords(keras.notes).at(-1)).toMatch(
      /^40 of the 40 validation examples are training examples too \(0 and 0, for one\)/,
    );
    expect((await open("npy", { dataMemory: 64 })).description!.duplicates).toBeNull();
    await expect(open("pair", { splitBlock: 1 })).rejects.toThrow(/^`splitBlock`: expected data in one part, got/);
  });

  test("groups are an array too", async () => {
    const site = fromNumbers(
      "int32",
      [40],
      all(40).map((i) => Math.floor(i / 8)),
    );
    const { train, validation } = await open(put("g.npz", arrays({ x: numbers, y: labels, site })), {
      splitBy: "site",
    });
    expect([new Set(validation.columns!.site).size, new Set(train.columns!.site).size]).toEqual([1, 4]);
    expect(train.inputs).toHaveLength(1);
  });

  const nan = fromNumbers(
    "float32",
    [40],
    all(40).map((i) => (i === 7 ? Number.NaN : i)),
  );
  test.each<[string, Record<string, Tensor>, OpenOptions, RegExp]>([
    ["no target", { x: numbers }, {}, /expected arrays "x" .* and "y", got x; rename them$/],
    ["no input", { y: labels }, {}, /expected arrays "x" .* and "y", got y; rename them$/],
    [
      "lengths that differ",
      { x: numbers, y: fromNumbers("int64", [3], [0, 1, 0]) },
      {},
      /got 3 in "y" and 40 in "x"; save/,
    ],
    ["NaN", { x: nan, y: labels }, {}, /bad\.npz: expected finite numbers in "x", got NaN in example 7; correct it$/],
    [
      "halves as classes",
      { x: numbers, y: prices },
      { task: "classification" },
      /whole numbers as classes in "y", got 0.3/,
    ],
    [
      "an option of tables",
      { x: numbers, y: labels },
      { target: "y" },
      /^`target`: expected data that it means something/,
    ],
    [
      "groups that are not there",
      { x: numbers, y: labels },
      { splitBy: "site" },
      /^`splitBy`: .* got "site"; choose one of x, y/,
    ],
  ])("refuses %s", async (_, entries, options, message) => {
    await expect(open(put("bad.npz", arrays(entries)), options)).rejects.toThrow(message);
  });

  test("what is on disk is found out when it is read", async () => {
    put("late/x.npy", encodeNpy(nan));
    put("late/y.npy", encodeNpy(labels));
    const { train, validation } = await open("late", { dataMemory: 10 });
    const reading = Promise.all([readBatch(train, all(32)), readBatch(validation, all(8))]);
    await expect(reading).rejects.toThrow(/late: expected finite numbers in "x", got NaN in example 7; correct it/);
  });
});

test("IDX files larger than the memory give the same examples", async () => {
  for (const [part, count] of [
    ["train", 9],
    ["t10k", 4],
  ] as const) {
    const bytes = all(count * 6).map((i) => (i * 41) % 256);
    put(`idx/${part}-images-idx3-ubyte`, Uint8Array.of(0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 3, ...bytes));
    put(`idx/${part}-labels-idx1-ubyte`, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, count, ...all(count).map((i) => i % 3)));
  }
  const [memory, disk] = [await open("idx"), await open("idx", { dataMemory: 20 })];
  expect(inWords(disk.notes)).toContain("arrays larger than `dataMemory` stay on disk; nobody looked for duplicates");
  for (const part of ["train", "validation"] as const) {
    const indices = [3, 0, 2, 1];
    expect(await readBatch(disk[part], indices)).toEqual(await readBatch(memory[part], indices));
    expect([disk[part].classNames, disk[part].inputs]).toEqual([memory[part].classNames, memory[part].inputs]);
  }
});

describe("subsets", () => {
  const table = `a,label\n${all(10)
    .map((i) => `${i},${i % 2}`)
    .join("\n")}\n`;
  test("are files and folders of any kind, called after the folder and the file", async () => {
    put("copper/50Hz.csv", table);
    put("copper/60Hz.npz", arrays({ x: numbers, y: labels }));
    put("copper/70Hz/train.csv", table);
    put("copper/70Hz/validation.csv", table);
    put("copper/empty/readme.rst", "nothing to read");
    const { subsets, train } = await open("copper", {}, "50Hz");
    expect([subsets, train.name, train.size]).toEqual([["50Hz", "60Hz", "70Hz"], "copper_50Hz", 8]);
    expect((await open("copper", {}, "70Hz")).train.size).toBe(10);
    expect((await open("copper", {}, "60Hz")).train.name).toBe("copper_60Hz");
    await expect(open("copper")).rejects.toThrow(
      /copper: expected a subset, one of 50Hz, 60Hz, 70Hz, got none; pass `su/,
    );
    await expect(open("copper", {}, "55Hz")).rejects.toThrow(UsageError);
  });

  test("one file alone is the data themselves", async () => {
    put("alone/table.csv", table);
    expect(await open("alone")).toMatchObject({ subsets: [], train: { name: "alone", size: 8 } });
  });

  test("what cannot be read is not found", async () => {
    put("odd/notes.rst", "");
    await expect(open("odd")).rejects.toThrow(NotFoundError);
    await expect(open("odd/notes.rst")).rejects.toThrow(
      /notes\.rst: expected a file .csv, .tsv, .parquet, .npz or .safe/,
    );
    put("odd/x.npy", encodeNpy(numbers));
    await expect(open("odd/x.npy")).rejects.toThrow(
      /x\.npy: expected a file .*, got another; pass its folder, with x\.npy/,
    );
  });
});

test("what was done to the values is told to who uses the model elsewhere", async () => {
  const { train } = await open(put("told.npz", arrays({ x: images, y: labels })));
  expect(train.preprocessing).toMatchObject({ x: { channels: [{ mean: expect.any(Number) }] } });
  expect((await open(put("plain.npz", arrays({ x: numbers, y: labels })))).train.preprocessing).toBeUndefined();
  const table = `a,price\n${all(40)
    .map((i) => `${i},${i / 3}`)
    .join("\n")}`;
  const { train: rows, description } = await open(put("told.csv", table), { target: "price" });
  expect(rows.preprocessing).toMatchObject({ features: description!.inputs, target: description!.target });
});
