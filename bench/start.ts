import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { commandTable } from "../src/cli/programs/commandTable.ts";
import type { TrialEvent } from "../src/experiment/trial.ts";
import { resolveConfiguration } from "../src/session/configuration.ts";
import { TASK_WORD, type TaskMessage } from "../src/session/task.ts";
import { describeSurroundings } from "../src/store/describeEnvironment.ts";
import { milliseconds, quantile, table } from "./measure.ts";

/**
 * What commands that compute nothing ask of processors (user and system), beside a Node that does nothing. Interleaved,
 * so that what else the machine does is the same for all. And what a trial asks, a whole training of one update that is
 * recorded in a process of its own.
 *
 *     node bench/start.ts [repeats] [folder of an installed package]
 */

const repeats = Number(process.argv[2] ?? 15);
const root = resolve(process.argv[3] ?? fileURLToPath(new URL("..", import.meta.url)));
const program = join(root, "bin/batchscope.js");
if (!existsSync(program))
  throw new Error(`${root}: expected bin/batchscope.js there, got none; name the package's folder`);
const folder = mkdtempSync(join(tmpdir(), "batchscope-start-"));
/** A start takes at most so many times a bare Node, and so many seconds more. */
const BOUND = { times: 1.5, more: 0.06 };

/** Of a second, as Linux counts the time of a process. */
const TICKS = 100;

const answers = ["--help", "--nope"];
const commands = [
  ...["--help", "--version", "trian", "runs", "models"],
  ...commandTable.flatMap(({ name }) => answers.map((answer) => `${name} ${answer}`)),
];
const lines = ["", ...commands].map((line) => ({ line, seconds: [] as number[] }));

for (let i = 0; i <= repeats; i++)
  for (const { line, seconds } of lines) {
    const taken = processorSeconds(line === "" ? ["-e", "0"] : [program, ...line.split(" ")]);
    // The first start compiles what later ones find in the cache.
    if (i > 0) seconds.push(taken);
  }

const configuration = resolveConfiguration({ model: "mlp", data: "iris", batchSize: 120, epochs: 1, dir: folder }, {});
const surroundings = describeSurroundings(folder);
const trials: Trial[] = [];
for (let i = 0; i <= repeats; i++) trials.push(await trial());
trials.shift();

rmSync(folder, { recursive: true, force: true });

const bare = quantile(lines[0]!.seconds, 0.5);
const rows = lines.map(({ line, seconds }) => [
  line === "" ? "node -e 0" : `batchscope ${line}`,
  milliseconds(seconds),
  (quantile(seconds, 0.5) / bare).toFixed(2),
]);
console.log(table([["command", "ms of processors (p10–p90)", "× node -e 0"], ...rows]));
console.log(`\nbound: ${(1000 * (BOUND.times * bare + BOUND.more)).toFixed(0)} ms`);

const least = (pick: (one: Trial) => number) => (1000 * Math.min(...trials.map(pick))).toFixed(0);
console.log("\na trial, mlp on iris, in ms of processors, and the least on the wall");
console.log(
  `to its first micro-batch: ${milliseconds(trials.map((one) => one.first))}, ${least((one) => one.firstWall)}`,
);
console.log(`to its result: ${milliseconds(trials.map((one) => one.whole))}, ${least((one) => one.wholeWall)}`);

/** User and system time of a process and of all that it starts, in seconds, as bash tells it of its children. */
function processorSeconds(argv: readonly string[]): number {
  const script = '"$0" "$@" >/dev/null 2>&1; times';
  const { stdout } = spawnSync("bash", ["-c", script, process.execPath, ...argv], { cwd: folder, encoding: "utf8" });
  const times = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
  );
  return times[2]! + times[3]!;
}

/** Seconds, from the start of the process. */
interface Trial {
  readonly first: number;
  readonly firstWall: number;
  readonly whole: number;
  readonly wholeWall: number;
}

/** Throws where the trial does not come to its result. */
async function trial(): Promise<Trial> {
  const begun = performance.now();
  const child = spawn(process.execPath, [program, TASK_WORD], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const [sources, built] = ["src/experiment/trialTask.ts", "dist/experiment/trialTask.js"].map((one) =>
    join(root, one),
  );
  const module = pathToFileURL(existsSync(sources!) ? sources! : built!).href;
  child.send({ module, argument: { work: { kind: "new", configuration, surroundings }, isHeard: true } });
  const now = () => [secondsOf(child.pid!), (performance.now() - begun) / 1000] as const;
  let first: ReturnType<typeof now> | undefined;
  let whole: ReturnType<typeof now> | undefined;
  let failure = "nothing";
  child.on("message", (message: TaskMessage) => {
    const event = message.kind === "event" ? (message.event as TrialEvent) : undefined;
    const hasTrained = event?.kind === "epoch" || (event?.kind === "progress" && event.microBatch > 0);
    if (hasTrained) first ??= now();
    if (message.kind === "result") whole = now();
    if (message.kind === "error") failure = message.message;
  });
  const [code] = await once(child, "exit");
  if (first === undefined || whole === undefined)
    throw new Error(`${root}: expected a trial that trains, got ${failure} and exit code ${code}; see it alone`);
  return { first: first[0], firstWall: first[1], whole: whole[0], wholeWall: whole[1] };
}

/** User and system time of a process that has not ended (Linux only). */
function secondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
