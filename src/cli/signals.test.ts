import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

/** A command that sends itself signals; `now` is its clock. */
const script = (command: string) => `
import { pbkdf2 } from "node:crypto";
import { onSignals } from "${new URL("signals.ts", import.meta.url)}";
let now = 0;
performance.now = () => now;
// Listening to signals keeps no process alive.
const working = setInterval(() => {}, 1000);
const signals = onSignals("stopping after this row");
const send = async (signal) => {
  const handled = new Promise((resolve) => process.once(signal, () => setImmediate(resolve)));
  process.kill(process.pid, signal);
  await handled;
};
${command}
`;

async function run(command: string) {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script(command)]);
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].on("data", (chunk: Buffer) => {
      text[stream] += chunk;
    });
  try {
    const [code, signal] = await once(child, "close");
    return { code, signal, ...text };
  } finally {
    child.kill("SIGKILL");
  }
}

const said = "\nstopping after this row; once more to stop at once\n";

test.each(["SIGINT", "SIGTERM"])(
  "the first %s is told and lets the command end, and so do two that come together",
  async (signal) => {
    const command = `
    await send("${signal}");
    now = 499;
    await send("SIGTERM");
    signals.stopListening();
    clearInterval(working);
    console.log(signals.aborted.aborted, signals.received());`;
    expect(await run(command)).toEqual({ code: 0, signal: null, stdout: `true ${signal}\n`, stderr: said });
  },
);

// The work would take hours: whoever waits for it fails by the time limit.
test.each(["SIGINT", "SIGTERM"])(
  "after a first %s a later signal ends it at once, even while another thread works",
  async (signal) => {
    const command = `
    pbkdf2("secret", "salt", 2 ** 31 - 1, 64, "sha512", () => console.log("done"));
    await send("${signal}");
    now = 501;
    await send("SIGTERM");
    console.log("still there");`;
    expect(await run(command)).toEqual({ code: null, signal, stdout: "", stderr: said });
  },
);

test.each(["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGXCPU"])(
  "%s lets the command end, as often as it comes, and a request that follows is told as the first",
  async (signal) => {
    const command = `
    await send("${signal}");
    now = 501;
    await send("${signal}");
    await send("SIGTERM");
    signals.stopListening();
    clearInterval(working);
    console.log(signals.aborted.aborted, signals.received());`;
    const stderr = `\n${signal}: stopping after this row\n${said}`;
    expect(await run(command)).toEqual({ code: 0, signal: null, stdout: `true ${signal}\n`, stderr });
  },
);
