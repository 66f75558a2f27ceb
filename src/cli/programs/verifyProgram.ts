import { Command } from "../commander.ts";
import type { VerifyFlags } from "../commands/verify.ts";
import { deviceFlag, jsonFlag, outputFlag } from "./commonFlags.ts";
import { withData, withLoss } from "./withOptions.ts";

const examples = `
Examples:
  batchscope verify --model lenet --data mnist
  batchscope verify --model lenet --data mnist --batch-size 8 --gradient-accumulation-steps 4 --json
  batchscope verify --model lenet --data mnist --loss cross_entropy --class-weights balanced --label-smoothing 0.1`;

/** The command `verify`. */
export function verify() {
  const command = new Command("verify")
    .option("--model <name>", "model, by name or as an .onnx file (asked for on a terminal, else it must be given)")
    .option(...outputFlag)
    .option("--data <name>", "data, by name or as a file or folder (asked for on a terminal, else it must be given)")
    .option("--subset <name>", "one subset of the data (default: all of it)")
    .option("--batch-size <n>", "examples of one micro-batch", "4")
    .option("--gradient-accumulation-steps <n>", "micro-batches of one update", "4")
    .option("--seed <n>", "seed of the model's weights", "0")
    .option(...deviceFlag)
    .option(...jsonFlag)
    .addHelpText("after", examples);
  return withData(withLoss(command)).action(async (flags) =>
    (await import("../commands/verify.ts")).runVerify(flags as VerifyFlags),
  );
}
