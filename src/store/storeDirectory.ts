import { resolve } from "node:path";
import { is, requireArguments } from "../tensor/arguments.ts";
import { option, UsageError } from "../tensor/errors.ts";

/**
 * Where runs are kept: the flag `--dir`, else `$BATCHSCOPE_DIR`, else `./batchscope`; absolute. Throws `UsageError` for
 * an empty flag, which would be the current folder.
 */
export function storeDirectory(flag?: string): string {
  requireArguments("storeDirectory", { dir: flag }, { dir: is.optional(is.text) });
  if (flag?.trim() === "")
    throw new UsageError(`${option("dir")}: expected a folder, got ${JSON.stringify(flag)}; name it, or leave it out`);
  return resolve(flag ?? (process.env.BATCHSCOPE_DIR || "batchscope"));
}
