import type { StepDescription } from "./compile.ts";

/** The README.md of a compiled step: what the files are, and a module that runs them. */
export function stepReadme(description: StepDescription): string {
  const { model, loss, optimizer, batchSize, layout, runningStatistics } = description;
  const options = Object.entries(description.lossOptions).map(([name, value]) => `${name} ${String(value)}`);
  const least = description.leastWeight > 0 ? `, but at least ${description.leastWeight}` : "";
  const arrays = ["`parameter`", "`sum`", ...optimizer.state.map((name) => `\`${name}\``)].join(", ");
  const starts = optimizer.state.map((name) => `\`${name}\` at ${optimizer.initial[name] ?? 0}`);
  const beginning = starts.length > 0 ? ` Before the first step they start with ${starts.join(", ")}.` : "";
  const statistics =
    runningStatistics.length > 0
      ? `\nRunning statistics come in under their own names and go out as \`new:<name>\`: feed them to the next run.\n`
      : "";
  return `# A training step of ${model}

Written by \`batchscope compile\`: loss ${[loss, ...options].join(", ")}, optimizer ${optimizer.name}, micro-batches of ${batchSize} examples. Only standard ONNX
operators, so any ONNX runtime trains with these files.

| file | what it does |
| --- | --- |
| \`gradient.onnx\` | first micro-batch of a window: \`gradient:<parameter>\` = Σ w·∇ℓ, \`total:loss\` = Σ w·ℓ, \`total:weight\` = Σ w |
| \`accumulate.onnx\` | every further one: the same, added to the \`sum:<parameter>\` that it is given; \`total:loss\` and \`total:weight\` of this one alone |
| \`update.onnx\` | end of the window: divides the sums by \`weight\` (Σ w of the window${least}) and steps |
| \`parameters.safetensors\` | the values before the first step, by name |
| \`step.json\` | every input and output with type and shape, and where each parameter lies in the flat arrays |

\`update.onnx\` takes the flat arrays ${arrays} of ${layout.length} float32 each, and scalars: \`weight\`; \`clip\`, the
factor that clips the gradient (1 for none); \`learningRate\`; \`step\`, 1 on the first update.${beginning} Its outputs are \`new:parameter\` and so
on.
${statistics}
With the npm package onnxruntime-node, which from 1.29 on reports to Microsoft unless \`ORT_DISABLE_TELEMETRY=1\` is set:

\`\`\`js
${stepModule}\`\`\`
`;
}

/** What the module imports; this file imports neither. */
const modules = { files: "node:fs/promises", runtime: "onnxruntime-node" };

/** Graph optimisation is off because it may let BatchNormalization overwrite the running statistics it is given. */
const stepModule = `import { readFile } from "${modules.files}";
import { InferenceSession, Tensor } from "${modules.runtime}";

/** Opens this folder (a file URL that ends with "/"). */
export async function openStep(folder) {
  const read = (file) => readFile(new URL(file, folder));
  const step = JSON.parse(await read("step.json"));
  const open = async (name) =>
    InferenceSession.create(await read(step.graphs[name].file), { graphOptimizationLevel: "disabled" });
  const [gradient, accumulate, update] = await Promise.all(["gradient", "accumulate", "update"].map(open));
  const stored = decode(await read("parameters.safetensors"));
  const names = ["parameter", "sum", ...step.optimizer.state];
  const flat = Object.fromEntries(names.map((name) => [name, new Float32Array(step.layout.length)]));
  for (const { name, offset } of step.layout.entries) flat.parameter.set(stored[name].data, offset);
  for (const [name, value] of Object.entries(step.optimizer.initial)) flat[name].fill(value);
  const running = Object.fromEntries(step.runningStatistics.map((name) => [name, stored[name]]));
  const views = (array, prefix) =>
    Object.fromEntries(
      step.layout.entries.map(({ name, shape, offset }) => {
        const size = shape.reduce((product, axis) => product * axis, 1);
        return [prefix + name, new Tensor("float32", array.subarray(offset, offset + size), shape)];
      }),
    );

  /** Adds one micro-batch ({ x, y } by input name, as Tensors) to the window's sums. */
  async function add(examples, first) {
    const sums = first ? {} : views(flat.sum, "sum:");
    const feeds = { ...examples, ...running, ...views(flat.parameter, ""), ...sums };
    const results = await (first ? gradient : accumulate).run(feeds);
    for (const { name, offset } of step.layout.entries) flat.sum.set(results["gradient:" + name].data, offset);
    for (const name of step.runningStatistics) running[name] = results["new:" + name] ?? running[name];
    return { loss: results["total:loss"].data[0], weight: results["total:weight"].data[0] };
  }

  /** One optimizer step on a window of micro-batches. Returns its mean loss. */
  async function train(window, { learningRate, step: number, clip = 1 }) {
    let [loss, weight] = [0, 0];
    for (const [i, examples] of window.entries()) {
      const totals = await add(examples, i === 0);
      loss += totals.loss;
      weight += totals.weight;
    }
    weight = Math.max(weight, step.leastWeight);
    const scalars = Object.entries({ weight, clip, learningRate, step: number });
    const feeds = Object.fromEntries([
      ...names.map((name) => [name, new Tensor("float32", flat[name], [step.layout.length])]),
      ...scalars.map(([name, value]) => [name, new Tensor("float32", [value], [])]),
    ]);
    const results = await update.run(feeds);
    for (const name of names) if (name !== "sum") flat[name].set(results["new:" + name].data);
    return loss / weight;
  }
  return { train, parameters: views(flat.parameter, ""), running };
}

/** Tensors of a .safetensors file, all float32. */
function decode(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...entries } = JSON.parse(bytes.subarray(8, 8 + length));
  return Object.fromEntries(
    Object.entries(entries).map(([name, { shape, data_offsets: [from, to] }]) => {
      const data = new Float32Array(new Uint8Array(bytes.subarray(8 + length + from, 8 + length + to)).buffer);
      return [name, new Tensor("float32", data, shape)];
    }),
  );
}
`;
