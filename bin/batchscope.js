#!/usr/bin/env node
// Plain JavaScript for any Node since 18: it either runs the command line or finds a Node that can.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  // A checkout runs its sources; a package has none, because Node strips no types inside node_modules.
  const source = here("../src/cli/main.ts");
  const { main } = await import(existsSync(source) ? "../src/cli/main.ts" : "../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = here("../node_modules/node/bin/node");
  if (existsSync(node)) runWith(node);
  else {
    console.error(
      `batchscope: error: expected Node ${NEEDED} or newer, got ${process.versions.node}; install Node ${NEEDED}`,
    );
    process.exitCode = 5;
  }
}

/** Runs this file again with another Node: same arguments, same terminal, and its exit code or signal becomes ours. */
function runWith(/** @type {string} */ node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C reaches every process of the foreground group, so the child has it already; a second one would mean "quit now".
  const interrupt = () => inForeground() || child.kill("SIGINT");
  const terminate = () => child.kill("SIGTERM");
  process.on("SIGINT", interrupt).on("SIGTERM", terminate);
  child.on("error", (error) => {
    console.error(`batchscope: error: ${node} does not start (${error.message}); run npm ci again`);
    process.exitCode = 5;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0);
    if (!signal) return;
    process.off("SIGINT", interrupt).off("SIGTERM", terminate);
    process.kill(process.pid, signal);
  });
}

/** Whether the terminal sends its signals to our process group. Linux says so; elsewhere a terminal on any stream is taken as yes. */
function inForeground() {
  try {
    const [, , group, , , foreground] = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return group === foreground;
  } catch {
    return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  }
}
