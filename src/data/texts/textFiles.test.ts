import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { toNumbers } from "../../tensor/tensor.ts";
import { type Dataset, newBatch } from "../dataset.ts";
import { isTextFolder, openMobyDick, openTextFile, openTextFolder } from "./textFiles.ts";
import { openTokenizer } from "./tokens.ts";

const root = mkdtempSync(join(tmpdir(), "batchscope-text-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, text: string | Uint8Array): string {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function readAll(data: Dataset): Promise<{ x: number[]; y: number[] }> {
  const batch = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  return { x: toNumbers(batch.x!), y: toNumbers(batch.y!) };
}

const small = { tokenizer: "bytes", sequenceLength: 3 } as const;

describe("text files", () => {
  test("have documents where end-of-text stands between them", async () => {
    const path = write("marked.txt", "one\n<|endoftext|>\ntwo<|endoftext|>three\n");
    const { train } = await openTextFile(path, "marked", { ...small, sequenceLength: 2, examples: "documents" });
    expect([...new Set(train.columns!.document)]).toEqual(["marked 1", "marked 2", "marked 3"]);
  });

  test("keep white space without end, but for what stands around a mark", async () => {
    const blank = "\n".repeat(1_000_000);
    const path = write("blank.txt", `a${blank}b \n<|endoftext|>${blank}one two three four`);
    const { train } = await openTextFile(path, "blank", { ...small, sequenceLength: 5 });
    const documents = train.columns!.document!;
    expect(documents.filter((document) => document === "blank 1").length).toBeGreaterThan(170_000);
    const second = newBatch(train, 1);
    await train.read(Uint32Array.of(documents.indexOf("blank 2")), second);
    expect("one two three four").toContain(String.fromCharCode(...toNumbers(second.x!)));
  });

  test("validate with a tenth that training never sees", async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join("");
    const { train, validation } = await openTextFile(write("lines.txt", lines), "lines", {
      ...small,
      examples: "lines",
    });
    const seen = (data: Dataset) => new Set(data.columns!.document!.map((place) => place.split(":")[1]));
    // Each part counts its own lines.
    expect([seen(train).size + seen(validation).size, seen(validation).size]).toEqual([100, 10]);
  });

  test.each<[string, string | Uint8Array, string]>([
    [
      "latin1.txt",
      Uint8Array.of(0x4b, 0xe4, 0x73, 0x65),
      "latin1.txt: expected text in UTF-8, got other bytes; convert the file",
    ],
    ["empty.txt", " \n", "empty.txt: expected some text, got none; use another file"],
    ["short.txt", "ab", "short: expected a text of at least 4 tokens, got 2"],
  ])("%s is refused", async (file, content, message) => {
    await expect(openTextFile(write(file, content), file.replace(".txt", ""), small)).rejects.toThrow(message);
  });
});

describe("text folders", () => {
  test.each([
    [["a.txt", "b.MD", ".gitignore"], [], true],
    [["README.md", "train-images-idx3-ubyte"], [], false],
    [["README.md"], ["cats", "dogs"], false],
    [[".hidden"], [], false],
  ])("%j with folders %j: %s", (files, folders, expected) => {
    expect(isTextFolder({ files, folders })).toBe(expected);
  });

  test("with train and test files are split as they are", async () => {
    write("given/train.txt", "aaaaaaa");
    write("given/test.txt", "bbbbbbb");
    const { train, validation } = await openTextFolder(join(root, "given"), "given", small);
    expect(new Set((await readAll(train)).x)).toEqual(new Set([97]));
    expect(new Set((await readAll(validation)).x)).toEqual(new Set([98]));
  });

  test("of many files keep every tenth for validation", async () => {
    for (let i = 0; i < 10; i++) write(`many/${i}.txt`, String(i).repeat(8));
    const { train, validation } = await openTextFolder(join(root, "many"), "many", { ...small, examples: "documents" });
    expect(new Set(train.columns!.document)).toEqual(new Set([..."012345678"]));
    expect(new Set(validation.columns!.document)).toEqual(new Set(["9"]));
  });
});

describe("moby-dick", () => {
  test("is the novel in GPT-2's tokens, split by chapters", async () => {
    const { train, validation } = await openMobyDick({});
    expect([train.classes, train.inputs[0]!.shape]).toEqual([50257, [128]]);
    const chapters = new Set(validation.columns!.document);
    expect(chapters.size).toBe(13);
    expect(train.columns!.document!.filter((name) => chapters.has(name))).toEqual([]);
    // The 138 files encoded one by one are 293,603 tokens; with as many ends of text, and less than a block left over
    // in each part.
    const tokens = 128 * (train.size + validation.size);
    expect(tokens).toBeGreaterThan(293_603 + 138 - 2 * 129);
    expect(tokens).toBeLessThan(293_603 + 138);
    const { decode } = await openTokenizer("gpt2");
    const batch = newBatch(validation, 1);
    await validation.read(Uint32Array.of(0), batch);
    expect(decode(toNumbers(batch.x!))).toMatch(/^CHAPTER 8\. The Pulpit\.\n\nI had not been seated very long/);
  });
});

test("examples that stand on both sides are remarked on, as equal lines do", async () => {
  const options = { tokenizer: "bytes", sequenceLength: 16, examples: "lines" } as const;
  const equal = write("equal.txt", Array(40).fill("The quick brown").join("\n"));
  expect((await openTextFile(equal, "equal", options)).notes).toEqual([
    { kind: "duplicates", of: "examples", duplicates: 5, validation: 5, pair: [0, 0] },
  ]);
  const once = write("once.txt", Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n"));
  expect((await openTextFile(once, "once", options)).notes).toEqual([]);
});
