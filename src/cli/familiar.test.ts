import { expect, test } from "vitest";
import { findModel } from "../model/zoo.ts";
import { deviceHint } from "../session/deviceHint.ts";
import { normalizeArguments } from "./arguments.ts";
import { inFamiliarWords } from "./familiar.ts";
import { booleanFlags } from "./programs/booleans.ts";
import { program } from "./programs/program.ts";
import { commandSpellings, needless, spellings } from "./spellings.ts";

/** What is said of a command line that nothing comes of. */
async function said(line: string): Promise<string> {
  const argv = line.split(" ");
  const root = await program(argv);
  try {
    await root.parseAsync(normalizeArguments(argv, booleanFlags(root)), { from: "user" });
  } catch (error) {
    return ((await inFamiliarWords(error, argv, root)) as Error).message;
  }
  return "nothing";
}

test.each([
  ["--lr 0.1", "--learning-rate"],
  ["--wd 0.1", "--weight-decay"],
  ["--bs 8", "--batch-size"],
  ["--batch 8", "--batch-size"],
  ["--epoch 3", "--epochs"],
  ["--num-epochs 3", "--epochs"],
  ["--num_epochs 3", "--epochs"],
  ["--val-split 0.1", "--validation-split"],
  ["--accumulation-steps 4", "--gradient-accumulation-steps"],
  ["--output-dir runs", "--dir"],
  ["--gpu 0", "--device"],
  ["-m mlp", "--model"],
  ["-d mnist", "--data"],
  ["--max_grad_norm 1", "--clip-norm"],
  ["--logging_steps 10", "--log-every"],
  ["--num_workers 2", "--threads"],
  ["--amp", "--precision float16"],
  ["--exclude id", "--drop"],
  ["--hidden 32", "--model mlp:WIDTHxDEPTH"],
  ["--hidden_layer_sizes 32", "--model mlp:WIDTHxDEPTH"],
  ["--early_stopping 3", "--patience"],
  ["--save_total_limit 3", "--keep-checkpoints"],
  ["--val_data v.csv", "--data TRAIN,VALIDATION"],
  ["--dropout_rate 0.1", "--dropout"],
  ["-v", "--progress"],
])("train %s is answered with %s", async (flags, ours) => {
  const [given] = flags.replaceAll("_", "-").split(" ");
  expect(await said(`train ${flags}`)).toBe(`unknown option ${given}: here it is ${ours}`);
});

test.each([
  [
    "train --shuffle",
    "unknown option --shuffle: every epoch has an order of its own, which --seed decides; leave it out",
  ],
  ["train --load_best_model_at_end", /: the best epoch is kept as well: .* --checkpoint best; leave it out$/],
  ["train --wandb", /nothing is sent anywhere/],
  ["resume latest", "unknown command resume: here it is train --resume latest"],
  ["fit --lr 3", "unknown command fit: here it is train"],
  ["test latest --data x.csv", "unknown command test: here it is evaluate latest"],
  ["ls", "unknown command ls: here it is runs"],
  ["lr_find", /^error: unknown command 'lr_find'\n\(Did you mean lr-find\?\)$/],
])("%s is answered in words", async (line, message) => {
  if (typeof message === "string") expect(await said(line)).toBe(message);
  else expect(await said(line)).toMatch(message);
});

test("a command is answered with its own options alone, and what nobody knows as before", async () => {
  expect(await said("lr-find --bs 8")).toBe("unknown option --bs: here it is --batch-size");
  expect(await said("runs list --lr 1")).toMatch(/^error: unknown option '--lr'/);
  expect(await said("train --modle mlp")).toMatch(/^error: unknown option '--modle'\n\(Did you mean --model\?\)$/);
});

test.each([
  [
    "compare 2026-a 2026-b",
    "compare: expected only options, got 2026-a 2026-b; `batchscope judge 2026-a 2026-b` says whether the first is better",
  ],
  ["train flowers.csv", "train: expected only options, got flowers.csv; pass --data flowers.csv"],
  ["train ./photos/", "train: expected only options, got ./photos/; pass --data ./photos/"],
  ["train net.onnx", "train: expected only options, got net.onnx; pass --model net.onnx"],
  ["train run.yaml", "train: expected only options, got run.yaml; pass --config run.yaml"],
])("a file without its option is given one: %s", async (line, message) => {
  expect(await said(line)).toBe(message);
});

test("every spelling of other tools stands for one option, and is none of ours", async () => {
  const theirs = [...Object.values(spellings), ...Object.values(needless)].flat();
  expect(theirs.filter((flag, i) => theirs.indexOf(flag) !== i)).toEqual([]);
  const root = await program(["train"]);
  const train = root.commands.find((command) => command.name() === "train")!;
  const ours = train.options.flatMap(({ long, short }) => [long, short]);
  // Of a command that has one of them as its own nobody is told another.
  expect(theirs.filter((flag) => ours.includes(flag))).toEqual(["--output"]);
  const [commands, others] = [root.commands.map((command) => command.name()), Object.values(commandSpellings).flat()];
  expect(others.filter((name, i) => commands.includes(name) || others.indexOf(name) !== i)).toEqual([]);
  for (const flag of Object.keys(spellings).map((key) => key.split(" ")[0]!)) {
    const elsewhere = ["--out", "--checkpoint", "--lang"].includes(flag);
    expect([flag, ours.includes(flag) || elsewhere]).toEqual([flag, true]);
  }
});

test("a graphics processor is not taken for a misspelt cpu", () => {
  expect(deviceHint("gpu")).toContain('"cuda"');
  expect(deviceHint("cuda:0")).toContain('"cuda"');
  expect(deviceHint("mps")).toContain("webgpu");
  expect(deviceHint("cpuu")).toBe("");
});

test.each([
  ["net.pt", /; a file of weights holds no network: .*torch\.onnx\.export\(/],
  ["net.PTH", /torch\.onnx\.export\(/],
  ["net.keras", /model\.export\("model\.onnx", format="onnx"\)/],
  ["lenett", /mean "?lenet/i],
])("a model file that is no graph says how to make one: %s", (name, message) => {
  expect(() => findModel(name)).toThrow(message);
});

test.each([
  ["runs show --batch-size 8", "unknown option --batch-size: the run that it is given settles it; leave it out"],
  ["report latest --model mlp", "unknown option --model: the run that it is given settles it; leave it out"],
])("%s is told of the run", async (line, words) => {
  expect(await said(line)).toBe(words);
});
