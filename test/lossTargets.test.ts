import { describe, expect, test } from "vitest";
import { newBatch } from "../src/data/dataset.ts";
import { encodeNpz } from "../src/data/files/npz.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { resolveConfiguration } from "../src/session/configuration.ts";
import { prepareTraining } from "../src/session/prepare.ts";
import type { Prepared } from "../src/session/prepared.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, toNumbers } from "../src/tensor/tensor.ts";
import { textIn } from "../src/text/text.ts";
import { said } from "../src/text/words.ts";
import { train } from "../src/training/train.ts";
import { tryHere } from "./cli/inProcess.ts";
import { dataFolder } from "./dataFolder.ts";
import { smallNetwork } from "./smallNetwork.ts";

const { put } = dataFolder();
const SIZE = 40;
const { normal } = random(1);
const numbers = Array.from({ length: SIZE * 4 }, () => normal());

type Target = (i: number) => number | string;

const table = (name: string, target: Target) =>
  put(
    `${name}.csv`,
    `a,b,label\n${Array.from({ length: SIZE }, (_, i) => `${numbers[2 * i]},${numbers[2 * i + 1]},${target(i)}\n`).join("")}`,
  );

function arrays(name: string, type: "float32" | "int64", shape: readonly number[], target: (i: number) => number) {
  const y = fromNumbers(
    type,
    [SIZE, ...shape],
    Array.from({ length: SIZE * (shape[0] ?? 1) }, (_, i) => target(i)),
  );
  const x = fromNumbers("float32", [SIZE, 4], numbers);
  return put(
    `${name}.npz`,
    encodeNpz(
      new Map([
        ["x", x],
        ["y", y],
      ]),
    ),
  );
}

const prepared = (model: string, data: string, flags: Readonly<Record<string, string>> = {}) =>
  prepareTraining(resolveConfiguration({ model, data, batchSize: "8", epochs: "1", ...flags }, {}));

const words = ({ remarks }: Prepared) => remarks.map((remark) => said(remark, textIn("en").remarks));

/** Trains an epoch and gives its record. */
async function trained({ options }: Prepared) {
  for await (const event of train(nativeEngine(), options)) if (event.kind === "epoch") return event;
  throw new Error("expected the record of an epoch, got none");
}

async function targetsOf({ options }: Prepared): Promise<number[]> {
  const { from } = options.train.selected!;
  const batch = newBatch(from, 4);
  await from.read(Uint32Array.of(0, 1, 2, 3), batch);
  return toNumbers(batch.y!);
}

const binary: Target = (i) => Number(i % 4 === 0);

describe("what a loss of numbers makes of targets", () => {
  const flags = { loss: "bce_with_logits" };
  const cases: readonly (readonly [string, () => string, Readonly<Record<string, string>>, readonly number[]])[] = [
    ["0 and 1 in a table", () => table("binary", binary), flags, [1, 0, 0, 0]],
    [
      "and where they are asked for as numbers",
      () => table("binary", binary),
      { ...flags, task: "regression" },
      [1, 0, 0, 0],
    ],
    ["probabilities in a table", () => table("soft", (i) => (i % 5) / 4), flags, [0, 0.25, 0.5, 0.75]],
    ["0 and 1 with focal loss", () => table("binary", binary), { loss: "sigmoid_focal" }, [1, 0, 0, 0]],
    ["whole 0 and 1 in arrays", () => arrays("zeros", "int64", [], (i) => i % 2), flags, [0, 1, 0, 1]],
    ["floating ones", () => arrays("floats", "float32", [], (i) => i % 2), flags, [0, 1, 0, 1]],
    [
      "one-hot rows",
      () => arrays("hot", "int64", [2], (i) => Number(i % 4 === 0 || i % 4 === 3)),
      flags,
      [1, 0, 0, 1, 1, 0, 0, 1],
    ],
    ["distributions", () => arrays("halves", "float32", [2], () => 0.5), { loss: "kl_divergence" }, Array(8).fill(0.5)],
    ["whole numbers, squared", () => arrays("whole", "int64", [], (i) => i), { loss: "mse" }, [0, 1, 2, 3]],
    [
      "years, by Huber's loss",
      () => arrays("years", "int64", [], (i) => 2000 + i),
      { loss: "huber" },
      [2000, 2001, 2002, 2003],
    ],
  ];
  test.each(cases)("%s", async (_about, data, given, targets) => {
    const ready = await prepared("mlp", data(), given);
    expect(await targetsOf(ready)).toEqual(targets);
    expect(ready.options.train.targetScale).toBeUndefined();
    const { validationLoss } = await trained(ready);
    // A cross-entropy, a divergence and a square are never below 0.
    expect(validationLoss).toBeGreaterThan(0);
  });

  test("whole numbers in a table are standardised for a squared error", async () => {
    const { options } = await prepared(
      "mlp",
      table("few", (i) => i % 7),
      { loss: "mse" },
    );
    expect([options.train.classes, options.train.targetScale!.mean]).toEqual([0, expect.closeTo(3, 0)]);
  });
});

describe("refused, with a way to go on", () => {
  const bce = { loss: "bce_with_logits" };
  const cases: readonly (readonly [string, () => string, Readonly<Record<string, string>>, RegExp])[] = [
    [
      "2 in a table",
      () => table("two", (i) => i % 3),
      bce,
      /two\.csv:4: expected a number from 0 to 1 in the target "label".*got 2; write 0 and 1/,
    ],
    ["-1 in a table", () => table("minus", (i) => (i % 2) * 2 - 1), bce, /minus\.csv:2: .*got -1; /],
    [
      "1.5 in arrays",
      () => arrays("beyond", "float32", [], (i) => i / 4),
      bce,
      /beyond\.npz: example 5: .*got 1\.25; /,
    ],
    [
      "-1 with focal loss",
      () => arrays("sign", "int64", [], (i) => (i % 2) * 2 - 1),
      { loss: "sigmoid_focal" },
      /example 0: .*got -1; /,
    ],
    [
      "a distribution with a negative share",
      () => arrays("share", "float32", [2], (i) => (i % 2 ? 1.5 : -0.5)),
      { loss: "kl_divergence" },
      /got -0\.5; /,
    ],
    [
      "texts",
      () => table("texts", (i) => `c${i % 2}`),
      bce,
      /texts\.csv:2: expected a number in the target "label", which `loss` compares with, got "c0"; choose a `loss` of classes/,
    ],
    [
      "classes asked for",
      () => table("binary", binary),
      { ...bce, task: "classification" },
      /`loss` bce_with_logits: expected numbers as the targets, got 2 classes in binary; choose a `loss` of classes/,
    ],
    [
      "classes of a data set that has them",
      () => "iris",
      { loss: "mse" },
      /expected a number in the target "species", which `loss`/,
    ],
    [
      "numbers for a loss of classes",
      () => arrays("real", "float32", [], (i) => i / 4),
      { loss: "cross_entropy" },
      /`loss` cross_entropy: expected classes as the targets, got numbers in real; .* mse, or pass `task` classification/,
    ],
    [
      "windows beyond probabilities",
      () => table("walk", (i) => i % 3),
      { ...bce, windowLength: "4" },
      /walk\.csv:4: expected a number from 0 to 1/,
    ],
  ];
  test.each(cases)("%s", async (_about, data, flags, message) => {
    await expect(prepared("mlp", data(), flags)).rejects.toThrow(message);
  });

  test("in gradients of one batch too", async () => {
    const one = put("one.onnx", smallNetwork({ outputs: 1 }));
    const batch = arrays("batch", "float32", [1], (i) => (i === 3 ? 1.5 : 0));
    const { text, code } = await tryHere("gradients", "--model", one, "--batch", batch, "--loss", "bce_with_logits");
    expect([text, code]).toEqual([
      'batchscope: error: gradients: expected numbers from 0 to 1 in "y", got 1.5 in example 3; write 0 and 1, or choose another --loss',
      1,
    ]);
  });
});

describe("what a file gives", () => {
  const model = (name: string, network: Parameters<typeof smallNetwork>[0]) =>
    put(`${name}.onnx`, smallNetwork(network));
  const squeezed = () => model("squeezed", { outputs: 1, gives: ["squeezed"] });

  test.each<[string, readonly number[]]>([
    ["[N]", []],
    ["[N, 1]", [1]],
  ])("[N] trains on targets %s", async (name, shape) => {
    const ready = await prepared(
      squeezed(),
      arrays(`reg${name.length}`, "float32", shape, (i) => numbers[i]!),
    );
    const { validationLoss, validationScores } = await trained(ready);
    expect(validationLoss).toBeGreaterThan(0);
    expect(validationScores).toHaveProperty("rmse");
    const other = await trained(
      await prepared(
        model("plain", { outputs: 1 }),
        arrays("same", "float32", shape, (i) => numbers[i]!),
      ),
    );
    expect(other.validationLoss).toBe(validationLoss);
  });

  test("of several answers an example the loss that takes them is named", async () => {
    const answers = arrays("answers", "int64", [3], (i) => (i * 7) % 2);
    await expect(prepared("mlp", answers)).rejects.toThrow(
      /gives \[3, classes\] for each example of answers, .* pass `loss` bce_with_logits where each example has several/,
    );
    expect((await prepared("mlp", answers, { loss: "bce_with_logits" })).options.train.classes).toBe(0);
  });

  test("[N] is no score for each class, and the error says which losses are for it", async () => {
    await expect(
      prepared(
        squeezed(),
        arrays("classes", "int64", [], (i) => i % 2),
      ),
    ).rejects.toThrow(
      /squeezed: expected a model that gives one number for each class, .* pass `loss` bce_with_logits for two classes/,
    );
    await expect(
      prepared(
        model("single", { outputs: 1 }),
        arrays("classes", "int64", [], (i) => i % 2),
      ),
    ).rejects.toThrow(/labels from 0 to 0, as single has 1 output, got 1 in .* pass `loss` bce_with_logits/);
    await trained(
      await prepared(
        squeezed(),
        arrays("classes", "int64", [], (i) => i % 2),
        { loss: "bce_with_logits" },
      ),
    );
  });

  test("of several outputs the trained one is named, and what is not trained", async () => {
    const two = model("two", { gives: ["hidden", "logits"] });
    const data = arrays("three", "int64", [], (i) => i % 3);
    const first = words(await prepared(two, data));
    expect(first).toContain(
      'two: of its outputs "hidden" is trained, "logits" is not, nor what only they read: b.weight, b.bias; `output` chooses another',
    );
    expect(first).toContain("two has 8 outputs for 3 classes: those beyond are learnt to be no class");
    const chosen = await prepared(two, data, { output: "logits" });
    expect(words(chosen)).toContain(
      'two: of its outputs "logits" is trained, "hidden" is not; `output` chooses another',
    );
    expect(chosen.options.model.parameters.map(({ name }) => name)).toContain("b.weight");
    const alone = await trained(await prepared(model("alone", {}), data));
    expect((await trained(chosen)).validationLoss).toBe(alone.validationLoss);
  });

  test("an output that is none is refused, and so is one of a model by name", async () => {
    const two = model("two", { gives: ["hidden", "logits"] });
    const data = arrays("three", "int64", [], (i) => i % 3);
    await expect(prepared(two, data, { output: "logit" })).rejects.toThrow(
      /`output`: expected an output of two, got "logit"; did you mean "?logits/,
    );
    await expect(prepared("mlp", data, { output: "logits" })).rejects.toThrow(/`output`: expected an \.onnx file/);
    for (const [command, flags] of [
      ["gradients", ["--batch", data]],
      ["verify", ["--data", data]],
    ] as const) {
      const { code, said: told } = await tryHere(command, "--model", two, ...flags, "--output", "logits");
      expect(code).toBe(0);
      expect(told).toContain('two: of its outputs "logits" is trained, "hidden" is not; --output chooses another\n');
      expect((await tryHere(command, "--model", two, ...flags, "--output", "none")).text).toMatch(
        /--output: expected an output of two/,
      );
    }
  });
});

describe("remarked on before training", () => {
  const data = () => arrays("three", "int64", [], (i) => i % 3);
  const remarksOf = async (network: Parameters<typeof smallNetwork>[0], flags = {}) =>
    words(await prepared(put("remarked.onnx", smallNetwork(network)), data(), flags)).join("\n");

  test("weights that are all zero", async () => {
    expect(await remarksOf({ weight: 0 })).toContain("2 of 2 weights are all zero (a.weight, b.weight): ");
    expect(await remarksOf({ weight: 0.5 })).not.toContain("zero");
  });

  test("batch normalisation of one example", async () => {
    const single = "in 1 layer, 1 of which see one value of each channel and give nothing but their shift";
    expect(await remarksOf({ normalised: true }, { batchSize: "1" })).toContain(
      `sees one example in every micro-batch, ${single}`,
    );
    // 32 examples in 31 and 1.
    expect(await remarksOf({ normalised: true }, { batchSize: "31" })).toContain(
      `sees one example in the last micro-batch of an epoch, ${single}`,
    );
    expect(await remarksOf({ normalised: true }, { batchSize: "8" })).not.toContain("batch normalisation sees");
    expect(await remarksOf({}, { batchSize: "1" })).not.toContain("batch normalisation sees");
  });
});
