import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { afterAll, describe, expect, test } from "vitest";
import { encodeNpz } from "../../src/data/files/npz.ts";
import { fromNumbers } from "../../src/tensor/tensor.ts";
import { file, floats, type NodeInit } from "../foreignFile.ts";
import { batchscope, runsIn, scratch } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

const cast = (input: string, output: string, to: bigint): NodeInit => ({
  opType: "Cast",
  input: [input],
  output: [output],
  attribute: [{ name: "to", type: AttributeType.INT, i: to }],
});

/** Logits of three classes from x [N, 4] as whole numbers, divided. */
function dividing(op: "Div" | "Mod", divisor: bigint): Uint8Array {
  return file({
    node: [
      cast("x", "whole", 7n),
      { opType: op, input: ["whole", "divisor"], output: ["quotient"] },
      cast("quotient", "real", 1n),
      { opType: "MatMul", input: ["real", "w"], output: ["y"] },
    ],
    input: [floats("x", "N", 4n)],
    initializer: [
      { name: "divisor", dataType: 7, dims: [1n], int64Data: [divisor] },
      { name: "w", dataType: 1, dims: [4n, 3n], floatData: Array(12).fill(0.1) },
    ],
  });
}

describe.each(["Div", "Mod"] as const)("%s of the least int64 by -1", (op) => {
  const model = `${op}.onnx`;
  writeFileSync(join(scene, model), dividing(op, -1n));
  const x = fromNumbers(
    "float32",
    [6, 4],
    Array.from({ length: 24 }, (_, i) => (i % 4 === 0 ? -(2 ** 63) : 3)),
  );
  const tensors = new Map([
    ["x", x],
    ["y", fromNumbers("int64", [6], [0, 1, 2, 0, 1, 2])],
  ] as const);
  writeFileSync(join(scene, "batch.npz"), encodeNpz(new Map(tensors)));
  const said = `at node "${op}" (${op}), got "Integer ${op === "Div" ? "division" : "modulo"} by zero"; check the data`;

  test.each([
    `gradients --model ${model} --batch batch.npz --out ${op}.safetensors`,
    `train --model ${model} --data batch.npz --batch-size 2 --epochs 1 --dir ${op}`,
  ])("is an error of one line: %s", async (line) => {
    const { code, stderr } = await batchscope(line.split(" "), { cwd: scene });
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^batchscope: error: onnxruntime: expected whole numbers/);
    expect(stderr).toContain(said);
    expect(code).toBe(1);
  });

  test("a run that ended so says that it failed", () => {
    const [run] = runsIn(join(scene, op));
    expect(JSON.parse(readFileSync(join(scene, op, "runs", run!, "run.json"), "utf8")).status).toBe("failed");
  });
});
