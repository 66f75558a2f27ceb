import { openChosenEngine } from "../../session/engine.ts";
import { meanOfTrained } from "../../session/evaluateTrained.ts";
import { readerFields } from "../../session/options/readerOptions.ts";
import { sequenceFields } from "../../session/options/sequenceOptions.ts";
import { readRunConfiguration } from "../../session/runConfiguration.ts";
import { openTrainedRun } from "../../session/trainedModel.ts";
import type { Run } from "../../store/runs.ts";

/** Which examples of a run's own data: those that it validated on, or those that it set aside. */
export type HeldOutPart = "kept" | "aside";

/** The mean loss of a run's checkpoint on its held-out examples. Throws as `openTrainedRun` does. */
export async function meanOfRun(
  run: Run,
  { part, checkpoint }: { readonly part: HeldOutPart; readonly checkpoint: string },
) {
  const reading = { ...readRunConfiguration(run), ...unread };
  const trained = await openTrainedRun(run, { part, checkpoint, withTarget: true, reading });
  try {
    return await meanOfTrained(await openChosenEngine(process.env), trained);
  } finally {
    trained.close();
  }
}

/** How data are read, which the run's record settles: own data are read as they were. */
const unread = Object.fromEntries(Object.keys({ ...readerFields, ...sequenceFields }).map((name) => [name, undefined]));
