/** Letters of a text that are shown. */
const LONGEST = 40;

/** A value of any type in an error, in few words. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "function") return "a function (call it)";
  if (value instanceof Promise) return "a promise (await it)";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
