import { afterEach, describe, expect, test } from "vitest";
import { backward } from "../src/gradient/backward.ts";
import { addInput, newGraph, type Value } from "../src/graph/graph.ts";
import { apply, builder } from "../src/ops/builder.ts";
import { isNotDifferentiable } from "../src/ops/op.ts";
import { type OpName, ops } from "../src/ops/table.ts";
import { openEngine } from "../src/runtime/open.ts";
import { openReference } from "../src/runtime/reference.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, sizeOf, type Tensor } from "../src/tensor/tensor.ts";
import { asFunction, differentiable, opNames, smoothCases } from "./caseFunction.ts";
import { type Case, drawContents } from "./cases/case.ts";
import { evaluateOn } from "./evaluate.ts";
import { type GraphFunction, gradientError } from "./gradientCheck.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

function setUp(op: OpName, one: Case) {
  const contents = drawContents(one, "float64", 1);
  const wrt = differentiable(op, one);
  return { f: asFunction(op, one, contents, wrt), at: wrt.map((input) => contents.get(input)!) };
}

const differentiated = opNames.filter((op) => smoothCases(op).length > 0);

test("every operator with a gradient rule is checked", () => {
  const withRule = opNames.filter((op) => !isNotDifferentiable(ops[op].gradient));
  expect(differentiated).toEqual(withRule);
});

describe("every rule agrees with central differences", () => {
  test.each(differentiated)("%s", async (op) => {
    for (const one of smoothCases(op)) {
      const { f, at } = setUp(op, one);
      expect(await gradientError(f, at, evaluate), one.about).toBeLessThan(1e-9);
    }
  });
});

/** (x, v) ↦ ∂(Σ v·f(x))/∂x. */
function gradientOf(f: GraphFunction, count: number): GraphFunction {
  return (g, inputs) => {
    const [x, v] = [inputs.slice(0, count), inputs.slice(count)];
    const terms = f(g, x).map((y, i) => g.reduceSum(g.mul(g.cast(y, "float64"), v[i]!), [...y.shape.keys()]));
    return backward(
      g,
      terms.reduce((sum, term) => g.add(sum, term)),
      x,
    );
  };
}

/** One v per output of f, of random numbers. */
function seedsFor(f: GraphFunction, at: readonly Tensor[]): Tensor[] {
  const graph = newGraph("shapes");
  const { normal } = random(2);
  return f(
    builder(graph),
    at.map(({ type, shape }, i) => addInput(graph, `x${i}`, type, shape)),
  ).map(({ shape }) => fromNumbers("float64", shape, Array.from({ length: sizeOf(shape) }, normal)));
}

describe("every rule's own gradient agrees with central differences, as Hessian-vector products need", () => {
  test.each(differentiated)("%s", async (op) => {
    for (const one of smoothCases(op)) {
      const { f, at } = setUp(op, one);
      const error = await gradientError(gradientOf(f, at.length), [...at, ...seedsFor(f, at)], evaluate);
      expect(error, one.about).toBeLessThan(1e-8);
    }
  });
});

describe("a rule that is wrong by 0.1 % in one input is found", () => {
  const plants = differentiated.flatMap((op) => {
    // 0 times 1.001 is still 0.
    if (["Sign", "Floor", "Ceil", "Round"].includes(op)) return [];
    const one = smoothCases(op)[0]!;
    const wanted = new Set(differentiable(op, one));
    const positions = one.inputs.flatMap((input, i) => (input && wanted.has(input) ? [i] : []));
    return positions.map((position) => ({ op, one, input: ops[op].inputs[position] ?? ops[op].inputs.at(-1)! }));
  });
  const rules = new Map(opNames.map((op) => [op, ops[op].gradient]));
  afterEach(() => {
    for (const [op, gradient] of rules) Object.assign(ops[op], { gradient });
  });

  test.each(plants)("$op, $input", async ({ op, one, input }) => {
    const rule = rules.get(op)!;
    if (isNotDifferentiable(rule)) throw new Error(`${op} has no rule`);
    const name = input.replace(/[?*]$/, "");
    const { f, at } = setUp(op, one);
    const planted: typeof rule = (g, io, attributes) => {
      const right = rule(g, io, attributes);
      const wrong = [right[name]].flat().map((value) => g.mul(value as never, 1.001));
      return { ...right, [name]: input.endsWith("*") ? wrong : wrong[0] };
    };
    Object.assign(ops[op], { gradient: planted });
    // A thousand times what any right rule shows.
    expect(await gradientError(f, at, evaluate)).toBeGreaterThan(1e-6);
  });
});

test("a function that does not depend on its input has error 0", async () => {
  const constantly: GraphFunction = (g, [x]) => [g.mul(g.sign(x!), 2)];
  expect(await gradientError(constantly, [fromNumbers("float64", [2], [1, -1])], evaluate)).toBe(0);
});

describe("a network with a residual, normalisation in training mode, pooling and cross-entropy", () => {
  const shapes = [[4, 1, 6, 6], [2, 1, 3, 3], [2], [2], [2, 2, 3, 3], [2, 3], [3]];
  const network: GraphFunction = (g, inputs) => {
    const [x, kernel, scale, shift, kernel2, W, b] = inputs as [Value, Value, Value, Value, Value, Value, Value];
    const zeros = g.constant(fromNumbers("float64", [2], [0, 0]));
    const same = { pads: [1, 1, 1, 1] };
    const convolved = g.conv(x, kernel, undefined, same);
    const attributes = { training_mode: 1, momentum: 0 };
    const [normal] = apply(g.graph, "BatchNormalization", [convolved, scale, shift, zeros, zeros], attributes, 3);
    const inner = g.tanh(normal!);
    const sum = g.add(inner, g.conv(inner, kernel2, undefined, same));
    const pooled = g.averagePool(sum, { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
    const features = g.reduceMean(g.sigmoid(pooled), [2, 3]);
    const labels = g.constant(fromNumbers("int64", [4, 1], [2, 0, 1, 2]));
    return [g.neg(g.gatherElements(g.logSoftmax(g.gemm(features, W, b)), labels, 1))];
  };
  const { normal } = random(6);
  const at = shapes.map((shape) => fromNumbers("float64", shape, Array.from({ length: sizeOf(shape) }, normal)));

  test("has the right gradient", async () => {
    expect(await gradientError(network, at, evaluate)).toBeLessThan(1e-9);
  });

  test("has the right Hessian-vector product", async () => {
    const product = gradientOf(network, at.length);
    expect(await gradientError(product, [...at, ...seedsFor(network, at)], evaluate)).toBeLessThan(1e-7);
  });
});
