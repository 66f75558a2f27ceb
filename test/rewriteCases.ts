import { type Attributes, constant } from "../src/graph/graph.ts";
import { rewrites } from "../src/model/rewrites/rewrites.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor } from "../src/tensor/tensor.ts";
import type { GraphFunction } from "./gradientCheck.ts";

/** A use of an operator that imports write in others. */
export interface Rewritten {
  readonly op: string;
  readonly about: string;
  /** Real inputs as shapes, drawn at random; constants as tensors; none where an optional input is left out. */
  readonly inputs: readonly (Shape | Tensor | undefined)[];
  readonly attributes?: Attributes;
}

export const n = (value: number) => ({ kind: "int" as const, value });
export const f = (value: number) => ({ kind: "float" as const, value });
export const s = (value: string) => ({ kind: "string" as const, value });
export const ns = (...value: number[]) => ({ kind: "ints" as const, value });
export const ss = (...value: string[]) => ({ kind: "strings" as const, value });
export const floats = (...values: number[]) => fromNumbers("float32", [values.length], values);
export const longs = (...values: number[]) => fromNumbers("int64", [values.length], values);

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
  { mode: "linear", coordinate_transformation_mode: "half_pixel", antialias: 1 },
  { mode: "cubic", coordinate_transformation_mode: "half_pixel", antialias: 1, cubic_coeff_a: -0.5 },
  { mode: "linear", coordinate_transformation_mode: "asymmetric", antialias: 1 },
  { mode: "cubic", coordinate_transformation_mode: "half_pixel", antialias: 1, exclude_outside: 1 },
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
];

const lengths = (...values: number[]) => ({ batch_axis: n(0), time_axis: n(1), values: longs(...values) });

const rearranged: readonly Rewritten[] = [
  { op: "CenterCropPad", about: "both", inputs: [[2, 5, 2], longs(2, 2, 5)] },
  { op: "CenterCropPad", about: "odd", inputs: [[2, 6, 1], longs(3, 4)], attributes: { axes: ns(-2, 2) } },
  { op: "CenterCropPad", about: "neither", inputs: [[2, 3], longs(3)], attributes: { axes: ns(1) } },
  ...[lengths(4, 4, 4), lengths(1, 4, 3)].map(({ values, ...attributes }) => ({
    op: "ReverseSequence",
    about: `lengths ${values.data}`,
    inputs: [[3, 4, 2], values],
    attributes,
  })),
  { op: "ReverseSequence", about: "time first", inputs: [[4, 2, 3], longs(2, 4)] },
  { op: "Shrink", about: "without bias", inputs: [[3, 5]] },
  { op: "Shrink", about: "with bias", inputs: [[3, 5]], attributes: { bias: f(0.25), lambd: f(0.75) } },
  ...["not_larger", "not_smaller"].map((policy) => ({
    op: "Resize",
    about: policy,
    inputs: [[1, 2, 4, 6], undefined, undefined, longs(7, 8)],
    attributes: { mode: s("linear"), axes: ns(2, 3), keep_aspect_ratio_policy: s(policy) },
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

/** Every rewrite whose operator ONNX Runtime has, in all its forms. */
export const rewriteCases: readonly Rewritten[] = [
  ...normalizations,
  ...pools,
  ...resizes,
  ...otherResizes,
  ...rearranged,
  ...networks,
  ...linearBeforeReset,
];

export function isTensor(input: Shape | Tensor): input is Tensor {
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
export function asFunction({ op, inputs, attributes = {} }: Rewritten): GraphFunction {
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

export function realContents(one: Rewritten): Tensor[] {
  const contents = contentsOf(one.inputs);
  return contents.flatMap((tensor, i) => (tensor && !isTensor(one.inputs[i]!) ? [tensor] : []));
}
