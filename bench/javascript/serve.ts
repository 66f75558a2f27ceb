import { createInterface } from "node:readline";
import { block } from "../measure.ts";
import type { Block, FirstSteps, RivalModel } from "../rival.ts";

export interface Batch {
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: readonly number[];
}

/** What the other side of rival.ts sent, decoded. */
export interface Task {
  readonly model: string;
  /** In PyTorch's layouts: linear weights [to, from], filters [to, from, height, width]. */
  readonly parameters: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  /** Images [batch, channels, height, width]. */
  readonly batches: readonly Batch[];
  readonly firstRate: number;
  readonly learningRate: number;
  readonly momentum: number;
}

export interface Trainer {
  /** Of the first batch, by the names and in the layouts of the task; changes nothing. */
  gradients(): Promise<Readonly<Record<string, Float32Array>>>;
  /** One step on the next batch; its mean loss before the step. */
  step(learningRate: number): Promise<number>;
  parameters(): Promise<Readonly<Record<string, Float32Array>>>;
}

interface Loaded {
  readonly trainer: Trainer;
  readonly learningRate: number;
}

type Request = (RivalModel & { readonly do: "load"; readonly key: string }) | RunRequest;

interface RunRequest {
  readonly do: "run";
  readonly key: string;
  readonly count: number;
}

/** Says `name`, then answers requests from stdin until it ends, as pytorch_step.py does. */
export async function serve(name: string, make: (task: Task) => Trainer): Promise<void> {
  const loaded = new Map<string, Loaded>();
  say({ name });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    if (request.do === "run") say(await run(loaded.get(request.key)!, request.count));
    else {
      const task = decoded(request);
      const trainer = make(task);
      loaded.set(request.key, { trainer, learningRate: task.learningRate });
      say(await firstSteps(trainer, task.firstRate));
    }
  }
}

async function firstSteps(trainer: Trainer, rate: number): Promise<FirstSteps> {
  const gradients = encoded(await trainer.gradients());
  const loss = await trainer.step(rate);
  await trainer.step(rate);
  return { loss, gradients, after: encoded(await trainer.parameters()) };
}

function run({ trainer, learningRate }: Loaded, count: number): Promise<Block> {
  return block(count, () => trainer.step(learningRate));
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function decoded({ parameters, images, labels, ...rest }: RivalModel): Task {
  const all = floats(images);
  const length = all.length / labels.length;
  return {
    ...rest,
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, floats(text)])),
    batches: labels.map((batch, i) => ({ labels: batch, images: all.slice(i * length, (i + 1) * length) })),
  };
}

function floats(text: string): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

function encoded(arrays: Readonly<Record<string, Float32Array>>): Record<string, string> {
  const text = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength).toString("base64");
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, text(values)]));
}
