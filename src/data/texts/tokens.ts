import { option, UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { type TokenizerName, tokenizerNames } from "../choices.ts";

/** Text as numbers and back. */
export interface Tokenizer {
  readonly name: TokenizerName;
  /** Ids lie in [0, vocabulary). */
  readonly vocabulary: number;
  /** The id that stands between documents, and that no text gives. */
  readonly endOfText: number;
  encode(text: string): readonly number[] | Uint8Array;
  /** The text of ids other than `endOfText`; what is no UTF-8 becomes U+FFFD. */
  decode(ids: readonly number[]): string;
}

/** Throws `UsageError` with the names that exist. The tables of `gpt2` are loaded when they are asked for. */
export async function openTokenizer(name: string): Promise<Tokenizer> {
  if (name === "bytes") return bytes;
  if (name === "gpt2") return gpt2();
  throw new UsageError(
    `${option("tokenizer")}: expected one of ${tokenizerNames.join(", ")}, got "${name}"${didYouMean(name, tokenizerNames) || "; choose one of them"}`,
  );
}

const bytes: Tokenizer = {
  name: "bytes",
  vocabulary: 257,
  endOfText: 256,
  encode: (text) => new TextEncoder().encode(text),
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
};

/** The library's merging takes the square of a word's length: a file of one word would never be read. */
const LONGEST_WORD = 512;
const longWord = new RegExp(
  ["\\p{L}", "\\p{N}", "[^\\s\\p{L}\\p{N}]", "\\s"].map((kind) => `${kind}{${LONGEST_WORD}}`).join("|"),
  "gu",
);

/** A text cut behind each `LONGEST_WORD` letters, digits, signs or spaces without another kind between them. */
function cutLongWords(text: string): string[] {
  const ends = Array.from(text.matchAll(longWord), ({ index, 0: word }) => index + word.length);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end)).filter((piece) => piece !== "");
}

async function gpt2(): Promise<Tokenizer> {
  const { encode, decode, vocabularySize } = await import("gpt-tokenizer/encoding/r50k_base");
  // A text that spells a special token is only text: by default the library throws.
  const ordinary = { disallowedSpecial: new Set<string>() };
  return {
    name: "gpt2",
    vocabulary: vocabularySize,
    endOfText: 50256,
    encode: (text) => {
      const pieces = cutLongWords(text);
      return pieces.length > 1 ? pieces.flatMap((piece) => encode(piece, ordinary)) : encode(text, ordinary);
    },
    decode,
  };
}
