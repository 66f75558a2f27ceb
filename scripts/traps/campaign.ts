import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { usageOf } from "../fuzz/limits.ts";

/** A process that did not live to the end, and what it was doing. */
export interface Death {
  readonly engine: string;
  readonly about: string;
  readonly by: string;
}

export interface Outcome {
  readonly runs: number;
  /** Runs and loads that ended in an error, as they may. */
  readonly refused: number;
  readonly deaths: readonly Death[];
}

interface Message {
  readonly place?: number;
  readonly about?: string;
  readonly runs?: number;
  readonly refused?: number;
  readonly done?: true;
}

/**
 * Of processor time for one attempt, and of memory; where the system does not tell what is taken, nothing is limited.
 */
const [SECONDS, BYTES] = [30, 2 * 2 ** 30];
const LOOK_MILLISECONDS = 100;

/** Deaths of one operator on one engine, after which the rest of its attempts is left out: each costs a process. */
const ENOUGH = 5;

/** All attempts on one operator, in as many processes as it takes: behind a death the next one goes on. */
export async function probeOperator(engine: string, op: string): Promise<Outcome> {
  let [runs, refused] = [0, 0];
  const deaths: Death[] = [];
  for (let from: number | undefined = 0; from !== undefined && deaths.length < ENOUGH; ) {
    const part = await probeFrom(engine, op, from);
    runs += part.runs;
    refused += part.refused;
    if (part.death) deaths.push(part.death);
    from = part.next;
  }
  return { runs, refused, deaths };
}

async function probeFrom(engine: string, op: string, from: number) {
  const program = fileURLToPath(new URL("child.ts", import.meta.url));
  const child = spawn(process.execPath, [program, engine, op, String(from)], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
  });
  const seen = { place: from, about: `${op}: start`, runs: 0, refused: 0, done: false };
  let [begun, stopped] = [0, ""];
  createInterface({ input: child.stdio[CHANNEL] as Readable }).on("line", (line) => {
    const message: Message = JSON.parse(line);
    if (message.place !== undefined && message.place !== seen.place) begun = usageOf(child.pid!)?.seconds ?? begun;
    Object.assign(seen, { place: message.place ?? seen.place, about: message.about ?? seen.about });
    seen.runs += message.runs ?? 0;
    seen.refused += message.refused ?? 0;
    seen.done ||= message.done === true;
  });
  const watching = setInterval(() => {
    const usage = usageOf(child.pid!);
    if (!usage) return;
    if (usage.bytes > BYTES) stopped = "too much memory";
    else if (usage.seconds - begun > SECONDS) stopped = "too much time";
    if (stopped !== "") child.kill("SIGKILL");
  }, LOOK_MILLISECONDS);
  const by = await new Promise<string>((resolve, reject) => {
    child.on("error", reject).on("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  }).finally(() => clearInterval(watching));
  if (seen.done && by === "exit code 0") return { ...seen, death: undefined, next: undefined };
  return { ...seen, death: { engine, about: seen.about, by: stopped || by }, next: seen.place + 1 };
}

const CHANNEL = 3;
