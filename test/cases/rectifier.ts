import { type Case, examples, real } from "./case.ts";

/** −5.1 to 5.1 in steps of 0.6: on both sides of every bend, and on none. */
const spread = examples(
  [6, 3],
  Array.from({ length: 18 }, (_, i) => (i - 8.5) * 0.6),
);

/** Activations of one input that bend at 0, with and without attributes. */
export function bentCases(...attributes: Readonly<Record<string, number>>[]): Case[] {
  return [
    { about: "a row per example", inputs: [spread] },
    { about: "rank 4", inputs: [examples([6, 2, 1, 2], "nonzero")] },
    { about: "a scalar", inputs: [real([], "nonzero")] },
    ...attributes.map((some) => ({ about: JSON.stringify(some), inputs: [spread], attributes: some })),
    { about: "so large that an exponential overflows", inputs: [examples([6], [-1000, -800, -90, 90, 800, 1000])] },
    { about: "at 0", inputs: [examples([6, 3], "few")], notSmooth: "the activation bends at 0" },
  ];
}

const X = examples([6, 3, 2, 2], "nonzero");

export const pReluCases: readonly Case[] = [
  { about: "a slope per channel", inputs: [X, real([3, 1, 1])] },
  { about: "a slope per channel, of rank 4", inputs: [X, real([1, 3, 1, 1])] },
  { about: "one slope", inputs: [X, real([1])] },
  { about: "a scalar slope", inputs: [X, real([])] },
  { about: "a slope per element", inputs: [examples([6, 3], "nonzero"), examples([6, 3])] },
  { about: "at 0", inputs: [examples([6, 3], "few"), real([3])], notSmooth: "the activation bends at 0" },
];
