import type { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { displayWidth } from "../report/terminal/displayWidth.ts";
import { helpChinese } from "../text/zh/help.ts";
import type { CommandUnknownOpts } from "./commander.ts";
import { pathOf, shorten } from "./help.ts";
import { translate } from "./helpInWords.ts";
import { program } from "./programs/program.ts";

const root = async () => (await program()) as unknown as CommandUnknownOpts;
const whole = (command: CommandUnknownOpts): CommandUnknownOpts[] => [command, ...command.commands.flatMap(whole)];

/** Every description of the help with its Chinese one, by what it is of. */
async function pairs() {
  return whole(await root()).flatMap((command) => {
    const path = pathOf(command);
    const { commands, arguments: operands, options, perCommand } = helpChinese;
    return [
      { of: path, english: command.description(), chinese: commands[path] },
      ...command.registeredArguments.map((one) => {
        const of = `${path} ${one.name()}`;
        return { of, english: one.description, chinese: operands[of] };
      }),
      ...command.options
        .filter(({ hidden }) => !hidden)
        .map((option) => {
          const key = option.attributeName();
          const chinese = perCommand[path]?.[key] ?? options[key];
          return { of: `${path} ${option.long}`, english: option.description, chinese };
        }),
    ];
  });
}

test("every command, argument and option has its Chinese words", async () => {
  const all = await pairs();
  expect(all.length).toBeGreaterThan(300);
  expect(
    all.filter(({ chinese }) => !/\p{Script=Han}|^sgd、|^cpu|^constant、/u.test(chinese ?? "")).map(({ of }) => of),
  ).toEqual([]);
});

test("numbers, flags and file endings are the same in both languages", async () => {
  const named = (text: string) =>
    new Set(text.match(/--[a-z][a-z-]*|(?<![\w-])-?\d[\d.,]*(?:e-\d+)?|\.[a-z]{2,}|[a-z]+_[a-z_]+/g) ?? []);
  const clean = (words: Set<string>) => [...words].map((word) => word.replace(/[.,]$/, "")).sort();
  const wrong = (await pairs()).filter(({ english, chinese = "" }) =>
    clean(named(english)).some((word) => !clean(named(chinese)).includes(word)),
  );
  expect(wrong).toEqual([]);
});

test("no Chinese words are of a command, argument or option that is gone", async () => {
  const commands = whole(await root());
  const paths = commands.map(pathOf);
  const keys = new Set(commands.flatMap(({ options }) => options.map((option) => option.attributeName())));
  const operands = commands.flatMap((one) =>
    one.registeredArguments.map((operand) => `${pathOf(one)} ${operand.name()}`),
  );
  expect(Object.keys(helpChinese.commands).filter((path) => !paths.includes(path))).toEqual([]);
  expect(Object.keys(helpChinese.arguments).filter((one) => !operands.includes(one))).toEqual([]);
  expect(Object.keys(helpChinese.options).filter((key) => !keys.has(key))).toEqual([]);
  const own = Object.entries(helpChinese.perCommand).flatMap(([path, words]) =>
    Object.keys(words).map((key) => [path, key] as const),
  );
  const has = (path: string, key: string) =>
    commands.some((one) => pathOf(one) === path && one.options.some((option) => option.attributeName() === key));
  expect(own.filter(([path, key]) => !has(path, key))).toEqual([]);
});

test("headings are Chinese, and no line is wider than the terminal", async () => {
  const command = await root();
  translate(command, helpChinese);
  for (const one of whole(command)) {
    one.configureOutput({ getOutHelpWidth: () => 80 });
    const help = one.helpInformation();
    expect(help.split("\n").filter((line) => displayWidth(line) > 80)).toEqual([]);
    expect(help.split("\n").filter((line) => /^[A-Z].*:$/.test(line))).toEqual([]);
  }
});

test("no line of any help is English, examples apart", async () => {
  const command = await root();
  shorten(command, [], helpChinese);
  translate(command, helpChinese);
  const english: string[] = [];
  for (const one of whole(command)) {
    let help = "";
    one.configureOutput({
      getOutHelpWidth: () => 200,
      writeOut: (text) => {
        help += text;
      },
    });
    one.outputHelp();
    // Names of commands, options, types and files may stand in a line; sentences may not.
    const lines = help.split("\n").filter((line) => !/^\s*(batchscope|用法：|-)/.test(line) && line.trim() !== "");
    const prose = helpChinese.prose[pathOf(one)];
    if (prose !== undefined) expect(help.split(prose)).toHaveLength(2);
    english.push(...lines.filter((line) => !/\p{Script=Han}/u.test(line)).map((line) => `${pathOf(one)}: ${line}`));
  }
  expect(english).toEqual([]);
});

test("prose after the examples is Chinese for every command that has some, and for no other", async () => {
  const withProse = whole(await root()).filter((one) => {
    let end = "";
    const write = (text: string) => {
      end += text;
    };
    (one as unknown as EventEmitter).emit("afterHelp", { write, command: one, error: false });
    return (
      end.trim() !== "" &&
      end
        .trim()
        .split(/\n{2,}/)
        .some((part) => !/^[^\n]*:\n/.test(part))
    );
  });
  expect(Object.keys(helpChinese.prose).sort()).toEqual(withProse.map(pathOf).sort());
});

test("a long command prints its main options, and all where they are asked for", async () => {
  const shown = async (argv: readonly string[]) => {
    const command = await root();
    shorten(command, argv, null);
    const train = command.commands.find((one) => one.name() === "train")!;
    return train.options.filter(({ hidden }) => !hidden).map(({ long }) => long);
  };
  const [few, all] = [await shown(["train", "--help"]), await shown(["train", "--help", "all"])];
  expect(few.length).toBeLessThan(45);
  expect(all.length).toBeGreaterThan(130);
  for (const long of ["--model", "--data", "--batch-size", "--learning-rate", "--resume", "--json"])
    expect(few).toContain(long);
});
