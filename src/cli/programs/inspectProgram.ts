import { Command } from "../commander.ts";
import type { InspectFlags } from "../commands/inspectData.ts";
import { languageOption } from "../language.ts";
import { outputFlag } from "./commonFlags.ts";
import { declareDataOptions } from "./flags.ts";

const examples = `
Examples:
  batchscope inspect-data --data mnist --out mnist.html
  batchscope inspect-data --data flowers.csv --target species
  batchscope inspect-data --data photos/ --image-size 32 --model resnet --folds 3 --out photos.html --lang zh
  batchscope inspect-data --data train.npz --limit-examples 5000 --json

Trains one model for each fold and lets each judge the examples that it has not seen; see docs/inspect-data.md. Nothing of the data is
changed: a doubted label may be right. An .onnx model must not have been trained on these data.`;

/** Declares `inspect-data`. */
export function inspectDataProgram() {
  const command = new Command("inspect-data")
    .option(
      "--data <name>",
      "data of one class per example, by name or as a file or folder (asked for on a terminal, else it must be given)",
    )
    .option("--subset <name>", "one subset of the data (default: all of it)")
    .option(
      "--model <name>",
      "model, by name or as an .onnx file (default: lenet for grey images from 28 × 28, else mlp)",
    )
    .option(...outputFlag)
    .option("--ignore-index <n>", "label of examples that have none, which are left out (default: -100)")
    .option("--folds <k>", "parts of the data, each judged by a model that is trained on the others (default: 5)")
    .option("--epochs <n>", "passes over the data of each model (default: 4 to 40, by how many there are)")
    .option("--limit-examples <n>", "inspect only so many, drawn at random (default: all)")
    .option("--seed <n>", "seed of folds, weights and order", "0")
    .option("--threads <n>", "models trained at a time; changes no result (default: as many as there are cores)")
    .option("--out <file>", "write a report with pictures as one new .html file (default: words on the terminal alone)")
    .addOption(languageOption())
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", examples);
  declareDataOptions(command as unknown as Command);
  return command.action(async (flags) =>
    (await import("../commands/inspectData.ts")).runInspectData(flags as InspectFlags),
  );
}
