import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Of a digest. */
const DIGITS = 12;

/** The folder with all of this program's code: `src/` of a checkout, `dist/` of a package. */
const codeFolder = fileURLToPath(new URL("..", import.meta.url));

/** For how long a digest is taken to hold, in milliseconds. */
const HOLDS = 10_000;

let known = { digest: "", at: Number.NEGATIVE_INFINITY };

/**
 * Tells the code that runs from that of another checkout or package of the same version. A checkout may be changed
 * below a process that trains in processes of its own: these run what is there then, so that it is read again.
 */
export function programDigest(): string {
  const now = performance.now();
  if (now - known.at > HOLDS) known = { digest: digestOfCode(codeFolder), at: now };
  return known.digest;
}

/** The first digits of the SHA-256 of every file of code below a folder with its path, tests left out. */
export function digestOfCode(folder: string): string {
  const hash = createHash("sha256");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  for (const name of names.filter((one) => /(?<!\.test|\.d)\.(ts|js)$/.test(one)).toSorted())
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update("\0");
  return hash.digest("hex").slice(0, DIGITS);
}
