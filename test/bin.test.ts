import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheFolder } from "../src/data/files/spill.ts";

// What bin/batchscope.js starts is planted here; only the choice and the hand-over are under test.
const source = `
export async function main(argv: string[]): Promise<number> {
  if (argv[0] !== "wait") {
    console.log("source", ...argv, process.versions.node);
    return 7;
  }
  const received: string[] = [];
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGXCPU"]) process.on(signal, () => console.log("got", received.push(signal), signal));
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
function start(argv: string[], { old, before = "", cache }: { old: boolean; before?: string; cache?: string }) {
  const lie = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })`;
  const code = old ? `${lie}; ${before}` : before;
  const preload = code === "" ? [] : ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
  const child = spawn(process.execPath, [...preload, join(root, "bin/batchscope.js"), ...argv], {
    env: { ...process.env, BATCHSCOPE_LANG: "en", XDG_CACHE_HOME: cache ?? join(root, "cache") },
  });
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

describe.runIf(process.platform !== "win32")("a hang-up before the command line is loaded", () => {
  // As early as a program can send it to itself: before the file of the launcher is read to its end.
  const before = `setImmediate(() => process.kill(process.pid, "SIGHUP"));`;
  const loading = (then: string) => `
    await new Promise((resolve) => setTimeout(resolve, 0)); await new Promise(setImmediate); await new Promise(setImmediate);
    export async function main(argv: string[], hangup: { release(): void }): Promise<number> { ${then} }`;

  test("is held back, and lost where it is ignored", async () => {
    write(
      "src/cli/main.ts",
      loading(`process.on("SIGHUP", () => console.log("ignored")); const alive = setInterval(() => {}, 1000);
      const came = new Promise((resolve) => process.once("SIGHUP", resolve)); hangup.release(); await came; clearInterval(alive); return 7;`),
    );
    expect(await start([], { old: false, before }).ended).toEqual({ code: 7, signal: null, output: "ignored\n" });
  });

  test("ends the process where nobody listens", async () => {
    write(
      "src/cli/main.ts",
      loading(`hangup.release(); await new Promise((resolve) => setTimeout(resolve, 600_000)); return 7;`),
    );
    expect(await start([], { old: false, before }).ended).toEqual({ code: null, signal: "SIGHUP", output: "" });
  });
});

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

test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGXCPU"] as const)(
  "%s without a terminal reaches the command once",
  async (signal) => {
    write("src/cli/main.ts", source);
    installNode();
    const { child, ended, said } = start(["wait"], { old: true });
    await said("ready");
    child.kill(signal);
    await said("got");
    child.stdin.end();
    expect(await ended).toEqual({ code: 1, signal: null, output: `ready\ngot 1 ${signal}\n` });
  },
);

test("a command that dies of a signal makes the caller die of it", async () => {
  write("src/cli/main.ts", `export const main = () => process.kill(process.pid, "SIGTERM");`);
  installNode();
  expect(await start([], { old: true }).ended).toMatchObject({ code: null, signal: "SIGTERM" });
});

/** Waits until the debugger that the signal opens is there. */
const openDebugger = `
const { url } = await import("node:inspector");
process.kill(process.pid, "SIGUSR1");
while (url() === undefined);`;

test.each([false, true])(
  "SIGUSR1 before anyone listens ends it, and closes the debugger (old Node: %s)",
  async (old) => {
    write("src/cli/main.ts", source);
    installNode();
    const { code, output } = await start(["wait"], { old, before: openDebugger }).ended;
    expect([code, output]).toEqual([138, expect.not.stringContaining("ready")]);
  },
);

test("SIGUSR1 to a command that does not listen ends it, and opens no debugger", async () => {
  write("src/cli/main.ts", `export const main = () => { setInterval(() => {}, 1000); console.log("ready"); };`);
  const { child, ended, said } = start([], { old: false });
  await said("ready");
  child.kill("SIGUSR1");
  expect(await ended).toEqual({ code: 138, signal: null, output: "ready\n" });
});

test("the command learns that an old Node that started it is gone", async () => {
  const main = `export const main = () => new Promise((resolve) => {
    process.on("disconnect", () => { console.log("gone"); resolve(0); });
    console.log("ready");
  });`;
  write("src/cli/main.ts", main);
  installNode();
  const { child, ended, said } = start([], { old: true });
  await said("ready");
  child.kill("SIGKILL");
  expect((await ended).output).toBe("ready\ngone\n");
});

test.each([
  ["is missing", ""],
  ["is damaged", "export const main = ("],
  ["wants what is missing", `import "./nothing.ts"; export const main = () => {};`],
])("a program that %s is told on one line", async (_, text) => {
  if (text !== "") write("src/cli/main.ts", text);
  const { code, output } = await start([], { old: false }).ended;
  expect(output).toMatch(/^batchscope: error: internal: [^\n]+; install batchscope again[^\n]*\n$/);
  expect(code).toBe(1);
});

test("a fault of the command is told, and is the caller's", async () => {
  write("src/cli/main.ts", `export const main = () => process.kill(process.pid, "SIGKILL");`);
  installNode();
  const { signal, output } = await start([], { old: true }).ended;
  expect(signal).toBe("SIGKILL");
  expect(output).toBe(
    "batchscope: error: expected an end in order, got SIGKILL; look for want of memory, and see batchscope runs\n",
  );
});

test.each([
  [["--lang", "zh"], "", true],
  [["train", "--lang=zh"], "en", true],
  [[], "zh_CN.UTF-8", true],
  [["--lang", "en"], "zh", false],
  [["--lang", "fr"], "zh", true],
])(
  "%j is answered by the launcher in the language asked for, where the environment says %j",
  async (argv, language, isChinese) => {
    const before = `process.env.BATCHSCOPE_LANG = ${JSON.stringify(language)}`;
    const { output } = await start(argv, { old: true, before }).ended;
    expect(output).toMatch(isChinese ? /应为 Node 24 或更新的版本，实际为 20\.1\.0；/ : /expected Node 24 or newer/);
  },
);

describe("what is compiled is kept", () => {
  const settings = { old: false };
  const compiled = () => join(cacheFolder({ XDG_CACHE_HOME: join(root, "cache") }), "compiled");
  beforeEach(() => write("src/cli/main.ts", source));

  test("in the cache folder, which a later start may use", async () => {
    for (let i = 0; i < 2; i++) expect((await start([], settings).ended).code).toBe(7);
    expect(readdirSync(compiled())).not.toEqual([]);
  });

  test("but changes with the file", async () => {
    await start([], settings).ended;
    write("src/cli/main.ts", source.replace("return 7", "return 8"));
    expect((await start([], settings).ended).code).toBe(8);
  });

  test("nowhere when the folder cannot be made, lies nowhere, or takes code from others", async () => {
    write("file", "");
    expect((await start([], { ...settings, cache: join(root, "file") }).ended).code).toBe(7);
    // Of which the system says that it is there and that its parent is missing.
    if (existsSync("/proc/self"))
      expect((await start([], { ...settings, cache: "/proc/none/cache" }).ended).code).toBe(7);
    expect((await start([], { ...settings, cache: "relative" }).ended).code).toBe(7);
    expect(existsSync("relative")).toBe(false);
    mkdirSync(compiled(), { recursive: true });
    chmodSync(compiled(), 0o777);
    expect((await start([], settings).ended).code).toBe(7);
    expect(readdirSync(compiled())).toEqual([]);
  });
});
