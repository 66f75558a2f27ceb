import { describe, expect, test } from "vitest";
import { escapeHtml } from "../report/page/escape.ts";
import { alignedLines } from "../report/terminal/aligned.ts";
import { printable, printableJson, printableLines, readableJson } from "./printable.ts";

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const obeyed = [
  ...range(0x00, 0x1f),
  ...range(0x7f, 0x9f),
  ...[0x61c, 0x200e, 0x200f, 0x2028, 0x2029],
  ...range(0x202a, 0x202e),
  ...range(0x2066, 0x2069),
].map((code) => String.fromCharCode(code));
const raw = new RegExp(`[${obeyed.map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}]`);

test.each(obeyed.map((one) => [JSON.stringify(one), one]))("%s reaches no terminal", (_, character) => {
  const code = character.charCodeAt(0).toString(16);
  const escaped = code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
  expect(printable(`a${character}b`)).toBe(`a${escaped}b`);
  expect(printableLines(`a${character}b`)).toBe("\n\t".includes(character) ? `a${character}b` : `a${escaped}b`);
  const json = printableJson(JSON.stringify({ [`a${character}b`]: [character] }));
  expect(json).not.toMatch(raw);
  expect(JSON.parse(json)).toEqual({ [`a${character}b`]: [character] });
});

test.each(["plain", "Ünïcode", "数据", "a\\x1b", "👩‍👩‍👧 family", 'quote"', "a\u00a0b", "e\u0301"])(
  "%s stays as it is",
  (text) => {
    expect(printable(text)).toBe(text);
    expect(printableLines(text)).toBe(text);
    expect(JSON.parse(printableJson(JSON.stringify(text)))).toBe(text);
    expect(JSON.parse(readableJson(JSON.stringify(text)))).toBe(text);
  },
);

describe("a document whose strings are read", () => {
  test.each([
    ["a\u001bb", "a\\x1bb"],
    ["a\u202eb\u009bc", "a\\u202eb\\x9bc"],
    ["a\nb\tc", "a\nb\tc"],
    ["a\\u001bb", "a\\u001bb"],
    ["a\\\u001bb", "a\\\\x1bb"],
    ["a\u0007\u007f<b", "a\\x07\\x7f<b"],
  ])("%j is shown as %j", (text, expected) => {
    expect(JSON.parse(readableJson(JSON.stringify({ text })))).toEqual({ text: expected });
    expect(JSON.parse(readableJson(JSON.stringify({ text }).replaceAll("<", "\\u003c")))).toEqual({ text: expected });
  });
});

test("columns of a table are as wide as what is shown", () => {
  expect(
    alignedLines([
      ["name", "n"],
      ["a\u001b[31m\nb", "1"],
    ]),
  ).toEqual(["name            n", "a\\x1b[31m\\x0ab  1"]);
});

test("a page shows what it would reorder or could not hold", () => {
  expect(escapeHtml("<a\u202e\u001b\nb>")).toBe("&lt;a\\u202e\\x1b\nb&gt;");
});
