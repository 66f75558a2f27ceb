import { encodeJson } from "../store/json.ts";
import { devRun } from "../training/devRun.ts";
import { openChosenEngine } from "./engine.ts";
import type { Prepared } from "./session.ts";

/** `--fast-dev-run`: says what came out, and leaves nothing behind. */
export async function tryOut({ configuration, options, remarks }: Prepared): Promise<void> {
  for (const line of remarks) process.stderr.write(`${line}\n`);
  const engine = await openChosenEngine(process.env, configuration.device);
  const { losses, validationLoss, checkpointBytes } = await devRun(engine, options);
  if (configuration.json) {
    const tried = { fastDevRun: true, losses, validationLoss, checkpointBytes };
    process.stdout.write(`${encodeJson(tried, 2)}\n`);
    return;
  }
  const shown = losses.map((loss) => loss.toFixed(4)).join(" and ");
  process.stdout.write(
    `two updates with losses ${shown}, validation loss ${validationLoss.toFixed(4)}, a checkpoint of ${checkpointBytes} bytes, ` +
      "and the same bits after resuming; no run was written\n",
  );
}
