import { displayWidth } from "../report/terminal/displayWidth.ts";
import type { HelpWords } from "../text/helpWords.ts";
import type { CommandUnknownOpts, Option } from "./commander.ts";
import { pathOf } from "./help.ts";

/** Has a command and those below it print their help in other words. */
export function translate(command: CommandUnknownOpts, words: HelpWords): void {
  const path = pathOf(command);
  const [named, own] = [words.words, words.perCommand[path] ?? {}];
  const about = (one: CommandUnknownOpts) => words.commands[pathOf(one)] ?? one.description();
  const description = (option: Option) =>
    option.name() === "help"
      ? (named.help ?? option.description)
      : (own[option.attributeName()] ?? words.options[option.attributeName()] ?? option.description);
  command.configureHelp({
    commandDescription: about,
    subcommandDescription: (one) => (one.name() === "help" ? (named.helpCommand ?? about(one)) : about(one)),
    argumentDescription: (argument) => words.arguments[`${path} ${argument.name()}`] ?? argument.description,
    optionDescription: (option) => description(option) + additions(option, named),
    styleTitle: (title) => named[title] ?? title,
    displayWidth,
    boxWrap: (text, width) =>
      text
        .split("\n")
        .map((line) => wrap(line, width))
        .join("\n"),
  });
  for (const one of command.commands) translate(one, words);
}

/** Choices, the default and whether it must be given, as the English help says them. */
function additions(option: Option, named: HelpWords["words"]): string {
  const parts: string[] = [];
  if (option.argChoices) parts.push(`${named.choices}: ${option.argChoices.join("、")}`);
  const { defaultValue } = option;
  if (defaultValue !== undefined && !option.isBoolean())
    parts.push(`${named.default}: ${option.defaultValueDescription ?? JSON.stringify(defaultValue)}`);
  const said = parts.length === 0 ? "" : `（${parts.join("；")}）`;
  return option.mandatory && defaultValue === undefined ? `${said}${named.required}` : said;
}

/** Lines of at most `width` columns, cut at spaces and between ideographs, never before closing punctuation. */
function wrap(text: string, width: number): string {
  const lines = [""];
  for (const piece of text.match(
    /\s*(?:[（“]*\p{Script=Han}|[（“]+|[^\s\p{Script=Han}（“，。；：、）”]+)?[，。；：、）”]*/gu,
  ) ?? []) {
    const line = lines.at(-1)!;
    if (displayWidth(line + piece) <= width || line === "") lines[lines.length - 1] = line + piece;
    else lines.push(piece.trimStart());
  }
  return lines.join("\n");
}
