/**
 * How fast a table of 100 MB becomes a data set, beside csv-parse alone: in turn, in processor time, which other
 * programs on the machine disturb less than the clock.
 *
 *   node bench/csv.ts [megabytes] [rounds]
 */

import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse";
import { openData } from "../src/data/registry.ts";
import { random } from "../src/tensor/random.ts";
import { table } from "./measure.ts";

const [megabytes = 100, rounds = 3] = process.argv.slice(2).map(Number);

/** Six numbers, a category and a target, as programs write them. */
function write(file: string): number {
  const { uniform } = random(1);
  const descriptor = openSync(file, "w");
  writeSync(descriptor, "a,b,c,d,e,f,site,y\n");
  let rows = 0;
  for (let bytes = 0; bytes < megabytes * 1e6; ) {
    const lines = Array.from({ length: 10_000 }, () => {
      const numbers = [
        uniform(),
        uniform(),
        (100 * uniform()).toFixed(2),
        uniform(),
        Math.floor(1000 * uniform()),
        uniform(),
      ];
      return `${numbers.join()},s${rows++ % 7},${(1000 * uniform()).toFixed(3)}\n`;
    }).join("");
    bytes += writeSync(descriptor, lines);
  }
  closeSync(descriptor);
  return rows;
}

/** Seconds of processor time. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function parseAlone(file: string): Promise<void> {
  const parser = createReadStream(file).pipe(parse({}));
  parser.on("readable", () => {
    while (parser.read() !== null);
  });
  await new Promise((resolve) => parser.on("end", resolve));
}

const folder = mkdtempSync(join(tmpdir(), "batchscope-csv-"));
try {
  const file = join(folder, "table.csv");
  const rows = write(file);
  const lines: string[][] = [];
  for (let round = 0; round < rounds; round++) {
    const alone = await timed(() => parseAlone(file));
    const ours = await timed(() => openData(file, { reading: { target: "y" } }));
    lines.push([alone, ours].map((seconds) => String(Math.round(rows / seconds))).concat((ours / alone).toFixed(2)));
  }
  console.log(`${rows} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB`);
  console.log(table([["csv-parse alone, rows a second", "data set, rows a second", "time ÷ csv-parse"], ...lines]));
} finally {
  rmSync(folder, { recursive: true });
}
