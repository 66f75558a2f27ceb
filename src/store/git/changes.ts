import { createHash } from "node:crypto";
import { type BigIntStats, existsSync, lstatSync, readlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { treeOf } from "./commitTree.ts";
import { readWhole } from "./regularFile.ts";
import { headOf, type Repository, repositoryAt } from "./repository.ts";
import { readTrackedFiles, type TrackedFile } from "./trackedFiles.ts";

/** Of an index: some half a million files. */
const INDEX = 2 ** 26;
/** Of files whose contents are compared because their times say nothing. */
const CONTENTS = 2 ** 27;
const CONFIGURATION = 2 ** 20;
const MILLISECONDS = 5000;

/** What one answer may still take, submodules included. */
interface Budget {
  readonly deadline: number;
  bytes: number;
}

type Verdict = "same" | "changed" | "unknown";

/**
 * Whether tracked files differ from the commit that is checked out, found by reading alone: as by Git, times and sizes
 * are compared first, then contents. Null where it cannot be known so: where a file's filter would have to run, what
 * was staged was written to no tree, or it would take long. Throws the system's error where a file cannot be read.
 */
export function hasChanges(repository: Repository, head: string): boolean | null {
  const budget = { deadline: performance.now() + MILLISECONDS, bytes: CONTENTS };
  const verdict = compareAll(repository, head, budget);
  return verdict === "unknown" ? null : verdict === "changed";
}

function compareAll(repository: Repository, head: string, budget: Budget): Verdict {
  const { root, own, common } = repository;
  const settings = readWhole(join(common, "config"), CONFIGURATION)?.toString("latin1") ?? "";
  // In a submodule it is what led here.
  if (own === join(root, ".git") && /worktree\s*=/i.test(settings)) return "unknown";
  const path = join(own, "index");
  const written = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  const bytes = readWhole(path, INDEX);
  const index = bytes && readTrackedFiles(bytes, head.length / 2);
  if (!index || written === undefined) return "unknown";
  const scene = { repository, budget, settings, written: Math.floor(written / 1000), folders: new Map() };
  let verdict: Verdict = "same";
  for (const file of index.files) {
    if (performance.now() > budget.deadline) return "unknown";
    const one = file.passedOver ? "same" : compareFile(scene, file);
    if (one === "changed") return "changed";
    if (one === "unknown") verdict = "unknown";
  }
  const tree = treeOf(common, head);
  if (index.tree === null || tree === null) return "unknown";
  return tree === index.tree ? verdict : "changed";
}

interface Scene {
  readonly repository: Repository;
  readonly budget: Budget;
  /** The repository's own configuration, as text. */
  readonly settings: string;
  /** When the index was, in seconds: times from then on say nothing. */
  readonly written: number;
  /** By path: whether it is a folder, and no link to one; and whether it has attributes. */
  readonly folders: Map<string, { readonly real: boolean; readonly attributes: boolean }>;
}

const [TYPE, FOLDER, LINK, SUBMODULE] = [0o170000, 0o040000, 0o120000, 0o160000];

function compareFile(scene: Scene, file: TrackedFile): Verdict {
  if (file.unsettled) return "changed";
  const type = file.mode & TYPE;
  if (type === FOLDER) return "unknown";
  const folders = foldersOf(scene, file.path);
  if (folders.some(({ real }) => !real)) return "changed";
  const place = Buffer.concat([Buffer.from(`${scene.repository.root}/`), file.path]);
  if (type === SUBMODULE) return compareSubmodule(scene, file, place.toString("utf8"));
  const now = lstatSync(place, { bigint: true, throwIfNoEntry: false });
  if (now === undefined) return "changed";
  if (type === LINK) {
    // Where the file system has no links, they are files.
    if (!now.isSymbolicLink()) return /symlinks\s*=\s*false/i.test(scene.settings) ? "unknown" : "changed";
  } else if (!now.isFile()) return "changed";
  else if (modeChanged(file, now) && !/filemode\s*=\s*false/i.test(scene.settings)) return "changed";
  if (file.stat.size !== 0 && file.stat.size !== Number(now.size & 0xffffffffn)) return "changed";
  if (isUntouched(scene, file, now)) return "same";
  const id = type === LINK ? blobOf(readlinkSync(place, "buffer"), file) : contentsOf(scene, file, { place, now });
  if (id === null) return "unknown";
  if (file.id.equals(id)) return "same";
  return type !== LINK && (mayConvert(scene) || folders.some(({ attributes }) => attributes)) ? "unknown" : "changed";
}

function modeChanged({ mode }: TrackedFile, now: BigIntStats): boolean {
  return process.platform !== "win32" && ((mode ^ Number(now.mode)) & 0o100) !== 0;
}

/** Whether nobody can have written the file since the index was. */
function isUntouched({ written }: Scene, { stat }: TrackedFile, now: BigIntStats): boolean {
  const seconds = (nanoseconds: bigint) => Number((nanoseconds / 1_000_000_000n) & 0xffffffffn);
  return (
    stat.size === Number(now.size & 0xffffffffn) &&
    stat.mtime === seconds(now.mtimeNs) &&
    (stat.nanoseconds === 0 || stat.nanoseconds === Number(now.mtimeNs % 1_000_000_000n)) &&
    stat.ctime === seconds(now.ctimeNs) &&
    stat.inode === Number(now.ino & 0xffffffffn) &&
    stat.mtime < written
  );
}

function contentsOf({ budget }: Scene, file: TrackedFile, { place, now }: { place: Buffer; now: BigIntStats }) {
  const size = Number(now.size);
  if (size > budget.bytes) return null;
  budget.bytes -= size;
  // What says that it is empty may still never end, as in /proc.
  const bytes = size === 0 ? Buffer.alloc(0) : readWhole(place, size);
  return bytes && blobOf(bytes, file);
}

/** The name of an object that holds these bytes. */
function blobOf(bytes: Uint8Array, { id }: TrackedFile): Buffer {
  return createHash(id.length === 32 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest();
}

function foldersOf({ repository: { root }, folders }: Scene, path: Buffer) {
  const found = [];
  for (let end = path.indexOf(47); ; end = path.indexOf(47, end + 1)) {
    const folder = path.subarray(0, Math.max(0, end)).toString("latin1");
    let known = folders.get(folder);
    if (known === undefined) {
      const place = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(folder, "latin1")]);
      const real = lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
      known = { real, attributes: real && existsSync(Buffer.concat([place, Buffer.from("/.gitattributes")])) };
      folders.set(folder, known);
    }
    found.push(known);
    if (end < 0 || !known.real) return found;
  }
}

/** Whether settings outside the tracked folders may let contents be recorded other than they are. */
function mayConvert({ repository: { own, common }, settings }: Scene): boolean {
  const user = process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
  const attributes = [join(common, "info", "attributes"), join(user, "git", "attributes"), "/etc/gitattributes"];
  const files = [
    join(own, "config.worktree"),
    join(homedir(), ".gitconfig"),
    join(user, "git", "config"),
    "/etc/gitconfig",
  ];
  const texts = files.map((path) => readWhole(path, CONFIGURATION)?.toString("latin1") ?? "");
  return (
    attributes.some((path) => existsSync(path)) ||
    [settings, ...texts].some((text) => /crlf|attributesfile|\[include/i.test(text))
  );
}

function compareSubmodule({ budget }: Scene, file: TrackedFile, root: string): Verdict {
  const repository = repositoryAt(root);
  // Not checked out.
  if (repository === undefined) return "same";
  const head = repository && headOf(repository);
  if (!repository || head === null) return "unknown";
  return head === file.id.toString("hex") ? compareAll(repository, head, budget) : "changed";
}
