import { describe, expect, test } from "vitest";
import { toNumbers } from "../../tensor/tensor.ts";
import { type Dataset, newBatch } from "../dataset.ts";
import { type Document, type TextOptions, textDataset } from "./text.ts";
import { splitDocuments } from "./textFiles.ts";
import { openTokenizer } from "./tokens.ts";

const documents: readonly Document[] = [
  { name: "one", text: "abcdefg" },
  { name: "two", text: "hi" },
  { name: "three", text: "jklm" },
];
const END = 256;
const codes = (text: string) => [...text].map((letter) => (letter === "." ? END : letter.charCodeAt(0)));

function open(options: TextOptions = {}) {
  return textDataset("test", documents, { tokenizer: "bytes", sequenceLength: 4, ...options });
}

async function read(data: Dataset, index: number) {
  const batch = newBatch(data, 1);
  await data.read(Uint32Array.of(index), batch);
  return [toNumbers(batch.x!), toNumbers(batch.y!)];
}

describe("texts as examples", () => {
  test("in blocks hold each token once, and ask for the next", async () => {
    const data = await open();
    // abcdefg.hi.jklm. is 16 tokens: three blocks of 4 whose last label begins the next block.
    expect([data.size, data.classes, data.columns!.document]).toEqual([3, 257, ["one", "one", "two"]]);
    expect(await read(data, 0)).toEqual([codes("abcd"), codes("bcde")]);
    expect(await read(data, 1)).toEqual([codes("efg."), codes("fg.h")]);
    expect(await read(data, 2)).toEqual([codes("hi.j"), codes("i.jk")]);
  });

  test("by document end with end-of-text and ask for nothing where they are padded", async () => {
    const data = await open({ examples: "documents" });
    const expected: [string, string][] = [
      ["abcd", "bcde"],
      ["efg.", "fg._"],
      ["hi..", "i.__"],
      ["jklm", "klm."],
    ];
    expect(data.columns!.document).toEqual(["one", "one", "two", "three"]);
    for (const [i, [x, y]] of expected.entries())
      expect(await read(data, i)).toEqual([
        codes(x),
        [...y].map((letter) => (letter === "_" ? -100 : codes(letter)[0])),
      ]);
  });

  test("by line know their line, without the empty ones", async () => {
    const lines = [{ name: "f", text: "ab\r\n\n  \ncde" }];
    const data = await textDataset("test", lines, { tokenizer: "bytes", sequenceLength: 3, examples: "lines" });
    expect(data.columns!.document).toEqual(["f:1", "f:4"]);
    expect(await read(data, 0)).toEqual([codes("ab."), [98, END, -100]]);
    expect(await read(data, 1)).toEqual([codes("cde"), codes("de.")]);
  });

  test.each<[options: TextOptions, message: string]>([
    [
      { sequenceLength: 16 },
      "test: expected a text of at least 17 tokens, got 16; use a longer text or lower `sequenceLength`",
    ],
    [{ sequenceLength: 0 }, "`sequenceLength`: expected a whole number of at least 1, got 0; change it"],
    [{ tokenizer: "byte" }, '`tokenizer`: expected one of gpt2, bytes, got "byte"; did you mean "bytes"?'],
  ])("are refused with %j", async (options, message) => {
    await expect(open(options)).rejects.toThrow(message);
  });
});

describe("tokenizers", () => {
  test("gpt2 has the ids of the published vocabulary and gives the text back", async () => {
    const { encode, decode, vocabulary, endOfText } = await openTokenizer("gpt2");
    expect([vocabulary, endOfText]).toEqual([50257, 50256]);
    const sentence = "The quick brown fox jumps over the lazy dog. ";
    expect([...encode(sentence)]).toEqual([464, 2068, 7586, 21831, 18045, 625, 262, 16931, 3290, 13, 220]);
    expect(encode(sentence.repeat(10)).length).toBe(101);
    expect(decode([...encode("Käse — 鯨 🐋\n")])).toBe("Käse — 鯨 🐋\n");
  });

  test("gpt2 takes words without end, and gives them back", async () => {
    const { encode, decode } = await openTokenizer("gpt2");
    const text = `${"a".repeat(200_000)} ${"7".repeat(1300)}${"😀".repeat(2000)}${" ".repeat(3000)}end`;
    expect(decode([...encode(text)])).toBe(text);
    // Up to 512 letters a word is merged as a whole.
    const word = "antidisestablishmentarianism".repeat(18);
    expect([...encode(`${word} b`)]).toEqual([...encode(word), ...encode(" b")]);
  });

  test.each(["gpt2", "bytes"])("%s never gives the end of a text for a text that spells it", async (name) => {
    const { encode, endOfText } = await openTokenizer(name);
    expect([...encode("a<|endoftext|>b")]).not.toContain(endOfText);
  });

  test("bytes are UTF-8", async () => {
    const { encode, decode } = await openTokenizer("bytes");
    expect([...encode("ä")]).toEqual([0xc3, 0xa4]);
    expect(decode([0xc3, 0xa4])).toBe("ä");
  });
});

describe("validation documents", () => {
  const names = (parts: readonly Document[]) => parts.map(({ name }) => name).join(" ");

  test("are every tenth of ten or more", () => {
    const many = Array.from({ length: 21 }, (_, i) => ({ name: String(i), text: "x" }));
    const { train, validation } = splitDocuments(many);
    expect(names(validation)).toBe("9 19");
    expect(names(train)).toBe("0 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 17 18 20");
  });

  test.each([
    ["aaaa\nbbbb\ncccc\ndddd\n", "aaaa\nbbbb\ncccc\n", "dddd\n"],
    ["eight words are all that is in here now", "eight words are all that is in ", "here now"],
    ["0123456789", "012345678", "9"],
  ])("are the end of a single one: %j", (text, train, validation) => {
    expect(splitDocuments([{ name: "a", text }])).toEqual({
      train: [{ name: "a", text: train }],
      validation: [{ name: "a", text: validation }],
    });
  });
});

test.each([
  ["pairs of halves", "\u{1f600}", 2],
  ["a letter with its accent", "e\u0301", 2],
  ["a family joined to one", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}", 8],
  ["flags", "\u{1f1e9}\u{1f1ea}", 4],
  ["a hand with its colour", "\u{1f44b}\u{1f3fd}", 4],
  ["Devanagari with its vowel", "\u0915\u093f", 2],
  ["Hangul in its parts", "\u1112\u1161\u11ab", 3],
  ["Chinese", "\u6c49", 1],
  ["a sign and what says how it looks", "\u2764\ufe0f", 2],
  ["keycaps", "1\ufe0f\u20e3", 3],
])("a text without spaces is cut between characters: %s", (_, character, length) => {
  expect(character).toHaveLength(length);
  for (const count of [11, 12, 13, 14, 15, 17, 19]) {
    const { train, validation } = splitDocuments([{ name: "a", text: character.repeat(count) }]);
    expect(train[0]!.text.length % length).toBe(0);
    expect(train[0]!.text + validation[0]!.text).toBe(character.repeat(count));
    expect(validation[0]!.text).not.toBe("");
  }
});
