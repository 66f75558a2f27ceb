import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { createSampler, restoreSampler } from "./sampler.ts";

const windowsOf = (sampler: ReturnType<typeof createSampler>) =>
  [...sampler.epoch()].map((window) => window.map((batch) => [...batch]));

test.each([
  [12, [4], [[4], [4], [4]]],
  [12, [4, 4], [[4, 4], [4]]],
  [10, [4, 4], [[4, 4], [2]]],
  [
    14,
    [4, 4],
    [
      [4, 4],
      [4, 2],
    ],
  ],
  [7, [1], [[1], [1], [1], [1], [1], [1], [1]]],
  [5, [5], [[5]]],
  [5, [2, 2, 2], [[2, 2, 1]]],
  [
    20,
    [4, 4, 2],
    [
      [4, 4, 2],
      [4, 4, 2],
    ],
  ],
  [
    27,
    [4, 4, 2],
    [
      [4, 4, 2],
      [4, 4, 2],
      [4, 3],
    ],
  ],
])("%i examples in windows of %j make micro-batches of %j", (size, window, sizes) => {
  const sampler = createSampler({ size, window, random: random(1) });
  for (let epoch = 0; epoch < 3; epoch++) {
    const windows = windowsOf(sampler);
    expect(windows.map((w) => w.map((batch) => batch.length))).toEqual(sizes);
    expect(windows.flat(2).sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
  }
  expect(sampler.windowsPerEpoch).toBe(sizes.length);
  expect(sampler.microBatchesPerEpoch).toBe(sizes.flat().length);
});

test("epochs differ, seeds differ, and one seed gives one order", () => {
  const epochs = (seed: number) => {
    const sampler = createSampler({ size: 50, window: [8], random: random(seed) });
    return [windowsOf(sampler).flat(2), windowsOf(sampler).flat(2)];
  };
  expect(epochs(1)).toEqual(epochs(1));
  expect(epochs(1)[0]).not.toEqual(epochs(1)[1]);
  expect(epochs(1)[0]).not.toEqual(epochs(2)[0]);
});

test.each<[string, boolean]>([
  ["shuffled", true],
  ["in the data's own order", false],
])("a seed reads the same stream, %s, whatever its windows cut out of it", (_, shuffle) => {
  const size = 53;
  const stream = (
    window: readonly number[],
    change: (taken: number) => readonly number[] | undefined = () => undefined,
  ) => {
    let sampler = createSampler({ size, window, shuffle, random: random(9) });
    const all: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++)
      for (const micro of sampler.epoch()) {
        all.push(...micro.flatMap((batch) => [...batch]));
        const next = change(all.length);
        if (next) sampler.resize(next);
      }
    // Gone on with in the middle, in other windows.
    const other = createSampler({ size, window, shuffle, random: random(9) });
    other.epoch().next();
    sampler = restoreSampler({ size, window: [3], shuffle }, other.state());
    const rest = [...sampler.epoch()].flat().flatMap((batch) => [...batch]);
    expect(rest).toEqual(all.slice(size - rest.length, size));
    return all;
  };
  const expected = stream([1]);
  for (const window of [[2], [7], [53], [4, 4], [16, 16, 8], [5, 1, 2]]) expect(stream(window)).toEqual(expected);
  expect(stream([4], (taken) => (taken > 20 ? [4, 4, 4] : undefined))).toEqual(expected);
});

test("each place of the order sees each example equally often", () => {
  const sampler = createSampler({ size: 5, window: [5], random: random(3) });
  const counts = Array.from({ length: 5 }, () => [0, 0, 0, 0, 0]);
  for (let epoch = 0; epoch < 5000; epoch++)
    for (const [batch] of sampler.epoch()) for (const [place, example] of batch!.entries()) counts[place]![example]!++;
  // 1000 expected, standard deviation √(5000 · 0.2 · 0.8) = 28.
  for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 28);
});

test("a sampler restored after any window goes on as if it had never stopped", () => {
  const options = { size: 23, window: [3, 2] };
  const three = () => createSampler({ ...options, random: random(7) });
  const straight = three();
  const expected = [windowsOf(straight), windowsOf(straight), windowsOf(straight)].flat();
  for (let stop = 0; stop <= expected.length; stop++) {
    let sampler = three();
    const seen: number[][][] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const window of sampler.epoch()) {
        if (seen.push(window.map((batch) => [...batch])) !== stop) continue;
        sampler = restoreSampler(options, JSON.parse(JSON.stringify(sampler.state())));
        seen.push(...windowsOf(sampler));
        break;
      }
    }
    expect(seen).toEqual(expected);
  }
});

test("windows that change inside an epoch go on where the last one ended, also when restored", () => {
  const size = 23;
  const lengths = [[3, 2], [3], [3, 3, 3], [3], [3, 3]] as const;
  const taken = (stop: number) => {
    let sampler = createSampler({ size, window: [3, 2], random: random(7) });
    const seen: number[][][] = [];
    for (let epoch = 0; epoch < 2; ) {
      let ended = true;
      for (const window of sampler.epoch()) {
        seen.push(window.map((batch) => [...batch]));
        const next = lengths[seen.length % lengths.length]!;
        sampler.resize(next);
        if (seen.length !== stop) continue;
        sampler = restoreSampler({ size, window: next }, JSON.parse(JSON.stringify(sampler.state())));
        ended = false;
        break;
      }
      if (ended) epoch++;
    }
    return seen;
  };
  const whole = taken(-1);
  const sizes = whole.map((window) => window.map((batch) => batch.length));
  expect(sizes.slice(0, 6)).toEqual([[3, 2], [3], [3, 3, 3], [3], [3], [3, 2]]);
  for (const epoch of [whole.flat(2).slice(0, size), whole.flat(2).slice(size)])
    expect(epoch.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
  for (let stop = 1; stop <= whole.length; stop++) expect(taken(stop)).toEqual(whole);
});

test("without shuffling every epoch has the order of the data, and a window too large is refused whenever it comes", () => {
  const sampler = createSampler({ size: 5, window: [2], random: random(7), shuffle: false });
  const before = sampler.state().random;
  for (let epoch = 0; epoch < 2; epoch++) expect(windowsOf(sampler)).toEqual([[[0, 1]], [[2, 3]], [[4]]]);
  expect(sampler.state().random).toEqual(before);
  sampler.resize([2, 2]);
  expect([sampler.microBatchesPerEpoch, sampler.windowsPerEpoch]).toEqual([3, 2]);
  expect(() => sampler.resize([2, 2, 2, 2])).toThrow(/expected at most the 3 micro-batches of an epoch/);
});

test("after the last window the epoch is over only once it was left", () => {
  const options = { size: 4, window: [2] };
  const sampler = createSampler({ ...options, random: random(7) });
  const epoch = sampler.epoch();
  epoch.next();
  epoch.next();
  const inside = sampler.state();
  epoch.next();
  const outside = sampler.state();
  expect(windowsOf(restoreSampler(options, inside))).toEqual([]);
  expect(windowsOf(restoreSampler(options, outside))).toEqual(windowsOf(sampler));
});

test("windows stay as they were when the next epoch shuffles", () => {
  const sampler = createSampler({ size: 9, window: [4], random: random(1) });
  const [first] = [...sampler.epoch()];
  const copy = first!.map((batch) => [...batch]);
  windowsOf(sampler);
  expect(first!.map((batch) => [...batch])).toEqual(copy);
});

test.each([
  [10, [0], /expected a batch size that is a whole number of at least 1, got 0; use `batchSize`/],
  [10, [2.5], /expected a batch size that is a whole number of at least 1, got 2.5; /],
  [10, [4, Number.NaN], /expected a batch size that is a whole number of at least 1, got NaN; /],
  [10, [11], /expected a batch size of at most the 10 examples, got 11; lower `batchSize`/],
  [10, [], /expected at least 1 accumulation step, got 0; use `gradientAccumulationSteps`/],
  [
    10,
    [4, 4, 4, 4],
    /expected at most the 3 micro-batches of an epoch \(10 examples\) per step, got 4; lower `gradientAcc/,
  ],
])("%i examples in windows of %j are refused", (size, window, message) => {
  expect(() => createSampler({ size, window, random: random(1) })).toThrow(UsageError);
  expect(() => createSampler({ size, window, random: random(1) })).toThrow(message);
});

test.each([-1, 11, 2.5])("position %d is refused", (position) => {
  const state = { random: random(1).state(), position };
  expect(() => restoreSampler({ size: 10, window: [2] }, state)).toThrow(
    new UsageError(
      `restoreSampler: expected a position in [0, 10], got ${position}; resume with the data that the run began with`,
    ),
  );
});
