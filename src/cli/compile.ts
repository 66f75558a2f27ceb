import { existsSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { isFolder, makeFolder } from "../data/folders.ts";
import { encodeSafetensors } from "../data/safetensors.ts";
import { encode } from "../graph/encode.ts";
import type { Model } from "../model/model.ts";
import { encodeJson } from "../store/json.ts";
import { UsageError } from "../tensor/errors.ts";
import { compileStep } from "../training/compile.ts";
import { loadForeignModel, openModel } from "../training/openModel.ts";
import { stepReadme } from "../training/stepReadme.ts";
import { type LossTexts, readLossFlags } from "./configuration.ts";
import { resolveLoss } from "./loss.ts";
import { wholeNumber } from "./numbers.ts";
import { type DataTexts, openDataFlags } from "./openDataFlags.ts";
import { type OptimizerTexts, readOptimizer } from "./optimizerFlags.ts";
import { optimizerOf } from "./optimizerOptions.ts";
import { requireOutputFolder } from "./outputs.ts";
import { print, printJson } from "./terminal.ts";

export interface CompileFlags extends LossTexts, OptimizerTexts, DataTexts {
  readonly model: string;
  readonly data?: string | undefined;
  readonly subset?: string | undefined;
  readonly batchSize: string;
  readonly seed: string;
  readonly out: string;
  readonly json?: boolean | undefined;
}

/** The command `compile`: a folder with the graphs of one training step, whole or not at all. */
export async function runCompile(flags: CompileFlags): Promise<void> {
  requireOutputFolder("--out", flags.out);
  requireFree(flags.out);
  const choice = readOptimizer(flags);
  const batch = wholeNumber("--batch-size", flags.batchSize, 1);
  const data = flags.data === undefined ? undefined : (await openDataFlags(flags.data, flags)).train;
  const loss = resolveLoss(readLossFlags(flags), data);
  const model = await modelOf(flags, data);
  const optimizer = optimizerOf(choice, model);
  const { graphs, tensors, description } = compileStep(model, { optimizer, loss, batch });
  const files = new Map<string, string | Uint8Array>([
    ...Object.entries(graphs).map(([name, graph]) => [`${name}.onnx`, encode(graph)] as const),
    ["parameters.safetensors", encodeSafetensors(tensors)],
    ["step.json", `${encodeJson(description, 2)}\n`],
    ["README.md", stepReadme(description)],
  ]);
  writeFolder(flags.out, files);
  const names = [...files.keys()];
  if (flags.json) printJson({ out: flags.out, files: names });
  else print(`${flags.out}: ${names.join(", ")}`);
}

/** Nobody's files are ever replaced: the folder must be new or empty. */
function requireFree(out: string): void {
  if (!isFolder(out)) return;
  const inside = readdirSync(out, { withFileTypes: true }).map(({ name }) => name);
  if (inside.length > 0)
    throw new UsageError(
      `--out: expected a new or empty folder, got ${out} with ${inside.slice(0, 3).join(", ")}; choose another or remove it`,
    );
}

async function modelOf({ model, seed }: CompileFlags, data: Dataset | undefined): Promise<Model> {
  const number = wholeNumber("--seed", seed, 0);
  if (data !== undefined) return openModel(model, data, number);
  if (model.endsWith(".onnx")) return loadForeignModel(model);
  throw new UsageError(
    `--data: expected the data that "${model}" is for, got nothing; pass --data, or an .onnx file as --model`,
  );
}

/** Written beside its place and renamed into it. */
function writeFolder(out: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  const path = resolve(out);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  makeFolder(temporary);
  try {
    for (const [name, contents] of files) writeFileSync(join(temporary, name), contents, { flush: true });
    // An empty folder may be in the way; one that is no longer empty makes this fail, as it should.
    if (existsSync(path)) rmdirSync(path);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}
