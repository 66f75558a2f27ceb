import { Command } from "../commander.ts";
import { jsonFlag } from "./commonFlags.ts";

const examples = `
Examples:
  batchscope models
  batchscope models resnet:32 --summary
  batchscope models m.onnx --summary --json

A name may carry a variant after a colon, as in --model resnet:32; without one the first that is listed is meant. A multiply-add counts
as two operations, everything else as one for each element. Parameters and operations are for the example and the classes shown.`;

/** The command `models`. */
export function models() {
  return new Command("models")
    .argument("[name]", "one model, by name or as an .onnx file")
    .option("--summary", "list every layer with its output shape and parameters")
    .option(...jsonFlag)
    .addHelpText("after", examples)
    .action(async (name, flags) => (await import("../commands/models.ts")).runModels(name, flags));
}
