import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { formatCommand, parseBoolean } from "./command.ts";

test.each([
  ["True", true],
  ["on", true],
  ["OFF", false],
  ["0", false],
  ["2", undefined],
  ["toString", undefined],
  ["", undefined],
])("parseBoolean(%j) is %s", (text, value) => {
  expect(parseBoolean(text)).toBe(value);
});

test("a command line is printed so that a shell reads the same words", () => {
  const values = {
    model: "a b.onnx",
    batchSize: 4,
    tag: ["x", "it's $HOME"],
    json: true,
    dryRun: false,
    name: undefined,
    des: "",
  };
  const line = formatCommand("train", values);
  expect(line).toBe(
    `batchscope train --model 'a b.onnx' --batch-size 4 --tag x --tag 'it'\\''s $HOME' --json --des ''`,
  );
  const words = execFileSync("sh", ["-c", line.replace("batchscope", "printf '%s\\n'")], { encoding: "utf8" }).split(
    "\n",
  );
  const read = [
    "train",
    "--model",
    "a b.onnx",
    "--batch-size",
    "4",
    "--tag",
    "x",
    "--tag",
    "it's $HOME",
    "--json",
    "--des",
    "",
    "",
  ];
  expect(words).toEqual(read);
});
