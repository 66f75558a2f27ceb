import { describe, expect, test, vi } from "vitest";
import { faulty, type Mocked, type SilentError, silentErrors } from "../../../test/silentErrors.ts";
import { checkpointsOf, clouds, eventsOf } from "../../../test/training.ts";
import { decodeSafetensors, encodeSafetensors } from "../../data/files/safetensors.ts";
import { batchNormalization, flatten, linear, relu, sequential } from "../../model/layers.ts";
import { schedules } from "../../optimizer/schedules.ts";
import { sgd } from "../../optimizer/sgd.ts";
import { nativeEngine } from "../../runtime/native.ts";
import type { TrainingFinding } from "../../store/trainingFindings.ts";
import { random } from "../../tensor/random.ts";
import type { TrainingOptions } from "../options.ts";

const planted = vi.hoisted(() => ({ now: undefined as Mocked | undefined }));

vi.mock("../../data/sampler.ts", async (original) => {
  const sampler = await original<typeof import("../../data/sampler.ts")>();
  return {
    ...sampler,
    createSampler(options: Parameters<typeof sampler.createSampler>[0]) {
      const right = sampler.createSampler(options);
      return {
        ...right,
        *epoch() {
          let count = 0;
          for (const window of right.epoch()) {
            count++;
            if (planted.now === "skipExamples" && count === 2) continue;
            yield planted.now === "sampleAgain" ? window.map(() => window[0]!) : window;
          }
        },
      };
    },
  };
});

vi.mock("../microBatch.ts", async (original) => {
  const passes = await original<typeof import("../microBatch.ts")>();
  return {
    ...passes,
    addTotals(a: ReturnType<typeof passes.addTotals>, b: typeof a) {
      const right = passes.addTotals(a, b);
      if (planted.now === "countFullWindows") return { ...right, weight: 4 * Math.ceil(right.weight / 4) };
      return planted.now === "shareLoss" ? { ...right, loss: a.loss + b.loss / 2 } : right;
    },
  };
});

vi.mock("../learningRate.ts", async (original) => {
  const rates = await original<typeof import("../learningRate.ts")>();
  return {
    ...rates,
    schedulePosition(...given: Parameters<typeof rates.schedulePosition>) {
      const right = rates.schedulePosition(...given);
      return planted.now === "scheduleByMicroBatch" ? { ...right, update: 2 * right.update } : right;
    },
  };
});

const native = nativeEngine();
const data = clouds(19);
const options = (): TrainingOptions => ({
  model: sequential("small", data.inputs[0]!, [
    flatten,
    linear("hidden", 5, 8, random(1)),
    batchNormalization("bn", 8),
    relu,
    linear("output", 8, 3, random(2)),
  ]),
  train: data,
  validation: clouds(10, [5], 3, 2),
  optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }),
  schedule: schedules.cosine({ learningRate: 0.05 }),
  learningRate: 0.05,
  window: [4, 4],
  epochs: 3,
  checkpointEvery: { steps: 4 },
  seed: 3,
  threads: 1,
  logEvery: 1,
});

async function findingsOf({ faults = {}, mocked, tamper, options: change }: SilentError): Promise<TrainingFinding[]> {
  const right = { ...options(), ...change };
  const from = tamper && (await tampered(right, tamper));
  planted.now = mocked;
  try {
    const events = await eventsOf(faulty(native, faults), { ...right, from });
    return events.flatMap((event) => (event.kind === "finding" ? [event.finding] : []));
  } finally {
    planted.now = undefined;
  }
}

async function tampered(right: TrainingOptions, tamper: NonNullable<SilentError["tamper"]>) {
  const checkpoint = checkpointsOf(await eventsOf(native, { ...right, steps: 4 }))[0]!;
  const { tensors, metadata } = decodeSafetensors(checkpoint.bytes, "checkpoint");
  const position = JSON.parse(metadata.batchscope!) as Record<string, unknown>;
  const copies = new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));
  tamper(copies as typeof tensors & Map<string, never>, position);
  const bytes = encodeSafetensors(copies as typeof tensors, { ...metadata, batchscope: JSON.stringify(position) });
  return { bytes, file: "tampered" };
}

describe("silent errors", () => {
  test("twenty, eight of them of the field", () => {
    expect(silentErrors).toHaveLength(20);
    expect(silentErrors.filter(({ of }) => of === "field")).toHaveLength(8);
    expect(silentErrors.filter(({ found }) => found !== null).length).toBeGreaterThanOrEqual(18);
  });

  test.each(silentErrors.map((error) => [error.name, error] as const))("%s", async (_, error) => {
    const found = await findingsOf(error);
    if (error.found === null) return expect(found).toEqual([]);
    expect(found[0]).toMatchObject({ kind: error.found, strength: "fault" });
    expect(found[0]!.step).toBeLessThanOrEqual(error.from + 1);
  });

  test("none where nothing is wrong, also where training is long or goes on", async () => {
    expect(await findingsOf({ name: "", of: "field", from: 1, found: null })).toEqual([]);
    // Updates 128 and 256 are looked at as the first two are.
    expect(await findingsOf({ name: "", of: "field", from: 1, found: null, options: { epochs: 100 } })).toEqual([]);
    expect(await findingsOf({ name: "", of: "resume", from: 1, found: null, tamper: () => {} })).toEqual([]);
  });
});
