import { describe, expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { suspectColumns } from "./suspects.ts";

const SIZE = 60;
const { normal } = random(3);
const noise = Array.from({ length: SIZE }, () => normal());
const other = Array.from({ length: SIZE }, () => normal());

type Column = (i: number) => number;

function found(column: Column, target: Column, classes: boolean, size = SIZE) {
  const rows = Array.from({ length: size }, (_, i) => [noise[i]!, column(i), target(i)]);
  return suspectColumns({ names: ["noise", "c"], target: "t", classes, rows, droppable: true });
}

const kinds = (notes: ReturnType<typeof found>) => notes.map(({ kind }) => kind);

describe("columns that ascend with the rows", () => {
  const cases: readonly (readonly [string, Column, number, boolean])[] = [
    ["a number of the row", (i) => i, SIZE, true],
    ["one with gaps, as a filter leaves it", (i) => i + Math.floor(i / 7), SIZE, true],
    ["one that counts down", (i) => -3 * i, SIZE, true],
    ["a time with equal neighbours", (i) => 1e9 + 60 * Math.floor(i / 3), SIZE, true],
    ["one with missing cells", (i) => (i % 5 === 0 ? Number.NaN : i / 7), SIZE, true],
    ["one with a single pair turned round", (i) => (i === 30 ? 28.5 : i), SIZE, false],
    ["a few sorted groups", (i) => Math.floor(i / 12), SIZE, false],
    ["a constant", () => 4, SIZE, false],
    ["noise", (i) => other[i]!, SIZE, false],
    ["few rows, sorted by chance", (i) => i, 9, false],
    ["nothing but missing cells", () => Number.NaN, SIZE, false],
  ];
  test.each(cases)("%s", (_about, column, size, expected) => {
    expect(kinds(found(column, (i) => i % 2, true, size))).toEqual(expected ? ["ascending"] : []);
  });
});

describe("columns that tell a class", () => {
  const label: Column = (i) => [0, 2, 1, 1, 2][i % 5]!;
  const cases: readonly (readonly [string, Column, Column, number, boolean])[] = [
    ["the class itself", label, label, SIZE, true],
    ["a code for each class", (i) => [70, -1, 33][label(i)]!, label, SIZE, true],
    [
      "but where the label is none",
      (i) => (i % 7 === 0 ? 5 : label(i)),
      (i) => (i % 7 === 0 ? -1 : label(i)),
      SIZE,
      true,
    ],
    ["a value for two classes", (i) => Math.min(1, label(i)), label, SIZE, false],
    ["a class with two values", (i) => label(i) + (i === 5 ? 10 : 0), label, SIZE, false],
    ["one error", (i) => (i === 41 ? 0 : label(i)), (i) => (i === 41 ? 2 : label(i)), SIZE, false],
    ["a value of its own for every row", (i) => other[i]!, label, SIZE, false],
    ["one class alone", () => 1, () => 0, SIZE, false],
    ["few rows", label, label, 9, false],
  ];
  test.each(cases)("%s", (_about, column, target, size, expected) => {
    expect(kinds(found(column, target, true, size))).toEqual(expected ? ["telling"] : []);
  });
});

describe("columns that tell a number", () => {
  const value: Column = (i) => 10 * other[i]!;
  const cases: readonly (readonly [string, Column, Column, boolean])[] = [
    ["the number itself", value, value, true],
    ["in another unit", (i) => 1.8 * value(i) + 32, value, true],
    ["turned round", (i) => -value(i), value, true],
    ["a code of a price", (i) => (i * 7) % 5, (i) => [9.5, 3, 4, 12, 1][(i * 7) % 5]!, true],
    ["nearly", (i) => value(i) + noise[i]! / 100, value, false],
    ["its square", (i) => value(i) ** 2, value, false],
    ["a constant", () => 3, value, false],
    ["noise", (i) => other[(i + 1) % SIZE]!, value, false],
  ];
  test.each(cases)("%s", (_about, column, target, expected) => {
    expect(kinds(found(column, target, false))).toEqual(expected ? ["telling"] : []);
  });
});

test("of many columns a few are named", () => {
  const rows = Array.from({ length: SIZE }, (_, i) => [...Array<number>(9).fill(i), i % 2]);
  const names = Array.from({ length: 9 }, (_, c) => `c${c}`);
  expect(suspectColumns({ names, target: "t", classes: true, rows, droppable: false })).toEqual([
    { kind: "ascending", columns: ["c0", "c1", "c2", "c3", "c4"], more: 4, droppable: false },
  ]);
});
