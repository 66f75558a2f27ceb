import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged } from "../bytes.ts";
import { command } from "../command.ts";
import type { Format } from "../format.ts";
import { chance, nastyNames, nastyNumbers, one, times } from "../stream.ts";

const whole: Readonly<Record<string, string>> = {
  model: "mlp",
  data: "mnist",
  epochs: "3",
  batch_size: "8",
  gradientAccumulationSteps: "2",
  "learning-rate": "0.1",
  optimizer: "adamw",
  beta1: "0.9",
  schedule: "cosine",
  warmup_steps: "5",
  loss: "cross_entropy",
  label_smoothing: "0.1",
  tags: "[a, b]",
  description: "some words",
  swa_start: "2",
  validationSplit: "0.2",
  features: "[x, y]",
  checkpoint_every: "1",
  seed: "4",
  threads: "1",
};

export const yamlValues = [
  ...[
    "",
    "~",
    "null",
    "true",
    "yes",
    "no",
    "[]",
    "{}",
    "[[]]",
    "{a: 1}",
    "- 1",
    "? a",
    "&a 1",
    "*a",
    "!!binary aGk=",
    "!!set {a}",
  ],
  ...[
    "!!js/function 'x'",
    "!!python/object/apply:os.system [true]",
    "!!float 1",
    "!!str 1",
    "!!int x",
    "!x y",
    "!<tag:x> y",
  ],
  ...[
    ".nan",
    ".inf",
    "-.inf",
    "0x10",
    "0o17",
    "017",
    "1_000",
    "1e999",
    "1e-999",
    "12:30",
    "2026-02-30",
    "0.1e",
    "1,5",
    "१",
  ],
  ...[
    "'it''s'",
    '"\\x1b[31m"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\',
    "'open",
    "| \n  a\n  b",
    "> \n  a",
    "a: b",
    "a # b",
    "@a",
    "`a",
    "%a",
  ],
  ...[
    "<<",
    "=",
    "...",
    "---",
    "\t1",
    "[1, 2",
    "{a: ",
    "9".repeat(400),
    "[1,1,1,1,1,1,1,1]",
    "mlp:3",
    "../x",
    "http://a/b",
    "/dev/zero",
  ],
];

type Lines = [string, string][];

const changes: readonly ((lines: Lines, stream: Random) => void)[] = [
  (lines, stream) => {
    one(lines, stream)[1] = one(
      [...yamlValues, ...nastyNumbers.map(String), ...nastyNames.map((name) => JSON.stringify(name))],
      stream,
    );
  },
  (lines, stream) => {
    one(lines, stream)[0] = one([...nastyNames.map((name) => JSON.stringify(name)), ...yamlValues], stream);
  },
  (lines, stream) => {
    lines.push([...one(lines, stream)] as [string, string]);
  },
  (lines, stream) => {
    // The same key in another spelling.
    const [key, value] = one(lines, stream);
    lines.push([key.replaceAll("_", "-").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]);
  },
  (lines, stream) => {
    lines.push(["<<", one(["{epochs: 2}", "[{epochs: 2}, {seed: 1}]", "*a", "1", "{__proto__: {epochs: 2}}"], stream)]);
  },
  (lines, stream) => {
    lines.push(["description", `${"[".repeat(one([10, 1000, 20_000], stream))}`]);
  },
  (lines) => {
    lines.push(["description", `${"{a: ".repeat(500)}1${"}".repeat(500)}`]);
  },
  (lines, stream) => {
    for (let i = 0; i < one([100, 5000, 20_000], stream); i++) lines.push([`key${i}`, "1"]);
  },
  (lines, stream) => {
    lines.push(...bomb(one([3, 9, 30], stream)));
  },
  (lines) => {
    lines.push(["tags", "&a [*a]"]);
  },
  (lines, stream) => {
    lines.push([
      one(["description", "tags"], stream),
      `"${one(["a", " ", "é", "\\n"], stream).repeat(one([1000, 200_000], stream))}"`,
    ]);
  },
];

/** A text of keys and values, a line each, with one to two of them changed. */
export function changedYaml(text: string, stream: Random): string {
  const lines = text.split("\n").map((line): [string, string] => {
    const [, key = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? ["", line, ""];
    return [key, value];
  });
  times(1, 2, stream, () => one(changes, stream)(lines, stream));
  return lines.map(([key, value]) => (value === "" ? key : `${key}: ${value}`)).join("\n");
}

/** Each line names the one before it nine times. */
function bomb(depth: number): Lines {
  return Array.from({ length: depth }, (_, i) => [
    i === 0 ? "tags" : `a${i}`,
    i === 0
      ? "&a0 [x, x, x]"
      : `&a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
  ]);
}

function yamlBytes(stream: Random): Uint8Array {
  const names = Object.keys(whole).filter((name) => name === "model" || name === "data" || chance(0.4, stream));
  // An option of a schedule without it is refused.
  if (names.includes("warmup_steps") && !names.includes("schedule")) names.push("schedule");
  const lines: Lines = names.map((name) => [name, whole[name]!]);
  times(0, 2, stream, () => one(changes, stream)(lines, stream));
  const text = lines
    .map(([key, value]) => `${key}: ${value}`)
    .join(one(["\n", "\n", "\n", "\n", "\r\n", "\n\n"], stream));
  const around = [
    "\ufeff",
    "---\n",
    "%YAML 1.1\n---\n",
    "%YAML 9.9\n---\n",
    "%TAG ! x\n---\n",
    "- a\n",
    "# c\n",
    "\t",
    "\0",
  ];
  const after = ["\n---\na: 1\n", "\n...\n", "\n\0", "\n- a", "\n a", "\n# c"];
  const [first, last] = [around, after].map((list) => (chance(0.15, stream) ? one(list, stream) : ""));
  const bytes = Buffer.from(`${first}${text}${last}\n`);
  return chance(0.15, stream) ? damaged(bytes, stream) : bytes;
}

/** A configuration of `train`: taken, it is printed, and what is printed means the same. */
export const yaml: Format = {
  name: "yaml",
  share: 800,
  make: (stream) => ({ files: new Map([["train.yaml", yamlBytes(stream)]]) }),
  async read(folder) {
    const printed = await command("train", "-c", join(folder, "train.yaml"), "--print-config");
    writeFileSync(join(folder, "printed.yaml"), printed);
    return { printed, again: await command("train", "-c", join(folder, "printed.yaml"), "--print-config") };
  },
  compare: (_, __, read) => {
    const { printed, again } = read as { printed: string; again: string };
    return printed === again ? null : `taken as ${JSON.stringify(printed)}, which is read as ${JSON.stringify(again)}`;
  },
};
