/**
 * Diagnoses every run of the atlas and counts how often it is right. A cell counts as faulty where the fault did harm:
 * the validation score fell to less than 95 % of the healthy one, or training broke down. The first finding that is
 * more than a note is the cause that is named; it is right where the atlas lists its kind for the fault. Half of the
 * pairs of subject and fault, chosen by a hash, is for tuning thresholds; figures are of the other half.
 *
 *   node bench/atlas/score.ts FOLDER [tuned|unseen|all, unseen] [--cells]
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { diagnose } from "../../src/advice/diagnosis/diagnose.ts";
import { nativeEngine } from "../../src/runtime/native.ts";
import { readRunFacts } from "../../src/session/diagnosis/runFacts.ts";
import type { DiagnosisFacts } from "../../src/store/diagnosisFacts.ts";
import { decodeJson, encodeJson } from "../../src/store/json.ts";
import { openRun } from "../../src/store/runs.ts";

const [, , folder, half = "unseen", detail] = process.argv;
if (folder === undefined) throw new Error("score: expected the folder of an atlas, got none; generate.ts makes one");

interface Label {
  readonly name: string;
  readonly subject: string;
  readonly fault: string;
  readonly seed: number;
  readonly kinds: readonly string[];
  readonly run: string;
}

const engine = nativeEngine();
const lines = readFileSync(join(folder, "labels.jsonl"), "utf8").trim().split("\n");
const labels = lines.map((line) => JSON.parse(line) as Label);
mkdirSync(join(folder, "facts"), { recursive: true });

/** Read once: thresholds change more often than runs. */
async function factsOf({ name, run }: Label): Promise<DiagnosisFacts> {
  const path = join(folder!, "facts", `${name}.json`);
  if (!existsSync(path)) {
    const { facts } = await readRunFacts(openRun(folder!, resolve(folder!, run)), engine);
    writeFileSync(path, encodeJson(facts));
  }
  return decodeJson(readFileSync(path, "utf8")) as DiagnosisFacts;
}

interface Diagnosed extends Label {
  readonly facts: DiagnosisFacts;
  /** Findings that are more than notes, the likeliest first. */
  readonly found: readonly string[];
  readonly verdict: string;
  /** Validation accuracy, or the share of the variance that is explained. */
  readonly score: number;
}

function scoreOf(facts: DiagnosisFacts): number {
  const last = facts.evaluations.at(-1);
  if (facts.diverged || last === undefined) return 0;
  const { validationAccuracy: accuracy, validationLoss: loss } = last;
  if (Number.isFinite(accuracy)) return accuracy;
  return facts.constantLoss === null || !Number.isFinite(loss) ? 0 : Math.max(0, 1 - loss / facts.constantLoss);
}

const diagnosed: Diagnosed[] = [];
for (const label of labels) {
  const facts = await factsOf(label);
  const { findings, verdict } = diagnose(facts);
  const found = findings.filter(({ strength }) => strength !== "note").map(({ kind }) => kind);
  diagnosed.push({ ...label, facts, found, verdict, score: scoreOf(facts) });
}

const healthy = diagnosed.filter(({ fault }) => fault === "healthy");
const healthyScore = (subject: string) =>
  mean(healthy.filter((one) => one.subject === subject).map(({ score }) => score));
const isHarmed = ({ subject, facts, score }: Diagnosed) => facts.diverged || score < 0.95 * healthyScore(subject);
const isTuned = ({ subject, fault }: Label) =>
  createHash("sha256").update(`${subject} ${fault}`).digest()[0]! % 2 === 0;
const ofHalf = (one: Label) => half === "all" || (half === "tuned") === isTuned(one);
const harmed = diagnosed.filter((one) => one.fault !== "healthy" && isHarmed(one) && ofHalf(one));
const harmless = diagnosed.filter((one) => one.fault !== "healthy" && !isHarmed(one) && ofHalf(one));

const right = ({ kinds, found }: Diagnosed, first: number) =>
  found.slice(0, first).some((kind) => kinds.includes(kind));
const named = harmed.filter(({ found }) => found.length > 0);
const alarmed = healthy.filter(({ found }) => found.length > 0);
const hits = harmed.filter((one) => right(one, 1));
console.log(
  `half: ${half}; ${harmed.length} faulty runs, ${harmless.length} whose fault did no harm, ${healthy.length} healthy`,
);
console.log(`recall ${share(hits.length, harmed.length)}: the first finding names the cause`);
console.log(
  `precision ${share(hits.length, named.length + alarmed.length)}: of the causes named, healthy runs included`,
);
console.log(`among the first two ${share(harmed.filter((one) => right(one, 2)).length, harmed.length)}`);
console.log(`healthy runs with a finding: ${alarmed.length} of ${healthy.length}`);
for (const one of alarmed) console.log(`  ${one.name}: ${one.found.join(", ")}`);

console.log("\nfault (first kind of the atlas), runs, right first, right in two, what was named instead");
for (const fault of new Set(harmed.map((one) => one.fault))) {
  const cells = harmed.filter((one) => one.fault === fault);
  const wrong = cells.filter((one) => !right(one, 1)).map(({ found }) => found[0] ?? "nothing");
  const counted = [...new Set(wrong)].map((kind) => `${kind} ${wrong.filter((one) => one === kind).length}`);
  const counts = [
    cells.length,
    cells.filter((one) => right(one, 1)).length,
    cells.filter((one) => right(one, 2)).length,
  ];
  console.log(`${fault.padEnd(30)}${counts.map((count) => String(count).padStart(4)).join("")}  ${counted.join(", ")}`);
}
if (detail === "--cells")
  for (const { name, verdict, found, kinds } of harmed)
    console.log(`${name}: ${verdict}; ${found.join(", ")} (${kinds[0]})`);

function share(part: number, of: number): string {
  return `${((100 * part) / Math.max(1, of)).toFixed(1)} % (${part} of ${of})`;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}
