import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryPath } from "../../src/store/temporary.ts";
import { batchscope, document, message, runsIn, scratch, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
const base = join(scene, "base");
afterAll(() => rmSync(scene, { recursive: true }));

const train = (line: string) =>
  batchscope(`train --data ${images} --batch-size 8 --progress none --json --dir ${base} ${line}`.split(" "), {
    cwd: scene,
  });
let [mlp, lenet] = ["", ""];
const on = (store: string, ...argv: string[]) => batchscope([...argv, "--dir", store], { cwd: scene });

function copy(name: string): string {
  cpSync(base, join(scene, name), { recursive: true });
  return join(scene, name);
}

beforeAll(async () => {
  const made = [
    await train("--model mlp --epochs 2 --checkpoint-every 1 --des first --tag lesson1 --tag first --tensorboard"),
    await train("--model lenet --epochs 1 --name second"),
  ];
  [mlp, lenet] = made.map((outcome) => document(outcome).run) as [string, string];
});

describe("runs", () => {
  test.concurrent("is a table, newest first; one document with --json; filtered and sorted", async () => {
    const { stdout } = await on(base, "runs");
    const cells = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => line.trim().split(/\s{2,}/));
    const [answer, table] = stdout.split("\n\n");
    expect(answer).toMatch(/^2 runs\. (On|Of the 2 on) \S+images \S+ (has|is best, with) validation accuracy/);
    const [header, ...rows] = cells(table!);
    expect(header).toEqual([
      ...[
        "run",
        "status",
        "name",
        "model",
        "data",
        "batch",
        "learning rate",
        "epochs",
        "steps",
        "best loss",
        "accuracy",
      ],
      ...["time", "memory", "noise scale", "tags", "description"].filter((name) => header!.includes(name)),
    ]);
    expect(rows.map((row) => row.slice(0, 7))).toEqual([
      [lenet, "finished", "second", "lenet", expect.stringContaining("images"), "8", "0.001"],
      [mlp, "finished", "images", "mlp", expect.stringContaining("images"), "8", "0.001"],
    ]);
    const some = await on(base, "runs", "--columns", "run,tags,batch", "--tag", "lesson1", "--limit", "1");
    expect(cells(some.stdout)).toEqual([
      ["run", "tags", "batch"],
      [mlp, "lesson1,first", "8"],
    ]);
    const none = await on(base, "runs", "--tag", "lesson1", "--tag", "lesson2");
    expect(none.stdout).toContain("no run is like that");
    const wrong = await on(base, "runs", "--columns", "run,bacth");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/--columns: expected some of run,.*batch/)]);
    const ids = async (...argv: string[]) =>
      document(await on(base, "runs", ...argv, "--json")).runs.map(({ id }: { id: string }) => id);
    expect(await ids("--sort", "loss")).toEqual([mlp, lenet]);
    expect(await ids("--sort", "name")).toEqual([mlp, lenet]);
    expect(await ids("list", "--name", "first")).toEqual([mlp]);
    expect(await ids("--status", "lost")).toEqual([]);
  });

  test.concurrent("says where it looked when there is none", async () => {
    const outcome = await on(join(scene, "none"), "runs");
    expect([outcome.code, outcome.stdout]).toEqual([
      0,
      `${join(scene, "none/runs")}: no runs; start one with \`batchscope train --dir ${join(scene, "none")}\`, or pass --dir\n`,
    ]);
  });

  test.concurrent("leaves out what is damaged, naming it, and shows lost runs as lost", async () => {
    const store = copy("damaged");
    writeFileSync(join(store, "runs", mlp, "run.json"), "{");
    const path = join(store, "runs", lenet, "run.json");
    const record = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...record, status: "running", pid: 2 ** 22 + 1 }));
    const outcome = await on(store, "runs");
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(
      new RegExp(`^left out: .*${mlp}/run\\.json: expected a JSON object, got: .*; restore`),
    );
    expect(outcome.stdout).toMatch(new RegExp(`\n${lenet} +lost `));
  });

  test.concurrent("show says how a run ended and what it saved", async () => {
    const { stdout } = await on(base, "runs", "show", mlp);
    expect(stdout).toMatch(
      new RegExp(`^${mlp} {2}finished; best validation loss [\\d.]+, accuracy [\\d.]+ %, in epoch \\d\n`),
    );
    expect(stdout).toMatch(/\ntrained {2}2 epochs, 24 steps, 192 examples, in /);
    expect(stdout).toMatch(new RegExp(`\npath {5}/.*${mlp}\n`));
    expect(stdout).toMatch(/\n {2}epoch 1, step 12: \d+ KiB\n {2}epoch 2, step 24: \d+ KiB \(best, last\)\n$/);
    const shown = document(await on(base, "runs", "show", mlp, "--json"));
    expect(shown).toMatchObject({
      status: "finished",
      config: { model: "mlp" },
      checkpoints: [{ step: 12 }, { step: 24, best: true }],
    });
  });

  test.concurrent("rm removes with --yes alone, and nothing that runs", async () => {
    const store = copy("rm");
    const refused = await on(store, "runs", "rm", mlp);
    expect([refused.code, message(refused)]).toEqual([
      2,
      expect.stringContaining("expected --yes, got nothing, and there is no terminal to ask on"),
    ]);
    const path = join(store, "runs", lenet, "run.json");
    const record = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(
      path,
      JSON.stringify({ ...record, status: "running", host: "another", heartbeatAt: new Date().toISOString() }),
    );
    const running = await on(store, "runs", "rm", mlp, lenet, "--yes");
    expect([running.code, message(running)]).toEqual([
      2,
      expect.stringMatching(
        /^runs rm: expected runs that have ended, got \S+, running as process \d+ on another; stop it first$/,
      ),
    ]);
    expect(runsIn(store).sort()).toEqual([mlp, lenet].sort());
    const removed = await on(store, "runs", "rm", mlp, "--yes");
    expect([removed.code, removed.stdout]).toEqual([
      0,
      `removed ${mlp}: ${removed.stdout.match(/\d+ KiB/)![0]}, in the trash until runs gc empties it\n` +
        `bring back with: batchscope runs restore ${mlp} --dir ${store}\n`,
    ]);
    expect(runsIn(store)).toEqual([lenet]);
    const trash = document(await on(store, "runs", "--trash", "--json")).trash;
    expect(trash).toMatchObject([{ id: mlp }]);
    const restored = await on(store, "runs", "restore", mlp);
    expect([restored.code, restored.stdout]).toEqual([0, `restored ${mlp}, removed ${trash[0].removedAt}\n`]);
    expect(runsIn(store).sort()).toEqual([mlp, lenet].sort());
  });

  test.concurrent("gc removes checkpoints beyond those to keep, unfinished analyses and half files, and says so", async () => {
    const store = copy("gc");
    const folder = join(store, "runs", mlp, "checkpoints");
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    writeFileSync(join(folder, temporaryPath("epoch=003-step=0000036.safetensors", dead)), new Uint8Array(1000));
    const unfinished = join(store, "runs", mlp, "analysis/unfinished-0123456789abcdef");
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, "part.safetensors"), new Uint8Array(500));
    const nothing = document(await on(store, "runs", "gc", lenet, "--json"));
    const none = { checkpoints: 0, unfinishedAnalyses: 0, halfWrittenFiles: 0, bytes: 0 };
    expect(nothing).toMatchObject({ bytes: 0, runs: [{ run: lenet, ...none }] });
    const size = readFileSync(join(folder, "epoch=001-step=0000012.safetensors")).length;
    const freed = await on(store, "runs", "gc", "--keep-checkpoints", "1");
    const [bytes, unit] = [((size + 1500) / 1024).toPrecision(3), "KiB"];
    expect([freed.stdout, freed.stderr]).toEqual([
      `${mlp}: 1 checkpoint, 1 unfinished analysis, 1 half-written file, ${bytes} ${unit}\n` +
        `freed ${bytes} ${unit} in 2 runs\n`,
      "",
    ]);
    expect(existsSync(unfinished)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(["best.json", "epoch=002-step=0000024.safetensors", "last.json"]);
  });

  test.concurrent.each([
    ["best", "{}"],
    ["best", "[]"],
    ["last", "{}"],
  ])("gc removes nothing of a run whose pointer to the %s checkpoint is %s, and names it", async (which, damage) => {
    const store = copy(`${which} ${damage}`);
    const folder = join(store, "runs", mlp, "checkpoints");
    writeFileSync(join(folder, `${which}.json`), damage);
    const before = readdirSync(folder);
    const { code, stderr } = await on(store, "runs", "gc", mlp, "--keep-checkpoints", "1");
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^left as it is: .*${which}\\.json: .*expected .*, got .*; restore`)),
    ]);
    expect(readdirSync(folder)).toEqual(before);
  });

  test.concurrent("a run whose environment.json is {} is not gone on with", async () => {
    const store = copy("environment");
    writeFileSync(join(store, "runs", mlp, "environment.json"), "{}");
    const { code, stderr } = await on(store, "train", "--resume", mlp, "--epochs", "9");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/environment\.json: expected .*, got .*; restore/)]);
  });

  test.concurrent("reindex makes the index anew", async () => {
    const store = copy("reindex");
    writeFileSync(join(store, "index.sqlite"), "no database");
    const outcome = await on(store, "runs", "reindex");
    expect([outcome.code, outcome.stdout]).toEqual([0, `indexed 2 runs in ${store}\n`]);
  });
});
