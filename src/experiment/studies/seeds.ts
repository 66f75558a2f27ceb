import { option, UsageError } from "../../tensor/errors.ts";

const MOST = 1000;
const LARGEST = 2 ** 32 - 1;

/**
 * The seeds that a text names: `6` is the first six from 0 on, `4,7` are those, `10..15` are these six. Throws
 * `UsageError` for what names none, for one twice, and for more than a thousand.
 */
export function parseSeeds(text: string): number[] {
  const seeds = seedsIn(text.trim());
  const isSound =
    seeds.length > 0 && seeds.length <= MOST && seeds.every((seed) => Number.isInteger(seed) && seed <= LARGEST);
  if (isSound && new Set(seeds).size === seeds.length) return seeds;
  throw new UsageError(
    `${option("seeds")}: expected how many (6), a list (4,7,9) or a range (10..15) of at most ${MOST} different seeds, got ${JSON.stringify(text)}; change it`,
  );
}

function seedsIn(text: string): number[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (from !== undefined) return range(Number(from), Number(to) - Number(from) + 1);
  if (/^\d+$/.test(text)) return range(0, Number(text));
  return /^\d+(\s*,\s*\d+)+$/.test(text) ? text.split(",").map(Number) : [];
}

function range(first: number, count: number): number[] {
  return count > MOST ? [] : Array.from({ length: Math.max(0, count) }, (_, i) => first + i);
}
