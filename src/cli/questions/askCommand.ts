import { listRuns } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import { textIn } from "../../text/text.ts";
import { leadingOptions } from "../commandPath.ts";
import { invocation, invoked } from "../invocation.ts";
import { languageAsked } from "../language.ts";
import { converse, type Terminal } from "../terminal/conversation.ts";
import { type Choice, listQuestion } from "../terminal/listQuestion.ts";
import { refusalOfQuestions } from "../terminal/requireTerminal.ts";
import { lacking } from "./needs.ts";

/** A command that answers a question, by its path. */
export type Goal = keyof PromptsText["goals"];

/** In the order of a first day. Those of a run come last as long as there is none. */
export const goals: readonly { readonly command: Goal; readonly ofRun?: boolean }[] = [
  { command: "train" },
  { command: "analyze", ofRun: true },
  { command: "diagnose", ofRun: true },
  { command: "report", ofRun: true },
  { command: "critical-batch", ofRun: true },
  { command: "landscape", ofRun: true },
  { command: "profile" },
  { command: "recommend" },
  { command: "batch-size-find" },
  { command: "lr-find" },
  { command: "lr-exponent" },
  { command: "compare" },
  { command: "judge" },
  { command: "sweep run" },
  { command: "inspect-data" },
  { command: "evaluate", ofRun: true },
  { command: "predict", ofRun: true },
  { command: "verify" },
  { command: "runs list", ofRun: true },
  { command: "export", ofRun: true },
  { command: "models" },
  { command: "doctor" },
];

/**
 * A command line without a command, with the one that answers what the user wants to know; as it is where it has a
 * command, or where nobody can be asked. Throws `InterruptedError` where nobody answers.
 */
export async function withCommand(argv: readonly string[]): Promise<readonly string[]> {
  const isNamed = leadingOptions(argv) < argv.length || argv.includes("--json");
  if (isNamed || refusalOfQuestions(process, process.env) !== null) return argv;
  const language = languageAsked(argv, process.env);
  return askCommand(argv, { input: process.stdin, output: process.stderr, language });
}

/** Asks what the user wants to know; the command line that answers it, which is printed as it would be typed. */
export async function askCommand(argv: readonly string[], terminal: Terminal): Promise<readonly string[]> {
  const { prompts } = textIn(terminal.language);
  const choices = choicesIn(prompts, listRuns(storeDirectory(directoryIn(argv))).runs.length > 0);
  const question = listQuestion({ message: prompts.goal, choices, words: prompts.keys });
  const command = await converse(terminal, (conversation) => conversation.ask(question));
  const words = [...command.split(" "), ...argv];
  const { program } = invocation();
  invoked({ program, words });
  // A command that asks on says the whole line at its end.
  if (lacking(command, {}).length === 0) terminal.output.write(`${prompts.repeat}\n${[program, ...words].join(" ")}\n`);
  return words;
}

function choicesIn({ goals: words, noRun }: PromptsText, isRun: boolean): Choice[] {
  const isLast = ({ ofRun = false }: (typeof goals)[number]) => ofRun && !isRun;
  const ordered = [...goals.filter((one) => !isLast(one)), ...goals.filter(isLast)];
  return ordered.map((one) => {
    const { command } = one;
    return { value: command, label: words[command], about: isLast(one) ? `${command}; ${noRun}` : command };
  });
}

/** The value of `--dir`. */
function directoryIn(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === "--dir" || word.startsWith("--dir="));
  return at < 0 ? undefined : (argv[at]!.split(/=(.*)/s)[1] ?? argv[at + 1]);
}
