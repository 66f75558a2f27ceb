export interface Mutant {
  readonly file: string;
  /** Text that occurs once in the file, and what stands in its place. */
  readonly from: string;
  readonly to: string;
  /** Run in this order until one fails. */
  readonly tests: readonly string[];
}

type Change = readonly [from: string, to: string];

export const of = (folder: string, name: string, tests: readonly string[], ...changes: readonly Change[]): Mutant[] =>
  changes.map(([from, to]) => ({
    file: `src/${folder}/${name}.ts`,
    from,
    to,
    tests: tests.map((test) => `src/${folder}/${test}.test.ts`),
  }));
