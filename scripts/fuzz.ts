import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { campaign, type Result, type Tally } from "./fuzz/campaign.ts";
import type { Ask } from "./fuzz/child.ts";
import { asksFor, formats } from "./fuzz/formats.ts";
import { prepare } from "./fuzz/prepare.ts";

/**
 * Reads files that are damaged or mean harm, of every format that Batchscope reads, and says what became of them:
 * taken, refused in our own words, or a fault. File n of a format is the same at every time, so that a find can be made
 * again.
 *
 *   node scripts/fuzz.ts                              10,000 files over all formats, as `npm run test:fuzz`
 *   node scripts/fuzz.ts --format npz --only 1234     one file again, with all that is said of it
 *   node scripts/fuzz.ts --format npz --first 5000 --count 20000 [--verbose]
 */
const { values } = parseArgs({
  options: {
    format: { type: "string", multiple: true },
    only: { type: "string" },
    first: { type: "string", default: "0" },
    count: { type: "string", default: "10000" },
    workers: { type: "string", default: String(Math.min(2, availableParallelism())) },
    keep: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

function asksOf(): Ask[] {
  const names = values.format ?? formats.map(({ name }) => name);
  const chosen = formats.filter(({ name }) => names.includes(name));
  const unknown = names.find((name) => !formats.some((format) => format.name === name));
  if (unknown)
    throw new Error(`--format: expected one of ${formats.map(({ name }) => name).join(", ")}, got ${unknown}`);
  if (values.only !== undefined) return chosen.map(({ name }) => ({ format: name, n: Number(values.only) }));
  return asksFor(chosen, Number(values.first), Number(values.count));
}

function line(name: string, { files, taken, refused, faults, referenceFailed }: Tally): string {
  const classes = [...refused].sort(([, a], [, b]) => b - a).map(([by, count]) => `${by} ${count}`);
  const reference = referenceFailed > 0 ? `; the second reader died of ${referenceFailed}` : "";
  const numbers = [files, taken, files - taken - faults, faults].map((count) => String(count).padStart(7)).join("  ");
  return `${name.padEnd(12)}${numbers}  ${classes.join(", ")}${reference}`;
}

function summary({ tallies, finds, missing }: Result): string[] {
  const failed = finds.length;
  const passed = [...tallies.values()].reduce((sum, { files }) => sum + files, 0) - failed;
  return [
    `${"format".padEnd(12)}${["files", "taken", "refused", "faults"].map((word) => word.padStart(7)).join("  ")}  refused by`,
    ...formats.flatMap(({ name }) => (tallies.has(name) ? [line(name, tallies.get(name)!)] : [])),
    ...[...missing].map((name) => `not compared: ${name}`),
    ...(failed > 0 ? [`the files of each fault: ${keep}`] : []),
    `${passed} passed, ${failed} failed`,
  ];
}

const scratch = mkdtempSync(join(tmpdir(), "batchscope-fuzz-"));
const keep = values.keep ?? mkdtempSync(join(tmpdir(), "batchscope-finds-"));
const asks = asksOf();
try {
  if (asks.some(({ format }) => format === "records")) prepare(scratch);
  const started = performance.now();
  let done = 0;
  const result = await campaign(asks, {
    scratch,
    keep,
    workers: Math.min(asks.length, Number(values.workers)),
    tell({ format, n }, { verdict, referenceFailed }, kept) {
      if (verdict.kind === "fault")
        console.log(`${format} ${n}: ${verdict.fault}: ${verdict.message}\n    kept in ${kept}`);
      else if (values.verbose || values.only !== undefined)
        console.log(`${format} ${n}:`, verdict, referenceFailed ?? "");
      if (++done % 1000 === 0)
        console.log(`${done} of ${asks.length} files, ${Math.round((performance.now() - started) / 1000)} s`);
    },
  });
  for (const text of summary(result)) console.log(text);
  process.exitCode = result.finds.length > 0 ? 1 : 0;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
