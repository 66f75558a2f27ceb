import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openEngine } from "../../src/runtime/open.ts";
import { openReference } from "../../src/runtime/reference.ts";
import { type Comparison, compare } from "./compare.ts";

/**
 * Compares the gradients of every model in a folder that export.py wrote with PyTorch's, and prints a line for each.
 * Run by hand:
 *
 *   node scripts/corpus/check.ts FOLDER [--only PATTERN] [--precision float64]
 *
 * A model passes when its float32 gradients are within 1e-3 of PyTorch's in float64. Deep networks with random weights
 * have units so near to a kink that rounding decides on which side they are, PyTorch's as ours; then float64 decides,
 * within 1e-6.
 */
const { values, positionals } = parseArgs({
  options: { only: { type: "string", default: "" }, precision: { type: "string", default: "float32" } },
  allowPositionals: true,
});
const [folder] = positionals;
if (!folder) throw new Error("check.ts: expected a folder of exported models; run export.py first");

const native = await openEngine();
const reference = openReference(native);

function within({ loss, worst }: Comparison, tolerance: number): boolean {
  return loss < tolerance && worst.difference < tolerance;
}

/** Prints a model's line; false when it is too far from PyTorch. */
async function check(name: string): Promise<boolean> {
  const path = join(folder!, name);
  const start = performance.now();
  const wide = values.precision === "float64";
  const found = await compare(wide ? reference : native, path);
  const seconds = (performance.now() - start) / 1000;
  const columns = [found.loss, found.worst.difference, found.noise].map((x) => x.toExponential(1).padEnd(9));
  const line = `${columns.join(" ")} ${seconds.toFixed(2).padStart(7)}  ${name}, ${found.worst.parameter}`;
  if (within(found, wide ? 1e-6 : 1e-3) || wide) {
    console.log(line);
    return within(found, wide ? 1e-6 : 1e-3);
  }
  const exact = await compare(reference, path);
  console.log(`${line}; float64: ${exact.worst.difference.toExponential(1)}`);
  return within(exact, 1e-6);
}

const failed: string[] = [];
console.log("loss      gradient  PyTorch   seconds  model, worst parameter");
for (const name of readdirSync(folder).sort()) {
  if (!new RegExp(values.only).test(name)) continue;
  const passed = await check(name).catch((error: Error) => {
    console.log(`${name}: ${error.message}`);
    return false;
  });
  if (!passed) failed.push(name);
}
console.log(failed.length === 0 ? "all within tolerance" : `failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
