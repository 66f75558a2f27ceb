import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeNpz } from "../../src/data/files/npz.ts";
import type { Inspection } from "../../src/store/inspection.ts";
import { random } from "../../src/tensor/random.ts";
import { fromNumbers } from "../../src/tensor/tensor.ts";
import { batchscope, scratch, writeImages } from "./harness.ts";

const scene = scratch();
const run = (line: string) => batchscope(["inspect-data", ...line.split(" ")], { cwd: scene });
const wrong = [11, 50, 77, 120, 199];

beforeAll(() => {
  const { normal } = random(2);
  const truth = Array.from({ length: 240 }, (_, i) => i % 3);
  const rows = truth.map((label) => Array.from({ length: 6 }, (_, d) => (d % 3 === label ? 4 : 0) + normal()));
  rows[30] = rows[6]!;
  const labels = truth.map((label, i) => (wrong.includes(i) ? (label + 1) % 3 : label));
  const x = fromNumbers("float32", [240, 6], rows.flat());
  writeFileSync(
    join(scene, "noisy.npz"),
    encodeNpz(
      new Map([
        ["x", x],
        ["y", fromNumbers("int64", [240], labels)],
      ]),
    ),
  );
  const head = "a,b,c,d,e,f,site,label";
  const lines = rows.map((row, i) => [...row, i % 2 ? "north" : "south", `kind ${labels[i]}`].join(","));
  writeFileSync(join(scene, "noisy.csv"), `${[head, ...lines].join("\n")}\n`);
  writeImages(join(scene, "images"), 1);
});
afterAll(() => rmSync(scene, { recursive: true }));

describe("inspect-data", () => {
  test.concurrent.each(["noisy.npz", "noisy.csv"])(
    "%s: indices are rows of the file, and wrong labels have the lowest scores",
    async (file) => {
      const { code, stdout, stderr } = await run(`--data ${file} --epochs 20 --json`);
      expect(code, stderr).toBe(0);
      const inspection = JSON.parse(stdout) as Inspection;
      const { index: rows, score: scores } = inspection.examples;
      const lowest = [...rows].sort((a, b) => scores[rows.indexOf(a)]! - scores[rows.indexOf(b)]!).slice(0, 5);
      expect(lowest.sort((a, b) => a - b)).toEqual(wrong);
      const named = inspection.labelIssues.filter(({ index }) => wrong.includes(index));
      // Confident learning names the confident ones, a few too few rather than too many.
      expect(named.length).toBeGreaterThanOrEqual(3);
      expect(inspection.labelIssues.slice(0, named.length)).toEqual(named);
      expect(inspection.labelIssues.length).toBeLessThanOrEqual(5);
      for (const { index, given, suggested, givenName, suggestedName, score } of named) {
        expect([given, suggested]).toEqual([(index + 1) % 3, index % 3]);
        expect([givenName, suggestedName]).toEqual(
          [given, suggested].map((c) => (file.endsWith("csv") ? `kind ${c}` : String(c))),
        );
        expect(score).toBeLessThan(0.2);
      }
      expect(inspection.summary).toMatchObject({ examples: 240, classes: 3, exactDuplicateGroups: 1 });
      expect(inspection.nearDuplicates[0]!.examples.map(({ index }) => index)).toEqual([6, 30]);
      expect(inspection.examples.score).toHaveLength(240);
      const sites = inspection.groups.map(({ column, value }) => `${column} ${value}`).sort();
      expect(sites).toEqual(file.endsWith("csv") ? ["site north", "site south"] : []);
      expect(stderr).toContain("training 5 times mlp, 20 epochs of batches of 8, on 4/5 of 240 examples");
    },
  );

  test.concurrent("images in two parts, a report in Chinese, a limit and a seed", async () => {
    const line =
      "--data images --model lenet --folds 2 --epochs 1 --limit-examples 50 --seed 3 --lang zh --out report.html";
    const { code, stdout, stderr } = await run(line);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("50 个样本（训练集），3 个类别");
    expect(stderr).toContain("报告：report.html");
    const html = readFileSync(join(scene, "report.html"), "utf8");
    expect(html).toContain('<html lang="zh">');
    expect(html).toContain("batchscope inspect-data");
  });

  test.concurrent("columns line up on the terminal", async () => {
    const { stdout } = await run("--data noisy.csv --epochs 20");
    const lines = stdout.split("\n");
    const at = lines.indexOf("Labels to doubt");
    const rows = lines.slice(at + 1, lines.indexOf("", at));
    expect(rows.length).toBeGreaterThan(3);
    expect(new Set(rows.map((line) => line.length)).size).toBe(1);
    expect(lines[at + 1]).toMatch(/^ {2}file:line +given +suggested +score +p given \/ suggested$/);
    expect(stdout).toContain("training noisy.csv:8 (kind 0), training noisy.csv:32 (kind 0): equal");
  });

  const refusals: [line: string, code: number, message: RegExp][] = [
    ["--data noisy.csv --target a", 2, /^inspect-data: expected data with one class for each example/],
    ["--data iris --folds 1", 2, /^--folds: expected a whole number of at least 2, got "1"; change it$/],
    [
      "--data iris --folds 90",
      2,
      /^--folds: expected a whole number from 2 to \d+ for \d+ different examples, got 90;/,
    ],
    ["--data iris --out report.pdf", 2, /^--out: expected a file that ends in \.html, got "report\.pdf"; rename it/],
    ["--data iris --model lenet", 2, /^lenet: expected images \[channels, height, width\]/],
    ["--data iris --lang fr", 2, /lang.*fr.*Allowed choices are en, zh/],
  ];
  test.concurrent.each(refusals)("%s is refused", async (line, code, message) => {
    const outcome = await run(line);
    const last = outcome.stderr.trim().split("\n").at(-1)!.replace("batchscope: error: ", "");
    expect(last).toMatch(message);
    expect(outcome.code).toBe(code);
    expect(outcome.stdout).toBe("");
  });
});

const page = readFileSync(new URL("../../docs/inspect-data.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.trim().split("\n"));

test.concurrent.each(commands)("docs/inspect-data.md: %s", async (command) => {
  const { code, stderr } = await batchscope(command.split(" ").slice(1), { cwd: scene });
  expect(code, stderr).toBe(0);
});
