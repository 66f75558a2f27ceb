import { Command } from "../commander.ts";
import type { DiagnoseFlags } from "../commands/diagnose.ts";
import { deviceFlag, jsonFlag } from "./commonFlags.ts";

const examples = `
Examples:
  batchscope diagnose latest
  batchscope diagnose latest --out why.html
  batchscope diagnose 20261121-2059 --fail-on overfitting,not-finite --json
  batchscope diagnose latest --try --seconds 300
  batchscope diagnose --log metrics.csv

The tree: a large training loss means a model that is too simple or an optimiser that fails; a small one with a large test loss means
overfitting, or test data of another kind. Each answer has its evidence, each finding the commands that try its remedies.`;

/** The command `diagnose`. */
export function diagnose() {
  return new Command("diagnose")
    .argument("[run]", "a run's id, the beginning of one, its path, or latest (asked for on a terminal)")
    .option(
      "--log <file>",
      "a log of another program in place of a run: .jsonl, .csv or events.out.tfevents… (default: none)",
    )
    .option("--try", "train the first remedies beside the run's own setting over paired seeds, and say what each gains")
    .option("--seconds <n>", "with --try: what these trainings may take together", "600")
    .option("--seeds <n>", "with --try: seeds at most, three or more", "6")
    .option("--jobs <n>", "with --try: trainings at a time", "1")
    .option("--out <file>", "write a page too, a new .html (default: none)")
    .option("--fail-on <kinds>", "exit with 3 where one of these findings is a warning or a fault (default: never)")
    .option("--verbose", "every remedy of every finding")
    .option(...deviceFlag)
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .option(...jsonFlag)
    .addHelpText("after", examples)
    .action(async (run, flags) => (await import("../commands/diagnose.ts")).runDiagnose(run, flags as DiagnoseFlags));
}
