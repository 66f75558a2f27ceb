import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { checkpointsOf, clouds, eventsOf, tensorsAfter } from "../../test/training.ts";
import { decodeSafetensors, encodeSafetensors } from "../data/files/safetensors.ts";
import { mlp } from "../model/mlp.ts";
import type { Model } from "../model/model.ts";
import { buildModel } from "../model/zoo.ts";
import { sgd } from "../optimizer/sgd.ts";
import { bindingEngine } from "../runtime/binding.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { tensor, zeros } from "../tensor/tensor.ts";
import { evaluationGraph, gradientGraph, gradientName, gramGraph, maskName, totals } from "./graphs.ts";
import { dropoutRates, fillMask, fillMaskOfMicroBatch, type MaskLayout, type MaskPlace } from "./masks.ts";
import type { TrainingOptions } from "./options.ts";

const engine = nativeEngine();
const place: MaskPlace = { seed: 7, layer: 0, example: 0 };
const LENGTH = 40_000;

function drawn(rate: number, change: Partial<MaskPlace> = {}, layout = { examples: 1, groups: 1 }): Float32Array {
  const mask = zeros("float32", [LENGTH]);
  fillMask(mask, rate, { ...place, ...change }, layout);
  return mask.data as Float32Array;
}

/** Masks as an array of examples' own parts. */
function byExample(shape: readonly number[], change: Partial<MaskPlace>, layout: MaskLayout): number[][] {
  const mask = zeros("float32", shape);
  fillMask(mask, 0.5, { ...place, ...change }, layout);
  const { examples, groups } = layout;
  const inner = mask.data.length / examples / groups;
  return Array.from({ length: examples }, (_, row) =>
    Array.from({ length: groups }, (_, group) => {
      const start = (group * examples + row) * inner;
      return [...(mask.data as Float32Array).subarray(start, start + inner)];
    }).flat(),
  );
}

const share = (mask: ArrayLike<number>, of: (i: number) => boolean = () => true) => {
  let [dropped, all] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (!of(i)) continue;
    all++;
    if (mask[i] === 0) dropped++;
  }
  return { dropped: dropped / all, error: Math.sqrt(1 / all) / 2 };
};

describe("a mask", () => {
  test.each([1, 8, 1000])("drops in the examples alike, %d elements each, and none as another", (length) => {
    const mask = drawn(0.5, {}, { examples: LENGTH / length, groups: 1 });
    for (const of of [() => true, (i: number) => i % 2 === 0, (i: number) => i % length === 0]) {
      const { dropped, error } = share(mask, of);
      expect(Math.abs(dropped - 0.5)).toBeLessThan(4 * error);
    }
    const same = Array.from(mask, (value, i) => (value === mask[(i + length) % LENGTH] ? 0 : 1));
    const { dropped, error } = share(same);
    expect(Math.abs(dropped - 0.5)).toBeLessThan(4 * error);
  });

  test("follows its example: whatever is cut out of the stream, and on whatever axis the examples lie", () => {
    const all = byExample([12, 35], { example: 100 }, { examples: 12, groups: 1 });
    const cut = [1, 4, 5, 2].map((size, i, sizes) => {
      const example = 100 + sizes.slice(0, i).reduce((sum, n) => sum + n, 0);
      return byExample([size, 35], { example }, { examples: size, groups: 1 });
    });
    expect(cut.flat()).toEqual(all);
    expect(byExample([7, 12, 5], { example: 100 }, { examples: 12, groups: 7 })).toEqual(all);
    expect(byExample([5 * 12, 7], { example: 100 }, { examples: 12, groups: 5 })).toEqual(all);
    // Beyond 2³² examples too.
    const far = 2 ** 32 - 3;
    const [late, later] = [far, far + 5].map((example) => byExample([6, 35], { example }, { examples: 6, groups: 1 }));
    expect(later![0]).toEqual(late![5]);
    expect(byExample([1, 35], { example: 2 ** 32 }, { examples: 1, groups: 1 })).not.toEqual(
      byExample([1, 35], { example: 0 }, { examples: 1, groups: 1 }),
    );
  });

  test("of a run that was begun under the rule before is drawn by that rule", () => {
    const mask = zeros("float32", [64]);
    fillMaskOfMicroBatch(mask, 0.5, { seed: 7, layer: 1, microBatch: 3 });
    expect([...(mask.data as Float32Array)].map((value) => value / 2).join("")).toBe(
      "1010001000000100110010100001011000110000110001100100011011111111",
    );
  });

  test.each([0.1, 0.5, 0.9])("drops %d of its elements, here and there alike, and keeps the mean", (rate) => {
    const mask = drawn(rate);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    for (const of of [() => true, (i: number) => i % 2 === 0, (i: number) => i % 64 === 5, (i: number) => i < 2000]) {
      const { dropped, error } = share(mask, of);
      expect(Math.abs(dropped - rate)).toBeLessThan(4 * error);
    }
  });

  test("is the same for the same place, and independent of every other", () => {
    expect(drawn(0.5)).toEqual(drawn(0.5));
    const mask = drawn(0.5);
    const others = [
      ...[1, 2, 3, 1000, 2 ** 32, 2 ** 32 + 1].map((example) => drawn(0.5, { example })),
      ...[1, 2, 3].map((layer) => drawn(0.5, { layer })),
      ...[8, 0, 2 ** 32 - 1].map((seed) => drawn(0.5, { seed })),
      drawn(0.5, { layer: 1, example: 1 }),
      // Itself, some elements on.
      ...[1, 2, 16, 256].map((lag) => Float32Array.from(mask, (_, i) => mask[(i + lag) % LENGTH]!)),
    ];
    for (const other of others) {
      const { dropped, error } = share(Array.from(mask, (value, i) => (value === other[i] ? 0 : 1)));
      expect(Math.abs(dropped - 0.5)).toBeLessThan(4 * error);
    }
  });
});

describe("the rates of a model", () => {
  const named = (dropout: Model["dropout"]) => ({ ...mlp({ shape: [5], classes: 3 }, random(1)), dropout });
  test.each<[string, Model, number | undefined, [string, number][]]>([
    ["ours without a rate", named([{ name: "a" }]), undefined, []],
    [
      "ours with one",
      named([{ name: "a" }, { name: "b" }]),
      0.2,
      [
        ["a", 0.2],
        ["b", 0.2],
      ],
    ],
    ["a file's own", named([{ name: "a", rate: 0.3 }]), undefined, [["a", 0.3]]],
    ["a file's, overridden", named([{ name: "a", rate: 0.3 }]), 0.1, [["a", 0.1]]],
    ["a file's, turned off", named([{ name: "a", rate: 0.3 }]), 0, []],
    ["none, and none asked for", named(undefined), 0, []],
  ])("%s", (_, model, rate, expected) => {
    expect([...dropoutRates(model, rate)]).toEqual(expected);
  });

  test("are refused where nothing can be dropped, or with what is no probability", () => {
    expect(() => dropoutRates(named([]), 0.1)).toThrow(
      new UsageError("`dropout`: expected a model with dropout, got mlp without; leave it out"),
    );
    expect(() => dropoutRates(named([{ name: "a" }]), 1)).toThrow(
      /expected a probability of at least 0 and below 1, got 1/,
    );
  });
});

describe("in graphs", () => {
  const model = mlp({ shape: [5], classes: 3 }, random(5));
  const gradients = async (value: number | undefined) => {
    const graph = gradientGraph(model, 4, { accumulate: false, dropout: new Set(value === undefined ? [] : ["drop"]) });
    const stream = random(2);
    const fixed = model.parameters.map(({ name, initial }) => [name, initial] as const);
    const x = tensor("float32", [4, 5], Float32Array.from({ length: 20 }, stream.normal));
    const y = tensor("int64", [4], BigInt64Array.from([0n, 1n, 2n, 0n]));
    const mask = tensor("float32", [4, 256], new Float32Array(1024).fill(value ?? 0));
    const feeds = { x, y, ...Object.fromEntries(fixed), ...(value === undefined ? {} : { [maskName("drop")]: mask }) };
    const [result] = await evaluateOn(engine)(graph, [feeds]);
    return result!;
  };

  test("a mask of ones changes nothing; one of zeros leaves the bias alone", async () => {
    const [plain, ones, none] = [await gradients(undefined), await gradients(1), await gradients(0)];
    expect(ones).toEqual(plain);
    expect(new Set(none[gradientName("hidden.weight")]!.data as Float32Array)).toEqual(new Set([0]));
    const bias = model.parameters.find(({ name }) => name === "output.bias")!.initial.data as Float32Array;
    const total = Math.log(bias.reduce((sum, b) => sum + Math.exp(b), 0));
    const expected = [0, 1, 2, 0].reduce((sum, label) => sum + total - bias[label]!, 0);
    expect(Number(none[totals.loss]!.data[0])).toBeCloseTo(expected, 5);
  });

  test.each([
    ["mlp", [1, 8, 8], 1],
    ["vit:nano", [1, 16, 16], 1 + 4 * 3],
    ["gpt2:nano", [8], 1 + 3 * 3],
    ["tcn", [1, 40], 6],
    ["mobilenet:0.25", [3, 16, 16], 1],
    ["lenet", [1, 28, 28], 0],
  ] as const)("every layer of %s is asked for its mask in training, and none in evaluation", (name, shape, count) => {
    const built = buildModel(name, { shape, classes: 5 }, random(1));
    const layers = built.dropout?.map((layer) => layer.name) ?? [];
    expect(layers).toHaveLength(count);
    const masks = (graph: { inputs: readonly { name: string }[] }) =>
      graph.inputs.map((input) => input.name).filter((input) => input.startsWith("mask:"));
    const dropout = new Set(layers);
    expect(masks(gradientGraph(built, 2, { accumulate: true, dropout }))).toEqual(layers.map(maskName));
    expect(masks(gradientGraph(built, 2, { accumulate: true }))).toEqual([]);
    expect(masks(evaluationGraph(built, 2))).toEqual([]);
    if (name !== "mobilenet:0.25") expect(masks(gramGraph(built, 2, 2, "evaluation"))).toEqual([]);
  });
});

describe("training with dropout", () => {
  const base: TrainingOptions = {
    model: mlp({ shape: [5], classes: 3 }, random(5)),
    train: clouds(23),
    validation: clouds(10, [5], 3, 2),
    optimizer: sgd(),
    learningRate: 0.1,
    window: [4, 4],
    epochs: 2,
    checkpointEvery: 5,
    dropout: 0.4,
    seed: 3,
    threads: 1,
    logEvery: 1,
  };
  const trained = async (change: Partial<TrainingOptions>, on = engine) =>
    tensorsAfter(await eventsOf(on, { ...base, ...change }));

  test("has the same masks on every engine and however it is watched", async () => {
    const plain = await trained({});
    expect(await trained({}, bindingEngine())).toEqual(plain);
    expect(await trained({ noiseScale: true })).toEqual(plain);
    expect(await trained({ gradientCheckpointing: true })).toEqual(plain);
    expect(await trained({ window: [4], noiseScale: true })).toEqual(await trained({ window: [4] }));
  });

  test("has other masks for other rates, and the data's order of the seed", async () => {
    const plain = await trained({});
    for (const change of [{ dropout: undefined }, { dropout: 0.3 }])
      expect((await trained(change))["hidden.weight"]).not.toEqual(plain["hidden.weight"]);
  });

  test("of one seed is the same for every window: the same examples drop the same", async () => {
    // A rate this small changes nothing else.
    const losses = async (window: readonly number[]) => {
      const events = await eventsOf(engine, { ...base, window, learningRate: 1e-30, epochs: 2 });
      return events.flatMap((event) => (event.kind === "epoch" ? [event.trainLoss] : []));
    };
    const [first, second] = await losses([4, 4]);
    for (const window of [[4], [1], [8], [23], [3, 2]]) {
      const [a, b] = await losses(window);
      expect(a).toBeCloseTo(first!, 6);
      expect(b).toBeCloseTo(second!, 6);
    }
    expect(second).not.toBeCloseTo(first!, 3);
  });

  test("of a run begun under the rule before goes on under that rule", async () => {
    const options = { ...base, checkpointEvery: { steps: 1 } };
    const [begun] = checkpointsOf(await eventsOf(engine, options));
    const before = withoutRule(begun!.bytes);
    const all = checkpointsOf(await eventsOf(engine, { ...options, from: { bytes: before, file: "before" } }));
    const again = checkpointsOf(await eventsOf(engine, { ...options, from: { bytes: all[1]!.bytes, file: "again" } }));
    expect(again.at(-1)!.bytes).toEqual(all.at(-1)!.bytes);
    const now = checkpointsOf(await eventsOf(engine, { ...options, from: { bytes: begun!.bytes, file: "now" } }));
    expect(now.at(-1)!.bytes).not.toEqual(all.at(-1)!.bytes);
    const { metadata } = decodeSafetensors(all.at(-1)!.bytes, "all");
    expect(JSON.parse(metadata.batchscope!)).not.toHaveProperty("masks");
  });
});

/** A checkpoint as the version before wrote it. */
function withoutRule(bytes: Uint8Array): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes, "begun");
  const { masks, ...position } = JSON.parse(metadata.batchscope!);
  expect(masks).toBe("example");
  return encodeSafetensors(tensors, { ...metadata, batchscope: JSON.stringify(position) });
}
