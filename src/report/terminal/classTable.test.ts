import { expect, test } from "vitest";
import { classificationScores } from "../../statistics/classification.ts";
import { rankingScores } from "../../statistics/ranking.ts";
import { regressionScores } from "../../statistics/regression.ts";
import type { EvaluationFile } from "../../store/schema.ts";
import { terminalChinese } from "../../text/zh/terminal.ts";
import { evaluationLines } from "./classTable.ts";

const place = { schemaVersion: 1, epoch: 3, step: 30 };
const of = (confusion: number[][], classNames: readonly string[], more: Partial<EvaluationFile> = {}) =>
  evaluationLines({ ...place, classNames, classification: classificationScores(confusion), ...more });

test("a table of the classes, and a warning where one is so rare that the accuracy misleads", () => {
  const ranking = rankingScores([1, 2, 3, 4], [false, true, false, true]);
  const lines = of(
    [
      [960, 10, 0],
      [12, 8, 0],
      [10, 0, 0],
    ],
    ["calm", "hum"],
    { ranking },
  );
  expect(`\n${lines.join("\n")}`).toMatchInlineSnapshot(`
    "
    class  precision  recall              95 %      F1  labels
    calm      97.8 %  99.0 %  98.1 % to 99.4 %  98.4 %     970
    hum       44.4 %  40.0 %  21.9 % to 61.3 %  42.1 %      20
    2              –   0.0 %   0.0 % to 27.8 %   0.0 %      10
    macro F1 46.8 %, weighted F1 96.3 %, balanced accuracy 46.3 %, accuracy 96.8 % [95.5 %, 97.7 %]
    ROC AUC 0.750, average precision 0.833
    accuracy misleads: always answering "calm" gives 97.0 %, the model 96.8 %; rare: "hum" (2.0 %, F1 42.1 %), "2" (1.0 %, F1 0.0 %); judge by macro F1, and try \`--class-weights balanced\` or \`--loss-preset focal_imbalanced\`"
  `);
});

test("in Chinese, with columns of double width", () => {
  const classification = classificationScores([
    [960, 10],
    [12, 8],
  ]);
  const lines = evaluationLines({ ...place, classNames: ["平静", "嗡"], classification }, terminalChinese);
  expect(`\n${lines.join("\n")}`).toMatchInlineSnapshot(`
    "
    类别  精确率  召回率              95 %      F1  标签数
    平静  98.8 %  99.0 %  98.1 % 至 99.4 %  98.9 %     970
    嗡    44.4 %  40.0 %  21.9 % 至 61.3 %  42.1 %      20
    宏平均 F1 70.5 %，加权 F1 97.7 %，平衡准确率 69.5 %，准确率 97.8 % [96.7 %, 98.5 %]
    准确率有误导：总是回答“平静”可得 98.0 %，模型为 97.8 %；稀少的类别：“嗡”（2.0 %，F1 42.1 %）；请看宏平均 F1，可试 \`--class-weights balanced\` 或 \`--loss-preset focal_imbalanced\`"
  `);
});

test("classes of like size need no warning, and an undefined share is a dash", () => {
  const lines = of(
    [
      [5, 0],
      [5, 0],
    ],
    ["a", "b"],
  );
  expect(lines.at(-1)).toMatch(
    /^macro F1 33\.3 %, weighted F1 33\.3 %, balanced accuracy 50\.0 %, accuracy 50\.0 % \[/,
  );
  expect(lines.find((line) => line.startsWith("b"))).toMatch(/^b +– +0\.0 %/);
});

test.each([
  [20, 22],
  [21, 1],
])("of %d classes there are %d lines", (classes, count) => {
  const confusion = Array.from({ length: classes }, (_, c) =>
    Array.from({ length: classes }, (_, p) => (c === p ? 9 : 0)),
  );
  // Each of them is rarer than one in twenty, and none of them for that reason drowned by another.
  expect(of(confusion, [])).toHaveLength(count);
});

test("of many rare classes five are named", () => {
  const confusion = Array.from({ length: 9 }, (_, c) =>
    Array.from({ length: 9 }, (_, p) => (c !== p ? 0 : c === 0 ? 900 : 1)),
  );
  expect(of(confusion, []).at(-1)).toMatch(
    /^accuracy misleads: always answering "0" gives 99\.1 %, .*"5" \(0\.1 %, F1 100\.0 %\) and 3 more; judge by macro F1, and try `--class-weights/,
  );
});

test("the remedy is none that was tried, or that data which were left out come before", () => {
  const classification = classificationScores([
    [97, 1],
    [1, 1],
  ]);
  const last = (tried: "limited" | "weights") =>
    evaluationLines({ ...place, classNames: [], classification }, undefined, { tried }).at(-1);
  expect(last("limited")).toMatch(/judge by macro F1, and train on more data first \(without `--limit-examples`\)/);
  expect(last("weights")).toMatch(/weights are balanced already; try `--loss-preset focal_imbalanced`/);
});

test("on a narrow terminal a class is told line by line", () => {
  const classification = classificationScores([
    [9, 1],
    [0, 8],
  ]);
  const lines = evaluationLines({ ...place, classNames: ["a", "b"], classification }, undefined, { columns: 40 });
  expect(lines.slice(0, 4)).toEqual([
    "a",
    "  precision  100.0 %",
    "  recall     90.0 %",
    "  95 %       59.6 % to 98.2 %",
  ]);
});

test("numbers have errors and no accuracy", () => {
  const regression = regressionScores([1, 2, 4], [1, 2, 3], 1);
  expect(evaluationLines({ ...place, classNames: [], regression })).toEqual([
    "R² 0.500, RMSE 0.577, MAE 0.333 (in the unit of the target)",
  ]);
});

test("of targets that are all one the share of variance is not defined", () => {
  const regression = { count: 9, rmse: 2, mae: 1, rSquared: Number.NaN, rSquaredByOutput: [Number.NaN] };
  expect(evaluationLines({ ...place, classNames: [], regression })[0]).toMatch(/^R² –, RMSE 2\.00,/);
});

test("where nothing was found out there is nothing to say", () => {
  expect(evaluationLines({ ...place, classNames: [] })).toEqual([]);
});
