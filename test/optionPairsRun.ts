import { limit } from "../src/data/dataset.ts";
import type { Engine } from "../src/runtime/engine.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import type { TrainingEvent } from "../src/training/events.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import type { Row } from "./optionPairs.ts";
import { checkpointsOf, eventsOf, tensorsAfter } from "./training.ts";

/**
 * Trains a row for two steps and says what is wrong: a loss that is no number, and what options promise and do not
 * keep. Watching the noise scale and going on from a checkpoint change no bit, gradient checkpointing changes the first
 * step's loss and gradient by rounding, and the contract of a step alarms nobody. An error that training throws is
 * passed on.
 */
export async function faultsOf(engine: Engine, { prepared }: Row): Promise<string[]> {
  const options = twoSteps(prepared.options);
  const { noiseScale, gradientCheckpointing, accumulation, precision } = options;
  const events = await eventsOf(engine, options);
  const faults = firstStep(events).every(Number.isFinite) ? [] : [`first step ${firstStep(events)}`];
  faults.push(...alarms(events));
  const compare = (what: string, changed: readonly string[]) =>
    changed.length > 0 && faults.push(`${what} changes ${changed.length} tensors: ${changed.slice(0, 3).join(", ")}`);
  if (accumulation?.kind !== "noise-scale") {
    const other = await eventsOf(engine, { ...options, noiseScale: !noiseScale });
    compare("watching", differing(tensorsAfter(events), tensorsAfter(other)));
  }
  const [first, last] = checkpointsOf(events);
  if (last) {
    const resumed = await eventsOf(engine, { ...options, from: { bytes: first!.bytes, file: "the first checkpoint" } });
    compare("going on", differing(tensorsAfter(events), tensorsAfter(resumed)));
    faults.push(...alarms(resumed));
  }
  const again = await eventsOf(engine, { ...options, gradientCheckpointing: !gradientCheckpointing });
  const [a, b] = [firstStep(events), firstStep(again)];
  const tolerance = precision === "float16" ? 1e-2 : 1e-4;
  if (a.some((value, i) => Math.abs(value - b[i]!) > tolerance * (Math.abs(value) + 1e-3)))
    faults.push(`gradient checkpointing changes loss and gradient norm ${a} to ${b}`);
  return faults;
}

/** With an evaluation and a checkpoint after each step. */
function twoSteps(options: TrainingOptions): TrainingOptions {
  const each = { steps: 1 };
  const often = { evaluateEvery: each, checkpointEvery: each, logEvery: 1 };
  return { ...options, ...often, validation: limit(options.validation, 4), steps: options.steps ?? 2 };
}

function firstStep(events: readonly TrainingEvent[]): number[] {
  return events.flatMap((event) => (event.kind === "step" ? [event.loss, event.gradientNorm] : [])).slice(0, 2);
}

function alarms(events: readonly TrainingEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === "finding" && event.finding.strength === "fault"
      ? [`${event.finding.kind} at ${event.finding.step}: ${event.finding.parameters ?? ""}`]
      : [],
  );
}

/** Names of tensors of other bytes. */
function differing(a: Readonly<Record<string, Tensor>>, b: Readonly<Record<string, Tensor>>): string[] {
  const bytes = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Object.keys(a).filter((name) => !bytes(a[name]!).equals(bytes(b[name]!)));
}
