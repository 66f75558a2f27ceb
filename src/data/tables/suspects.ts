import { namesIds } from "../files/columnNames.ts";
import type { DataNote } from "../notes.ts";

/** Rows fewer than these ascend, or agree with a target, by chance. */
const LEAST_ROWS = 10;
/** Different values that a column must run through to ascend: a few sorted groups are no order of the rows. */
const LEAST_STEPS = 10;
/** Columns that a note names at most. */
const MOST_NAMED = 5;
/** Values of a column that are compared with a number to predict, unless most of them come but once. */
const MOST_VALUES = 1000;
const FIRST_VALUES = 64;
/** Rows that run through a range by no chance, as ranks in a small table may. */
const LEAST_RANGE = 30;
/** Of an id: fewer different values may be a flag. */
const LEAST_IDS = 3;
/** Whole numbers that are kept to find one that comes again. */
const MOST_NUMBERS = 2 ** 20;
/** How far a number may be from a line, relative to what it is made of. */
const TOLERANCE = 1e-6;

/** Columns of numbers, or positions of categories, and the target behind them; NaN where one is missing. */
export interface Columns {
  readonly names: readonly string[];
  readonly target: string;
  /** Whether the target is a class; negative ones are none. */
  readonly classes: boolean;
  /** Whether a column can be left out by an option. */
  readonly droppable: boolean;
  /** In the order of the file. */
  readonly rows: Iterable<ArrayLike<number>>;
}

/**
 * Notes on columns that ascend or descend with the rows, as numbers of rows do, on numbers that only identify, by their
 * name or as they run through a range of whole numbers once in whatever order, and on those that tell the target by
 * themselves: every value stands for one target and no other value does, or the target lies on a line over them.
 */
export function suspectColumns({ names, target, classes, droppable, rows }: Columns): DataNote[] {
  let orders = names.map((_, c) => newOrder(c));
  let pairs = names.map((_, c) => newPairs(c));
  let lines = classes ? [] : names.map((_, c) => newLine(c));
  let ranges = names.map((_, c) => newRange(c));
  const ids = names.flatMap((name, c) => (namesIds(name) ? [{ c, values: new Set<number>() }] : []));
  let size = 0;
  for (const row of rows) {
    if (size++ % 256 === 255 && orders.length + pairs.length + lines.length + ranges.length === 0) break;
    ranges = kept(ranges, (range) => runThrough(range, row[range.c]!));
    for (const { c, values } of ids) if (values.size < LEAST_IDS) values.add(row[c]!);
    const aim = row[names.length]!;
    orders = kept(orders, (order) => follow(order, row[order.c]!));
    if (Number.isNaN(aim) || (classes && aim < 0)) continue;
    pairs = kept(pairs, (one) => pair(one, row[one.c]!, aim));
    lines = kept(lines, (line) => lieOn(line, row[line.c]!, aim));
  }
  const ascending = orders.filter(({ steps }) => steps >= LEAST_STEPS).map(({ c }) => c);
  const telling = [
    ...pairs.filter(({ targets, seen }) => seen >= LEAST_ROWS && targets.size > 1 && 2 * targets.size <= seen),
    ...lines.filter(({ seen, slope }) => seen >= LEAST_ROWS && slope !== undefined),
  ].map(({ c }) => c);
  const once = ranges.filter(({ seen, least, most }) => seen.size >= LEAST_RANGE && most - least < 2 * seen.size);
  const identifying = [...once, ...ids.filter(({ values }) => values.size >= LEAST_IDS)]
    .map(({ c }) => c)
    .filter((c) => !ascending.includes(c));
  return [
    ...named(identifying, names).map((found) => ({ kind: "identifying" as const, ...found, droppable })),
    ...named(ascending, names).map((found) => ({ kind: "ascending" as const, ...found, droppable })),
    ...named(telling, names).map((found) => ({ kind: "telling" as const, ...found, droppable, target })),
  ];
}

/** One list of names, or none. */
function named(columns: readonly number[], names: readonly string[]) {
  const found = [...new Set(columns)].sort((a, b) => a - b);
  const first = found.slice(0, MOST_NAMED).map((c) => names[c]!);
  return found.length === 0 ? [] : [{ columns: first, more: found.length - first.length }];
}

/** Nothing is copied as long as all are kept, which of few is the rule and of many at the end. */
function kept<T>(list: T[], holds: (one: T) => boolean): T[] {
  let all = true;
  const still = list.map((one) => {
    const stays = holds(one);
    all &&= stays;
    return stays;
  });
  return all ? list : list.filter((_, i) => still[i]);
}

interface Order {
  readonly c: number;
  last: number;
  /** 1 where it ascends, −1 where it descends, 0 where it has not moved. */
  direction: number;
  steps: number;
}

function newOrder(c: number): Order {
  return { c, last: Number.NaN, direction: 0, steps: 0 };
}

function follow(order: Order, value: number): boolean {
  if (Number.isNaN(value)) return true;
  if (value === order.last) return true;
  if (!Number.isNaN(order.last)) {
    const direction = value > order.last ? 1 : -1;
    if (order.direction !== 0 && direction !== order.direction) return false;
    order.direction = direction;
  }
  order.last = value;
  order.steps++;
  return true;
}

/** Whole numbers, each of which comes once. */
interface Range {
  readonly c: number;
  readonly seen: Set<number>;
  least: number;
  most: number;
}

function newRange(c: number): Range {
  return { c, seen: new Set(), least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
}

function runThrough(range: Range, value: number): boolean {
  const goesOn = Number.isInteger(value) && !range.seen.has(value) && range.seen.size < MOST_NUMBERS;
  if (!goesOn) return false;
  range.seen.add(value);
  range.least = Math.min(range.least, value);
  range.most = Math.max(range.most, value);
  return true;
}

/** Which target each value stands for, and the other way round. */
interface Pairs {
  readonly c: number;
  readonly targets: Map<number, number>;
  readonly values: Map<number, number>;
  seen: number;
}

function newPairs(c: number): Pairs {
  return { c, targets: new Map(), values: new Map(), seen: 0 };
}

function pair(pairs: Pairs, value: number, target: number): boolean {
  if (Number.isNaN(value)) return true;
  const { targets, values } = pairs;
  pairs.seen++;
  const [known, other] = [targets.get(value), values.get(target)];
  if (known === undefined && other === undefined) {
    targets.set(value, target);
    values.set(target, value);
    return targets.size <= FIRST_VALUES || (targets.size <= MOST_VALUES && 2 * targets.size <= pairs.seen);
  }
  return known === target && other === value;
}

/** The line through the first two points that differ. */
interface Line {
  readonly c: number;
  first: readonly [value: number, target: number] | undefined;
  slope: number | undefined;
  seen: number;
}

function newLine(c: number): Line {
  return { c, first: undefined, slope: undefined, seen: 0 };
}

function lieOn(line: Line, value: number, target: number): boolean {
  if (Number.isNaN(value)) return true;
  line.seen++;
  line.first ??= [value, target];
  const [value0, target0] = line.first;
  if (value === value0) return target === target0;
  line.slope ??= (target - target0) / (value - value0);
  const rise = line.slope * (value - value0);
  const scale = Math.abs(target) + Math.abs(target0) + Math.abs(rise);
  return line.slope !== 0 && Math.abs(target - target0 - rise) <= TOLERANCE * scale;
}
