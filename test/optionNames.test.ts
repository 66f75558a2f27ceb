import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { otherOptions } from "../src/cli/flagNames.ts";
import { inFlags } from "../src/cli/inFlags.ts";
import { everyCommand } from "./cli/inProcess.ts";

const root = fileURLToPath(new URL("../src", import.meta.url));

/** What a page, a queue and callers of the library read too. */
const folders = [
  ...["data", "model", "optimizer", "runtime", "training", "statistics", "store", "export", "advice"],
  ...["analysis", "inspection", "session", "experiment"],
];

/** They make command lines of options, or name those of sbatch. */
const makers = [
  "session/childRun.ts",
  "session/command.ts",
  "experiment/slurm/submit.ts",
  "experiment/slurm/script.ts",
];

const sources = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  )
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !makers.includes(path));

/** The lines of a source that are no comment. */
function linesOf(path: string): string[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  return lines.filter((line) => !/^\s*(\/\/|\/?\*)/.test(line));
}

/** Flags in a line of code, but for the declaration of an option and for a whole command to type. */
function flagsIn(line: string): string[] {
  const rest = line.replace(/flags: "[^"]*"|batchscope [a-z]+ --[a-z]+|\(--\w+ [<=>]/g, "");
  return [...rest.matchAll(/(?<![\w)\]-])--(?:[a-z][a-z-]*|\$\{)/g)].map(([flag]) => flag);
}

test("errors and remarks below the command line name options, not flags", () => {
  expect(sources.length).toBeGreaterThan(250);
  const found = sources.flatMap((path) => linesOf(path).filter((line) => flagsIn(line).length > 0));
  expect(found).toEqual([]);
});

test.each([
  ['throw new UsageError("--epochs: expected more")', ["--epochs"]],
  ["`raise --batch-size above 5`", ["--batch-size"]],
  ["`--${" + "kebab(name)}: expected`", ["--${"]],
  ["if (--left === 0) return;", []],
  ["count--; a --> b", []],
  ['{ flags: "--epochs <n>", help: "passes" }', []],
  ["`; see batchscope runs --trash`", []],
])("flags in %s", (line, flags) => {
  expect(flagsIn(line)).toEqual(flags);
});

const named = sources.flatMap((path) =>
  [...readFileSync(join(root, path), "utf8").matchAll(/\boption\("([^"]*)"\)/g)].map(([, name]) => name!),
);
const declared = everyCommand().flatMap(({ command }) => command.options.map(({ long }) => long));

test("every option that is named is one of a command", () => {
  expect(new Set(named).size).toBeGreaterThan(50);
  const flags = [...new Set([...named, ...otherOptions])].map((name) => inFlags(`\`${name}\``));
  expect(flags.filter((flag) => !declared.includes(flag))).toEqual([]);
});

test.each([
  ["`batchSize`: expected 1; raise `epochs` above 5", "--batch-size: expected 1; raise --epochs above 5"],
  ["`tags`, `parameterRates`, `minDelta`, `smoothL1Beta`", "--tag, --parameter-rate, --min-delta, --smooth-l1-beta"],
  ["`fullPass` of `by`, `memoryBudget`", "--full-pass of --by, --memory-budget"],
  ["a column `x`, `constructor` and epochs", "a column `x`, `constructor` and epochs"],
])("%s is said in flags", (text, said) => {
  expect(inFlags(text)).toBe(said);
});
