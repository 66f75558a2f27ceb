import { quote } from "../../session/command.ts";
import { givenValues, requireKnownKeys, resolveConfiguration } from "../../session/configuration.ts";
import { trainAliases, trainFields } from "../../session/options/options.ts";
import { printable } from "../../text/printable.ts";
import { textIn } from "../../text/text.ts";
import { normalizeArguments } from "../arguments.ts";
import type { CommandUnknownOpts } from "../commander.ts";
import { namesFirst } from "../commandPath.ts";
import { pathOf } from "../help.ts";
import { invocation } from "../invocation.ts";
import { languageOf } from "../language.ts";
import { booleanFlags } from "../programs/booleans.ts";
import { converse, type Terminal } from "../terminal/conversation.ts";
import { refusalOfQuestions, requireTerminal } from "../terminal/requireTerminal.ts";
import { isFolderOfSets, openColumns } from "./askData.ts";
import { lacking, ownValues, wished } from "./needs.ts";
import { isRefusal } from "./ownFiles.ts";
import type { Answers, Scene } from "./scene.ts";
import { stepsOf } from "./steps.ts";

/**
 * Asks for what a command lacks, as if it had been on the command line, and says the line that it would have been.
 * Throws `UsageError` naming what is missing where nobody can be asked, and `InterruptedError` where nobody answers.
 */
export async function complete(command: CommandUnknownOpts): Promise<void> {
  const known = knownIn(command);
  if (known === null) return;
  const refusal = refusalOfQuestions(process, process.env);
  const missing = await missingOf(command, known, refusal);
  if (missing.length === 0) return;
  // A mistyped key may be what is missing.
  known.requireKeys();
  const name = pathOf(command).replace(/ run$/, "");
  requireTerminal(
    name,
    missing.map((field) => (operandAt(command, field) < 0 ? flagOf(command, field)! : field.toUpperCase())),
    refusal,
  );
  await completeOn(command, { input: process.stdin, output: process.stderr, language: languageOf(process.env) });
}

/** The same on a terminal, whatever is lacking. */
export async function completeOn(command: CommandUnknownOpts, terminal: Terminal): Promise<void> {
  const answers = await askAll(pathOf(command), knownOf(command), terminal);
  for (const [field, answer] of Object.entries(answers)) put(command, field, answer);
  // On a line of its own, unwrapped: it is there to be copied.
  terminal.output.write(`${textIn(terminal.language).prompts.repeat}\n${repeated(command, answers)}\n`);
}

/** Null where that cannot be read, which the command says itself. */
function knownIn(command: CommandUnknownOpts): Known | null {
  try {
    return knownOf(command);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** What is given; `requireKeys` throws `UsageError` for a key that no option has. */
type Known = Pick<Scene, "known" | "configuration"> & { readonly requireKeys: () => void };

/** What flags, variables and files give. */
export function knownOf(command: CommandUnknownOpts): Known {
  const own = ownValues(command);
  // Others know nothing of variables and files.
  const isConfigured = command.options.some((option) => option.attributeName() === "config");
  const environment = isConfigured ? process.env : {};
  const options = Object.fromEntries(Object.entries(own).filter(([name]) => isOfTraining(name)));
  // What the file says of the command itself.
  const others = command.options.map((option) => option.attributeName()).filter((name) => !isOfTraining(name));
  const single = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, firstOf(name, value)]));
  return {
    known: isConfigured ? { ...own, ...givenValues(options, environment) } : own,
    requireKeys: () => requireKnownKeys(options, environment, others),
    configuration: ({ model = "mlp", data = "iris", target = single.target }) =>
      resolveConfiguration({ ...single, model, data, target }, environment, others),
  };
}

/** Of a list of numbers, one run or arm each, the first. */
function firstOf(name: string, value: unknown): unknown {
  return isList(name, value) ? String(value).split(",")[0] : value;
}

function isList(name: string, value: unknown): boolean {
  const row = Object.hasOwn(trainFields, name) ? trainFields[name as keyof typeof trainFields] : undefined;
  return row?.kind === "number" && typeof value === "string" && value.includes(",");
}

function isOfTraining(name: string): boolean {
  return Object.hasOwn(trainFields, name) || Object.hasOwn(trainAliases, name) || name === "config" || name === "set";
}

export async function missingOf(
  command: CommandUnknownOpts,
  scene: Known,
  refusal: string | null,
): Promise<readonly string[]> {
  const { known } = scene;
  const missing = lacking(pathOf(command), known);
  if (refusal !== null) return missing;
  const isVaried = Object.entries(known).some(([name, value]) => isList(name, value));
  const more = isVaried ? [] : wished(pathOf(command), known);
  return [...missing, ...more, ...(missing.length > 0 || known.data === undefined ? [] : await openOf(command, scene))];
}

/** What data that are given leave open, where the command can be told: which of several sets, or which column. */
async function openOf(command: CommandUnknownOpts, scene: Known): Promise<readonly string[]> {
  const { known } = scene;
  const takes = (field: string) => known[field] === undefined && flagOf(command, field) !== undefined;
  if (takes("subset") && (await isFolderOfSets(String(known.data), scene))) return ["subset"];
  const isAsked = (stepsOf[pathOf(command)] ?? []).some(({ fields }) => fields.includes("target"));
  return isAsked && takes("target") && (await openColumns(scene)).length > 0 ? ["target"] : [];
}

/** The answers to the questions of a command, of which those are left out whose answers are known. */
async function askAll(command: string, { known, configuration }: Known, terminal: Terminal): Promise<Answers> {
  return converse(terminal, async (conversation) => {
    const scene = { conversation, text: textIn(terminal.language), command, known, configuration, opened: null };
    const asked: { -readonly [Key in keyof Scene]: Scene[Key] } = scene;
    let answers: Answers = {};
    try {
      for (const step of stepsOf[command] ?? []) {
        answers = { ...answers, ...(await step.ask(asked)) };
        asked.known = { ...known, ...answers };
      }
      return answers;
    } finally {
      asked.opened?.[Symbol.dispose]();
    }
  });
}

function flagOf(command: CommandUnknownOpts, field: string): string | undefined {
  return command.options.find((option) => option.attributeName() === field && !option.negate)?.long ?? undefined;
}

/** Which of the operands a field is; −1 of an option. */
function operandAt(command: CommandUnknownOpts, field: string): number {
  return command.registeredArguments.findIndex((argument) => argument.name() === field);
}

/** As if it had been on the command line. */
function put(command: CommandUnknownOpts, field: string, answer: string): void {
  const at = operandAt(command, field);
  if (at < 0) {
    const option = command.options.find((one) => one.attributeName() === field);
    command.setOptionValueWithSource(field, option?.parseArg?.(answer, undefined) ?? answer, "cli");
    return;
  }
  command.args = [...command.args.slice(0, at), answer];
  command.processedArgs[at] = command.registeredArguments[at]!.variadic ? [answer] : answer;
}

/** The whole command line: every word that was given, and every answer, ready to paste into a POSIX shell. */
function repeated(command: CommandUnknownOpts, answers: Answers): string {
  const { program, words: given } = invocation();
  const root = rootOf(command);
  const words = normalizeArguments(namesFirst(given, root), booleanFlags(root as never));
  const names = pathOf(command).split(" ");
  // The last name is left out where it is the one that a group of commands has by itself.
  const named = names.findIndex((name, i) => words[i] !== name);
  const rest = words.slice(named < 0 ? names.length : named);
  const operands = Object.entries(answers).filter(([field]) => operandAt(command, field) >= 0);
  const flags = Object.entries(answers).filter(([field]) => operandAt(command, field) < 0);
  // Behind those that were given.
  const isFirst = operands.some(([field]) => operandAt(command, field) === 0);
  const asked = operands.map(([, answer]) => quote(answer));
  const line = [
    ...(named < 0 ? names : names.slice(0, named)),
    ...(isFirst ? asked : []),
    ...rest.map(quote),
    ...flags.map(([field, answer]) => flagged(flagOf(command, field)!, answer)),
    ...(isFirst ? [] : asked),
  ];
  return printable([program, ...line].join(" "));
}

function rootOf(command: CommandUnknownOpts): CommandUnknownOpts {
  return command.parent === null ? command : rootOf(command.parent);
}

/** A value that begins with a hyphen would be taken for a flag. */
function flagged(flag: string, answer: string): string {
  return answer.startsWith("-") ? quote(`${flag}=${answer}`) : `${flag} ${quote(answer)}`;
}
