import { expect, test } from "vitest";
import { embedRows } from "../../statistics/embedding.ts";
import { noteInChinese } from "./notesChinese.ts";

const alike = (rows: number, zeroRows = 0) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: rows }, (_, j) =>
      Math.min(i, j) < zeroRows ? Number.NaN : i === j ? 1 : 0.1 * Math.cos(i + j),
    ),
  );

test.each([
  ["too few rows", alike(3), ["3"]],
  ["a lowered perplexity", alike(8), ["30", "2.3", "7"]],
  ["rows without a direction", alike(8, 2), ["30", "2.3", "7", "8", "2"]],
])("what an analysis notes of %s is told in Chinese with its numbers", (_, cosine, numbers) => {
  const note = embedRows(cosine, { seed: 1 }).note!;
  const chinese = noteInChinese(note);
  expect(chinese).toMatch(/\p{Script=Han}/u);
  expect(chinese).not.toMatch(/[a-z]{3,} /);
  expect(chinese.match(/[\d.]+/g)).toEqual(numbers);
});
