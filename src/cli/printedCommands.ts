import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { ReportInput } from "../report/page/html.ts";
import { quote } from "../session/command.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import type { Text } from "../text/text.ts";
import { completeWith } from "./inFlags.ts";
import { invocation } from "./invocation.ts";

/** The run that commands are printed of. */
export interface Subject {
  readonly id: string;
  readonly path: string;
  /** Words that say its data, and how they were read. */
  readonly data?: readonly string[] | undefined;
}

/** Commands of runs, which look for them in a store. */
const ofStore: readonly string[] = [
  ...["analyze", "diagnose", "landscape", "evaluate", "predict", "report", "export", "runs", "train"],
  "critical-batch",
];

/**
 * A text whose commands, between backticks, work where they are pasted: called as this process was, in its language,
 * with the store that the run is in, and with the data or the configuration of the run where they need one.
 */
export function withCommands(text: string, subject?: Subject): string {
  return text.replace(/`batchscope ([a-z-]+[^`]*)`/g, (_, words: string) => `\`${printedCommand(words, subject)}\``);
}

completeWith((text) => withCommands(text));

/** The same of one command, whose words follow the program's name. */
export function printedCommand(words: string, subject?: Subject): string {
  const [name = ""] = words.split(" ");
  const { program } = invocation();
  const added = [...subjectWords(name, words, subject), ...storeWords(name, words, subject), ...languageWords(words)];
  return [program, subject === undefined ? words : named(words, subject), ...added].join(" ");
}

/** A text's own words with such commands in them. */
export function textWith(text: Text, subject?: Subject): Text {
  const verdicts = Object.entries(text.verdicts as Readonly<Record<string, (found: never) => string>>).map(
    ([kind, said]) => [kind, (found: never) => withCommands(said(found), subject)],
  );
  const command = printedCommand(subject === undefined ? "analyze" : `analyze ${subject.id}`, subject);
  const notAnalyzed = text.page.notAnalyzed.replace("batchscope analyze", escaped(command));
  return { ...text, verdicts: Object.fromEntries(verdicts), page: { ...text.page, notAnalyzed } };
}

/** What a report tells, with the commands that do it again printed so. */
export function reportWith(input: ReportInput, subject: Subject): ReportInput {
  const commands = input.config.commands.map((line) => printedCommand(line.replace(/^batchscope /, ""), subject));
  return { ...input, config: { ...input.config, commands } };
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Whether a run lies in a store, and not where somebody moved it. */
const isInStore = ({ id, path }: Subject) => basename(dirname(path)) === "runs" && basename(path) === id;

/** The run by its path where no store has it. */
function named(words: string, subject: Subject): string {
  return isInStore(subject) ? words : words.replace(subject.id, () => quote(here(subject.path)));
}

/** From the current folder, unless that is the longer way. */
function here(path: string): string {
  const from = relative(process.cwd(), path) || ".";
  return from.length < path.length ? from : path;
}

function storeWords(name: string, words: string, subject: Subject | undefined): string[] {
  if (!ofStore.includes(name) || /(^| )--dir[ =]/.test(words)) return [];
  const given = flagValue("--dir");
  if (subject === undefined || !words.includes(subject.id))
    return given === undefined ? [] : ["--dir", quote(isAnywhere() ? resolve(given) : given)];
  if (!isInStore(subject)) return [];
  const store = dirname(dirname(subject.path));
  if (given !== undefined && storeDirectory(given) === store)
    return ["--dir", quote(isAnywhere() ? resolve(given) : given)];
  return storeDirectory() === store ? [] : ["--dir", quote(isAnywhere() ? resolve(store) : here(store))];
}

/** Whether the program is called by a path that holds in every folder: then that of the store holds there too. */
function isAnywhere(): boolean {
  return isAbsolute(
    invocation()
      .program.replace(/^node /, "")
      .replace(/^['"]/, ""),
  );
}

function languageWords(words: string): string[] {
  const language = flagValue("--lang");
  return language === undefined || /(^| )--lang[ =]/.test(words) ? [] : ["--lang", quote(language)];
}

/** What the command line of this process says of an option of any command. */
function flagValue(flag: string): string | undefined {
  const { words } = invocation();
  const at = words.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  return words[at] === flag ? words[at + 1] : words[at]!.slice(flag.length + 1);
}

/** The configuration of the run for a study of its training; its data, as they were read, for what looks at them. */
function subjectWords(name: string, words: string, subject: Subject | undefined): readonly string[] {
  if (subject === undefined || /(^| )(--data|--config|-c)[ =]/.test(words)) return [];
  if (name === "lr-find" || name === "batch-size-find")
    return ["--config", quote(here(join(subject.path, "config.yaml")))];
  return name === "inspect-data" ? (subject.data ?? []) : [];
}
