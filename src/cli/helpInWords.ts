import type { EventEmitter } from "node:events";
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
  translateEnd(command, words);
  for (const one of command.commands) translate(one, words);
}

/** What stands after the help: headings and prose in other words, examples as they are. */
function translateEnd(command: CommandUnknownOpts, words: HelpWords): void {
  // The library calls what `addHelpText` was given as listeners of this event.
  const events = command as unknown as EventEmitter;
  const ends = events.listeners("afterHelp");
  events.removeAllListeners("afterHelp");
  for (const end of ends)
    events.on("afterHelp", (context: { write(text: string): void }) =>
      end({ ...context, write: (text: string) => context.write(endInWords(text, pathOf(command), words)) }),
    );
}

/**
 * A paragraph that begins with a heading is a list under it; of the others those that are in other words already stay,
 * and the rest is the prose, told as a whole.
 */
function endInWords(text: string, path: string, { words, prose }: HelpWords): string {
  const paragraphs = text.replace(/^\n+|\n+$/g, "").split(/\n{2,}/);
  const lists = paragraphs.filter((one) => isList(one) || isSaid(one) || prose[path] === undefined);
  const said = lists.map((list) => list.replace(/^.*:$/gm, (heading) => words[heading] ?? heading));
  const own = lists.length < paragraphs.length ? [prose[path]!] : [];
  return `\n${[...said, ...own].join("\n\n")}\n`;
}

const isSaid = (paragraph: string) => /\p{Script=Han}/u.test(paragraph);
const isList = (paragraph: string) => /^[^\n]*:(\n {2}.*)+$/.test(paragraph);

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
