import { addNode, constant, type Graph, type Value } from "../graph/graph.ts";
import { equalShapes, repeatedAxes } from "../tensor/broadcast.ts";
import { type ElementType, fromNumbers, isFloat, type Shape, scalar, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { dataTypeCode, unitLike } from "./arithmetic.ts";
import { axisToFront } from "./indexing.ts";
import { outputSpecifications, plainAttributes, taggedAttributes } from "./op.ts";
import { type OpName, ops } from "./table.ts";

/** A value, or a number that becomes a scalar constant of the other operand's element type. */
export type Operand = Value | number;

interface ConvolutionAttributes {
  readonly group?: number;
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly kernel_shape?: readonly number[];
}

interface PoolAttributes {
  readonly kernel_shape: readonly number[];
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly ceil_mode?: number;
}

/**
 * Appends one node with shapes worked out by the operator's own rule and returns its outputs. `node` names it in
 * messages. Throws `ShapeError` when the inputs do not fit.
 */
export function apply(
  graph: Graph,
  name: OpName,
  inputs: readonly (Value | undefined)[],
  attributes: Record<string, unknown> = {},
  outputs = 1,
  node: string = name,
): Value[] {
  const op = ops[name];
  const tagged = taggedAttributes(op, attributes);
  const specifications = outputSpecifications(op, inputs, plainAttributes(op, tagged), outputs);
  return addNode(graph, { op: name, name: node, inputs, attributes: tagged, outputs: specifications });
}

/** Adds nodes to one graph, a method for each operator and for the usual combinations of them. */
export type Builder = ReturnType<typeof builder>;

/** Operators as functions: the vocabulary in which models, gradients and optimizers are written. */
export function builder(graph: Graph) {
  const scalars = new Map<string, Value>();

  function one(name: OpName, inputs: readonly (Value | undefined)[], attributes?: object): Value {
    return apply(graph, name, inputs, attributes as Record<string, unknown>)[0]!;
  }
  /** One constant per number and element type and graph. */
  function number(type: ElementType, value: number): Value {
    const key = `${type} ${value}`;
    const known = scalars.get(key) ?? constant(graph, scalar(type, value));
    scalars.set(key, known);
    return known;
  }
  function operand(x: Operand, other: Operand): Value {
    if (typeof x !== "number") return x;
    if (typeof other === "number") throw new TypeError(`internal: two numbers, ${x} and ${other}, need no node`);
    return number(other.type, x);
  }
  function pair(name: OpName, a: Operand, b: Operand): Value {
    return one(name, [operand(a, b), operand(b, a)]);
  }
  function integers(values: readonly number[]): Value {
    return constant(graph, fromNumbers("int64", [values.length], values), "integers");
  }
  function reduce(name: OpName, x: Value, axes: readonly number[], keep = false): Value {
    return axes.length === 0 ? x : one(name, [x, integers(axes)], { keepdims: keep ? 1 : 0 });
  }

  const g = {
    graph,
    constant: (contents: Tensor, hint?: string) => constant(graph, contents, hint),
    number,

    add: (a: Operand, b: Operand) => pair("Add", a, b),
    sub: (a: Operand, b: Operand) => pair("Sub", a, b),
    mul: (a: Operand, b: Operand) => (b === 1 ? (a as Value) : pair("Mul", a, b)),
    /** By a power of two as a product: the same bits in half the time. */
    div(a: Operand, b: Operand) {
      const exact = typeof a !== "number" && isFloat(a.type) && typeof b === "number" && Number.isInteger(Math.log2(b));
      return exact ? g.mul(a, 1 / b) : pair("Div", a, b);
    },
    pow: (a: Operand, b: Operand) => pair("Pow", a, b),
    min: (a: Operand, b: Operand) => pair("Min", a, b),
    max: (a: Operand, b: Operand) => pair("Max", a, b),
    neg: (x: Value) => one("Neg", [x]),
    abs: (x: Value) => one("Abs", [x]),
    sign: (x: Value) => one("Sign", [x]),
    sqrt: (x: Value) => one("Sqrt", [x]),
    exp: (x: Value) => one("Exp", [x]),
    log: (x: Value) => one("Log", [x]),
    round: (x: Value) => one("Round", [x]),
    sin: (x: Value) => one("Sin", [x]),
    cos: (x: Value) => one("Cos", [x]),
    sinh: (x: Value) => one("Sinh", [x]),
    cosh: (x: Value) => one("Cosh", [x]),
    erf: (x: Value) => one("Erf", [x]),
    cast: (x: Value, type: ElementType) => (x.type === type ? x : one("Cast", [x], { to: dataTypeCode(type) })),
    relu: (x: Value) => one("Relu", [x]),
    sigmoid: (x: Value) => one("Sigmoid", [x]),
    tanh: (x: Value) => one("Tanh", [x]),
    softplus: (x: Value) => one("Softplus", [x]),
    softmax: (x: Value, axis = -1) => one("Softmax", [x], { axis }),
    logSoftmax: (x: Value, axis = -1) => one("LogSoftmax", [x], { axis }),

    equal: (a: Operand, b: Operand) => pair("Equal", a, b),
    greater: (a: Operand, b: Operand) => pair("Greater", a, b),
    greaterOrEqual: (a: Operand, b: Operand) => pair("GreaterOrEqual", a, b),
    less: (a: Operand, b: Operand) => pair("Less", a, b),
    lessOrEqual: (a: Operand, b: Operand) => pair("LessOrEqual", a, b),
    and: (a: Value, b: Value) => one("And", [a, b]),
    not: (x: Value) => one("Not", [x]),
    where: (condition: Value, a: Operand, b: Operand) => one("Where", [condition, operand(a, b), operand(b, a)]),
    argMax: (x: Value, axis: number) => one("ArgMax", [x], { axis, keepdims: 0 }),

    matMul: (a: Value, b: Value) => one("MatMul", [a, b]),
    gemm: (
      a: Value,
      b: Value,
      c?: Value,
      attributes?: { alpha?: number; beta?: number; transA?: number; transB?: number },
    ) => one("Gemm", [a, b, c], attributes),
    einsum: (operands: readonly Value[], equation: string) => one("Einsum", operands, { equation }),
    conv: (x: Value, w: Value, b: Value | undefined, attributes: ConvolutionAttributes) =>
      one("Conv", [x, w, b], attributes),
    convTranspose: (
      x: Value,
      w: Value,
      b: Value | undefined,
      attributes: ConvolutionAttributes & { output_padding?: readonly number[] },
    ) => one("ConvTranspose", [x, w, b], attributes),
    maxPool: (x: Value, attributes: PoolAttributes) => one("MaxPool", [x], attributes),
    /** Where the maxima are, as indices into the flattened input. */
    maxPoolIndices: (x: Value, attributes: object) => apply(graph, "MaxPool", [x], { ...attributes }, 2)[1]!,
    averagePool: (x: Value, attributes: PoolAttributes) => one("AveragePool", [x], attributes),
    globalAveragePool: (x: Value) => one("GlobalAveragePool", [x]),
    /** Repeats each element `factors[i]` times along spatial axis i. */
    upsample(x: Value, factors: readonly number[]) {
      const scales = constant(graph, fromNumbers("float32", [x.shape.length], [1, 1, ...factors]), "scales");
      const attributes = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
      return one("Resize", [x, undefined, scales], attributes);
    },

    reduceSum: (x: Value, axes: readonly number[], keep?: boolean) => reduce("ReduceSum", x, axes, keep),
    reduceMean: (x: Value, axes: readonly number[], keep?: boolean) => reduce("ReduceMean", x, axes, keep),
    reduceProd: (x: Value, axes: readonly number[], keep?: boolean) => reduce("ReduceProd", x, axes, keep),
    reduceSumSquare: (x: Value, axes: readonly number[], keep?: boolean) => reduce("ReduceSumSquare", x, axes, keep),

    reshape(x: Value, shape: Shape) {
      return equalShapes(x.shape, shape) ? x : one("Reshape", [x, integers(shape)]);
    },
    flatten: (x: Value, axis = 1) => one("Flatten", [x], { axis }),
    transpose: (x: Value, perm: readonly number[]) =>
      perm.every((axis, i) => axis === i) ? x : one("Transpose", [x], { perm }),
    concat: (values: readonly Value[], axis: number) => one("Concat", values, { axis }),
    slice(
      x: Value,
      axes: readonly number[],
      starts: readonly number[],
      ends: readonly number[],
      steps: readonly number[],
    ) {
      const whole = axes.every((axis, i) => starts[i] === 0 && ends[i]! >= x.shape[axis]! && steps[i] === 1);
      return whole ? x : one("Slice", [x, integers(starts), integers(ends), integers(axes), integers(steps)]);
    },
    /** Zeros around every axis, all "before" first. */
    padAll: (x: Value, pads: readonly number[]) => (pads.every((p) => p === 0) ? x : one("Pad", [x, integers(pads)])),
    /** Zeros around the spatial axes of [N, C, ...size]. */
    pad(x: Value, pads: readonly number[]) {
      const half = pads.length / 2;
      return g.padAll(x, [0, 0, ...pads.slice(0, half), 0, 0, ...pads.slice(half)]);
    },
    expand: (x: Value, shape: Shape) => (equalShapes(x.shape, shape) ? x : one("Expand", [x, integers(shape)])),
    gather: (data: Value, indices: Value, axis: number) => one("Gather", [data, indices], { axis }),
    gatherElements: (data: Value, indices: Value, axis: number) => one("GatherElements", [data, indices], { axis }),
    scatterElements: (data: Value, indices: Value, updates: Value, attributes: { axis: number; reduction?: string }) =>
      one("ScatterElements", [data, indices, updates], attributes),
    gatherND: (data: Value, indices: Value) => one("GatherND", [data, indices]),
    scatterND: (data: Value, indices: Value, updates: Value, reduction: "none" | "add" | "mul") =>
      one("ScatterND", [data, indices, updates], { reduction }),
    cumSum: (x: Value, axis: Value, attributes: { exclusive: number; reverse: number }) =>
      one("CumSum", [x, axis], attributes),
    trilu: (x: Value, k: Value | undefined, upper: number) => one("Trilu", [x, k], { upper }),
    depthToSpace: (x: Value, blocksize: number) => one("DepthToSpace", [x], { blocksize }),
    spaceToDepth: (x: Value, blocksize: number) => one("SpaceToDepth", [x], { blocksize }),

    /** One number that broadcasts against `like`. */
    fill: (like: Value, value: number) => constant(graph, unitLike(like, value)),
    zeros: (type: ElementType, shape: Shape) =>
      g.expand(
        constant(
          graph,
          fromNumbers(
            type,
            shape.map(() => 1),
            [0],
          ),
        ),
        shape,
      ),

    /** Adds updates [...indices, ...rest] into zeros [V, ...rest] at the rows that indices name. */
    scatterRows(updates: Value, indices: Value, shape: Shape) {
      const count = sizeOf(indices.shape);
      const flat = g.reshape(updates, [count, ...shape.slice(1)]);
      // Gather takes int32 indices too, ScatterND does not.
      const places = g.reshape(g.cast(indices, "int64"), [count, 1]);
      return g.scatterND(g.zeros(updates.type, shape), places, flat, "add");
    },
    /** Zeros of length `size` along `axis` but for the given positions, which take x's elements in order. */
    scatterAlong(x: Value, axis: number, size: number, positions: readonly number[]) {
      const moved = axisToFront(g, x, axis);
      const scattered = g.scatterRows(moved, integers(positions), [size, ...moved.shape.slice(1)]);
      const back = x.shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i));
      return axis === 0 ? scattered : g.transpose(scattered, back);
    },
    /**
     * Undoes broadcasting: sums x to `shape`. Axis 0 of a matrix is summed by a product with ones, two to seven times
     * as fast as ReduceSum (docs/benchmarks.md).
     */
    sumTo(x: Value, shape: Shape): Value {
      const axes = repeatedAxes(shape, x.shape);
      const later = axes.filter((axis) => axis !== 0);
      const inner = later.length > 0 && x.shape.length > 2 ? g.reduceSum(x, later, true) : x;
      const rest = inner === x ? axes : axes.filter((axis) => axis === 0);
      const columns = sizeOf(inner.shape.slice(1));
      if (rest.length === 1 && rest[0] === 0 && inner.shape.length > 1 && inner.shape[0]! > 1 && columns > 1) {
        const ones = constant(graph, fromNumbers(x.type, [1, inner.shape[0]!], Array(inner.shape[0]).fill(1)), "ones");
        return g.reshape(g.matMul(ones, g.reshape(inner, [inner.shape[0]!, columns])), shape);
      }
      return g.reshape(g.reduceSum(inner, rest, true), shape);
    },
  };
  return g;
}
