import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import {
  analysisFixture,
  epochFixture,
  runFixture,
  stepFixture,
  summaryFixture,
} from "../../../test/fixtures/analysis.ts";
import { evaluationFixture, groupsFixture, layersFixture, picturedStatistics } from "../../../test/fixtures/figures.ts";
import type { NoiseScale } from "../../statistics/types.ts";
import type { EvaluationRecord } from "../../store/schema.ts";
import { textIn } from "../../text/text.ts";
import type { ReportInput } from "./html.ts";
import { htmlReport, staticReport } from "./html.ts";
import type { PageData } from "./page.ts";

const input = (other: Partial<ReportInput> = {}): ReportInput => ({
  run: runFixture(),
  analysis: analysisFixture(),
  records: {
    steps: stepFixture().slice(0, 100),
    epochs: epochFixture().slice(0, 3),
    evaluations: [],
    accumulations: [],
    effectiveBatchSize: 32,
  },
  summary: summaryFixture(),
  config: {
    model: "mlp",
    data: "mnist",
    optimizer: "sgd",
    learningRate: 0.05,
    microBatch: 16,
    accumulation: 2,
    effectiveBatchSize: 32,
    seed: 7,
    commands: ["batchscope train --model mlp --data mnist"],
  },
  definitions: [],
  answer: [],
  reading: { shown: [], quiet: [], all: ["The noise scale is 42 examples."] },
  ...other,
});

const scripts = (html: string) => [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);
const island = (html: string) => JSON.parse(/id="data">([\s\S]*?)<\/script>/.exec(html)![1]!) as PageData;

test("says what was trained and what came out", () => {
  const html = htmlReport(input());
  for (const text of ["16 × 2 = 32 examples", "94.0 % (epoch 30)", "1 min 33 s", "The noise scale is 42 examples."])
    expect(html).toContain(text);
  expect(html).toContain("<td>≥ 2,360</td>");
  expect(html).toContain(
    '<pre>batchscope train <span class="flag">--model</span> mlp <span class="flag">--data</span> mnist</pre>',
  );
});

const answer = [
  { kind: "noiseUnmeasured", run: "r<1>" },
  { kind: "diverged", step: 34, learningRate: 100 },
  { kind: "stoppedEarly", evaluations: 5, best: null },
  { kind: "dataUnexamined", run: "r" },
] as const;

test("the answers are three cards above the first figure, with commands as code, and all sentences are folded", () => {
  const reading = { shown: ["Look here."], quiet: ["mean cosine"], all: ["Look here.", "Nothing unusual."] };
  const html = htmlReport(input({ answer, reading }));
  expect(html.match(/<div class="card"><h2>[^<]*/g)).toEqual(
    ["Batch", "Training", "Data"].map((title) => `<div class="card"><h2>${title}`),
  );
  expect(html).toContain("<code>batchscope analyze r&lt;1&gt;</code>");
  expect(html).toMatch(/diverged at step 34.*<\/p><p>stopped early after 5 evaluations/);
  expect(html.indexOf('class="card"')).toBeLessThan(html.indexOf('class="chart"'));
  expect(html).toContain("1 check found nothing unusual: mean cosine.");
  const folded = /<details><summary>All 2 findings<\/summary>([\s\S]*?)<\/details>/.exec(html)![1];
  expect(folded).toContain("Nothing unusual.");
});

test("of two noise scales each has its name, and a sentence tells them apart", () => {
  const analyzed = { value: 300, lower: 200, upper: 400, level: 0.95, resolved: true, unit: "examples" } as const;
  const analysis = analysisFixture();
  const [checkpoint] = analysis.checkpoints;
  const statistics = { ...checkpoint!.statistics, noiseScale: analyzed };
  const page = (training: Partial<NoiseScale>) =>
    htmlReport(
      input({
        summary: { ...summaryFixture(), noiseScale: { ...analyzed, ...training } },
        analysis: { ...analysis, checkpoints: [{ ...checkpoint!, statistics }] },
      }),
    );
  const near = page({ value: 350, lower: 250, upper: 450 });
  expect(near).toMatch(/<dt>Noise scale<\/dt><dd>[^<]*\(epoch \d+\)/);
  expect(near).toContain("<dt>Noise scale while training</dt>");
  expect(near).toContain("weights that stand still");
  expect(near).not.toMatch(/a factor of|does not contradict/);
  expect(page({ value: 11.5, lower: 8, upper: 20 })).toContain(
    "Here the two are a factor of 26.1 apart, as the gradient has",
  );
  const open = { value: 9, upper: Number.POSITIVE_INFINITY, resolved: false };
  expect(page({ ...open, lower: 16 })).toContain("A limit (≥) does not contradict the other.");
  expect(page({ ...open, lower: 900 })).toContain("a factor of 3.00 apart");
  expect(htmlReport(input({ analysis: null }))).not.toContain("weights that stand still");
});

test("the numbers of checkpoints follow their figures, folded where they are many", () => {
  const analysis = analysisFixture();
  const few = htmlReport(input());
  expect(few.indexOf('id="phase"')).toBeLessThan(few.indexOf("<th scope"));
  expect(few).not.toContain("Numbers of");
  const checkpoints = Array.from({ length: 13 }, (_, i) => ({ ...analysis.checkpoints[0]!, epoch: i, step: i }));
  const many = htmlReport(input({ analysis: { ...analysis, checkpoints } }));
  expect(many).toMatch(/<details><summary>Numbers of 13 checkpoints<\/summary>\n<div class="scroll"/);
});

test("the policy allows exactly the two scripts of the page, by hash, and no network", () => {
  const html = htmlReport(input());
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  const hashes = scripts(html).map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  expect(hashes).toHaveLength(2);
  expect(policy).toContain(`script-src ${hashes.join(" ")};`);
  expect(policy).toContain("default-src 'none'");
  expect(html.replace(scripts(html)[0]!, "").match(/(src|href)="|url\(|https?:/)).toBeNull();
});

test("a script in any text of the user's stays text", () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror='alert("2")'>`;
  const analysis = { ...analysisFixture(), name: evil, model: evil, mode: evil };
  const config = { ...input().config, model: evil, data: evil, optimizer: evil, commands: [evil] };
  const run = {
    ...runFixture(),
    id: evil,
    name: evil,
    description: evil,
    host: evil,
    exitReason: evil,
    startedAt: evil,
  };
  const html = htmlReport(input({ analysis, config, run, reading: { shown: [evil], quiet: [evil], all: [evil] } }));
  expect(scripts(html)).toHaveLength(2);
  const own = html.replace(scripts(html)[0]!, ""); // without ECharts, which has tags of its own in strings
  expect(own.match(/<script>alert|<img/g)).toBeNull();
  expect(html.match(/<\/script>/g)).toHaveLength(3);
  expect(island(html).charts.noise!.title).toContain(evil);
});

test("the curves of training can be looked into, over the same steps in every panel", () => {
  const { zoom, charts } = island(htmlReport(input()));
  expect(charts).toHaveProperty(zoom.figure);
  expect(zoom.option).toMatchObject({ dataZoom: [{ xAxisIndex: "all" }] });
  expect(charts[zoom.figure]!.option).not.toHaveProperty("toolbox");
});

test("terms are explained where there is an analysis", () => {
  expect(htmlReport(input())).toContain("Terms and caveats");
  expect(htmlReport(input({ analysis: null }))).not.toContain("Terms and caveats");
});

test("the island holds every checkpoint's charts and readable cosines", () => {
  const data = island(htmlReport(input()));
  expect(Object.keys(data.charts)).toEqual(["training", "noise", "phase"]);
  expect(data.slots).toEqual(["similarities", "directions"]);
  expect(data.checkpoints.map(({ charts }) => charts.similarities!.title)).toHaveLength(6);
  expect(data.checkpoints[3]!.cosine![17]![3]).toBeNull();
  expect(data.checkpoints[0]!.cosine![2]![3]).toBe(
    Number(analysisFixture().checkpoints[0]!.statistics.cosine[2]![3]!.toFixed(3)),
  );
});

const recordsOf = (evaluations: EvaluationRecord[]) => {
  return { steps: [], epochs: [], evaluations, accumulations: [], effectiveBatchSize: 32 };
};

test.each<[string, Partial<ReportInput>, string]>([
  ["analysis", { analysis: null }, "No checkpoint of this run has been analyzed yet"],
  [
    "checkpoints",
    { analysis: { ...analysisFixture(), checkpoints: [] } },
    "No checkpoint of this run has been analyzed yet",
  ],
  ["summary", { summary: null }, "the run wrote no summary"],
  ["metrics", { records: recordsOf([]) }, "No picture: the run recorded no finite loss"],
])("missing %s are said, not left out", (_, other, text) => {
  expect(htmlReport(input(other))).toContain(text);
});

test("a run that ended before its first epoch has a best evaluation, by its step", () => {
  const at = (step: number, validationAccuracy: number): EvaluationRecord => {
    return { ...epochFixture()[0]!, kind: "evaluation", step, validationLoss: 1 / step, validationAccuracy };
  };
  const summary = { ...summaryFixture(), epochs: 0, best: null, last: null };
  const html = htmlReport(input({ summary, records: recordsOf([at(100, 0.8), at(200, 0.9)]) }));
  expect(html).toMatch(/Best validation accuracy<\/dt><dd>90\.0 % \(step 200\)/);
});

test("scores of classes are a table with a confusion matrix", () => {
  const html = htmlReport(input({ summary: { ...summaryFixture(), evaluation: evaluationFixture() } }));
  expect(html).toMatch(/<tr><td>pullover<\/td><td>57\.1 %<\/td><td>40\.0 %<\/td>/);
  expect(Object.keys(island(html).charts)).toContain("confusion");
});

test("errors of numbers say their unit", () => {
  const regression = { count: 9, rmse: 0.5, mae: 0.25, rSquared: 0.75, rSquaredByOutput: [0.75] };
  const evaluation = { schemaVersion: 1, epoch: 1, step: 1, classNames: [], regression };
  const html = htmlReport(input({ summary: { ...summaryFixture(), evaluation } }));
  expect(html).toMatch(/<dt>RMSE<\/dt><dd>0\.500<\/dd>[\s\S]*in the target's own unit/);
});

const everything = (): Partial<ReportInput> => {
  const [checkpoint] = analysisFixture().checkpoints;
  const whole = { ...checkpoint!, statistics: picturedStatistics(), layers: layersFixture(), groups: groupsFixture() };
  return { analysis: { ...analysisFixture(), checkpoints: [whole] } };
};

test("without a script every figure is a picture for light and for dark, and nothing may run", () => {
  const html = staticReport(input(everything()));
  expect(html).not.toContain("<script");
  expect(html).not.toContain("script-src");
  expect(html.match(/<picture>/g)).toHaveLength(3 + 6);
  expect(html.match(/data:image\/svg\+xml;base64,/g)).toHaveLength(2 * 9);
});

test("in Chinese no English sentence is left on the page", () => {
  const text = textIn("zh");
  const html = staticReport(input({ ...everything(), text, answer, reading: { shown: [], quiet: [], all: [] } }));
  expect(html).toContain('<html lang="zh-Hans">');
  const words = html.replace(/<style>[\s\S]*?<\/style>|<pre>[\s\S]*?<\/pre>/g, "").replace(/<[^>]*>/g, "\n");
  // A note of the picture is stored in English, and layers have the names that they have.
  const kept = [picturedStatistics().embedding.note!, ...layersFixture().map(({ name }) => name)];
  const english = words.split("\n").filter((line) => /[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(line));
  expect(english.filter((line) => !kept.some((own) => line.includes(own)))).toEqual([]);
});
