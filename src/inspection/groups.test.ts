import { expect, test } from "vitest";
import { clouds, regression } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { newTrainingState } from "../training/state.ts";
import { conflictFindings, groupFindings } from "./groups.ts";

const plain = clouds(600, [5], 2);
const annotators = ["anne", "bert", "carl"];
const annotator = Array.from(plain.labels, (_, i) => annotators[Math.floor(i / 2) % 3]!);
const columns = { annotator, file: Array.from(plain.labels, (_, i) => `${i}.png`) };

/** Carl calls every class by the name of the other. */
function labelled(carlIsWrong: boolean): Dataset {
  const labels = plain.labels.map((label, i) => (carlIsWrong && annotator[i] === "carl" ? 1 - label : label));
  return {
    ...plain,
    columns,
    labels,
    read(indices, batch) {
      plain.read(indices, batch);
      indices.forEach((index, i) => {
        (batch.y!.data as BigInt64Array)[i] = BigInt(labels[index]!);
      });
    },
  };
}

async function conflictsOf(data: Dataset) {
  const model = regression(data);
  const heldOut = Uint32Array.from({ length: 600 }, (_, i) => i);
  const trained = { model, state: newTrainingState(model, sgd()), heldOut };
  return conflictFindings(nativeEngine(), data, trained, 0);
}

test("an annotator who turns labels round is in conflict with all others, and nobody else is", async () => {
  const found = await conflictsOf(labelled(true));
  expect(found.map(({ values }) => values.join("–")).sort()).toEqual(["anne–carl", "bert–carl"]);
  for (const { column, p, stiffness, cosineOfMeans } of found) {
    expect(column).toBe("annotator");
    expect(p).toBeLessThan(0.05);
    expect(Math.max(stiffness, cosineOfMeans)).toBeLessThan(0);
  }
  expect(await conflictsOf(labelled(false))).toEqual([]);
});

test("shares of doubted labels by value, the largest first; a column of names is no grouping", () => {
  const doubted = new Set([4, 5, 10, 0]);
  expect(groupFindings(labelled(false), doubted)).toEqual([
    { column: "annotator", value: "carl", examples: 200, doubted: 3 },
    { column: "annotator", value: "anne", examples: 200, doubted: 1 },
    { column: "annotator", value: "bert", examples: 200, doubted: 0 },
  ]);
  expect(groupFindings(plain, doubted)).toEqual([]);
});
