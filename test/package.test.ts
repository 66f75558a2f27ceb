import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { follow, writeImages } from "./cli/harness.ts";
import { reachedFrom } from "./cycles.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "batchscope-package-"));
const installed = join(folder, "node_modules/batchscope");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** With the Node that runs this test, whichever the machine's own is. */
function run(directory: string, command: string, ...argv: string[]): string {
  const env = {
    ...process.env,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    // No CUDA libraries from a registry of their own, as README.md says.
    ONNXRUNTIME_NODE_INSTALL: "skip",
  };
  return execFileSync(command, argv, { cwd: directory, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** What a user does: install the tarball into an empty folder, without our lock file and our development tools. */
beforeAll(() => {
  run(root, "npm", "pack", "--silent", "--pack-destination", folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the package holds JavaScript, its declarations and its licence, no sources and no tests", () => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(files).toEqual(
    expect.arrayContaining([
      "README.md",
      "docs/data.md",
      "examples/data/flowers.csv",
      "LICENSE",
      "NOTICE",
      "dist/cli/main.js",
      "bin/batchscope.js",
    ]),
  );
  const ours = files.filter((file) => !file.startsWith("examples"));
  expect(ours.filter((file) => /(?<!\.d)\.tsx?$|\.test\.|\.map$|^src\b/.test(file))).toEqual([]);
});

test("no module of it is there for tests alone: what it offers reaches each", () => {
  const dist = join(installed, "dist");
  const modules = new Map(
    readdirSync(dist, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".js"))
      .map((file) => [file.replaceAll("\\", "/"), readFileSync(join(dist, file), "utf8")]),
  );
  // Tasks are loaded by name in processes of their own.
  const tasks = [...modules].flatMap(([file, code]) =>
    [...code.matchAll(/besides\(import\.meta\.url, "(\w+)"\)/g)].map(([, name]) => join(dirname(file), `${name}.js`)),
  );
  const programs = ["cli/main.js", "session/taskProgram.js", "index.js", "browser.js", "runtime/web.js"];
  const reached = reachedFrom(modules, [...programs, ...tasks]);
  // A file of types alone has nothing left.
  const empty = (code: string) => code.replace(/\/\*.*?\*\/|\/\/.*$|\s/gms, "") === "export{};";
  expect(reached.size).toBeGreaterThan(300);
  expect([...modules].filter(([file, code]) => !reached.has(file) && !empty(code)).map(([file]) => file)).toEqual([]);
});

test("the installed command starts, by its name", () => {
  expect(run(folder, "npx", "batchscope", "--version").trim()).toBe(manifest.version);
  expect(run(folder, "npx", "batchscope", "--help")).toMatch(/^Usage: batchscope /);
});

test("the installed command trains, verifies and analyses", () => {
  writeImages(join(folder, "images"), 3);
  const model = ["--model", "mlp", "--data", "images"];
  const trained = run(
    folder,
    "npx",
    "batchscope",
    "train",
    ...model,
    "--epochs",
    "2",
    "--checkpoint-every",
    "1",
    "--json",
  );
  expect(JSON.parse(trained)).toMatchObject({ status: "finished", summary: { epochs: 2 } });
  expect(JSON.parse(run(folder, "npx", "batchscope", "verify", ...model, "--json"))).toMatchObject({ equal: true });
  const analysed = JSON.parse(run(folder, "npx", "batchscope", "analyze", "latest", "--rows", "8", "--json"));
  expect(analysed.checkpoints.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2]);
});

test("a training that is killed is marked failed by the older Node that started it", async () => {
  writeImages(join(folder, "pictures"), 3);
  const node = join(folder, "node_modules/node");
  mkdirSync(join(node, "bin"), { recursive: true });
  writeFileSync(join(node, "package.json"), '{ "name": "node" }');
  symlinkSync(process.execPath, join(node, "bin/node"));
  const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })';
  const launcher = [
    "--import",
    `data:text/javascript,${encodeURIComponent(older)}`,
    join(installed, "bin/batchscope.js"),
  ];
  const endless = ["--model", "mlp", "--data", "pictures", "--epochs", "100000000", "--dir", "killed"];
  const child = spawn(process.execPath, [...launcher, "train", ...endless], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { said, ended } = follow(child);
  await said("validation at epoch");
  const [id = ""] = readdirSync(join(folder, "killed/runs"));
  const record = () => JSON.parse(readFileSync(join(folder, "killed/runs", id, "run.json"), "utf8"));
  const { pid, status } = record();
  expect([status, pid === child.pid]).toEqual(["running", false]);
  process.kill(pid, "SIGKILL");
  expect((await ended).stderr).toMatch(/batchscope: error: expected an end in order, got SIGKILL; [^\n]*\n$/);
  expect(record()).toMatchObject({ status: "failed", exitReason: "ended by SIGKILL", pid });
  rmSync(node, { recursive: true });
});

test("every link of its pages leads somewhere within it", () => {
  const pages = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(installed, page), "utf8");
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    return links
      .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(installed, dirname(page), link)))
      .map((link) => join(dirname(page), link).replaceAll("\\", "/"));
  });
  expect(pages.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});

test("an older Node that imports it is told in a line what it needs", () => {
  const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })';
  const program = 'await import("batchscope").catch(({ name, message }) => console.log(name + ": " + message))';
  const said = run(
    folder,
    process.execPath,
    "--import",
    `data:text/javascript,${encodeURIComponent(older)}`,
    "--input-type=module",
    "--eval",
    program,
  );
  expect(said).toMatch(/^EngineUnavailableError: batchscope: expected Node 24 or newer, got 20\.1\.0; run .*\n$/);
  // It is told so only where nothing that it lacks is imported before.
  const lacks = /import .*from "node:sqlite"|import \{[^}]*(findPackageJSON|registerHooks|zstd\w+)[^}]*\} from "node:/;
  const dist = join(installed, "dist");
  const modules = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  expect(modules.filter((file) => lacks.test(readFileSync(join(dist, file), "utf8")))).toEqual([]);
});

test("nothing that it needs asks for more than its own Node", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const asked = Object.entries<{ dev?: boolean; engines?: { node?: string } }>(packages)
    .filter(([path, { dev, engines }]) => path !== "" && !dev && engines?.node !== undefined)
    .map(([path, { engines }]) => `${path} ${engines!.node}`);
  expect(manifest.engines.node).toBe(">=20");
  expect(asked.filter((one) => !/ ([\^>=~ ]*(?:\d|1\d|20)(?:\.\d+)*(?: .*)?|\*)$/.test(one))).toEqual([]);
});

test("its declarations serve a TypeScript program", () => {
  const program =
    'import { openEngine, type Dataset, train } from "batchscope";\nexport const x: [typeof train, Dataset?] = [train];\n' +
    'import * as page from "batchscope/browser";\nexport const y: typeof train = page.train;\nvoid openEngine;\n';
  writeFileSync(join(folder, "program.mts"), program);
  const settings = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2024",
    "--lib",
    "es2024,dom,esnext.typedarrays,esnext.float16,esnext.disposable",
    "program.mts",
  ];
  expect(run(folder, join(root, "node_modules/.bin/tsc"), ...settings)).toBe("");
});
