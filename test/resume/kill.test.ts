import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { random } from "../../src/tensor/random.ts";
import { runsIn, scratch, start, writeImages } from "../cli/harness.ts";
import { artefacts, trainThroughStops } from "../cli/killing.ts";

/**
 * A run that is stopped at random moments, with SIGKILL or in order, also while it goes on and while it writes a checkpoint, ends with
 * the metrics and the files of one that was never stopped. The moments come from the seed below; `BATCHSCOPE_KILLS` sets how many runs
 * are stopped. Heavier than a unit test: `npm run test:resume`.
 */
const kills = Number(process.env.BATCHSCOPE_KILLS || 20);
const seed = 20_261_121;

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));
const images = writeImages(join(scene, "images"), 1);

const common = `train --data ${images} --batch-size 4 --gradient-accumulation-steps 2 --progress none`;
/** Checkpoints come often, so that most stops hit one or come soon after it; those by time come at steps that nobody foresees. */
const recipes = {
  adamw: `${common} --model mlp --epochs 40 --checkpoint-steps 2 --keep-checkpoints 3 --schedule cosine`,
  momentum:
    `${common} --model lenet --optimizer sgd --momentum 0.9 --epochs 12 --checkpoint-every 2 ` +
    "--checkpoint-minutes 0.002 --clip-norm 1",
  /** What remembers most between two updates. */
  everything:
    `${common} --model mlp --epochs 10 --checkpoint-steps 5 --precision float16 --dropout 0.2 --schedule reduce-on-plateau ` +
    "--accumulation-schedule noise-scale --max-accumulation-steps 6 --patience 8 --swa-start 3 --evaluate-steps 7 --tensorboard",
};

interface Whole {
  readonly artefacts: ReturnType<typeof artefacts>;
  /** From the first line about training to the end, in milliseconds. */
  readonly lasts: number;
}

const whole = new Map<string, Whole>();
beforeAll(async () => {
  for (const [name, line] of Object.entries(recipes)) {
    const argv = line.split(" ");
    const store = join(scene, `whole-${name}`);
    const { said, ended } = start([...argv, "--dir", store], { cwd: scene });
    await said("radient accumulation");
    const began = performance.now();
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const lasts = performance.now() - began;
    whole.set(name, { artefacts: artefacts(join(store, "runs", runsIn(store)[0]!)), lasts });
  }
});

const generator = random(seed);
const cases = Array.from({ length: kills }, (_, i) => ({
  i,
  recipe: (["adamw", "momentum", "everything"] as const)[i % 3]!,
  signal: i % 5 === 4 ? ("SIGTERM" as const) : ("SIGKILL" as const),
  moments: Array.from({ length: 1 + generator.integer(3) }, () =>
    i % 4 === 3 ? ("writing" as const) : generator.uniform(),
  ),
}));

const total = { stopped: 0, torn: 0 };
test.each(cases)("$i: $recipe stopped by $signal at $moments of its time", async ({ i, recipe, signal, moments }) => {
  const store = join(scene, `stopped-${i}`);
  const { artefacts: expected, lasts } = whole.get(recipe)!;
  const stops = moments.map((moment) => ({ signal, after: moment === "writing" ? moment : moment * lasts }));
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
