import { Command, Option } from "../commander.ts";
import type { GradientsFlags } from "../commands/gradients.ts";
import { deviceFlag, jsonFlag, outputFlag } from "./commonFlags.ts";
import { withLoss } from "./withOptions.ts";

const examples = `
Examples:
  batchscope gradients --model m.onnx --batch batch.npz --out grads.safetensors
  batchscope gradients --model m.onnx --batch batch.npz --loss mse --precision float64 --json

batch.npz holds x (or arrays named as the model's inputs) and y. Gradients carry the parameters' names in the model.`;

/** The command `gradients`. */
export function gradients() {
  const command = new Command("gradients")
    .option("--model <file>", "an .onnx file (asked for on a terminal, else it must be given)")
    .option(...outputFlag)
    .option(
      "--batch <file>",
      "arrays of the batch: .npz, .npy or .safetensors (asked for on a terminal, else it must be given)",
    )
    .addOption(
      new Option("--precision <type>", "float64 is slow and exact").choices(["float32", "float64"]).default("float32"),
    )
    .option(...deviceFlag)
    .option(
      "--out <file>",
      "where the gradients go: a new .safetensors or .npz file (default: nowhere, only the loss and norms are told)",
    )
    .option(...jsonFlag)
    .addHelpText("after", examples);
  return withLoss(command).action(async (flags) =>
    (await import("../commands/gradients.ts")).runGradients(flags as GradientsFlags),
  );
}
