import { fieldsInOrder } from "../../session/options/options.ts";
import { Command, Option } from "../commander.ts";
import { languageOption } from "../language.ts";
import { jsonFlag } from "./commonFlags.ts";
import { collect, optionOf } from "./flags.ts";
import { queueFlag, queueNameFlag, slurmFlag, slurmOptionsFlag } from "./queueOptions.ts";
import { decidedByStudies } from "./studyFlags.ts";

const examples = `
Examples:
  batchscope sweep --model mlp --data iris --grid learning-rate=1e-3,1e-2,1e-1 --grid batch-size=4,16 --epochs 10
  batchscope sweep --model mlp --data iris --random learning-rate=1e-4..1,log --random batch-size=4..64,log --trials 27 --halving
  batchscope sweep -c sweep.yaml --jobs 2 --dry-run
  batchscope sweep list
  batchscope sweep show sweep-mlp-iris-1a2b3c4d
  batchscope sweep stop sweep-mlp-iris-1a2b3c4d
  batchscope sweep resume sweep-mlp-iris-1a2b3c4d
  batchscope sweep collect sweep-mlp-iris-1a2b3c4d

What a sweep can be told, any option of train among it, is in: sweep run --help. Each setting is trained once for each seed: seeds are
replicates, never extra points. Trials are runs of the store, each in a process of its own; a sweep that was stopped or killed goes on
where the same command is given again.`;

const dir = ["--dir <path>", "where runs are kept (default: batchscope)"] as const;
const sweepName = "the name of a sweep, as sweep list gives it";

/** The command `sweep`. */
export function sweep(): Command {
  const command = new Command("sweep");
  command.addCommand(run(), { isDefault: true });
  for (const one of [list(), show(), stop(), resume(), gather()]) command.addCommand(one);
  return command.addHelpText("after", examples) as unknown as Command;
}

function run(): Command {
  const command = new Command("run")
    .description("train what a sweep lacks and say which setting is best (what sweep alone does)")
    .option("-c, --config <file>", "YAML file with any of these options and any of train; flags go before it")
    .addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect))
    .addOption(
      new Option(
        "--grid <key=values>",
        "an option and its values, each combined with those of the others; may be repeated (default: none)",
      ).argParser(collect),
    )
    .addOption(
      new Option(
        "--random <key=range>",
        "an option and where to draw it from: 1e-5..1e-1,log, 0..0.5, 8..128,log,integer or sgd,adamw; may be repeated (default: none)",
      ).argParser(collect),
    )
    .option("--trials <n>", "settings to try (default: all points of the grid)")
    .option("--seeds <n>", "trainings of each setting: how many, or which, as 4,7 or 10..15 (default: 3)")
    .option("--sweep-seed <n>", "of what is drawn and of the order of the grid (default: 0)")
    .option(
      "--metric <name>",
      "what is best: validation-loss or validation-accuracy, where training ends (default: validation-loss)",
    )
    .option(
      "--budget <kind=n>",
      "what every setting gets: updates=N, examples=N or seconds=S (default: equal examples, of --epochs)",
    )
    .option("--halving", "pause trainings at rungs and go on with the best of them (asynchronous successive halving)")
    .option("--reduction <n>", "with --halving: one in n goes on (default: 3)")
    .option(
      "--minimum-budget <kind=n>",
      "with --halving: the first rung, as epochs=1 or examples=500 (default: the budget / reduction²)",
    )
    .option("--median-stopping", "stop trainings that are worse than the median of the others")
    .option("--jobs <n>", "trials at a time; more than one disturbs the times (default: 1; in a queue 64)")
    .option("--retries <n>", "how often a trial that fails is tried again (default: 1)")
    .option("--study <name>", "name of the sweep (default: made from what is tried)")
    .option(...queueFlag)
    .option(...queueNameFlag)
    .option(...slurmFlag)
    .option(...slurmOptionsFlag)
    .option("--dry-run", "say what would be trained and how long it takes, by a probe, and do nothing")
    .option(...dir)
    .addOption(languageOption())
    .option(...jsonFlag) as unknown as Command;
  for (const [field, row] of fieldsInOrder) if (!decidedByStudies.includes(field)) command.addOption(optionOf(row));
  return command.action(async (flags) =>
    (await import("../commands/sweep.ts")).runSweepCommand(flags as Record<string, unknown>),
  ) as unknown as Command;
}

function list(): Command {
  return new Command("list")
    .description("the sweeps of the store: how far they are, and the best of each")
    .option(...dir)
    .addOption(languageOption())
    .option(...jsonFlag)
    .action(async (flags) =>
      (await import("../commands/listSweeps.ts")).listSweepsCommand(flags),
    ) as unknown as Command;
}

function show(): Command {
  return new Command("show")
    .description("what a sweep has found so far, also while it runs")
    .argument("<sweep>", sweepName)
    .option(...dir)
    .addOption(languageOption())
    .option(...jsonFlag)
    .action(async (name, flags) =>
      (await import("../commands/showSweep.ts")).showSweepCommand(name, flags),
    ) as unknown as Command;
}

function stop(): Command {
  return new Command("stop")
    .description("tell a sweep that runs, on any machine, to end in order, so that it can be gone on with")
    .argument("<sweep>", sweepName)
    .option(...dir)
    .addOption(languageOption())
    .option(...jsonFlag)
    .action(async (name, flags) =>
      (await import("../commands/stopSweep.ts")).stopSweepCommand(name, flags),
    ) as unknown as Command;
}

function resume(): Command {
  return new Command("resume")
    .description("go on with a sweep that was stopped or killed")
    .argument("<sweep>", sweepName)
    .option("--jobs <n>", "trials at a time; more than one disturbs the times (default: 1; in a queue 64)")
    .option("--retries <n>", "how often a trial that fails is tried again (default: 1)")
    .option(...queueFlag)
    .option(...queueNameFlag)
    .option(...dir)
    .addOption(languageOption())
    .option(...jsonFlag)
    .action(async (name, flags) =>
      (await import("../commands/resumeSweep.ts")).resumeSweepCommand(name, flags),
    ) as unknown as Command;
}

function gather(): Command {
  return new Command("collect")
    .description("gather what the tasks of sweep --slurm wrote into the store; trains and submits nothing")
    .argument("<sweep>", sweepName)
    .option(...dir)
    .addOption(languageOption())
    .option(...jsonFlag)
    .action(async (name, flags) =>
      (await import("../commands/collectSweep.ts")).collectSweepCommand(name, flags),
    ) as unknown as Command;
}
