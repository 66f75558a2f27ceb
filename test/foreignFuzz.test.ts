import { expect, test } from "vitest";
import { refusalOf } from "../scripts/fuzz/formats/onnx.ts";
import { onnxBytes } from "../scripts/fuzz/formats/onnxBytes.ts";
import { streamOf } from "../scripts/fuzz/stream.ts";
import { foreignModel } from "../src/model/foreign.ts";
import { createLoss } from "../src/model/loss.ts";
import { DataError, ShapeError, UnsupportedError } from "../src/tensor/errors.ts";
import { gradientGraph } from "../src/training/graphs.ts";

const CASES = 200;

/** Imports a model and builds its gradient graph for two examples; anything but our own refusals is thrown. */
function outcomeOf(bytes: Uint8Array): string {
  try {
    gradientGraph(foreignModel(bytes, "mutated"), 2, { accumulate: false, loss: createLoss("none") });
    return "built";
  } catch (error) {
    if (!(error instanceof DataError || error instanceof UnsupportedError || error instanceof ShapeError)) throw error;
    if (error.message.includes("\n") || error.message.startsWith("internal")) throw error;
    return error.name;
  }
}

/**
 * Flipped bits, cuts, splices and fields of nonsense; `npm run test:fuzz` trains what is taken, and compares its
 * scores.
 */
test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
  "mutated models are refused in our own words or taken by both, part %d",
  async (part) => {
    const outcomes = new Set<string>();
    const taken: string[] = [];
    for (let index = part * CASES; index < (part + 1) * CASES; index++) {
      const bytes = onnxBytes(streamOf("onnx", index));
      const outcome = outcomeOf(bytes);
      outcomes.add(outcome);
      const refusal = outcome === "built" ? await refusalOf(bytes) : null;
      if (refusal !== null) taken.push(`${index}: ${refusal}`);
    }
    expect(taken).toEqual([]);
    // Mutations that were all caught by the first check, or by none, would test nothing.
    expect([...outcomes].sort()).toEqual(["DataError", "ShapeError", "UnsupportedError", "built"]);
  },
);
