import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { boundOf } from "../../src/cli/requireBounds.ts";
import { resolveConfiguration } from "../../src/session/configuration.ts";
import { requireBound } from "../../src/session/options/bounds.ts";
import { type TrainField, trainAliases, trainFields } from "../../src/session/options/options.ts";
import { scratch } from "./harness.ts";
import { everyCommand, tryHere } from "./inProcess.ts";

/** How declarations say that a number is wanted, or several. */
const NUMBER = /<(n|x|k|d|p|n,n|list|numbers|mebibytes)>$/;

/** Of every command, the options that take numbers, with the words that the command cannot do without. */
const options = everyCommand().flatMap(({ words, command }) => {
  const needed = [
    ...words,
    ...command.registeredArguments.filter(({ required }) => required).map(() => "latest"),
    ...command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, "onnx"]),
  ];
  return command.options
    .filter(({ flags }) => NUMBER.test(flags))
    .map((option) => {
      const name = trainAliases[option.attributeName()] ?? option.attributeName();
      return { line: needed, flag: option.long!, name };
    });
});

const numbers = (Object.keys(trainFields) as TrainField[]).filter((field) => trainFields[field].kind === "number");

test("every option that takes a number has a largest one", () => {
  expect(options.length).toBeGreaterThan(150);
  expect(
    [...new Set([...options.map(({ name }) => name), ...numbers])].filter((name) => boundOf(name) === undefined),
  ).toEqual([]);
});

describe("a number beyond it is refused before anything is done with it", () => {
  test.each(options.map((one) => [`${one.line.join(" ")} ${one.flag}`, one] as const))("%s", async (_, one) => {
    const { most } = boundOf(one.name)!;
    const beyond = most < 2 ** 52 ? most + 1 : most * 2;
    for (const value of [beyond, 1e308, "9".repeat(400)]) {
      const { code, text } = await tryHere(...one.line, one.flag, String(value));
      expect(text).toMatch(new RegExp(`^batchscope: error: ${one.flag}: expected at most \\S+, [^\\n]+; lower it$`));
      expect(code).toBe(2);
    }
  });
});

describe("wherever it is said", () => {
  const given = { model: "mlp", data: "iris" };
  const scene = scratch();

  test.each(numbers)("%s", (field) => {
    const value = boundOf(field)!.most * 2;
    const file = join(scene, `${field}.yaml`);
    // One at least has the option; the others refuse it for that.
    for (const optimizer of ["sgd", "adam", "rmsprop", "nadam", "adadelta", "adagrad", "lars", "lamb"]) {
      writeFileSync(file, `optimizer: ${optimizer}\n${field}: ${value}\n`);
      const set = [`optimizer=${optimizer}`, `${field}=${value}`];
      for (const source of [{ set }, { config: file }, { optimizer, [field]: String(value) }])
        expect(() => resolveConfiguration({ ...given, ...source }, {})).toThrow(/expected [^\n]+, got /);
    }
  });

  test("threads that no machine has are refused, and a run's own on a larger machine are not", () => {
    expect(() => resolveConfiguration({ ...given, threads: "1025" }, {})).toThrow(
      "`threads`: expected at most 1024, more than any machine has processors, got 1025; lower it",
    );
    expect(resolveConfiguration({ ...given, threads: "1024" }, {}).threads).toBe(1024);
  });
});

test.each([
  [
    "a number that float32 takes for 0",
    ["--learning-rate", "1e-320"],
    /^--learning-rate: expected at least 1.2e-38, got 1e-320; raise it$/,
  ],
  [
    "windows of a target",
    ["--target-batch-size", "16000000", "--batch-size", "1"],
    /^--target-batch-size over --batch-size: expected at most 65536, /,
  ],
  [
    "windows of a schedule",
    ["--accumulation-schedule", "0:1,5:99999999999"],
    /^--batch-schedule: expected at most 65536, /,
  ],
  [
    "threads beyond this machine",
    ["--threads", "999"],
    /^--threads: expected at most \d+, on the \d+ processors of this machine, got 999; lower it$/,
  ],
  ["threads of 1e6", ["--threads", "1000000"], /^--threads: expected at most 1024, /],
  ["threads cut to 32 bits", ["--threads", "4294967297"], /^--threads: expected at most 1024, /],
  ["threads of 1e12", ["--threads", "999999999999"], /^--threads: expected at most 1024, /],
  ["a rate of a parameter", ["--parameter-rate", "w=1e999"], /^--parameter-rate: expected at most 3e\+38, /],
  ["a weight of a class", ["--class-weights", "1,1e999,1"], /^--class-weights: expected at most 3e\+38, /],
  ["an amount of augmentation", ["--augment", "noise:1e999"], /^--augment: expected /],
  ["an image", ["--image-size", "99999999999999999x1"], /^--image-size: expected /],
])("%s", async (_, flags, message) => {
  const { code, text } = await tryHere("train", "--model", "mlp", "--data", "iris", "--dry-run", ...flags);
  expect(text.replace("batchscope: error: ", "")).toMatch(message);
  expect(code).toBe(2);
});

/** What `Number` takes and no one types, or what is no number that can be meant. */
const odd = [
  "NaN",
  "Infinity",
  "-Infinity",
  "1e999",
  "0x10",
  "0b1",
  "1_000",
  "1,000,0",
  "١",
  "５",
  " 5 ",
  "",
  "5n",
  "+",
  "--5",
  "null",
];

describe("a text that is no plain number is refused", () => {
  test.each(numbers)("for %s", (field) => {
    for (const text of odd) {
      // 1e999 is a number, beyond every bound.
      for (const source of [{ [field]: text }, { set: [`${field}=${text}`] }])
        expect(() => resolveConfiguration({ model: "mlp", data: "iris", ...source }, {}), text).toThrow(
          /^[^\n]*: expected /,
        );
    }
  });

  test.each([
    "analyze --rows",
    "analyze --threads",
    "inspect-data --folds",
    "runs gc --keep-checkpoints",
    "lr-find --rates",
  ])("by %s", async (words) => {
    for (const text of odd.filter((one) => one !== "")) {
      const line = [...words.split(" ").slice(0, -1), `${words.split(" ").at(-1)}=${text}`];
      const needed = words.startsWith("inspect")
        ? ["--data", "iris"]
        : words.startsWith("lr")
          ? ["--model", "mlp", "--data", "iris"]
          : [];
      const { code, text: said } = await tryHere(
        ...line,
        ...needed,
        ...(words.startsWith("analyze") ? ["--gradients", "none.npy"] : []),
      );
      expect([code === 2 || code === 4, said], text).toEqual([
        true,
        expect.stringMatching(/^batchscope: error: (?!internal)/),
      ]);
    }
  });

  test("−0 is 0", () => {
    expect(Object.is(resolveConfiguration({ model: "mlp", data: "iris", seed: "-0" }, {}).seed, 0)).toBe(true);
    expect(
      Object.is(resolveConfiguration({ model: "mlp", data: "iris", weightDecay: "-0.0" }, {}).weightDecay, 0),
    ).toBe(true);
  });
});

describe("at its largest a number is taken, or refused for the data", () => {
  test.each(numbers)("%s", async (field) => {
    const { most } = boundOf(field)!;
    requireBound(boundOf(field)!, "here", most);
    const value = field === "threads" ? 64 : most;
    const { text } = await tryHere(
      ..."train --model mlp --data iris --dry-run".split(" "),
      "--set",
      `${field}=${value}`,
    );
    expect(text).not.toMatch(/internal/);
  });
});
