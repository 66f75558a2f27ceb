import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

// What bin/batchscope.js starts is planted here; only the choice and the hand-over are under test.
const source = `
export async function main(argv: string[]): Promise<number> {
  if (argv[0] !== "wait") {
    console.log("source", ...argv, process.versions.node);
    return 7;
  }
  const received: string[] = [];
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => console.log("got", received.push(signal), signal));
  console.log("ready");
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.on("end", resolve));
  return received.length;
}`;
const distribution = `export const main = async () => { console.log("distribution"); return 0; };`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "batchscope-bin-"));
  write("package.json", '{ "type": "module" }');
  mkdirSync(join(root, "bin"));
  copyFileSync(new URL("../bin/batchscope.js", import.meta.url), join(root, "bin/batchscope.js"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function installNode() {
  write("node_modules/node/package.json", '{ "name": "node" }');
  mkdirSync(join(root, "node_modules/node/bin"), { recursive: true });
  symlinkSync(process.execPath, join(root, "node_modules/node/bin/node"));
}

/** Starts the copied file with a Node that says it is 20 when `old`. */
function start(argv: string[], { old }: { old: boolean }) {
  const lie = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })`;
  const preload = old ? ["--import", `data:text/javascript,${encodeURIComponent(lie)}`] : [];
  const child = spawn(process.execPath, [...preload, join(root, "bin/batchscope.js"), ...argv]);
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk;
    child.emit("output", output);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, output }));
  const said = async (text: string) => {
    while (!output.includes(text)) await once(child, "output");
  };
  return { child, ended, said };
}

test("a checkout runs its sources even when it was built, a package its distribution", async () => {
  write("dist/cli/main.js", distribution);
  expect(await start([], { old: false }).ended).toEqual({ code: 0, signal: null, output: "distribution\n" });
  write("src/cli/main.ts", source);
  expect(await start(["a"], { old: false }).ended).toMatchObject({
    code: 7,
    output: `source a ${process.versions.node}\n`,
  });
});

test("an old Node hands arguments and exit code over to the installed one", async () => {
  write("src/cli/main.ts", source);
  installNode();
  const run = start(["a b", "--c"], { old: true });
  expect(await run.ended).toMatchObject({ code: 7, output: `source a b --c ${process.versions.node}\n` });
});

test("an old Node alone says what is needed", async () => {
  write("src/cli/main.ts", source);
  const { code, output } = await start([], { old: true }).ended;
  expect(output).toBe(
    "batchscope: error: expected Node 24 or newer, got 20.1.0; install Node 24, or beside batchscope: npm install node@24\n",
  );
  expect(code).toBe(5);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s without a terminal reaches the command once", async (signal) => {
  write("src/cli/main.ts", source);
  installNode();
  const { child, ended, said } = start(["wait"], { old: true });
  await said("ready");
  child.kill(signal);
  await said("got");
  child.stdin.end();
  expect(await ended).toEqual({ code: 1, signal: null, output: `ready\ngot 1 ${signal}\n` });
});

test("a command that dies of a signal makes the caller die of it", async () => {
  write("src/cli/main.ts", `export const main = () => process.kill(process.pid, "SIGTERM");`);
  installNode();
  expect(await start([], { old: true }).ended).toMatchObject({ code: null, signal: "SIGTERM" });
});
