import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { random } from "../../src/tensor/random.ts";
import { scratch } from "./harness.ts";
import { everyCommand, tryHere } from "./inProcess.ts";

/** Words that nobody means, or that something could take for what it is not. */
const odd = [
  ...["", " ", "-", "--", ".", "..", "/", "/dev/null", "~", "*", "null", "true", "NaN", "-1", "0", "1e308", "1e-320"],
  ...["constructor", "__proto__", "a=b", "=", ",", ",,", ":", "1:2:3", "{}", "[]", "\u001b[31m", "\u202e", "数据"],
  ...["latest", "all", "x".repeat(300), "a\nb", "%s", "$(id)", "mlp", "iris", "iris.csv", "none.onnx", "none.npz", "5"],
];

const scene = scratch();
writeFileSync(join(scene, "iris.csv"), "a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n");

const here = process.cwd();
// What a line might write lands there.
beforeAll(() => process.chdir(scene));
afterAll(() => process.chdir(here));

const commands = everyCommand().filter(({ words }) => !["doctor", "batch-size-find"].includes(words[0]!));

/** A line with what the command must have and two odd options, none of which trains. */
function oddLine(seed: number): string[] {
  const draw = random(seed);
  const pick = <T>(list: readonly T[]): T => list[draw.integer(list.length)]!;
  const { words, command } = pick(commands);
  const option = () => {
    const { long, flags } = pick(command.options.filter(({ long }) => long !== "--out"));
    return flags.includes("<") ? [`${long}=${pick(odd)}`] : [long!];
  };
  const given = command.registeredArguments.filter(({ required }) => required).map(() => pick(odd));
  const needed = command.options.filter(({ mandatory }) => mandatory).map(({ long }) => `${long}=${pick(odd)}`);
  const base = words[0] === "train" ? ["--model=mlp", "--data=iris", "--dry-run"] : [];
  const study = words[0] === "lr-find" ? ["--model=mlp", "--data=iris", "--device=none"] : [];
  return [
    ...words,
    ...given,
    ...needed,
    ...base,
    ...study,
    ...option(),
    ...option(),
    ...(command.options.some(({ long }) => long === "--dir") ? [`--dir=${join(scene, "store")}`] : []),
  ];
}

test.each(Array.from({ length: 60 }, (_, i) => [i]))("line %i is refused in words, or done", async (seed) => {
  const line = oddLine(seed);
  const { code, text } = await tryHere(...line);
  expect(text, JSON.stringify(line)).not.toMatch(/internal|[^\P{Cc}]|\p{Bidi_Control}/u);
  expect([0, 1, 2, 4, 5], JSON.stringify(line)).toContain(code);
});
