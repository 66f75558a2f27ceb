import { readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkpointBytes, runOptions, scratchStore } from "../../../test/scratchStore.ts";
import { saveCheckpoint } from "../../store/checkpoints.ts";
import { createRun } from "../../store/create.ts";
import { UsageError } from "../../tensor/errors.ts";
import { runAnalyze } from "./analyze.ts";
import { runExport } from "./export.ts";
import { runsCollect, runsRemove, runsRestore, trashList } from "./removeRuns.ts";
import { runReport } from "./report.ts";
import { runResume } from "./resume.ts";
import { runsShow } from "./runs.ts";

const store = scratchStore();
const texts = { stdout: "", stderr: "" };

beforeEach(() => {
  for (const name of ["stdout", "stderr"] as const) {
    texts[name] = "";
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

function make() {
  const run = createRun(store.directory, runOptions);
  run.saveCheckpoint({ epoch: 1, step: 2, bytes: checkpointBytes(2), best: true });
  run.saveCheckpoint({ epoch: 2, step: 4, bytes: checkpointBytes(4) });
  run.saveCheckpoint({ epoch: 3, step: 6, bytes: checkpointBytes(6) });
  run.finish("finished", null);
  return run;
}

const commands: Readonly<Record<string, (reference: string, dir: string) => unknown>> = {
  "runs rm": (reference, dir) => runsRemove([reference], { dir, yes: true }),
  "runs show": (reference, dir) => runsShow(reference, { dir }),
  "runs gc": (reference, dir) => runsCollect([reference], { dir }),
  "runs restore": (reference, dir) => runsRestore([reference], { dir }),
  report: (reference, dir) => runReport(reference, { dir }),
  analyze: (reference, dir) => runAnalyze(reference, { dir, seed: "0", products: "auto" } as never),
  export: (reference, dir) => runExport(reference, { dir, format: "csv" }),
  "train --resume": (reference, dir) => runResume({ resume: reference, dir }),
};

describe.each(Object.entries(commands))("%s", (name, command) => {
  test.each(["", " ", "\t"])(
    "of a run called %j is a mistake, and never means the current folder",
    async (reference) => {
      const run = make();
      const before = process.cwd();
      process.chdir(run.path);
      try {
        await expect((async () => command(reference, store.directory))()).rejects.toThrow(UsageError);
        await expect((async () => command(".", ""))()).rejects.toThrow(/^--dir: expected a folder, got ""/);
      } finally {
        process.chdir(before);
      }
      expect(readdirSync(join(store.directory, "runs"))).toEqual([run.id]);
    },
  );

  test("of a record of another shape names it, and does nothing", async () => {
    if (name === "runs restore") return;
    const run = make();
    writeFileSync(join(run.path, "run.json"), '{"name":"another tool"}');
    const before = readdirSync(store.directory, { recursive: true });
    await expect((async () => command(run.id, store.directory))()).rejects.toThrow(
      `${join(run.path, "run.json")}: expected number in "schemaVersion", got nothing`,
    );
    expect(readdirSync(store.directory, { recursive: true })).toEqual(before);
  });
});

describe("runs gc", () => {
  const checkpoints = (run: { path: string }) =>
    readdirSync(join(run.path, "checkpoints")).filter((name) => name.startsWith("epoch"));

  test.each([
    ["checkpoints/best.json", "{}"],
    ["checkpoints/last.json", "null"],
    ["environment.json", "{}"],
    ["summary.json", "[]"],
    ["config.yaml", "keepCheckpoints: -5"],
  ])("removes nothing of a run whose %s is %s, and says so in a line", (file, text) => {
    const [run, other] = [make(), make()];
    writeFileSync(join(run.path, file), text);
    runsCollect([], { dir: store.directory, keepCheckpoints: "1" });
    expect(checkpoints(run)).toHaveLength(3);
    expect(checkpoints(other)).toEqual(["epoch=001-step=0000002.safetensors", "epoch=003-step=0000006.safetensors"]);
    expect(texts.stderr).toMatch(new RegExp(`^left as it is: ${join(run.path, file)}: expected [^\n]*\n$`));
  });

  test("removes nothing where a link leads", () => {
    const run = make();
    const elsewhere = join(store.directory, "elsewhere");
    renameSync(join(run.path, "checkpoints"), elsewhere);
    symlinkSync(elsewhere, join(run.path, "checkpoints"));
    runsCollect([], { dir: store.directory, keepCheckpoints: "1" });
    expect(checkpoints(run)).toHaveLength(3);
    expect(texts.stderr).toBe(`checkpoints left as they are: those of ${run.id} lie where a link leads\n`);
  });

  test("leaves the newest checkpoint, which a killed process had no time to name", () => {
    const run = make();
    saveCheckpoint(run, { epoch: 3, step: 8, bytes: checkpointBytes(8), metrics: 0, passing: true });
    runsCollect([], { dir: store.directory, keepCheckpoints: "1" });
    expect(checkpoints(run)).toContain("epoch=003-step=0000008.safetensors");
  });

  test("empties the trash after 30 days, or those that are asked for", async () => {
    const dir = store.directory;
    const run = make();
    await runsRemove([run.id, run.path], { dir, yes: true });
    expect(texts.stdout).toMatch(
      new RegExp(
        `^removed ${run.id}: .*, in the trash until .*\nbring back with: batchscope runs restore ${run.id}\n$`,
      ),
    );
    texts.stdout = "";
    trashList({ dir });
    expect(texts.stdout).toBe(`${run.id}  removed 2026-11-21T20:59:01.250Z\n`);
    runsCollect([], { dir });
    runsRestore([run.id], { dir });
    await runsRemove([run.id], { dir, yes: true });
    texts.stdout = "";
    runsCollect([], { dir, trashDays: "0" });
    expect(texts.stdout).toMatch(/^trash: 1 run, .*\nfreed .* in 0 runs\n$/);
    expect(() => runsRestore([run.id], { dir })).toThrow(
      /expected the run ".*", got nothing; see batchscope runs --trash$/,
    );
    expect(() => runsCollect([], { dir, trashDays: "-1" })).toThrow(UsageError);
  });
});
