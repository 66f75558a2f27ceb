import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { seal } from "../../../src/store/seal.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged, joined, packed } from "../bytes.ts";
import { command } from "../command.ts";
import type { Format } from "../format.ts";
import { changedJson } from "../json.ts";
import { Fault } from "../judge.ts";
import { CASE, RUN, templateFiles } from "../prepare.ts";
import { chance, nastyNames, one } from "../stream.ts";
import { changedYaml } from "./yaml.ts";

interface Asked {
  readonly argv: readonly string[];
  /** A sealed file was changed, and this is the command's only source of weights. */
  readonly mustRefuse: boolean;
}

const store = `${CASE}/store`;
const folder = `store/runs/${RUN}`;
const data = ["--model", "mlp", "--data", `${CASE}/data.csv`, "--target", "label", "--batch-size", "4"];
const second = "epoch=002-step=0000010.safetensors";

/** What another configuration might keep busy for days. */
const isLong = (argv: readonly string[]) => ["train", "analyze"].includes(argv[0]!) && !argv.includes("--dry-run");

/** Commands that read a run, those that read most of it more often. */
const commands: readonly (readonly string[])[] = [
  ...[
    ["runs"],
    ["runs", "--json"],
    ["runs", "show", RUN],
    ["runs", "show", "latest", "--json"],
    ["runs", "--sort", "loss"],
  ],
  ...[
    ["report", RUN, "--static"],
    ["report", RUN],
    ["report", RUN, "--lang", "zh"],
  ],
  ...["csv", "parquet", "tensorboard", "onnx"].map((format) => ["export", RUN, "--format", format]),
  ...[
    ["export", RUN, "--format", "onnx", "--checkpoint", "2"],
    ["export", RUN, "--format", "onnx", "--checkpoint", "averaged"],
  ],
  ...[
    ["train", "--resume", RUN, "--epochs", "3"],
    ["train", "--resume", "latest", "--epochs", "3"],
    ["runs", "gc"],
  ],
  ...[
    ["runs", "rm", RUN, "--yes"],
    ["runs", "rm", "latest", "--yes"],
    ["runs", "restore", RUN],
    ["runs", "restore", RUN.slice(0, 8)],
    ["runs", "--trash"],
    ["train", "--resume", RUN, "--epochs", "3", "--dry-run"],
  ],
  ...[
    ["runs", "reindex"],
    ["analyze", RUN, "--rows", "2", "--checkpoint", "2", "--embedding", "pca"],
  ],
  [...["train", ...data, "--epochs", "1", "--init-from"], `${CASE}/${folder}/checkpoints/${second}`],
  [...["train", ...data, "--epochs", "1", "--init-from"], `${CASE}/${folder}/averaged.safetensors`],
];

/** One of the files of a run, changed, and a command that reads the run. */
export const records: Format = {
  name: "records",
  share: 1500,
  make(stream) {
    const files = templateFiles();
    const name = one(
      [...files.keys()].filter((path) => path.startsWith("store/")),
      stream,
    );
    const before = files.get(name)!;
    const how = one(["removed", "another", "resealed", ...Array<string>(9).fill("changed")], stream);
    if (how === "removed") files.delete(name);
    else if (how === "another") files.set(name, files.get(one([...files.keys()], stream))!);
    else if (how === "resealed" && name.endsWith(".safetensors")) files.set(name, resealed(before, stream));
    else files.set(name, changed(name, before, stream));
    const isConfiguration = name.endsWith("config.yaml");
    const argv = one(isConfiguration ? commands.filter((words) => !isLong(words)) : commands, stream);
    // What is brought back has been removed.
    if (argv[1] === "restore" || argv[1] === "--trash") moveToTrash(files);
    const same = Buffer.compare(before, files.get(name) ?? new Uint8Array(0)) === 0;
    return { files, asked: { argv, mustRefuse: how === "changed" && !same && isOnlySource(argv, name) } };
  },
  async read(_, { files, asked }) {
    try {
      await command(...(asked as Asked).argv, "--dir", store);
    } finally {
      refuseOutside(files);
    }
  },
  compare: (_, { asked }) =>
    (asked as Asked).mustRefuse ? "taken, and the file whose weights it takes was changed" : null,
};

function moveToTrash(files: Map<string, Uint8Array>): void {
  for (const [name, bytes] of [...files]) {
    if (!name.startsWith(`${folder}/`)) continue;
    files.delete(name);
    files.set(name.replace(folder, `store/trash/${RUN}~20260102T000000000Z`), bytes);
  }
}

/** Throws `Fault` where what is no part of the store was changed or made. */
function refuseOutside(files: ReadonlyMap<string, Uint8Array>): void {
  const outside = readdirSync(CASE, { recursive: true, encoding: "utf8" }).filter((name) => !/^store\b/.test(name));
  const expected = [...files.keys()].filter((name) => !name.startsWith("store/"));
  const wrong =
    outside.find((name) => !expected.includes(name)) ??
    expected.find((name) => !existsSync(join(CASE, name)) || !readFileSync(join(CASE, name)).equals(files.get(name)!));
  if (wrong !== undefined) throw new Fault("disagreement", `${wrong}, outside of the store, was changed`);
}

function isOnlySource(argv: readonly string[], name: string): boolean {
  const [first] = argv;
  if (name.endsWith("averaged.safetensors")) return argv.some((word) => word.includes("averaged"));
  if (!name.endsWith(second)) return false;
  return argv.at(-1)!.endsWith(second) || ((first === "export" || first === "analyze") && argv.includes("2"));
}

function changed(name: string, bytes: Uint8Array, stream: Random): Uint8Array {
  if (chance(0.07, stream))
    return Buffer.from(one(["", "null", "[]", "{}", "1", '"x"', "\0", "{", "[".repeat(9999)], stream));
  if (chance(0.3, stream) || bytes.length === 0) return damaged(bytes, stream);
  const text = Buffer.from(bytes).toString();
  if (name.endsWith(".json")) return Buffer.from(changedJson(text, stream));
  if (name.endsWith(".jsonl")) return Buffer.from(changedLines(text, stream));
  if (name.endsWith(".yaml")) return Buffer.from(changedYaml(text, stream));
  if (name.endsWith(".txt"))
    return Buffer.from(text.replace(/\S+/g, (word) => (chance(0.1, stream) ? one(nastyNames, stream) : word)));
  return damaged(bytes, stream);
}

function changedLines(text: string, stream: Random): string {
  const lines = text.split("\n");
  const at = stream.integer(lines.length);
  const kind = stream.integer(6);
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(at, 0, one(lines, stream));
  else if (kind === 2)
    lines[at] = one(["", " ", "null", "[]", "x", `{"kind":"${"k".repeat(1e6)}"}`, "{", '{"kind":"step"}'], stream);
  else lines[at] = changedJson(lines[at]!, stream);
  return lines.join("\n");
}

/** A header that says something else under a seal that is right: damage does not make it, malice can. */
function resealed(bytes: Uint8Array, stream: Random): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  const { sha256: _, ...notes } = header.__metadata__ ?? {};
  // The state of training is a text in the metadata.
  if (typeof notes.batchscope === "string") notes.batchscope = changedJson(notes.batchscope, stream);
  const json = chance(0.3, stream)
    ? changedJson(JSON.stringify(header), stream)
    : JSON.stringify({ ...header, __metadata__: {} });
  const plain = Buffer.from(json);
  try {
    return joined(...seal(joined(packed([[8, plain.length]]), plain, bytes.subarray(8 + length)), notes));
  } catch {
    return damaged(bytes, stream);
  }
}
