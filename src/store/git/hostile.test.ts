import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git, gitFolder, repositoryIn, write } from "../../../test/gitFolder.ts";
import { describeEnvironment } from "../describeEnvironment.ts";

const folder = gitFolder();
const described = (directory: string) => describeEnvironment({}, {}, directory).git;

/** Leaves a file that tells that it was run. */
const trap = (name: string) => `touch ${JSON.stringify(join(folder.path, `RUN-${name}`)).slice(1, -1)}; cat`;
const settings = (root: string, text: string) => appendFileSync(join(root, ".git", "config"), text);

/** Every way known to us by which a repository names a program, for a file whose contents would have to be compared. */
const programs: readonly [string, (root: string) => void][] = [
  ["core.fsmonitor", (root) => settings(root, `[core]\n\tfsmonitor = "${trap("fsmonitor")}"\n`)],
  ["core.sshCommand", (root) => settings(root, `[core]\n\tsshCommand = "${trap("ssh")}"\n`)],
  [
    "core.pager and core.editor",
    (root) => settings(root, `[core]\n\tpager = "${trap("pager")}"\n\teditor = "${trap("editor")}"\n`),
  ],
  [
    "core.askPass and a credential helper",
    (root) =>
      settings(root, `[core]\n\taskPass = "${trap("ask")}"\n[credential]\n\thelper = "!${trap("credential")}"\n`),
  ],
  [
    "diff.external and textconv",
    (root) =>
      settings(
        root,
        `[diff]\n\texternal = "${trap("diff")}"\n[diff "x"]\n\ttextconv = "${trap("textconv")}"\n\tcommand = "${trap("command")}"\n`,
      ),
  ],
  ["aliases", (root) => settings(root, `[alias]\n\tstatus = "!${trap("status")}"\n\trev-parse = "!${trap("rev")}"\n`)],
  [
    "a file of settings included",
    (root) => {
      write(root, "more.config", `[core]\n\tfsmonitor = "${trap("included")}"\n`);
      settings(root, `[include]\n\tpath = ../more.config\n[includeIf "gitdir:**"]\n\tpath = ../more.config\n`);
    },
  ],
  [
    "settings of a worktree",
    (root) => {
      settings(root, "[extensions]\n\tworktreeConfig = true\n");
      write(root, ".git/config.worktree", `[core]\n\tfsmonitor = "${trap("worktree")}"\n`);
    },
  ],
  [
    "a command for submodules",
    (root) => {
      settings(
        root,
        `[submodule "s"]\n\tupdate = "!${trap("update")}"\n\turl = "ext::sh -c '${trap("ext")}'"\n\tactive = true\n`,
      );
      write(root, ".gitmodules", `[submodule "s"]\n\tpath = s\n\tupdate = "!${trap("modules")}"\n`);
    },
  ],
  [
    "a remote of its own transport and a missing object",
    (root) => {
      settings(
        root,
        `[remote "origin"]\n\turl = "ext::sh -c '${trap("promisor")}'"\n\tpromisor = true\n[extensions]\n\tpartialClone = origin\n[protocol "ext"]\n\tallow = always\n`,
      );
      rmSync(join(root, ".git/objects"), { recursive: true });
      mkdirSync(join(root, ".git/objects"));
    },
  ],
  [
    "hooks",
    (root) => {
      for (const name of ["post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"]) {
        write(root, `.git/hooks/${name}`, `#!/bin/sh\n${trap(`hook-${name}`)}\n`);
        chmodSync(join(root, ".git/hooks", name), 0o755);
      }
      settings(root, `[core]\n\tfsmonitor = .git/hooks/fsmonitor-watchman\n`);
    },
  ],
  ...["clean", "smudge", "process"].map((kind): [string, (root: string) => void] => [
    `a ${kind} filter`,
    (root) => {
      settings(root, `[filter "x"]\n\t${kind} = "${trap(kind)}"\n\trequired = true\n`);
      write(root, ".git/info/attributes", "* filter=x diff=x\n");
    },
  ]),
];

test.each(programs)("%s: nothing is run, and the commit is said", (_, set) => {
  const root = repositoryIn(join(folder.path, "repository"));
  const sha = git(root, "rev-parse", "HEAD");
  // As long as it was: its contents must be looked at.
  writeFileSync(join(root, "a.txt"), "two\n");
  set(root);
  expect(described(root)?.sha).toBe(sha);
  expect(readdirSync(folder.path)).toEqual(["repository"]);
});

test("Git itself would run them", () => {
  const root = repositoryIn(join(folder.path, "repository"));
  settings(root, `[core]\n\tfsmonitor = "${trap("fsmonitor")}"\n`);
  git(root, "status");
  expect(readdirSync(folder.path)).toContain("RUN-fsmonitor");
});

test("a planted program called git is not run", () => {
  const root = repositoryIn(join(folder.path, "repository"));
  const sha = git(root, "rev-parse", "HEAD");
  write(root, "git", `#!/bin/sh\n${trap("git")}\n`);
  chmodSync(join(root, "git"), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${root}:${path}`;
  try {
    expect(described(root)).toEqual({ sha, dirty: false });
  } finally {
    process.env.PATH = path;
  }
  expect(readdirSync(folder.path)).toEqual(["repository"]);
});

function pipeAt(path: string): void {
  rmSync(path, { recursive: true, force: true });
  execFileSync("mkfifo", [path]);
}

function linkAt(target: string, path: string): void {
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

function textAt(path: string, text: string): void {
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, text);
}

/** Larger than may be read, without taking the room. */
function hugeAt(path: string): void {
  textAt(path, "");
  truncateSync(path, 10 * 2 ** 30);
}

/** Each spoils a repository; what is said of it is null, or only its commit. */
const spoilt: readonly [string, "nothing" | "the commit", (root: string) => void][] = [
  ["HEAD is a pipe", "nothing", (root) => pipeAt(join(root, ".git/HEAD"))],
  ["HEAD leads to a device", "nothing", (root) => linkAt("/dev/zero", join(root, ".git/HEAD"))],
  ["HEAD leads to itself", "nothing", (root) => linkAt("HEAD", join(root, ".git/HEAD"))],
  [
    "HEAD is a folder",
    "nothing",
    (root) => {
      rmSync(join(root, ".git/HEAD"));
      mkdirSync(join(root, ".git/HEAD"));
    },
  ],
  ["HEAD is huge", "nothing", (root) => hugeAt(join(root, ".git/HEAD"))],
  [
    "HEAD names a file outside",
    "nothing",
    (root) => {
      write(folder.path, "sha", "a".repeat(40));
      textAt(join(root, ".git/HEAD"), "ref: refs/../../../sha\n");
    },
  ],
  ["HEAD names no reference", "nothing", (root) => textAt(join(root, ".git/HEAD"), "ref: config\n")],
  [
    "HEAD names itself",
    "nothing",
    (root) => {
      textAt(join(root, ".git/HEAD"), "ref: refs/heads/loop\n");
      textAt(join(root, ".git/refs/heads/loop"), "ref: refs/heads/loop\n");
    },
  ],
  ["the branch is a pipe", "nothing", (root) => pipeAt(join(root, ".git/refs/heads/main"))],
  [
    "the packed references are a pipe",
    "nothing",
    (root) => {
      rmSync(join(root, ".git/refs/heads/main"));
      pipeAt(join(root, ".git/packed-refs"));
    },
  ],
  [
    "references are kept in another way",
    "nothing",
    (root) => {
      textAt(join(root, ".git/HEAD"), "ref: refs/heads/.invalid\n");
      textAt(join(root, ".git/refs"), "");
    },
  ],
  [".git is a pipe", "nothing", (root) => pipeAt(join(root, ".git"))],
  [
    ".git names a pipe",
    "nothing",
    (root) => {
      pipeAt(join(folder.path, "pipe"));
      textAt(join(root, ".git"), "gitdir: ../pipe\n");
    },
  ],
  [".git names itself", "nothing", (root) => textAt(join(root, ".git"), "gitdir: .git\n")],
  ["the index is a pipe", "the commit", (root) => pipeAt(join(root, ".git/index"))],
  ["the index is huge", "the commit", (root) => hugeAt(join(root, ".git/index"))],
  ["the settings are a pipe", "the commit", (root) => pipeAt(join(root, ".git/config"))],
  [
    "the objects are pipes",
    "the commit",
    (root) => {
      rmSync(join(root, ".git/objects"), { recursive: true });
      mkdirSync(join(root, ".git/objects/pack"), { recursive: true });
      for (const name of ["a.idx", "a.pack"]) pipeAt(join(root, ".git/objects/pack", name));
    },
  ],
  ["a tracked file is a pipe", "the commit", (root) => pipeAt(join(root, "a.txt"))],
  [
    "attributes are a pipe",
    "the commit",
    (root) => {
      pipeAt(join(root, ".gitattributes"));
      textAt(join(root, "a.txt"), "two\n");
    },
  ],
  ["a tracked folder leads elsewhere", "the commit", (root) => linkAt("/proc", join(root, "folder"))],
];

test.each(spoilt)("where %s, %s is said at once", (_, what, spoil) => {
  const root = repositoryIn(join(folder.path, "repository"));
  const sha = git(root, "rev-parse", "HEAD");
  spoil(root);
  if (what === "nothing") expect(described(root)).toBeNull();
  else expect(described(root)?.sha).toBe(sha);
});

test("a path that leads out of the repository is not looked at", () => {
  const root = repositoryIn(join(folder.path, "repository"));
  for (const path of ["../../a.txt", "/etc/hosts", "a/../../b", ".git/config", "a//b"]) {
    const index = indexOf(path);
    writeFileSync(join(root, ".git", "index"), index);
    expect(described(root), path).toEqual({ sha: git(root, "rev-parse", "HEAD"), dirty: null });
  }
});

/** An index of version 2 of one file of this path, with times and contents of nothing. */
function indexOf(path: string): Buffer {
  const head = Buffer.from("DIRC\0\0\0\x02\0\0\0\x01", "latin1");
  const entry = Buffer.alloc(8 * (Math.floor((62 + path.length) / 8) + 1));
  entry.writeUInt32BE(0o100644, 24);
  entry.writeUInt16BE(path.length, 60);
  entry.write(path, 62, "latin1");
  return Buffer.concat([head, entry, Buffer.alloc(20)]);
}

test("an index of any bytes is read to an end", () => {
  const root = repositoryIn(join(folder.path, "repository"));
  const good = execFileSync("cat", [join(root, ".git/index")]);
  let state = 1;
  const next = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  for (let i = 0; i < 500; i++) {
    const bytes = Buffer.from(good);
    for (let changes = 0; changes <= next(4); changes++) bytes[next(bytes.length)] = next(256);
    if (next(2) === 0) bytes.writeUInt32BE(2 + next(3), 4);
    writeFileSync(join(root, ".git/index"), bytes.subarray(0, next(4) === 0 ? next(bytes.length) : undefined));
    expect([true, false, null]).toContain(described(root)?.dirty);
  }
});
