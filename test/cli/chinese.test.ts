import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { dataSources } from "../../src/data/registry.ts";
import { zoo } from "../../src/model/zoo.ts";
import { textIn } from "../../src/text/text.ts";
import { batchscope, runsIn, scratch, writeImages } from "./harness.ts";
import { everyCommand, tryHere } from "./inProcess.ts";

const scene = scratch();
const store = join(scene, "store");
let run = "";
beforeAll(async () => {
  writeImages(join(scene, "images"), 1);
  const training = "train --model mlp --data images --batch-size 8 --epochs 1 --checkpoint-every 1 --dir store";
  expect((await batchscope(training.split(" "), { cwd: scene })).code).toBe(0);
  [run] = runsIn(store) as [string];
});
afterAll(() => rmSync(scene, { recursive: true }));
afterEach(() => {
  delete process.env.BATCHSCOPE_LANG;
});

/** What may stand in a Chinese line: paths, names of layers, options and commands, `key=value`, statuses, types. */
const names =
  /"[^"]*"|\/\S+|[\w-]+=\S*|--[\w-]+|batchscope [^，；。]*|runs gc|apt install \S+|cross_entropy, label smoothing|\b(images|mlp|gpt2|finished|train|Transformer|dropout)\b/g;
const english = (text: string) =>
  text.split("\n").filter((line) => /[a-z]{3,} [a-z]{2,}/i.test(line.replaceAll(run, "").replace(names, "")));

test.each([
  "verify --model mlp --data IMAGES --batch-size 4",
  "doctor",
  "models",
  "models mlp --summary",
  "train --model mlp --data IMAGES --dry-run",
  "runs",
  "runs --status lost",
  "runs show RUN",
  "runs gc",
  "runs reindex",
  "runs --trash",
  "export RUN --format csv",
  "evaluate RUN",
  "runs rm RUN --yes",
  "runs --trash",
  "runs restore RUN",
])("%s --lang zh prints no English sentence", async (line) => {
  const asked = line.replace("RUN", run).replace("IMAGES", join(scene, "images"));
  const inStore = /^(runs|export|evaluate)/.test(line) ? ["--dir", store] : [];
  const { code, text, printed } = await tryHere(...asked.split(" "), ...inStore, "--lang", "zh");
  expect([code, text]).toEqual([0, ""]);
  expect(printed).toMatch(/\p{Script=Han}/u);
  expect(english(printed)).toEqual([]);
});

test("what is said while a run trains, is gone on with and analyzed is Chinese; its log is English", async () => {
  const cwd = join(scene, "said");
  mkdirSync(cwd);
  writeImages(join(cwd, "images"), 1);
  const env = { BATCHSCOPE_LANG: "zh", BATCHSCOPE_DIR: join(cwd, "store") };
  const options =
    "--batch-size 4 --gradient-accumulation-steps 2 --checkpoint-every 1 --limit-examples 8 --progress lines --label-smoothing 0.1";
  const said = [];
  for (const line of [
    `train --model mlp --data images --epochs 1 ${options}`,
    "train --resume latest --epochs 2 --progress lines",
    "analyze latest --rows 2 --batch-size 4",
    "report latest",
    "inspect-data --data images --epochs 1 --folds 2",
  ]) {
    const { code, stdout, stderr } = await batchscope(line.split(" "), { cwd, env });
    expect(code, stderr).toBe(0);
    said.push(...stderr.split("\n"), ...stdout.split("\n"));
  }
  expect(said.join("\n")).toMatch(/只用 \d+ 个训练样本中的前 8 个/);
  expect(said.filter((one) => english(one).length > 0)).toEqual([]);
  const [trained] = runsIn(join(cwd, "store"));
  expect(readFileSync(join(cwd, "store", "runs", trained!, "log.txt"), "utf8")).not.toMatch(/\p{Script=Han}/u);
});

test("every command takes --lang", () => {
  const without = everyCommand().filter(({ command }) => !command.options.some(({ long }) => long === "--lang"));
  expect(without.map(({ words }) => words.join(" "))).toEqual([]);
});

test("every model and every data set is described in Chinese where one is chosen", () => {
  const { about } = textIn("zh").commands;
  const all = Object.entries({ ...zoo, ...dataSources }).map(([name, one]) => about(name, one.about));
  expect(all.filter((words) => !/\p{Script=Han}/u.test(words))).toEqual([]);
});
