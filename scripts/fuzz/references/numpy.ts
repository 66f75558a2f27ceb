import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isFloat, type Tensor } from "../../../src/tensor/tensor.ts";

/** What NumPy says of a file: its arrays, or why it refuses. */
type Answer = { readonly arrays: readonly NumpyArray[] } | { readonly error: string };
/** Name, shape, kind (NumPy's letter) and digest of the values. */
type NumpyArray = readonly [string, readonly number[], string, string];

const script = fileURLToPath(new URL("readArrays.py", import.meta.url));

let python: string | null | undefined;

/** A Python that has NumPy; null where there is none. */
function pythonWithNumpy(): string | null {
  const works = (name: string) => spawnSync(name, ["-c", "import numpy"], { stdio: "ignore" }).status === 0;
  python ??= ["python3", "/usr/bin/python3"].find(works) ?? null;
  return python;
}

export function missingNumpy(): string[] {
  return pythonWithNumpy() === null ? ["NumPy (no python3 here has it)"] : [];
}

let running: { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } | undefined;

/** What NumPy makes of a file; null where it is not on this machine. It serves file after file. */
async function askNumpy(path: string): Promise<Answer | null> {
  const program = pythonWithNumpy();
  if (program === null) return null;
  if (running === undefined || running.child.exitCode !== null || running.child.signalCode !== null) {
    const child = spawn(program, [script], { stdio: ["pipe", "pipe", "ignore"] });
    running = { child, lines: createInterface(child.stdout!)[Symbol.asyncIterator]() };
  }
  const { child, lines } = running;
  child.stdin!.write(`${JSON.stringify(path)}\n`);
  const { value, done } = await lines.next();
  if (!done) return JSON.parse(value);
  await once(child, "exit").catch(() => {});
  return null;
}

/** How what was read of a file differs from what NumPy reads; null where it does not, or NumPy is not here. */
export async function differsFromNumpy(path: string, read: ReadonlyMap<string, Tensor>): Promise<string | null> {
  const answer = await askNumpy(path);
  if (answer === null) return null;
  if ("error" in answer) return `taken, and NumPy refuses it: ${answer.error}`;
  const single = answer.arrays.length === 1 && answer.arrays[0]![0] === "";
  const theirs = new Map(answer.arrays.map(([name, ...rest]) => [name, JSON.stringify(rest)]));
  for (const [name, value] of read) {
    const ours = JSON.stringify(describe(value));
    const other = theirs.get(single ? "" : name);
    if (other !== ours) return `taken with "${name}" as ${ours}, and NumPy reads ${other ?? "no such array"}`;
  }
  return read.size === theirs.size ? null : `taken with ${read.size} arrays, and NumPy reads ${theirs.size}`;
}

function describe({ type, shape, data }: Tensor) {
  if (!isFloat(type)) {
    const kind = type === "bool" ? "b" : "i";
    return [shape, kind, digest(BigInt64Array.from(Array.from(data as Iterable<number | bigint>, BigInt)))];
  }
  const numbers = Float64Array.from(data as Float32Array, (x) => (Number.isNaN(x) ? Number.NaN : x));
  return [shape, "f", digest(numbers)];
}

/** Digests of the arrays of a file, by name; why NumPy refuses it, or null where it is not here. */
export async function digestsOfNumpy(path: string): Promise<Map<string, string> | string | null> {
  const answer = await askNumpy(path);
  if (answer === null) return null;
  return "error" in answer ? answer.error : new Map(answer.arrays.map(([name, , , values]) => [name, values]));
}

export function digest(values: Float64Array | BigInt64Array): string {
  return createHash("sha1")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");
}
