import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandTable } from "../src/cli/programs/commandTable.ts";
import { milliseconds, quantile, table } from "./measure.ts";

/**
 * What commands that compute nothing ask of processors (user and system), beside a Node that does nothing. Interleaved,
 * so that what else the machine does is the same for all.
 *
 *     node bench/start.ts [repeats] [folder of an installed package]
 */

const repeats = Number(process.argv[2] ?? 15);
const root = process.argv[3] ?? fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "batchscope-start-"));
/** A start takes at most so many times a bare Node, and so many seconds more. */
const BOUND = { times: 1.5, more: 0.06 };

const answers = ["--help", "--nope"];
const commands = [
  ...["--help", "--version", "trian", "runs", "models"],
  ...commandTable.flatMap(({ name }) => answers.map((answer) => `${name} ${answer}`)),
];
const trial = "batch-size-find --model mlp --data iris --trial 4,4 --updates 1";
const lines = ["", ...commands, trial].map((line) => ({ line, seconds: [] as number[] }));

for (let i = 0; i <= repeats; i++)
  for (const { line, seconds } of lines) {
    const taken = processorSeconds(line === "" ? ["-e", "0"] : [join(root, "bin/batchscope.js"), ...line.split(" ")]);
    // The first start compiles what later ones find in the cache.
    if (i > 0) seconds.push(taken);
  }

rmSync(folder, { recursive: true, force: true });

const bare = quantile(lines[0]!.seconds, 0.5);
const rows = lines.map(({ line, seconds }) => [
  line === "" ? "node -e 0" : `batchscope ${line}`,
  milliseconds(seconds),
  (quantile(seconds, 0.5) / bare).toFixed(2),
]);
console.log(table([["command", "ms of processors (p10–p90)", "× node -e 0"], ...rows]));
console.log(`\nbound: ${(1000 * (BOUND.times * bare + BOUND.more)).toFixed(0)} ms`);

/** User and system time of a process and of all that it starts, in seconds, as bash tells it of its children. */
function processorSeconds(argv: readonly string[]): number {
  const script = '"$0" "$@" >/dev/null 2>&1; times';
  const { stdout } = spawnSync("bash", ["-c", script, process.execPath, ...argv], { cwd: folder, encoding: "utf8" });
  const times = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
  );
  return times[2]! + times[3]!;
}
