import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git, gitFolder, repositoryIn, write } from "../../../test/gitFolder.ts";
import { describeEnvironment } from "../describeEnvironment.ts";

const folder = gitFolder();

/** What is read, and what Git itself says. */
const described = (directory: string) => describeEnvironment({}, {}, directory).git;
const told = (directory: string) => ({
  sha: git(directory, "rev-parse", "HEAD"),
  dirty: git(directory, "status", "--porcelain", "--untracked-files=no") !== "",
});

/** Each makes a repository, or several, and gives the folder to look from. */
const places: readonly [string, (root: string) => string][] = [
  ["a new repository", (root) => repositoryIn(root)],
  [
    "an index of version 4",
    (root) => {
      git(repositoryIn(root), "update-index", "--index-version", "4");
      return root;
    },
  ],
  [
    "an index of version 3",
    (root) => {
      repositoryIn(root);
      git(root, "update-index", "--skip-worktree", "a.txt");
      git(root, "commit", "-q", "--allow-empty", "-m", "second");
      return root;
    },
  ],
  ["objects named by SHA-256", (root) => repositoryIn(root, "--object-format=sha256")],
  ["a folder below", (root) => join(repositoryIn(root), "folder", "deeper")],
  [
    "a detached commit",
    (root) => {
      git(repositoryIn(root), "checkout", "-q", "--detach");
      return root;
    },
  ],
  [
    "a branch with a slash",
    (root) => {
      git(repositoryIn(root), "checkout", "-q", "-b", "a/b.c");
      return root;
    },
  ],
  [
    "packed references and objects",
    (root) => {
      repositoryIn(root);
      for (let i = 0; i < 20; i++) {
        write(root, "a.txt", `${"1".repeat(i)}\n`);
        git(root, "commit", "-q", "-a", "-m", `commit ${i}`);
      }
      git(root, "gc", "-q");
      return root;
    },
  ],
  [
    "a clone",
    (root) => {
      git(root, "clone", "-q", repositoryIn(join(root, "first")), "second");
      return join(root, "second");
    },
  ],
  [
    "a worktree",
    (root) => {
      git(repositoryIn(join(root, "first")), "worktree", "add", "-q", "-b", "other", join(root, "second"));
      return join(root, "second", "folder");
    },
  ],
  [
    "a submodule",
    (root) => {
      repositoryIn(join(root, "first"));
      git(repositoryIn(join(root, "second")), "submodule", "--quiet", "add", join(root, "first"), "sub");
      return join(root, "second", "sub");
    },
  ],
  [
    "a repository that has a submodule",
    (root) => {
      repositoryIn(join(root, "first"));
      git(repositoryIn(join(root, "second")), "submodule", "--quiet", "add", join(root, "first"), "sub");
      git(join(root, "second"), "commit", "-q", "-m", "sub");
      return join(root, "second");
    },
  ],
];

test.each(places)("%s: the commit and that nothing was changed", (_, make) => {
  const place = make(folder.path);
  // What Git says last, because it writes down what it finds.
  const found = described(place);
  expect(found).toEqual(told(place));
});

/** Each changes something, or seems to. */
const changes: readonly [string, (root: string) => void][] = [
  ["nothing", () => {}],
  ["an untracked file", (root) => write(root, "new.txt", "new")],
  ["other contents of another length", (root) => writeFileSync(join(root, "a.txt"), "longer\n")],
  ["other contents of the same length", (root) => writeFileSync(join(root, "a.txt"), "two\n")],
  [
    "other contents with the same times",
    (root) => {
      writeFileSync(join(root, "a.txt"), "two\n");
      utimesSync(join(root, "a.txt"), 1e9, 1e9);
    },
  ],
  ["the same contents, written again", (root) => writeFileSync(join(root, "folder/b.txt"), "two\n")],
  ["a file that is gone", (root) => rmSync(join(root, "folder/b.txt"))],
  ["a folder that is gone", (root) => rmSync(join(root, "folder"), { recursive: true })],
  ["a file that may be run", (root) => chmodSync(join(root, "a.txt"), 0o755)],
  [
    "a folder that became a link to what it was",
    (root) => {
      renameSync(join(root, "folder"), join(root, "moved"));
      symlinkSync("moved", join(root, "folder"));
    },
  ],
  [
    "a folder that became a file",
    (root) => {
      rmSync(join(root, "folder"), { recursive: true });
      writeFileSync(join(root, "folder"), "");
    },
  ],
  [
    "a file that became a folder",
    (root) => {
      rmSync(join(root, "a.txt"));
      mkdirSync(join(root, "a.txt"));
    },
  ],
  [
    "another target of a link",
    (root) => {
      rmSync(join(root, "link"));
      symlinkSync("b.txt", join(root, "link"));
    },
  ],
  [
    "a commit more",
    (root) => {
      write(root, "a.txt", "four\n");
      git(root, "commit", "-q", "-a", "-m", "second");
    },
  ],
  ["a commit taken back, its files kept", (root) => git(root, "reset", "-q", "--soft", "HEAD~1")],
  ["a file assumed to be unchanged", assumeUnchanged],
  [
    "a file only announced",
    (root) => {
      write(root, "new.txt", "new");
      git(root, "add", "-N", "new.txt");
    },
  ],
];

function assumeUnchanged(root: string): void {
  git(root, "update-index", "--assume-unchanged", "a.txt");
  git(root, "commit", "-q", "--allow-empty", "-m", "second");
  writeFileSync(join(root, "a.txt"), "longer\n");
}

test.each(changes)("after %s, as Git says", (_, change) => {
  const root = repositoryIn(folder.path);
  symlinkSync("a.txt", join(root, "link"));
  git(root, "add", "link");
  git(root, "commit", "-q", "-m", "a link");
  change(root);
  const found = described(root);
  expect(found).toEqual(told(root));
});

test("a change inside a submodule, and another commit of it, are changes", () => {
  repositoryIn(join(folder.path, "first"));
  const root = repositoryIn(join(folder.path, "second"));
  git(root, "submodule", "--quiet", "add", join(folder.path, "first"), "sub");
  git(root, "commit", "-q", "-m", "sub");
  expect(described(root)?.dirty).toBe(false);
  writeFileSync(join(root, "sub", "a.txt"), "longer\n");
  expect(described(root)).toEqual(told(root));
  expect(described(root)?.dirty).toBe(true);
  git(join(root, "sub"), "commit", "-q", "-a", "-m", "more");
  expect(described(root)).toEqual(told(root));
  expect(described(root)?.dirty).toBe(true);
});

/** What reading does not tell is not guessed. */
const unknown: readonly [string, (root: string) => void][] = [
  [
    "a file was staged",
    (root) => {
      write(root, "a.txt", "four\n");
      git(root, "add", "a.txt");
    },
  ],
  [
    "contents of the same length may be a filter's",
    (root) => {
      write(root, ".git/info/attributes", "*.txt text\n");
      writeFileSync(join(root, "a.txt"), "two\n");
    },
  ],
  ["the index is split", (root) => git(root, "update-index", "--split-index")],
  ["the index is damaged", (root) => writeFileSync(join(root, ".git/index"), "DIRC")],
  ["the index is missing", (root) => rmSync(join(root, ".git/index"))],
  ["the files are elsewhere", (root) => git(root, "config", "core.worktree", "/")],
];

test.each(unknown)("where %s, the commit is said and no more", (_, change) => {
  const root = repositoryIn(folder.path);
  const sha = git(root, "rev-parse", "HEAD");
  change(root);
  expect(described(root)).toEqual({ sha, dirty: null });
});

test("outside a repository, before its first commit and in a bare one nothing is said", () => {
  expect(described(folder.path)).toBeNull();
  git(folder.path, "init", "-q", "new");
  expect(described(join(folder.path, "new"))).toBeNull();
  git(folder.path, "clone", "-q", "--bare", repositoryIn(join(folder.path, "first")), "bare");
  expect(described(join(folder.path, "bare"))).toBeNull();
});

test("the environment names no repository", () => {
  const [inside, other] = ["inside", "other"].map((name) => repositoryIn(join(folder.path, name)));
  git(other!, "commit", "-q", "--allow-empty", "-m", "another");
  process.env.GIT_DIR = join(other!, ".git");
  try {
    expect(described(inside!)?.sha).not.toBe(git(other!, "rev-parse", "HEAD"));
  } finally {
    delete process.env.GIT_DIR;
  }
});
