import { expect, test } from "vitest";
import { errorTranslator } from "./errors.ts";

const translate = errorTranslator({
  messages: {
    "{0}: expected {1}, got {2}; change it": "{0}：应为{1*}，实际为 {2}；请更改",
    "{0}: expected a file, got {1}; change it": "{0}：应为文件，实际为{1*}；请更改",
    "`rows`: expected at most {0}, got {1}; lower `batchSize`": "`rows`：{1} 太多，应至多 {0}；请减小 `batchSize`",
    "{0} (now {1})": "{0*}（现为 {1}）",
    "at {0}: {1}": "{0} 处：{1*}",
    "{0}: expected {1} as {2}, got {3}; change it": "{0}：{2*}应为{1*}，实际为 {3}；请更改",
  },
  phrases: { "a folder": "文件夹", none: "无", "{0} and {1}": "{0*} 和 {1*}", "a size, as {0}": "大小，如 {0}" },
});

test.each([
  ["a.csv: expected a file, got a folder; change it", "a.csv：应为文件，实际为文件夹；请更改"],
  ["a.csv: expected a folder, got none; change it", "a.csv：应为文件夹，实际为 none；请更改"],
  ["a.csv: expected a folder and none, got b; change it", "a.csv：应为文件夹和无，实际为 b；请更改"],
  ["`rows`: expected at most 5, got 9; lower `batchSize`", "`rows`：9 太多，应至多 5；请减小 `batchSize`"],
  ["--rows: expected at most 5, got 9; lower --batch-size", "--rows：9 太多，应至多 5；请减小 --batch-size"],
  ["at 3: a: expected a file, got none; change it", "3 处：a：应为文件，实际为无；请更改"],
  // What leaves words in English gives way, though it has more letters of its own.
  ["a.csv: expected a size, as 3, got b; change it", "a.csv：应为大小，如 3，实际为 b；请更改"],
  ["a.csv: expected a folder as b, got 3; change it", "a.csv：b 应为文件夹，实际为 3；请更改"],
  ["a.csv: expected a file, got b and a folder; change it", "a.csv：应为文件，实际为 b 和文件夹；请更改"],
  ["a.csv: expected a folder, got b; change it (now c)", "a.csv：应为文件夹，实际为 b；请更改（现为 c）"],
  ["{1*}: expected {0}, got $&; change it", "{1*}：应为{0}，实际为 $&；请更改"],
])("%s", (english, chinese) => {
  expect(translate(english)).toBe(chinese);
});

test("what no line fits stays as it is", () => {
  for (const message of ["", "none", "a folder", "a.csv: expected a file", "Chinese：应为文件"])
    expect(translate(message)).toBe(message);
});

test("a name that looks like errors in errors is not followed for ever", () => {
  const depth = 2000;
  const message = `${"at x: ".repeat(depth)}none`;
  expect(translate(message)).toBe(`${"x 处：".repeat(5)}${"at x: ".repeat(depth - 5)}none`);
});
