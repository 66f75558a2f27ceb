import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { resolveConfiguration } from "../../src/session/configuration.ts";
import { TASK_WORD, type Task } from "../../src/session/task.ts";
import { runsIn } from "./harness.ts";

/**
 * What a command loads, which is most of what it costs to start one. The bounds are those of today and a few more:
 * bench/start.ts says what a module takes.
 */

const folder = mkdtempSync(join(tmpdir(), "batchscope-start-"));
const hook = join(folder, "loaded.mjs");
writeFileSync(
  hook,
  `import { registerHooks } from "node:module";
import { writeFileSync } from "node:fs";
const loaded = [];
registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
process.on("exit", () => writeFileSync(process.env.LOADED, loaded.join("\\n")));`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The modules that a command line loads: files of ours from the root on, others by their package. */
async function loadedBy(argv: readonly string[], task?: Task): Promise<{ ours: string[]; packages: Set<string> }> {
  const list = join(folder, `loaded-${argv.join("-")}`);
  const env = { ...process.env, LOADED: list, BATCHSCOPE_DIR: join(folder, "store") };
  const child = fork(join(root, "bin/batchscope.js"), argv, {
    cwd: folder,
    env,
    execArgv: ["--import", hook],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
  if (task) child.send(task);
  await once(child, "exit");
  const files = readFileSync(list, "utf8")
    .split("\n")
    .filter((url) => url.startsWith("file:"))
    .map((url) => fileURLToPath(url).slice(root.length));
  const packages = files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return { ours: files.filter((file) => file.startsWith("src/")), packages: new Set(packages) };
}

const commander = ["@commander-js/extra-typings", "commander"];
/** No reader of CSV, Parquet, images or ONNX, no schemas, no YAML, nothing for TensorBoard. */
const engine = [`@koromix/koffi-${process.platform}-${process.arch}`, "koffi"];
const ofATrial = [...engine, "fflate", "pure-rand", "simple-statistics"];

describe("what a command does not need is not loaded", () => {
  test.each<[argv: string[], modules: number, packages: string[]]>([
    [["--help"], 24, commander],
    [["--version"], 23, commander],
    [["trian"], 25, commander],
    [["--nope"], 25, commander],
    [["runs", "--nope"], 26, commander],
    [["runs", "--help"], 25, commander],
    [["models", "--nope"], 27, commander],
    [["runs"], 55, commander],
    [["models"], 41, commander],
    [["train", "--nope"], 71, commander],
    [["train", "--help"], 69, commander],
    [["compile", "--help"], 71, commander],
  ])("batchscope %j: at most %i files of ours", async (argv, most, packages) => {
    const loaded = await loadedBy(argv);
    expect(loaded.ours.length).toBeGreaterThan(10);
    expect(loaded.ours.length <= most ? [] : loaded.ours).toEqual([]);
    expect([...loaded.packages].filter((name) => !packages.includes(name))).toEqual([]);
  });

  test("a trial: no command line, no schemas, no reader of runs, the words of one language", async () => {
    const configuration = { ...resolveConfiguration({ model: "mlp", data: "iris", epochs: 1 }, {}), dir: folder };
    const work = { kind: "new", configuration, surroundings: undefined } as const;
    const module = new URL("../../src/experiment/trialTask.ts", import.meta.url).href;
    const { ours, packages } = await loadedBy([TASK_WORD], { module, argument: { work, isHeard: false } });
    const strange =
      /^src\/(cli|report|advice|analysis|text\/zh)\/|^src\/store\/(runs|records|runRecords|environment)\.ts/;
    expect(ours.filter((file) => strange.test(file))).toEqual([]);
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.length <= 317 ? [] : ours).toEqual([]);
    expect([...packages].filter((name) => !ofATrial.includes(name))).toEqual([]);
    expect(runsIn(folder)).toHaveLength(1);
  });
});
