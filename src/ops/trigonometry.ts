import type { Value } from "../graph/graph.ts";
import type { Builder } from "./builder.ts";
import { defineOp, type Op, requireFloat } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

function trigonometric(
  type: string,
  doc: string,
  gradient: (g: Builder, io: { input: Value; output: Value; dY: Value }) => Value,
): Op {
  return defineOp({
    type,
    inputs: ["input"],
    outputs: ["output"],
    doc,
    shape: ({ input }) => ({ output: { type: requireFloat(type, input), shape: input.shape } }),
    gradient: (g, { input, output, doutput }) => ({ input: gradient(g, { input, output, dY: doutput }) }),
    rows: elementwiseRows,
  });
}

// 1 − x² as (1 − x)(1 + x), which keeps its digits near ±1
const unitComplement = (g: Builder, x: Value) => g.mul(g.sub(1, x), g.add(x, 1));

export const sin: Op = trigonometric("Sin", "Sin-7.", (g, { input, dY }) => g.mul(dY, g.cos(input)));

export const cos: Op = trigonometric("Cos", "Cos-7.", (g, { input, dY }) => g.neg(g.mul(dY, g.sin(input))));

// d tan x = 1 + tan² x
export const tan: Op = trigonometric("Tan", "Tan-7.", (g, { output, dY }) =>
  g.mul(dY, g.add(g.mul(output, output), 1)),
);

// d arcsin x = 1/√(1 − x²)
export const asin: Op = trigonometric("Asin", "Asin-7.", (g, { input, dY }) =>
  g.div(dY, g.sqrt(unitComplement(g, input))),
);

export const acos: Op = trigonometric("Acos", "Acos-7.", (g, { input, dY }) =>
  g.neg(g.div(dY, g.sqrt(unitComplement(g, input)))),
);

// d arctan x = 1/(1 + x²)
export const atan: Op = trigonometric("Atan", "Atan-7.", (g, { input, dY }) =>
  g.div(dY, g.add(g.mul(input, input), 1)),
);

export const sinh: Op = trigonometric("Sinh", "Sinh-9.", (g, { input, dY }) => g.mul(dY, g.cosh(input)));

export const cosh: Op = trigonometric("Cosh", "Cosh-9.", (g, { input, dY }) => g.mul(dY, g.sinh(input)));

// d arsinh x = 1/√(x² + 1)
export const asinh: Op = trigonometric("Asinh", "Asinh-9.", (g, { input, dY }) =>
  g.div(dY, g.sqrt(g.add(g.mul(input, input), 1))),
);

// d arcosh x = 1/√(x² − 1)
export const acosh: Op = trigonometric("Acosh", "Acosh-9.", (g, { input, dY }) =>
  g.div(dY, g.sqrt(g.mul(g.sub(input, 1), g.add(input, 1)))),
);

// d artanh x = 1/(1 − x²)
export const atanh: Op = trigonometric("Atanh", "Atanh-9.", (g, { input, dY }) => g.div(dY, unitComplement(g, input)));
