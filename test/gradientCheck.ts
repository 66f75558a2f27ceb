import { backward } from "../src/gradient/backward.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../src/graph/graph.ts";
import { type Builder, builder } from "../src/ops/builder.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, type Tensor, toNumbers } from "../src/tensor/tensor.ts";

/** Runs a graph once per set of inputs and returns its outputs by name; in float64, or the comparison means nothing. */
export type Evaluate = (
  graph: Graph,
  feeds: readonly Readonly<Record<string, Tensor>>[],
) => Promise<Readonly<Record<string, Tensor>>[]>;

/** Values of a graph as a function of others, appended to the builder's graph. */
export type GraphFunction = (g: Builder, inputs: readonly Value[]) => readonly Value[];

/** Length of the steps, in units of the inputs. Roundoff is about 1e-16/STEP, truncation about STEP⁴. */
const STEP = 1e-3;

/**
 * How far `backward` is from central differences of `f` at the point `at` along one random direction: |⟨∇s, u⟩ − ds/du|
 * / ‖∇s‖, where s = Σ v·f with random v, and u has independent standard normal elements. A number without unit: about
 * 1e-11 for a right rule, and about the relative error of a wrong one.
 *
 *   at       float64 tensors, one per input of `f`
 *   ds/du    (8(s(h) − s(−h)) − (s(2h) − s(−2h)))/(12h), exact for polynomials of degree 4; Fornberg 1988, table 1
 *
 * One direction is enough: a wrong element escapes only where u happens to be orthogonal to the error. Where s is
 * constant the error is absolute. Throws what `backward` throws.
 */
export async function gradientError(f: GraphFunction, at: readonly Tensor[], evaluate: Evaluate): Promise<number> {
  const stream = random(0);
  const graph = newGraph("gradient_check");
  const g = builder(graph);
  const inputs = at.map(({ type, shape }, i) => addInput(graph, `x${i}`, type, shape));
  const total = f(g, inputs)
    .map((value) => randomSum(g, value, stream.normal))
    .reduce((sum, term) => g.add(sum, term));
  backward(g, total, inputs).forEach((gradient, i) => {
    addOutput(graph, `gradient${i}`, gradient);
  });
  addOutput(graph, "total", total);
  const direction = at.map(({ data }) => Array.from({ length: data.length }, stream.normal));
  const points = [0, 1, -1, 2, -2].map((steps) => moved(at, direction, steps * STEP));
  const [here, ...around] = await evaluate(graph, points);
  const [right, left, farRight, farLeft] = around.map((outputs) => toNumbers(outputs.total!)[0]!);
  const difference = (8 * (right! - left!) - (farRight! - farLeft!)) / (12 * STEP);
  const gradient = at.flatMap((_, i) => toNumbers(here![`gradient${i}`]!));
  const along = direction.flat();
  const slope = gradient.reduce((sum, element, i) => sum + element * along[i]!, 0);
  return Math.abs(slope - difference) / (Math.hypot(...gradient) || 1);
}

/** Σ v·value with v standard normal. */
function randomSum(g: Builder, value: Value, normal: () => number): Value {
  const size = value.shape.reduce((product, axis) => product * axis, 1);
  const weights = g.constant(fromNumbers(value.type, value.shape, Array.from({ length: size }, normal)), "weights");
  return g.reduceSum(
    g.mul(value, weights),
    value.shape.map((_, axis) => axis),
  );
}

function moved(at: readonly Tensor[], direction: readonly number[][], length: number): Record<string, Tensor> {
  const entries = at.map((point, i) => {
    const numbers = toNumbers(point).map((x, j) => x + length * direction[i]![j]!);
    return [`x${i}`, fromNumbers(point.type, point.shape, numbers)];
  });
  return Object.fromEntries(entries);
}
