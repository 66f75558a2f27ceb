import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface DiskSize {
  readonly bytes?: number;
  /** Files and folders, the root included. */
  readonly inodes?: number;
}

/** A small file system in memory, mounted at `path`. */
export interface Disk {
  readonly path: string;
  resize(size: DiskSize): void;
  setReadOnly(readOnly: boolean): void;
  remove(): void;
}

const options = ({ bytes, inodes }: DiskSize) =>
  [bytes === undefined ? [] : [`size=${bytes}`], inodes === undefined ? [] : [`nr_inodes=${inodes}`]].flat();
const mount = (...argv: string[]) => execFileSync("mount", argv, { stdio: "pipe" });

/** Needs the right to mount, which root has outside of most containers. */
export function makeDisk(path: string, size: DiskSize): Disk {
  mkdirSync(path, { recursive: true });
  mount("-t", "tmpfs", "-o", options(size).join() || "size=100%", "none", path);
  return {
    path,
    resize: (to) => void mount("-o", ["remount", ...options(to)].join(), path),
    setReadOnly: (readOnly) => void mount("-o", `remount,${readOnly ? "ro" : "rw"}`, path),
    remove: () => {
      // Lazily: a process that a test stopped may not be gone yet.
      execFileSync("umount", ["-l", path], { stdio: "pipe" });
      rmSync(path, { recursive: true });
    },
  };
}

/** Why no disk can be made here; null where one can. */
export function whyNoDisk(folder: string): string | null {
  try {
    const disk = makeDisk(join(folder, "probe"), { bytes: 65_536 });
    writeFileSync(join(disk.path, "probe"), "");
    disk.remove();
    return null;
  } catch (error) {
    return `no file system can be mounted here (${error instanceof Error ? error.message.split("\n")[0] : error})`;
  }
}
