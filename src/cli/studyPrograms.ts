import { Command } from "@commander-js/extra-typings";
import { declareStudyOptions } from "./studyFlags.ts";

const learningRateExamples = `
Examples:
  batchscope lr-find --model lenet --data mnist --batch-size 32
  batchscope lr-find --model mlp --data mnist --optimizer sgd --momentum 0.9 --batch-size 16 --gradient-accumulation-steps 4
  batchscope lr-find -c batchscope/runs/<id>/config.yaml --rates 300 --plot rates --json

Trains a copy of the model with a learning rate that rises with every update, once for each of several seeds, and looks where the loss
falls fastest per decade of the rate. Says so where the curves are too noisy, too short or disagree. Writes no run.`;

export function learningRateFind(): Command {
  const command = new Command("lr-find")
    .description("learning-rate range test: the rate where the loss falls fastest, with its spread over seeds")
    .option("--from <x>", "first learning rate", "1e-6")
    .option("--to <x>", "last learning rate, unless the loss rises fourfold before", "10")
    .option("--rates <n>", "learning rates to try, one update each", "100")
    .option("--sweep <kind>", "steps between them: exponential or linear", "exponential")
    .option("--repeats <n>", "sweeps, each with a seed and order of its own, at least 3", "3")
    .option("--plot <name>", "draw the curves into name.png and name.svg")
    .option("--json", "print the result as one JSON document");
  declareStudyOptions(command as unknown as Command);
  return command
    .addHelpText("after", learningRateExamples)
    .action(async (flags) => (await import("./lrFind.ts")).runLrFind(flags)) as unknown as Command;
}
