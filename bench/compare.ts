import { availableParallelism, cpus } from "node:os";
import type { Dataset } from "../src/data/dataset.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { block, milliseconds, quantile, table, withSpread } from "./measure.ts";
import type { Block, Rival } from "./rival.ts";
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

/** One entry a block. */
interface Times {
  /** With reading. */
  readonly ours: Block[];
  /** Of each of our steps. */
  readonly reading: number[][];
  readonly theirs: Block[];
}

/** Checks that both sides compute the same, measures each subject, prints one table. */
export async function compare(sides: Sides, subjects: readonly Subject[]): Promise<void> {
  const rows = [["", "ours", "theirs", "ratio", "processor", "reading", "ratio with reading"]];
  for (const subject of subjects) rows.push(row(subject, await measure(sides, subject)));
  const { engine, rival, threads, blocks } = sides;
  console.log(
    `${engine.name} engine against ${rival.name}; ${threads} of ${availableParallelism()} threads of ${cpus()[0]?.model}; ${blocks} alternating blocks`,
  );
  console.log(
    "ms per step: median (p10–p90); ratio ours / theirs: median (p10–p90) over blocks; processor: the same ratio of\nprocessor time, which other programs on the machine disturb less\n",
  );
  console.log(`${table(rows)}\n`);
}

async function measure({ engine, rival, threads, blocks }: Sides, subject: Subject): Promise<Times> {
  const { model, shape, batch, count } = subject;
  const key = `${model} ${batch}`;
  const clock = timed(randomImages(shape));
  const step = await ourStep(engine, subject, threads, clock.data);
  await assertSame(subject, step, await rival.load(key, rivalModel(subject, step, clock.data)));
  const times: Times = { ours: [], reading: [], theirs: [] };
  for (let at = -WARM_UP; at < blocks; at++) {
    clock.seconds();
    const reading: number[] = [];
    const ours = await block(count, async () => {
      await step.gradient();
      await step.update();
      reading.push(clock.seconds());
    });
    const theirs = await rival.run(key, subject.theirs ?? count);
    if (at < 0) continue;
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

/** Ratio of two numbers of each block: what both sides suffered together cancels. */
function ratios(ours: readonly number[], theirs: readonly number[]): string {
  return withSpread(ours.map((value, i) => value / theirs[i]!));
}

function row({ model, batch }: Subject, { ours, reading, theirs }: Times): string[] {
  const stepping = ours.map(({ seconds }, i) => seconds.map((value, step) => value - reading[i]![step]!));
  const middles = (blocks: readonly (readonly number[])[]) => blocks.map((one) => quantile(one, 0.5));
  const processor = ({ seconds, processor }: Block) => processor / seconds.length;
  const all = (blocks: readonly Block[]) => blocks.map(({ seconds }) => seconds);
  return [
    `${model} batch ${batch}`,
    milliseconds(stepping.flat()),
    milliseconds(all(theirs).flat()),
    ratios(middles(stepping), middles(all(theirs))),
    ratios(ours.map(processor), theirs.map(processor)),
    milliseconds(reading.flat()),
    ratios(middles(all(ours)), middles(all(theirs))),
  ];
}
