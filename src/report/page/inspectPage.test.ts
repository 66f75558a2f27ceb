import { expect, test } from "vitest";
import { clouds } from "../../../test/training.ts";
import { remarksOf } from "../../inspection/remarks.ts";
import type { ExamplePicture, Inspection } from "../../store/inspection.ts";
import { textIn } from "../../text/text.ts";
import { inspectPage } from "./inspectPage.ts";
import { pictureHtml } from "./inspectPicture.ts";

function inspectionFixture(change: Partial<Inspection> = {}): Inspection {
  return {
    data: "digits",
    model: "mlp",
    inspected: "training part",
    classNames: ["two", "three"],
    settings: {
      folds: 5,
      epochs: 4,
      batchSize: 8,
      learningRate: 0.001,
      seed: 0,
      measuredAfter: [1, 2, 3, 4],
      duplicateCosine: 0.99,
    },
    summary: {
      examples: 1200,
      classes: 2,
      heldOutAccuracy: 0.951,
      labelIssueShare: 0.0025,
      labelIssues: 3,
      judged: 1200,
      evident: true,
      evidence: 25,
      doubtedThoughRight: 0.8,
      withoutErrors: { mean: 0.6, least: 0, most: 2, evidence: 4, draws: 19 },
      estimatedNoise: 0.004,
      estimatedNoiseInterval: { lower: 0, upper: 0.01 },
      noticeableErrors: null,
      outliers: 1,
      exactDuplicateGroups: 0,
      nearDuplicateGroups: 1,
      acrossSplit: 1,
      conflictingLabels: 1,
      imbalance: 2,
      seconds: 3,
    },
    classes: [
      { class: 0, name: "two", examples: 800, share: 2 / 3, recall: 0.96, doubted: 2, suggested: 1 },
      { class: 1, name: "three", examples: 0, share: 0, recall: Number.NaN, doubted: 1, suggested: 2 },
    ],
    labelIssues: [7, 8, 9].map((index) => ({
      index,
      given: 0,
      suggested: 1,
      score: 0.00125,
      givenName: "two",
      suggestedName: "three",
      givenProbability: 0.01,
      suggestedProbability: 0.98,
    })),
    outliers: [{ index: 30, label: 1, robustZ: 7.5, ofFeatures: 7.5, ofInputs: 1 }],
    nearDuplicates: [
      {
        examples: [
          { part: "train", index: 7, label: 0 },
          { part: "validation", index: 7, label: 1 },
        ],
        exact: false,
        leastCosine: 0.9912,
        acrossSplit: true,
        conflictingLabels: true,
      },
    ],
    groups: [{ column: "site", value: "north", examples: 100, doubted: 5 }],
    conflicts: [{ column: "site", values: ["north", "south"], stiffness: -0.1, cosineOfMeans: -0.5, p: 0.001 }],
    examples: { index: [], score: [], loss: [], errorNorm: [], outlier: [], selfInfluence: null },
    findings: [{ kind: "untraced", why: "a remark" }],
    ...change,
  };
}

const grey: ExamplePicture = { kind: "image", width: 2, channels: 1, pixels: Uint8Array.of(0, 255, 128, 64) };
const pictures = new Map<string, ExamplePicture>([
  ["train 7", grey],
  ["train 8", grey],
  ["validation 7", grey],
  ["train 30", grey],
]);
const page = (inspection = inspectionFixture(), language: "en" | "zh" = "en") =>
  inspectPage({ inspection, pictures, where: () => null, command: "batchscope inspect-data --data digits", language });

test("shows every finding with its picture, and counts those without", () => {
  const html = page();
  for (const text of [
    "<h2>Labels to doubt (3)</h2>",
    "<b>two → three</b><br>example 7<br>score 0.00125<br>p given / suggested: 0.0100 / 0.980",
    "<p>and 1 more</p>",
    "<h2>Outliers (1)</h2>",
    "<b>three</b><br>example 30<br>deviations 7.50",
    "<b>cosine 0.9912, in training and validation, different labels</b>",
    "validation example 7: three</figcaption>",
    "5 folds of 4 epochs predicts 95.1 % of the labels that it has not seen",
    "3 labels to doubt (0.3 %); about 1 (0 to 2) would be expected without any error",
    "estimated label noise 0.4 % (0.0 % to 1.0 % by chance of the examples); of the labels to doubt about 1 should be right",
    '<td class="text">north – south</td>',
    "<li>self-influence was not measured: a remark</li>",
    '<pre>batchscope inspect-data <span class="flag">--data</span> digits</pre>',
  ])
    expect(html).toContain(text);
  expect(html.match(/<img src="data:image\/png;base64,/g)).toHaveLength(5);
  expect(html).toMatch(/<td class="text">three<\/td><td>0<\/td><td>0.0 %<\/td><td>–<\/td>/);
});

test("needs no network and runs no script", () => {
  const html = page();
  expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:;");
  expect(html.replace(/src="data:[^"]*"/g, "")).not.toMatch(/(src|href)="|url\(|https?:|<script/);
});

test("is in Chinese where that is asked for, with the same findings", () => {
  const html = page(inspectionFixture(), "zh");
  expect(html).toContain('<html lang="zh">');
  expect(html).toContain("<h2>可疑标签 (3)</h2>");
  expect(html).toContain("同时在训练集和验证集中, 标签不一致");
  expect(html).not.toMatch(/doubt|outlier|duplicate/i);
  expect(Object.keys(textIn("zh").inspection)).toEqual(Object.keys(textIn("en").inspection));
});

const verdicts: [change: Partial<Inspection["summary"]>, english: string, chinese: string][] = [
  [
    { evident: false, labelIssues: 0 },
    "no label to doubt: the models contradict no more labels than hard examples explain; about 1 (0 to 2) would seem doubtful without any error",
    "没有可疑标签：模型与标签的分歧不超出难例所能解释的；若毫无错误，也会有约 1 个（0 至 2）显得可疑",
  ],
  [
    { labelIssues: 0 },
    "no single label to doubt, though not all are right: estimated label noise 0.4 % (0.0 % to 1.0 % by chance of the examples)",
    "没有单个可疑的标签，但并非全部正确：估计标签噪声 0.4 %（因样本的偶然性：0.0 % 至 1.0 %）",
  ],
  [
    { judged: 0, labelIssues: 0, evident: false },
    "no label could be judged: every class has too few examples",
    "没有标签能够判断：每个类别的样本都太少",
  ],
  [
    { labelIssues: 1 },
    "1 label to doubt (0.3 %); about 1 (0 to 2) would be expected without any error",
    "可疑标签 1 个（0.3 %）；若毫无错误，也会有约 1 个（0 至 2）",
  ],
];
test.each(verdicts)("of labels with %o is said what they are", (change, english, chinese) => {
  const summary = { ...inspectionFixture().summary, ...change };
  expect(textIn("en").inspection.summary(inspectionFixture({ summary }))).toContain(english);
  expect(textIn("zh").inspection.summary(inspectionFixture({ summary }))).toContain(chinese);
});

test("every remark is known in Chinese", () => {
  const cells = { start: ["0"], series: ["a"] };
  const findings = remarksOf({
    data: { ...clouds(60), classes: 4, columns: cells },
    model: "net.onnx",
    together: false,
    untraced: "行",
    summary: { examples: 60, judged: 55, heldOutAccuracy: 0.8, estimatedNoise: 0.1 },
  });
  expect(findings).toHaveLength(6);
  for (const found of findings) expect(textIn("zh").inspection.remark(found)).not.toMatch(/[a-z]{3,} [a-z]{2,}/);
  expect(page(inspectionFixture({ findings }), "zh")).toContain("4 个类别中有 1 个在所检查的数据中没有样本");
});

test("what was not found is said", () => {
  const nothing = { labelIssues: [], outliers: [], nearDuplicates: [], groups: [], conflicts: [], findings: [] };
  const html = page(inspectionFixture(nothing));
  expect(html.match(/<p>none<\/p>/g)).toHaveLength(3);
  expect(html).not.toContain("Groups in conflict");
});

test("a script in any text of the user's stays text", () => {
  const evil = `</style><script>alert(1)</script><img src=x onerror='alert("2")'>`;
  const { labelIssues, outliers, classes, groups, conflicts } = inspectionFixture();
  const inspection = inspectionFixture({
    data: evil,
    model: evil,
    classNames: [evil, evil],
    classes: classes.map((one) => ({ ...one, name: evil })),
    labelIssues: labelIssues.map((one) => ({ ...one, givenName: evil, suggestedName: evil, file: evil })),
    outliers: outliers.map((one) => ({ ...one, file: evil })),
    groups: groups.map((one) => ({ ...one, column: evil, value: evil })),
    conflicts: conflicts.map((one) => ({ ...one, column: evil, values: [evil, evil] as const })),
    findings: [{ kind: "untraced", why: evil }],
  });
  const values = { kind: "values", values: [[evil, evil]] } as const;
  const all = new Map([...pictures.keys()].map((key) => [key, values]));
  for (const shown of [pictures, all]) {
    const html = inspectPage({
      inspection,
      pictures: shown,
      where: ({ index }) => `${evil}:${index}`,
      command: evil,
      language: "en",
    });
    expect(html).not.toMatch(/<script|<img src=x|onerror='/);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  }
});

test("series are drawn as one line for each channel, values as a list", () => {
  const svg = pictureHtml(
    {
      kind: "series",
      channels: [
        [0, 1, 2],
        [5, 5, 5],
      ],
    },
    "a <b>",
  );
  expect(svg).toContain('aria-label="a &lt;b&gt;"');
  expect(svg).toContain('points="0.0,54.0 56.0,28.0 112.0,2.0"');
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(pictureHtml({ kind: "values", values: [["age", "7"]] }, "")).toBe(
    '<dl class="values"><dt>age</dt><dd>7</dd></dl>',
  );
  expect(pictureHtml({ kind: "values", values: [["age", "7", -4.25]] }, "")).toBe(
    '<dl class="values"><dt>age</dt><dd><b>7</b> (−4.3)</dd></dl>',
  );
  expect(pictureHtml(undefined, "")).toBe("");
});
