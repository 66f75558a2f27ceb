import type { Dataset } from "../src/data/dataset.ts";
import type { Engine } from "../src/runtime/engine.ts";
import type { TrainingEvent } from "../src/training/events.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";

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
