import { Command, type OptionValues } from "../commander.ts";
import type { TrainedFlags } from "../commands/openTrained.ts";
import type { PredictFlags } from "../commands/predict.ts";
import { deviceFlag, jsonFlag } from "./commonFlags.ts";
import { declareDataOptions, declareLossOptions } from "./flags.ts";

const evaluateExamples = `
Examples:
  batchscope evaluate latest
  batchscope evaluate latest --data held-out.csv
  batchscope evaluate 20261121-2059 --data held-out.npz --checkpoint last --json
  batchscope evaluate model.onnx --data held-out.csv

Where a run's model was trained on standardised columns, the new ones are standardised by the same means and deviations.`;

const predictExamples = `
Examples:
  batchscope predict latest --data new.csv --out predictions.csv
  batchscope predict latest --data photos/ --out predictions.npz
  batchscope predict model.onnx --data new.npz --out predictions.csv --json`;

const reference = "an id, the beginning of one, a path, latest, or an .onnx file (asked for on a terminal)";

function withTrainedOptions<Flags extends OptionValues>(command: Command<[string | undefined], Flags>) {
  command
    .option("--data <path>", "file or folder of examples (default, of a run: what it validated on)")
    .option("--subset <name>", "one subset of the data (default: all of it)")
    .option(
      "--checkpoint <which>",
      "of a run: best, last, an epoch, step:N or averaged (default: best, or last without one)",
    )
    .option("--output <name>", "output of an .onnx file (default: the only one; of several one must be given)")
    .option(...deviceFlag)
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .option(...jsonFlag);
  declareLossOptions(command as unknown as Command);
  declareDataOptions(command as unknown as Command);
  return command as unknown as Command<[string | undefined], Flags & TrainedFlags>;
}

/** The command `evaluate`. */
export function evaluate() {
  const command = new Command("evaluate").argument("[run]", reference).addHelpText("after", evaluateExamples);
  return withTrainedOptions(command).action(async (run, flags) =>
    (await import("../commands/evaluate.ts")).runEvaluate(run!, flags),
  );
}

/** The command `predict`. */
export function predict() {
  const command = new Command("predict")
    .argument("[run]", reference)
    .option(
      "--out <file>",
      "new file for the predictions, .csv or .npz (asked for on a terminal, else it must be given)",
    )
    .addHelpText("after", predictExamples);
  return withTrainedOptions(command).action(async (run, flags) =>
    (await import("../commands/predict.ts")).runPredict(run!, flags as PredictFlags),
  );
}
