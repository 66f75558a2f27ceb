/** What a side of a judgement was understood as. */
export type SideKind = "options" | "file" | "arm" | "run";

/** The options as they stand beside the sides. */
export const BASE = "base";

/**
 * What a side is, by the form of its text alone:
 *
 *   key=value key=value           options beside the flags; "base" for the flags as they are
 *   NAME.yaml, .yml or .json      a file as `train -c` takes it
 *   STUDY/ARM                     an arm of a study of the store
 *   anything else                 a run: an id, the beginning of one, a path that begins with . or /, or latest
 */
export function kindOfSide(text: string): SideKind {
  const word = text.trim();
  if (word === BASE || /^[a-z][\w-]*\s*=/i.test(word)) return "options";
  if (/\.(ya?ml|json)$/i.test(word)) return "file";
  return /^[a-z0-9][\w.-]*\/./i.test(word) ? "arm" : "run";
}
