import { flagOfOption } from "../session/options/flags.ts";
import { trainAliases } from "../session/options/options.ts";
import { spellWith } from "./inFlags.ts";

/** Options that errors and remarks name though `train` does not have them in a configuration. */
export const otherOptions: readonly string[] = [
  ...[
    "againstItself",
    "arm",
    "baseline",
    "batchSizes",
    "budget",
    "by",
    "checkpoint",
    "config",
    "confirmationShare",
    "devices",
    "dryRun",
    "examples",
    "factors",
    "folds",
    "from",
    "fullPass",
    "grid",
    "halving",
    "jobs",
    "learningRates",
    "maximum",
    "medianStopping",
    "memory",
    "memoryBudget",
    "memoryLimit",
    "metric",
    "microBatch",
    "minimumBudget",
    "minimumEffect",
    "mostRates",
    "mostSeeds",
    "only",
    "preconditioned",
    "protocol",
    "queue",
    "queueName",
    "random",
    "slice",
    "slurm",
    "slurmOptions",
    "trial",
    "rates",
    "reduction",
    "resume",
    "retries",
    "rows",
    "seconds",
    "secondsPerSync",
  ],
  ...["seeds", "set", "study", "sweepSeed", "targetLoss", "to", "trials", "tune", "vary"],
];

function flagOf(name: string): string | undefined {
  const flag = flagOfOption(name);
  if (flag !== undefined) return flag;
  if (!Object.hasOwn(trainAliases, name) && !otherOptions.includes(name)) return undefined;
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

spellWith(flagOf);
