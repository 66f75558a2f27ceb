import { file, floats, type GraphInit, type NodeInit } from "./foreignFile.ts";

/** What a small file gives. */
export interface SmallNetwork {
  /** Rows of the last layer. Default 3. */
  readonly outputs?: number;
  /** The outputs of the file, by name: `hidden` [N, 8], `logits` [N, outputs], `squeezed` without axes of 1. */
  readonly gives?: readonly ("hidden" | "logits" | "squeezed")[];
  /** Batch normalisation before the rectified units. Default none. */
  readonly normalised?: boolean;
  /** All weights are this. Default some that differ. */
  readonly weight?: number;
}

const node = (opType: string, input: readonly string[], output: string, attribute: NodeInit["attribute"] = []) => ({
  opType,
  name: output,
  input: [...input],
  output: [output],
  attribute,
});

const normalisation = {
  opType: "BatchNormalization",
  name: "normal",
  input: ["before", "scale", "shift", "mean", "variance"],
  output: ["normal", "meanAfter", "varianceAfter"],
  attribute: [{ name: "training_mode", type: 2, i: 1n }],
};

/** The bytes of a file: x [N, 4] through 8 rectified units to some outputs. */
export function smallNetwork({ outputs = 3, gives = ["logits"], normalised, weight }: SmallNetwork = {}): Uint8Array {
  const tensor = (name: string, ...dims: number[]) => ({
    name,
    dataType: 1,
    dims: dims.map(BigInt),
    floatData: Array.from(
      { length: dims.reduce((a, b) => a * b, 1) },
      (_, i) => weight ?? Math.sin(i + dims.length) ** 2,
    ),
  });
  const transposed = [{ name: "transB", type: 2, i: 1n }];
  const graph: GraphInit = {
    node: [
      node("Gemm", ["x", "a.weight", "a.bias"], "before", transposed),
      ...(normalised ? [normalisation] : []),
      node("Relu", [normalised ? "normal" : "before"], "hidden"),
      node("Gemm", ["hidden", "b.weight", "b.bias"], "logits", transposed),
      ...(gives.includes("squeezed") ? [node("Squeeze", ["logits", "axes"], "squeezed")] : []),
    ],
    initializer: [
      tensor("a.weight", 8, 4),
      tensor("a.bias", 8),
      tensor("b.weight", outputs, 8),
      tensor("b.bias", outputs),
      ...(normalised ? ["scale", "shift", "mean", "variance"].map((name) => tensor(name, 8)) : []),
      ...(gives.includes("squeezed") ? [{ name: "axes", dataType: 7, dims: [1n], int64Data: [-1n] }] : []),
    ],
    input: [floats("x", "N", 4n)],
    output: gives.map((name) => ({ name })),
  };
  return file(graph);
}
