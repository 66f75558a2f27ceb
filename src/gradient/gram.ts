import { type Node, producers, type Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { fromNumbers, sizeOf } from "../tensor/tensor.ts";
import { shareFormed, symmetric, timesItsTranspose } from "./symmetric.ts";

/**
 * The inner products [K, K] of K gradient rows [K, ...shape] that `rows` has appended to the graph.
 *
 * A row of a linear layer is a product of what the layer read and what came back, row_k = Σ_i a_i ⊗ δ_i over group k.
 * Then
 *
 *   ⟨row_k, row_l⟩ = Σ_{i ∈ k, j ∈ l} (a_i·a_j)(δ_i·δ_j)
 *
 * needs no row at all (Goodfellow 2015, arXiv:1510.01799, for the norms). It is taken where it is the fewer
 * multiplications, and the nodes that formed the row are then unused; `prune` drops them.
 */
export function rowProducts(g: Builder, rows: Value): Value {
  const groups = rows.shape[0]!;
  const size = sizeOf(rows.shape) / groups;
  const factors = sparingFactors(g, rows);
  if (factors) return gramOfFactors(g, factors.left, factors.right);
  const matrix = g.reshape(formed(g, rows), [groups, size]);
  return timesItsTranspose(g, matrix);
}

/** The same of rows whose numbers are each multiplied by that of `scale`, [...shape]: all are formed. */
export function scaledRowProducts(g: Builder, rows: Value, scale: Value): Value {
  const groups = rows.shape[0]!;
  const size = sizeOf(rows.shape) / groups;
  const matrix = g.mul(g.reshape(formed(g, rows), [groups, size]), g.reshape(scale, [1, size]));
  return timesItsTranspose(g, matrix);
}

/** Of rows that `rowProducts` does without. */
function sparingFactors(g: Builder, rows: Value): Factors | undefined {
  const groups = rows.shape[0]!;
  const factors = factorsOf(g, rows);
  if (!factors) return undefined;
  const [examples, p, q] = [groups * factors.left.shape[1]!, factors.left.shape[2]!, factors.right.shape[2]!];
  const products = shareFormed(groups) * examples * examples;
  return products * (p + q) < (examples + groups * groups) * p * q ? factors : undefined;
}

/**
 * Every `stride`-th number of K rows [K, ...shape], in the order of their memory: [K, ⌈size/stride⌉]. Where
 * `rowProducts` forms no rows these numbers alone are formed.
 */
export function someCoordinates(g: Builder, rows: Value, stride: number): Value {
  const groups = rows.shape[0]!;
  const size = sizeOf(rows.shape) / groups;
  const factors = sparingFactors(g, rows);
  if (!factors) return g.slice(g.reshape(formed(g, rows), [groups, size]), [1], [0], [size], [stride]);
  const { left, right } = factors;
  const columns = right.shape[2]!;
  const places = Array.from({ length: Math.ceil(size / stride) }, (_, i) => i * stride);
  const chosen = (factor: Value, indices: readonly number[]) =>
    g.gather(factor, g.constant(fromNumbers("int64", [indices.length], indices)), 2);
  const ofLeft = chosen(
    left,
    places.map((place) => Math.floor(place / columns)),
  );
  const ofRight = chosen(
    right,
    places.map((place) => place % columns),
  );
  return g.reduceSum(g.mul(ofLeft, ofRight), [1]);
}

interface Factors {
  /** [K, n, p] and [K, n, q], where row_k = Σ_i left_ki ⊗ right_ki. */
  readonly left: Value;
  readonly right: Value;
}

/**
 * Recognises the product that the row rules of MatMul and Gemm write: Transpose [0, 2, 1] of one operand, times the
 * other; and sums of such products, as of a layer that is passed once per time step, whose factors are put one behind
 * the other.
 */
function factorsOf(g: Builder, rows: Value): Factors | undefined {
  if (rows.shape.length !== 3) return undefined;
  const terms = termsOf(producers(g.graph), rows);
  if (!terms) return undefined;
  const together = (side: keyof Factors) => {
    const parts = terms.map((term) => term[side]);
    return parts.length === 1 ? parts[0]! : g.concat(parts, 1);
  };
  return { left: together("left"), right: together("right") };
}

/** The products that add up to `rows`, in the order in which they are added. */
function termsOf(made: ReadonlyMap<Value, Node>, rows: Value): Factors[] | undefined {
  const terms: Factors[] = [];
  // Down the sum rather than by recursion: a layer may be passed thousands of times.
  for (const open = [rows]; open.length > 0; ) {
    const node = made.get(open.pop()!);
    const [a, b] = node?.inputs ?? [];
    if (!a || !b) return undefined;
    const left = node?.op === "MatMul" && swappedOperand(made.get(a));
    if (left && left.shape.length === 3 && b.shape.length === 3) terms.push({ left, right: b });
    else if (node?.op === "Add" && [a, b].every(({ shape }) => equalShapes(shape, rows.shape))) open.push(b, a);
    else return undefined;
  }
  return terms;
}

function swappedOperand(node: Node | undefined): Value | undefined {
  const perm = node?.attributes.perm;
  return node?.op === "Transpose" && perm?.kind === "ints" && perm.value.join() === "0,2,1"
    ? node.inputs[0]
    : undefined;
}

function gramOfFactors(g: Builder, left: Value, right: Value): Value {
  const [groups, n] = left.shape as [number, number, number];
  const factors = [left, right].map((factor) => g.reshape(factor, [groups * n, factor.shape[2]!]));
  return symmetric(g, groups, (from, to) => {
    const [band, rest] = [(to - from) * n, (groups - from) * n];
    const products = factors.map((factor) => {
      const of = (count: number) => g.slice(factor, [0], [from * n], [from * n + count], [1]);
      return g.gemm(of(band), of(rest), undefined, { transB: 1 });
    });
    const pairs = g.mul(products[0]!, products[1]!);
    if (n === 1) return pairs;
    const columns = g.reduceSum(g.reshape(pairs, [band * (groups - from), n]), [1]);
    return g.reduceSum(g.reshape(columns, [to - from, n, groups - from]), [1]);
  });
}

/**
 * The squared norms [K] of K gradients whose `rows` [K, ...shape] are of one parameter each: the diagonal of their
 * Gram. A row of a linear layer is not formed where its group has so few examples that ‖row_k‖² = Σ_{i,j ∈ k}
 * (a_i·a_j)(δ_i·δ_j) is the cheaper; with one example it is ‖a‖²‖δ‖² (Goodfellow 2015, arXiv:1510.01799).
 */
export function squaredNormsOfRows(g: Builder, rows: readonly Value[]): Value {
  const total = rows.map((row) => squaresOf(g, row)).reduce((a, b) => g.add(a, b));
  return g.reshape(total, [total.shape[0]!]);
}

/** Of one parameter, [K, 1, 1]. */
function squaresOf(g: Builder, rows: Value): Value {
  const factors = factorsOf(g, rows);
  if (factors) {
    const { left, right } = factors;
    const [n, p, q] = [left.shape[1]!, left.shape[2]!, right.shape[2]!];
    const pairs = () => g.mul(products(g, left), products(g, right));
    if (n === 1) return pairs();
    if (n * (p + q) < p * q) return g.reduceSum(pairs(), [1, 2], true);
  }
  return sumOfSquares(g, formed(g, rows));
}

/** The rows, as one product where they are a sum of many: sums of outer products take twenty times as long. */
function formed(g: Builder, rows: Value): Value {
  if (producers(g.graph).get(rows)?.op !== "Add") return rows;
  const factors = factorsOf(g, rows);
  return factors ? g.matMul(g.transpose(factors.left, [0, 2, 1]), factors.right) : rows;
}

/**
 * All inner products of each group's rows, [K, n, p] → [K, n, n]. ReduceSumSquare takes up to seven times as long,
 * where n is 1.
 */
function products(g: Builder, rows: Value): Value {
  return g.matMul(rows, g.transpose(rows, [0, 2, 1]));
}

/** In float32 a sum of more squares than this leaves out what is small: of a table of 2,412,336 numbers 0.04 %. */
const LONGEST_SUM = 2 ** 14;

/** Of long rows first along all axes but the parameter's first. */
function sumOfSquares(g: Builder, rows: Value): Value {
  const [groups, first = 1] = rows.shape as [number, number | undefined];
  const size = sizeOf(rows.shape) / groups;
  if (size <= LONGEST_SUM) return products(g, g.reshape(rows, [groups, 1, size]));
  const parts = g.reduceSumSquare(g.reshape(rows, [groups, first, size / first]), [2]);
  return g.reshape(g.reduceSum(parts, [1]), [groups, 1, 1]);
}
