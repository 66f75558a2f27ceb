import { Command } from "../commander.ts";
import type { CompileFlags } from "../commands/compile.ts";
import { jsonFlag, outputFlag } from "./commonFlags.ts";
import { declareOptimizerOptions } from "./flags.ts";
import { withData, withLoss } from "./withOptions.ts";

const examples = `
Examples:
  batchscope compile --model m.onnx --optimizer adamw --batch-size 8 --out step
  batchscope compile --model lenet --data mnist --optimizer sgd --momentum 0.9 --batch-size 32 --out step

The folder holds gradient.onnx, accumulate.onnx, update.onnx, parameters.safetensors, step.json, and a README.md that runs them.`;

/** The command `compile`. */
export function compile() {
  const command = new Command("compile")
    .option(
      "--model <name>",
      "an .onnx file, or a model by name with --data (asked for on a terminal, else it must be given)",
    )
    .option(...outputFlag)
    .option(
      "--data <name>",
      "data that the model is for, by name or as a file or folder (default: none; a model by name needs them)",
    )
    .option("--subset <name>", "one subset of the data (default: all of it)")
    .option("--batch-size <n>", "examples of one micro-batch", "4")
    .option("--seed <n>", "seed of the weights of a model by name", "0")
    .option("--out <folder>", "new or empty folder to write (asked for on a terminal, else it must be given)")
    .option(...jsonFlag)
    .addHelpText("after", examples);
  declareOptimizerOptions(command as unknown as Command);
  return withData(withLoss(command)).action(async (flags) =>
    (await import("../commands/compile.ts")).runCompile(flags as CompileFlags),
  );
}
