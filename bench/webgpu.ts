/**
 * What WebGPU computes: every case of the operator table with its gradient, and the gradient of a micro-batch of every
 * model, each operator and model in a process of its own, so that a crash of the library is seen and not suffered.
 * Everything is compared with float64: for an operator the largest difference over the largest element of the same
 * output; for a model ‖difference‖/‖gradient‖ on WebGPU and, because deep networks magnify roundings, on the processor
 * too.
 *
 *   node bench/webgpu.ts [name …]     rows of docs/webgpu.md, for all or for the operators and models named
 *
 * Without a graphics processor, Vulkan in software serves: VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json
 */
import { spawnSync } from "node:child_process";
import { writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession } from "onnxruntime-node";
import { encode } from "../src/graph/encode.ts";
import { addOutput, type Graph, newGraph } from "../src/graph/graph.ts";
import { buildModel, zoo } from "../src/model/zoo.ts";
import { isOpName, type OpName } from "../src/ops/table.ts";
import { bindingEngine } from "../src/runtime/binding.ts";
import { openDevice, openEngine } from "../src/runtime/open.ts";
import { openReference } from "../src/runtime/reference.ts";
import { lowerForWebGpu, processorNodes } from "../src/runtime/webGpu.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, isFloat, sizeOf, type Tensor, toNumbers, zeros } from "../src/tensor/tensor.ts";
import { gradientGraph } from "../src/training/graphs.ts";
import { opNames } from "../test/caseFunction.ts";
import { forwardAndGradients } from "../test/caseGraph.ts";
import { applyCase, type Case, declareInputs, drawContents } from "../test/cases/case.ts";
import { cases } from "../test/cases/cases.ts";
import { evaluateOn } from "../test/evaluate.ts";

interface Row {
  readonly about: string;
  /** Where the operator itself ran, or what of a model did not run on the device. */
  readonly place: string;
  readonly error: number;
}

function largestError(found: Record<string, Tensor>, expected: Record<string, Tensor>): number {
  const errors = Object.keys(expected).map((name) => {
    const [a, b] = [toNumbers(found[name]!), toNumbers(expected[name]!)];
    const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
    const error = a.reduce((most, x, i) => (x === b[i] ? most : Math.max(most, Math.abs(x - b[i]!))), 0);
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / largest;
  });
  return Math.max(...errors);
}

/** Where ONNX Runtime puts the case's own node: it refuses the graph when the processor may not help and has to. */
async function placeOf(op: OpName, one: Case): Promise<string> {
  const given = newGraph(op);
  const contents = drawContents(one, "float32", 1);
  const outputs = applyCase(given, op, one, contents, declareInputs(given, one, contents));
  for (const [i, value] of outputs.entries()) addOutput(given, `output${i}`, value);
  const graph = lowerForWebGpu(given);
  if (processorNodes(graph).length > 0) return "processor, told to";
  const options = {
    executionProviders: ["webgpu"],
    logSeverityLevel: 4,
    graphOptimizationLevel: "disabled",
    extra: { session: { disable_cpu_ep_fallback: "1" } },
  } as const;
  return InferenceSession.create(encode(graph), options).then(
    () => "WebGPU",
    () => "processor",
  );
}

async function operatorRows(op: OpName): Promise<void> {
  const [onDevice, reference] = [evaluateOn(bindingEngine("webgpu")), evaluateOn(openReference(await openEngine()))];
  for (const one of cases[op]) {
    const { graph, feeds } = forwardAndGradients(op, one);
    const [[found], [expected]] = [await onDevice(graph, [feeds]), await reference(graph, [feeds])];
    print({ about: one.about, place: await placeOf(op, one), error: largestError(found!, expected!) });
  }
}

const BATCH = 4;

async function modelRow(name: string): Promise<void> {
  const { example } = zoo[name]!;
  const model = buildModel(name, example, random(1));
  const graph = gradientGraph(model, BATCH, { accumulate: false });
  const feeds = Object.fromEntries(graph.inputs.map(({ name: input }) => [input, contents(graph, input)]));
  for (const { name: weight, initial } of [...model.parameters, ...model.state]) feeds[weight] = initial;
  const own = await openEngine();
  const [[found], [single], [exact]] = [
    await evaluateOn(await openDevice("webgpu"))(graph, [feeds]),
    await evaluateOn(own)(graph, [feeds]),
    await evaluateOn(openReference(own))(graph, [feeds]),
  ];
  const told = processorNodes(lowerForWebGpu(graph)).map((told) => told.replace(/_\d+$/, ""));
  const place = told.length === 0 ? "WebGPU" : `WebGPU but ${[...new Set(told)].join(", ")}`;
  print({ about: `processor ${distance(single!, exact!).toExponential(1)}`, place, error: distance(found!, exact!) });
}

/** ‖found − expected‖/‖expected‖ over all gradients. */
function distance(found: Record<string, Tensor>, expected: Record<string, Tensor>): number {
  let [difference, norm] = [0, 0];
  for (const name of Object.keys(expected).filter((output) => output.startsWith("gradient:"))) {
    const [a, b] = [toNumbers(found[name]!), toNumbers(expected[name]!)];
    for (let i = 0; i < a.length; i++) {
      difference += (a[i]! - b[i]!) ** 2;
      norm += b[i]! ** 2;
    }
  }
  return Math.sqrt(difference / norm);
}

/** Normal numbers, and classes in turn. */
function contents({ inputs }: Graph, name: string): Tensor {
  const { type, shape } = inputs.find((value) => value.name === name)!;
  if (!isFloat(type))
    return fromNumbers(
      type,
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => i % 2),
    );
  const { normal } = random(2);
  return shape.length === 0
    ? zeros(type, shape)
    : fromNumbers(type, shape, Array.from({ length: sizeOf(shape) }, normal));
}

/** At once, so that what came before a crash is not lost. */
function print(row: Row): void {
  writeSync(1, `${JSON.stringify({ ...row, error: String(row.error) })}\n`);
}

function inChild(name: string): string {
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), "--child", name],
    { encoding: "utf8" },
  );
  const rows = stdout
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const places = [...new Set(rows.map(({ place }) => place))].join("; ");
  const worst = Math.max(0, ...rows.map(({ error }) => Number(error))).toExponential(1);
  const failure = status === 0 ? "" : ` ${signal ?? stderr.match(/^.*Error: .*$/m)?.[0] ?? `exit ${status}`}`;
  const cells = isOpName(name) ? [name, rows.length, places, worst] : [name, places, worst, rows[0]?.about];
  return `| ${cells.join(" | ")} |${failure}`;
}

const [mode, ...names] = process.argv.slice(2);
if (mode === "--child") await (isOpName(names[0]!) ? operatorRows(names[0]) : modelRow(names[0]!));
else {
  // GPT-2 has 124 million parameters, which a device in software does not carry in minutes.
  const chosen = mode ? [mode, ...names] : [...opNames, ...Object.keys(zoo).filter((name) => name !== "gpt2")];
  for (const name of chosen) process.stdout.write(`${inChild(name)}\n`);
}
