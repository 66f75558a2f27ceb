/**
 * What inspect-data finds of labels that were made wrong: a share of them, drawn at random, is given another class, any with the same
 * chance. Of noise 0 only the number of doubted labels is printed: how often it cries wolf.
 *
 *   node bench/labelNoise.ts [data, comma separated] [noise, comma separated] [examples]
 */

import { openData } from "../src/data/registry.ts";
import { inspectData } from "../src/experiment/inspect.ts";
import { defaultModel } from "../src/experiment/inspectDefaults.ts";
import { subjectOf } from "../src/experiment/inspectSubject.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { foundOf, plantLabels } from "../test/plantedLabels.ts";
import { table } from "./measure.ts";

const SEED = 0;
const engine = nativeEngine();
const [names = "mnist", noises = "0.1,0", limit] = process.argv.slice(2);

async function row(name: string, noise: number): Promise<string[]> {
  const { train, validation } = await openData(name);
  const { data: clean } = subjectOf(train, validation, limit === undefined ? undefined : Number(limit), SEED);
  const { data, wrong } = plantLabels(clean, noise, SEED);
  const subject = { inspected: "training part", data, other: null, place: placeOf } as const;
  const model = defaultModel(data);
  const inspection = await inspectData(engine, { subject, model, folds: 5, seed: SEED, threads: 2 });
  const { summary, settings } = inspection!;
  const found = foundOf(inspection!, wrong);
  const { auc } = found;
  return [
    name,
    String(summary.examples),
    `${model}, ${settings.epochs} × ${settings.batchSize}`,
    String(noise),
    ...[auc.score, auc.errorNorm, auc.selfInfluence, found.precisionAtPlanted].map(fixed),
    String(found.named),
    fixed(found.precision),
    fixed(found.recall),
    fixed(summary.estimatedNoise),
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
    ...["named", "precision", "recall", "estimated noise", "held-out accuracy", "seconds"],
  ],
];
for (const name of names.split(","))
  for (const noise of noises.split(",").map(Number)) {
    rows.push(await row(name, noise));
    process.stderr.write(`${rows.at(-1)!.join("  ")}\n`);
  }
process.stdout.write(`${table(rows)}\n`);
