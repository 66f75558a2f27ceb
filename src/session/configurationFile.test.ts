import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import { readConfigurationFile } from "./configurationFile.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-yaml-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "c.yaml");

function read(content: string | Uint8Array): Record<string, unknown> {
  writeFileSync(path, content);
  return Object.fromEntries(Array.from(readConfigurationFile(path), ([name, { value }]) => [name, value]));
}

/** The message of the usage error, which is one line, without the folder. */
function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError && !error.message.includes("\n")) return error.message.replaceAll(`${folder}/`, "");
    throw error;
  }
  throw new Error("expected a UsageError, got none");
}

test("keys, values, lists, aliases and their places", () => {
  const content = "a: 1\nb: &list [x, 2.5, null]\n'c': *list\nd:\n1: true\n";
  expect(read(content)).toEqual({ a: 1, b: ["x", 2.5, null], c: ["x", 2.5, null], d: null, 1: true });
  const setting = readConfigurationFile(path).get("b")!;
  expect([setting.keyAt, setting.valueAt]).toEqual([`${path}:2:1`, `${path}:2:10`]);
  expect([read(""), read("# nothing\n"), read("~")]).toEqual([{}, {}, {}]);
});

/** Nine levels of lists of the level before: 9¹⁰ values from 381 bytes. */
const bomb = ["x", ..."abcdefghij"]
  .map((name, i, all) => (i === 0 ? "" : `${name}: &${name} [${Array(9).fill(i === 1 ? '"x"' : `*${all[i - 1]}`)}]\n`))
  .join("");

describe("refuses, with the place,", () => {
  test.each<[string, string, RegExp]>([
    ["aliases of aliases", bomb, /^c\.yaml:\d:\d+: expected at most 200000 values, got more, counting what aliases/],
    ["a list in itself", "model: mlp\ndescription: &a [*a]\n", /^c\.yaml:2:\d+: expected lists in lists at most 100/],
    ["two lists in each other", "a: &a [&b [*a, *b]]\n", /^c\.yaml:1:\d+: expected (lists in lists|at most)/],
    ["an alias of nothing", "a: *b\n", /^c\.yaml:1:4: expected .*; correct the file$/],
    ["keys inside a value", "a:\n  b: 1\n", /^c\.yaml:2:3: expected a value or a list of values, got keys/],
    ["a merge key", "a: &a {b: 1}\n<<: *a\n", /^c\.yaml:1:\d+: expected a value/],
    ["a key that is a list", "? [a]\n: 1\n", /^c\.yaml:1:3: expected the name of an option, got a list/],
    ["a key twice", "a: 1\nb: 2\na: 3\n", /^c\.yaml:3:1: expected each key once, got "a" twice/],
    ["a tag of JavaScript", "a: !!js/function 'x'\n", /^c\.yaml:1:4: expected YAML, got Unresolved tag/],
    ["a tag of bytes", "a: !!binary aGk=\n", /^c\.yaml:1:4: expected YAML, got Unresolved tag/],
    ["a tag of an older YAML", "%YAML 1.1\n---\na: !!set {x}\n", /^c\.yaml:3:4: expected YAML, got/],
    ["two documents", "a: 1\n---\nb: 1\n", /^c\.yaml:2:1: expected YAML, got Source contains multiple documents/],
    ["a zero character", "a: x\0y\n", /^c\.yaml:1:5: expected YAML, got the character U\+0000; remove it$/],
    [
      "an escape character",
      "a: 1\nb: \u001b[31m\n",
      /^c\.yaml:2:4: expected YAML, got the character U\+001B; remove it$/,
    ],
    ["a single value", "hello", /^c\.yaml:1:1: expected keys and values, .*, got "hello"/],
    ["brackets 200,000 deep", `a: ${"[".repeat(200_000)}`, /^c\.yaml:1:\d+: expected /],
    ["closed brackets, too", `a: ${"[".repeat(1000)}${"]".repeat(1000)}`, /^c\.yaml:1:\d+: expected /],
    ["dashes 200,000 deep", "- ".repeat(200_000), /^c\.yaml:1:\d+: expected /],
  ])("%s", (_, content, message) => {
    expect(refusal(() => read(content))).toMatch(message);
  });

  test("what is not UTF-8", () => {
    const words = /^c\.yaml:2:3: expected YAML in UTF-8, got other bytes; save the file as UTF-8$/;
    expect(refusal(() => read(Uint8Array.of(97, 58, 49, 10, 98, 58, 0xe4, 10)))).toMatch(words);
    const wide = Uint8Array.from([0xff, 0xfe, ...Buffer.from("a: 1\n", "utf16le")]);
    expect(refusal(() => read(wide))).toMatch(/^c\.yaml:1:1: expected YAML in UTF-8/);
  });

  test("a file beyond all need, by its size", () => {
    writeFileSync(path, "");
    truncateSync(path, 2 ** 40);
    const words = "c.yaml: expected a configuration of at most 1048576 bytes, got 1099511627776; check the path";
    expect(refusal(() => readConfigurationFile(path))).toBe(words);
  });

  test.skipIf(process.platform === "win32")("a pipe and a device, at once", () => {
    const pipe = join(folder, "pipe.yaml");
    execFileSync("mkfifo", [pipe]);
    expect(refusal(() => readConfigurationFile(pipe))).toMatch(
      /^pipe\.yaml: expected a file, got a pipe; save what it/,
    );
    expect(refusal(() => readConfigurationFile("/dev/zero"))).toMatch(
      /^\/dev\/zero: expected a file, got a device; save/,
    );
    expect(refusal(() => readConfigurationFile(folder))).toMatch(/: expected a file, got a folder; check the path$/);
  });
});

test("each of very many keys is looked at once", () => {
  const many = Array.from({ length: 60_000 }, (_, i) => `key${i}: ${i}\n`).join("");
  expect(Object.keys(read(many)).length).toBe(60_000);
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty", '""'])(
  "%s is an unknown key like others",
  (key) => {
    writeFileSync(path, `model: mlp\ndata: iris\n${key}: 1\n`);
    expect(refusal(() => resolveConfiguration({ config: path }, {}))).toMatch(
      /^c\.yaml:3:1 .*: expected a known option, got /,
    );
    if (key !== '""')
      expect(refusal(() => resolveConfiguration({ model: "mlp", data: "iris", set: [`${key}=1`] }, {}))).toMatch(
        /^`set` .*: expected a known option, got /,
      );
  },
);
