import { expect, test } from "vitest";
import { stringify } from "yaml";
import { resolveConfiguration } from "../session/configuration.ts";
import { yamlText } from "./yamlText.ts";

const values = [
  ...[
    "on",
    "off",
    "yes",
    "mlp",
    "one-cycle",
    "/data/a.csv",
    "data/a_b.csv",
    "A1",
    "true",
    "No",
    "NULL",
    "y",
    "~",
    "",
    " ",
    "a b",
    "a: b",
  ],
  ...["#a", "a#b", "- a", "-a", "1", "1e3", "0x1f", ".5", ".inf", "NaN", "*a", "&a", "!a", "%a", "@a", "`a", "a\nb"],
  ...[
    "größer",
    "a,b",
    "[a]",
    "{a}",
    "'a'",
    '"a"',
    "a:b",
    "a:",
    "2020-01-01",
    "=",
    "<<",
    "...",
    "---",
    "/",
    "//",
    "a".repeat(200),
  ],
  ...[0, -0, 1, -1, 1e-7, 1e21, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[true, false, null, [], ["a"], ["a", "b c"], [1, "x"], [[]], {}, { a: 1 }],
];

test.each(values)("%j is written as the library writes it", (value) => {
  const config = { model: "mlp", value, list: [value, "b"], [String(value)]: 1 };
  expect(yamlText(config)).toBe(stringify(config));
  expect(yamlText({ value })).toBe(stringify({ value }));
});

test("so is a configuration, and one of nothing", () => {
  const config = resolveConfiguration({ model: "mlp", data: "iris", tag: ["a", "b"] }, {});
  expect(yamlText(config)).toBe(stringify(config));
  expect(yamlText({})).toBe(stringify({}));
});
