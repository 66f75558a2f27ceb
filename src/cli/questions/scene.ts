import type { OpenData } from "../../data/registry.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import type { Text } from "../../text/text.ts";
import type { Conversation } from "../terminal/conversation.ts";
import { type Choice, listQuestion } from "../terminal/listQuestion.ts";
import { textQuestion } from "../terminal/textQuestion.ts";
import type { Values } from "./needs.ts";

/** Answers, as a command line would have them. */
export type Answers = Readonly<Record<string, string>>;

/** What a question is asked from. */
export interface Scene {
  readonly conversation: Conversation;
  readonly text: Text;
  /** The command's names: "train", "runs show". */
  readonly command: string;
  /** What flags, variables and files give, and what was answered before. */
  readonly known: Values;
  /** The configuration of `train` with what is known, for some model and some data where none are. */
  configuration(known: Values): TrainConfiguration;
  /** Data that were opened to see what fits them; kept for the questions that follow. */
  opened: OpenData | null;
}

/** Some questions on one subject. */
export interface Step {
  /** What it answers: names of options, or "run". */
  readonly fields: readonly string[];
  /** Asks for what of it is not known; nothing where it does not matter. */
  ask(scene: Scene): Promise<Answers>;
}

export interface ListOptions {
  readonly preset?: string | undefined;
  readonly free?: ((typed: string) => Choice | null) | undefined;
}

/** Asks for one of several. */
export function choose(
  { conversation, text }: Pick<Scene, "conversation" | "text">,
  message: string,
  choices: readonly Choice[],
  { preset, free }: ListOptions = {},
): Promise<string> {
  return conversation.ask(listQuestion({ message, choices, preset, free, words: text.prompts.keys }));
}

/** Asks for a line of text. */
export function type(
  { conversation, text }: Pick<Scene, "conversation" | "text">,
  message: string,
  preset: string,
  check: (typed: string, words: PromptsText) => string | null,
): Promise<string> {
  const { prompts } = text;
  return conversation.ask(
    textQuestion({ message, preset, check: (typed) => check(typed, prompts), words: prompts.keys }),
  );
}
