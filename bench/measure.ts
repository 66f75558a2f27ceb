import type { Block } from "./rival.ts";

/** The q-quantile, q in [0, 1], by linear interpolation; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at - Math.floor(at));
}

/** Seconds of each of `count` calls. */
export async function time(count: number, call: () => Promise<unknown> | undefined): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await call();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

/** `count` calls, and what this process asked of processors during them. */
export async function block(count: number, call: () => Promise<unknown>): Promise<Block> {
  const before = process.cpuUsage();
  const seconds = await time(count, call);
  const { user, system } = process.cpuUsage(before);
  return { seconds, processor: (user + system) / 1e6 };
}

/** "0.512 (0.498–0.601)": median and p10–p90 in milliseconds. */
export function milliseconds(seconds: readonly number[]): string {
  return withSpread(seconds.map((value) => value * 1000));
}

/** Median and p10–p90, to three significant digits. */
export function withSpread(values: readonly number[]): string {
  const [middle, low, high] = [0.5, 0.1, 0.9].map((q) => quantile(values, q).toPrecision(3));
  return `${middle} (${low}–${high})`;
}

/** Lines of a table: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  return rows.map(line).join("\n");
}
