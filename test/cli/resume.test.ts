import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchscope, message, runsIn, scratch, start, writeImages } from "./harness.ts";
import { artefacts, trainThroughStops } from "./killing.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
const base = join(scene, "base");
afterAll(() => rmSync(scene, { recursive: true }));

const argv = ["train", "--model", "mlp", "--data", images, "--batch-size", "8", "--progress", "none"];
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const only = (store: string) => join(store, "runs", runsIn(store)[0]!);

/** A store of its own with the finished run of three epochs, and what train --resume says of it. */
function copy(name: string) {
  const store = join(scene, name);
  cpSync(base, store, { recursive: true });
  const run = only(store);
  return { run, resume: (...flags: string[]) => batchscope(["train", "--resume", run, ...flags], { cwd: scene }) };
}

beforeAll(async () => {
  const { code } = await batchscope([...argv, "--epochs", "3", "--checkpoint-every", "1", "--dir", base], {
    cwd: scene,
  });
  expect(code).toBe(0);
});

describe("a finished run", () => {
  test.concurrent("is not trained again, but on where more epochs are asked for, as if they had been from the start", async () => {
    const { run, resume } = copy("more");
    const refused = await resume();
    expect([refused.code, message(refused)]).toEqual([
      2,
      expect.stringMatching(
        /^--resume: expected a run that is not finished, got \S+, which has all of its 3 epochs; raise --epochs above 3 to train it on$/,
      ),
    ]);
    const five = join(scene, "five");
    const [more] = [await resume("--epochs", "5")];
    await batchscope([...argv, "--epochs", "5", "--checkpoint-every", "1", "--dir", five], { cwd: scene });
    expect(more.code).toBe(0);
    expect(more.stderr).toMatch(/resuming \S+ from step 36, epoch 3\nepochs raised from 3 to 5\n/);
    expect(artefacts(run)).toEqual(artefacts(only(five)));
    expect(readFileSync(join(run, "config.yaml"), "utf8")).toMatch(/^epochs: 5$/m);
    expect(json(join(run, "run.json"))).toMatchObject({ status: "finished", resumes: [{ step: 36 }] });
  });

  test.concurrent.each([
    ["--learning-rate 0.5", "--learning-rate: expected the run's own 0.001 beside --resume, got 0.5; "],
    ["--batch-size 4", "--batch-size: expected the run's own 8 beside --resume, got 4; "],
    ["--seed 7", "--seed: expected the run's own 0 beside --resume, got 7; "],
    ["--optimizer sgd", '--optimizer: expected the run\'s own "adamw" beside --resume, got "sgd"; '],
    ["--epochs 2", "--epochs: expected at least the run's 3 beside --resume, got 2; "],
    ["--momentum 0.5", "--momentum: expected an option of the optimizer adamw, "],
  ])("is not trained on with %s, which would make it another", async (flags, expected) => {
    const { run } = { run: only(base) };
    const outcome = await batchscope(["train", "--resume", run, ...flags.split(" ")], { cwd: scene });
    expect([outcome.code, outcome.stdout]).toEqual([2, ""]);
    expect(message(outcome)).toContain(expected);
  });
});

test.concurrent("a run from another machine or of another version is gone on with, saying what differs", async () => {
  const { run, resume } = copy("elsewhere");
  const path = join(run, "environment.json");
  const environment = json(path);
  const versions = { ...environment.versions, "onnxruntime-node": "1.0.0" };
  writeFileSync(path, JSON.stringify({ ...environment, versions, cpu: "an abacus" }));
  const { code, stderr } = await resume("--epochs", "4");
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /onnxruntime-node was 1\.0\.0 when the run began and is \d\S+: the last bits of the numbers may differ/,
  );
  expect(stderr).toMatch(/processor was an abacus when the run began and is .*: the last bits/);
});

test.concurrent("a run is used from any folder, and analyzed where its data went", async () => {
  const [begun, other, now] = ["begun", "other", "now"].map((name) => join(scene, name)) as [string, string, string];
  for (const folder of [begun, other, now]) mkdirSync(folder);
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 5) % 11},${i % 2}`);
  writeFileSync(join(begun, "small.csv"), ["a,b,label", ...rows].join("\n"));
  const store = join(begun, "anywhere");
  const table = [
    "--model",
    "mlp",
    "--data",
    "small.csv",
    "--target",
    "label",
    "--batch-size",
    "8",
    "--progress",
    "none",
  ];
  const first = await batchscope(["train", ...table, "--epochs", "1", "--dir", "anywhere"], { cwd: begun });
  expect([first.code, first.stderr]).toEqual([0, expect.anything()]);
  const run = only(store);
  const on = await batchscope(["train", "--resume", run, "--epochs", "2", "--progress", "none"], { cwd: other });
  expect(on.code).toBe(0);
  expect((await batchscope(["analyze", run, "--rows", "4"], { cwd: other })).code).toBe(0);
  renameSync(join(begun, "small.csv"), join(now, "moved.csv"));
  const lost = await batchscope(["analyze", run, "--rows", "4"], { cwd: other });
  expect([lost.code, message(lost)]).toEqual([4, expect.stringMatching(/begun\/small\.csv.*--data/)]);
  const found = await batchscope(["analyze", run, "--rows", "4", "--data", "moved.csv"], { cwd: now });
  expect(found.code).toBe(0);
  expect(json(join(run, "analysis.json")).command).toContain("--data moved.csv");
});

describe("a damaged or foreign run is refused on one line", () => {
  test.concurrent("where the data are others", async () => {
    const { run, resume } = copy("data");
    writeImages(join(scene, "others"), 9);
    writeFileSync(
      join(run, "config.yaml"),
      readFileSync(join(run, "config.yaml"), "utf8").replace(images, join(scene, "others")),
    );
    const outcome = await resume("--epochs", "4");
    expect([outcome.code, message(outcome)]).toEqual([
      1,
      expect.stringMatching(
        /^--resume: expected the training data that \S+ began with \(fingerprint \w{8}…\), got another \(\w{8}…\); /,
      ),
    ]);
    // Nothing was changed by the attempt.
    expect(artefacts(run)).toEqual(artefacts(only(base)));
    expect(json(join(run, "run.json")).status).toBe("finished");
  });

  test.concurrent.each([
    ["a: [1", 1, /config\.yaml:1:\d+: expected YAML, got .*; restore the file$/],
    [
      "model: mlp\ndata: x\nepochs: many",
      1,
      /config\.yaml:3:9 epochs: expected a whole number .*, got "many"; restore the file$/,
    ],
    ["epochs: 4", 1, /config\.yaml: --model: expected the name of a model .*, got nothing; restore the file$/],
    [null, 4, /config\.yaml: expected the run's configuration, got no file; restore it$/],
  ])("where config.yaml is %j", async (text, code, expected) => {
    const { run, resume } = copy(`config-${String(text).length}`);
    if (text === null) rmSync(join(run, "config.yaml"));
    else writeFileSync(join(run, "config.yaml"), text);
    const outcome = await resume("--epochs", "4");
    expect([outcome.code, message(outcome)]).toEqual([code, expect.stringMatching(expected)]);
  });

  test.concurrent("where the data are gone", async () => {
    const { run, resume } = copy("gone");
    const config = readFileSync(join(run, "config.yaml"), "utf8");
    writeFileSync(join(run, "config.yaml"), config.replace(images, join(scene, "moved")));
    const outcome = await resume("--epochs", "4");
    expect([outcome.code, message(outcome)]).toEqual([
      4,
      expect.stringMatching(/expected a file or folder that exists, got ".*moved" \(/),
    ]);
  });

  test.concurrent("where there is no such run", async () => {
    const outcome = await batchscope(["train", "--resume", "2027", "--dir", base], { cwd: scene });
    expect([outcome.code, message(outcome)]).toEqual([
      4,
      expect.stringMatching(/expected "latest", \S+, got "2027"; choose one/),
    ]);
  });
});

describe("damaged checkpoints", () => {
  test.concurrent("are passed over, saying so, and the same bytes come out", async () => {
    const { run, resume } = copy("damaged");
    const folder = join(run, "checkpoints");
    const [, second, third] = readdirSync(folder)
      .filter((name) => name.endsWith("safetensors"))
      .sort();
    writeFileSync(join(folder, third!), readFileSync(join(folder, third!)).subarray(0, 1000));
    const bytes = readFileSync(join(folder, second!));
    bytes[bytes.length - 100]! ^= 4;
    writeFileSync(join(folder, second!), bytes);
    // As a run that was killed after its last checkpoint.
    writeFileSync(join(run, "run.json"), JSON.stringify({ ...json(join(run, "run.json")), status: "failed" }));
    const outcome = await resume();
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/epoch=003-step=0000036\.safetensors: expected .*; the file is damaged.*\n/);
    expect(outcome.stderr).toMatch(/epoch=002-step=0000024\.safetensors: expected the checksum \w{8}…, got .*\n/);
    expect(outcome.stderr).toMatch(/resuming \S+ from step 12, epoch 1\n/);
    expect(artefacts(run)).toEqual(artefacts(only(base)));
  });
});

test.concurrent("killed while it writes checkpoints and gone on with, a run ends with the same bytes", async () => {
  // The heavier suite, test/resume, does this many times.
  const short = [...argv, "--epochs", "3", "--checkpoint-every", "1"];
  const stops = [{ signal: "SIGKILL", after: "writing" } as const, { signal: "SIGKILL", after: "writing" } as const];
  const { stopped, run } = await trainThroughStops({ cwd: scene, store: join(scene, "killed"), argv: short }, stops);
  expect(stopped).toBeGreaterThanOrEqual(1);
  expect(artefacts(run)).toEqual(artefacts(only(base)));
});

test.concurrent("a run that is running is refused, and of two that come at once one wins", async () => {
  const store = join(scene, "running");
  const running = start(
    [...argv, "--epochs", "100000", "--checkpoint-steps", "40", "--keep-checkpoints", "2", "--dir", store],
    { cwd: scene },
  );
  await running.said("validation");
  const resume = (...flags: string[]) =>
    start(["train", "--resume", "latest", "--dir", store, ...flags], { cwd: scene });
  const refused = await resume().ended;
  expect([refused.code, message(refused)]).toEqual([
    2,
    expect.stringMatching(
      /^resume: expected a run that has ended, got \S+, running as process \d+ on \S+; wait for it or stop it first$/,
    ),
  ]);
  running.child.kill("SIGKILL");
  await running.ended;
  const both = [resume(), resume()];
  const first = await Promise.race(both.map(async (one, i) => ({ i, outcome: await one.ended })));
  expect([first.outcome.code, message(first.outcome)]).toEqual([
    2,
    expect.stringContaining("expected a run that has ended"),
  ]);
  const winner = both[1 - first.i]!;
  await winner.said("resuming");
  winner.child.kill("SIGTERM");
  expect((await winner.ended).code).toBe(143);
  expect(json(join(only(store), "run.json"))).toMatchObject({ status: "interrupted", resumes: [expect.anything()] });
});

test("a full disk ends the run with one line, its reason on disk and the last checkpoint whole", async ({ skip }) => {
  const disk = join(scene, "disk");
  mkdirSync(disk);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
  skip(status !== 0, "only the administrator may mount a disk of one mebibyte");
  try {
    const outcome = await batchscope([...argv, "--epochs", "9", "--checkpoint-every", "1", "--dir", disk], {
      cwd: scene,
    });
    const run = only(disk);
    expect([outcome.code, outcome.stdout]).toEqual([1, ""]);
    expect(outcome.stderr.split("\n").at(-2)).toMatch(
      /^batchscope: error: \S+: expected room for the run's files, got a full disk \(the checkpoint of step \d+ is whole\); free some and go on with: `batchscope train --resume \S+( --dir \S+)?`$/,
    );
    expect(json(join(run, "run.json"))).toMatchObject({
      status: "failed",
      exitReason: expect.stringContaining("a full disk"),
    });
    expect(readdirSync(join(run, "checkpoints")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    // With room it goes on to the same end.
    const moved = join(scene, "roomy");
    cpSync(disk, moved, { recursive: true });
    const resumed = await batchscope(["train", "--resume", "latest", "--dir", moved], { cwd: scene });
    expect(resumed.code).toBe(0);
  } finally {
    spawnSync("umount", [disk]);
  }
});
