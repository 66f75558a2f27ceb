import { spawnSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchStore } from "../../test/scratchStore.ts";
import { removeAbandoned, writeAtomically } from "./document.ts";
import { temporaryPath } from "./temporary.ts";

const store = scratchStore();

test("a file is replaced, never written over: who has the old one open still reads it", () => {
  const path = join(store.directory, "new/folder/file");
  writeAtomically(path, "old");
  linkSync(path, `${path}.open`);
  writeAtomically(path, Uint8Array.of(110, 101, 119));
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readFileSync(`${path}.open`, "utf8")).toBe("old");
});

test("a write that fails leaves nothing behind", () => {
  const path = join(store.directory, "file");
  mkdirSync(path);
  writeFileSync(join(path, "inside"), "");
  expect(() => writeAtomically(path, "new")).toThrow(/^E[A-Z]+: /);
  expect(readdirSync(store.directory)).toEqual(["file"]);
});

test("what no process is writing any more is removed, however deep it lies", () => {
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  const now = Date.now() / 1000;
  const run = { path: store.directory };
  mkdirSync(join(run.path, "analysis/epoch_1"), { recursive: true });
  const write = (name: string, secondsAgo: number) => {
    const path = join(store.directory, name);
    writeFileSync(path, new Uint8Array(10));
    utimesSync(path, now - secondsAgo, now - secondsAgo);
  };
  const [gone, stays] = [
    [
      temporaryPath("run.json", dead),
      temporaryPath("analysis/epoch_1/statistics.json", dead),
      temporaryPath("log.txt", process.pid),
    ],
    [
      temporaryPath("run.json", process.ppid),
      // Of another host, whose numbers say nothing here, or of version 0.1.0, which did not say whose they are.
      `config.yaml.00000000-${dead}.tmp`,
      `config.yaml.${dead}.tmp`,
      // Of others.
      temporaryPath("thesis", dead),
      "notes.tmp",
      `run.json.${dead}.tmp.txt`,
    ],
  ];
  for (const name of [...gone, ...stays]) write(name, 0);
  write("summary.json.00000000-1.tmp", 601);
  expect(removeAbandoned(run)).toEqual({ files: 4, bytes: 40 });
  expect(readdirSync(store.directory).sort()).toEqual([...stays, "analysis"].sort());
  expect(readdirSync(join(store.directory, "analysis/epoch_1"))).toEqual([]);
  expect(removeAbandoned(run)).toEqual({ files: 0, bytes: 0 });
});
