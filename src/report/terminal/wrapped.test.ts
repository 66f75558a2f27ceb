import { expect, test } from "vitest";
import { displayWidth } from "./displayWidth.ts";
import { wrapped } from "./wrapped.ts";

const sentence =
  "Batch: 64 is far below the noise scale 797 [573, 1,240] examples. On one device that saves time only if larger batches " +
  "run faster per example (`batchscope profile` measures it); then try `--batch-size 768 --lr-scale sqrt`";
const chinese =
  "批次：4 远小于噪声尺度（至少 18.2 个样本）。改用 20，达到同样的损失，估计所需的更新减少为原来的 1/2.91 或更少；此时可试 `--batch-size 20`";

test.each([20, 40, 60, 80, 100])("at %i columns no line is too long, and nothing is lost", (columns) => {
  for (const line of [sentence, chinese, `  ${sentence}`, `suggested rate  ${sentence}`]) {
    const lines = wrapped(line, columns);
    const code = Math.max(...(line.match(/`[^`]*`/g) ?? []).map((one) => displayWidth(one)));
    for (const one of lines) expect(displayWidth(one)).toBeLessThanOrEqual(Math.max(columns, code + columns / 3 + 4));
    expect(
      lines
        .map((one) => one.trim())
        .join("")
        .replace(/\s/g, ""),
    ).toBe(line.replace(/\s/g, ""));
  }
});

test("a per cent sign stays with its number", () => {
  expect(wrapped("balanced accuracy 92.6 % of all", 23)).toEqual(["balanced accuracy", "  92.6 % of all"]);
});

test("what fits stays as it is", () => {
  expect(wrapped("short", 80)).toEqual(["short"]);
  expect(wrapped(sentence, 1000)).toEqual([sentence]);
});

test("words are set in below the first, and below what a label stands before", () => {
  expect(wrapped("one two three four five", 20)).toEqual(["one two three four", "  five"]);
  expect(wrapped("  one two three four five", 20)).toEqual(["  one two three four", "    five"]);
  expect(wrapped("lowest  one two three four five", 26)).toEqual(["lowest  one two three four", "        five"]);
});

test("code and commands are not broken", () => {
  expect(wrapped("try the following: `--batch-size 768 --lr-scale sqrt`", 30)).toEqual([
    "try the following:",
    "  `--batch-size 768 --lr-scale sqrt`",
  ]);
  expect(wrapped("see, as it says: npx batchscope analyze latest --checkpoint all", 40)).toEqual([
    "see, as it says:",
    "  npx batchscope analyze latest --checkpoint all",
  ]);
  const path = `plots  /${"folder/".repeat(9)}`;
  expect(wrapped(path, 40)).toEqual([path]);
});

test("Chinese breaks between characters, not before what closes nor after what opens", () => {
  const lines = wrapped("一二三四五六七八九十（一二三）。四五六，七八九十一二三四五", 21);
  for (const line of lines) {
    expect(displayWidth(line)).toBeLessThanOrEqual(21);
    expect(line.trim()).not.toMatch(/^[，。）]|（$/);
  }
  expect(lines.length).toBe(4);
});

test("a picture and a terminal of no width are left alone", () => {
  expect(wrapped(`epoch 2  │   ├─●───┤ ${"x ".repeat(20)}`, 30)).toHaveLength(1);
  expect(wrapped(sentence, 10)).toHaveLength(1);
});
