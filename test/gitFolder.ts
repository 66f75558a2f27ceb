import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** A folder for repositories, for each test of the file. */
export function gitFolder(): { path: string } {
  const folder = { path: "" };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), "batchscope-git-"));
  });
  afterEach(() => rmSync(folder.path, { recursive: true }));
  return folder;
}

/** Runs Git as it is, without the settings of this machine and its user; what it printed. */
export function git(cwd: string, ...argv: string[]): string {
  const settings = ["user.name=a", "user.email=a@b", "init.defaultBranch=main", "protocol.file.allow=always"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_SYSTEM: devNull };
  return execFileSync("git", [...settings.flatMap((one) => ["-c", one]), ...argv], {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** Writes a file, below folders that need not be there, as long ago as would let its times be believed. */
export function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), 1e9, 1e9);
}

/** A repository with a commit of three files. */
export function repositoryIn(root: string, ...settings: string[]): string {
  mkdirSync(root, { recursive: true });
  git(root, "init", "-q", ...settings);
  write(root, "a.txt", "one\n");
  write(root, "folder/b.txt", "two\n");
  write(root, "folder/deeper/c.txt", "three\n");
  git(root, "add", ".");
  git(root, "commit", "-q", "-m", "first");
  return root;
}
