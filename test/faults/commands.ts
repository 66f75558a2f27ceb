import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { encodeNpz } from "../../src/data/files/npz.ts";
import { random } from "../../src/tensor/random.ts";
import { fromNumbers, sizeOf } from "../../src/tensor/tensor.ts";
import { batchscope, runsIn, writeImages } from "../cli/harness.ts";
import { writeTable } from "./scene.ts";

/** A command that writes, and where. Commands run in the scene's folder, with the store `store` and its one run. */
export interface WritingCommand {
  readonly argv: readonly string[];
  /** Files and folders below the scene that it makes or replaces; `run/` stands for the folder of the run. */
  readonly outputs: readonly string[];
}

const store = ["--dir", "store"];
const data = ["--data", "images", "--limit-examples", "64"];

/** Every command that writes, but for `train`, which kill.test.ts has to itself. */
export const writing: Readonly<Record<string, WritingCommand>> = {
  analyze: {
    argv: ["analyze", "latest", "--checkpoint", "all", "--rows", "6", "--by-layer", "--full-pass", ...store],
    outputs: ["run/analysis.json", "run/analysis", "run/plots", "run/report.html"],
  },
  "analyze a gradient matrix": {
    argv: ["analyze", "--gradients", "G.npz", "--batch-size", "8", "--out", "gram.npy"],
    outputs: ["gram.npy"],
  },
  report: {
    argv: ["report", "latest", "--out", "page.html", "--figures", "figures", ...store],
    outputs: ["page.html", "figures"],
  },
  "export an ONNX model": {
    argv: ["export", "latest", "--format", "onnx", "--out", "model.onnx", ...store],
    outputs: ["model.onnx"],
  },
  "export to Parquet": {
    argv: ["export", "latest", "--format", "parquet", "--out", "metrics.parquet", ...store],
    outputs: ["metrics.parquet"],
  },
  "export to TensorBoard": {
    argv: ["export", "latest", "--format", "tensorboard", "--out", "logs", ...store],
    outputs: ["logs"],
  },
  gradients: {
    argv: ["gradients", "--model", "model-in.onnx", "--batch", "batch.npz", "--out", "grads.safetensors"],
    outputs: ["grads.safetensors"],
  },
  compile: {
    argv: ["compile", "--model", "mlp", "--data", "images", "--batch-size", "8", "--out", "step"],
    outputs: ["step"],
  },
  "inspect-data": {
    argv: ["inspect-data", ...data, "--model", "mlp", "--epochs", "2", "--folds", "2", "--out", "data.html"],
    outputs: ["data.html"],
  },
};

/**
 * The scene that the commands run in: images, a run of two checkpoints, an exported model with a batch, a folder of
 * gradients.
 */
export async function makeScene(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeImages(join(folder, "images"), 1);
  writeTable(join(folder, "table.csv"), 60);
  const must = async (...argv: string[]) => {
    const { code, stderr } = await batchscope(argv, { cwd: folder });
    if (code !== 0) throw new Error(`expected ${argv.join(" ")} to end well, got ${code}: ${stderr}`);
  };
  const train = ["train", "--model", "mlp", "--batch-size", "8", "--progress", "none"];
  await must(...train, "--data", "images", "--epochs", "2", "--checkpoint-every", "1", ...store);
  const generator = random(5);
  const floats = (...shape: number[]) =>
    fromNumbers(
      "float32",
      shape,
      Array.from({ length: sizeOf(shape) }, () => generator.uniform()),
    );
  const labels = fromNumbers("int64", [6], [0, 1, 2, 0, 1, 2]);
  writeFileSync(join(folder, "G.npz"), encodeNpz(new Map([["G", floats(12, 3000)]])));
  writeFileSync(
    join(folder, "batch.npz"),
    encodeNpz(
      new Map([
        ["x", floats(6, 1, 12, 12)],
        ["y", labels],
      ]),
    ),
  );
  await must("export", "latest", "--format", "onnx", "--out", "model-in.onnx", ...store);
}

/** The folder of the scene's run. */
export const runOf = (folder: string) => join(folder, "store", "runs", runsIn(join(folder, "store"))[0]!);

const placeOf = (folder: string, output: string) =>
  output.startsWith("run/") ? join(runOf(folder), output.slice(4)) : join(folder, output);

/** A fresh copy of the scene, which a command may change. */
export function copyScene(scene: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  cpSync(scene, to, { recursive: true, preserveTimestamps: true });
  return to;
}

/** Times, and how long something took, which no two executions share. */
function withoutTimes(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replaceAll(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?/g, "TIME")
    .replaceAll(/"seconds":\s*[\d.e+-]+/g, '"seconds":0');
}

/** What a command has put in its places: the digest of each file by its name. */
export function outputsOf(folder: string, { outputs }: WritingCommand): Record<string, string> {
  const files = outputs.flatMap((output) => {
    const place = placeOf(folder, output);
    if (!existsSync(place)) return [];
    return listFiles(place).map((path) => [relative(folder, path), digest(path)] as const);
  });
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const digest = (path: string) =>
  createHash("sha256")
    .update(withoutTimes(readFileSync(path)))
    .digest("hex");

function listFiles(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place).flatMap((name) => listFiles(join(place, name)));
}
