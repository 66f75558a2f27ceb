import { backward } from "../../src/gradient/backward.ts";
import { addInput, addOutput, type Graph, newGraph } from "../../src/graph/graph.ts";
import { operatorSchemas } from "../../src/graph/operatorSchemas.ts";
import { builder } from "../../src/ops/builder.ts";
import type { OpName } from "../../src/ops/table.ts";
import {
  type ElementType,
  fromNumbers,
  isFloat,
  type Shape,
  sizeOf,
  type Tensor,
  toNumbers,
} from "../../src/tensor/tensor.ts";
import { applyCase, type Case, type CaseInput, declareInputs, drawContents } from "../../test/cases/case.ts";
import { cases } from "../../test/cases/cases.ts";
import { filled, nastyNumbers } from "./operands.ts";

/** One graph to load, and what to feed it, one after the other. */
export interface Attempt {
  readonly about: string;
  /** Throws where a rule refuses the operands. */
  build(): Graph;
  feeds(graph: Graph): Generator<{ readonly about: string; readonly tensors: Record<string, Tensor> }>;
}

/**
 * Elements of one value: what is larger is refused before an engine sees it (src/model/foreignReplay.ts), or takes all
 * memory.
 */
const LARGEST = 2 ** 22;
const ours: readonly ElementType[] = ["float32", "float64", "float16", "int8", "uint8", "int32", "int64", "bool"];

/**
 * Every case of an operator in every element type, as it is, with an axis of no elements, and with constants that mean
 * harm.
 */
export function* attempts(op: OpName): Generator<Attempt> {
  const schema = operatorSchemas.get(op)?.at(-1);
  const allowed = new Set(Object.values(schema?.types ?? {}).flatMap((types) => types.split(" ")));
  for (const one of cases[op])
    for (const type of ours.filter((name) => name === "float32" || allowed.has(name) || allowed.has("any")))
      for (const [about, changed] of variants(one)) {
        const build = () => graphOf(op, changed, type);
        yield { about: `${op}, ${one.about}, ${type}${about}`, build, feeds: (graph) => feeds(graph) };
      }
}

function* variants(one: Case): Generator<[string, Case]> {
  yield ["", one];
  yield* withoutElements(one);
  for (const number of [0, -1, 3, 2 ** 31, -(2 ** 63), 2 ** 62])
    if (one.inputs.some(isKnownInteger))
      yield [
        `, constants ${number}`,
        withInputs(one, (input) =>
          isKnownInteger(input) ? { ...input, values: Array<number>(sizeOf(input.shape)).fill(number) } : input,
        ),
      ];
}

/**
 * Axes are emptied where they are counted alike from the left, have one size (as the two that a product sums over), and
 * one by one.
 */
function* withoutElements(one: Case): Generator<[string, Case]> {
  const fed = new Set(one.inputs.filter((input) => input && !input.constant));
  const rank = Math.max(0, ...Array.from(fed, (input) => input!.shape.length));
  const sizes = new Set(Array.from(fed, (input) => input!.shape).flat());
  const seen = new Set<string>();
  const empty = function* (about: string, isEmpty: (input: CaseInput, axis: number) => boolean) {
    const shapeOf = (input: CaseInput) => input.shape.map((size, axis) => (isEmpty(input, axis) ? 0 : size));
    const key = JSON.stringify(Array.from(fed, (input) => shapeOf(input!)));
    if (seen.has(key)) return;
    seen.add(key);
    const change = (input: CaseInput) => {
      const shape = shapeOf(input);
      return fed.has(input) && shape.includes(0) ? { ...input, shape, values: [] } : input;
    };
    yield [`, ${about} empty`, withInputs(one, change)] as [string, Case];
  };
  for (let place = 0; place < rank; place++) yield* empty(`axis ${place}`, (_, axis) => axis === place);
  for (const size of sizes) yield* empty(`axes of ${size}`, ({ shape }, axis) => shape[axis] === size);
  for (const [i, single] of one.inputs.entries())
    for (const place of single?.shape.keys() ?? [])
      yield* empty(`axis ${place} of operand ${i}`, (input, axis) => input === single && axis === place);
}

function isKnownInteger(input: CaseInput | undefined): boolean {
  return input?.constant === true && input.type !== "real" && input.type !== "bool";
}

function withInputs(one: Case, change: (input: CaseInput) => CaseInput): Case {
  const changed = new Map([...new Set(one.inputs)].map((input) => [input, input && change(input)]));
  return { ...one, inputs: one.inputs.map((input) => changed.get(input)) };
}

/** The node and, where there are some, the gradients of its inputs. */
function graphOf(op: OpName, one: Case, type: ElementType): Graph {
  const graph = newGraph(op);
  const drawn = drawContents(one, "float32", 1);
  const whole = (number: number) => (isFloat(type) ? number : Math.trunc(number));
  const retyped = (input: CaseInput, drawn: Tensor) =>
    input.type === "real" ? fromNumbers(type, drawn.shape, toNumbers(drawn).map(whole)) : drawn;
  const contents = new Map([...drawn].map(([input, t]) => [input, retyped(input, t)]));
  const declared = declareInputs(graph, one, contents);
  const outputs = applyCase(graph, op, one, contents, declared);
  for (const [i, value] of outputs.entries()) addOutput(graph, `output${i}`, value);
  checked(graph);
  return isFloat(type) ? withGradients(graph) : graph;
}

/** Without them where an operator has none. */
function withGradients(plain: Graph): Graph {
  const graph = structuredCopy(plain);
  const [Y] = graph.outputs.values();
  const wrt = graph.inputs.filter(({ type }) => isFloat(type));
  if (!Y || !isFloat(Y.type) || wrt.length === 0) return plain;
  try {
    const seed = addInput(graph, "seed", Y.type, Y.shape);
    for (const [i, gradient] of backward(builder(graph), Y, wrt, seed).entries())
      addOutput(graph, `gradient${i}`, gradient);
    return checked(graph);
  } catch {
    return plain;
  }
}

function structuredCopy(graph: Graph): Graph {
  const { inputs, nodes, outputs, names } = graph;
  return { ...graph, inputs: [...inputs], nodes: [...nodes], outputs: new Map(outputs), names: new Set(names) };
}

function checked(graph: Graph): Graph {
  for (const { shape } of [...graph.inputs, ...graph.nodes.flatMap(({ outputs }) => outputs)]) requireSize(shape);
  return graph;
}

function requireSize(shape: Shape): void {
  if (shape.some((size) => !Number.isInteger(size) || size < 0) || sizeOf(shape) > LARGEST)
    throw new RangeError(`expected a small value, got [${shape.join(", ")}]`);
}

/** All pairs of nasty numbers for the first input and the others, and all of them mixed. */
function* feeds({ inputs }: Graph) {
  const most = Math.max(0, ...inputs.map(({ type }) => nastyNumbers(type).length));
  const numbers = (type: ElementType, i: number) => {
    const all = nastyNumbers(type);
    return [all[i % all.length]!];
  };
  const others = inputs.length > 1 ? most : 1;
  for (let i = 0; i < most; i++)
    for (let j = 0; j < others; j++) {
      const entries = inputs.map(({ name, type, shape }, at) => {
        return [name, filled(type, shape, numbers(type, at === 0 ? i : j))] as const;
      });
      yield { about: `numbers ${i} and ${j}`, tensors: Object.fromEntries(entries) };
    }
  const mixed = inputs.map(({ name, type, shape }, at) => {
    const all = nastyNumbers(type);
    return [name, filled(type, shape, [...all.slice(at % all.length), ...all])] as const;
  });
  yield { about: "all numbers", tensors: Object.fromEntries(mixed) };
}
