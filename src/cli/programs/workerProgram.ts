import { Command } from "../commander.ts";
import { languageOption } from "../language.ts";
import { queueNameFlag } from "./queueOptions.ts";

const examples = `
Examples:
  batchscope worker --queue redis://127.0.0.1:6379 --dir batchscope
  batchscope worker --queue rediss://lab@queue.example.org --dir /shared/batchscope --jobs 2

Trains the trials that compare --queue and sweep --queue put into a queue, on this machine, into the store that it shares with them by path.
Workers may come and go at any time. SIGTERM or Ctrl-C ends one in order: its trials end with a checkpoint, and another worker goes on
with them; a second signal ends it at once. The password may stand in BATCHSCOPE_REDIS_PASSWORD instead of in the address.`;

/** The command `worker`. */
export function worker(): Command {
  return new Command("worker")
    .option("--queue <address>", "the Redis or Valkey with the trials, as redis://host:6379 (default: none)")
    .option("--trial <study/n>", "train one trial of a study that was given to Slurm, and end (default: none)")
    .option(...queueNameFlag)
    .option("--jobs <n>", "trials at a time", "1")
    .option("--lost-after <seconds>", "silence after which a worker counts as lost, and another takes its trial", "30")
    .option("--dir <path>", "the store, which it shares with the studies (default: batchscope)")
    .addOption(languageOption())
    .addHelpText("after", examples)
    .action(async (flags) =>
      (await import("../commands/worker.ts")).runWorker(
        flags as Parameters<typeof import("../commands/worker.ts").runWorker>[0],
      ),
    ) as unknown as Command;
}
