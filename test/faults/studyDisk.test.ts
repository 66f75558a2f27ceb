import { existsSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { readMetrics } from "../../src/store/metricsReader.ts";
import { batchscope, message, scratch } from "../cli/harness.ts";
import { type Disk, makeDisk, whyNoDisk } from "./disk.ts";

/**
 * A disk that fills up while a study is trained, or while its page, figures and tables are written: one line, and with
 * room the same command comes to what it comes to where there always was room.
 */
const folder = scratch();
const reason = whyNoDisk(folder);
let disk: Disk | undefined;
afterEach(() => disk?.remove());
afterAll(() => rmSync(folder, { recursive: true }));

const subject = ["--model", "linear", "--data", "iris", "--epochs", "1", "--study", "s"];
const measured = ["--metric", "validation-loss", "--minimum-effect", "0.02", "--most-seeds", "6"];
const studies: Readonly<Record<string, { readonly argv: readonly string[]; readonly codes: readonly number[] }>> = {
  compare: { argv: ["compare", "--batch-size", "4,8", "--seeds", "2", ...subject], codes: [0] },
  sweep: { argv: ["sweep", "--grid", "learning-rate=1e-3,1e-1", "--seeds", "2", ...subject], codes: [0] },
  judge: {
    argv: ["judge", "learning-rate=0.1", "learning-rate=0.001", ...measured, "--confirmation-share", "0", ...subject],
    codes: [0, 12],
  },
};

/** What each trial came to. */
function trialsIn(store: string): Map<string, unknown> {
  const lines = readFileSync(join(store, "studies", "s", "trials.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  const done = lines.map((line) => JSON.parse(line)).filter(({ state }) => state === "done");
  const losses = (run: string) =>
    readMetrics({ path: join(store, "runs", run) }).map((record) => [record.kind, "loss" in record && record.loss]);
  return new Map(done.map(({ trial, run }) => [trial, losses(run)]));
}

describe.skipIf(reason !== null)("a study", () => {
  test.each(Object.entries(studies))("%s", async (_, { argv, codes }) => {
    disk = makeDisk(join(folder, "disk"), { bytes: 2 ** 28 });
    const store = join(disk.path, "store");
    const run = () => batchscope([...argv, "--jobs", "2", "--dir", store], { cwd: folder });
    const used = () => {
      const { bsize, blocks, bfree } = statfsSync(disk!.path);
      return bsize * (blocks - bfree);
    };
    expect(codes).toContain((await run()).code);
    const whole = trialsIn(store);
    const needed = used();

    // Where it writes what it came to.
    const path = join(store, "studies", "s");
    for (const name of ["plots", "tables", "report.html"]) rmSync(join(path, name), { recursive: true });
    disk.resize({ bytes: used() + 8192 });
    const unwritten = await run();
    expect([unwritten.code, message(unwritten)]).toEqual([
      1,
      `${path}: expected room for the study's files, got a full disk (all trials that have ended are safe); make room and give the same command again`,
    ]);
    const left = readdirSync(path, { recursive: true, encoding: "utf8" });
    expect(left.filter((name) => /report|\.png|tmp/.test(name))).toEqual([]);
    disk.resize({ bytes: 2 ** 28 });
    expect(codes).toContain((await run()).code);
    expect(existsSync(join(path, "report.html"))).toBe(true);
    expect(trialsIn(store)).toEqual(whole);

    // And where it trains.
    rmSync(store, { recursive: true });
    disk.resize({ bytes: 4096 * Math.round(needed / 3 / 4096) });
    const full = await run();
    expect([full.code, message(full)]).toEqual([1, expect.stringMatching(/full disk|ENOSPC/)]);
    disk.resize({ bytes: 2 ** 28 });
    const end = await run();
    expect(codes, end.stderr).toContain(end.code);
    expect(trialsIn(store)).toEqual(whole);
  });
});
