import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a campaign keeps the run that the record's files are changed of, as its workers' folder sees it. */
export const TEMPLATE = "../template";
/** The folder of a case, from where a worker runs. */
export const CASE = "case";
export const RUN = "20260101-000000-mlp-data-0001";

const bin = fileURLToPath(new URL("../../bin/batchscope.js", import.meta.url));

/** Trains, analyzes and lists one run in `scratch`, and takes out of its files what is another at every time. */
export function prepare(scratch: string): void {
  const root = join(scratch, "template");
  mkdirSync(join(root, CASE), { recursive: true });
  const rows = Array.from({ length: 24 }, (_, i) => `${i},${(i * 7) % 5},${i % 3 === 0 ? "b" : "a"}`);
  writeFileSync(join(root, CASE, "data.csv"), `x,y,label\n${rows.join("\n")}\n`);
  const store = ["--dir", `${CASE}/store`];
  const batchscope = (...argv: string[]) =>
    execFileSync(process.execPath, [bin, ...argv, ...store], { cwd: root, stdio: "ignore", env: environment() });
  const data = ["--model", "mlp", "--data", `${CASE}/data.csv`, "--target", "label", "--batch-size", "4"];
  batchscope(
    "train",
    ...data,
    "--epochs",
    "2",
    "--checkpoint-every",
    "1",
    "--swa-start",
    "1",
    "--description",
    "a try",
  );
  batchscope("analyze", "latest", "--rows", "2", "--embedding", "pca");
  const runs = join(root, CASE, "store", "runs");
  const [id] = readdirSync(runs) as [string];
  renameSync(join(runs, id), join(runs, RUN));
  for (const name of ["plots", "analysis", "report.html"])
    rmSync(join(runs, RUN, name), { recursive: true, force: true });
  fix(join(runs, RUN), id, root);
  rmSync(join(root, CASE, "store", "index.sqlite"), { force: true });
  batchscope("runs");
}

function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(BATCHSCOPE_|LC_|LANG|NODE_OPTIONS|VITEST)/.test(name));
  return { ...Object.fromEntries(own), LANG: "C.UTF-8", ORT_DISABLE_TELEMETRY: "1" };
}

/** Names, times and speeds of this one run become those of every run. */
function fix(run: string, id: string, root: string): void {
  for (const name of readdirSync(run, { recursive: true, encoding: "utf8" })) {
    const path = join(run, name);
    if (!statSync(path).isFile() || !/\.(json|jsonl|yaml|txt)$/.test(name)) continue;
    const text = readFileSync(path, "utf8")
      .replaceAll(id, RUN)
      .replaceAll(root, "/root")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, "2026-01-01T00:00:00.000Z")
      .replace(/("(?:seconds|microBatchesPerSecond|peakMemoryBytes|pid|memoryBytes|cores)": ?)[\d.e+-]+/g, "$11")
      .replace(/("(?:host|cpu|platform)": ?)"[^"]*"/g, '$1"here"');
    writeFileSync(path, text);
  }
}

/** The files of the template, by their paths in a case. */
export function templateFiles(): Map<string, Uint8Array> {
  const root = join(TEMPLATE, CASE);
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(root, name)).isFile());
  return new Map(files.map((name) => [name, new Uint8Array(readFileSync(join(root, name)))]));
}
