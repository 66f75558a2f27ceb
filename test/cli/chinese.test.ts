import { rmSync } from "node:fs";
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
}, 120_000);
afterAll(() => rmSync(scene, { recursive: true }));
afterEach(() => {
  delete process.env.BATCHSCOPE_LANG;
});

/** What may stand in a Chinese line: paths, names of layers, options and commands, `key=value`, statuses, types. */
const names =
  /"[^"]*"|\/\S+|[\w-]+=\S*|--[\w-]+|batchscope [^，；。]*|runs gc|\b(images|mlp|gpt2|finished|train|Transformer|dropout)\b/g;
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
  "runs rm RUN --yes",
  "runs --trash",
  "runs restore RUN",
])("%s --lang zh prints no English sentence", { timeout: 120_000 }, async (line) => {
  const asked = line.replace("RUN", run).replace("IMAGES", join(scene, "images"));
  const inStore = /^(runs|export)/.test(line) ? ["--dir", store] : [];
  const { code, text, printed } = await tryHere(...asked.split(" "), ...inStore, "--lang", "zh");
  expect([code, text]).toEqual([0, ""]);
  expect(printed).toMatch(/\p{Script=Han}/u);
  expect(english(printed)).toEqual([]);
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
