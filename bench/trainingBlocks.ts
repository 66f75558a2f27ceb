import type { Dataset } from "../src/data/dataset.ts";
import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { buildModel } from "../src/model/zoo.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { random } from "../src/tensor/random.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import type { TrainingEvent } from "../src/training/events.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";
import { randomImages } from "./step.ts";

/** A training that goes on only while its next block is asked for. */
export interface Run {
  /** Steps until the next record; the seconds of the processor that they took. */
  block(): Promise<number>;
  /** Seconds of each step but the first of a block, since the run began. */
  readonly steps: number[];
  /** Ends the run and gives its parameters. */
  end(): Promise<Uint8Array>;
}

/** Starts the real loop on one engine; a block is the steps between two records (`logEvery`). */
export function start(engine: Engine, options: TrainingOptions): Run {
  const data = options.train;
  const controller = new AbortController();
  const steps: number[] = [];
  let [reads, last] = [0, Number.NaN];
  const timed: Dataset = {
    ...data,
    read(...parts) {
      if (reads++ % options.window.length === 0) {
        const now = performance.now();
        if (!Number.isNaN(last)) steps.push((now - last) / 1000);
        last = now;
      }
      return data.read(...parts);
    },
  };
  const events = train(engine, { ...options, train: timed }, controller.signal);
  const until = async (kind: TrainingEvent["kind"]): Promise<TrainingEvent> => {
    for (;;) {
      const { value } = await events.next();
      if (value?.kind === kind) return value;
    }
  };
  return {
    steps,
    async block() {
      last = Number.NaN;
      const before = process.cpuUsage();
      await until("step");
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    },
    async end() {
      controller.abort();
      const checkpoint = await until("checkpoint");
      await until("end");
      return checkpoint.kind === "checkpoint" ? checkpoint.bytes : new Uint8Array();
    },
  };
}

/** Seconds of two runs that took turns, the first's and the second's. */
export interface Turns {
  /** Of the processor, block by block. */
  readonly processor: readonly [number[], number[]];
  /** By the clock, step by step. */
  readonly steps: readonly [number[], number[]];
}

/** Two trainings take turns for so many blocks. Throws unless both end with the same parameters, bit for bit. */
export async function inTurns(
  engine: Engine,
  first: TrainingOptions,
  second: TrainingOptions,
  blocks: number,
): Promise<Turns> {
  const runs = [start(engine, first), start(engine, second)] as const;
  // The first record comes after one step; the second block compiles what a cut window needs.
  for (const run of [...runs, ...runs, ...runs]) await run.block();
  const processor: [number[], number[]] = [[], []];
  for (let block = 0; block < blocks; block++)
    for (const i of [0, 1] as const) processor[i].push(await runs[i].block());
  const [a, b] = [await runs[0].end(), await runs[1].end()];
  if (parametersIn(a) !== parametersIn(b))
    throw new Error(`${first.model.name}: expected the same parameters of both runs`);
  return { processor, steps: [runs[0].steps, runs[1].steps] };
}

function parametersIn(file: Uint8Array): string {
  const { tensors } = decodeSafetensors(file, "checkpoint");
  const bytes = ({ data: { buffer, byteOffset, byteLength } }: Tensor) => Buffer.from(buffer, byteOffset, byteLength);
  return [...tensors.values()].map((tensor) => bytes(tensor).toString("base64")).join();
}

/** Of a run that never evaluates or writes a checkpoint, on random images of ten classes; a block is so many steps. */
export function endlessOptions(
  model: string,
  shape: readonly [channels: number, height: number, width: number],
  { window, block }: { readonly window: readonly number[]; readonly block: number },
): TrainingOptions {
  const data = randomImages(shape);
  return {
    model: buildModel(model, { shape, classes: 10 }, random(2)),
    train: data,
    validation: data,
    optimizer: sgd({ momentum: 0.9 }),
    learningRate: 1e-5,
    window,
    epochs: Number.POSITIVE_INFINITY,
    checkpointEvery: { steps: Number.MAX_SAFE_INTEGER },
    evaluateEvery: { steps: Number.MAX_SAFE_INTEGER },
    seed: 0,
    threads: 1,
    logEvery: block,
  };
}
