import type { HelpWords } from "../text/helpWords.ts";
import type { CommandUnknownOpts, Option } from "./commander.ts";

/** Commands of more options than this print the main ones alone. */
const MANY = 60;
/**
 * Of commands with the options of `train`: what most runs need. Their own options have no heading and are all shown.
 */
const MAIN: ReadonlySet<string> = new Set(
  `model data subset target limitExamples dropout clipNorm seed threads device name progress json lang batchSize
  gradientAccumulationSteps targetBatchSize lrScale epochs steps checkpointEvery evaluateEvery patience optimizer
  learningRate weightDecay schedule warmupSteps loss classWeights labelSmoothing validationSplit imageSize augment`.split(
    /\s+/,
  ),
);

/** Prints the main options of long commands alone, unless the word "all" follows `--help`. */
export function shorten(command: CommandUnknownOpts, argv: readonly string[], words: HelpWords | null): void {
  const asked = argv.findIndex((word) => word === "--help" || word === "-h");
  if (asked >= 0 && argv[asked + 1] === "all") return;
  for (const one of [command, ...command.commands]) {
    const all = one.options.filter((option) => !option.hidden).length;
    if (all <= MANY) continue;
    const isMain = (option: Option) => option.helpGroupHeading === undefined || MAIN.has(option.attributeName());
    const hidden = one.options.filter((option) => !option.hidden && !isMain(option));
    for (const option of hidden) option.hidden = true;
    const more = words?.words.more ?? "%n more options: %c --help all";
    const line = more.replace("%n", String(hidden.length)).replace("%c", `batchscope ${pathOf(one)}`);
    one.addHelpText("after", `\n${line}`);
  }
}

/** "runs list" of that command, "batchscope" of the root. */
export function pathOf(command: CommandUnknownOpts): string {
  const { parent } = command;
  if (parent === null) return command.name();
  return parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}
