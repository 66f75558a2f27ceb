import { crc32 } from "node:zlib";
import { type Random, random } from "../../src/tensor/random.ts";

/** The numbers that decide file `n` of a format: the same at every time and on every machine. */
export function streamOf(format: string, n: number): Random {
  return random(crc32(`${format} ${n}`) | 0);
}

export function one<T>(list: readonly T[], stream: Random): T {
  return list[stream.integer(list.length)]!;
}

export function chance(share: number, stream: Random): boolean {
  return stream.uniform() < share;
}

/** Does it `least` to `most` times. */
export function times(least: number, most: number, stream: Random, action: () => void): void {
  const count = least + stream.integer(most - least + 1);
  for (let i = 0; i < count; i++) action();
}

/** Sizes, counts and places that programs stumble over: around zero, and around where integers end. */
export const nastySizes: readonly number[] = [
  ...[0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 100, 127, 128, 255, 256, 1000],
  ...[2 ** 15, 2 ** 16 - 1, 2 ** 16, 2 ** 20, 2 ** 24, 2 ** 28, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32],
  ...[2 ** 33, 2 ** 40, 2 ** 52, 2 ** 53 - 1, 2 ** 53, 2 ** 62, 2 ** 63, 2 ** 64],
];

export const nastyNumbers: readonly number[] = [
  ...nastySizes,
  ...nastySizes.map((size) => -size),
  ...[0.5, -0.5, 1e-320, 1e-45, 3.5e38, -3.5e38, 1e300, 1.7976931348623157e308],
];

/** Names that mean something to JavaScript, to a terminal, to a path, to a table or to HTML. */
export const nastyNames: readonly string[] = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "valueOf", "length", "then"],
  ...["", " ", "0", "-1", "1e3", "NaN", "null", "undefined", "x", "y", "x_train", "y_test", "weight", "features"],
  ...["../up", "/etc/passwd", "a/b", "a\\b", "C:\\a", ".", "..", ".hidden", "con", "~"],
  ...["\u001b[31mred\u001b[0m", "\u001b]0;title\u0007", "\u009b31m", "a\rb", "a\nb", "a\tb", "nul\0nul", "\u007f"],
  ...["\u202eabc", "\u2028", "\ufeffbom", "\ud800", "\ufffd", "é", "e\u0301", "中文", "👩‍👩‍👧"],
  ...["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2", '"', "'", "`", "$(touch x)", "%s%n", "a,b", "a;b", "--flag"],
  ...["<script>alert(1)</script>", "&amp;", "</script>", "x".repeat(300), "long ".repeat(2000)],
];
