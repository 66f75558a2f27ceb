import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { trainFields } from "../../src/session/options/options.ts";
import { everyCommand, tryHere } from "./inProcess.ts";

const scene = mkdtempSync(join(tmpdir(), "batchscope-empty-"));
afterAll(() => rmSync(scene, { recursive: true }));

/**
 * Of every command, the options that take a value, with the words that the command cannot do without; a text may be
 * nothing.
 */
const options = everyCommand().flatMap(({ words, command }) => {
  const needed = [
    ...words,
    ...command.registeredArguments.filter(({ required }) => required).map(() => "latest"),
    ...command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, "onnx"]),
  ];
  return command.options
    .filter(({ flags }) => /<.*>$/.test(flags) && !flags.endsWith("<text>"))
    .map(({ long }) => [`${needed.join(" ")} ${long}`, needed, long!] as const);
});

test("options that take values are found", () => {
  expect(options.length).toBeGreaterThan(250);
});

test.each(options)("%s of nothing is a mistake", async (_, line, flag) => {
  for (const value of ["", " "]) {
    const { code, text } = await tryHere(...line, `${flag}=${value}`);
    expect([code, text]).toEqual([
      2,
      expect.stringMatching(
        new RegExp(
          `^batchscope: error: (${flag}: expected .*, got "|option '${flag} .*' argument '${value}' is invalid\\. )`,
        ),
      ),
    ]);
  }
});

describe.each(["", " "])("of %j", (value) => {
  const keys = Object.keys(trainFields).filter((key) => key !== "description");
  const train = ["train", "--print-config", "--model", "mlp", "--data", "mnist"];
  const withoutKey = (key: string) => train.filter((word, i) => word !== `--${key}` && train[i - 1] !== `--${key}`);

  test.each(keys)("%s is a mistake in a file, and with --set", async (key) => {
    const file = join(scene, `${key}-${value.length}.yaml`);
    writeFileSync(file, `${key}: "${value}"\n`);
    const inFile = await tryHere(...withoutKey(key), "--config", file);
    expect([inFile.code, inFile.text]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^batchscope: error: ${file}:1:\\d+ ${key}: expected .*, got `)),
    ]);
    const set = await tryHere(...withoutKey(key), "--set", `${key}=${value}`);
    expect([set.code, set.text]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^batchscope: error: --set ${key}: expected .*, got `)),
    ]);
  });
});
