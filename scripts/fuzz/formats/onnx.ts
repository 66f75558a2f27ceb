import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { foreignInference } from "../../../src/export/foreignInference.ts";
import { addInput, addOutput, newGraph } from "../../../src/graph/graph.ts";
import { createLoss } from "../../../src/model/loss.ts";
import type { Model } from "../../../src/model/model.ts";
import { builder } from "../../../src/ops/builder.ts";
import type { Engine } from "../../../src/runtime/engine.ts";
import { openEngine } from "../../../src/runtime/open.ts";
import { random } from "../../../src/tensor/random.ts";
import { isFloat, sizeOf, type Tensor, tensor, toNumbers, zeros } from "../../../src/tensor/tensor.ts";
import { batchGradients } from "../../../src/training/gradients.ts";
import { loadForeignModel } from "../../../src/training/openModel.ts";
import { command } from "../command.ts";
import type { Format } from "../format.ts";
import { chance } from "../stream.ts";
import { onnxBytes } from "./onnxBytes.ts";

const BATCH = 2;
/** A thousandth of what the largest score is; models in half precision are computed in single precision here. */
const TOLERANCE = 1e-2;

const LARGEST = 2 ** 22;

interface Forward {
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly logits: Tensor;
}

let engine: Promise<Engine> | undefined;

/** A model is imported, described and trained for one batch; what it computes is compared with ONNX Runtime. */
export const onnx: Format<Forward | null> = {
  name: "onnx",
  share: 2000,
  named: false,
  make: (stream) => ({ files: new Map([["model.onnx", onnxBytes(stream)]]), asked: chance(0.2, stream) }),
  async read(folder, { asked }) {
    const path = join(folder, "model.onnx");
    const model = await loadForeignModel(path);
    if (asked) await command("models", path, "--summary");
    // Nobody has data of such a size.
    if (model.inputs.some(({ shape }) => sizeOf(shape) > LARGEST)) return null;
    const inputs = new Map(model.inputs.map((input, i) => [input.name, example(input, i)]));
    engine ??= openEngine();
    const opened = await engine;
    await batchGradients(opened, model, createLoss("none"), inputs);
    return { inputs, logits: await logitsOf(opened, model, inputs) };
  },
  async compare(_, { files }, read) {
    return read && differs(files.get("model.onnx")!, read);
  },
};

function example({ type, shape }: Model["inputs"][number], i: number): Tensor {
  const stream = random(i);
  const full = [BATCH, ...shape];
  const contents = zeros(type, full);
  for (let at = 0; at < sizeOf(full); at++)
    contents.data[at] = (
      isFloat(type) ? stream.normal() : type === "int64" ? BigInt(stream.integer(2)) : stream.integer(2)
    ) as never;
  return contents;
}

async function logitsOf(opened: Engine, model: Model, inputs: ReadonlyMap<string, Tensor>): Promise<Tensor> {
  const graph = newGraph("forward");
  const declared = (all: readonly (readonly [string, Tensor])[]) =>
    Object.fromEntries(all.map(([name, { type, shape }]) => [name, addInput(graph, name, type, shape)]));
  const initial = (list: Model["parameters"]) => list.map((one) => [one.name, one.initial] as const);
  const [parameters, state] = [initial(model.parameters), initial(model.state)];
  const { logits } = model.forward(builder(graph), {
    inputs: declared([...inputs]),
    parameters: declared(parameters),
    state: declared(state),
    mode: "evaluation",
  });
  addOutput(graph, "fuzz:logits", logits);
  const result = zeros(logits.type, logits.shape);
  const session = await opened.load(graph);
  try {
    const known = new Set(graph.inputs.map(({ name }) => name));
    const fed = [...inputs, ...parameters, ...state].filter(([name]) => known.has(name));
    await session.bind({ ...Object.fromEntries(fed), "fuzz:logits": result }).run();
  } finally {
    session.release();
  }
  return result;
}

const quiet = {
  logSeverityLevel: 4,
  graphOptimizationLevel: "disabled",
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
} as const;

/**
 * ONNX Runtime lacks some operators for some types, and its package names for others: that says nothing of the file.
 */
const lacking = /NOT_IMPLEMENTED|Could not find an implementation|Unsupported data type: 16/;

/** Why ONNX Runtime does not load a file; null where it does, or where only the runtime lacks something. */
export async function refusalOf(bytes: Uint8Array): Promise<string | null> {
  const refused = await InferenceSession.create(bytes, quiet).then(release, reasonOf);
  return refused === null || lacking.test(refused) ? null : refused;
}

async function differs(bytes: Uint8Array, { inputs, logits }: Forward): Promise<string | null> {
  const refused = await refusalOf(bytes);
  if (refused !== null) return `taken, and ONNX Runtime refuses it: ${refused}`;
  const inference = toBinary(ModelProtoSchema, foreignInference(bytes, {}));
  const theirs = await run(inference, inputs).catch(() => null);
  if (theirs === null) return null;
  const ours = toNumbers(logits);
  if (ours.length !== theirs.length) return `taken with ${ours.length} scores, and ONNX Runtime gives ${theirs.length}`;
  const largest = theirs.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const at = theirs.findIndex((x, i) => Number.isFinite(x) && !(Math.abs(x - ours[i]!) <= TOLERANCE * largest));
  return at < 0 ? null : `taken with the score ${ours[at]} at ${at}, and ONNX Runtime gives ${theirs[at]}`;
}

async function release(session: InferenceSession): Promise<null> {
  await session.release();
  return null;
}

function reasonOf(error: Error): string {
  return error.message.replace(/\s+/g, " ").slice(0, 400);
}

/** The first output as numbers; throws where the model cannot be run. */
async function run(bytes: Uint8Array, inputs: ReadonlyMap<string, Tensor>): Promise<number[]> {
  const session = await InferenceSession.create(bytes, quiet);
  try {
    const feeds = session.inputNames.map((name) => {
      const { type, shape, data } = inputs.get(name)!;
      return [name, new OrtTensor(type as "float32", data as Float32Array, shape as number[])] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    const { type, data, dims } = results[session.outputNames[0]!]!;
    const read = type === "float16" ? new Float16Array((data as Uint16Array).buffer) : data;
    return toNumbers(tensor(type as "float32", dims as number[], read as never));
  } finally {
    await session.release();
  }
}
