import { describe, expect, test } from "vitest";
import {
  BACKSPACE,
  CTRL_C,
  CTRL_D,
  DOWN,
  ENTER,
  ESC,
  fakeTerminal,
  type Script,
  screenOf,
} from "../../../test/fakeTerminal.ts";
import { InterruptedError } from "../../session/ends.ts";
import { textIn } from "../../text/text.ts";
import { converse } from "./conversation.ts";
import { listQuestion } from "./listQuestion.ts";
import { askRemoval } from "./prompts.ts";
import { textQuestion } from "./textQuestion.ts";

const choices = Array.from({ length: 20 }, (_, i) => ({
  value: `数据${i}`,
  about: "关于这些数据的一行很长的说明".repeat(3),
}));
const words = textIn("en").prompts.keys;
const list = listQuestion({ message: "Which data?", choices, words });
const number = textQuestion({
  message: "How many epochs?",
  preset: "30",
  check: (typed) => (/^\d+$/.test(typed) ? null : "a whole number, please"),
  words,
});

function talk(script: Script, size = {}) {
  const fake = fakeTerminal(script, size);
  const answers = converse(fake.terminal, async ({ ask }) => [await ask(list), await ask(number)]);
  return { ...fake, answers };
}

test("questions are answered one after another, and each leaves one line", async () => {
  const { answers, shown, isRaw } = talk([
    ["Which data?", DOWN, ENTER],
    ["How many epochs?", "1", "2", ENTER],
  ]);
  expect(await answers).toEqual(["数据1", "12"]);
  expect(screenOf(shown(), 80)).toEqual(["? Which data? 数据1", "? How many epochs? 12", ""]);
  expect(isRaw()).toBe(false);
});

test("what is typed ahead is not lost", async () => {
  const { answers, left } = talk([["Which data?", `1${ENTER}7${ENTER}`]]);
  expect([await answers, left()]).toEqual([["数据1", "7"], []]);
});

test("what stands ready is taken by Enter alone, and a wrong answer can be mended", async () => {
  expect(await talk([["Which data?", ENTER, ENTER]]).answers).toEqual(["数据0", "30"]);
  const mended = talk([
    ["Which data?", ENTER],
    ["How many epochs?", "a", ENTER],
    ["a whole number, please", BACKSPACE, "5", ENTER],
  ]);
  expect(await mended.answers).toEqual(["数据0", "5"]);
});

describe.each([
  ["Ctrl-C", CTRL_C],
  ["Ctrl-D", CTRL_D],
  ["Esc", ESC],
  ["the end of the input", ""],
])("%s", (_, key) => {
  test.each(["en", "zh"] as const)(
    "cancels as SIGINT would and leaves the terminal as it was (%s)",
    async (language) => {
      const { answers, shown, isRaw, terminal } = talk([["Which data?", key]], { language });
      await expect(answers).rejects.toThrow(new InterruptedError("SIGINT"));
      expect(screenOf(shown(), 80)).toEqual(["? Which data?", language === "en" ? "cancelled" : "已取消", ""]);
      expect([isRaw(), terminal.input.listenerCount("keypress"), terminal.output.listenerCount("resize")]).toEqual([
        false,
        0,
        0,
      ]);
    },
  );
});

test.each([40, 24])("%i columns wrap nothing", async (columns) => {
  const { answers, shown } = talk([["Which data?", DOWN, DOWN, "1", "5", ENTER, ENTER]], { columns, rows: 12 });
  await answers;
  const frames = shown().split("\x1b[J");
  expect(frames.length).toBeGreaterThan(4);
  for (const frame of frames) expect(screenOf(frame, columns).filter((line) => line.startsWith("+"))).toEqual([]);
});

test("a terminal that became narrower has wrapped the question, which is drawn over all of it", async () => {
  const message = "Which of the data that lie in this folder is to be trained on now?";
  const fake = fakeTerminal();
  const answer = converse(fake.terminal, async ({ ask }) => ask(listQuestion({ message, choices, words })));
  for (const [width, up] of [
    [30, 3],
    [100, 2],
    [80, 1],
  ]) {
    const before = fake.shown().length;
    fake.resize(width!);
    expect(fake.shown().slice(before)).toMatch(new RegExp(`^\\x1b\\[${up}A\\r\\x1b\\[J\\? Which of the data`));
  }
  fake.press([ENTER]);
  expect(await answer).toBe("数据0");
});

describe("whether runs are to be removed", () => {
  test.each([
    ["y takes yes", ["y", ENTER], true],
    ["the arrow too", [DOWN, ENTER], true],
    ["Enter alone is no", [ENTER], false],
    ["Esc is no", [ESC], false],
  ])("%s", async (_, keys, removed) => {
    const { terminal } = fakeTerminal([["Remove a, b with all files?", ...keys]]);
    const asked = askRemoval(["a", "b"], terminal);
    await (removed ? expect(asked).resolves.toBeUndefined() : expect(asked).rejects.toThrow(InterruptedError));
  });
});
