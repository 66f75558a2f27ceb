import { DataError, option, ShapeError, UsageError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import type { TextExamples } from "../choices.ts";
import type { Dataset } from "../dataset.ts";
import { openTokenizer, type Tokenizer } from "./tokens.ts";

/** A text that stands for itself: a chapter, a file, a part between two marks. */
export interface Document {
  /** For messages and columns. */
  readonly name: string;
  readonly text: string;
}

export interface TextOptions {
  /** T: tokens that the model reads of one example. Default 128. */
  readonly sequenceLength?: number | undefined;
  /** Default gpt2. */
  readonly tokenizer?: string | undefined;
  /** Default blocks. */
  readonly examples?: TextExamples | undefined;
  /** The label of padding, which the loss ignores. Default −100. */
  readonly padding?: number | undefined;
}

/**
 * Documents as a data set of next tokens: x [T] int64 are tokens and y [T] int64 the token after each, so that a model
 * is never asked for a token that it reads. Where an example is padded, x is end-of-text and y is −100 or `padding`,
 * which the loss does not count. A causal model needs no more: no counted position looks at a later one. The column
 * `document` says where an example begins.
 *
 * Throws `UsageError` for a length that is no whole number ≥ 1 or an unknown tokenizer, and `DataError` where there is
 * not one example.
 */
export async function textDataset(
  name: string,
  documents: readonly Document[],
  { sequenceLength = 128, tokenizer = "gpt2", examples = "blocks", padding = IGNORED_LABEL }: TextOptions,
): Promise<Dataset> {
  if (!Number.isInteger(sequenceLength) || sequenceLength < 1)
    throw new UsageError(
      `${option("sequenceLength")}: expected a whole number of at least 1, got ${sequenceLength}; change it`,
    );
  const coder = await openTokenizer(tokenizer);
  const parts = examples === "lines" ? documents.flatMap(linesOf) : documents;
  const text = encodeAll(parts, coder);
  const starts = examples === "blocks" ? blockStarts(text, sequenceLength) : partStarts(text, sequenceLength);
  if (starts.length === 0)
    throw new DataError(
      `${name}: expected a text of at least ${examples === "blocks" ? sequenceLength + 1 : 2} tokens, got ${text.ids.length}; use a longer text or lower ${option("sequenceLength")}`,
    );
  return dataset(name, text, starts, { length: sequenceLength, coder, padding: BigInt(padding) });
}

function linesOf({ name, text }: Document): Document[] {
  const lines = text.split(/\r?\n/).map((line, i) => ({ name: `${name}:${i + 1}`, text: line }));
  return lines.filter((line) => line.text.trim() !== "");
}

/** The tokens of all documents, an end-of-text behind each. */
interface Tokens {
  readonly ids: Uint16Array;
  readonly documents: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

function encodeAll(parts: readonly Document[], coder: Tokenizer): Tokens {
  const encoded = parts.map(({ text }) => coder.encode(text));
  const ids = new Uint16Array(encoded.reduce((sum, { length }) => sum + length + 1, 0));
  let start = 0;
  const documents = encoded.map((tokens, i) => {
    ids.set(tokens, start);
    const end = start + tokens.length + 1;
    ids[end - 1] = coder.endOfText;
    const place = { name: parts[i]!.name, start, end };
    start = end;
    return place;
  });
  return { ids, documents };
}

/** Where an example begins, and the last token that it may be asked for. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly document: string;
}

/** Every T tokens, so that each token but the first is asked for once; the last ones, fewer than T, are left out. */
function blockStarts({ ids, documents }: Tokens, length: number): Place[] {
  let at = 0;
  return Array.from({ length: Math.max(0, Math.floor((ids.length - 1) / length)) }, (_, i) => {
    const start = i * length;
    while (documents[at]!.end <= start) at++;
    return { start, end: start + length, document: documents[at]!.name };
  });
}

function partStarts({ documents }: Tokens, length: number): Place[] {
  return documents.flatMap(({ name, start, end }) => {
    const count = Math.ceil((end - 1 - start) / length);
    return Array.from({ length: count }, (_, i) => {
      const first = start + i * length;
      return { start: first, end: Math.min(first + length, end - 1), document: name };
    });
  });
}

interface Form {
  readonly length: number;
  readonly coder: Tokenizer;
  readonly padding: bigint;
}

function dataset(name: string, { ids }: Tokens, places: readonly Place[], { length, coder, padding }: Form): Dataset {
  return {
    name,
    size: places.length,
    classes: coder.vocabulary,
    classNames: [],
    inputs: [{ name: "x", type: "int64", shape: [length] }],
    target: { name: "y", type: "int64", shape: [length] },
    labels: new Int32Array(0),
    columns: { document: places.map(({ document }) => document) },
    read(indices, batch) {
      const [x, y] = [batch.x!.data as BigInt64Array, batch.y!.data as BigInt64Array];
      indices.forEach((index, i) => {
        const place = places[index];
        if (!place)
          throw new ShapeError(
            `read: expected indices below ${places.length}, got ${index}; sample from this data set's size`,
          );
        for (let t = 0; t < length; t++) {
          const at = place.start + t;
          const inside = at < place.end;
          x[i * length + t] = BigInt(inside ? ids[at]! : coder.endOfText);
          y[i * length + t] = inside ? BigInt(ids[at + 1]!) : padding;
        }
      });
    },
  };
}
