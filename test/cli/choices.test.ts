import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveConfiguration } from "../../src/session/configuration.ts";
import { trainFields } from "../../src/session/options/options.ts";
import { UsageError } from "../../src/tensor/errors.ts";
import { batchscope, scratch } from "./harness.ts";
import { everyCommand, tryHere } from "./inProcess.ts";

/** What every object of JavaScript has, and where it has it from. */
const inherited = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...[
    "prototype",
    "__proto__.polluted",
    "constructor.prototype.polluted",
    "prototype.polluted",
    "length",
    "name.length",
  ],
];

/** For whole command lines, which take their time. */
const few = ["constructor", "__proto__", "toString", "prototype.polluted"];

const refuse = (source: Record<string, unknown>) =>
  expect(() => resolveConfiguration({ model: "mlp", data: "iris", ...source }, {}), JSON.stringify(source));

describe("a key that is no option is unknown, whatever objects have by that name", () => {
  test.each(inherited)("%s", (name) => {
    refuse({ set: [`${name}=1`] }).toThrow(/^`set` [^\n]+: expected a known option, got "[^\n]+"; [^\n]+$/);
    const file = join(scratch(), "config.yaml");
    writeFileSync(file, `model: mlp\n"${name}": 1\n`);
    refuse({ config: file }).toThrow(/^[^\n]+config\.yaml:2:1 [^\n]+: expected a known option, got "[^\n]+"; [^\n]+$/);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("a word that is no choice is refused", () => {
  const choices = Object.entries(trainFields).filter(([, { expects }]) => expects.startsWith("one of "));

  test.each(choices)("of --%s", (field, { expects }) => {
    expect(choices.length).toBeGreaterThan(10);
    for (const name of inherited)
      for (const source of [{ [field]: name }, { set: [`${field}=${name}`] }]) {
        refuse(source).toThrow(UsageError);
        refuse(source).toThrow(new RegExp(`expected ${expects.slice(0, 20)}`));
      }
  });

  const declared = everyCommand().flatMap(({ words, command }) =>
    command.options
      .filter(({ argChoices }) => argChoices !== undefined)
      .map(({ long }) => ({ words, long: long!, command })),
  );

  test.each(declared.map((one) => [`${one.words.join(" ")} ${one.long}`, one] as const))("of %s", async (_, one) => {
    const needed = one.command.registeredArguments.filter(({ required }) => required).map(() => "latest");
    for (const name of few) {
      const { code, text } = await tryHere(...one.words, ...needed, one.long, name);
      expect([code, text]).toEqual([2, expect.stringMatching(/argument '[^\n]+' is invalid\. Allowed choices are /)]);
    }
  });

  const given = ["--model", "mlp", "--data", "iris"];
  test.each([
    ["train", "--data", "iris", "--dry-run", "--model"],
    ["train", "--model", "mlp", "--dry-run", "--data"],
    ["train", ...given, "--dry-run", "--subset"],
    ["train", ...given, "--dry-run", "--augment"],
    ["train", ...given, "--dry-run", "--target"],
    ["train", ...given, "--dry-run", "--features"],
    ["train", ...given, "--dry-run", "--split-by"],
    ["train", ...given, "--dry-run", "--image-size"],
    ["train", ...given, "--dry-run", "--class-weights"],
    ["train", ...given, "--dry-run", "--parameter-rate"],
    ["train", ...given, "--dry-run", "--milestones"],
    ["train", ...given, "--dry-run", "--accumulation-schedule"],
    ["train", "--dir", "/nowhere", "--resume"],
    ["lr-find", ...given, "--sweep"],
    ["batch-size-find", ...given, "--memory-limit"],
    ["analyze", "--gradients", "none.npy", "--products"],
    ["analyze", "--gradients", "none.npy", "--embedding"],
    ["analyze", "--gradients", "none.npy", "--device"],
    ["analyze", "--dir", "/nowhere"],
    ["inspect-data", "--data"],
    ["inspect-data", "--data", "iris", "--model"],
    ["verify", "--data", "iris", "--model"],
    ["verify", ...given, "--loss"],
    ["verify", ...given, "--device"],
    ["compile", ...given, "--out", "/tmp/none", "--optimizer"],
    ["compile", "--data", "iris", "--out", "/tmp/none", "--model"],
    ["models"],
    ["report", "--dir", "/nowhere"],
    ["runs", "show", "--dir", "/nowhere"],
    ["runs"],
  ])("of %s %s %s %s %s %s", async (...words) => {
    for (const name of few) {
      const { code, text } = await tryHere(...words.filter((word) => word !== undefined), name);
      expect(text, name).toMatch(/^batchscope: error: (?!internal)[^\n]+$/);
      expect([1, 2, 4], text).toContain(code);
    }
  });
});

test("a variant of a model is one of the model's", async () => {
  for (const name of few)
    for (const model of [`resnet:${name}`, `${name}:20`]) expect((await tryHere("models", model)).code).toBe(4);
});

test.each([
  ["train --model mlp --split-by constructor --batch-size 4 --epochs 1 --dir store", /^__proto__ .*%/m],
  ["inspect-data --folds 2 --epochs 1 --out a.html", /^ +__proto__ .*%/m],
])("columns and classes may be called so where one runs %s", async (line, shown) => {
  const scene = scratch();
  const rows = Array.from({ length: 40 }, (_, i) => [i, (i * i) % 7, few[i % 4], few[(i + 1) % 4]].join(","));
  writeFileSync(join(scene, "a.csv"), `constructor,__proto__,toString,valueOf\n${rows.join("\n")}\n`);
  const data = ["--data", "a.csv", "--target", "valueOf"];
  const { code, stdout } = await batchscope([...line.split(" "), ...data], { cwd: scene });
  expect([code, stdout]).toEqual([0, expect.stringMatching(shown)]);
});
