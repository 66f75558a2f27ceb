import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { afterAll, describe, expect, test } from "vitest";
import { curvatureOracle, numbersAndClasses, oracleNetwork, tanhNetwork } from "../../../test/curvature.ts";
import { type CriticalKind, judgeCriticalPoint } from "../../curvature/criticalPoint.ts";
import { eigenvaluesOf } from "../../curvature/spectrum.ts";
import { traceOf } from "../../curvature/trace.ts";
import { nativeEngine } from "../../runtime/native.ts";
import { openReference } from "../../runtime/reference.ts";
import { random } from "../../tensor/random.ts";
import { type Objective, openObjective } from "./objective.ts";

const native = nativeEngine();
const reference = openReference(native);
const common = { threads: 1, memoryBudget: 2 ** 28 };

const hessian = (objective: Objective, at: Float64Array) => ({
  size: objective.size,
  apply: (v: Float64Array) => objective.productAt(at, v),
  rounding: objective.roundingAt && ((v: Float64Array) => objective.roundingAt!(at, v)),
});

async function exactEigenvalues(objective: Objective, at: Float64Array): Promise<number[]> {
  const columns = [];
  for (let i = 0; i < objective.size; i++) {
    const unit = Float64Array.from({ length: objective.size }, (_, j) => (i === j ? 1 : 0));
    columns.push([...(await objective.productAt(at, unit))]);
  }
  const matrix = new Matrix(columns);
  const symmetric = Matrix.add(matrix, matrix.transpose()).mul(0.5);
  return new EigenvalueDecomposition(symmetric, { assumeSymmetric: true }).realEigenvalues
    .slice()
    .sort((a, b) => a - b);
}

describe("PyTorch's eigenvalues and trace", () => {
  const known = curvatureOracle();
  const largest = Math.max(...known.eigenvalues.map(Math.abs));
  test.each([
    ["float64", reference, 1e-8],
    ["float32", native, 1e-4],
  ] as const)("in %s", async (_, engine, tolerance) => {
    const objective = await openObjective(engine, { ...oracleNetwork(known), ...common });
    const operator = hessian(objective, Float64Array.from(known.parameters));
    const { complete } = await eigenvaluesOf(operator);
    const worst = Math.max(...known.eigenvalues.map((value, i) => Math.abs(value - complete![i]!)));
    expect(worst / largest).toBeLessThan(tolerance);
    const lanczos = await eigenvaluesOf(operator, { dense: 0, products: 57 });
    for (const [i, { value, lower, upper }] of lanczos.largest.entries()) {
      expect(Math.abs(value - known.eigenvalues.at(-1 - i)!) / largest).toBeLessThan(tolerance);
      expect(known.eigenvalues.some((one) => one >= lower && one <= upper)).toBe(true);
    }
    expect(Math.abs((await traceOf(operator)).value - known.trace) / Math.abs(known.trace)).toBeLessThan(tolerance);
    objective.release();
  });
});

/** What an exact spectrum says, by the words of `judgeCriticalPoint`. */
function kindOf(values: readonly number[], flatness: number): CriticalKind {
  const tolerance = flatness * Math.max(...values.map(Math.abs));
  const [below, above] = [values.some((x) => x < -tolerance), values.some((x) => x > tolerance)];
  if (below && above) return "saddle";
  if (values.some((x) => Math.abs(x) <= tolerance)) return "degenerate";
  return above ? "minimum" : "maximum";
}

describe("50 small models against their exact spectra", () => {
  const sizes: readonly [number, number, number][] = [
    [2, 2, 2],
    [3, 4, 2],
    [2, 6, 3],
    [4, 5, 3],
    [5, 6, 4],
  ];
  const opened: Objective[] = [];
  afterAll(() => {
    for (const objective of opened) objective.release();
  });

  test.each(sizes)("10 of %d, %d and %d units", async (features, hidden, classes) => {
    const generator = random(features * 100 + hidden);
    const rows = Array.from({ length: 20 }, () => Array.from({ length: features }, () => generator.normal()));
    const data = numbersAndClasses(
      rows,
      rows.map((_, i) => i % classes),
    );
    const count = (features + 1) * hidden + (hidden + 1) * classes;
    const model = tanhNetwork([features, hidden, classes], new Float64Array(count));
    const [double, single] = [
      await openObjective(reference, { model, data, ...common }),
      await openObjective(native, { model, data, ...common }),
    ];
    opened.push(double, single);
    for (let draw = 0; draw < 10; draw++) {
      const at = Float64Array.from({ length: count }, () => Math.fround((draw / 4) * generator.normal()));
      const values = await exactEigenvalues(double, at);
      for (const objective of [double, single])
        for (const options of [{}, { dense: 0, products: Math.min(count, 40) }]) {
          const spectrum = await eigenvaluesOf(hessian(objective, at), { ...options, count: 2 });
          for (const { lower, upper } of [...spectrum.largest, ...spectrum.smallest])
            expect(values.some((value) => value >= lower && value <= upper)).toBe(true);
          expect(spectrum.negative).toBeLessThanOrEqual(values.filter((value) => value < 0).length);
          expect(spectrum.enclosure.lower).toBeLessThanOrEqual(values[0]!);
          expect(spectrum.enclosure.upper).toBeGreaterThanOrEqual(values.at(-1)!);
          const flatness = objective === double ? 1e-8 : 1e-4;
          const place = { loss: 1, gradientNorm: 1e-9, curvatureAlong: 1, parameterNorm: 1, history: [1] };
          const { kind } = judgeCriticalPoint({ ...place, spectrum, size: count, flatness });
          expect([kindOf(values, flatness), "undecided"]).toContain(kind);
        }
    }
  });
});
