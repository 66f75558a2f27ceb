import { describe, expect, test } from "vitest";
import { type ProfileEvent, type ProfilePlan, type ProfileProcesses, profileSizes } from "./profile.ts";
import { expectedEffort } from "./profileProbe.ts";

const plan: ProfilePlan = {
  batchSizes: [4, 8, 16, 32],
  examples: 100,
  rounds: 3,
  limitBytes: 1000,
  threads: 1,
  onProcessor: true,
};

/** A machine on which an update takes 3 + 2·micro-batches + examples seconds, and memory 100 + 10·batch. */
function machine(change: Partial<ProfileProcesses> = {}) {
  const calls: string[] = [];
  const processes: ProfileProcesses = {
    async tryMemory(batchSize) {
      calls.push(`memory ${batchSize}`);
      return { kind: "fits", peakBytes: 100 + 10 * batchSize };
    },
    async timeWindow([batchSize, microBatch]) {
      calls.push(`${batchSize}/${microBatch}`);
      const wall = 3 + 2 * (batchSize / microBatch) + batchSize;
      return [{ wall, processor: wall, updates: 1 }];
    },
    ...change,
  };
  return { calls, processes };
}

describe("a profile", () => {
  test("takes the sizes in turns, up and down, and says what an update costs", async () => {
    const { calls, processes } = machine();
    const events: ProfileEvent[] = [];
    const found = await profileSizes(plan, processes, { listen: (event) => events.push(event) });
    const up = ["4/4", "8/8", "16/16", "32/32", "8/2", "32/8", "32/2"];
    const memory = [4, 8, 16, 32].map((size) => `memory ${size}`);
    expect(calls).toEqual([...memory, ...up, ...up.toReversed(), ...up]);
    expect(found.batchSizes[1]).toEqual({
      batchSize: 8,
      microBatch: 8,
      secondsPerUpdate: { value: 13, lower: 13, upper: 13 },
      secondsPerEpoch: { value: 162.5, lower: 162.5, upper: 162.5 },
      examplesPerSecond: 8 / 13,
      peakMemoryBytes: 180,
    });
    expect(found.accumulation.map(({ batchSize, microBatch }) => [batchSize, microBatch])).toEqual([
      [8, 2],
      [32, 8],
      [32, 2],
    ]);
    const { perUpdate, perMicroBatch, perExample } = found.costModel!;
    expect([perUpdate, perMicroBatch, perExample].map(({ value }) => Number(value.toFixed(6)))).toEqual([3, 2, 1]);
    expect(found.notes).toEqual([]);
    expect(events.at(-1)).toMatchObject({ kind: "timed", done: 21, all: 21, secondsLeft: 0 });
  });

  test("stops before memory runs out", async () => {
    const { calls, processes } = machine();
    const found = await profileSizes({ ...plan, limitBytes: 250 }, processes);
    expect(calls.slice(0, 3)).toEqual(["memory 4", "memory 8", "4/4"]);
    expect(found.notes[0]).toEqual({ kind: "predictedPeak", batchSizes: [16, 32], peakBytes: 260, limitBytes: 250 });
  });

  test.each(["memory", "failed"] as const)("goes on with what it has where a size ends with %s", async (kind) => {
    const end = { kind: "signal", signal: "SIGKILL" } as const;
    const { processes } = machine({
      tryMemory: async (size) => (size < 16 ? { kind: "fits", peakBytes: 10 } : { kind, peakBytes: Number.NaN, end }),
    });
    const found = await profileSizes(plan, processes);
    expect(found.batchSizes.map(({ batchSize }) => batchSize)).toEqual([4, 8]);
    expect(found.notes[0]).toEqual({ kind: kind === "memory" ? "tooLarge" : "failed", batchSizes: [16, 32], end });
  });

  test("leaves out a window that cannot be timed, and says so once", async () => {
    const { processes } = machine();
    const end = { kind: "exit", code: 1 } as const;
    const timeWindow: ProfileProcesses["timeWindow"] = async (window) =>
      window[0] === 8 && window[1] === 8 ? end : processes.timeWindow(window);
    const found = await profileSizes(plan, { ...processes, timeWindow });
    expect(found.batchSizes.map(({ batchSize }) => batchSize)).toEqual([4, 16, 32]);
    expect(found.notes).toEqual([{ kind: "failed", batchSizes: [8], end }]);
  });

  test("says how busy the machine was, how rough the model is, and why there is none", async () => {
    const { processes } = machine();
    const busy = await profileSizes(plan, {
      ...processes,
      timeWindow: async ([batchSize]) => [{ wall: 9 * batchSize ** 2, processor: batchSize ** 2, updates: 1 }],
    });
    expect(busy.notes).toMatchObject([{ kind: "processorTime", share: 1 }, { kind: "roughModel" }]);
    expect((await profileSizes({ ...plan, batchSizes: [3, 5] }, processes)).notes).toEqual([
      { kind: "noCostModel", windows: 2 },
    ]);
  });

  test("is foretold from two probes", async () => {
    const { calls, processes } = machine();
    const { processes: count, seconds } = await expectedEffort(plan, processes);
    expect(calls).toEqual(["4/4", "32/32"]);
    expect(count).toBe(4 + 3 * 7);
    // Trials of 8 updates, and in each round two to warm up and one that is timed: 5 + size seconds each.
    const windows = [4, 8, 16, 32, 8, 32, 32];
    const expected = 8 * [9, 13, 21, 37].reduce((a, b) => a + b) + 9 * windows.reduce((sum, size) => sum + 5 + size, 0);
    expect(seconds / expected).toBeCloseTo(1, 2);
    const fails = { ...processes, timeWindow: async () => ({ kind: "exit", code: 1 }) as const };
    expect((await expectedEffort(plan, fails)).seconds).toBeNaN();
  });
});
