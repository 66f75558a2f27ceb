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
  /** Whether it is another message, with words behind it. */
  readonly isAround: boolean;
  /** What the line has between its holes, and its holes. */
  readonly pieces: readonly (string | { readonly hole: number; readonly mayBeWords: boolean })[];
}

/** Words in words, so many deep: a name in an error may look like one. */
const DEEPEST = 4;

/** What came of a text: how many of the words that may be put in were left in English. */
interface Said {
  readonly text: string;
  readonly left: number;
}

/**
 * What says an error in another language; one that no line fits stays as it is. Of several lines that fit, the one that
 * leaves least in English is taken; of these one that begins with words of its own, and then the one with most letters.
 * The time grows with the length of the message alone, whatever names it holds.
 */
export function errorTranslator({ messages, phrases }: ErrorLines): (message: string) => string {
  const whole = templatesOf(messages);
  const all = templatesOf({ ...messages, ...phrases });
  const said = (text: string, depth: number, known: Map<string, Said>): Said => {
    const key = `${depth} ${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let best: Said | undefined;
    for (const template of depth > DEEPEST ? [] : depth === 0 ? whole : all) {
      const holes = holesOf(text, template.constants);
      if (holes === undefined) continue;
      const found = filled(template, holes, (hole) => said(hole, depth + 1, known));
      if (best === undefined || found.left < best.left) best = found;
      if (best.left === 0) break;
    }
    best ??= { text, left: isWords(text) ? 1 : 0 };
    known.set(key, best);
    return best;
  };
  return (message) => said(message, 0, new Map()).text;
}

/** Two words or more of no quotation. */
const isWords = (text: string) => /[a-z]+ [a-z]{2,}/.test(text.replace(/"[^"]*"|`[^`]*`/g, ""));

/** A line with what its holes hold. */
function filled({ pieces }: Template, holes: readonly string[], say: (hole: string) => Said): Said {
  let [text, left] = ["", 0];
  for (const piece of pieces) {
    const isHole = typeof piece !== "string";
    const put = !isHole
      ? { text: piece, left: 0 }
      : piece.mayBeWords
        ? say(holes[piece.hole]!)
        : { text: quoted(holes[piece.hole]!), left: 0 };
    text = spaced(text, put.text);
    left += put.left;
  }
  return { text, left };
}

/** A value in quotation marks of the other language, which are these of Chinese. */
const quoted = (value: string) => value.replace(/^"([^"]*)"$/, "“$1”");

const ENDS_IN_HAN = /\p{Script=Han}$/u;
const BEGINS_WITH_HAN = /^\p{Script=Han}/u;

/** Two texts one behind the other, with a blank between Chinese and Latin letters, and there alone. */
function spaced(text: string, next: string): string {
  if (ENDS_IN_HAN.test(text) && /^[\w"'`/.*-]/.test(next)) return `${text} ${next}`;
  if (/[\w"'`/.*]$/.test(text) && BEGINS_WITH_HAN.test(next)) return `${text} ${next}`;
  if (/\p{Script=Han} $/u.test(text) && /^[\p{Script=Han}“（]/u.test(next)) return text.slice(0, -1) + next;
  return /[\p{Script=Han}”）]$/u.test(text) && /^ \p{Script=Han}/u.test(next) ? text + next.slice(1) : text + next;
}

/** A line with the names of options, and with the flags that files of runs have instead. */
function templatesOf(lines: Readonly<Record<string, string>>): readonly Template[] {
  return Object.entries(lines)
    .flatMap((pair) => (pair[0].includes("`") ? [pair, pair.map(inFlags) as typeof pair] : [pair]))
    .map(([english, line]) => {
      const constants = english.split(/\{\d+\}/);
      const [expected = ""] = english.split(/(?<=, got)/);
      const isAround = /^\{0\} \(.*\)$/s.test(english);
      return {
        constants,
        isAround,
        pieces: piecesOf(line),
        lengths: [ownLetters(expected), ownLetters(english)] as const,
      };
    })
    .sort((one, other) => beginning(other) - beginning(one) || longer(other, one));
}

function piecesOf(line: string): Template["pieces"] {
  return line
    .split(/(\{\d+\*?\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const [, number, star] = /^\{(\d+)(\*?)\}$/.exec(piece) ?? [];
      return number === undefined ? piece : { hole: Number(number), mayBeWords: star !== "" };
    });
}

const ownLetters = (text: string) => text.replace(/\{\d+\}/g, "").length;

/** What is expected tells errors apart better than what to do, which many share. */
const longer = ({ lengths: [expected, all] }: Template, { lengths: other }: Template) =>
  expected - other[0] || all - other[1];

/**
 * One that begins with words of its own, as `onnx: at node "{0}": {1}`, may hold any of the others; before them one
 * that has words in parentheses behind another.
 */
const beginning = ({ constants, isAround }: Template) => (isAround ? 2 : constants[0] === "" ? 0 : 1);

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
