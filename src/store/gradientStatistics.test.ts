import { expect, test } from "vitest";
import { plantedStatistics } from "../../test/fixtures/analysis.ts";
import { describeGradients } from "../statistics/describe.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import { statistics } from "../statistics/table.ts";
import { random } from "../tensor/random.ts";
import { gradientStatistics } from "./gradientStatistics.ts";

const { normal } = random(1);
const rows = Array.from({ length: 9 }, () => Float64Array.from({ length: 5 }, () => 1 + normal()));
const described = describeGradients(gramOfRows(rows, Array<number>(9).fill(4)), { datasetSize: 100, seed: 1 });

test("what is described is read again as it is, in the order of the table", () => {
  expect(gradientStatistics.parse(described)).toEqual(described);
  const names = Object.keys(statistics).filter((name) => name !== "drawn");
  expect(Object.keys(described)).toEqual(names);
});

test.each(Object.entries(statistics))("%s of a file has the shape of its row", (name, { presence }) => {
  const damaged = gradientStatistics.safeParse({ ...described, [name]: "x" });
  expect(damaged.error?.issues.map(({ path }) => path[0])).toContain(name);
  const { [name as keyof typeof described]: _, ...without } = described;
  expect(gradientStatistics.safeParse(without).success).toBe(presence === "optional");
  expect(gradientStatistics.safeParse({ ...described, [name]: null }).success).toBe(presence === "nullable");
});

test("an analysis of version 0.1.0, which has none of the later statistics, is read", () => {
  const { inverseWithoutRow, opposedRows, embeddings, order, ...first } = plantedStatistics({
    seed: 1,
    squaredNorm: 1,
    trace: 16,
    rows: 12,
    batchSize: 8,
    datasetSize: 1000,
    dimension: 6,
  });
  expect(gradientStatistics.parse(first)).toEqual(first);
});
