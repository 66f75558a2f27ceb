import { expect, test } from "vitest";
import { findMicroBatch, type TrialOutcome } from "../../experiment/microBatchSearch.ts";
import { memoryLimit } from "../../session/memory.ts";
import { embedRows } from "../../statistics/embedding.ts";
import { type LearningRateSweep, suggestLearningRate } from "../../statistics/learningRateSweep.ts";
import { noteInChinese, reasonInChinese } from "./notes.ts";

const alike = (rows: number, zeroRows = 0) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: rows }, (_, j) =>
      Math.min(i, j) < zeroRows ? Number.NaN : i === j ? 1 : 0.1 * Math.cos(i + j),
    ),
  );

test.each([
  ["too few rows", alike(3), ["3"]],
  ["a lowered perplexity", alike(8), ["30", "2.3", "7"]],
  ["rows without a direction", alike(8, 2), ["30", "2.3", "7", "8", "2"]],
])("what an analysis notes of %s is told in Chinese with its numbers", (_, cosine, numbers) => {
  const note = embedRows(cosine, { seed: 1 }).note!;
  const chinese = noteInChinese(note);
  expect(chinese).toMatch(/\p{Script=Han}/u);
  expect(chinese).not.toMatch(/[a-z]{3,} /);
  expect(chinese.match(/[\d.]+/g)).toEqual(numbers);
});

/** Losses over 1e-6 … 10 that begin to fall around 10^fall and to rise after 10^rise. */
function sweepOf(seed: number, { fall = -3, rise = -1, height = 1, rates = 70 }): LearningRateSweep {
  const learningRates = Array.from({ length: rates }, (_, i) => 10 ** (-6 + (7 * i) / rates));
  const losses = learningRates.map((rate, i) => {
    const place = Math.log10(rate);
    const bend = 1 / (1 + Math.exp(6 * (place - fall)));
    return height * bend + Math.max(0, place - rise) ** 2 + 0.01 * Math.cos(9 * i + seed);
  });
  return { seed, initialLoss: losses[0]!, learningRates, losses, end: rise < 1 ? "rose" : "rates" };
}
const sweeps = (...shapes: Parameters<typeof sweepOf>[1][]) => shapes.map((shape, seed) => sweepOf(seed, shape));

test.each([
  ["a suggestion", sweeps({}, {}, {}), []],
  ["no fall", sweeps({ height: 0, rise: 2 }, { height: 0, rise: 2 }, {}), ["3", "1"]],
  ["an early rise", sweeps({ rise: -5.9 }, { rise: -5.9 }, { rise: -5.9 }), ["3", "0"]],
  ["a fall to the end", sweeps({ fall: 1, rise: 2 }, { fall: 1, rise: 2 }, { fall: 1, rise: 2 }), ["3", "0"]],
  ["disagreement", sweeps({ fall: -5 }, { fall: -4 }, { fall: -2 }), []],
])("the reason of %s is told in Chinese", (_, given, numbers) => {
  const { why, sweeps: readings } = suggestLearningRate(given);
  for (const reason of [why, ...readings.flatMap(({ problem }) => problem ?? [])]) {
    const chinese = reasonInChinese(reason);
    expect(chinese).toMatch(/^\p{Script=Han}/u);
    expect(chinese).not.toMatch(/[a-z]{2}|; /i);
  }
  for (const number of numbers) expect(reasonInChinese(why)).toContain(number);
});

test.each([
  ["physical", { physical: 100, allowed: null, free: 200 }],
  ["allowed", { physical: 100, allowed: 50, free: 200 }],
  ["free", { physical: 100, allowed: null, free: 20 }],
])("the source of a memory limit is told in Chinese: %s", (_, system) => {
  expect(reasonInChinese(memoryLimit("auto", system).source)).toMatch(/^[\p{Script=Han}]+的 90 %$/u);
});

test("what a search of micro-batches notes, and how a trial ended, are told in Chinese", async () => {
  const seconds = { median: 1, lower: 1, upper: 1, runs: 7 };
  const tries = new Map<number, number>();
  const attempt = async (size: number): Promise<TrialOutcome> => {
    tries.set(size, (tries.get(size) ?? 0) + 1);
    if (size === 8) return { kind: "failed", how: "internal: odd" };
    if (size === 7 && tries.get(size) === 2) return { kind: "memory", peakBytes: Number.NaN, how: "ended by SIGKILL" };
    return { kind: "fits", peakBytes: 1, secondsPerExample: seconds };
  };
  const notes = [...(await findMicroBatch(attempt, 16)).notes, ...(await findMicroBatch(attempt, 2)).notes];
  const chinese = notes.map(reasonInChinese);
  expect(chinese.map((note) => note.replace("internal: odd", ""))).toEqual(
    notes.map(() => expect.not.stringMatching(/[a-z]{2}/i)),
  );
  expect(chinese).toHaveLength(3);
  expect(reasonInChinese("ended by SIGKILL")).toBe("被 SIGKILL 终止");
});
