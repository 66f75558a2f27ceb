import type { Dataset } from "../../data/dataset.ts";
import { encodeSafetensors } from "../../data/files/safetensors.ts";
import { encode } from "../../graph/encode.ts";
import type { Model } from "../../model/model.ts";
import { type LossTexts, readLossFlags } from "../../session/configuration.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { resolveLoss } from "../../session/options/loss.ts";
import { optimizerOf } from "../../session/options/optimizer.ts";
import { encodeJson } from "../../store/json.ts";
import { UsageError } from "../../tensor/errors.ts";
import { compileStep } from "../../training/compile.ts";
import { requireFit, requireWeights } from "../../training/fit.ts";
import { loadForeignModel, openModel } from "../../training/openModel.ts";
import { stepReadme } from "../../training/stepReadme.ts";
import { requireNewFolder, writeNewFolder } from "../outputs.ts";
import { print, printJson } from "../terminal/print.ts";
import { type DataTexts, openDataFlags } from "./openDataFlags.ts";
import { type OptimizerTexts, readOptimizer } from "./optimizerFlags.ts";

export interface CompileFlags extends LossTexts, OptimizerTexts, DataTexts {
  readonly model: string;
  readonly output?: string | undefined;
  readonly data?: string | undefined;
  readonly subset?: string | undefined;
  readonly batchSize: string;
  readonly seed: string;
  readonly out: string;
  readonly json?: boolean | undefined;
}

/** The command `compile`: a folder with the graphs of one training step, whole or not at all. */
export async function runCompile(flags: CompileFlags): Promise<void> {
  requireNewFolder("--out", flags.out, [flags.data, flags.model]);
  const choice = readOptimizer(flags);
  const batch = wholeNumber("--batch-size", flags.batchSize, 1);
  const data = flags.data === undefined ? undefined : (await openDataFlags(flags.data, flags)).train;
  const loss = resolveLoss(readLossFlags(flags), data);
  const model = await modelOf(flags, data);
  requireWeights(model);
  if (data !== undefined) await requireFit(model, [data], loss);
  const optimizer = await optimizerOf(choice, model);
  const { graphs, tensors, description } = compileStep(model, { optimizer, loss, batch });
  const files = new Map<string, string | Uint8Array>([
    ...Object.entries(graphs).map(([name, graph]) => [`${name}.onnx`, encode(graph)] as const),
    ["parameters.safetensors", encodeSafetensors(tensors)],
    ["step.json", `${encodeJson(description, 2)}\n`],
    ["README.md", stepReadme(description)],
  ]);
  writeNewFolder(flags.out, files);
  const names = [...files.keys()];
  if (flags.json) printJson({ out: flags.out, files: names });
  else print(`${flags.out}: ${names.join(", ")}`);
}

async function modelOf({ model, output, seed }: CompileFlags, data: Dataset | undefined): Promise<Model> {
  const number = wholeNumber("--seed", seed, 0);
  if (data !== undefined) return openModel(model, data, number, { output });
  if (model.endsWith(".onnx")) return loadForeignModel(model, output);
  throw new UsageError(
    `--data: expected the data that "${model}" is for, got nothing; pass --data, or an .onnx file as --model`,
  );
}
