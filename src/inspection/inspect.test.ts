import { expect, test } from "vitest";
import { foundOf, plantLabels } from "../../test/plantedLabels.ts";
import { clouds } from "../../test/training.ts";
import { type Dataset, select } from "../data/dataset.ts";
import { openMnist } from "../data/named/mnist.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import { defaultModel, foldSchedule } from "./defaults.ts";
import { type InspectOptions, inspectData } from "./inspect.ts";
import { subjectOf } from "./subject.ts";

const engine = nativeEngine();

function options(data: Dataset, change: Partial<InspectOptions> = {}): InspectOptions {
  const place = (index: number) => ({ part: "train", index }) as const;
  const subject = { inspected: "training part", data, other: null, place, where: () => null } as const;
  return { subject, model: "mlp", folds: 3, epochs: 4, seed: 0, threads: 1, ...change };
}

// On the whole of MNIST the area is 0.9997 and the precision 0.982: docs/inspect-data.md.
test("most of the labels that were made wrong among 1,500 digits are named, and few others", async () => {
  const { train } = await openMnist(undefined);
  const clean = select(
    train,
    Uint32Array.from({ length: 1500 }, (_, i) => i),
  );
  const { data, wrong } = plantLabels(clean, 0.1, 5);
  const inspection = await inspectData(engine, options(data, { epochs: 5, threads: 2 }));
  const found = foundOf(inspection!, wrong);
  expect(found.planted).toBe(150);
  expect(found.auc.score).toBeGreaterThan(0.98);
  expect(found.auc.errorNorm).toBeGreaterThan(0.975);
  expect(found.auc.selfInfluence).toBeGreaterThan(0.97);
  expect(found.precisionAtPlanted).toBeGreaterThan(0.8);
  expect(found.recall).toBeGreaterThan(0.85);
  expect(found.precision).toBeGreaterThan(0.7);
  expect(inspection!.labelIssues.map(({ score }) => score)).toEqual(
    inspection!.labelIssues.map(({ score }) => score).toSorted((x, y) => x - y),
  );
  // About 17 % of the labels contradict the models: the planted ones, and digits that they do not know yet.
  expect(inspection!.findings).toEqual([{ kind: "weakModels", contradicted: expect.any(Number) }]);
  const doubtedRightly = inspection!.labelIssues.filter(({ index }) => wrong[index]);
  const corrected = doubtedRightly.filter(({ index, suggested }) => suggested === clean.labels[index]);
  expect(corrected.length / doubtedRightly.length).toBeGreaterThan(0.85);
  expect(Math.abs(inspection!.summary.estimatedNoise - 0.1)).toBeLessThan(0.04);
});

test("clean labels are left alone", async () => {
  const { labelIssues, summary } = (await inspectData(engine, options(clouds(600, [20]))))!;
  expect(summary.heldOutAccuracy).toBeGreaterThan(0.98);
  expect(labelIssues.length).toBeLessThan(4);
});

test("the number of models at a time changes no result, the seed does", async () => {
  const { data } = plantLabels(clouds(120), 0.1, 1);
  const inspect = async (change: Partial<InspectOptions>) => {
    const { summary, settings, ...rest } = (await inspectData(engine, options(data, change)))!;
    return { ...rest, summary: { ...summary, seconds: 0 } };
  };
  const alone = await inspect({});
  expect(await inspect({ threads: 3 })).toEqual(alone);
  expect((await inspect({ seed: 1 })).examples.score).not.toEqual(alone.examples.score);
});

test("duplicates are found across parts, with the labels that contradict each other", async () => {
  const data = clouds(80, [8, 10]);
  const base = readerOf(data, { 70: 3, 12: 30 });
  const [train, validation] = [
    select(
      base,
      Uint32Array.from({ length: 60 }, (_, i) => i),
    ),
    select(
      { ...base },
      Uint32Array.from({ length: 20 }, (_, i) => 60 + i),
    ),
  ];
  const subject = subjectOf(train, validation, undefined, 0);
  const { nearDuplicates, summary } = (await inspectData(engine, options(train, { subject })))!;
  const labelled = (part: "train" | "validation", index: number) => ({ part, index, label: data.labels[index]! });
  const common = { exact: true, leastCosine: 1 };
  const contradicts = (a: number, b: number) => ({ conflictingLabels: data.labels[a] !== data.labels[b] });
  expect(nearDuplicates).toEqual([
    {
      examples: [labelled("train", 3), labelled("validation", 70)],
      ...common,
      acrossSplit: true,
      ...contradicts(3, 70),
    },
    { examples: [labelled("train", 12), labelled("train", 30)], ...common, acrossSplit: false, ...contradicts(12, 30) },
  ]);
  expect(summary).toMatchObject({
    exactDuplicateGroups: 2,
    nearDuplicateGroups: 0,
    acrossSplit: 1,
    conflictingLabels: 1,
  });
});

test("a class that nobody was labelled with is counted and does no harm", async () => {
  const { classes, findings, summary } = (await inspectData(engine, options({ ...clouds(60), classes: 4 })))!;
  expect(classes[3]).toMatchObject({ name: "3", examples: 0, recall: Number.NaN, doubted: 0, suggested: 0 });
  expect(findings).toContainEqual({ kind: "absentClasses", absent: 1, classes: 4 });
  expect(summary.classes).toBe(3);
});

test("windows that may overlap are remarked on unless they are kept together", async () => {
  const cells = Array.from({ length: 60 }, (_, i) => String(i % 12));
  const data = { ...clouds(60), columns: { series: cells, start: cells } };
  const remarks = async (together?: string) => {
    const inspection = await inspectData(engine, options(data, { together }));
    return inspection!.findings.filter(({ kind }) => kind === "overlappingWindows");
  };
  expect(await remarks()).toEqual([{ kind: "overlappingWindows" }]);
  expect(await remarks("series")).toEqual([]);
});

test("where one fold fails the others end before it is told", async () => {
  const data = clouds(120);
  let reads = 0;
  const failing: Dataset = {
    ...data,
    read(indices, batch) {
      if (++reads === 30) throw new Error("the disk is gone");
      return data.read(indices, batch);
    },
  };
  const inspection = inspectData(engine, options(failing, { threads: 2, epochs: 200 }));
  await expect(inspection).rejects.toThrow("the disk is gone");
  const then = reads;
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(reads).toBe(then);
});

test("an end by signal gives nothing, and a model for other classes is refused before training", async () => {
  const controller = new AbortController();
  const tell = () => controller.abort();
  expect(await inspectData(engine, options(clouds(60), { tell, signal: controller.signal }))).toBeNull();
  const onnx = new URL("../../test/fixtures/oracle/models/lenet/model.onnx", import.meta.url).pathname;
  const images = { ...clouds(40, [1, 28, 28]), classes: 3 };
  const refused = inspectData(engine, options(images, { model: onnx, tell: () => expect.unreachable() }));
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(
    /: expected a model of 3 classes as in clouds, got one of 10; choose another model$/,
  );
});

test.each([
  [[1, 28, 28], "lenet"],
  [[1, 27, 40], "mlp"],
  [[3, 32, 32], "mlp"],
  [[4], "mlp"],
])("examples of [%s] are given to %s", (shape, model) => {
  expect(defaultModel(clouds(4, shape))).toBe(model);
});

test.each([
  [120, undefined, { batchSize: 8, epochs: 40, measureEvery: 5 }],
  [1600, undefined, { batchSize: 16, epochs: 10, measureEvery: 1 }],
  [48_000, undefined, { batchSize: 64, epochs: 4, measureEvery: 1 }],
  [48_000, 24, { batchSize: 64, epochs: 24, measureEvery: 3 }],
  [5, 1, { batchSize: 5, epochs: 1, measureEvery: 1 }],
])("%d examples, %s epochs asked for", (size, epochs, plan) => {
  expect(foldSchedule(size, epochs)).toEqual(plan);
});

function readerOf(data: Dataset, copies: Readonly<Record<number, number>>): Dataset {
  return {
    ...data,
    async read(indices, batch) {
      await data.read(
        indices.map((i) => copies[i] ?? i),
        batch,
      );
      indices.forEach((index, i) => {
        (batch.y!.data as BigInt64Array)[i] = BigInt(data.labels[index]!);
      });
    },
  };
}
