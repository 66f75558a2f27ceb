import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../../test/evaluate.ts";
import { n, ns } from "../../../test/rewriteCases.ts";
import { addInput, addOutput, newGraph } from "../../graph/graph.ts";
import { builder } from "../../ops/builder.ts";
import { openEngine } from "../../runtime/open.ts";
import { fromNumbers, toNumbers } from "../../tensor/tensor.ts";
import { rewrites } from "./rewrites.ts";

const native = evaluateOn(await openEngine());

interface Pool {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

/**
 * Windows of one axis as PyTorch counts them: rounded up, but none that starts behind the data and its padding in
 * front.
 */
function windowsOf({ size, kernel, stride, pad }: Pool): [start: number, end: number][] {
  const rounded = Math.ceil((size + 2 * pad - kernel) / stride) + 1;
  const count = (rounded - 1) * stride >= size + pad ? rounded - 1 : rounded;
  return Array.from({ length: count }, (_, i) => [i * stride - pad, i * stride - pad + kernel]);
}

/** x [height, width] pooled in plain loops. */
function pooled(x: readonly number[], rows: Pool, columns: Pool, kind: "max" | "mean" | "mean with padding"): number[] {
  return windowsOf(rows).flatMap(([top, bottom]) =>
    windowsOf(columns).map(([left, right]) => {
      const inside: number[] = [];
      for (let row = Math.max(0, top); row < Math.min(rows.size, bottom); row++)
        for (let column = Math.max(0, left); column < Math.min(columns.size, right); column++)
          inside.push(x[row * columns.size + column]!);
      if (kind === "max") return Math.max(...inside);
      const sum = inside.reduce((total, element) => total + element, 0);
      const height = Math.min(bottom, rows.size + rows.pad) - top;
      const width = Math.min(right, columns.size + columns.pad) - left;
      return sum / (kind === "mean" ? inside.length : height * width);
    }),
  );
}

const behind: Pool = { size: 6, kernel: 3, stride: 4, pad: 1 };
/** Elements at the end that no window reads. */
const short: Pool = { size: 4, kernel: 2, stride: 4, pad: 0 };
const far: Pool = { size: 6, kernel: 2, stride: 3, pad: 1 };
const more: Pool = { size: 7, kernel: 3, stride: 3, pad: 0 };
const even: Pool = { size: 6, kernel: 2, stride: 2, pad: 0 };

describe("ceil_mode leaves out a window that would start behind the data, as PyTorch does", () => {
  test.each([
    { about: "and adds one on another axis", kind: "max" as const, rows: behind, columns: more },
    { about: "and adds one on another axis", kind: "mean" as const, rows: more, columns: behind },
    { about: "and divides another axis", kind: "mean with padding" as const, rows: behind, columns: even },
    { about: "and adds one on another axis", kind: "mean with padding" as const, rows: behind, columns: more },
    { about: "before elements that none reads", kind: "max" as const, rows: short, columns: more },
    { about: "before elements that none reads", kind: "mean" as const, rows: more, columns: short },
    { about: "and adds one beyond the kernel", kind: "max" as const, rows: behind, columns: far },
    { about: "on both axes", kind: "mean with padding" as const, rows: behind, columns: behind },
  ])("$kind, $about", async ({ kind, rows, columns }) => {
    const graph = newGraph("pool");
    const x = addInput(graph, "x", "float32", [1, 1, rows.size, columns.size]);
    const op = kind === "max" ? "MaxPool" : "AveragePool";
    const attributes = {
      kernel_shape: ns(rows.kernel, columns.kernel),
      strides: ns(rows.stride, columns.stride),
      pads: ns(rows.pad, columns.pad, rows.pad, columns.pad),
      ceil_mode: n(1),
      ...(kind === "mean with padding" && { count_include_pad: n(1) }),
    };
    const [y] = rewrites[op]!(builder(graph), { name: op, op, inputs: [x], attributes })!;
    addOutput(graph, "y", y!);
    const numbers = Array.from({ length: rows.size * columns.size }, (_, i) => (i * 7) % 12);
    const [found] = await native(graph, [{ x: fromNumbers("float32", x.shape, numbers) }]);
    const expected = pooled(numbers, rows, columns, kind).map(Math.fround);
    expect(toNumbers(found!.y!).map((value, i) => value - expected[i]!)).toEqual(
      expected.map(() => expect.closeTo(0, 5)),
    );
  });
});

test("pools that round up in agreement are kept", () => {
  const graph = newGraph("pool");
  const x = addInput(graph, "x", "float32", [1, 1, 7]);
  const attributes = { kernel_shape: ns(3), strides: ns(3), ceil_mode: n(1) };
  expect(rewrites.MaxPool!(builder(graph), { name: "", op: "MaxPool", inputs: [x], attributes })).toBeUndefined();
});
