import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { random } from "../../src/tensor/random.ts";
import { runsIn, scratch, start, writeImages } from "../cli/harness.ts";
import { type Artefacts, artefacts, trainThroughStops } from "../cli/killing.ts";
import { writeTable } from "./scene.ts";

/**
 * A run that is stopped at random moments, with SIGKILL or in order, also while it goes on and while it writes a
 * checkpoint, ends with the metrics and the files of one that was never stopped. The moments come from the seed below;
 * `BATCHSCOPE_KILLS` sets how many runs are stopped. Heavier than a unit test: `npm run test:faults`.
 */
const kills = Number(process.env.BATCHSCOPE_KILLS || 200);
const seed = 20_261_121;

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));
const images = writeImages(join(scene, "images"), 1);

const table = writeTable(join(scene, "table.csv"), 120);
const text = join(scene, "text.txt");
writeFileSync(text, Array.from({ length: 400 }, (_, i) => `line ${i} says ${(i * i) % 97} and ends`).join("\n"));

const small = "train --batch-size 4 --gradient-accumulation-steps 2 --progress none";
const common = `${small} --data ${images}`;
/**
 * Checkpoints come often, so that most stops hit one or come soon after it; those by time come at steps that nobody
 * foresees.
 */
const recipes = {
  adamw: `${common} --model mlp --epochs 40 --checkpoint-steps 2 --keep-checkpoints 3 --schedule cosine`,
  momentum:
    `${common} --model lenet --optimizer sgd --momentum 0.9 --epochs 12 --checkpoint-every 2 ` +
    "--checkpoint-minutes 0.002 --clip-norm 1",
  /** What remembers most between two updates. */
  everything:
    `${common} --model mlp --epochs 10 --checkpoint-steps 5 --precision float16 --dropout 0.2 --schedule reduce-on-plateau ` +
    "--accumulation-schedule noise-scale --max-accumulation-steps 6 --patience 8 --swa-start 3 --evaluate-steps 7 --tensorboard",
  swap:
    `${small} --data ${images} --model mlp --epochs 4 --optimizer sgd --momentum 0.9 --schedule one-cycle ` +
    "--checkpoint-steps 3 --swap-workers 2 --swap-epochs 6 --swap-learning-rate 0.002 --swap-schedule linear",
  averages: `${common} --model mlp --optimizer lion --epochs 24 --checkpoint-steps 3 --swa-start 4 --swa-period 3 --schedule cyclic --maximum-learning-rate 0.001 --cycle-steps 12`,
  noiseWindows:
    `${common} --model mlp --epochs 20 --checkpoint-steps 4 --noise-scale on --accumulation-schedule noise-scale ` +
    "--max-accumulation-steps 8 --accumulation-may-shrink --label-smoothing 0.1",
  float16: `${common} --model lenet --precision float16 --epochs 8 --checkpoint-steps 6 --optimizer radam --schedule cosine-warm-restarts --cycle-steps 20 --keep-checkpoints 2`,
  table: `${small} --data ${table} --target label --model mlp --epochs 40 --checkpoint-steps 7 --optimizer adagrad --class-weights balanced`,
  text: `${small} --data ${text} --model gpt2:nano --sequence-length 16 --steps 60 --checkpoint-steps 5 --optimizer nadam --dropout 0.1`,
  recurrent: `${common} --model lstm --epochs 6 --checkpoint-steps 9 --optimizer rmsprop --clip-norm 0.5 --gradient-checkpointing`,
};
type RecipeName = keyof typeof recipes;
const names = Object.keys(recipes) as RecipeName[];

interface Whole {
  readonly artefacts: Artefacts;
  /** From the first line about training to the end, in milliseconds. */
  readonly lasts: number;
}

const wholes = new Map<RecipeName, Promise<Whole>>();
/** The run that nothing stopped; made once, when the first case asks for it. */
function wholeOf(name: RecipeName): Promise<Whole> {
  const known = wholes.get(name) ?? trainWhole(name);
  wholes.set(name, known);
  return known;
}

async function trainWhole(name: RecipeName): Promise<Whole> {
  const store = join(scene, `whole-${name}`);
  const { said, ended } = start([...recipes[name].split(" "), "--dir", store], { cwd: scene });
  await said("radient accumulation");
  const began = performance.now();
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return { artefacts: artefacts(join(store, "runs", runsIn(store)[0]!)), lasts: performance.now() - began };
}

const generator = random(seed);
const cases = Array.from({ length: kills }, (_, i) => ({
  i,
  recipe: names[i % names.length]!,
  signal: i % 5 === 4 ? ("SIGTERM" as const) : ("SIGKILL" as const),
  // As a terminal, a batch system or a container ends a run: its processes all at once.
  group: generator.uniform() < 0.5,
  moments: Array.from({ length: 1 + generator.integer(3) }, () =>
    i % 4 === 3 ? ("writing" as const) : generator.uniform(),
  ),
}));

const total = { stopped: 0, torn: 0 };
test.each(cases)("$i: $recipe stopped by $signal at $moments of its time", async (one) => {
  const { i, recipe, signal, group, moments } = one;
  const store = join(scene, `stopped-${i}`);
  const { artefacts: expected, lasts } = await wholeOf(recipe);
  const stops = moments.map((moment) => ({ signal, group, after: moment === "writing" ? moment : moment * lasts }));
  const { stopped, torn, run } = await trainThroughStops(
    { cwd: scene, store, argv: recipes[recipe].split(" ") },
    stops,
  );
  total.stopped += stopped;
  total.torn += torn;
  expect(artefacts(run)).toEqual(expected);
  rmSync(store, { recursive: true });
});

test("enough runs were stopped before their end", () => {
  console.log(`${total.stopped} stops in ${kills} runs, ${total.torn} of them inside a checkpoint's write`);
  expect(total.stopped).toBeGreaterThanOrEqual(kills);
});
