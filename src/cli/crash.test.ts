import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

/** What a process does in which this happens, that has something under way. */
async function crashing(happens: string, debug = false) {
  const script = `
import { onCrash, reportCrashes } from "${new URL("crash.ts", import.meta.url)}";
reportCrashes(${debug});
onCrash(() => { throw new Error("a full disk"); });
onCrash((reason) => console.log(reason));
onCrash(() => console.log("over"))();
setInterval(() => {}, 1000);
${happens}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].on("data", (chunk: Buffer) => {
      text[stream] += chunk;
    });
  const [code] = await once(child, "close");
  return { code, ...text };
}

test.each([
  ["thrown where nobody catches it", `setImmediate(() => { throw new TypeError("x is no function"); });`, "TypeError"],
  ["a promise that nobody waits for", `Promise.reject(new RangeError("x is no function"));`, "RangeError"],
  [
    "an event that nobody listens to",
    `process.emit("x"); new (await import("node:events")).EventEmitter().emit("error", new Error("x is no function"));`,
    "Error",
  ],
])("%s: one line, and what is under way has failed", async (_, happens, name) => {
  expect(await crashing(happens)).toEqual({
    code: 1,
    stdout: "internal: x is no function\n",
    stderr: `batchscope: error: internal: ${name}: x is no function; set BATCHSCOPE_DEBUG=1 for the stack\n`,
  });
});

test("what is no error is told too", async () => {
  const { code, stderr } = await crashing(`Promise.reject("words");`);
  expect([code, stderr]).toEqual([1, "batchscope: error: internal: words\n"]);
});

test("for debugging there is the stack", async () => {
  const { stderr } = await crashing(`Promise.reject(new Error("x"));`, true);
  expect(stderr).toMatch(/^batchscope: error: Error: x\n {4}at /);
});
