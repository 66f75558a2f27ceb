import { addInput, constant, type Graph, type Value } from "../../src/graph/graph.ts";
import { apply } from "../../src/ops/builder.ts";
import type { OpName } from "../../src/ops/table.ts";
import { type Random, random } from "../../src/tensor/random.ts";
import { type ElementType, fromNumbers, type Shape, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";

/** One use of an operator that every engine must compute alike and whose gradient must be right. */
export interface Case {
  /** What this case is about, among the cases of its operator. */
  readonly about: string;
  /** In the operator's order. The same object twice is the same value twice. */
  readonly inputs: readonly (CaseInput | undefined)[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly outputs?: number;
  /** Why differences cannot be compared with the gradient here. */
  readonly notSmooth?: string;
}

export interface CaseInput {
  /** "real" is the floating-point type under test. */
  readonly type: "real" | ElementType;
  readonly shape: Shape;
  readonly values: Domain | readonly number[];
  /** Known while the graph is built, as axes and shapes must be. */
  readonly constant?: true;
  /** Axis 0 holds the examples, six of them; other inputs are shared by all examples. */
  readonly examples?: true;
}

/** Where the operator is smooth: small steps from there cross no kink. */
type Domain = keyof typeof domains;

const domains = {
  /** Uniform in [−2, 2). */
  any: (random: Random) => random.uniform() * 4 - 2,
  /** Uniform in [0.5, 2). */
  positive: (random: Random) => 0.5 + random.uniform() * 1.5,
  /** 0.5 to 2 away from 0 on either side. */
  nonzero: (random: Random) => (random.uniform() < 0.5 ? -1 : 1) * (0.5 + random.uniform() * 1.5),
  /** Inside (−1, 1), away from the ends. */
  inside: (random: Random) => random.uniform() - 0.5,
  /** 1.1 to 3. */
  "above 1": (random: Random) => 1.1 + random.uniform() * 1.9,
  /** From −2, 0.1 to 0.4 above a whole number, where no rounding jumps. */
  "rounded down": (random: Random) => random.integer(4) - 2 + 0.1 + random.uniform() * 0.3,
  /** No two closer than 0.05, so that a small step does not change which one is the largest. */
  distinct: undefined,
  /** The same, and no closer than 0.02 to any number of the domains beside it. */
  "distinct, second": undefined,
  "distinct, third": undefined,
  /** −1, 0 or 1, so that equal elements are common. */
  few: (random: Random) => random.integer(3) - 1,
  /** 0 or 1. */
  truth: (random: Random) => random.integer(2),
} as const;

export function real(shape: Shape, values: CaseInput["values"] = "any"): CaseInput {
  return { type: "real", shape, values };
}

/** Real numbers, one row per example. */
export function examples(shape: Shape, values: CaseInput["values"] = "any"): CaseInput {
  return { type: "real", shape, values, examples: true };
}

/** Real numbers that are known while the graph is built. */
export function fixed(shape: Shape, values: CaseInput["values"]): CaseInput {
  return { type: "real", shape, values, constant: true };
}

/** Constant int64 [n]: axes, shapes, bounds. */
export function integers(...values: number[]): CaseInput {
  return { type: "int64", shape: [values.length], values, constant: true };
}

/** int64 indices that are fed when the graph runs. */
export function indices(shape: Shape, values: readonly number[]): CaseInput {
  return { type: "int64", shape, values };
}

export function exampleIndices(shape: Shape, values: readonly number[]): CaseInput {
  return { type: "int64", shape, values, examples: true };
}

export function exampleTruths(shape: Shape): CaseInput {
  return { type: "bool", shape, values: "truth", examples: true };
}

/** Contents for every input of a case, the same for equal seeds. */
export type Contents = ReadonlyMap<CaseInput, Tensor>;

export function drawContents({ inputs }: Case, realType: ElementType, seed: number): Contents {
  const stream = random(seed);
  const distinct = new Set(inputs.filter((input) => input !== undefined));
  return new Map(Array.from(distinct, (input) => [input, draw(input, stream, realType)]));
}

function draw({ type, shape, values }: CaseInput, stream: Random, realType: ElementType): Tensor {
  const numbers = typeof values === "string" ? drawNumbers(values, sizeOf(shape), stream) : values;
  return fromNumbers(type === "real" ? realType : type, shape, numbers);
}

function drawNumbers(domain: Domain, n: number, stream: Random): ArrayLike<number> {
  const one = domains[domain];
  if (one) return Array.from({ length: n }, () => one(stream));
  const lane = { distinct: 0, "distinct, second": 1, "distinct, third": 2 }[domain as "distinct"] / 30;
  return Float64Array.from(stream.permutation(n), (rank) => (rank - n / 2) * 0.1 + lane + stream.uniform() * 0.01);
}

/** Declares the case's inputs in the graph, with the shapes of `contents`. Constants are not among them. */
export function declareInputs(graph: Graph, { inputs }: Case, contents: Contents): Map<CaseInput, Value> {
  const declared = new Map<CaseInput, Value>();
  for (const [i, input] of inputs.entries()) {
    if (!input || input.constant || declared.has(input)) continue;
    const { type, shape } = contents.get(input)!;
    declared.set(input, addInput(graph, `input${i}`, type, shape));
  }
  return declared;
}

/** Appends the case's node, reading `values`, and returns its outputs. */
export function applyCase(
  graph: Graph,
  op: OpName,
  { inputs, attributes, outputs }: Case,
  contents: Contents,
  values: ReadonlyMap<CaseInput, Value>,
): Value[] {
  const operands = inputs.map((input) => input && (values.get(input) ?? constant(graph, contents.get(input)!)));
  return apply(graph, op, operands, attributes, outputs);
}
