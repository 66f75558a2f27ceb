import { expect, test } from "vitest";
import { addInput, constant, newGraph } from "../graph/graph.ts";
import { type ElementType, fromNumbers, type Shape } from "../tensor/tensor.ts";
import { apply } from "./builder.ts";
import { plainAttributes } from "./op.ts";
import { type OpName, ops } from "./table.ts";

const f = (...shape: number[]) => ({ type: "float32" as ElementType, shape: shape as Shape });
const i = (...shape: number[]) => ({ type: "int64" as ElementType, shape: shape as Shape });
const list = (...values: number[]) => ({ type: "int64" as ElementType, shape: [values.length] as Shape, values });

type Input = { type: ElementType; shape: Shape; values?: readonly number[] } | undefined;

function attempt(op: OpName, inputs: readonly Input[], attributes: Record<string, unknown> = {}): void {
  const graph = newGraph("bad");
  const values = inputs.map(
    (input, at) =>
      input &&
      (input.values
        ? constant(graph, fromNumbers(input.type, input.shape, input.values))
        : addInput(graph, `x${at}`, input.type, input.shape)),
  );
  apply(graph, op, values, attributes);
}

const refused: readonly [OpName, readonly Input[], Record<string, unknown>, RegExp][] = [
  ["Add", [f(2, 3), f(2, 4)], {}, /^broadcast: expected axes that are equal or 1, got \[2, 3\] and \[2, 4\]; reshape/],
  [
    "Add",
    [f(2), { type: "float64", shape: [2] }],
    {},
    /^Add: expected operands of one element type, got float32\[2\] and float64\[2\]; insert a Cast$/,
  ],
  ["Max", [f(2), f(2), i(2)], {}, /^Max: expected operands of one element type/],
  ["Sum", [i(2), i(2)], {}, /^Sum: expected a floating-point input, got int64\[2\]; insert a Cast$/],
  [
    "Mod",
    [f(2), f(2)],
    {},
    /^Mod: expected fmod = 1 for real numbers, got fmod = 0 and A float32\[2\]; export it again$/,
  ],
  [
    "PRelu",
    [f(3), f(2, 3)],
    {},
    /^PRelu: expected a slope that broadcasts to X, got X float32\[3\] and slope float32\[2, 3\]/,
  ],
  ["Gelu", [f(3)], { approximate: "sigmoid" }, /^Gelu: expected approximate "none" or "tanh", got "sigmoid"; export/],
  ["ArgMin", [f(3)], { axis: 1 }, /^axis: expected an integer in \[-1, 1\), got 1; count axes from 0$/],
  ["Equal", [f(2), i(2)], {}, /^Equal: expected operands of one element type/],
  ["Relu", [i(2)], {}, /^Relu: expected a floating-point input, got int64\[2\]; insert a Cast$/],
  ["Cast", [f(2)], { to: 16 }, /^Cast: expected one of float32, uint8, .*, got ONNX data type 16; export in float32$/],
  [
    "MatMul",
    [f(2, 3), f(4, 2)],
    {},
    /^MatMul: expected A \[..., M, K\] and B \[..., K, N\] with equal K, got A float32\[2, 3\] and B float32\[4, 2\]; /,
  ],
  ["MatMul", [f(3), f(3, 2)], {}, /^MatMul: expected .* got A float32\[3\]/],
  [
    "Gemm",
    [f(2, 3), f(2, 3)],
    {},
    /^Gemm: expected matrices .* got A float32\[2, 3\] \(transA=0\) and B float32\[2, 3\] \(transB=0\); check/,
  ],
  ["Gemm", [f(2, 3), f(3, 4), f(3)], {}, /^broadcast: expected axes that are equal or 1, got \[3\] and \[2, 4\]/],
  [
    "Gemm",
    [f(2, 3), f(3, 4), f(5, 2, 4)],
    {},
    /^Gemm: expected C that broadcasts to \[2, 4\], got float32\[5, 2, 4\]; check the bias$/,
  ],
  [
    "Conv",
    [f(1, 3, 5, 5), f(4, 2, 3, 3)],
    {},
    /^Conv: expected X \[N, C, ...\] and W \[O, C\/1, ...\] with O divisible by 1 groups, got X float32\[1, 3, 5, 5\]/,
  ],
  ["Conv", [f(1, 2, 5, 5), f(3, 1, 3, 3)], { group: 2 }, /^Conv: expected .* with O divisible by 2 groups/],
  ["Conv", [f(1, 2, 5, 5), f(3, 2, 3, 3), f(2)], {}, /^Conv: expected a bias of shape \[3\], got float32\[2\]; check/],
  [
    "Conv",
    [f(1, 2, 2, 5), f(3, 2, 3, 3)],
    {},
    /^Conv: expected an input at least as large as the kernel, got axis of 2/,
  ],
  [
    "Div",
    [i(2), list(3, 0)],
    {},
    /^Div: expected whole numbers to be divided by others than 0, got B int64\[2\] with a/,
  ],
  ["Mod", [i(2), list(3, 0)], {}, /^Mod: expected whole numbers to be divided by others than 0/],
  ...[
    [{ strides: [0, 1] }, "kernel, strides and dilations of at least 1, got 0"],
    [{ dilations: [1, -1] }, "kernel, strides and dilations of at least 1, got -1"],
    [{ dilations: [1, 2 ** 40] }, "kernel, strides and dilations of at least 1, got 1099511627776"],
    [{ pads: [1, 1] }, "4 pads for 2 axes, got 2"],
    [{ pads: [1, 1, -1, 1] }, "pads of at least 0, got -1"],
    [{ kernel_shape: [2, 2] }, "kernel_shape \\[3, 3\\] as the weight has it, got \\[2, 2\\]"],
    [{ auto_pad: "SAME" }, 'auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got "SAME"'],
  ].flatMap(([attributes, message]) =>
    (["Conv", "ConvTranspose"] as const).map((op): (typeof refused)[number] => [
      op,
      [f(1, 2, 5, 5), f(2, 2, 3, 3)],
      attributes as Record<string, unknown>,
      new RegExp(`^${op}: expected ${message}; `),
    ]),
  ),
  [
    "ConvTranspose",
    [f(1, 2, 5), f(2, 2, 3)],
    { output_padding: [-1] },
    /^ConvTranspose: expected output_padding of at/,
  ],
  ["ConvTranspose", [f(1, 2, 5), f(2, 2, 3)], { output_shape: [9, 9] }, /^ConvTranspose: expected output_shape for 1/],
  [
    "MaxPool",
    [f(1, 2, 5)],
    { kernel_shape: [-1] },
    /^MaxPool: expected kernel, strides and dilations of at least 1, got/,
  ],
  [
    "AveragePool",
    [f(1, 1, 5, 5)],
    { kernel_shape: [2 ** 31 - 1, 3], auto_pad: "SAME_UPPER" },
    /^AveragePool: expected windows of at most 16777216 elements, got \[2147483647, 3\]; export the model again$/,
  ],
  ["Conv", [f(1, 2, 5), f(3, 2, 3, 3)], {}, /^Conv: expected a kernel of 1 axes, got kernel \[3, 3\]; check/],
  ["ConvTranspose", [f(1, 2, 3), f(3, 2, 3)], {}, /^ConvTranspose: expected X .* got X float32\[1, 2, 3\]/],
  [
    "ConvTranspose",
    [f(1, 2, 3), f(2, 2, 3)],
    { auto_pad: "SAME_UPPER", output_padding: [1] },
    /^ConvTranspose: expected output_padding 0 with auto_pad SAME_UPPER, got \[1\]; use explicit pads$/,
  ],
  [
    "ConvTranspose",
    [f(1, 2, 3), f(2, 2, 3)],
    { strides: [2], output_shape: [9] },
    /^ConvTranspose: expected output_shape less than a stride beyond \[7\], got \[9\]; pad the result$/,
  ],
  [
    "LayerNormalization",
    [f(2, 3, 4), f(3, 4), f(4)],
    { axis: 1 },
    /^LayerNormalization: expected Scale and B of shape \[3, 4\] for X float32\[2, 3, 4\] and axis 1, got float32\[3, 4\] and float32\[4\]; check/,
  ],
  [
    "MaxPool",
    [f(1, 2)],
    { kernel_shape: [2] },
    /^MaxPool: expected X \[N, C, ...\] and kernel_shape, got float32\[1, 2\]/,
  ],
  ["AveragePool", [f(1, 2, 4)], {}, /^AveragePool: expected X \[N, C, ...\] and kernel_shape/],
  [
    "MaxPool",
    [f(1, 1, 4)],
    { kernel_shape: [2], strides: [3], pads: [1, 1], ceil_mode: 1 },
    /^MaxPool: expected the last window of ceil_mode to start in the data, got one behind an axis of 4; use ceil_mode 0$/,
  ],
  [
    "Resize",
    [f(1, 1, 4), undefined, { type: "float32", shape: [3], values: [1, 1, 1.5] }],
    { coordinate_transformation_mode: "asymmetric" },
    /^Resize: expected nearest-neighbour enlargement .* got scales \[1, 1, 1.5\], mode nearest; export/,
  ],
  [
    "Resize",
    [f(1, 1, 4), undefined, { type: "float32", shape: [3], values: [1, 1, 2] }],
    { mode: "linear", coordinate_transformation_mode: "asymmetric" },
    /mode linear; export with scale_factor$/,
  ],
  [
    "BatchNormalization",
    [f(2, 3), f(3), f(3), f(2), f(3)],
    {},
    /^BatchNormalization: expected X \[N, C, ...\] and four vectors \[C\], got X float32\[2, 3\] and float32\[3\]/,
  ],
  ["Softmax", [f(2, 3)], { axis: 2 }, /^axis: expected an integer in \[-2, 2\), got 2; count axes from 0$/],
  ["ReduceSum", [f(2, 3), i(1)], {}, /^reduction: expected axes known when the graph is built, got a computed tensor/],
  ["ReduceSum", [f(2, 3), list(2)], {}, /^axis: expected an integer in \[-2, 2\), got 2/],
  ["Reshape", [f(2, 3), i(2)], {}, /^Reshape: expected "shape" to be known when the graph is built, got a computed/],
  [
    "Reshape",
    [f(2, 3), list(4, 2)],
    {},
    /^Reshape: expected 6 elements as in float32\[2, 3\], got shape \[4, 2\]; check/,
  ],
  [
    "Reshape",
    [f(2, 3), list(4, -1)],
    {},
    /^Reshape: expected 6 elements as in float32\[2, 3\], got shape \[4, -1\]; check/,
  ],
  ["Transpose", [f(2, 3)], { perm: [0, 0] }, /^Transpose: expected a permutation of 2 axes, got \[0, 0\] for float32/],
  [
    "Concat",
    [f(2, 3), f(3, 3)],
    { axis: 1 },
    /^Concat: expected equal shapes except on axis 1, got float32\[2, 3\] and/,
  ],
  ["Slice", [f(4), list(0), list(4), list(0), list(0)], {}, /^Slice: expected steps other than 0, got 0 on axis 0 of/],
  ["Pad", [f(2), list(-1, 0)], { mode: "edge" }, /^Pad: expected mode .* got mode edge, pads \[-1, 0\]; pad less or/],
  ["Pad", [f(2), list(0, 2)], { mode: "reflect" }, /^Pad: .* what float32\[2\] has elements for, got mode reflect/],
  ["Pad", [f(2), list(3, 0)], { mode: "wrap" }, /^Pad: .* got mode wrap, pads \[3, 0\]/],
  ["Pad", [f(2), list(1, 0)], { mode: "constructor" }, /^Pad: expected mode constant, .* got mode constructor/],
  ["Pad", [f(2), list(-2, -1)], {}, /^Pad: .* got mode constant, pads \[-2, -1\]/],
  ["Pad", [f(2), list(1)], {}, /^Pad: expected 2 pads for 1 axes of float32\[2\], got 1; check pads$/],
  ["Expand", [f(2), list(3)], {}, /^broadcast: expected axes that are equal or 1, got \[2\] and \[3\]/],
  ["Squeeze", [f(2, 1), list(0)], {}, /^Squeeze: expected axes of size 1, got axes \[0\] of float32\[2, 1\]; check/],
  ["Where", [f(2), f(2), f(2)], {}, /^Where: expected a bool condition, got float32\[2\]; compare or cast first$/],
  [
    "GatherElements",
    [f(2, 3), i(2)],
    {},
    /^GatherElements: expected data and indices of one rank, got float32\[2, 3\]/,
  ],
  [
    "ScatterElements",
    [f(2), i(1), f(1)],
    { reduction: "mean" },
    /^ScatterElements: expected reduction none, add, mul, max, min, got mean; export the model again$/,
  ],
  [
    "ScatterElements",
    [f(2), i(1), f(2)],
    {},
    /^ScatterElements: expected indices and updates of one shape and data's rank, got float32\[2\], int64\[1\] and/,
  ],
  ["BitwiseAnd", [f(2), f(2)], {}, /^BitwiseAnd: expected integers, got float32\[2\]; insert a Cast$/],
  ["BitwiseNot", [f(2)], {}, /^BitwiseNot: expected integers, got float32\[2\]; insert a Cast$/],
  ["BitShift", [i(2), i(2)], { direction: "LEFT" }, /^BitShift: expected uint8, got int64\[2\]; insert a Cast$/],
  ["ScatterND", [f(2), i(1, 1), f(1)], { reduction: "mean" }, /^ScatterND: expected reduction .* got mean/],
  [
    "ScatterND",
    [f(2, 2), i(1, 2), f(2)],
    {},
    /^ScatterND: expected indices \[..., 1 to 2\] and updates \[1\] for float32\[2, 2\], got int64\[1, 2\] and float32\[2\]/,
  ],
  ["ScatterND", [f(2, 2), i(1, 3), f(1)], {}, /^ScatterND: expected indices \[..., 1 to 2\]/],
  [
    "GatherND",
    [f(2, 3), i(4, 1)],
    { batch_dims: 1 },
    /^GatherND: expected indices whose first 1 axes are data's and .* got float32\[2, 3\] and int64\[4, 1\]; check/,
  ],
  ["GatherND", [f(2, 3), i(4, 3)], {}, /^GatherND: expected indices .* whose last names axes of data/],
  [
    "Split",
    [f(5), list(2, 2)],
    {},
    /^Split: expected 1 sizes that add up to axis 0 of float32\[5\], got \[2, 2\]; check split and num_outputs$/,
  ],
  ["Split", [f(5)], {}, /^Split: expected 1 sizes that add up to axis 0 of float32\[5\], got \[\]/],
  [
    "Split",
    [f(5)],
    { num_outputs: 2 ** 31 },
    /^Split: expected 1 sizes that add up to axis 0 of float32\[5\], got \[5\]/,
  ],
  ["OneHot", [i(2), list(-1), f(2)], {}, /^OneHot: expected a depth from 0 and two values, got -1 and float32\[2\];/],
  ["GatherND", [f(2, 3), i(2, 1)], { batch_dims: -1 }, /^GatherND: expected indices whose first -1 axes/],
  ["Tile", [f(2, 3), list(2)], {}, /^Tile: expected one count for each axis of float32\[2, 3\], got \[2\]; check/],
  [
    "TopK",
    [f(2, 3), list(4)],
    {},
    /^TopK: expected K from 0 to axis 1 of float32\[2, 3\] and both outputs, got K 4 and 1/,
  ],
  ["Trilu", [f(3)], {}, /^Trilu: expected a matrix or a stack of them, got float32\[3\]; unsqueeze it$/],
  [
    "NonZero",
    [f(3)],
    {},
    /^NonZero: expected a condition known when the graph is built, got a computed one, .*; use Where$/,
  ],
  [
    "Compress",
    [f(2), { type: "bool", shape: [2] }],
    {},
    /^Compress: expected a condition known when the graph is built/,
  ],
  [
    "Compress",
    [f(2), { type: "bool", shape: [3], values: [1, 0, 1] }],
    { axis: 0 },
    /^Compress: expected a condition of at most 2 elements for float32\[2\], got bool\[3\]; check axis$/,
  ],
  ["DepthToSpace", [f(1, 6, 2, 2)], { blocksize: 2 }, /^DepthToSpace: expected \[N, C, H, W\] that blocks of 2 divide/],
  ["DepthToSpace", [f(1, 4, 2, 2)], { blocksize: 2, mode: "RCD" }, /^DepthToSpace: expected mode DCR or CRD, got RCD;/],
  ["SpaceToDepth", [f(1, 1, 3, 4)], { blocksize: 2 }, /^SpaceToDepth: .* got float32\[1, 1, 3, 4\]; check blocksize$/],
  [
    "EyeLike",
    [f(2)],
    {},
    /^EyeLike: expected a matrix and one of float32, .* got float32\[2\] and ONNX data type none;/,
  ],
  ["EyeLike", [f(2, 2)], { dtype: 9 }, /^EyeLike: .* got float32\[2, 2\] and ONNX data type 9; set dtype$/],
  [
    "Einsum",
    [f(2, 3), f(4)],
    { equation: "ij,j" },
    /^Einsum: .* got "ij,j" for float32\[2, 3\], float32\[4\] \("j" is 3 and 4\)/,
  ],
  ["Einsum", [f(2, 3)], { equation: "ij,j" }, /^Einsum: .* \(2 terms\); check the subscripts$/],
  ["Einsum", [f(2, 3)], { equation: "i" }, /^Einsum: .* \(term 1\)/],
  ["Einsum", [f(2, 3)], { equation: "ij->ji->ij" }, /^Einsum: .* \(malformed\)/],
  ["Einsum", [f(2, 3)], { equation: "i1" }, /^Einsum: .* \(malformed\)/],
  ["Einsum", [f(2, 3)], { equation: "ij->ik" }, /^Einsum: .* \(the output repeats a subscript or has a new one\)/],
  ["Einsum", [f(2, 3)], { equation: "ij->ii" }, /^Einsum: .* \(the output repeats a subscript or has a new one\)/],
];

test.each(refused)("%s refuses what does not fit, case %#", (op, inputs, attributes, message) => {
  expect(() => attempt(op, inputs, attributes)).toThrow(message);
});

test("attributes of another kind or an unknown name are refused", () => {
  const axis = { axis: { kind: "float", value: 1 } } as const;
  expect(() => plainAttributes(ops.Softmax, axis)).toThrow(
    /^Softmax: expected attribute "axis" of kind int, got float; export it again$/,
  );
  expect(() => attempt("Relu", [f(2)], { slope: 1 })).toThrow(/^internal: Relu has no attribute "slope"$/);
});

test("float attributes are the float32 numbers that a file stores", () => {
  expect(plainAttributes(ops.LeakyRelu, {})).toEqual({ alpha: Math.fround(0.01) });
  expect(plainAttributes(ops.Gemm, { alpha: { kind: "float", value: 0.1 } })).toMatchObject({
    alpha: Math.fround(0.1),
  });
});
