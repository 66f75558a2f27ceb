import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { file, logits } from "../../test/foreignFile.ts";
import { graphOf } from "../../test/opsets/case.ts";
import { normalized, pooled, resized } from "../../test/opsets/image.ts";
import { activations, discrete } from "../../test/opsets/pointwise.ts";
import { reduced } from "../../test/opsets/reduction.ts";
import { scattered, shaped } from "../../test/opsets/shape.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, sizeOf } from "../tensor/tensor.ts";
import { foreignModel } from "./foreign.ts";

const cases = [reduced, shaped, scattered, resized, pooled, normalized, activations, discrete].flat();

describe("an imported file of operator set", () => {
  const rows = cases.flatMap((one) => one.opsets.map((opset) => ({ ...one, opset })));
  test.each(rows)("$opset computes what ONNX Runtime computes of the file: $about", async ({ opset, ...one }) => {
    const bytes = file(graphOf(one), BigInt(opset));
    const { normal } = random(3);
    const x = Float32Array.from({ length: sizeOf(one.shape) }, normal);
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
    const { y } = await session.run({ x: new OrtTensor("float32", x, one.shape) });
    await session.release();
    const expected = Array.from(y!.data as Float32Array);
    const found = await logits(foreignModel(bytes, "case"), fromNumbers("float32", one.shape, x));
    const largest = Math.max(1, ...expected.map(Math.abs));
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of found.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * largest);
  });
});
