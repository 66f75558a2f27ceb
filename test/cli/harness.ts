import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "../../src/tensor/random.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** Resolves once stderr holds the text. */
  said(text: string): Promise<void>;
  readonly ended: Promise<Outcome>;
}

interface Settings {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** In a process group of its own, which a signal can be sent to. */
  readonly detached?: boolean;
  /** Holds `bin/batchscope.js`. */
  readonly from?: string;
}

/** Starts the command as a user would, in `cwd`, with none of this process's settings for it. */
export function start(argv: readonly string[], { cwd, env = {}, detached = false, from = root }: Settings): Started {
  const child = spawn(process.execPath, [join(from, "bin/batchscope.js"), ...argv], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached,
  });
  return follow(child);
}

export function follow(child: ChildProcess): Started {
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]!.on("data", (chunk: Buffer) => {
      text[stream] += chunk;
      child.emit("said");
    });
  const ended = once(child, "close").then(([code]) => {
    child.emit("said");
    return { code, ...text };
  });
  const said = async (words: string) => {
    while (!text.stderr.includes(words)) {
      if (child.exitCode !== null) throw new Error(`expected "${words}", got the end of\n${text.stdout}${text.stderr}`);
      await once(child, "said");
    }
  };
  return { child, said, ended };
}

export function batchscope(argv: readonly string[], settings: Settings): Promise<Outcome> {
  return start(argv, settings).ended;
}

/**
 * Without what would change the command's mind: its own variables, a language, a build server, a `nohup` before the
 * tests.
 */
export function cleanEnvironment(): Record<string, string> {
  const foreign = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(BATCHSCOPE_|LC_|LANG|CI$|FORCE_COLOR$|_$)/.test(name),
  );
  // The commands that are printed do not depend on who started the tests.
  return { ...Object.fromEntries(foreign as [string, string][]), LANG: "C.UTF-8", BATCHSCOPE_PROGRAM: "batchscope" };
}

export function scratch(): string {
  return mkdtempSync(join(tmpdir(), "batchscope-cli-"));
}

/** Names of the run directories that a command left in `store`. */
export function runsIn(store: string): string[] {
  const folder = join(store, "runs");
  return existsSync(folder) ? readdirSync(folder) : [];
}

/**
 * MNIST's four files, small: pictures of 12 × 12 whose brightest rows tell the class, 96 to train and 32 to validate.
 */
export function writeImages(folder: string, seed: number): string {
  mkdirSync(folder, { recursive: true });
  const generator = random(seed);
  const write = (part: string, count: number) => {
    const labels = Array.from({ length: count }, (_, i) => i % 3);
    const pixels = labels.flatMap((label) =>
      Array.from({ length: 144 }, (_, at) =>
        Math.floor(60 * generator.uniform() + (Math.floor(at / 48) === label ? 120 : 0)),
      ),
    );
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idx([count, 12, 12], pixels));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
  };
  write("train", 96);
  write("t10k", 32);
  return folder;
}

/** Element type 8 is a byte; sizes are big-endian. */
function idx(shape: readonly number[], bytes: readonly number[]): Uint8Array {
  const sizes = shape.flatMap((size) => [0, 0, size >> 8, size & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...bytes]);
}

/** The one line of an error, or all of stderr where there is no such line. */
export const message = ({ stderr }: Outcome) => /^batchscope: error: ([^\n]*)\n$/m.exec(stderr)?.[1] ?? stderr;

/** What `--json` printed. */
export const document = ({ stdout }: Outcome) => JSON.parse(stdout);

/** What a page says, without its tags: a command line is set with its flags in one piece each. */
export function textOfPage(html: string): string {
  return html.replace(/<[^>]+>/g, "");
}
