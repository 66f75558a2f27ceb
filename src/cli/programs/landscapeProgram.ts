import { Command } from "../commander.ts";
import type { LandscapeFlags } from "../commands/landscape.ts";
import { deviceFlag, jsonFlag } from "./commonFlags.ts";

const examples = `
Examples:
  batchscope landscape latest
  batchscope landscape latest --slice path
  batchscope landscape 20261121-2059 --to 20261121-2113 --points 41
  batchscope landscape latest --checkpoint 5 --examples 500 --json

The loss is that of evaluation, on training examples drawn from the seed. A raw measure of sharpness stands beside one that no rescaling
of the layers moves, and beside both what they say of a twin: the same function with other weights.`;

/** The command `landscape`. */
export function landscape() {
  return new Command("landscape")
    .argument("[run]", "a run's id, the beginning of one, its path, or latest (asked for on a terminal)")
    .option("--checkpoint <which>", "best, latest, an epoch, or step:12", "latest")
    .option("--slice <kind>", "line, plane, or path, the plane of the run's own path", "line")
    .option("--to <run>", "another run of the same model: the loss on the line between both (default: none)")
    .option("--points <n>", "points along each axis of the slice", "25")
    .option("--examples <n>", "training and validation examples at most (default: 1000)")
    .option("--seed <n>", "seed of the examples and of random directions", "0")
    .option(...deviceFlag)
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .option(...jsonFlag)
    .addHelpText("after", examples)
    .action(async (run, flags) =>
      (await import("../commands/landscape.ts")).runLandscape(run!, flags as LandscapeFlags),
    );
}
