import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { encodeNpz } from "../src/data/files/npz.ts";
import { resolveConfiguration } from "../src/session/configuration.ts";
import type { OptionRow } from "../src/session/options/option.ts";
import { type TrainField, trainFields } from "../src/session/options/options.ts";
import { prepareTraining } from "../src/session/prepare.ts";
import type { Prepared } from "../src/session/prepared.ts";
import { DataError, NotFoundError, ShapeError, UnsupportedError, UsageError } from "../src/tensor/errors.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, sizeOf } from "../src/tensor/tensor.ts";

/** Options by name, as a configuration's file gives them. */
export type Given = Readonly<Record<string, unknown>>;

/** One value of one option; of a subject, a model with its data. */
export interface Level {
  readonly field: string;
  readonly given: Given;
}

/** What no single training shows: where it is kept and how, what happens before or after it, other machines. */
const leftOut: ReadonlySet<string> = new Set<TrainField>([
  ...([
    "model",
    "output",
    "data",
    "subset",
    "initFrom",
    "initOptimizer",
    "dir",
    "name",
    "description",
    "tags",
    "trialOf",
    "progress",
    "failOn",
    "json",
  ] as const),
  ...(["tensorboard", "keepCheckpoints", "device", "fastDevRun", "checkpointMinutes"] as const),
  ...(["swapWorkers", "swapEpochs", "swapBatchSize", "swapLearningRate", "swapSchedule"] as const),
]);

/** Values of options that take words of their own. */
const words: Partial<Record<TrainField, readonly unknown[]>> = {
  accumulationSchedule: ["0:1,1:2", "noise-scale", "ramp:8@4", "cbs:9.5@4", "cbs", "seesaw"],
  augment: ["noise:0.1", "flip"],
  classWeights: ["balanced", "1,2,3"],
  focalAlpha: ["0.5"],
  positiveWeight: ["2"],
  milestones: ["1"],
  parameterRates: [["*.bias=0.1"]],
  target: ["label"],
  features: ["a,b"],
  drop: ["b"],
  splitBy: ["site"],
  seriesBy: ["site"],
  time: ["a"],
  imageSize: ["8"],
  scaleExponent: ["0.5"],
  beta2HalfLife: ["900"],
  baseNoiseScale: ["50:20:90"],
};

const numbers = [0.25, 2, 1];

/** Values of an option other than its default, as its row tells them. */
function valuesOf(field: TrainField, { schema: written, kind }: OptionRow): readonly unknown[] {
  const schema = written(z);
  if (words[field]) return words[field];
  const usual = schema.safeParse(undefined).data;
  if (kind === "boolean") return [usual !== true];
  const names = namesOf(schema);
  if (names) return names.filter((name) => name !== usual);
  return kind === "number" ? numbers.filter((value) => schema.safeParse(value).success).slice(0, 1) : [];
}

function namesOf(schema: z.ZodType): readonly unknown[] | undefined {
  const { def } = schema as unknown as { def: { type: string; innerType?: z.ZodType; entries?: object } };
  return def.innerType ? namesOf(def.innerType) : def.type === "enum" ? Object.values(def.entries!) : undefined;
}

/** Models with data, written to `folder`: a table, images, and series that an exported network reads. */
function subjectsIn(folder: string): Level[] {
  const { normal } = random(1);
  const path = (name: string) => join(folder, name);
  const rows = Array.from({ length: 24 }, (_, i) => [normal(), normal() + i, "xyz"[i % 3], `s${i % 8}`].join());
  writeFileSync(path("table.csv"), `a,b,label,site\n${rows.join("\n")}\n`);
  const arrays = (name: string, shape: readonly number[]) => {
    const x = fromNumbers("float32", [24, ...shape], Array.from({ length: 24 * sizeOf(shape) }, normal));
    const y = fromNumbers(
      "int64",
      [24],
      [...Array(24).keys()].map((i) => i % 3),
    );
    writeFileSync(path(name), encodeNpz(new Map(Object.entries({ x, y }))));
  };
  arrays("images.npz", [1, 8, 8]);
  arrays("series.npz", [16, 6]);
  const gru = new URL("fixtures/models/gru-13/model.onnx", import.meta.url).pathname;
  const subject = (model: string, data: string): Level => ({ field: "subject", given: { model, data: path(data) } });
  return [subject("mlp", "table.csv"), subject("vit:nano", "images.npz"), subject(gru, "series.npz")];
}

export interface Levels {
  readonly base: Given;
  readonly levels: readonly Level[];
  /** Those with all values of every option, of which a level may need one beside it. */
  readonly all: readonly Level[];
}

/** Every `wanted` option that acts on a training, with at most `most` values of each. */
export function levelsIn(folder: string, most: number, wanted: (row: OptionRow) => boolean = () => true): Levels {
  const subjects = subjectsIn(folder);
  const fields = (Object.entries(trainFields) as [TrainField, OptionRow][]).filter(([field]) => !leftOut.has(field));
  const options = fields.flatMap(([field, row]) =>
    valuesOf(field, row).map((value, place) => ({
      field,
      given: { [field]: value },
      tried: place < most && wanted(row),
    })),
  );
  const levels = [...subjects, ...options.filter(({ tried }) => tried)];
  return { base: { ...subjects[0]!.given, limitExamples: 8 }, levels, all: [...subjects, ...options] };
}

/** Options without a value to try: a new one must get one in `words`, or be left out on purpose. */
export function unsampled(): string[] {
  return (Object.entries(trainFields) as [TrainField, OptionRow][])
    .filter(([field, row]) => !leftOut.has(field) && valuesOf(field, row).length === 0)
    .map(([field]) => field);
}

export interface Row {
  readonly given: Given;
  readonly prepared: Prepared;
}

const refusals = [UsageError, DataError, ShapeError, UnsupportedError, NotFoundError];

/** What becomes of a choice of options: prepared, or undefined where it is refused in our own words. */
async function prepared(given: Given): Promise<Prepared | undefined> {
  try {
    return await prepareTraining(resolveConfiguration(given, {}));
  } catch (error) {
    if (refusals.some((kind) => error instanceof kind)) return undefined;
    throw new Error(`${JSON.stringify(given)}: ${error}`, { cause: error });
  }
}

const has = (given: Given, level: Level) => Object.entries(level.given).every(([name, value]) => given[name] === value);
const key = (a: number, b: number) => `${Math.min(a, b)} ${Math.max(a, b)}`;

export interface Cover {
  readonly rows: readonly Row[];
  /** Pairs of levels that some row has, and those that nothing accepts. */
  readonly covered: number;
  readonly refused: readonly (readonly [Level, Level])[];
}

/**
 * Choices of options such that every two values of two options, if they are allowed together at all, stand in one of
 * them: a pairwise covering array under constraints, grown greedily in an order drawn from `seed`. What an option needs
 * beside it (a schedule, an optimizer, a loss, other data) is found by trying.
 */
export async function coverPairs({ base, levels, all }: Levels, seed: number): Promise<Cover> {
  const stream = random(seed);
  const order = stream.permutation(levels.length);
  const needs: Given[] = [];
  for (const level of levels) needs.push(await neededBy(base, level, all));
  const open = new Set<string>();
  levels.forEach((a, i) => {
    levels.slice(0, i).forEach((b, j) => void (a.field !== b.field && open.add(key(i, j))));
  });
  const total = open.size;
  const [rows, refused]: [Row[], (readonly [Level, Level])[]] = [[], []];
  for (const pair of open) {
    const [i, j] = pair.split(" ").map(Number) as [number, number];
    const [a, b] = [levels[i]!, levels[j]!];
    const row = await firstOf(together(base, [a, needs[i]!], [b, needs[j]!]));
    open.delete(pair);
    if (!row) refused.push([a, b]);
    else rows.push(await grow(row, { levels, order, open }));
  }
  return { rows, covered: total - refused.length, refused };
}

/** What has to be given beside a level for it to be accepted; nothing where nothing single helps. */
async function neededBy(base: Given, level: Level, levels: readonly Level[]): Promise<Given> {
  const alone = { ...base, ...level.given };
  if (await prepared(alone)) return {};
  const others = levels.filter(({ field }) => field !== level.field);
  for (const other of others) if (await prepared({ ...alone, ...other.given, ...level.given })) return other.given;
  return {};
}

/** Ways to have two levels at once. */
function together(base: Given, [a, withA]: [Level, Given], [b, withB]: [Level, Given]): Given[] {
  const both = { ...a.given, ...b.given };
  return [{}, withA, withB, { ...withA, ...withB }, { ...withB, ...withA }].map((more) => ({
    ...base,
    ...more,
    ...both,
  }));
}

async function firstOf(choices: readonly Given[]): Promise<Row | undefined> {
  for (const given of choices) {
    const found = await prepared(given);
    if (found) return { given, prepared: found };
  }
  return undefined;
}

interface Open {
  readonly levels: readonly Level[];
  readonly order: ArrayLike<number>;
  /** Pairs that no row has yet; those of the row are taken out. */
  readonly open: Set<string>;
}

/** Adds every level that is allowed and makes a pair that is still open. */
async function grow(start: Row, { levels, order, open }: Open): Promise<Row> {
  let row = start;
  const inside = () => levels.flatMap((level, i) => (has(row.given, level) ? [i] : []));
  for (const i of Array.from(order)) {
    const level = levels[i]!;
    const taken = Object.keys(level.given).some((name) => name in row.given);
    if (taken || !inside().some((j) => open.has(key(i, j)))) continue;
    const given = { ...row.given, ...level.given };
    const found = await prepared(given);
    if (found) row = { given, prepared: found };
  }
  const members = inside();
  for (const i of members) for (const j of members) open.delete(key(i, j));
  return row;
}
