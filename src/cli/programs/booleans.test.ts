import { expect, test } from "vitest";
import { normalizeArguments } from "../arguments.ts";
import type { CommandUnknownOpts as Command } from "../commander.ts";
import { booleanFlags } from "./booleans.ts";
import { program } from "./program.ts";

const root = await program();
const flags = booleanFlags(root);

function below(command: Command, words: readonly string[]): { words: readonly string[]; command: Command }[] {
  const inner = command.commands.flatMap((one) => below(one, [...words, one.name()]));
  return [{ words, command }, ...inner];
}

const commands = below(root, []);
const own = commands.flatMap(({ words, command }) =>
  [...booleanFlags(command)]
    .filter((name) => command.options.some(({ long }) => long === `--${name}`))
    .map((name) => ({ words, command, name })),
);

test("there are some on many commands", () => {
  expect(own.map(({ words, name }) => [...words, name].join(" "))).toEqual(
    expect.arrayContaining(["models summary", "models json", "runs rm yes", "train nesterov", "analyze by-layer"]),
  );
});

test.each(own)("$words --$name takes true and false", ({ words, command, name }) => {
  const known = command.options.map(({ long }) => long);
  for (const [said, flag] of [
    ["True", `--${name}`],
    ["false", `--no-${name}`],
  ] as const) {
    expect(normalizeArguments([...words, `--${name}`, said], flags)).toEqual([...words, flag]);
    expect(known).toContain(flag);
  }
});

test("a flag without a value has none on any other command", () => {
  const valued = commands.flatMap(({ command }) => command.options.filter((option) => !option.isBoolean()));
  const names = valued.filter(({ negate }) => !negate).map((option) => option.name());
  expect(names.filter((name) => flags.has(name))).toEqual([]);
});
