import type { ProfilePlan, ProfileProcesses, WindowSize } from "./profile.ts";
import { accumulatedWindows } from "./profilePlan.ts";
import { type Stretch, usualEffort } from "./updateTimes.ts";

/** Updates of a trial of memory: two epochs of two, and the validation's worth of as many. */
const TRIAL_UPDATES = 8;
/** What the second probe has more examples than the first, where the sizes reach so far. */
const FAR = 32;

/**
 * How many processes a profile would start, and how many seconds it would take: from timing the smallest size and one
 * that is larger. An update's time is taken to be a straight line of its size.
 */
export async function expectedEffort(
  { batchSizes, rounds }: ProfilePlan,
  { timeWindow }: ProfileProcesses,
): Promise<{ readonly processes: number; readonly seconds: number }> {
  const windows: WindowSize[] = [...batchSizes.map((size) => [size, size] as const), ...accumulatedWindows(batchSizes)];
  const processes = batchSizes.length + rounds * windows.length;
  const small = batchSizes[0]!;
  const large = batchSizes.findLast((size) => size <= FAR * small) ?? small;
  const [first, second] = [await probe(small, timeWindow), await probe(large, timeWindow)];
  if (!first || !second) return { processes, seconds: Number.NaN };
  const slope = large === small ? 0 : Math.max(0, (second.update - first.update) / (large - small));
  const update = (size: number) => first.update + slope * (size - small);
  const { warmUp, seconds: least } = usualEffort;
  const timing = (size: number) => first.start + warmUp * update(size) + Math.max(least, update(size));
  const trial = (size: number) => first.start + TRIAL_UPDATES * update(size);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return { processes, seconds: sum(batchSizes.map(trial)) + rounds * sum(windows.map(([size]) => timing(size))) };
}

/** Seconds of an update, and of what a process takes beside those that it times. */
async function probe(size: number, timeWindow: ProfileProcesses["timeWindow"]) {
  const began = performance.now();
  const found = await timeWindow([size, size]);
  const seconds = (performance.now() - began) / 1e3;
  if ("kind" in found) return undefined;
  const total = (of: (one: Stretch) => number) => found.reduce((all, one) => all + of(one), 0);
  const wall = total(({ wall }) => wall);
  return { update: wall / total(({ updates }) => updates), start: Math.max(0, seconds - wall) };
}
