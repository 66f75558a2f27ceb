import { readTensors } from "../../data/files/files.ts";
import { encodeNpz } from "../../data/files/npz.ts";
import { encodeSafetensors } from "../../data/files/safetensors.ts";
import { openReference } from "../../runtime/reference.ts";
import { type LossTexts, readLossFlags } from "../../session/configuration.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { severalOutputs } from "../../session/modelRemarks.ts";
import { resolveLoss } from "../../session/options/loss.ts";
import { UsageError } from "../../tensor/errors.ts";
import { type Tensor, toNumbers } from "../../tensor/tensor.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { batchGradients } from "../../training/gradients.ts";
import { loadForeignModel } from "../../training/openModel.ts";
import { languageOf } from "../language.ts";
import { requireNewFile, writeNewFile } from "../outputs.ts";
import { print, printJson, say } from "../terminal/print.ts";

export interface GradientsFlags extends LossTexts {
  readonly model: string;
  readonly output?: string | undefined;
  readonly batch: string;
  readonly precision: string;
  readonly device: string;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `gradients`. */
export async function runGradients(flags: GradientsFlags): Promise<void> {
  const { model: file, batch, precision, device, out, json } = flags;
  const asked = resolveLoss(readLossFlags(flags));
  if (out !== undefined && !/\.(safetensors|npz)$/.test(out))
    throw new UsageError(`--out: expected a file .safetensors or .npz, got "${out}"; change its ending`);
  if (out !== undefined) requireNewFile("--out", out, [file, batch]);
  const model = await loadForeignModel(file, flags.output);
  const words = textIn(languageOf(process.env));
  for (const remark of severalOutputs(model)) say(said(remark, words.remarks));
  const engine = await openChosenEngine(process.env, device);
  const chosen = precision === "float64" ? openReference(engine) : engine;
  const { loss, gradients } = await batchGradients(chosen, model, asked, await readTensors(batch));
  if (out !== undefined)
    writeNewFile("--out", out, out.endsWith(".npz") ? encodeNpz(gradients) : encodeSafetensors(gradients));
  const parameters = [...gradients].map(([parameter, gradient]) => ({
    parameter,
    shape: gradient.shape,
    norm: norm(gradient),
  }));
  const lines = parameters.map((row) => `${row.norm.toExponential(6)}  ${row.parameter} [${row.shape.join(", ")}]`);
  if (json) printJson({ loss, engine: chosen.name, out: out ?? null, parameters });
  else print(words.commands.verify.loss(String(loss)), ...lines);
}

function norm(gradient: Tensor): number {
  return Math.sqrt(toNumbers(gradient).reduce((sum, x) => sum + x * x, 0));
}
