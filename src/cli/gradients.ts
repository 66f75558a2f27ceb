import { Command, Option } from "@commander-js/extra-typings";
import { readBytes, readTensors } from "../data/files.ts";
import { encodeNpz } from "../data/npz.ts";
import { encodeSafetensors } from "../data/safetensors.ts";
import { foreignModel } from "../model/foreign.ts";
import { type LossName, losses } from "../model/loss.ts";
import { openReference } from "../runtime/reference.ts";
import { writeAtomically } from "../store/document.ts";
import { encodeJson } from "../store/json.ts";
import { UsageError } from "../tensor/errors.ts";
import { type Tensor, toNumbers } from "../tensor/tensor.ts";
import { batchGradients } from "../training/gradients.ts";
import { openChosenEngine } from "./engine.ts";

const examples = `
Examples:
  batchscope gradients --model m.onnx --batch batch.npz --out grads.safetensors
  batchscope gradients --model m.onnx --batch batch.npz --loss mse --precision float64 --json

batch.npz holds x (or arrays named as the model's inputs) and y. Gradients carry the parameters' names in the model.`;

export function gradientsCommand() {
  return new Command("gradients")
    .description("loss and gradients of an .onnx model on one batch, written as .safetensors or .npz")
    .requiredOption("--model <file>", "an .onnx file")
    .requiredOption("--batch <file>", "arrays of the batch: .npz, .npy or .safetensors")
    .addOption(
      new Option("--loss <name>", "what is differentiated").choices(Object.keys(losses)).default("cross_entropy"),
    )
    .addOption(
      new Option("--precision <type>", "float64 is slow and exact").choices(["float32", "float64"]).default("float32"),
    )
    .option("--out <file>", "where the gradients go: .safetensors or .npz")
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", examples)
    .action(async (options) => {
      const { model: file, batch, out, loss: name } = options;
      if (out !== undefined && !/\.(safetensors|npz)$/.test(out))
        throw new UsageError(`--out: expected a file .safetensors or .npz, got "${out}"; change its ending`);
      const model = foreignModel(await readBytes(file), file);
      const engine = await openChosenEngine(process.env);
      const chosen = options.precision === "float64" ? openReference(engine) : engine;
      const { loss, gradients } = await batchGradients(
        chosen,
        model,
        losses[name as LossName],
        await readTensors(batch),
      );
      if (out !== undefined)
        writeAtomically(out, out.endsWith(".npz") ? encodeNpz(gradients) : encodeSafetensors(gradients));
      const norms = [...gradients].map(([parameter, gradient]) => ({
        parameter,
        shape: gradient.shape,
        norm: norm(gradient),
      }));
      process.stdout.write(
        options.json
          ? `${encodeJson({ loss, engine: chosen.name, out: out ?? null, parameters: norms }, 2)}\n`
          : `${[`loss ${loss}`, ...norms.map((row) => `${row.norm.toExponential(6)}  ${row.parameter} [${row.shape.join(", ")}]`)].join("\n")}\n`,
      );
    });
}

function norm(gradient: Tensor): number {
  return Math.sqrt(toNumbers(gradient).reduce((sum, x) => sum + x * x, 0));
}
