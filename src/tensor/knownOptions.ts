import { UsageError } from "./errors.ts";
import { shown } from "./shown.ts";
import { didYouMean } from "./suggest.ts";

/** The keys of an options object: true, or the keys of the object that stands there. */
export interface KnownOptions {
  readonly [key: string]: true | KnownOptions;
}

/** A table of all keys of a type, for `requireKnown`: the compiler finds what it lacks. */
export type KeysOf<Options> = { readonly [Key in keyof Required<Options>]: true | KnownOptions };

/**
 * Throws `UsageError` for options that are no object and for a key that nobody reads, which without types would be
 * passed over in silence; `place` is what takes them.
 */
export function requireKnown(place: string, options: unknown, known: KnownOptions): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new UsageError(`${place}: expected options as an object, got ${shown(options)}; write { … }`);
  for (const [key, value] of Object.entries(options)) {
    const inner = Object.hasOwn(known, key) ? known[key] : undefined;
    if (inner === undefined)
      throw new UsageError(`${place}: expected a known option, got "${key}"${hint(key, known) || "; leave it out"}`);
    if (inner !== true && typeof value === "object" && value !== null && !Array.isArray(value))
      requireKnown(`${place}: ${key}`, value, inner);
  }
}

/** Where a key belongs that stands in the wrong place, or what it may have been meant for. */
function hint(key: string, known: KnownOptions): string {
  const within = Object.entries(known).find(([, inner]) => inner !== true && Object.hasOwn(inner, key));
  return within ? `; write ${within[0]}: { ${key}: … }` : didYouMean(key, Object.keys(known));
}
