import { describe, expect, test } from "vitest";
import { displayWidth } from "../../report/terminal/displayWidth.ts";
import { textIn } from "../../text/text.ts";
import { type ListState, listQuestion } from "./listQuestion.ts";
import { type Key, type Question, wrap } from "./question.ts";

const sets = Array.from({ length: 30 }, (_, i) => ({
  value: `set${i}`,
  label: i % 2 ? `频率 ${i} 赫兹` : `frequency ${i} Hz`,
  about:
    i % 3
      ? "测量铜带厚度的数据集，含有异常的小批次"
      : "a long line about this set that no narrow terminal has room for",
}));
const ask = (language: "en" | "zh", more: Partial<Parameters<typeof listQuestion>[0]> = {}) =>
  listQuestion({ message: "Which set of the folder?", choices: sets, words: textIn(language).prompts.keys, ...more });

const key = (name: string): Key => ({ name, text: "" });
const typed = (text: string): Key[] => [...text].map((character) => ({ name: character, text: character }));
function after(question: Question<ListState, string>, ...keys: readonly Key[]): ListState {
  return keys.reduce((state, one) => question.press(state, one), question.start);
}
const answer = (question: Question<ListState, string>, ...keys: readonly Key[]) => {
  const taken = question.take(after(question, ...keys));
  return "answer" in taken ? taken.answer : taken.problem;
};

describe.each([
  [80, 24],
  [40, 24],
  [40, 10],
  [20, 8],
])("on %i columns and %i rows", (columns, rows) => {
  test.each(["en", "zh"] as const)("%s: every line fits, and the chosen one is visible wherever it is", (language) => {
    const question = ask(language);
    for (let at = 0; at < sets.length; at++) {
      const { lines, caret } = question.frame({ typed: "", at }, { columns, rows });
      expect(lines.filter((line) => displayWidth(line) >= columns)).toEqual([]);
      expect(lines.length).toBeLessThan(rows);
      expect(lines.filter((line) => line.startsWith("> "))).toHaveLength(1);
      expect(lines.find((line) => line.startsWith("> "))).toContain(`${at}`);
      expect(caret.line).toBeLessThan(lines.length);
      expect(caret.column).toBeLessThan(columns);
    }
  });

  test("what is typed is seen at its end, however long it is", () => {
    const question = ask("zh", { free: (value) => ({ value }) });
    const { lines, caret } = question.frame(
      { typed: `/数据/${"很长的文件夹/".repeat(9)}尾`, at: 0 },
      { columns, rows },
    );
    expect(lines[caret.line]).toMatch(/尾$/);
    expect(lines.filter((line) => displayWidth(line) >= columns)).toEqual([]);
  });
});

test("a long list has a window, and says how much is above and below it", () => {
  const { lines } = ask("en").frame({ typed: "", at: 15 }, { columns: 80, rows: 24 });
  expect(lines.map((line) => line.trim().slice(0, 12).trim())).toEqual([
    "? Which set",
    "filter:",
    "... 9 above",
    ...Array.from({ length: 12 }, (_, i) => `${i === 6 ? "> " : ""}${sets[9 + i]!.label}`.slice(0, 12).trim()),
    "... 9 below",
    "arrow keys:",
  ]);
});

test.each([
  ["the first is ready", [], "set0"],
  ["down", [key("down"), key("down")], "set2"],
  ["up from the first is the last", [key("up")], "set29"],
  ["down from the last is the first", [key("end"), key("down")], "set0"],
  ["pages end at the ends", [key("pagedown"), key("pagedown"), key("pagedown"), key("pageup")], "set17"],
  ["home", [key("up"), key("home")], "set0"],
  ["typing leaves what has it", typed("赫兹"), "set1"],
  ["in any case of letters, a whole name first", typed("SET2"), "set2"],
  ["moving among those that are left", [...typed("赫兹"), key("down")], "set3"],
  ["Backspace takes away", [...typed("set25"), key("backspace"), key("backspace"), key("clear")], "set0"],
  ["nothing like that", typed("nosuch"), "nothing is like that; Backspace takes letters away"],
])("%s", (_, keys, expected) => {
  expect(answer(ask("en"), ...keys)).toBe(expected);
});

test("a preset stands ready, and again when what was typed is taken away", () => {
  const question = ask("en", { preset: "set7" });
  expect(answer(question)).toBe("set7");
  expect(answer(question, ...typed("x"), key("backspace"))).toBe("set7");
});

test("what may be typed instead comes last, and not twice", () => {
  const question = ask("en", { free: (text) => (text === "zz" ? null : { value: text }) });
  expect(answer(question, ...typed("my data/x.csv"))).toBe("my data/x.csv");
  expect(answer(question, ...typed("set2"))).toBe("set2");
  expect(answer(question, ...typed("set2"), key("up"))).toBe("set29");
  expect(answer(question, ...typed("zz"))).toMatch(/nothing/);
});

test("names of others cannot move the cursor", () => {
  const question = listQuestion({
    message: "Which?",
    choices: [{ value: "a\x1b[2Jb", about: "c\nd" }],
    words: textIn("en").prompts.keys,
  });
  const { lines } = question.frame(question.start, { columns: 80, rows: 24 });
  expect(lines[2]).toBe("> a\\x1b[2Jb  c\\x0ad");
});

test.each([
  ["one two three", 8, ["one two", "three"]],
  ["一二三四五六", 5, ["一二", "三四", "五六"]],
  ["unbreakable", 5, ["unbre", "akabl", "e"]],
  ["one two three four", 8, ["one two", "three", "four"]],
])("wrap %j", (text, columns, lines) => {
  expect(wrap(text, columns, 9)).toEqual(lines);
});

test("wrap marks what did not fit", () => {
  expect(wrap("one two three four", 8, 2)).toEqual(["one two", "three..."]);
});
