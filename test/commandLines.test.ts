import { readdirSync, readFileSync } from "node:fs";
import type { CommandUnknownOpts as Command } from "@commander-js/extra-typings";
import { describe, expect, test } from "vitest";
import { normalizeArguments } from "../src/cli/arguments.ts";
import { booleanFlags } from "../src/cli/programs/booleans.ts";
import { program } from "../src/cli/programs/program.ts";

const root = new URL("../", import.meta.url);
const everything = (await program()) as unknown as Command;

/** Every `batchscope …` line of a text, without prompts, comments beside it, and what a shell does with the output. */
function commandLines(text: string): string[] {
  return [...text.replaceAll("\\\n", " ").matchAll(/^ *(?:npx )?batchscope +([a-z-]+ [^\n]*|[a-z-]+)$/gm)].map(
    ([, line]) => line!.replace(/ {3,}\S.*$| +(#|[|>]|&&) .*$/, "").trim(),
  );
}

function documented(): [place: string, line: string][] {
  const pages = ["README.md", ...readdirSync(new URL("docs", root)).map((name) => `docs/${name}`)];
  return pages
    .filter((page) => page.endsWith(".md"))
    .flatMap((page) => {
      const fenced = readFileSync(new URL(page, root), "utf8").match(/```(?:ba)?sh\n[\s\S]*?```/g) ?? [];
      return fenced.flatMap(commandLines).map((line): [string, string] => [page, line]);
    });
}

function helped(command: Command): [place: string, line: string][] {
  let printed = "";
  command.configureOutput({ writeOut: (text) => (printed += text) }).outputHelp();
  const examples = printed.split("Examples:\n")[1] ?? "";
  const own = commandLines(examples).map((line): [string, string] => [`${command.name()} --help`, line]);
  return [...own, ...command.commands.flatMap(helped)];
}

/** The program with commands that only read their flags, and tell `ran` the words that they are called by. */
function silent(command: Command, ran: (called: string[]) => void, called: readonly string[] = []): Command {
  command.action(() => ran([...called]));
  for (const one of command.commands) silent(one, ran, [...called, one.name()]);
  return command;
}

/** Shell words: quotes keep spaces together, and `<id>` is a word that the reader puts in. */
const words = (line: string) =>
  (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^['"]|['"]$/g, ""));

describe("a command line that is shown is one that the program understands", () => {
  const shown = [...documented(), ...helped(everything)];

  test("there are some in the README, in docs and in every help that has examples", () => {
    const places = shown.map(([place]) => place);
    for (const place of ["README.md", "docs/reports.md", "train --help", "runs --help"])
      expect(places).toContain(place);
  });

  test.each(shown)("%s: %s", async (_, line) => {
    const command = (await program()) as unknown as Command;
    const booleans = booleanFlags(command);
    const ran: string[][] = [];
    const reading = silent(command, (called) => ran.push(called));
    await reading.parseAsync(normalizeArguments(words(line), booleans), { from: "user" });
    expect(ran).toHaveLength(1);
    // `runs` alone lists them, and `sweep` alone runs one.
    const given = words(line).slice(0, ran[0]!.length);
    const usual: Readonly<Record<string, string>> = { runs: "list", sweep: "run" };
    const alone = usual[given[0]!];
    expect(alone && given[1] !== ran[0]![1] ? [given[0], alone] : given).toEqual(ran[0]);
  });
});

/** Another way to say what is run, or nothing that a default would make sense of. */
const withoutDefault = new Set(["config", "resume", "set", "run", "gradients", "gram", "status", "name"]);

function options(command: Command): [flag: string, description: string][] {
  const own = command.options
    .filter(({ required, hidden }) => required && !hidden)
    .filter((option) => !withoutDefault.has(option.name()) && option.defaultValue === undefined)
    .map(({ long, description }): [string, string] => [`${command.name()} ${long}`, description]);
  return [...own, ...command.commands.flatMap(options)];
}

test.each(options(everything))("%s says what holds where it is left out", (_, description) => {
  expect(description).toMatch(/default|must be given/);
});
