import { cpSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkpointBytes, runOptions, scratchStore } from "../../../test/scratchStore.ts";
import { saveCheckpoint } from "../../store/checkpoints.ts";
import { createRun } from "../../store/create.ts";
import { UsageError } from "../../tensor/errors.ts";
import { runAnalyze } from "./analyze.ts";
import { runExport } from "./export.ts";
import { runsList } from "./listRuns.ts";
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

const remove = (run: { path: string }, file: string) => rmSync(join(run.path, file), { recursive: true });

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
        await expect((async () => command(".", ""))()).rejects.toThrow(/^`dir`: expected a folder, got ""/);
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
    // What else shows that the folder is a run, which may be removed however damaged it is.
    if (name === "runs rm") for (const file of ["command.txt", "environment.json", "checkpoints"]) remove(run, file);
    const before = readdirSync(store.directory, { recursive: true });
    await expect((async () => command(run.id, store.directory))()).rejects.toThrow(
      `${join(run.path, "run.json")}: expected a number in "schemaVersion", got nothing`,
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
      /expected the run ".*", got nothing; see `batchscope runs --trash`$/,
    );
    expect(() => runsCollect([], { dir, trashDays: "-1" })).toThrow(UsageError);
  });
});

test.each([
  ["run.json", "{", "expected a JSON object"],
  ["run.json", '{"name":"another tool"}', 'expected a number in "schemaVersion", got nothing'],
  ["config.yaml", "a: [1", "expected YAML"],
  ["summary.json", "[]", "expected a JSON object"],
])("runs rm of a run whose %s is %s says so in a line, and it can be brought back", async (file, text, problem) => {
  const dir = store.directory;
  const run = make();
  writeFileSync(join(run.path, file), text);
  const before = readdirSync(run.path, { recursive: true });
  await runsRemove([run.id, run.path], { dir, yes: true });
  expect(texts.stderr).toMatch(new RegExp(`^damaged: ${join(run.path, file)}: ${problem}[^\n]*\n$`));
  expect(texts.stdout).toMatch(new RegExp(`^removed ${run.id}: `));
  expect(readdirSync(join(dir, "runs"))).toEqual([]);
  runsRestore([run.id], { dir });
  expect(readdirSync(run.path, { recursive: true })).toEqual(before);
  await runsRemove([run.id], { dir, yes: true });
  texts.stdout = "";
  runsCollect([], { dir, trashDays: "0" });
  expect(texts.stdout).toMatch(/^trash: 1 run, /);
});

describe("a folder of a run that was copied to another name", () => {
  const acts: Readonly<Record<string, (dir: string, name: string) => unknown>> = {
    runs: (dir) => runsList({ dir, sort: "started" }),
    "runs, from the index": (dir) => runsList({ dir, sort: "started" }),
    "runs show": (dir, name) => runsShow(name, { dir }),
    "runs show latest": (dir) => runsShow("latest", { dir }),
    "runs gc": (dir) => runsCollect([], { dir }),
    "runs gc of it": (dir, name) => runsCollect([name], { dir, keepCheckpoints: "1" }),
    "runs rm": (dir, name) => runsRemove([name], { dir, yes: true }),
    "runs rm latest": (dir) => runsRemove(["latest"], { dir, yes: true }),
  };

  test.each(Object.keys(acts))("is a run of its own for %s, and a line says what its record says", async (name) => {
    const run = make();
    const copy = join(store.directory, "runs/my-copy");
    cpSync(run.path, copy, { recursive: true });
    if (name.endsWith("index")) await runsList({ dir: store.directory, sort: "started" });
    texts.stdout = texts.stderr = "";
    await acts[name]!(store.directory, "my-copy");
    expect(texts.stderr).toBe(
      `${join(copy, "run.json")}: expected the folder's name my-copy in "id", got ${run.id}; the run goes by its folder's name\n`,
    );
    expect(texts.stdout).toMatch(name === "runs gc" ? /in 2 runs\n$/ : /my-copy/);
    expect(readdirSync(join(store.directory, "runs"))).toEqual([
      run.id,
      ...(name.startsWith("runs rm") ? [] : ["my-copy"]),
    ]);
  });
});
