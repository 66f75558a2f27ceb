import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

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
async function loadedBy(argv: readonly string[]): Promise<{ ours: string[]; packages: Set<string> }> {
  const list = join(folder, `loaded-${argv.join("-")}`);
  const line = ["--import", hook, join(root, "bin/batchscope.js"), ...argv];
  const env = { ...process.env, LOADED: list, BATCHSCOPE_DIR: join(folder, "store") };
  await new Promise((resolve) => execFile(process.execPath, line, { cwd: folder, env }, resolve));
  const files = readFileSync(list, "utf8")
    .split("\n")
    .filter((url) => url.startsWith("file:"))
    .map((url) => fileURLToPath(url).slice(root.length));
  const packages = files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return { ours: files.filter((file) => file.startsWith("src/")), packages: new Set(packages) };
}

const commander = ["@commander-js/extra-typings", "commander"];
/** No reader of CSV, Parquet or images, and of ONNX only what the engine is given. */
const engine = ["@bufbuild/protobuf", `@koromix/koffi-${process.platform}-${process.arch}`, "koffi", "onnx-buf"];
/** What a run is recorded with: its configuration as YAML, checksums of events for TensorBoard. */
const checksums = ["crc32c", "util"].map((name) => `@aws-crypto/${name}`);
const utf8 = ["util-utf8", "util-buffer-from", "is-array-buffer"].map((name) => `@smithy/${name}`);
const records = [...checksums, ...utf8, "tslib", "yaml"];
const ofATrial = [...engine, ...records, "fflate", "npyjs", "pure-rand", "simple-statistics", "zod"];

describe("what a command does not need is not loaded", () => {
  test.each<[argv: string[], modules: number, packages: string[]]>([
    [["--help"], 24, commander],
    [["--version"], 23, commander],
    [["trian"], 24, commander],
    [["--nope"], 24, commander],
    [["runs", "--nope"], 25, commander],
    [["runs", "--help"], 25, commander],
    [["models", "--nope"], 26, commander],
    [["runs"], 42, commander],
    [["models"], 37, commander],
    [["train", "--nope"], 66, commander],
    [["train", "--help"], 66, commander],
    [["compile", "--help"], 68, commander],
    ["batch-size-find --model mlp --data iris --trial 4,4 --updates 1".split(" "), 360, [...commander, ...ofATrial]],
  ])("batchscope %j: at most %i files of ours", async (argv, most, packages) => {
    const loaded = await loadedBy(argv);
    expect(loaded.ours.length).toBeGreaterThan(10);
    expect(loaded.ours.length <= most ? [] : loaded.ours).toEqual([]);
    expect([...loaded.packages].filter((name) => !packages.includes(name))).toEqual([]);
  });
});
