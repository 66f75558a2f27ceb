import { expect, test } from "vitest";
import { z } from "zod";
import { errorTranslator } from "../text/errors.ts";
import { errorsChinese } from "../text/zh/errors.ts";
import { parseRecord } from "./parseRecord.ts";
import { count, number, record, text, time } from "./records.ts";

/** Every kind of issue that our schemas can make of a value. */
const cases: readonly (readonly [schema: z.ZodType, value: unknown, english: string, chinese: string])[] = [
  [text, 3, "a text", "文本"],
  [z.number(), "a", "a number", "数"],
  [number, "a", "a number", "数"],
  [count, 0.5, "a whole number", "整数"],
  [z.boolean(), 1, "true or false", " true 或 false"],
  [z.array(text), 1, "a list", "列表"],
  [z.tuple([number, number]), 1, "a list", "列表"],
  [record({ a: text }), 1, "an object", "对象"],
  [z.record(z.string(), text), 1, "an object", "对象"],
  [z.record(z.string(), text), [], "an object", "对象"],
  [z.null(), 1, "another value", "别的值"],
  [z.literal("x"), 1, '"x"', ' "x"'],
  [z.enum(["x", "y"]), "z", 'one of "x", "y"', ' "x", "y" 之一'],
  [z.union([text, count]), [], "another value", "别的值"],
  [count, -1, "a number of at least 0", "至少 0 的数"],
  [z.int().positive(), 0, "a number above 0", "大于 0 的数"],
  [z.int(), 1e300, "a number of at most 9007199254740991", "至多 9007199254740991 的数"],
  [z.number().lt(1), 1, "a number below 1", "小于 1 的数"],
  [z.array(text).min(2), ["a"], "a list of length 2 or more", "长度至少为 2 的列表"],
  [z.tuple([number, number]), [1], "a list of length 2 or more", "长度至少为 2 的列表"],
  [z.tuple([number, number]), [1, 2, 3], "a list of length 2 or less", "长度至多为 2 的列表"],
  [z.string().min(1), "", "a text of length 1 or more", "长度至少为 1 的文本"],
  [z.string().max(1), "ab", "a text of length 1 or less", "长度至多为 1 的文本"],
  [z.string().regex(/^a/), "b", "another value", "别的值"],
  [z.strictObject({}), { b: 1 }, "another value", "别的值"],
  [time, "soon", "a time as in ISO 8601", " ISO 8601 的时间"],
];

const inChinese = errorTranslator(errorsChinese);

test.each(cases)("%# is said in words of ours", (schema, value, english, chinese) => {
  expect(() => parseRecord("a.json", record({ f: schema }), { f: value })).toThrow(
    `a.json: expected ${english} in "f", got ${JSON.stringify(value)}; restore the file or delete it`,
  );
  const message = `a.json: expected ${english} in "f", got 3; restore the file or delete it`;
  expect(inChinese(message)).toBe(`a.json：“f”应为${chinese}，实际为 3；请恢复或删除该文件`);
});

test("of a union that has a name for each of its members, that name is pointed at", () => {
  const ends = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("done") }),
    z.object({ kind: z.literal("lost") }),
  ]);
  expect(() => parseRecord("a.json", record({ end: ends }), { end: { kind: "gone" } })).toThrow(
    'a.json: expected one of "done", "lost" in "end.kind", got "gone"; restore the file or delete it',
  );
});
