import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { TextOptions } from "../../../src/data/texts/text.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged, joined } from "../bytes.ts";
import { readExamples } from "../dataset.ts";
import type { Format } from "../format.ts";
import { chance, nastyNames, one, times } from "../stream.ts";

const words = ["the", "whale", " sea", "\n", "\n\n", ". ", "Ahab", "naïve", "海", "🐳", "<|endoftext|>", "\r\n", "\t"];

const pieces: readonly ((stream: Random) => Uint8Array)[] = [
  (stream) => Buffer.from(one(nastyNames, stream)),
  (stream) =>
    Buffer.from(one(["a", " ", "\n", "9", "!", "中", "🐳"], stream).repeat(one([300, 5000, 100_000], stream))),
  (stream) =>
    one(
      [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0]].map((b) =>
        Uint8Array.from(b),
      ),
      stream,
    ),
  (stream) =>
    Buffer.from(one(["<|endoftext|>", "<|endoftext|><|endoftext|>", "<|endofprompt|>", "<|im_start|>", "<s>"], stream)),
  () => Uint8Array.of(0xef, 0xbb, 0xbf),
  (stream) => Uint8Array.from({ length: 200 }, () => stream.integer(256)),
];

function textBytes(stream: Random): Uint8Array {
  const text = Array.from({ length: 100 + stream.integer(400) }, () => one(words, stream)).join(" ");
  let bytes = Buffer.from(text) as Uint8Array;
  times(0, 2, stream, () => {
    const at = stream.integer(bytes.length + 1);
    bytes = joined(bytes.subarray(0, at), one(pieces, stream)(stream), bytes.subarray(at));
  });
  if (chance(0.05, stream)) bytes = bytes.subarray(0, stream.integer(20));
  return chance(0.3, stream) ? damaged(bytes, stream) : bytes;
}

const options: readonly TextOptions[] = [
  ...[{ sequenceLength: 8, tokenizer: "bytes" }, { sequenceLength: 4 }, {}, { sequenceLength: 1_000_000 }],
  ...([{ examples: "documents" }, { examples: "lines" }, { tokenizer: "bytes", examples: "lines" }] as const),
];

export const text: Format = {
  name: "text",
  share: 400,
  make(stream) {
    const files = new Map<string, Uint8Array>();
    const names = one(
      [["a.txt"], ["a.md"], ["a.txt.gz"], ["train.txt", "validation.txt"], ["a.txt", "b.txt", "c.md"]],
      stream,
    );
    for (const name of names) {
      const bytes = textBytes(stream);
      const packed = name.endsWith(".gz") ? gzipSync(bytes) : bytes;
      files.set(`texts/${name}`, name.endsWith(".gz") && chance(0.4, stream) ? damaged(packed, stream) : packed);
    }
    return { files, asked: { path: names.length === 1 ? `texts/${names[0]}` : "texts", text: one(options, stream) } };
  },
  async read(folder, { asked }) {
    const { path, text } = asked as { path: string; text: TextOptions };
    await readExamples(join(folder, path), { text });
  },
  compare(_, { files }) {
    const wrong = [...files].find(([name, bytes]) => !isUtf8(name.endsWith(".gz") ? gunzipSync(bytes) : bytes));
    return wrong ? `taken, and ${wrong[0]} is not UTF-8` : null;
  },
};
