import { readFileSync } from "node:fs";
import module from "node:module";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { hasChanges } from "./git/changes.ts";
import { findRepository, headOf, type Repository } from "./git/repository.ts";
import { type Environment, SCHEMA_VERSION } from "./schema.ts";

const engines = ["onnxruntime-node", "koffi", "pure-rand"];

/** What is the same for all runs of one program at one time. */
export type Surroundings = Omit<Environment, "seeds" | "fingerprints">;

export function describeEnvironment(
  seeds: Readonly<Record<string, number>>,
  fingerprints: Readonly<Record<string, string>> = {},
  directory: string = process.cwd(),
): Environment {
  return { ...describeSurroundings(directory), seeds, fingerprints };
}

export function describeSurroundings(directory: string = process.cwd()): Surroundings {
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
    directory,
    git: describeGit(directory),
  };
}

/** Of a package that is installed, or of this one ("."); null where that cannot be found. */
export function packageVersion(name: string): string | null {
  try {
    const path = name === "." ? module.findPackageJSON(import.meta.url) : module.findPackageJSON(name, import.meta.url);
    return path === undefined ? null : JSON.parse(readFileSync(path, "utf8")).version;
  } catch {
    return null;
  }
}

/**
 * Found by reading: Git itself may run what the repository's configuration names, and it names what its author likes.
 */
function describeGit(directory: string): Environment["git"] {
  try {
    const repository = findRepository(directory);
    const sha = repository && headOf(repository);
    return repository && sha !== null ? { sha, dirty: dirtyIn(repository, sha) } : null;
  } catch {
    return null;
  }
}

function dirtyIn(repository: Repository, sha: string): boolean | null {
  try {
    return hasChanges(repository, sha);
  } catch {
    return null;
  }
}
