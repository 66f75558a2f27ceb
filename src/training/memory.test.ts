import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { clouds, eventsOf } from "../../test/training.ts";
import { mlp } from "../model/mlp.ts";
import { adamW } from "../optimizer/adam.ts";
import type { Engine } from "../runtime/engine.ts";
import { nativeEngine } from "../runtime/native.ts";
import { DivergedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import type { TrainingOptions } from "./options.ts";
import { train } from "./train.ts";

const data = clouds(23);
const base: TrainingOptions = {
  model: mlp({ shape: [5], classes: 3 }, random(5)),
  train: data,
  validation: clouds(10, [5], 3, 2),
  optimizer: adamW(),
  learningRate: 0.001,
  window: [2, 2],
  epochs: 4,
  checkpointEvery: { steps: 5 },
  evaluateEvery: { steps: 3 },
  dropout: 0.1,
  noiseScale: true,
  seed: 3,
  threads: 1,
  logEvery: 1,
};

/** The engine, and how many of its sessions are there. */
function counted(): { engine: Engine; loaded(): number; open(): number } {
  const native = nativeEngine();
  let [loaded, open] = [0, 0];
  const engine: Engine = {
    name: native.name,
    async load(...given) {
      const session = await native.load(...given);
      loaded++;
      open++;
      return {
        bind: session.bind,
        release() {
          open--;
          session.release();
        },
      };
    },
  };
  return { engine, loaded: () => loaded, open: () => open };
}

describe("sessions", () => {
  const loadedIn = async (change: Partial<TrainingOptions>) => {
    const { engine, loaded, open } = counted();
    await eventsOf(engine, { ...base, ...change });
    expect(open()).toBe(0);
    return loaded();
  };

  test("are compiled once, however long training is, and all released", async () => {
    expect(await loadedIn({ epochs: 40 })).toBe(await loadedIn({}));
    expect(await loadedIn({ precision: "float16", window: [4], epochs: 20 })).toBe(
      await loadedIn({ precision: "float16", window: [4], epochs: 3 }),
    );
  });

  test("are as few where windows grow: only the size of a micro-batch needs one", async () => {
    const growing = { epochs: 12, accumulation: { kind: "noise-scale", maximum: 8 } } as const;
    expect(await loadedIn(growing)).toBe(await loadedIn({}));
  });

  test("are released when training fails, is interrupted or is left", async () => {
    const { engine, open } = counted();
    await expect(eventsOf(engine, { ...base, learningRate: 1e38 })).rejects.toThrow(DivergedError);
    expect(open()).toBe(0);
    const controller = new AbortController();
    await eventsOf(engine, base, () => controller.abort(), controller.signal);
    expect(open()).toBe(0);
    const leave = new Error("left");
    const leaving = eventsOf(engine, base, () => {
      throw leave;
    });
    await expect(leaving).rejects.toBe(leave);
    expect(open()).toBe(0);
  });
});

test("updates keep no array", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held: number[] = [];
  const never = { steps: 1e9 };
  const options = { ...base, epochs: Number.POSITIVE_INFINITY, steps: 3600, checkpointEvery: never };
  for await (const event of train(nativeEngine(), options)) {
    if (event.kind !== "step" || ![400, 3600].includes(event.step)) continue;
    collect();
    // What finalizers free is gone with the next one.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    held.push(process.memoryUsage().arrayBuffers);
  }
  // The smallest array of an update, the gradient of three biases, is twelve bytes; other tests of this process come
  // and go with some.
  expect((held[1]! - held[0]!) / 3200).toBeLessThan(12);
});
