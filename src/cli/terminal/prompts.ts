import type { Readable, Writable } from "node:stream";
import { confirm, isCancel, outro, select, text } from "@clack/prompts";
import { formatCommand, parseBoolean } from "../../session/command.ts";
import { InterruptedError } from "../../session/ends.ts";
import { NotFoundError, UsageError } from "../../tensor/errors.ts";
import type { Language } from "../../text/languages.ts";
import { printable } from "../../text/printable.ts";
import { textIn } from "../../text/text.ts";

/** Where questions are asked; a program uses process.stdin and, since stdout is for results, process.stderr. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly language: Language;
}

/** Something to choose, with a line about it. */
export interface Choice {
  readonly name: string;
  readonly about: string;
}

export interface DataChoice extends Choice {
  readonly subsets: readonly string[];
  /** Names of the models that take such examples; all where it is left out. */
  readonly models?: readonly string[];
}

/** What `train` asks for. `subset` is "all" for one run per subset, and left out for the whole data. */
export interface TrainAnswers {
  readonly model: string;
  readonly data: string;
  readonly subset?: string;
  readonly epochs: number;
  readonly checkpointEvery: number;
}

export interface RunChoice extends Choice {
  /** Epochs of the run's checkpoints, ascending. */
  readonly checkpoints: readonly number[];
}

/** What `analyze` asks for: a run, and the epoch of one of its checkpoints or "all". */
export interface AnalyzeAnswers {
  readonly run: string;
  readonly checkpoint: string;
}

/**
 * Whether a command may ask: only where a person reads and types, and neither CI nor BATCHSCOPE_NO_INPUT is set. Throws
 * `UsageError` naming the missing flags where it may not.
 */
export function requireTerminal(
  command: string,
  missing: readonly string[],
  streams: { readonly stdin: { readonly isTTY?: boolean }; readonly stdout: { readonly isTTY?: boolean } },
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const set = (value = "") => value !== "" && parseBoolean(value) !== false;
  const silent = ["CI", "BATCHSCOPE_NO_INPUT"].find((name) => set(environment[name]));
  if (silent === undefined && streams.stdin.isTTY && streams.stdout.isTTY) return;
  const reason = silent === undefined ? "without a terminal to ask on" : `and ${silent} forbids questions`;
  throw new UsageError(`${command}: expected ${missing.join(" and ")}, got neither flag nor answer ${reason}; pass it`);
}

/**
 * Asks what `given` leaves open, then prints the command line that says the same. Throws `InterruptedError` when
 * cancelled.
 */
export async function askTrain(
  choices: { readonly models: readonly Choice[]; readonly data: readonly DataChoice[] },
  given: Partial<TrainAnswers>,
  terminal: Terminal,
): Promise<TrainAnswers> {
  const say = textIn(terminal.language).prompts;
  const known = choices.data.find(({ name }) => name === given.data);
  const models = choices.models.filter(({ name }) => known === undefined || takes(name, known));
  const model = given.model ?? (await choose(terminal, say.model, labelled(models)));
  const fitting = choices.data.filter((one) => takes(model, one));
  const data = given.data ?? (await choose(terminal, say.data, labelled(fitting)));
  const subsets = choices.data.find(({ name }) => name === data)?.subsets ?? [];
  const subset = given.subset ?? (subsets.length === 0 ? "" : await chooseSubset(terminal, subsets));
  const epochs = given.epochs ?? (await askCount(terminal, say.epochs, 30));
  const checkpointEvery = given.checkpointEvery ?? (await askCount(terminal, say.checkpointEvery, 5));
  const answers = { model, data, ...(subset !== "" && { subset }), epochs, checkpointEvery };
  repeat(terminal, formatCommand("train", answers));
  return answers;
}

/** Whether a model, whatever its variant or the case of its letters, takes such data. */
function takes(model: string, { models }: DataChoice): boolean {
  return models === undefined || models.includes(model.toLowerCase().replace(/:.*/s, "")) || model.endsWith(".onnx");
}

/**
 * Asks which run and which of its checkpoints. Throws `NotFoundError` where there is none, `InterruptedError` when
 * cancelled.
 */
export async function askAnalyze(
  choices: { readonly runs: readonly RunChoice[]; readonly directory: string },
  given: Partial<AnalyzeAnswers>,
  terminal: Terminal,
): Promise<AnalyzeAnswers> {
  const say = textIn(terminal.language).prompts;
  if (choices.runs.length === 0)
    throw new NotFoundError(
      `analyze: expected a run in ${choices.directory}, got none; make one with batchscope train`,
    );
  const run = given.run ?? (await choose(terminal, say.run, labelled(choices.runs)));
  const epochs = choices.runs.find(({ name }) => name === run)?.checkpoints ?? [];
  if (epochs.length === 0 && given.checkpoint === undefined)
    throw new NotFoundError(`analyze: expected checkpoints of the run ${run}, got none; choose another or train it on`);
  const options = [
    { value: "all", label: say.allCheckpoints },
    ...epochs.map((epoch) => ({ value: String(epoch), label: say.epoch(epoch) })),
  ];
  const checkpoint = given.checkpoint ?? (await choose(terminal, say.checkpoint, options));
  repeat(terminal, formatCommand("analyze", { run, checkpoint }));
  return { run, checkpoint };
}

/** Asks whether these runs are to be removed. Throws `InterruptedError` for a no, and when cancelled. */
export async function askRemoval(names: readonly string[], terminal: Terminal): Promise<void> {
  const { input, output, language } = terminal;
  const message = textIn(language).prompts.remove(printable(names.join(", ")));
  const yes = answered<boolean>(terminal, await confirm({ message, initialValue: false, input, output }));
  if (yes) return;
  outro(textIn(language).prompts.cancelled, terminal);
  throw new InterruptedError("SIGINT");
}

function labelled(choices: readonly Choice[]) {
  return choices.map(({ name, about }) => ({ value: name, label: printable(name), hint: printable(about) }));
}

function chooseSubset(terminal: Terminal, subsets: readonly string[]): Promise<string> {
  const say = textIn(terminal.language).prompts;
  return choose(terminal, say.subset, [
    { value: "", label: say.whole },
    ...subsets.map((name) => ({ value: name, label: printable(name) })),
    { value: "all", label: say.all },
  ]);
}

/** Rows of a list that are shown at once; the rest scrolls. */
const ROWS = 12;

async function choose(
  terminal: Terminal,
  message: string,
  options: { value: string; label: string; hint?: string }[],
): Promise<string> {
  const { input, output } = terminal;
  return answered<string>(terminal, await select({ message, options, maxItems: ROWS, input, output }));
}

async function askCount(terminal: Terminal, message: string, initial: number): Promise<number> {
  const { input, output, language } = terminal;
  const validate = (typed = "") => (/^[1-9]\d*$/.test(typed.trim()) ? undefined : textIn(language).prompts.whole1);
  return Number(
    answered<string>(terminal, await text({ message, initialValue: String(initial), validate, input, output })),
  );
}

/** On a line of its own, unwrapped: it is there to be copied. */
function repeat(terminal: Terminal, command: string) {
  outro(textIn(terminal.language).prompts.repeat, terminal);
  terminal.output.write(`${printable(command)}\n`);
}

function answered<T>(terminal: Terminal, answer: T | symbol): T {
  if (!isCancel(answer)) return answer as T;
  outro(textIn(terminal.language).prompts.cancelled, terminal);
  throw new InterruptedError("SIGINT");
}
