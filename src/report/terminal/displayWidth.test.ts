import { expect, test } from "vitest";
import { displayWidth, truncate } from "./displayWidth.ts";

test.each([
  ["", 0],
  ["Epoch 1/10", 10],
  ["▏▎▍▌▋▊▉█", 8],
  ["梯度累积", 8],
  ["有效batch_size: 8", 17],
  ["ｆｕｌｌ", 8],
  ["한국어", 6],
  ["ひらがな", 8],
  ["🔄 x", 4],
  ["👩‍🔬", 2],
  ["❤️", 2],
  ["é", 1],
  ["e\u0301", 1],
  ["∥∇L∥²", 5],
  ["𠀀", 2],
])("%j takes %i columns", (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test.each([
  ["梯度累积", 8, "梯度累积"],
  ["梯度累积", 5, "梯度"],
  ["a梯", 2, "a"],
  ["👩‍🔬b", 2, "👩‍🔬"],
  ["e\u0301f", 1, "e\u0301"],
  ["abc", 0, ""],
])("%j cut to %i columns is %j", (text, columns, expected) => {
  expect(truncate(text, columns)).toBe(expected);
});
