import { Command } from "../commander.ts";
import type { AttachFlags } from "../commands/attach.ts";
import { jsonFlag } from "./commonFlags.ts";

const examples = `
Examples:
  batchscope attach batchscope-run
  batchscope attach batchscope-run --once --json

In the training loop: integrations/pytorch/batchscope.py, or the lines that docs/foreign-runs.md describes.`;

/** The command `attach`. */
export function attach() {
  return new Command("attach")
    .argument("<folder>", "where the loop writes steps.jsonl")
    .option("--once", "say what is there now, and end (default: until the loop ends)")
    .option(...jsonFlag)
    .addHelpText("after", examples)
    .action(async (folder, flags) => (await import("../commands/attach.ts")).runAttach(folder, flags as AttachFlags));
}
