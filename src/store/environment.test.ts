import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchStore } from "../../test/scratchStore.ts";
import { describeEnvironment } from "./describeEnvironment.ts";
import { readEnvironment } from "./environment.ts";
import { encodeJson } from "./json.ts";

const store = scratchStore();

test("says which commit was checked out and whether tracked files were changed", () => {
  const directory = store.directory;
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      cwd: directory,
      encoding: "utf8",
      stdio: "pipe",
    });
  const described = () => describeEnvironment({}, {}, directory).git;
  expect(described()).toBeNull();
  git("init", "-q");
  writeFileSync(join(directory, "tracked"), "1");
  git("add", "tracked");
  git("commit", "-q", "-m", "a");
  const sha = git("rev-parse", "HEAD").trim();
  writeFileSync(join(directory, "untracked"), "1");
  expect(described()).toEqual({ sha, dirty: false });
  writeFileSync(join(directory, "tracked"), "22");
  expect(described()).toEqual({ sha, dirty: true });
});

test.each([null, { sha: "a".repeat(40), dirty: true }, { sha: "a".repeat(40), dirty: null }])(
  "is read as it was written, with the commit %j",
  (git) => {
    const written = { ...describeEnvironment({ seed: 1 }, { train: "0f" }, store.directory), git };
    writeFileSync(join(store.directory, "environment.json"), encodeJson(written));
    expect(readEnvironment({ path: store.directory })).toEqual(written);
  },
);

test("says where the run was started", () => {
  expect(describeEnvironment({}).directory).toBe(process.cwd());
});
