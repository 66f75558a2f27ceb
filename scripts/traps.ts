import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { cases } from "../test/cases/cases.ts";
import { probeOperator } from "./traps/campaign.ts";

/**
 * Runs every operator, with its gradients, on operands at which processors and libraries go wrong (the least integer,
 * 0, infinities, no elements, sizes and indices without bounds), in processes of their own, and lists those that died.
 * An error is as good as a result.
 *
 *   node scripts/traps.ts                                all of it, as `npm run test:traps`
 *   node scripts/traps.ts --op Div --engine native
 */
const { values } = parseArgs({
  options: {
    op: { type: "string", multiple: true },
    engine: { type: "string", multiple: true, default: ["native", "wasm"] },
    workers: { type: "string", default: String(Math.min(2, availableParallelism())) },
  },
});

const names = values.op ?? Object.keys(cases);
const unknown = names.find((name) => !Object.hasOwn(cases, name));
if (unknown !== undefined) throw new Error(`--op: expected the name of an operator, got "${unknown}"; see docs/ops.md`);
const queue = values.engine.flatMap((engine) => names.map((op) => ({ engine, op }))).values();
let [probed, runs, refused, died] = [0, 0, 0, 0];

async function work(): Promise<void> {
  for (const { engine, op } of queue) {
    const outcome = await probeOperator(engine, op);
    probed++;
    runs += outcome.runs;
    refused += outcome.refused;
    died += outcome.deaths.length;
    for (const { about, by } of outcome.deaths) console.log(`${engine}: ${about}: died by ${by}`);
  }
}

await Promise.all(Array.from({ length: Number(values.workers) }, work));
console.log(`${probed} operators on engines, ${runs} runs, ${refused} of them or of their graphs refused`);
console.log(`${runs} passed, ${died} failed`);
process.exitCode = died > 0 || runs === 0 ? 1 : 0;
