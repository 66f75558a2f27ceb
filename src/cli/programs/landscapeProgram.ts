import { Command } from "../commander.ts";
import type { LandscapeFlags } from "../commands/landscapeFlags.ts";
import { deviceFlag, jsonFlag, outputFlag } from "./commonFlags.ts";
import { declareDataOptions, declareLossOptions } from "./flags.ts";

const examples = `
Examples:
  batchscope landscape latest
  batchscope landscape latest --slice path --verbose
  batchscope landscape 20261121-2059 --to 20261121-2113 --points 41
  batchscope landscape latest --only verdict --by-layer --top 5 --json
  batchscope landscape latest --checkpoint all
  batchscope landscape latest --parameters mine.safetensors --precision float64
  batchscope landscape --model lenet --data mnist --only verdict,trace --seconds 60

The loss is that of evaluation, on training examples drawn from the seed. A raw measure of sharpness stands beside one that no rescaling
of the layers moves, and beside both what they say of a twin: the same function with other weights. Parts are verdict (gradient, ends
of the spectrum, way out), trace, density, sharpness, critical (the next update) and slice.`;

/** The command `landscape`. */
export function landscape() {
  const command = new Command("landscape")
    .argument("[run]", "a run's id, the beginning of one, its path, or latest (asked for on a terminal)")
    .option("--checkpoint <which>", "best, latest, an epoch, step:12, or all, a row for each (default: latest)")
    .option("--parameters <file>", "any parameters of the model as .safetensors (default: the checkpoint's)")
    .option("--model <name>", "without a run: model, by name or as an .onnx file (default: the run's)")
    .option(...outputFlag)
    .option("--data <name>", "without a run: data, by name or as a file or folder (default: the run's)")
    .option("--subset <name>", "one subset of the data (default: all of it)")
    .option("--only <parts>", "of verdict, trace, density, sharpness, critical, slice (default: all)")
    .option("--slice <kind>", "line, plane, or path, the plane of the run's own path", "line")
    .option("--to <run>", "another run of the same model: the loss on the line between both (default: none)")
    .option("--points <n>", "points along each axis of the slice", "25")
    .option("--top <k>", "eigenvalues at each end of the spectrum", "3")
    .option("--by-layer", "curvature of each layer alone too")
    .option("--by-block", "curvature of each block alone too")
    .option("--preconditioned", "the largest eigenvalue in the geometry of the run's optimizer too")
    .option("--precision <type>", "float32, or float64, which is slower and certifies more closely", "float32")
    .option("--examples <n>", "training and validation examples at most (default: 1000)")
    .option("--seconds <s>", "searches end by then with what they have (default: no limit)")
    .option("--seed <n>", "seed of the examples and of random directions", "0")
    .option(...deviceFlag)
    .option("--out <folder>", "new folder for the figures (default: the run's plots; without a run none)")
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .option("--verbose", "every reason that the answer rests on")
    .option(...jsonFlag)
    .addHelpText("after", examples);
  declareLossOptions(command as unknown as Command);
  declareDataOptions(command as unknown as Command);
  return command.action(async (run, flags) =>
    (await import("../commands/landscape.ts")).runLandscape(run, flags as LandscapeFlags),
  );
}
