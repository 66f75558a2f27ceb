import type { Case, CaseInput } from "./case.ts";

const byExample = (values: readonly number[]): CaseInput => ({ type: "int64", shape: [6, 2], values, examples: true });
const shared: CaseInput = { type: "int64", shape: [2], values: [-6, 255] };
const numbers = [0, 1, -1, 5, 12, -7, 255, 256, 2 ** 40, -(2 ** 40), 3, 10];

export const bitwiseCases: readonly Case[] = [
  { about: "by example", inputs: [byExample(numbers), byExample(numbers.toReversed())] },
  { about: "a shared row", inputs: [byExample(numbers), shared] },
];

export const bitwiseNotCases: readonly Case[] = [{ about: "by example", inputs: [byExample(numbers)] }];

const bytes: CaseInput = { type: "uint8", shape: [6], values: [0, 1, 3, 127, 128, 255], examples: true };
const by: CaseInput = { type: "uint8", shape: [6], values: [1, 0, 2, 1, 1, 7], examples: true };

export const bitShiftCases: readonly Case[] = ["LEFT", "RIGHT"].map((direction) => ({
  about: direction,
  inputs: [bytes, by],
  attributes: { direction },
}));
