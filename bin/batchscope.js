#!/usr/bin/env node
// Plain JavaScript for any Node since 18: it either runs the command line or finds a Node that can.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  // A checkout runs its sources; a package has none, because Node strips no types inside node_modules.
  const source = here("../src/cli/main.ts");
  const { main } = await import(existsSync(source) ? "../src/cli/main.ts" : "../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = newerNode();
  if (node) runWith(node);
  else {
    console.error(
      `batchscope: error: expected Node ${NEEDED} or newer, got ${process.versions.node}; install Node ${NEEDED}, or beside batchscope: npm install node@${NEEDED}`,
    );
    process.exitCode = 5;
  }
}

/** The Node of the npm package `node`: our own development dependency, or installed beside us. */
function newerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const node = join(dirname(manifest), "bin", "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

/** Runs this file again with another Node: same arguments, same terminal, and its exit code or signal becomes ours. */
function runWith(/** @type {string} */ node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // From the keyboard Ctrl-C reaches parent and child alike, from `kill -INT` only the parent: so it is always passed on, and
  // the command takes two that come together for one (src/cli/signals.ts).
  const interrupt = () => child.kill("SIGINT");
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
