import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { CTRL_C, DOWN, ENTER, fakeTerminal, type Script, UP } from "../../../test/fakeTerminal.ts";
import { checkpointBytes, runOptions } from "../../../test/scratchStore.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { InterruptedError } from "../../session/ends.ts";
import { createRun } from "../../store/create.ts";
import { normalizeArguments } from "../arguments.ts";
import type { CommandUnknownOpts } from "../commander.ts";
import { namesFirst } from "../commandPath.ts";
import { invoked } from "../invocation.ts";
import { booleanFlags } from "../programs/booleans.ts";
import { program } from "../programs/program.ts";
import { complete, completeOn, knownOf, missingOf } from "./complete.ts";
import { lacking, ownValues } from "./needs.ts";

const scene = mkdtempSync(join(tmpdir(), "batchscope-questions-"));
afterAll(() => rmSync(scene, { recursive: true }));
afterEach(() => invoked(undefined));

/** A table of three classes that two columns tell apart. */
function writeTable(path: string): string {
  const rows = Array.from({ length: 30 }, (_, i) => `${(i % 3) + (i % 7) / 10},${-(i % 3)},${"xyz"[i % 3]}`);
  writeFileSync(path, `a,b,label\n${rows.join("\n")}\n`);
  return path;
}

/** A folder of several sets, as a guide's folder of frequencies is. */
const sets = join(scene, "铜 带's");
mkdirSync(sets);
for (const name of ["50Hz", "60Hz", "it's 70"]) writeTable(join(sets, `${name}.csv`));
const table = writeTable(join(scene, "flowers.csv"));
/** A table none of whose columns says that it is the target. */
const plain = join(scene, "plain.csv");
writeFileSync(
  plain,
  `a,b,kind\n${Array.from({ length: 30 }, (_, i) => `${(i % 3) + (i % 7) / 10},${-(i % 3)},${"xyz"[i % 3]}`).join("\n")}\n`,
);
const numbers =
  "--batch-size 2 --gradient-accumulation-steps 1 --epochs 2 --learning-rate 0.1 --checkpoint-every 1".split(" ");
const config = join(scene, "my config.yaml");
writeFileSync(config, "batch_size: 8\nepochs: 7\n");
const store = join(scene, "my runs");
const run = createRun(store, runOptions);
run.saveCheckpoint({ epoch: 0, step: 6, bytes: checkpointBytes(6) });
run.saveCheckpoint({ epoch: 1, step: 12, bytes: checkpointBytes(12), best: true });

/** The command of a line with its options read, as before it is run. */
async function read(argv: readonly string[]): Promise<CommandUnknownOpts> {
  const root = (await program(argv)) as unknown as CommandUnknownOpts;
  let [words, command] = [normalizeArguments(namesFirst(argv, root), booleanFlags(root)), root];
  invoked({ program: "batchscope", words: argv });
  for (; ; words = words.slice(1)) {
    const inner = command.commands.find((one) => one.name() === words[0]);
    if (inner === undefined) break;
    command = inner;
  }
  // A group of commands has one of them by itself.
  command = command.commands.find((one) => one.name() === "run") ?? command;
  command.args = command.parseOptions([...words]).operands;
  return command;
}

/** As a shell reads the words of a line. */
const shellWords = (line: string) =>
  execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

async function answered(argv: readonly string[], script: Script, size = {}) {
  const fake = fakeTerminal(script, size);
  const command = await read(argv);
  await completeOn(command, fake.terminal);
  const line = fake.shown().trimEnd().split("\n").at(-1)!;
  const again = await read(shellWords(line).slice(1));
  return { ...fake, command, line, again };
}

const values = (command: CommandUnknownOpts) => ({ ...ownValues(command), run: command.args[0] });

test("train with Enter all the way through is a training of a small data set by a model that fits it", async () => {
  const { line, command, left } = await answered(
    ["train"],
    [
      ["Which data?", ENTER],
      ["Which model?", ENTER],
      ["How many examples in a micro-batch?", ENTER],
      ["How many micro-batches to accumulate", ENTER],
      ["How many epochs?", ENTER],
      ["Which learning rate?", ENTER],
      ["Epochs between checkpoints?", ENTER],
    ],
  );
  expect(left()).toEqual([]);
  expect(line).toBe(
    "batchscope train --data iris --model mlp --batch-size 4 --gradient-accumulation-steps 1 --epochs 30 " +
      "--learning-rate 0.001 --checkpoint-every 5",
  );
  expect(resolveConfiguration(command.opts(), {})).toMatchObject({ data: "iris", model: "mlp", epochs: 30 });
});

test("one's own folder of sets: said, its sets asked for, and the models that fit", async () => {
  const { line, shown, left } = await answered(
    ["train", "--epochs", "2", "--learning-rate", "0.1"],
    [
      ["Which data?", ...sets, ENTER],
      ["Which set of the folder?", UP, UP, ENTER],
      ["Which model?", "linear", ENTER],
      ["How many examples", "2", ENTER],
      ["How many micro-batches", "1,2", ENTER],
      ["checkpoints?", ENTER],
    ],
  );
  expect(left()).toEqual([]);
  expect(shown()).toContain(`${sets} holds 3 sets.`);
  expect(shown()).toContain("it's 70: 24 examples to train and 6 to validate; 3 classes: x, y, z.");
  expect(shown()).toMatch(/> linear +9 parameters, one linear layer/);
  expect(shown()).not.toMatch(/ (lenet|gpt2|resnet)/);
  expect(shellWords(line)).toEqual([
    ...["batchscope", "train", "--epochs", "2", "--learning-rate", "0.1", "--data", sets, "--subset", "it's 70"],
    ...["--model", "linear", "--batch-size", "2", "--gradient-accumulation-steps", "1,2", "--checkpoint-every", "5"],
  ]);
});

describe("the same without questions repeats every flag, and is the same run", () => {
  test.each([
    [["train", "--dir", store, "--lang", "zh"]],
    [["--lang", "zh", "train", "--batch_size", "4", "--gradient_accumulation_steps", "2", "--train_epochs", "3"]],
    [["train", "--set", "label_smoothing=0.1", "--set", "epochs=2", "--tag", "a b", "--tag", "it's"]],
    [["train", "--config", config, "--tensorboard", "True", "--noise-scale", "off", "--des", "首次 $(x) `y`"]],
    [["train", "-c", config, "--optimizer", "sgd", "--momentum", "0.9", "--steps", "5"]],
    [["train", "--target-batch-size", "8", "--no-tensorboard", "--name=a=b"]],
    [["train", "--data", "IRIS", "--description", "-x"]],
  ])("%j", async (argv) => {
    const { command, again } = await answered(argv, [["?", ...Array<string>(8).fill(ENTER)]], { columns: 40 });
    expect(values(again)).toEqual(values(command));
    expect(resolveConfiguration({ ...again.opts(), lang: undefined }, {})).toEqual(
      resolveConfiguration({ ...command.opts(), lang: undefined }, {}),
    );
    // Nothing is asked twice: the line lacks nothing.
    expect(lacking(again.name(), knownOf(again).known)).toEqual([]);
  });
});

const presets = (count: number) => Array<string>(count).fill(ENTER);

describe("every command asks for what it lacks", () => {
  test.each<[string, readonly string[], Script, string]>([
    [
      "lr-find",
      [],
      [["Which data for lr-find?", ...presets(4)]],
      "--data iris --model mlp --batch-size 4 --gradient-accumulation-steps 1",
    ],
    [
      "compare",
      ["--seeds", "2"],
      [["Which data for compare?", ...presets(5)]],
      "--data iris --model mlp --vary batch-size=4,16,64 --epochs 30",
    ],
    [
      "compare",
      ["--model", "mlp", "--data", "iris", "--budget", "updates=50"],
      [
        ["What to vary?", "learning", ENTER],
        ["Which values of learning-rate?", "\x15", ..."1e-3", ENTER],
        ["two values or more that differ", "\x15", ..."1e-3, 0", ENTER],
        ["expected a number above 0", "\x15", ..."1e-3, 2e-3", ENTER],
      ],
      "--vary learning-rate=1e-3,2e-3",
    ],
    ["profile", ["--rounds", "2"], [["Which data for profile?", ...presets(2)]], "--data iris --model mlp"],
    [
      "sweep",
      ["--seeds", "2"],
      [["Which data for sweep?", ...presets(5)]],
      "--data iris --model mlp --grid learning-rate=0.0001,0.001,0.01 --epochs 30",
    ],
    [
      "judge",
      ["--most-seeds", "6"],
      [
        ["Judge what (A)?", ENTER],
        ["Compared with what (B)?", ENTER],
        ["Which data for judge?", ...presets(2)],
        ["Judged by what?", ENTER],
        ["From which difference on does it matter?", ENTER],
        ["How many epochs?", ENTER],
      ],
      "--data iris --model mlp --metric validation-loss --minimum-effect 0.02 --epochs 30",
    ],
    [
      "train",
      ["--data", plain, ...numbers],
      [
        ["Which column", ENTER],
        ["Which model?", ENTER],
      ],
      "--target kind --model mlp",
    ],
    [
      "inspect-data",
      [],
      [
        ["Which data", ...plain, ENTER],
        ["Which column is to be predicted?", "kind", ENTER],
      ],
      `--data ${plain} --target kind`,
    ],
    ["batch-size-find", [], [["Which data for batch-size-find?", ...presets(2)]], "--data iris --model mlp"],
    ["verify", ["--data", table], [["Which model?", ENTER]], "--model mlp"],
    ["inspect-data", ["--folds", "3"], [["Which data for inspect-data?", ...presets(1)]], "--data iris"],
    [
      "compile",
      ["--optimizer", "sgd"],
      [
        ["Which model?", ..."mlp:8x2", ENTER],
        ["Which data", ENTER],
        ["Where", ..."my step", ENTER],
      ],
      "--model mlp:8x2 --data iris --out 'my step'",
    ],
    [
      "gradients",
      [],
      [
        ["Which .onnx file?", ..."m.onnx", ENTER],
        ["Which file", ..."b.npz", ENTER],
      ],
      "--model m.onnx --batch b.npz",
    ],
  ])("%s %j", async (name, given, script, expected) => {
    const { line, left, again } = await answered([name, ...given], script);
    const sides = name === "judge" ? "learning-rate=0.003 base " : "";
    expect([line, left()]).toEqual([`batchscope ${name} ${sides}${[...given, expected].join(" ")}`, []]);
    // Read by a shell, the line lacks nothing.
    expect(await missingOf(again, knownOf(again), null)).toEqual([]);
  });

  test.each<[string, readonly string[], Script, string]>([
    [
      "analyze",
      ["--by", "class"],
      [
        ["Which run?", ENTER],
        ["Which checkpoint?", ENTER],
      ],
      "--checkpoint all",
    ],
    [
      "analyze",
      [],
      [
        ["Which run?", ENTER],
        ["Which checkpoint?", DOWN, DOWN, ENTER],
      ],
      "--checkpoint step:6",
    ],
    [
      "analyze",
      [],
      [
        ["Which run?", ENTER],
        ["Which checkpoint?", "epoch 1", ENTER],
      ],
      "--checkpoint 1",
    ],
    ["report", ["--static"], [["Which run?", ENTER]], ""],
    [
      "export",
      [],
      [
        ["Which run?", ENTER],
        ["Which format?", "csv", ENTER],
      ],
      "--format csv",
    ],
    ["runs show", [], [["Which run?", ENTER]], ""],
    ["runs rm", ["--yes"], [["Which run?", ENTER]], ""],
    ["evaluate", [], [["Which run or .onnx file?", ENTER]], ""],
    [
      "predict",
      ["--data", table],
      [
        ["Which run", ENTER],
        ["Where to write it?", ENTER],
      ],
      "--out predictions.csv",
    ],
  ])("%s %j of a run", async (name, given, script, expected) => {
    const words = [...name.split(" "), "--dir", store, ...given];
    const { line, left, again } = await answered(words, script);
    expect(left()).toEqual([]);
    expect(shellWords(line)).toEqual(
      ["batchscope", ...name.split(" "), run.id, "--dir", store, ...given, ...expected.split(" ")].filter(Boolean),
    );
    expect(lacking(name, values(again))).toEqual([]);
  });

  test("a model from a file asks for the data to judge it by", async () => {
    const { line } = await answered(
      ["evaluate", "--dir", store],
      [
        ["Which run or .onnx file?", ..."my model.onnx", ENTER],
        ["Which data", ENTER],
      ],
    );
    expect(line).toBe(`batchscope evaluate 'my model.onnx' --dir '${store}' --data iris`);
  });
});

describe("the sides of a judgement", () => {
  const rest = ["--metric", "seconds", "--minimum-effect", "2"];
  test("that is given stays in front of the one that is asked for", async () => {
    const { line, again } = await answered(
      ["judge", "batch-size=2", "--model", "mlp", "--data", "iris", "--epochs", "1", ...rest],
      [["Compared with what (B)?", ENTER]],
    );
    expect(line).toBe(`batchscope judge batch-size=2 --model mlp --data iris --epochs 1 ${rest.join(" ")} base`);
    expect(again.args).toEqual(["batch-size=2", "base"]);
  });

  test("may be runs, which have their own options", async () => {
    const { line, left, again } = await answered(
      ["judge", "--dir", store, ...rest],
      [
        ["Judge what (A)?", ...run.id, ENTER],
        ["Compared with what (B)?", ..."batches/4x4", ENTER],
      ],
    );
    expect(left()).toEqual([]);
    expect(shellWords(line)).toEqual(["batchscope", "judge", run.id, "batches/4x4", "--dir", store, ...rest]);
    expect(lacking("judge", ownValues(again))).toEqual([]);
  });

  test("is one where it is judged against itself", async () => {
    const { line } = await answered(
      ["judge", "--against-itself", "--dir", store, ...rest],
      [["Judge what", ...run.id, ENTER]],
    );
    expect(shellWords(line)).toEqual(["batchscope", "judge", run.id, "--against-itself", "--dir", store, ...rest]);
  });
});

test("of data that are given only the set is asked for, where there are several", async () => {
  const command = await read(["train", "--model", "mlp", "--data", sets]);
  expect(await missingOf(command, knownOf(command), null)).toEqual(["subset"]);
  const { line } = await answered(["inspect-data", "--data", sets], [["Which set", DOWN, ENTER]]);
  expect(shellWords(line)).toEqual(["batchscope", "inspect-data", "--data", sets, "--subset", "60Hz"]);
  for (const data of [table, "mnist", join(scene, "none")]) {
    const other = await read(["train", "--model", "mlp", "--data", data]);
    expect(await missingOf(other, knownOf(other), null)).toEqual([]);
  }
});

test("an answer that is no data, or a model that does not fit, is said, and asked for again", async () => {
  const { line, shown } = await answered(
    ["lr-find"],
    [
      ["Which data", ...join(scene, "nosuch.csv"), ENTER],
      ["expected a file or folder that exists", ...`'${table}'`, ENTER],
      ["Which model?", ..."lenet", ENTER],
      ["lenet: expected images", ..."mlp:4x1", ENTER],
      ["How many examples", "0", ENTER],
      ["a whole number of at least 1", "\x7f", ..."99999999", ENTER],
      ["expected at most", ENTER, "\x15", "3", ENTER, ENTER],
    ],
  );
  expect(shown()).not.toMatch(/\n {4}at /);
  expect(line).toMatch(/lr-find --data \S*flowers.csv --model mlp:4x1 --batch-size 3 --gradient-accumulation-steps 1$/);
});

test("Ctrl-C at any question ends it as the signal would", async () => {
  for (const script of [
    [["Which data?", CTRL_C]],
    [
      ["Which data?", ENTER],
      ["Which model?", CTRL_C],
    ],
  ] as Script[])
    await expect(answered(["train"], script)).rejects.toThrow(new InterruptedError("SIGINT"));
});

test.each([
  ["train"],
  ["compare"],
  ["compare", "--vary", "learning-rate=1,2"],
  ["judge", "base", "learning-rate=1"],
  ["sweep", "--grid", "learning-rate=1,2"],
  ["profile"],
])("%s %s: a key that no option has is named before what it was to say is missing", async (...argv) => {
  const file = join(scene, "mistyped.yaml");
  writeFileSync(file, "modle: mlp\ndata: iris\n");
  await expect(complete(await read([...argv, "-c", file]))).rejects.toThrow(
    'mistyped.yaml:1:1 modle: expected a known option, got "modle"; did you mean "model"?',
  );
  await expect(complete(await read([...argv, "--set", "modle=mlp"]))).rejects.toThrow(/did you mean "model"/);
});

test.each([
  ["compare", "为 compare 选择数据", 5],
  ["sweep", "为 sweep 选择数据", 5],
  ["judge", "评判什么", 7],
  ["profile", "为 profile 选择数据", 2],
] as const)("%s asks in Chinese too, on 40 columns", async (name, first, count) => {
  const { shown, line } = await answered([name, "--lang", "zh"], [[first, ...presets(count)]], {
    columns: 40,
    language: "zh",
  });
  expect(shown().split(/\n下次可直接运行：/)[0]).not.toMatch(/[A-Za-z]{4,} [A-Za-z]{4,}/);
  expect(line).toContain("--data iris --model mlp");
});

test("in Chinese, on 40 columns", async () => {
  const { shown, line } = await answered(["train", "--lang", "zh"], [["选择数据", ...presets(7)]], {
    columns: 40,
    language: "zh",
  });
  const english = /[A-Za-z]{4,} [A-Za-z]{4,}/;
  expect(shown().split(/\n下次可直接运行：/)[0]).not.toMatch(english);
  expect(line).toMatch(/^batchscope train --lang zh --data iris --model mlp/);
});
