import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { tryHere } from "./cli/inProcess.ts";

/** That each line of the README is one that the program understands is shown by commandLines.test.ts. */

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) =>
  block!.split("\n").flatMap((line) => /^npx batchscope (.*)$/.exec(line)?.[1] ?? []),
);
const dir = mkdtempSync(join(tmpdir(), "batchscope-readme-"));

beforeAll(() => vi.stubEnv("BATCHSCOPE_DIR", dir));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** The words of a line, whose results are written elsewhere. */
function words(line: string): string[] {
  const all = line.split(" ");
  return all.map((word, i) => (all[i - 1] === "--out" ? join(dir, word) : word));
}

const isQuick = (line: string) => line.includes("examples/data/") && !line.startsWith("predict latest");
const [path = [], ...others] = blocks.filter((lines) => lines.length > 0);
const quick = others.flat().filter(isQuick);

test("the path of a newcomer runs as printed, from training to an exported model", async () => {
  expect(path.map((line) => line.split(" ")[0])).toEqual([
    "train",
    "analyze",
    "report",
    "evaluate",
    "predict",
    "export",
  ]);
  for (const line of path) expect([line, await tryHere(...words(line))]).toMatchObject([line, { code: 0, text: "" }]);
  expect(readFileSync(join(dir, "predictions.csv"), "utf8").trim().split("\n")).toHaveLength(16);
  expect(existsSync(join(dir, "model.onnx"))).toBe(true);
});

test("there are others that take no time", () => {
  expect(quick.map((line) => line.split(" ")[0])).toEqual(
    expect.arrayContaining(["train", "analyze", "evaluate", "predict", "gradients"]),
  );
});

test.each(quick)("%s", async (line) => {
  const given = line.startsWith("train") ? [...words(line), "--dry-run"] : words(line);
  expect(await tryHere(...given)).toMatchObject({ code: 0, text: "" });
});

test("what a command reads is in the repository, and is small", () => {
  const named = [...readme.matchAll(/examples\/data\/[\w./-]*\w/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const files = readdirSync(join(root, "examples/data"), { recursive: true, encoding: "utf8" });
  const bytes = files.map((file) => statSync(join(root, "examples/data", file))).filter((one) => one.isFile());
  expect(bytes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(300_000);
});
