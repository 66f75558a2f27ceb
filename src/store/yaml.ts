import { createRequire } from "node:module";

let loaded: typeof import("yaml") | undefined;

/** The YAML library, loaded when it is first asked for: most commands read and write none, and it is 70 files. */
export function yaml(): typeof import("yaml") {
  loaded ??= createRequire(import.meta.url)("yaml") as typeof import("yaml");
  return loaded;
}
