import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { levelsIn } from "../../../test/optionPairs.ts";
import { encodeSafetensors } from "../../data/files/safetensors.ts";
import { schedules } from "../../optimizer/schedules.ts";
import { sgd } from "../../optimizer/sgd.ts";
import { UsageError } from "../../tensor/errors.ts";
import { seedOfCopy, trainingOfCopy } from "../../training/copies.ts";
import type { TrainingOptions } from "../../training/options.ts";
import { modelTensors, newTrainingState } from "../../training/state.ts";
import { resolveConfiguration } from "../configuration.ts";
import { prepareTraining } from "../prepare.ts";
import type { Prepared } from "../prepared.ts";
import { optionsOfCopy } from "./swapCopy.ts";

const folder = mkdtempSync(join(tmpdir(), "swap-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const swapped = { swapWorkers: 2, swapEpochs: 3, swapLearningRate: 0.125 };

async function prepared(given: Readonly<Record<string, unknown>>): Promise<Prepared | undefined> {
  try {
    return await prepareTraining(resolveConfiguration(given, {}));
  } catch (error) {
    if (error instanceof UsageError || (error instanceof Error && /Data|Shape|Unsupported/.test(error.name))) return;
    throw error;
  }
}

/** What of the options can be compared: functions are not, and data by what is known of them. */
function comparable(options: TrainingOptions): unknown {
  const { train, validation, model, ...rest } = options;
  const about = ({ name, size }: TrainingOptions["train"]) => ({ name, size });
  const weights = [...model.parameters, ...model.state].map(({ name, initial }) => [
    name,
    Array.from(initial.data, String),
  ]);
  return JSON.parse(JSON.stringify({ ...rest, train: about(train), validation: about(validation), weights }));
}

test("a process trains its copy as the library does, whatever the options of phase 1", async () => {
  const { base, levels } = levelsIn(folder, 2);
  let compared = 0;
  for (const { field, given } of levels) {
    const large = await prepared({ ...base, ...given, ...swapped });
    if (large === undefined) continue;
    const { options, swap: plan, configuration } = large;
    const tensors = new Map(Object.entries(modelTensors(newTrainingState(options.model, sgd()))));
    const file = join(folder, "start.safetensors");
    writeFileSync(file, encodeSafetensors(tensors, { format: "pt" }));
    const bytes = encodeSafetensors(tensors, {
      format: "pt",
      batchscope: JSON.stringify({ epoch: 1, step: 1, examples: 8 }),
    });
    const asked = optionsOfCopy(configuration, plan!, { copy: 2, initFrom: file, dir: folder });
    const inProcess = await prepareTraining(resolveConfiguration(asked, {}), seedOfCopy(options.seed, 2));
    const { checkpointEvery } = configuration;
    const schedule = schedules.constant({ learningRate: 0.125 });
    const small = { window: [plan!.batchSize], epochs: 3, learningRate: 0.125, schedule, checkpointEvery };
    const inLibrary = trainingOfCopy({ large: options, small }, 2, { bytes, file });
    expect(comparable(inLibrary), `${field} ${JSON.stringify(given)}`).toEqual(comparable(inProcess.options));
    compared++;
  }
  expect(compared).toBeGreaterThan(60);
});

test.each([
  [{ batchSize: 8, swapBatchSize: 3 }, [16, 6]],
  [{ batchSize: 3, swapBatchSize: 6 }, [6, 1]],
  [{ batchSize: 8 }, [16, 2]],
  [{ batchSize: 8, swapBatchSize: 4, limitExamples: 13 }, [13, 4]],
])("examples learnt by heart are the same in a copy of other batches: %j", async (sizes, [examples, batches]) => {
  const given = { model: "mlp", data: "iris", overfitBatches: 2, ...sizes, ...swapped };
  const { options, swap: plan, configuration } = (await prepared(given))!;
  const asked = optionsOfCopy(configuration, plan!, { copy: 1, initFrom: "a.safetensors", dir: folder });
  expect(asked).toMatchObject({ limitExamples: examples, overfitBatches: batches });
  const { initFrom: _, ...copy } = asked;
  const inCopy = (await prepared(copy))!.options;
  expect([options.train.size, inCopy.train.size, inCopy.validation.size]).toEqual([examples, examples, examples]);
});
