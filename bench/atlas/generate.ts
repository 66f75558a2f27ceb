/**
 * Trains the fault atlas: every fault in every subject that can have it, and the healthy trainings beside them, each
 * with five seeds. `labels.jsonl` says what is wrong with each run. Goes on where it stopped.
 *
 *   node bench/atlas/generate.ts FOLDER [seeds, 5] [a part of "subject fault"]
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nativeEngine } from "../../src/runtime/native.ts";
import { faults } from "./faults.ts";
import type { Setup } from "./setup.ts";
import { subjects } from "./subjects.ts";
import { trainCell } from "./train.ts";

const [, , folder, seeds = "5", part = ""] = process.argv;
if (folder === undefined) throw new Error("generate: expected a folder, got none; name where the runs shall lie");

/** A line of `labels.jsonl`. */
interface Cell {
  readonly name: string;
  readonly subject: string;
  readonly fault: string;
  readonly seed: number;
  readonly kinds: readonly string[];
  readonly repairs: readonly string[];
}

const engine = nativeEngine();
const labels = join(folder, "labels.jsonl");
mkdirSync(folder, { recursive: true });
const lines = existsSync(labels) ? readFileSync(labels, "utf8").trim().split("\n") : [];
const known = new Set(lines.map((line) => (JSON.parse(line) as Cell).name));
for (let seed = 1; seed <= Number(seeds); seed++)
  for (const subject of subjects) {
    const healthy = await subject.setup(seed);
    const cell = (fault: string) => ({ name: `${subject.name}.${fault}.${seed}`, subject: subject.name, fault, seed });
    await trainOne({ ...cell("healthy"), kinds: [], repairs: [] }, healthy);
    for (const { name, kinds, repairs, put } of faults) {
      const faulty = put(healthy, seed);
      if (faulty !== null) await trainOne({ ...cell(name), kinds, repairs }, faulty);
    }
  }

async function trainOne(cell: Cell, setup: Setup) {
  if (known.has(cell.name) || !`${cell.subject} ${cell.fault}`.includes(part)) return;
  const begin = performance.now();
  const run = await trainCell(setup, cell.name, folder!, engine);
  appendFileSync(labels, `${JSON.stringify({ ...cell, run })}\n`);
  console.log(`${cell.name} ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
