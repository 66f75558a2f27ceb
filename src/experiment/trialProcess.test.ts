import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveConfiguration } from "../session/configuration.ts";
import { runTrialProcess } from "./trialProcess.ts";

const GIBIBYTE = 2 ** 30;
const report = (peakBytes: number) => `process.send({ kind: 'result', result: { peakBytes: ${peakBytes} } })`;
const configuration = resolveConfiguration({ model: "mlp", data: "iris" }, {});
const trial = { updates: 1, whole: false, store: "" };
const work = { kind: "trial", configuration, window: [1], trial } as const;
/** A program in the place of the one that runs tasks. */
const run = (source: string, limit = GIBIBYTE) => runTrialProcess(work, limit, { argv: ["-e", source] });

describe("runTrialProcess", () => {
  test.concurrent("gives what the process reports", async () => {
    expect(await run(report(5000))).toEqual({ kind: "fits", peakBytes: 5000 });
  });

  test.concurrent("more than the limit by its own report is too much", async () => {
    const outcome = await run(report(2 * GIBIBYTE));
    expect(outcome).toEqual({ kind: "memory", peakBytes: 2 * GIBIBYTE, end: { kind: "overLimit" } });
  });

  test.concurrent.each<[string, string, object]>([
    [
      "is killed",
      "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)",
      { kind: "signal", signal: "SIGKILL" },
    ],
    ["aborts", "process.abort()", { kind: "signal", signal: "SIGABRT" }],
    ["ends as a shell reports a kill", "process.exit(137)", { kind: "exit", code: 137 }],
    ["says so", "console.error('std::bad_alloc'); process.exit(1)", { kind: "said", words: "std::bad_alloc" }],
    [
      "is refused an array",
      "new ArrayBuffer(2 ** 52)",
      { kind: "said", words: expect.stringMatching(/Node\.js|allocation failed/) },
    ],
  ])("a process that %s had not enough memory", async (_, source, end) => {
    expect(await run(source)).toEqual({ kind: "memory", peakBytes: Number.NaN, end });
  });

  test.concurrent.each<[string, string, object]>([
    [
      "its last words",
      "console.error('first'); console.error('`batchSize`: no such data'); process.exit(2)",
      { kind: "said", words: "--batch-size: no such data" },
    ],
    ["its exit code", "process.exit(7)", { kind: "exit", code: 7 }],
    ["what it wrote instead", "console.error('hello')", { kind: "noTrial", output: "hello" }],
  ])("another failure is told by %s", async (_, source, end) => {
    expect(await run(source)).toEqual({ kind: "failed", end });
  });

  test.runIf(process.platform === "linux")("a process that grows past the limit is stopped", async () => {
    const grow = "const all = []; setInterval(() => all.push(Buffer.alloc(2 ** 23, 1)), 1)";
    const outcome = await run(grow, GIBIBYTE / 4);
    expect(outcome).toMatchObject({ kind: "memory", end: { kind: "stopped" } });
    expect((outcome as { peakBytes: number }).peakBytes).toBeGreaterThan(GIBIBYTE / 4);
  });

  test.concurrent("a program that is not there is an error", async () => {
    await expect(runTrialProcess(work, GIBIBYTE, { program: "/nowhere/node" })).rejects.toThrow(/ENOENT/);
  });
});

test("a trial learns that the process that started it was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-trial-"));
  const [ready, gone] = ["ready", "gone"].map((name) => JSON.stringify(join(folder, name)));
  const orphan = `
    process.on("disconnect", () => { require("fs").writeFileSync(${gone}, ""); process.exit(); });
    require("fs").writeFileSync(${ready}, "");`;
  const parent = `
    import { runTrialProcess } from ${JSON.stringify(new URL("trialProcess.ts", import.meta.url).href)};
    await runTrialProcess(${JSON.stringify(work)}, 2 ** 40, { argv: ["-e", ${JSON.stringify(orphan)}] });`;
  const appeared = appearances(folder);
  const child = spawn(process.execPath, ["--input-type=module", "-e", parent], { stdio: "ignore" });
  try {
    expect((await appeared.next()).value).toBe("ready");
    child.kill("SIGKILL");
    expect((await appeared.next()).value).toBe("gone");
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});

/** Names of files in the order of their appearance. */
async function* appearances(folder: string) {
  const seen = new Set<string>();
  for await (const { filename } of watch(folder)) {
    if (seen.has(filename!)) continue;
    seen.add(filename!);
    yield filename!;
  }
}
