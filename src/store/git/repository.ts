import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readWhole } from "./regularFile.ts";

/** HEAD, a reference, and what points from one folder to another are one line. */
const LINE = 4096;
/** A hundred thousand references are some 6 MB. */
const PACKED_REFERENCES = 2 ** 26;
/** Symbolic references on the way to a commit, as Git follows them. */
const LINKS = 5;

/** Where a repository keeps what is read of it. */
export interface Repository {
  /** The folder of the files that it tracks. */
  readonly root: string;
  /** `.git`, or what stands for it in a worktree or a submodule: HEAD and the index. */
  readonly own: string;
  /** References and objects, which worktrees share. */
  readonly common: string;
}

/**
 * The repository that `directory` is inside of, as `.git` there or above says; null outside one. Variables as GIT_DIR
 * are not asked.
 */
export function findRepository(directory: string): Repository | null {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const found = repositoryAt(folder);
    if (found !== undefined || dirname(folder) === folder) return found ?? null;
  }
}

/** Undefined where `root` is none; null where it says that it is, and cannot be read. */
export function repositoryAt(root: string): Repository | null | undefined {
  const path = join(root, ".git");
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory())
    return existsSync(join(path, "HEAD")) ? { root, own: path, common: commonOf(path) } : undefined;
  if (stat === undefined) return undefined;
  const named = /^gitdir: (.+)$/.exec(lineOf(path) ?? "")?.[1];
  if (named === undefined) return null;
  const own = resolve(root, named);
  return statSync(own, { throwIfNoEntry: false })?.isDirectory() ? { root, own, common: commonOf(own) } : null;
}

function commonOf(own: string): string {
  const named = lineOf(join(own, "commondir"));
  return named === null ? own : resolve(own, named);
}

/**
 * The commit that is checked out, in hexadecimal digits; null where there is none yet, or where it is kept in another
 * way.
 */
export function headOf(repository: Repository): string | null {
  let text = lineOf(join(repository.own, "HEAD"));
  for (let links = 0; text !== null && links <= LINKS; links++) {
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return text;
    const name = /^ref: *(.+)$/.exec(text)?.[1];
    text = name !== undefined && isReferenceName(name) ? referenceOf(repository, name) : null;
  }
  return null;
}

/** Whether it can name nothing but a file below `refs/`. */
function isReferenceName(name: string): boolean {
  const parts = name.split("/");
  return (
    parts[0] === "refs" &&
    parts.length > 1 &&
    parts.every((part) => /^[^.\s\p{Cc}][^\s\p{Cc}]*$/u.test(part)) &&
    !/\.\.|[\\~^:?*[]/.test(name)
  );
}

function referenceOf({ own, common }: Repository, name: string): string | null {
  const loose = lineOf(join(own, name)) ?? lineOf(join(common, name));
  if (loose !== null) return loose;
  const packed = readWhole(join(common, "packed-refs"), PACKED_REFERENCES)?.toString("utf8") ?? "";
  const end = packed.indexOf(` ${name}\n`);
  return end < 0 ? null : packed.slice(packed.lastIndexOf("\n", end) + 1, end);
}

function lineOf(path: string): string | null {
  return readWhole(path, LINE)?.toString("utf8").trimEnd() ?? null;
}
