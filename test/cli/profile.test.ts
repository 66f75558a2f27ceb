import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { batchscope, scratch, start } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

const given = ["profile", "--model", "linear", "--data", "iris"];
const run = (...flags: readonly string[]) => batchscope([...given, ...flags], { cwd: scene });

test("profile measures each size, cuts those beyond the data, and writes page, figure and tables", async () => {
  const folder = join(scene, "temporary");
  mkdirSync(folder);
  const flags = ["--batch-sizes", "10,50,512", "--rounds", "2", "--out", "made", "--json", "--lang", "zh"];
  const { code, stdout, stderr } = await batchscope([...given, ...flags], { cwd: scene, env: { TMPDIR: folder } });
  expect([code, stderr]).toEqual([
    0,
    // The last line stands where the machine has no Chinese font.
    expect.stringMatching(/略去批次大小 512：一轮只有 120 个样本\n(.*\n)+计时 4\/4\n(没有找到中文字体.*\n)?$/),
  ]);
  const found = JSON.parse(stdout);
  expect(found.batchSizes.map(({ batchSize }: { batchSize: number }) => batchSize)).toEqual([10, 50]);
  for (const size of found.batchSizes) {
    expect(size.peakMemoryBytes).toBeGreaterThan(2 ** 25);
    expect(size.secondsPerEpoch).toBeCloseTo((120 / size.batchSize) * size.secondsPerUpdate, 9);
    expect(size.examplesPerSecond).toBeCloseTo(size.batchSize / size.secondsPerUpdate, 3);
    expect(size.secondsPerUpdateLower).toBeLessThanOrEqual(size.secondsPerUpdate);
    expect(size.secondsPerUpdateUpper).toBeGreaterThanOrEqual(size.secondsPerUpdate);
  }
  expect(found).toMatchObject({ schemaVersion: 1, rounds: 2, examples: 120, answer: [{ kind: "batchSizeProfiled" }] });
  expect(found.costModel).toBeNull();
  expect(found.findings[0]).toEqual({ kind: "beyondData", batchSizes: [512], examples: 120 });
  expect(found.notes[0]).toBe("batch size 512 left out: an epoch has 120 examples");
  expect(readFileSync(join(scene, "made/report.html"), "utf8")).toContain('<html lang="zh');
  expect(readFileSync(join(scene, "made/batch_sizes.csv"), "utf8").split("\r\n")).toHaveLength(4);
  expect(JSON.parse(readFileSync(join(scene, "made/profile.json"), "utf8")).batchSizes).toEqual(found.batchSizes);
  const made = readdirSync(join(scene, "made")).map((name) => join("made", name));
  expect(found.files.toSorted()).toEqual(made.toSorted());
  expect([existsSync(join(scene, "batchscope")), readdirSync(folder)]).toEqual([false, []]);
});

test("profile --dry-run says what would be measured, and about how long it would take", async () => {
  const { code, stdout } = await run("--batch-sizes", "4,8", "--dry-run", "--json");
  const { processes, seconds, batchSizes } = JSON.parse(stdout);
  expect([code, batchSizes, processes, seconds > 0]).toEqual([0, [4, 8], 2 + 4 * 4, true]);
});

test.concurrent.each<[string[], RegExp]>([
  [["--batch-sizes", "8,4"], /^batchscope: error: --batch-sizes: expected whole numbers of at least 1, each larger/],
  [["--batch-sizes", "1000"], /^batchscope: error: --batch-sizes: expected a size of at most the 120 examples/],
  [["--rounds", "1"], /^batchscope: error: --rounds: expected a whole number of at least 2, got "1"/],
  [["--memory-limit", "lots"], /^batchscope: error: --memory-limit: expected bytes/],
  [["--batch-size", "4"], /unknown option '--batch-size'/],
  [["--batch-sizes", "1,2,…"], /^batchscope: error: --batch-sizes: expected two sizes before … and a larger one/],
  [["--batch-sizes", "NaN"], /^batchscope: error: --batch-sizes: expected whole numbers/],
])("profile refuses %s in one line before anything is started", async (flags, words) => {
  const { code, stdout, stderr } = await run(...flags);
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(words)]);
});

test.skipIf(process.platform !== "linux")("profile finds out first that a place takes no folder", async () => {
  const { code, stdout, stderr } = await run("--batch-sizes", "4", "--out", "/proc/profile");
  expect([code, stdout, stderr.trim().split("\n").length]).toEqual([1, "", 1]);
  expect(stderr).toContain("--out: expected a place that can be written, got /proc/profile");
});

test("profile says why nothing could be measured", async () => {
  const { code, stdout, stderr } = await run("--batch-sizes", "4,8", "--memory-limit", "20MiB");
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /error: profile: expected a batch size that can be measured, got none that fits into memory; /,
  );
});

test("profile stops in order, and keeps nothing", async () => {
  const { child, said, ended } = start([...given, "--batch-sizes", "4,8", "--out", "stopped"], { cwd: scene });
  await said("memory of batch 4");
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect([code, existsSync(join(scene, "stopped"))]).toEqual([130, false]);
  expect(stderr).toContain("stopping this trial; nothing is kept");
});
