import { type Batch, type Dataset, newBatch, oneClass } from "../src/data/dataset.ts";
import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { flatten, linear, sequential } from "../src/model/layers.ts";
import type { Model } from "../src/model/model.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { random } from "../src/tensor/random.ts";
import { type Shape, sizeOf, type Tensor } from "../src/tensor/tensor.ts";
import type { CheckpointPosition } from "../src/training/checkpoint.ts";
import type { CheckpointEvent, TrainingEvent } from "../src/training/events.ts";
import { noTotals } from "../src/training/microBatch.ts";
import { newMonitor } from "../src/training/monitor.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";

/** Normal clouds around one centre for each class, a unit apart in every coordinate; labels go round. */
export function clouds(size: number, shape: Shape = [5], classes = 3, seed = 1): Dataset {
  const length = sizeOf(shape);
  const generator = random(seed);
  const labels = Int32Array.from({ length: size }, (_, i) => i % classes);
  const centres = Float32Array.from({ length: classes * length }, () => generator.normal());
  const values = Float32Array.from({ length: size * length }, (_, at) => {
    const label = labels[Math.floor(at / length)]!;
    return centres[label * length + (at % length)]! + generator.normal();
  });
  return {
    name: "clouds",
    size,
    classes,
    classNames: Array.from({ length: classes }, (_, label) => String(label)),
    inputs: [{ name: "x", type: "float32", shape }],
    target: oneClass,
    labels,
    read(indices, batch) {
      const [x, y] = arraysOf(batch);
      indices.forEach((index, i) => {
        x.set(values.subarray(index * length, (index + 1) * length), i * length);
        y[i] = BigInt(labels[index]!);
      });
    },
  };
}

/** The arrays of a batch of data with one input and one class per example. */
export function arraysOf(batch: Batch): [x: Float32Array, y: BigInt64Array] {
  return [batch.x!.data as Float32Array, batch.y!.data as BigInt64Array];
}

/** Examples of data that are in memory, read at once. */
export function readArrays(data: Dataset, indices: readonly number[]): { x: Float32Array; y: BigInt64Array } {
  const batch = newBatch(data, indices.length);
  data.read(Uint32Array.from(indices), batch);
  const [x, y] = arraysOf(batch);
  return { x, y };
}

/** A data set of these very examples: x [N, ...], y [N]. */
export function datasetOf(x: Tensor, y: Tensor, classes: number): Dataset {
  const [size = 0, ...shape] = x.shape;
  const length = sizeOf(shape);
  const labels = Int32Array.from(y.data as BigInt64Array, Number);
  return {
    ...clouds(size, shape, classes),
    labels,
    read(indices, batch) {
      const [into, answers] = arraysOf(batch);
      indices.forEach((index, i) => {
        into.set((x.data as Float32Array).subarray(index * length, (index + 1) * length), i * length);
        answers[i] = BigInt(labels[index]!);
      });
    },
  };
}

/** Softmax regression: the one model whose gradient fits into a line. */
export function regression({ inputs, classes }: Dataset, seed = 7): Model {
  const input = inputs[0]!;
  const layers = [flatten, linear("output", sizeOf(input.shape), classes, random(seed))];
  return sequential("regression", input, layers);
}

/** Every event, with `onEvent` awaited between two of them. */
export async function eventsOf(
  engine: Engine,
  options: TrainingOptions,
  onEvent: (event: TrainingEvent) => unknown = () => {},
  signal?: AbortSignal,
): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(engine, options, signal)) {
    events.push(event);
    await onEvent(event);
  }
  return events;
}

export function checkpointsOf(events: readonly TrainingEvent[]): CheckpointEvent[] {
  return events.filter((event) => event.kind === "checkpoint");
}

/** Where a run stood, for checkpoints that no run wrote. */
export function positionAt(change: Pick<CheckpointPosition, "epoch" | "step" | "examples" | "sampler">) {
  const counts = { microBatches: 0, skippedSteps: 0, epochMicroBatches: 0, evaluatedStep: 0, settledSteps: 0 };
  return { ...counts, totals: noTotals, accumulationSteps: 1, schedule: null, monitor: newMonitor, ...change };
}

/** What training ended with: the tensors of its last checkpoint, optimizer included. */
export function tensorsAfter(events: readonly TrainingEvent[]): Record<string, Tensor> {
  return Object.fromEntries(decodeSafetensors(checkpointsOf(events).at(-1)!.bytes, "checkpoint").tensors);
}
