import { type Case, examples, real } from "./case.ts";

const transposed = [
  { transA: 0, transB: 0 },
  { transA: 0, transB: 1 },
  { transA: 1, transB: 0 },
  { transA: 1, transB: 1 },
];

export const gemmCases: readonly Case[] = [
  ...transposed.flatMap(({ transA, transB }): Case[] => {
    const A = transA ? real([3, 6]) : examples([6, 3]);
    const B = transB ? real([4, 3]) : real([3, 4]);
    const about = `transA=${transA} transB=${transB}`;
    return [
      { about: `${about}, no C`, inputs: [A, B], attributes: { transA, transB } },
      { about: `${about}, a row C`, inputs: [A, B, real([4])], attributes: { transA, transB, alpha: 0.3, beta: 0.7 } },
    ];
  }),
  { about: "C of the output's shape", inputs: [examples([6, 3]), real([3, 4]), examples([6, 4])] },
  { about: "a scalar C", inputs: [examples([6, 3]), real([3, 4]), real([])] },
  { about: "a column C", inputs: [examples([6, 3]), real([3, 4]), examples([6, 1])] },
  { about: "C [1, N]", inputs: [examples([6, 3]), real([3, 4]), real([1, 4])], attributes: { beta: 0.5 } },
  { about: "C [1]", inputs: [examples([6, 3]), real([3, 4]), real([1])] },
  { about: "one output column", inputs: [examples([6, 3]), real([3, 1]), real([1])] },
];

export const matMulCases: readonly Case[] = [
  { about: "matrices", inputs: [examples([6, 3]), real([3, 4])] },
  { about: "a weight under a stack", inputs: [examples([6, 2, 3]), real([3, 4])] },
  { about: "a weight under a stack of stacks", inputs: [examples([6, 2, 2, 3]), real([3, 2])] },
  { about: "two stacks of equal length", inputs: [examples([6, 2, 3]), examples([6, 3, 4])] },
  { about: "a matrix by a stack", inputs: [real([2, 3]), examples([6, 3, 4])] },
  { about: "a stack of one by a stack", inputs: [real([1, 2, 3]), examples([6, 3, 4])] },
  { about: "stacks that broadcast both ways", inputs: [real([5, 1, 2, 3]), real([1, 2, 3, 2])] },
  { about: "attention heads", inputs: [examples([6, 2, 3, 2]), examples([6, 2, 2, 3])] },
  { about: "a shared stack under examples", inputs: [examples([6, 2, 1, 3]), real([2, 3, 2])] },
];
