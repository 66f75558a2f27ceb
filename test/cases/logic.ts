import { binaryCases } from "./arithmetic.ts";
import { type Case, examples, exampleTruths, real } from "./case.ts";

export const comparisonCases: readonly Case[] = binaryCases("few", "few");

export const logicCases: readonly Case[] = [
  { about: "equal shapes", inputs: [exampleTruths([6, 3]), exampleTruths([6, 3])] },
  { about: "a column", inputs: [exampleTruths([6, 3]), exampleTruths([6, 1])] },
];

export const whereCases: readonly Case[] = [
  { about: "equal shapes", inputs: [exampleTruths([6, 3]), examples([6, 3]), examples([6, 3])] },
  { about: "a shared row and a shared scalar", inputs: [exampleTruths([6, 3]), real([3]), real([])] },
  { about: "a condition by example", inputs: [exampleTruths([6, 1]), examples([6, 3]), real([1, 3])] },
];

export const argMaxCases: readonly Case[] = [
  { about: "by example", inputs: [examples([6, 4], "distinct")], attributes: { axis: 1, keepdims: 0 } },
  { about: "the first of equal elements", inputs: [examples([6, 4], "few")], attributes: { axis: -1 } },
  {
    about: "the last of equal elements",
    inputs: [examples([6, 4], "few")],
    attributes: { axis: 1, select_last_index: 1 },
  },
  { about: "axis 0", inputs: [real([3, 2], "distinct")] },
];

const special = [examples([6], [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1.5, 1e30])];

export const isNaNCases: readonly Case[] = [{ about: "special values", inputs: special }];

export const isInfCases: readonly Case[] = [
  { about: "either sign", inputs: special },
  { about: "the positive only", inputs: special, attributes: { detect_negative: 0 } },
  { about: "the negative only", inputs: special, attributes: { detect_positive: 0 } },
];
