#!/usr/bin/env node
// Plain JavaScript for any Node since 18: it either runs the command line or finds a Node that can.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import module from "node:module";
import { constants, homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NEEDED = 24;
/** What ends a command in order (src/session/stopSignals.ts). */
const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGXCPU"]);
/** How a process ends that is killed, or that makes a mistake no program of ours can catch. */
const FAULTS = ["SIGKILL", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP"];
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

const hangup = holdHangup();
await neverDebug();
if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  keepCompiled();
  const main = await load();
  if (main) process.exitCode = await main(process.argv.slice(2), hangup);
} else {
  const node = newerNode();
  if (node) runWith(node);
  else {
    sayError(
      `expected Node ${NEEDED} or newer, got ${process.versions.node}; install Node ${NEEDED}, or beside batchscope: npm install node@${NEEDED}`,
      `应为 Node ${NEEDED} 或更新的版本，实际为 ${process.versions.node}；请安装 Node ${NEEDED}，或装在 batchscope 旁边：npm install node@${NEEDED}`,
    );
    process.exitCode = 5;
  }
}

/**
 * Whether the end of the terminal is to be ignored, as `nohup` asks, is known only once the command line is loaded, and
 * Node has forgotten it: until then a hang-up is held back. `release` lets it have its effect, also one that came
 * before.
 */
function holdHangup() {
  let came = false;
  const note = () => {
    came = true;
  };
  process.on("SIGHUP", note);
  return {
    release: () => {
      process.off("SIGHUP", note);
      if (came) process.kill(process.pid, "SIGHUP");
    },
  };
}

/**
 * Node opens a debugger, for everyone on this machine, on SIGUSR1 that nobody listens to. A command that does listen
 * ends in order; before it does, the signal ends this program, also where it was faster and a debugger is open. (With
 * Node's `--disable-sigusr1` it could not be listened to.)
 */
async function neverDebug() {
  const end = () => process.exit(128 + constants.signals.SIGUSR1);
  process.on("SIGUSR1", () => process.listenerCount("SIGUSR1") === 1 && end());
  if (!process.features.inspector || asksForDebugger()) return;
  const { close, url } = await import("node:inspector");
  const look = () => {
    if (url() === undefined) return;
    close();
    end();
  };
  look();
  // It opens a moment after its signal.
  setImmediate(look);
}

/**
 * What is compiled once is kept in the cache folder (`cacheFolder` of src/data/files/spill.ts): a start takes less than
 * half the time where types are stripped. Where the folder cannot be written, or where others could put code into it,
 * all is compiled anew. Node's own NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE go before.
 */
function keepCompiled() {
  try {
    const caches = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
    if (!isAbsolute(caches)) return;
    const folder = join(caches, "batchscope", "compiled");
    makeFolder(folder);
    const { uid, mode } = statSync(folder);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    if (isOurs) module.enableCompileCache?.(folder);
  } catch {
    // A folder that cannot be made, or no home at all.
  }
}

/** As src/data/files/folders.ts, because `recursive` never ends below /proc. */
function makeFolder(/** @type {string} */ path) {
  /** @type {string[]} */
  const missing = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const folder of missing) mkdirSync(folder, { mode: 0o700 });
}

function asksForDebugger() {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ""].some((option) => option.includes("--inspect"));
}

/** The command line; undefined where a file of it is missing or damaged, which is said. */
async function load() {
  // A checkout runs its sources; a package has none, because Node strips no types inside node_modules.
  const [folder, ending] = existsSync(here("../src/cli/main.ts")) ? ["../src/", ".ts"] : ["../dist/", ".js"];
  // A process for one task needs no command line (src/session/ownProcess.ts).
  const program = process.argv[2] === "own-process" ? "session/taskProgram" : "cli/main";
  try {
    resolveQuickly(new URL(folder, import.meta.url).href, ending === ".ts" ? "module-typescript" : "module");
    return (await import(folder + program + ending)).main;
  } catch (error) {
    if (process.env.BATCHSCOPE_DEBUG === "1") throw error;
    const [what] = (error instanceof Error ? error.message : String(error)).split("\n");
    sayError(
      `internal: ${what}; install batchscope again, or set BATCHSCOPE_DEBUG=1 for the stack`,
      `内部错误：${what}；请重新安装 batchscope，或设置 BATCHSCOPE_DEBUG=1 以查看调用栈`,
    );
    process.exitCode = 1;
    return undefined;
  }
}

/**
 * A file of ours names the others by where they lie. To follow that takes no look at the disk, for links, for folders,
 * for the manifest that says what a file is: half of what a module costs otherwise.
 */
function resolveQuickly(/** @type {string} */ folder, /** @type {string} */ format) {
  module.registerHooks?.({
    resolve: (specifier, context, next) =>
      specifier.startsWith(".") && context.parentURL?.startsWith(folder)
        ? { url: new URL(specifier, context.parentURL).href, format, shortCircuit: true }
        : next(specifier, context),
  });
}

/** The Node of the npm package `node`: our own development dependency, or installed beside us. */
function newerNode() {
  try {
    const manifest = module.createRequire(import.meta.url).resolve("node/package.json");
    const node = join(dirname(manifest), "bin", "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

/** Runs this file again with another Node: same arguments, same terminal, and its exit code or signal becomes ours. */
function runWith(/** @type {string} */ node) {
  // By the name it was called by, which commands that are printed repeat (src/cli/invocation.ts).
  const argv = [process.argv[1] ?? fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  // Over the channel the command learns that this process is gone, however it ended (src/cli/parent.ts).
  const child = spawn(node, argv, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  // From the keyboard Ctrl-C reaches parent and child alike, from `kill -INT` only the parent: so it is always passed
  // on, and the command takes two that come together for one (src/cli/signals.ts).
  const pass = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  hangup.release();
  child.on("error", (error) => {
    sayError(
      `${node} does not start (${error.message}); run npm ci again`,
      `${node} 无法启动（${error.message}）；请再次运行 npm ci`,
    );
    process.exitCode = 5;
  });
  /** @type {string | undefined} */
  let store;
  child.on("message", (/** @type {{ store?: string }} */ message) => {
    store = message.store;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0);
    if (!signal) return;
    if (FAULTS.includes(signal)) {
      if (store !== undefined) recordDeath(node, [store, child.pid, `ended by ${signal}`]);
      sayError(
        `expected an end in order, got ${signal}; look for want of memory, and see batchscope runs`,
        `应正常结束，实际被 ${signal} 终止；请查看是否内存不足，并查看 batchscope runs`,
      );
    }
    for (const one of SIGNALS) process.off(one, pass);
    // For want of a listener a debugger would open.
    if (signal === "SIGUSR1") return;
    process.kill(process.pid, signal);
  });
}

/**
 * An error in the language that `languageAsked` of src/cli/language.ts would find, which cannot be loaded here: nothing
 * of `src/` may be there.
 */
function sayError(/** @type {string} */ english, /** @type {string} */ chinese) {
  const argv = process.argv.slice(2);
  const at = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const asked = at < 0 ? undefined : (argv[at]?.split("=")[1] ?? argv[at + 1]);
  const { BATCHSCOPE_LANG, LC_ALL, LC_MESSAGES, LANG } = process.env;
  const locale = BATCHSCOPE_LANG || LC_ALL || LC_MESSAGES || LANG || "";
  const language = asked === "en" || asked === "zh" ? asked : locale.toLowerCase();
  console.error(`batchscope: error: ${language.startsWith("zh") ? chinese : english}`);
}

/** Writes into the run of a process that was killed how it ended (src/store/lost.ts), by a Node that can. */
function recordDeath(/** @type {string} */ node, /** @type {unknown[]} */ death) {
  const source = here("../src/store/lost.ts");
  const file = pathToFileURL(existsSync(source) ? source : here("../dist/store/lost.js")).href;
  const program = `(await import(${JSON.stringify(file)})).recordDeath(...${JSON.stringify(death)})`;
  spawnSync(node, ["--input-type=module", "--eval", program], { stdio: "ignore", timeout: 30_000 });
}
