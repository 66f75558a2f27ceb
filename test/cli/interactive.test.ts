import { spawn, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { cleanEnvironment, runsIn, scratch } from "./harness.ts";

/** A pseudo-terminal between our pipes and the command: 100 columns, its exit code ours. */
const terminal = `
import fcntl, os, pty, struct, sys, termios, threading
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
def type_on():
    while chunk := os.read(0, 1024):
        os.write(fd, chunk)
threading.Thread(target=type_on, daemon=True).start()
try:
    while chunk := os.read(fd, 65536):
        os.write(1, chunk)
except OSError:
    pass
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
const python = spawnSync("python3", ["-c", "import pty"]).status === 0;
const bin = fileURLToPath(new URL("../../bin/batchscope.js", import.meta.url));

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

const ENTER = "\r";
const DOWN = "\x1b[B";
const CTRL_C = "\x03";

/**
 * What the terminal shows, without its colours, and the exit code; each answer is typed when its question stands there.
 */
async function converse(
  argv: string[],
  answers: readonly (readonly [question: string, ...keys: string[]])[],
  settings: Record<string, string> = {},
) {
  const env = {
    ...cleanEnvironment(),
    TERM: "xterm",
    BATCHSCOPE_DIR: join(scene, "store"),
    BATCHSCOPE_LIMIT_EXAMPLES: "64",
    ...settings,
  };
  const child = spawn("python3", ["-c", terminal, process.execPath, bin, ...argv], { cwd: scene, env });
  let [shown, read] = ["", 0];
  const left = [...answers];
  child.stdout.on("data", (chunk: Buffer) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    shown += chunk.toString().replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
    const [question, ...keys] = left[0] ?? [];
    const at = question === undefined ? -1 : shown.indexOf(question, read);
    if (at < 0) return;
    read = at + question!.length;
    left.shift();
    for (const key of keys) child.stdin.write(key);
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  child.stdin.end();
  return { code, shown, unasked: left.map(([question]) => question) };
}

// Python's pty module is the terminal; the questions themselves are tested without one in
// src/cli/terminal/prompts.test.ts.
describe.skipIf(!python)("on a terminal", () => {
  test("no arguments: what for, then all of train, the command said, a training; then analyze asks for the run", async () => {
    const trained = await converse(
      [],
      [
        ["What do you want to know?", "train a", ENTER],
        ["Which data?", "mnist", ENTER],
        ["a subset?", DOWN, ENTER],
        ["Which model?", "mlp", ENTER],
        ["How many examples in a micro-batch?", ENTER],
        ["How many micro-batches", ENTER],
        ["How many epochs?", "2", ENTER],
        ["Which learning rate?", ENTER],
        ["Epochs between checkpoints?", "1", ENTER],
      ],
    );
    expect(trained.unasked).toEqual([]);
    expect(trained.shown).toMatch(
      /the same without questions:\s+batchscope train --data mnist --subset 0-1 --model mlp --batch-size 4 --gradient-accumulation-steps 1 --epochs 2 --learning-rate 0.001 --checkpoint-every 1\r\n/,
    );
    expect(trained.shown).toMatch(/Epoch 2\/2: 100%\|█+\| 16\/16/);
    expect(trained.shown).toMatch(/\r\nnext: batchscope analyze \S+ --checkpoint all\r\n$/);
    expect(trained.code).toBe(0);
    const [id] = runsIn(join(scene, "store"));
    expect(id).toMatch(/-mlp-mnist-0-1-[0-9a-f]{4}$/);

    const analyzed = await converse(
      ["analyze"],
      [
        ["Which run?", ENTER],
        ["Which checkpoint?", "epoch 1", ENTER],
      ],
    );
    expect(analyzed.shown).toContain(`batchscope analyze ${id} --checkpoint 1\r\n`);
    expect(analyzed.shown).toContain("epoch 1: 16 gradients of 4 examples (1/1)");
    expect([analyzed.code, analyzed.unasked]).toEqual([0, []]);
  });

  test("only what is missing is asked, and Ctrl-C at a question exits 130 without a run", async () => {
    const store = join(scene, "other");
    const { code, shown, unasked } = await converse(
      ["train", "--data", "mnist", "--epochs", "1", "--dir", store],
      [
        ["a subset?", ENTER],
        ["Which model?", CTRL_C],
      ],
    );
    expect(shown).not.toMatch(/Which data|error/);
    expect([code, unasked, runsIn(store)]).toEqual([130, [], []]);
  });

  test("a store without runs has nothing to ask about", async () => {
    const { code, shown } = await converse(["analyze", "--dir", join(scene, "none")], []);
    const message =
      /^batchscope: error: analyze: expected a run in .*, got none; make one with `batchscope train --dir \S+`\r\n$/;
    expect([code, shown]).toEqual([4, expect.stringMatching(message)]);
  });

  test.each(["CI", "BATCHSCOPE_NO_INPUT"])("%s forbids questions", async (variable) => {
    const { code, shown } = await converse(["train"], [], { [variable]: "1" });
    const message = `expected --model and --data, got neither, and ${variable} forbids questions; pass them`;
    expect([code, shown]).toEqual([2, `batchscope: error: train: ${message}\r\n`]);
  });
});
