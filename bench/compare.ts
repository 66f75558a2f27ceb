import { availableParallelism, cpus } from "node:os";
import type { Dataset } from "../src/data/dataset.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { milliseconds, quantile, table, time, withSpread } from "./measure.ts";
import type { Rival } from "./rival.ts";
import { assertSame, ourStep, randomImages, rivalModel, type Subject } from "./step.ts";

export interface Sides {
  readonly engine: Engine;
  readonly rival: Rival;
  /** Of ours. */
  readonly threads: number;
  readonly blocks: number;
}

/** Blocks that both sides run before any counts: compilers need a while. */
const WARM_UP = 3;

/** Seconds of single steps, one array a block. */
interface Times {
  /** With reading. */
  readonly ours: number[][];
  readonly reading: number[][];
  readonly theirs: number[][];
}

/** Checks that both sides compute the same, measures each subject, prints one table. */
export async function compare(sides: Sides, subjects: readonly Subject[]): Promise<void> {
  const rows = [["", "ours", "theirs", "ratio", "p20", "reading", "ratio with reading"]];
  for (const subject of subjects) rows.push(row(subject, await measure(sides, subject)));
  const { engine, rival, threads, blocks } = sides;
  console.log(
    `${engine.name} engine against ${rival.name}; ${threads} of ${availableParallelism()} threads of ${cpus()[0]?.model}; ${blocks} alternating blocks`,
  );
  console.log("ms per step: median (p10–p90); ratio ours / theirs: median (p10–p90) over blocks, and of the p20\n");
  console.log(`${table(rows)}\n`);
}

async function measure({ engine, rival, threads, blocks }: Sides, subject: Subject): Promise<Times> {
  const { model, shape, batch, count } = subject;
  const key = `${model} ${batch}`;
  const clock = timed(randomImages(shape));
  const step = await ourStep(engine, subject, threads, clock.data);
  await assertSame(subject, step, await rival.load(key, rivalModel(subject, step, clock.data)));
  const times: Times = { ours: [], reading: [], theirs: [] };
  for (let block = -WARM_UP; block < blocks; block++) {
    clock.seconds();
    const reading: number[] = [];
    const ours = await time(count, async () => {
      await step.gradient();
      await step.update();
      reading.push(clock.seconds());
    });
    const theirs = await rival.run(key, subject.theirs ?? count);
    if (block < 0) continue;
    times.ours.push(ours);
    times.reading.push(reading);
    times.theirs.push(theirs);
  }
  return times;
}

/** The data set with a clock: seconds spent in reading since the last look. */
function timed(data: Dataset): { readonly data: Dataset; seconds(): number } {
  let spent = 0;
  const read: Dataset["read"] = (...to) => {
    const start = performance.now();
    data.read(...to);
    spent += performance.now() - start;
  };
  return {
    data: { ...data, read },
    seconds() {
      const seconds = spent / 1000;
      spent = 0;
      return seconds;
    },
  };
}

/** Ratio of the blocks' medians, block by block: what both sides suffered together cancels. */
function ratios(ours: readonly number[][], theirs: readonly number[][]): number[] {
  return ours.map((block, i) => quantile(block, 0.5) / quantile(theirs[i]!, 0.5));
}

function row({ model, batch }: Subject, { ours, reading, theirs }: Times): string[] {
  const stepping = ours.map((block, i) => block.map((seconds, step) => seconds - reading[i]![step]!));
  const low = (blocks: number[][]) => quantile(blocks.flat(), 0.2);
  return [
    `${model} batch ${batch}`,
    milliseconds(stepping.flat()),
    milliseconds(theirs.flat()),
    withSpread(ratios(stepping, theirs)),
    (low(stepping) / low(theirs)).toPrecision(3),
    milliseconds(reading.flat()),
    withSpread(ratios(ours, theirs)),
  ];
}
