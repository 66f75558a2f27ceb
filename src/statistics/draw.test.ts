import { expect, test } from "vitest";
import { drawRows, gramOfDrawn } from "./draw.ts";

test("few rows are all drawn", () => {
  expect([...drawRows(5, 5, 1, [3])]).toEqual([0, 1, 2, 3, 4]);
  expect([...drawRows(0, 5, 1, [])]).toEqual([]);
});

test("each stretch of many rows gives one, any of its rows", () => {
  const hits = new Set<number>();
  for (let seed = 1; seed <= 300; seed++) {
    const drawn = drawRows(100, 20, seed, []);
    expect([...drawn].map((row) => Math.floor(row / 5))).toEqual(Array.from({ length: 20 }, (_, k) => k));
    for (const row of drawn) hits.add(row);
  }
  expect(hits.size).toBe(100);
  expect(drawRows(100, 20, 7, [])).toEqual(drawRows(100, 20, 7, []));
});

test("stretches of one row or two leave no gap and draw no row twice", () => {
  for (const most of [1000, 1202]) {
    const drawn = [...drawRows(1203, most, 3, [700, 701])];
    expect(new Set(drawn).size).toBe(most);
    expect(drawn).toContain(700);
    expect(drawn).toContain(701);
  }
});

test("rows that must be there are, in order and once, even of one stretch", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const drawn = [...drawRows(1003, 10, seed, [500, 501])];
    expect(drawn).toContain(500);
    expect(drawn).toContain(501);
    expect(drawn).toHaveLength(10);
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
  }
});

test("the Gram of drawn rows is that part of the whole", () => {
  const gram = { products: Float64Array.from({ length: 9 }, (_, i) => i), counts: [3, 4, 5] };
  expect(gramOfDrawn(gram, Uint32Array.of(0, 2))).toEqual({ products: Float64Array.of(0, 2, 6, 8), counts: [3, 5] });
});
