import { Command } from "../commander.ts";
import { languageOption } from "../language.ts";
import { declareStudyOptions } from "./studyFlags.ts";

const learningRateExamples = `
Examples:
  batchscope lr-find --model lenet --data mnist --batch-size 32
  batchscope lr-find --model mlp --data mnist --optimizer sgd --momentum 0.9 --batch-size 16 --gradient-accumulation-steps 4
  batchscope lr-find -c batchscope/runs/<id>/config.yaml --rates 300 --plot rates --json

Trains a copy of the model with a learning rate that rises with every update, once for each of several seeds, and looks where the loss
falls fastest per decade of the rate. Says so where the curves are too noisy, too short or disagree. The largest stable rate comes from
trainings of 50 updates with one rate each. Writes no run.`;

export function learningRateFind(): Command {
  const command = new Command("lr-find")
    .option("--from <x>", "first learning rate", "1e-6")
    .option("--to <x>", "last learning rate, unless the loss rises fourfold before", "10")
    .option("--rates <n>", "learning rates to try, one update each", "100")
    .option("--sweep <kind>", "steps between them: exponential or linear", "exponential")
    .option("--repeats <n>", "sweeps, each with a seed and order of its own, at least 3", "3")
    .option("--plot <name>", "draw the curves into the new files name.png and name.svg (default: no picture)")
    .addOption(languageOption())
    .option("--json", "print the result as one JSON document");
  declareStudyOptions(command as unknown as Command);
  return command
    .addHelpText("after", learningRateExamples)
    .action(async (flags) => (await import("../commands/lrFind.ts")).runLrFind(flags)) as unknown as Command;
}

const profileExamples = `
Examples:
  batchscope profile --model lenet --data mnist --batch-sizes 1,2,4,…,1024
  batchscope profile --model gpt2:nano --data book.txt --batch-sizes 1,2,4,8,16 --rounds 6 --out profile --json

Measures what an update and an epoch take at each batch size, and the peak memory. Each measurement has a process of its own. The
sizes take turns in rounds, so that a disturbance of the machine meets all of them. Says which batch size is the smallest that trains an
epoch about as fast as any, and what an update, a micro-batch and an example cost.`;

export function profile(): Command {
  const command = new Command("profile")
    .option("--batch-sizes <list>", "batch sizes, ascending; … goes on like the two before it", "1,2,4,…,1024")
    .option("--rounds <n>", "times that each size is timed, at least 2", "4")
    .option(
      "--memory-limit <bytes>",
      'what a training process may take, as 2GiB or 500MB; "auto" asks the system',
      "auto",
    )
    .option("--out <folder>", "new folder for a page, the figure, and the tables as CSV and Parquet (default: none)")
    .option("--dry-run", "say what would be measured and about how long it would take")
    .addOption(languageOption())
    .option("--json", "print the result as one JSON document");
  declareStudyOptions(command as unknown as Command, [
    "batchSize",
    "gradientAccumulationSteps",
    "enableAutoGradientAccumulation",
    "targetBatchSize",
  ]);
  return command
    .addHelpText("after", profileExamples)
    .action(async (flags) => (await import("../commands/profile.ts")).runProfile(flags)) as unknown as Command;
}

const batchSizeExamples = `
Examples:
  batchscope batch-size-find --model lenet --data mnist
  batchscope batch-size-find --model resnet --data photos/ --memory-limit 4GiB --target-batch-size 256 --json

Each size is tried in a process of its own, which does what train does for a few updates and whose peak memory is compared with the
limit: powers of two first, then halving. The size that is given was run once more, for longer. The largest micro-batch is often not the
fastest one: both are said, with the time per example of each.`;

export function batchSizeFind(): Command {
  const command = new Command("batch-size-find")
    .option(
      "--memory-limit <bytes>",
      'what a training process may take, as 2GiB or 500MB; "auto" asks the system',
      "auto",
    )
    .option("--maximum <n>", "largest micro-batch to try (default: the data's examples)")
    .addOption(languageOption())
    .option("--json", "print the result as one JSON document");
  declareStudyOptions(command as unknown as Command, [
    "batchSize",
    "gradientAccumulationSteps",
    "enableAutoGradientAccumulation",
  ]);
  return command
    .addHelpText("after", batchSizeExamples)
    .action(async (flags) =>
      (await import("../commands/batchSizeFind.ts")).runBatchSizeFind(flags),
    ) as unknown as Command;
}
