import { expect, test } from "vitest";
import type { CheckpointAnalysis, GroupAnalysis, LayerAnalysis } from "../../store/schema.ts";
import { textIn } from "../../text/text.ts";
import { terminalChinese } from "../../text/zh/terminal.ts";
import { groupTable } from "./groupTable.ts";
import { layerHtml, layerTable } from "./layerTable.ts";

const layer = (name: string, signal: number, noise: number, resolved = true): LayerAnalysis => ({
  name,
  parameters: 12_345,
  squaredGradientNorm: signal,
  traceCovariance: noise,
  noiseScale: {
    value: noise / signal,
    lower: 2,
    upper: resolved ? 90 : Number.POSITIVE_INFINITY,
    level: 0.95,
    resolved,
    unit: "examples",
  },
});

test("layers stand under each other with their shares of gradient and noise", () => {
  expect(
    `\n${layerTable([layer("fc1", 0.3, 6), layer("a.long.name", -0.1, 2, false)]).join("\n")}\n`,
  ).toMatchInlineSnapshot(`
    "
    layer        parameters    |G|²    share  tr Σ   share  noise scale [95 %]
    fc1              12,345   0.300  100.0 %  6.00  75.0 %   20.0 [2.00, 90.0]
    a.long.name      12,345  −0.100        –  2.00  25.0 %              ≥ 2.00
    "
  `);
});

const clear = { mean: 0.0123, plugIn: 0.02, evidenceToStop: -9, silent: 0.1, coordinates: 4096 };
const withSignal = [{ ...layer("fc1", 0.3, 6), signalToNoise: clear }, layer("<fc2>", 0.1, 2)];

test("the signal-to-noise ratio of coordinates has a column where it was measured", () => {
  const [head, first, second] = layerTable(withSignal);
  expect([head, first, second].map((line) => line!.trim().split(/ {2,}/).at(-1))).toEqual(["GSNR", "0.0123", "–"]);
});

test("a page holds the same table, escaped, and nothing where layers were not told apart", () => {
  const checkpoint = { epoch: 5, layers: withSignal } as unknown as CheckpointAnalysis;
  const html = layerHtml(checkpoint, textIn("zh"));
  expect(html).toMatch(/^<h3>各层的噪声尺度，第 5 轮<\/h3>/);
  expect(html).toContain("<td>&lt;fc2&gt;</td>");
  expect(html).toContain("<td>0.0123</td>");
  expect(layerHtml({ epoch: 5 } as unknown as CheckpointAnalysis, textIn("en"))).toBe("");
});

test("in Chinese", () => {
  expect(`\n${layerTable([layer("fc1", 0.3, 6)], terminalChinese).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    层   参数个数   |G|²     占比  tr Σ     占比    噪声尺度 [95 %]
    fc1    12,345  0.300  100.0 %  6.00  100.0 %  20.0 [2.00, 90.0]
    "
  `);
});

test("no share is above 100 % or below 0, however small the sum is", () => {
  const table = [layer("a", -0.5, 1, false), layer("b", 0.501, 2, false), layer("c", 0.2, -1e-9)].map(
    (_, i, all) => all[i]!,
  );
  const shares = layerTable(table)
    .join(" ")
    .match(/[−\d.]+ %/g)!;
  expect(shares.slice(1)).toEqual(["33.3 %", "66.7 %", "28.5 %"]);
});

test("shares of nothing are not given", () => {
  const [, one] = layerTable([layer("fc1", -0.3, 0)]);
  expect(one).toMatch(/ −0\.300 +– +0 +– /);
});

const groups = (count: number): GroupAnalysis => ({
  by: "site",
  names: Array.from({ length: count }, (_, i) => (i === 0 ? "a name that is long" : `site ${i}`)),
  rowsPerGroup: 1,
  batchSize: 4,
  leftOut: [],
  conflicts: {
    groups: Array.from({ length: count }, (_, i) => i),
    sizes: Array<number>(count).fill(1),
    stiffness: Array.from({ length: count }, (_, a) =>
      Array.from({ length: count }, (_, b) => (a === b ? Number.NaN : -0.25)),
    ),
    signStiffness: [],
    cosineOfMeans: [],
    within: Number.NaN,
    between: -0.25,
    pairs: [],
  },
});

test("groups stand against each other, unless they are too many for a screen", () => {
  expect(`\n${groupTable(groups(2)).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    mean cosine   a name that…  site 1
    a name that…             –  −0.250
    site 1              −0.250       –
    "
  `);
  const [head, first] = groupTable({ ...groups(2), names: ["一个十分冗长的名字", "二"] }, terminalChinese);
  expect(head).toBe("平均余弦     一个十分冗…      二");
  expect(first).toBe("一个十分冗…            –  −0.250");
  expect(groupTable(groups(12))).toHaveLength(13);
  expect(groupTable(groups(13))).toEqual([]);
});
