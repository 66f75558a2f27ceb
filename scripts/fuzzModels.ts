import { compareMutated } from "../test/foreignFuzz.ts";

/**
 * Imports mutated models and says what became of them; prints each that failed with anything but our own errors, that ONNX Runtime
 * refuses although we take it, or that took more than two seconds. The tests run the first of them; this runs any others:
 *
 *   node scripts/fuzzModels.ts 2000 50000
 */
const [first = 2000, last = 50_000] = process.argv.slice(2).map(Number);
const outcomes: Record<string, number> = {};
for (let index = first; index < last; index++) {
  const start = performance.now();
  let outcome = "failed";
  try {
    const compared = await compareMutated(index);
    outcome = compared.outcome;
    if (compared.refusal !== undefined) {
      console.log(`${index}: taken, and ONNX Runtime says "${compared.refusal}"`);
      process.exitCode = 1;
    }
  } catch (error) {
    console.log(`${index}: ${(error as Error).stack?.split("\n").slice(0, 4).join(" ")}`);
    process.exitCode = 1;
  }
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const seconds = (performance.now() - start) / 1000;
  if (seconds > 2) console.log(`${index}: ${seconds.toFixed(1)} seconds, ${outcome}`);
}
console.log(outcomes);
