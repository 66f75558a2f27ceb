import { describe, expect, test } from "vitest";
import type { CommandUnknownOpts } from "./commander.ts";
import { helpAsFlag, namesFirst, requireCommand } from "./commandPath.ts";
import { program } from "./programs/program.ts";

const root = (await program()) as unknown as CommandUnknownOpts;
const words = (line: string) => line.split(" ");

test.each([
  ["--lang zh runs", "runs --lang zh"],
  ["--lang=zh runs show latest", "runs show --lang=zh latest"],
  ["runs --dir x show latest", "runs show --dir x latest"],
  ["--dir runs --json runs rm a --yes", "runs rm --dir runs --json a --yes"],
  ["--lang zh train --model mlp", "train --lang zh --model mlp"],
  ["train --lang zh", "train --lang zh"],
  ["--lang", "--lang"],
  ["--lang zh", "--lang zh"],
  ["--lang zh nosuch", "--lang zh nosuch"],
  ["--help train", "--help train"],
  ["runs --status lost", "runs --status lost"],
])("%s is %s", (line, expected) => {
  expect(namesFirst(words(line), root)).toEqual(words(expected));
});

test.each([
  ["", "--help"],
  ["--lang zh", "--help --lang zh"],
  ["help", "--help"],
  ["help runs show", "runs show --help"],
])("'%s' asks for %s", (line, expected) => {
  expect(helpAsFlag(line === "" ? [] : words(line))).toEqual(words(expected));
});

describe("words that are no command", () => {
  test.each([
    ["nosuch", /^unknown command 'nosuch'; choose one of train, lr-find, .*doctor$/],
    ["help trian", /^unknown command 'trian'; did you mean "train"\?$/],
    ["trian --help", /^unknown command 'trian'; did you mean "train"\?$/],
    ["help runs shw", /^runs: unknown command 'shw'; did you mean "show"\?$/],
    ["runs nosuch", /^runs: unknown command 'nosuch'; choose one of list, show, rm, /],
  ])("%s", (line, message) => {
    expect(() => requireCommand(helpAsFlag(words(line)), root)).toThrow(message);
  });

  test.each([
    "train",
    "help",
    "help train all",
    "runs --help",
    "runs",
    "help runs show",
    "--version",
    "analyze latest",
  ])("but not %s", (line) => {
    expect(() => requireCommand(helpAsFlag(words(line)), root)).not.toThrow();
  });
});
