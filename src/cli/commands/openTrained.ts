import type { LossTexts } from "../../session/configuration.ts";
import { openTrainedFile, openTrainedRun, type TrainedModel } from "../../session/trainedModel.ts";
import { trainedRun } from "../../session/trainedReference.ts";
import { trainedRequest } from "../../session/trainedRequest.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { whileReading } from "../whileReading.ts";
import type { DataTexts } from "./openDataFlags.ts";

/** Options of the commands that use a trained model. */
export interface TrainedFlags extends LossTexts, DataTexts {
  readonly data?: string | undefined;
  readonly subset?: string | undefined;
  readonly output?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly device: string;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What was opened, and what it is called in a result. */
export interface Opened {
  readonly trained: TrainedModel;
  readonly subject: { readonly run: string } | { readonly model: string };
}

/**
 * Opens the run or the `.onnx` file that an argument names, with examples for it, and uses them. Throws as
 * `openTrainedRun` and `openTrainedFile`.
 */
export async function withTrained(
  reference: string,
  flags: TrainedFlags,
  withTarget: boolean,
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const { data, subset, checkpoint, output } = flags;
  const run = await trainedRun(storeDirectory(flags.dir), reference, () => openNamedRun(flags.dir, reference));
  const request = trainedRequest(reference, { data, subset, checkpoint, output, withTarget, fields: flags });
  const finish = async (trained: TrainedModel, subject: Opened["subject"]) => {
    try {
      await use({ trained, subject });
    } finally {
      trained.close();
    }
  };
  if (run === null) return finish(await openTrainedFile(reference, request), { model: reference });
  const ofPointer = checkpoint === undefined || checkpoint === "best" ? ["checkpoints/best.json" as const] : [];
  requireRecords(run, ["config.yaml", "environment.json", "data.json", ...ofPointer]);
  await whileReading(run, reference, async () => finish(await openTrainedRun(run, request), { run: run.record.id }));
}
