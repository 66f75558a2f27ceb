import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { readDocument } from "./document.ts";
import { SCHEMA_VERSION } from "./schema.ts";

/** `environment.json`: what else decided the numbers of a run. */
export interface Environment {
  readonly schemaVersion: number;
  /** Of Batchscope, Node and the packages that compute. A package that is not installed is left out. */
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Of the repository in which the run was started; null outside one. `dirty`: tracked files were changed. */
  readonly git: { readonly sha: string; readonly dirty: boolean } | null;
  readonly seeds: Readonly<Record<string, number>>;
  /** Of what was read, by name: "train" and "validation" data, and the file of an imported "model". */
  readonly fingerprints: Readonly<Record<string, string>>;
}

const engines = ["onnxruntime-node", "koffi", "pure-rand"];

export function describeEnvironment(
  seeds: Readonly<Record<string, number>>,
  fingerprints: Readonly<Record<string, string>> = {},
  directory: string = process.cwd(),
): Environment {
  const versions: Record<string, string> = { batchscope: packageVersion(".") ?? "", node: process.versions.node };
  for (const name of engines) {
    const version = packageVersion(name);
    if (version !== null) versions[name] = version;
  }
  return {
    schemaVersion: SCHEMA_VERSION,
    versions,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    git: describeGit(directory),
    seeds,
    fingerprints,
  };
}

/** What decided the numbers of a run when it was started; null where the file is gone. Throws `DataError` naming a damaged file. */
export function readEnvironment(run: { readonly path: string }): Environment | null {
  return readDocument<Environment>(join(run.path, "environment.json"), JSON.parse);
}

function packageVersion(name: string): string | null {
  try {
    const path = name === "." ? findPackageJSON(import.meta.url) : findPackageJSON(name, import.meta.url);
    return path === undefined ? null : JSON.parse(readFileSync(path, "utf8")).version;
  } catch {
    return null;
  }
}

function describeGit(directory: string): Environment["git"] {
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5000,
      // Without this, `status` takes the index lock of the user's repository.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: "0" },
    }).trim();
  try {
    return { sha: git("rev-parse", "HEAD"), dirty: git("status", "--porcelain", "--untracked-files=no") !== "" };
  } catch {
    return null;
  }
}
