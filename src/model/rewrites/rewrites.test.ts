import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../../test/evaluate.ts";
import { type GraphFunction, gradientError } from "../../gradient/check.ts";
import { type Attributes, addInput, addNode, addOutput, constant, newGraph, type Value } from "../../graph/graph.ts";
import { builder } from "../../ops/builder.ts";
import { openEngine } from "../../runtime/open.ts";
import { openReference } from "../../runtime/reference.ts";
import { random } from "../../tensor/random.ts";
import { convert, fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../../tensor/tensor.ts";
import { rewrites } from "./rewrites.ts";

const engine = await openEngine();
const native = evaluateOn(engine);
const reference = evaluateOn(openReference(engine));

interface Rewritten {
  readonly op: string;
  readonly about: string;
  /** Real inputs as shapes, drawn at random; constants as tensors; none where an optional input is left out. */
  readonly inputs: readonly (Shape | Tensor | undefined)[];
  readonly attributes?: Attributes;
  /** What the operator of ONNX Runtime is given in place of `op`, where that one no longer loads. */
  readonly original?: {
    readonly op: string;
    readonly inputs: readonly (Shape | Tensor | undefined)[];
    readonly attributes: Attributes;
  };
}

const n = (value: number) => ({ kind: "int" as const, value });
const f = (value: number) => ({ kind: "float" as const, value });
const s = (value: string) => ({ kind: "string" as const, value });
const ns = (...value: number[]) => ({ kind: "ints" as const, value });
const ss = (...value: string[]) => ({ kind: "strings" as const, value });
const floats = (...values: number[]) => fromNumbers("float32", [values.length], values);
const longs = (...values: number[]) => fromNumbers("int64", [values.length], values);

const normalizations: readonly Rewritten[] = [
  { op: "LayerNormalization", about: "tokens", inputs: [[2, 3, 4], [4], [4]] },
  {
    op: "LayerNormalization",
    about: "two axes, no bias",
    inputs: [
      [2, 3, 4],
      [3, 4],
    ],
    attributes: { axis: n(1) },
  },
  { op: "InstanceNormalization", about: "images", inputs: [[2, 3, 2, 4], [3], [3]], attributes: { epsilon: f(0.1) } },
  { op: "InstanceNormalization", about: "series", inputs: [[2, 3, 5], [3], [3]] },
  { op: "InstanceNormalization", about: "scale 1 and bias 0", inputs: [[2, 2, 5], floats(1, 1), floats(0, 0)] },
  { op: "GroupNormalization", about: "by group", inputs: [[2, 6, 2, 2], [3], [3]], attributes: { num_groups: n(3) } },
  { op: "MeanVarianceNormalization", about: "images", inputs: [[3, 2, 2, 3]] },
  { op: "MeanVarianceNormalization", about: "an axis", inputs: [[3, 2, 2, 3]], attributes: { axes: ns(0, 1, 2, 3) } },
  { op: "LpNormalization", about: "Euclidean", inputs: [[3, 4, 2]], attributes: { axis: n(1) } },
  { op: "LpNormalization", about: "absolute", inputs: [[3, 4]], attributes: { p: n(1) } },
  { op: "LRN", about: "three channels", inputs: [[2, 5, 2, 3]], attributes: { size: n(3), alpha: f(0.5), bias: f(2) } },
  { op: "LRN", about: "five channels", inputs: [[2, 6, 4, 1]], attributes: { size: n(5), alpha: f(1), beta: f(0.5) } },
];

const pools: readonly Rewritten[] = [
  { op: "GlobalMaxPool", about: "images", inputs: [[2, 3, 3, 2]] },
  { op: "GlobalMaxPool", about: "series", inputs: [[2, 3, 4]] },
  ...[1, 2, 3].map((p) => ({
    op: "GlobalLpPool",
    about: `p ${p}`,
    inputs: [[2, 3, 3, 2]],
    attributes: { p: n(p) },
  })),
  ...[1, 2, 3].map((p) => ({
    op: "LpPool",
    about: `p ${p}`,
    inputs: [[2, 2, 5, 4]],
    attributes: { p: n(p), kernel_shape: ns(3, 2), strides: ns(2, 2), pads: ns(1, 0, 1, 0) },
  })),
  {
    op: "LpPool",
    about: "auto_pad",
    inputs: [[2, 2, 5]],
    attributes: { kernel_shape: ns(2), auto_pad: s("SAME_LOWER") },
  },
];

const resizeModes = [
  { mode: "linear", coordinate_transformation_mode: "half_pixel" },
  { mode: "linear", coordinate_transformation_mode: "pytorch_half_pixel" },
  { mode: "linear", coordinate_transformation_mode: "align_corners" },
  { mode: "linear", coordinate_transformation_mode: "asymmetric" },
  { mode: "linear", coordinate_transformation_mode: "half_pixel_symmetric" },
  { mode: "cubic", coordinate_transformation_mode: "half_pixel" },
  { mode: "cubic", coordinate_transformation_mode: "align_corners", cubic_coeff_a: -0.5 },
  { mode: "cubic", coordinate_transformation_mode: "pytorch_half_pixel", exclude_outside: 1 },
  ...["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].flatMap((nearest_mode) =>
    ["half_pixel", "asymmetric", "align_corners"].map((coordinate_transformation_mode) => ({
      mode: "nearest",
      coordinate_transformation_mode,
      nearest_mode,
    })),
  ),
];

const resizeTargets = [
  { about: "twice", shape: [2, 1, 3, 2], scales: [1, 1, 2, 2] },
  { about: "by 1.6 and 2.5", shape: [2, 1, 5, 4], scales: [1, 1, 1.6, 2.5] },
  { about: "smaller", shape: [2, 1, 7, 6], scales: [1, 1, 0.625, 0.5] },
  { about: "to sizes", shape: [2, 2, 4, 3], sizes: [2, 2, 7, 5] },
  { about: "to one element", shape: [2, 1, 4, 3], sizes: [2, 1, 1, 1] },
];

function attribute(value: string | number) {
  if (typeof value === "string") return s(value);
  return Number.isInteger(value) ? n(value) : f(value);
}

const resizes: readonly Rewritten[] = resizeModes.flatMap((mode) =>
  resizeTargets.map(({ about, shape, scales, sizes }) => ({
    op: "Resize",
    about: `${Object.values(mode).join(", ")}, ${about}`,
    inputs: [shape, undefined, scales && floats(...scales), sizes && longs(...sizes)],
    attributes: Object.fromEntries(Object.entries(mode).map(([name, value]) => [name, attribute(value)])),
  })),
);

const otherResizes: readonly Rewritten[] = [
  { op: "Resize", about: "series", inputs: [[2, 2, 5], undefined, floats(1, 1, 2)], attributes: { mode: s("linear") } },
  {
    op: "Resize",
    about: "volumes",
    inputs: [[2, 1, 2, 3, 2], undefined, undefined, longs(2, 1, 4, 5, 3)],
    attributes: { mode: s("linear"), coordinate_transformation_mode: s("align_corners") },
  },
  {
    op: "Resize",
    about: "named axes",
    inputs: [[2, 2, 4, 3], undefined, undefined, longs(7, 5)],
    attributes: { mode: s("nearest"), axes: ns(2, 3), coordinate_transformation_mode: s("asymmetric") },
  },
  ...["nearest", "linear"].map((mode) => ({
    op: "Upsample",
    about: mode,
    inputs: [[2, 2, 3, 2], floats(1, 1, 2, 3)],
    attributes: { mode: s(mode) },
    original: {
      op: "Resize",
      inputs: [[2, 2, 3, 2], undefined, floats(1, 1, 2, 3)],
      attributes: { mode: s(mode), coordinate_transformation_mode: s("asymmetric"), nearest_mode: s("floor") },
    },
  })),
];

const [T, N, I, H] = [4, 3, 2, 3];

/** Gates, and activations that are not the default: for each direction. */
const cells = {
  RNN: { gates: 1, other: ["Sigmoid", "Relu"] },
  GRU: { gates: 3, other: ["Tanh", "Sigmoid", "Sigmoid", "Relu"] },
  LSTM: { gates: 4, other: ["Tanh", "Sigmoid", "Relu", "Sigmoid", "Sigmoid", "Tanh"] },
};

const networks: readonly Rewritten[] = Object.entries(cells).flatMap(([op, { gates, other }]) => {
  const weights = (D: number): Shape[] => [
    [T, N, I],
    [D, gates * H, I],
    [D, gates * H, H],
  ];
  const bias = (D: number): Shape => [D, 2 * gates * H];
  const state = (D: number): Shape[] => Array(op === "LSTM" ? 2 : 1).fill([D, N, H]);
  const one = { hidden_size: n(H) };
  const both = { hidden_size: n(H), direction: s("bidirectional") };
  return [
    { op, about: "no bias", inputs: weights(1), attributes: one },
    { op, about: "bias", inputs: [...weights(1), bias(1)], attributes: one },
    { op, about: "initial state", inputs: [...weights(1), bias(1), undefined, ...state(1)], attributes: one },
    {
      op,
      about: "reverse, full lengths, initial state without bias",
      inputs: [...weights(1), undefined, fromNumbers("int32", [N], Array(N).fill(T)), ...state(1)],
      attributes: { hidden_size: n(H), direction: s("reverse") },
    },
    { op, about: "both directions", inputs: [...weights(2), bias(2), undefined, ...state(2)], attributes: both },
    {
      op,
      about: "other activations",
      inputs: [...weights(2), bias(2)],
      attributes: { ...both, activations: ss(...other) },
    },
  ];
});

const linearBeforeReset: readonly Rewritten[] = networks
  .filter(({ op }) => op === "GRU")
  .map((one) => ({
    ...one,
    about: `${one.about}, linear before reset`,
    attributes: { ...one.attributes, linear_before_reset: n(1) },
  }));

const all = [...normalizations, ...pools, ...resizes, ...otherResizes, ...networks, ...linearBeforeReset];

function isTensor(input: Shape | Tensor): input is Tensor {
  return "data" in input;
}

/** Random numbers in place of shapes. */
function contentsOf(inputs: Rewritten["inputs"]): (Tensor | undefined)[] {
  const { normal } = random(7);
  return inputs.map((input) => {
    if (!input || isTensor(input)) return input;
    return fromNumbers(
      "float32",
      input,
      Array.from({ length: sizeOf(input) }, () => normal() * 0.7),
    );
  });
}

/** The rewritten node as a function of its real inputs. */
function asFunction({ op, inputs, attributes = {} }: Rewritten): GraphFunction {
  return (g, values) => {
    let next = 0;
    const given = inputs.map((input) => {
      if (input && isTensor(input)) return constant(g.graph, input);
      return input && values[next++];
    });
    const made = rewrites[op]!(g, { name: op, op, inputs: given, attributes });
    if (!made) throw new Error(`${op} was kept`);
    return made;
  };
}

function realContents(one: Rewritten): Tensor[] {
  const contents = contentsOf(one.inputs);
  return contents.flatMap((tensor, i) => (tensor && !isTensor(one.inputs[i]!) ? [tensor] : []));
}

/** Outputs of the rewritten node and of ONNX Runtime's own operator. */
async function compare(one: Rewritten): Promise<[found: Tensor[], expected: Tensor[]]> {
  const contents = realContents(one);
  const graph = newGraph("rewritten");
  const values = contents.map(({ type, shape }, i) => addInput(graph, `x${i}`, type, shape));
  const made = asFunction(one)(builder(graph), values);
  for (const [i, value] of made.entries()) addOutput(graph, `y${i}`, value);
  const { op, inputs, attributes = {} } = one.original ?? one;
  let next = 0;
  const given = inputs.map((input): Value | undefined => {
    if (!input) return undefined;
    return isTensor(input) ? constant(graph, input) : values[next++]!;
  });
  const outputs = made.map(({ type, shape }) => ({ type, shape }));
  for (const [i, value] of addNode(graph, { op, inputs: given, attributes, outputs }).entries())
    addOutput(graph, `own${i}`, value);
  const [results] = await native(graph, [Object.fromEntries(contents.map((tensor, i) => [`x${i}`, tensor]))]);
  return [made.map((_, i) => results![`y${i}`]!), made.map((_, i) => results![`own${i}`]!)];
}

test("every rewrite is checked, but for pools that stay", () => {
  const names = new Set(all.map(({ op }) => op));
  expect(Object.keys(rewrites).filter((op) => !names.has(op))).toEqual(["AveragePool", "MaxPool"]);
});

describe("what is written instead gives what ONNX Runtime's own operator gives", () => {
  test.each([...Map.groupBy(all, ({ op }) => op)])("%s", async (_op, ones) => {
    for (const one of ones) {
      const [found, expected] = await compare(one);
      for (const [i, tensor] of expected.entries()) {
        const [a, b] = [toNumbers(found[i]!), toNumbers(tensor)];
        const scale = Math.max(1, ...b.map(Math.abs));
        expect(Math.max(...a.map((x, at) => Math.abs(x - b[at]!))) / scale, `${one.about}, output ${i}`).toBeLessThan(
          4e-6,
        );
      }
    }
  });
});

describe("what is written instead has right gradients", () => {
  test.each([...Map.groupBy(all, ({ op }) => op)])("%s", async (_op, ones) => {
    for (const one of ones.filter((_, i) => i % 4 === 0 || ones.length < 20)) {
      const at = realContents(one).map((tensor) => convert(tensor, "float64"));
      expect(await gradientError(asFunction(one), at, reference), one.about).toBeLessThan(1e-6);
    }
  });
});
