import { existsSync } from "node:fs";
import { type Command, CommanderError, type CommandUnknownOpts } from "./commander.ts";

/** How other tools call what an option here is called. */
export const spellings: Readonly<Record<string, readonly string[]>> = {
  "--learning-rate": ["--lr", "--eta", "--step-size-init", "--base-lr", "--init-lr"],
  "--weight-decay": ["--wd", "--l2", "--decay"],
  "--batch-size": [
    "--bs",
    "--batch",
    "-b",
    "--train-batch-size",
    "--micro-batch-size",
    "--per-device-train-batch-size",
  ],
  "--epochs": ["--epoch", "--num-epochs", "--num-train-epochs", "--max-epochs", "--n-epochs", "-e"],
  "--steps": ["--max-steps", "--num-steps", "--iterations", "--iters", "--max-iter"],
  "--gradient-accumulation-steps": [
    "--accumulation-steps",
    "--accumulation",
    "--accum",
    "--grad-accum",
    "--accum-steps",
    "--accumulate-grad-batches",
    "--ga",
  ],
  "--validation-split": [
    "--val-split",
    "--validation-fraction",
    "--val-fraction",
    "--val-ratio",
    "--test-size",
    "--test-split",
  ],
  "--clip-norm": ["--max-grad-norm", "--grad-clip", "--gradient-clip-val", "--clip", "--clip-grad"],
  "--schedule": ["--scheduler", "--lr-scheduler", "--lr-schedule", "--lr-scheduler-type", "--sched"],
  "--warmup-steps": ["--warmup", "--num-warmup-steps"],
  "--dir": ["--output-dir", "--out-dir", "--logdir", "--log-dir", "--save-dir", "--work-dir", "--workdir", "--outdir"],
  "--out": ["--output", "-o", "--output-file"],
  "--device": ["--gpu", "--gpus", "--cuda", "--accelerator"],
  "--threads": ["--num-threads", "--num-workers", "--workers", "-j"],
  "--model": ["-m", "--arch", "--network", "--net", "--backbone"],
  "--data": ["-d", "--dataset", "--data-dir", "--data-path", "--train-data", "--train-dir", "--input"],
  "--target": ["--label", "--labels", "--target-column", "--label-column", "--y"],
  "--optimizer": ["--optim", "--opt"],
  "--seed": ["--random-seed", "--random-state", "-s", "--manual-seed"],
  "--momentum": ["--mom"],
  "--patience": ["--early-stopping", "--early-stopping-patience", "--early-stop"],
  "--log-every": ["--logging-steps", "--log-interval", "--log-steps", "--log-every-n-steps", "--print-freq"],
  "--checkpoint-steps": ["--save-steps"],
  "--checkpoint-every": ["--save-every", "--save-freq", "--save-interval"],
  "--evaluate-every": ["--eval-every", "--eval-interval", "--val-interval"],
  "--evaluate-steps": ["--eval-steps"],
  "--init-from": ["--pretrained", "--weights", "--init-weights"],
  "--precision": ["--fp16", "--amp", "--half", "--dtype", "--mixed-precision"],
  "--config": ["--cfg", "--config-file"],
  "--name": ["--run-name", "--experiment-name", "--exp-name", "--experiment"],
  "--image-size": ["--img-size", "--imgsz", "--size", "--resolution"],
  "--augment": ["--augmentation", "--aug", "--transforms", "--data-augmentation"],
  "--label-smoothing": ["--smoothing", "--ls"],
  "--loss": ["--criterion", "--loss-fn", "--objective"],
  "--class-weights": ["--class-weight", "--weights-per-class"],
  "--gradient-checkpointing": ["--grad-checkpointing", "--activation-checkpointing", "--checkpoint-activations"],
  "--fast-dev-run": ["--smoke-test", "--dry"],
  "--limit-examples": ["--max-train-samples", "--max-samples", "--limit-train-batches", "--num-samples", "--subsample"],
  "--checkpoint": ["--ckpt"],
  "--lang": ["--language", "--locale", "-l"],
};

/** What stands for a file of an option that takes one, by its ending. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/\.onnx$/i, "--model"],
  [/\.ya?ml$/i, "--config"],
  [/./, "--data"],
];

/**
 * The mistake on the command line `argv` as it is said to someone who knows other tools: which option here is meant, or
 * which a file belongs to. Any other error as it is.
 */
export function inFamiliarWords(error: unknown, argv: readonly string[], root: Command): unknown {
  if (!(error instanceof CommanderError)) return error;
  const command = meant(argv, root as unknown as CommandUnknownOpts);
  const said =
    error.code === "commander.unknownOption"
      ? ofOption(error.message, command)
      : error.code === "commander.excessArguments"
        ? ofOperand(command)
        : undefined;
  return said === undefined ? error : new CommanderError(error.exitCode, error.code, said);
}

function meant(argv: readonly string[], root: CommandUnknownOpts): CommandUnknownOpts {
  const [first, second] = argv.filter((word) => !word.startsWith("-"));
  const outer = root.commands.find((one) => one.name() === first);
  return outer?.commands.find((one) => one.name() === second) ?? outer ?? root;
}

function has(command: CommandUnknownOpts, flag: string): boolean {
  return command.options.some(({ long }) => long === flag);
}

function ofOption(message: string, command: CommandUnknownOpts): string | undefined {
  const [, given = ""] = /unknown option '([^'=]*)/.exec(message) ?? [];
  const [ours] = Object.entries(spellings).find(([, theirs]) => theirs.includes(given.toLowerCase())) ?? [];
  return ours !== undefined && has(command, ours) ? `unknown option ${given}: here it is ${ours}` : undefined;
}

function ofOperand(command: CommandUnknownOpts): string | undefined {
  const expected = command.registeredArguments.length;
  const extra = command.args[expected];
  if (extra === undefined) return undefined;
  const looksLikeFile = /[./\\]/.test(extra) || existsSync(extra);
  const flag = looksLikeFile
    ? endings.find(([ending, name]) => ending.test(extra) && has(command, name))?.[1]
    : undefined;
  if (flag === undefined) return undefined;
  const takes = expected === 0 ? "only options" : `${expected} word${expected > 1 ? "s" : ""} beside its options`;
  return `${command.name()}: expected ${takes}, got ${extra}; pass ${flag} ${extra}`;
}
