/**
 * One training step of GPT-2 small (124 million parameters) on 2 × 128 tokens: gradients added into their sums, then
 * AdamW over the flat arrays; seconds of both in the fastest step, the processor's seconds in the step that took it
 * least, which other processes disturb less, and the peak memory. One process per thread count, since memory only
 * grows; beside each, PyTorch with the same sizes.
 *
 *   node bench/gpt2.ts [--steps 4] [--threads 1 --threads 2] [--python /usr/bin/python3]
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { buildModel } from "../src/model/zoo.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { assertInPlaceSafe } from "../src/runtime/inPlace.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, scalar } from "../src/tensor/tensor.ts";
import { viewsOf } from "../src/training/flat.ts";
import { gradientGraph, gradientName, sumName, totals } from "../src/training/graphs.ts";
import { modelTensors, newTrainingState } from "../src/training/state.ts";
import { createUpdater } from "../src/training/update.ts";
import { table, time } from "./measure.ts";

const BATCH = 2;
const TOKENS = 128;
const VOCABULARY = 50257;
const LEARNING_RATE = 1e-4;

interface Measured {
  readonly gradient: number[];
  readonly update: number[];
  /** Of the processor, gradient and update together. */
  readonly processor: number[];
  readonly losses: number[];
  /** Kibibytes. */
  readonly peak: number;
}

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "4" },
    threads: { type: "string", multiple: true, default: ["1", "2"] },
    python: { type: "string", default: "/usr/bin/python3" },
    measure: { type: "string" },
  },
});

if (values.measure !== undefined) process.stdout.write(JSON.stringify(await measure(Number(values.measure))));
else report();

function report(): void {
  const rows = values.threads.flatMap((threads) => {
    const environment = { OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads };
    const ours = child(process.execPath, [import.meta.filename, "--steps", values.steps, "--measure", threads], {});
    const script = new URL("gpt2_step.py", import.meta.url).pathname;
    const theirs = child(values.python, [script, threads, values.steps], environment);
    return [row(`Batchscope, ${threads} threads`, ours), row(`PyTorch, ${threads} threads`, theirs)];
  });
  const head = ["GPT-2 small, 2 × 128 tokens", "gradient s", "AdamW s", "step s", "processor s", "peak GB", "losses"];
  process.stdout.write(`${table([head, ...rows])}\n`);
}

function child(command: string, parameters: readonly string[], environment: Record<string, string>): Measured {
  const { stdout, status } = spawnSync(command, parameters, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command}: expected a measurement, got exit code ${status}; see above`);
  return JSON.parse(stdout);
}

/** The losses are those before each step. */
function row(name: string, { gradient, update, processor, losses, peak }: Measured): string[] {
  const step = gradient.map((seconds, i) => seconds + update[i]!);
  const fastest = [gradient, update, step, processor].map((seconds) => Math.min(...seconds).toFixed(2));
  return [name, ...fastest, ((peak * 1024) / 1e9).toFixed(2), losses.map((loss) => loss.toFixed(3)).join(" ")];
}

async function measure(threads: number): Promise<Measured> {
  const engine = await openEngine();
  const model = buildModel("gpt2:small", { shape: [TOKENS], classes: VOCABULARY }, random(0));
  const state = newTrainingState(model, adamW());
  const graph = gradientGraph(model, BATCH, { accumulate: true });
  const inPlace = Object.fromEntries(model.parameters.map(({ name }) => [gradientName(name), sumName(name)]));
  assertInPlaceSafe(graph, inPlace);
  const session = await engine.load(graph, { threads, inPlace });
  const [loss, weight, correct] = [scalar("float32", 0), scalar("float32", 0), scalar("float32", 0)];
  const gradients = session.bind({
    ...modelTensors(state),
    ...viewsOf(state.sums, state.layout, sumName("")),
    ...viewsOf(state.sums, state.layout, gradientName("")),
    ...tokens(),
    [totals.loss]: loss,
    [totals.weight]: weight,
    [totals.correct]: correct,
    [totals.labels]: scalar("float32", 0),
  });
  const updater = await createUpdater(engine, adamW(), state);
  const measured: Measured = { gradient: [], update: [], processor: [], losses: [], peak: 0 };
  for (let step = 1; step <= Number(values.steps); step++) {
    state.sums.fill(0);
    const before = process.cpuUsage();
    measured.gradient.push(...(await time(1, () => gradients.run())));
    const examples = Number(weight.data[0]);
    measured.losses.push(Number(loss.data[0]) / examples);
    const update = { weight: examples, learningRate: LEARNING_RATE, step, clipNorm: undefined };
    measured.update.push(...(await time(1, () => updater.step(update, 1))));
    const { user, system } = process.cpuUsage(before);
    measured.processor.push((user + system) / 1e6);
  }
  return { ...measured, peak: process.resourceUsage().maxRSS };
}

/** The same tokens at every step, so that the loss must fall. */
function tokens() {
  const stream = random(1);
  const text = Array.from({ length: BATCH * (TOKENS + 1) }, () => stream.integer(VOCABULARY));
  const cut = (shift: number) => text.filter((_, i) => i % (TOKENS + 1) !== (shift === 0 ? TOKENS : 0));
  return { x: fromNumbers("int64", [BATCH, TOKENS], cut(0)), y: fromNumbers("int64", [BATCH, TOKENS], cut(1)) };
}
