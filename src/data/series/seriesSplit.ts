import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import type { SplitRule } from "../notes.ts";
import type { OpenOptions } from "../openOptions.ts";
import { checkFraction } from "../split.ts";
import { readingsOf, type Series, type WindowOptions, windowLabels } from "./windows.ts";

/** Random orders of the groups that are tried. */
const ORDERS = 200;

/** A series or a piece of one, and what keeps it together with others. */
export interface GroupedSeries extends Series {
  readonly group: string;
}

export interface SeriesSplit {
  readonly train: readonly Series[];
  readonly validation: readonly Series[];
  readonly how: SplitRule;
}

type SplitOption = "validationSplit" | "splitBy" | "splitBlock" | "splitSeed";

/** What the split is to give. */
interface Wanted {
  /** Of the windows, which are cut after the split: none is on both sides, nor is any reading. */
  readonly windows: WindowOptions;
  /** 0 where numbers are to be predicted. */
  readonly classes: number;
}

/**
 * Whole series to validate where there are at least two groups of them and some choice leaves every class on both
 * sides, else, or where `splitBlock` is given, a block of readings of every series with a gap on each side of it that
 * is in neither part: one window, or `splitBlock` readings. Of the blocks the last one with every class on both sides
 * is taken, or the last one. `splitBy` asks for whole series. Throws `DataError` where one side would have no window,
 * and
 * `UsageError` for two ways at once.
 */
export function splitSeries(
  series: readonly GroupedSeries[],
  wanted: Wanted,
  { validationSplit = 0.2, splitBy, splitBlock, splitSeed = 0 }: Pick<OpenOptions, SplitOption>,
): SeriesSplit {
  if (splitBlock !== undefined && splitBy !== undefined)
    throw new UsageError(
      `${option("splitBlock")}: expected one way to split, got ${option("splitBy")} too; keep one of them`,
    );
  checkFraction(validationSplit);
  const groups = new Set(series.map(({ group }) => group)).size;
  if (splitBy !== undefined && groups < 2)
    throw new DataError(
      `${option("splitBy")}: expected at least 2 values of "${splitBy}", got ${groups}; leave it out to validate on a block of readings`,
    );
  const bySeries =
    splitBlock === undefined && groups >= 2 ? bestGroups(series, wanted, validationSplit, splitSeed) : null;
  if (bySeries !== null && (splitBy !== undefined || bySeries.lack === 0))
    return {
      ...bySeries,
      how: { kind: "wholeSeries", column: splitBy ?? null, seed: splitSeed, lacking: bySeries.lack !== 0 },
    };
  const gap = splitBlock ?? wanted.windows.length;
  const block = bestBlock(series, wanted, validationSplit, gap);
  const { place, ...parts } = block;
  return { ...parts, how: { kind: "seriesBlock", ...place, gap, lacking: block.lack !== 0 } };
}

interface Candidate {
  readonly train: readonly Series[];
  readonly validation: readonly Series[];
  /** 0 with every class on both sides; Infinity where a side has no window. */
  readonly lack: number;
}

/** Windows of each class; of numbers, of one class. */
function countsOf(series: readonly Series[], { windows, classes }: Wanted): Uint32Array {
  const counts = new Uint32Array(Math.max(1, classes));
  for (const one of series) for (const label of windowLabels(one, windows)) counts[classes === 0 ? 0 : label]!++;
  return counts;
}

/** How much is wanting: a class that training has not counts twice one that validation has not. */
function lackOf(all: Uint32Array, train: Uint32Array, validation: Uint32Array): number {
  const none = (counts: Uint32Array) => counts.every((count) => count === 0);
  if (none(train) || none(validation)) return Number.POSITIVE_INFINITY;
  return all.reduce(
    (sum, count, c) => (count === 0 ? sum : sum + 2 * Number(train[c] === 0) + Number(validation[c] === 0)),
    0,
  );
}

/**
 * Of all beginnings of random orders of the groups, the one that lacks least, and of these the
 * one nearest to the fraction of the windows.
 */
function bestGroups(series: readonly GroupedSeries[], wanted: Wanted, fraction: number, seed: number): Candidate {
  const members = Map.groupBy(series, ({ group }) => group);
  const names = [...members.keys()].sort();
  const counts = names.map((name) => countsOf(members.get(name)!, wanted));
  const all = counts.reduce(
    (sum, one) => sum.map((count, c) => count + one[c]!),
    counts[0]!.map(() => 0),
  );
  const total = all.reduce((sum, count) => sum + count, 0);
  const { permutation } = random(seed);
  let best = { lack: Number.POSITIVE_INFINITY, distance: Number.POSITIVE_INFINITY, chosen: new Set<string>() };
  for (let k = 0; k < ORDERS; k++) {
    const order = permutation(names.length);
    const validation = all.map(() => 0);
    for (let i = 0; i < names.length - 1; i++) {
      for (const [c, count] of counts[order[i]!]!.entries()) validation[c]! += count;
      const size = validation.reduce((sum, count) => sum + count, 0);
      const train = all.map((count, c) => count - validation[c]!);
      const lack = lackOf(all, train, validation);
      const distance = Math.abs(size - fraction * total);
      if (lack > best.lack || (lack === best.lack && distance >= best.distance)) continue;
      best = { lack, distance, chosen: new Set(Array.from(order.subarray(0, i + 1), (j) => names[j]!)) };
    }
  }
  return {
    lack: best.lack,
    train: series.filter(({ group }) => !best.chosen.has(group)),
    validation: series.filter(({ group }) => best.chosen.has(group)),
  };
}

function bestBlock(
  series: readonly GroupedSeries[],
  wanted: Wanted,
  fraction: number,
  gap: number,
): Candidate & { readonly place: { readonly block: number | null; readonly blocks: number } } {
  const blocks = Math.max(1, Math.floor(1 / fraction));
  const all = countsOf(series, wanted);
  const candidates = Array.from({ length: blocks }, (_, k) => {
    const position = blocks - 1 - k;
    const start = blocks === 1 ? 1 - fraction : (position * (1 - fraction)) / (blocks - 1);
    const { train, validation } = cutBlock(series, start, fraction, gap);
    const lack = lackOf(all, countsOf(train, wanted), countsOf(validation, wanted));
    return { train, validation, lack, place: { block: k === 0 ? null : position + 1, blocks } };
  });
  const best = candidates.reduce((a, b) => (b.lack < a.lack ? b : a));
  if (best.lack < Number.POSITIVE_INFINITY) return best;
  const longest = series.reduce((most, one) => Math.max(most, readingsOf(one)), 0);
  throw new DataError(
    `${option("validationSplit")}: expected series that leave a window of ${wanted.windows.length} readings on both sides and ` +
      `${gap} between them, got at most ${longest} readings; lower ${option("windowLength")} or change ${option("validationSplit")}`,
  );
}

/** The block that begins at the share `start` of every whole series, and what lies at least `gap` readings from it. */
function cutBlock(series: readonly GroupedSeries[], start: number, fraction: number, gap: number) {
  const lengths = new Map<string, number>();
  for (const one of series)
    lengths.set(one.name, Math.max(lengths.get(one.name) ?? 0, (one.first ?? 0) + readingsOf(one)));
  const pieces = series.map((one) => {
    const length = lengths.get(one.name)!;
    const from = Math.round(start * length);
    const to = Math.min(length, from + Math.round(fraction * length));
    return {
      train: [...piece(one, 0, from - gap), ...piece(one, to + gap, length)],
      validation: piece(one, from, to),
    };
  });
  return { train: pieces.flatMap(({ train }) => train), validation: pieces.flatMap(({ validation }) => validation) };
}

/** The readings `from` … `to` − 1 of the whole series that lie in `one`; nothing where none do. */
export function piece<One extends Series>(one: One, from: number, to: number): One[] {
  const first = one.first ?? 0;
  const [start, end] = [Math.max(0, from - first), Math.min(readingsOf(one), to - first)];
  if (end <= start) return [];
  return [
    {
      ...one,
      first: first + start,
      channels: one.channels.map((values) => values.subarray(start, end)),
      classes: one.classes.subarray(start, end),
      ...(one.values && { values: one.values.subarray(start, end) }),
    },
  ];
}
