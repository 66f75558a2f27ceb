import { spellOptions } from "../tensor/errors.ts";

/**
 * The lines of errors in another language, by their English ones with `{0}`, `{1}` … where something is put in. A line
 * has the same holes, in any order; one that is not needed there is left out. `{1*}` says that what is put in may
 * itself be words, a phrase or another error, which are said in the other language too.
 */
export interface ErrorLines {
  /** What an error says, whole. */
  readonly messages: Readonly<Record<string, string>>;
  /** What may be put into the holes of others. */
  readonly phrases: Readonly<Record<string, string>>;
}

interface Template {
  /** What stands before, between and behind the holes. */
  readonly constants: readonly string[];
  /** Letters of its own up to what was got, and all. */
  readonly lengths: readonly [expected: number, all: number];
  readonly line: string;
}

/** Words in words, so many deep: a name in an error may look like one. */
const DEEPEST = 4;

/**
 * What says an error in another language; one that no line fits stays as it is. Of several lines that fit, one that
 * begins with words of its own is taken, and of these the one with most letters. The time grows with the length of the
 * message alone, whatever names it holds.
 */
export function errorTranslator({ messages, phrases }: ErrorLines): (message: string) => string {
  const whole = templatesOf(messages);
  const all = templatesOf({ ...messages, ...phrases });
  const said = (text: string, templates: readonly Template[], depth: number): string => {
    if (depth > DEEPEST) return text;
    for (const { constants, line } of templates) {
      const holes = holesOf(text, constants);
      if (holes !== undefined)
        return line.replace(/\{(\d+)(\*?)\}/g, (_, number: string, mayBeWords: string) => {
          const hole = holes[Number(number)]!;
          return mayBeWords ? said(hole, all, depth + 1) : hole;
        });
    }
    return text;
  };
  return (message) => said(message, whole, 0);
}

/** A line with the names of options, and with the flags that files of runs have instead. */
function templatesOf(lines: Readonly<Record<string, string>>): readonly Template[] {
  return Object.entries(lines)
    .flatMap((pair) => (pair[0].includes("`") ? [pair, pair.map(inFlags) as typeof pair] : [pair]))
    .map(([english, line]) => {
      const constants = english.split(/\{\d+\}/);
      const [expected = ""] = english.split(/(?<=, got)/);
      return { constants, line, lengths: [ownLetters(expected), ownLetters(english)] as const };
    })
    .sort((one, other) => beginning(other) - beginning(one) || longer(other, one));
}

const ownLetters = (text: string) => text.replace(/\{\d+\}/g, "").length;

/** What is expected tells errors apart better than what to do, which many share. */
const longer = ({ lengths: [expected, all] }: Template, { lengths: other }: Template) =>
  expected - other[0] || all - other[1];

/** One that begins with words of its own, as `onnx: at node "{0}": {1}`, may hold any of the others. */
const beginning = ({ constants }: Template) => (constants[0] === "" ? 0 : 1);

const inFlags = (text: string) =>
  spellOptions(text, (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);

/** What a text has where a template has holes; undefined where it does not fit. */
function holesOf(text: string, constants: readonly string[]): readonly string[] | undefined {
  const [first = "", last = ""] = [constants[0], constants.at(-1)];
  if (constants.length === 1) return text === first ? [] : undefined;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return undefined;
  const holes: string[] = [];
  let at = first.length;
  for (const constant of constants.slice(1, -1)) {
    const next = text.indexOf(constant, at);
    if (next < 0 || next + constant.length > end) return undefined;
    holes.push(text.slice(at, next));
    at = next + constant.length;
  }
  return [...holes, text.slice(at, end)];
}
