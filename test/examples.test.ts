import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const numbers = (text: string, before: string) =>
  [...text.matchAll(new RegExp(`${before} ?([\\d.]+)`, "g"))].map((match) => Number(match[1]));

/** What each example must show, of what it prints. */
const shows: Readonly<Record<string, (printed: string) => void>> = {
  train(printed) {
    const losses = numbers(printed, "validation loss");
    expect(losses).toHaveLength(10);
    expect(Math.min(...losses)).toBeLessThan(0.2);
  },
  arrays(printed) {
    expect(numbers(printed, "epoch \\d+:").at(-1)).toBeGreaterThan(90);
  },
  runAndReport(printed) {
    expect(printed).toMatch(/^finished: .*\nnoise scale at least [\d.]+ examples\n/);
    expect(numbers(printed, "accuracy")[0]).toBeGreaterThan(80);
    expect(printed).toMatch(/predicted same, other\nreport: .*report-zh\.html\n$/);
  },
  compare(printed) {
    expect(numbers(printed, "fast − slow: -")[0]).toBeGreaterThan(0.05);
    expect(printed).toContain("(paired)");
    expect(printed).toMatch(/best of 2 trainings: learning-rate=0.1\n$/);
  },
  gradientMatrix(printed) {
    const [lower] = numbers(printed, "interval");
    const [upper] = numbers(printed, "to");
    expect(lower).toBeLessThan(20);
    expect(upper).toBeGreaterThan(20);
  },
  ownDataset(printed) {
    expect(numbers(printed, "epoch \\d+:").at(-1)).toBeGreaterThan(95);
  },
  ownOptimizer(printed) {
    const losses = numbers(printed, "validation loss");
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses.at(-1)).toBeLessThan(0.3);
  },
  ownStatistic(printed) {
    const [diversity] = numbers(printed, "before training:");
    expect(diversity).toBeGreaterThan(1);
    expect(diversity).toBeLessThan(12);
  },
};

const examples = readdirSync(join(root, "examples"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.replace(".ts", ""));

describe("examples/", () => {
  test("each is shown to work here", () => {
    expect(examples.sort()).toEqual(Object.keys(shows).sort());
  });

  test.each(examples)("%s", (name) => {
    const path = join("examples", `${name}.ts`);
    const printed = execFileSync(process.execPath, ["--conditions=batchscope-checkout", path], { cwd: root });
    shows[name]!(printed.toString());
  });
});

const printed = ["README.md", "docs/library.md"].flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code], i) => ({
    place: `${page}, block ${i + 1}`,
    code: code!,
  })),
);

describe("the TypeScript of the pages", () => {
  // Inside the project, where its own name leads to it.
  const folder = mkdtempSync(join(root, ".snippets-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is there", () => expect(printed.length).toBeGreaterThan(3));

  test("compiles", () => {
    for (const [i, { code }] of printed.entries()) writeFileSync(join(folder, `${i}.ts`), code);
    const settings = {
      extends: "../tsconfig.json",
      include: ["*.ts", "../src/report/echarts.d.ts"],
      compilerOptions: { noUnusedLocals: false },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const run = () => execFileSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
    expect(messageOf(run)).toBe("");
  });

  test.each(printed)("runs as printed, and says something: $place", ({ place, code }) => {
    const program = join(folder, `${place.replace(/\W+/g, "-")}.ts`);
    writeFileSync(program, code);
    // Where it writes, nothing else is.
    const empty = mkdtempSync(join(tmpdir(), "batchscope-printed-"));
    try {
      const said = execFileSync(process.execPath, ["--conditions=batchscope-checkout", program], { cwd: empty });
      expect(said.toString()).not.toBe("");
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});

/** What the compiler complains of. */
function messageOf(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
