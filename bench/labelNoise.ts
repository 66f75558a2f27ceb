/**
 * What inspect-data finds of labels that were made wrong: a share of them, drawn at random, is given another class, any
 * with the same chance ("0.1"), that which is easily taken for it, 4 for 9 and a shirt for a T-shirt ("0.1 pairs"), or
 * so in one direction, nines stay nines ("0.2 one-way"), which the models learn from the labels. Of noise 0 the number
 * of doubted labels says how often it cries wolf; beside it stands how many it expects to doubt where no label is
 * wrong.
 *
 *   node bench/labelNoise.ts [data, comma separated] [noise, comma separated] [examples] [model]
 */

import { openData } from "../src/data/registry.ts";
import { defaultModel } from "../src/inspection/defaults.ts";
import { inspectData } from "../src/inspection/inspect.ts";
import { subjectOf } from "../src/inspection/subject.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { foundOf, plantLabels } from "../test/plantedLabels.ts";
import { table } from "./measure.ts";

const SEED = 0;
const pairs: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  iris: [[1, 2]],
  mnist: [
    [4, 9],
    [3, 5],
    [1, 7],
    [0, 6],
    [2, 8],
  ],
  // T-shirt and shirt, pullover and coat, sandal and sneaker, trousers and dress, bag and ankle boot.
  "fashion-mnist": [
    [0, 6],
    [2, 4],
    [5, 7],
    [1, 3],
    [8, 9],
  ],
};
const engine = nativeEngine();
const [names = "mnist", noises = "0.1,0", limit, asked] = process.argv.slice(2);

async function row(name: string, noise: string): Promise<string[]> {
  const { train, validation } = await openData(name);
  const { data: clean } = subjectOf(
    train,
    validation,
    limit === undefined || limit === "all" ? undefined : Number(limit),
    SEED,
  );
  const [share, kind] = noise.split(" ");
  const { data, wrong } = plantLabels(clean, Number(share), SEED, kind ? pairs[name] : [], kind === "one-way");
  const subject = { inspected: "training part", data, other: null, place: placeOf, where: () => null } as const;
  const model = asked ?? defaultModel(data);
  const inspection = await inspectData(engine, { subject, model, folds: 5, seed: SEED, threads: 1 });
  const { summary, settings } = inspection!;
  const found = foundOf(inspection!, wrong);
  const { auc } = found;
  const { withoutErrors, estimatedNoiseInterval: interval } = summary;
  return [
    name,
    String(summary.examples),
    `${model}, ${settings.epochs} × ${settings.batchSize}`,
    noise,
    ...[auc.score, auc.errorNorm, auc.selfInfluence, found.precisionAtPlanted].map(fixed),
    String(found.named),
    String(found.hits),
    summary.doubtedThoughRight.toFixed(0),
    `${withoutErrors.mean.toFixed(1)} (${withoutErrors.least}–${withoutErrors.most})`,
    fixed(found.planted / data.size),
    `${fixed(summary.estimatedNoise)} (${fixed(interval.lower)}–${fixed(interval.upper)})`,
    fixed(summary.heldOutAccuracy),
    summary.seconds.toFixed(0),
  ];
}

function placeOf(index: number) {
  return { part: "train", index } as const;
}

function fixed(value: number): string {
  return Number.isNaN(value) ? "–" : value.toFixed(4);
}

const rows = [
  [
    ...["data", "examples", "model, epochs × batch", "noise"],
    ...["AUC score", "EL2N", "self-influence", "precision at planted"],
    ...["doubted", "planted", "expected right", "without errors"],
    ...["true noise", "estimated noise (95 %)", "held-out accuracy", "seconds"],
  ],
];
for (const name of names.split(","))
  for (const noise of noises.split(",")) {
    rows.push(await row(name, noise));
    process.stderr.write(`${rows.at(-1)!.join("  ")}\n`);
  }
process.stdout.write(`${table(rows)}\n`);
