/** `sgd, rmsprop and lars`. */
export function listed(names: readonly string[], last: "and" | "or"): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
}

type Value = number | string | boolean;

/**
 * `0.01 for sgd and adagrad, 1 for lars, else 0.001`: what each of several `[name, value]` is by default, the usual
 * value last, or all of them where none is usual; `preposition` stands before the names.
 */
export function defaultsInWords(
  values: readonly (readonly [name: string, value: Value])[],
  preposition: "for" | "of",
): string {
  const names = new Map<Value, string[]>();
  for (const [name, value] of values) names.set(value, [...(names.get(value) ?? []), name]);
  const [first, ...others] = [...names].toSorted(([, a], [, b]) => b.length - a.length);
  if (first === undefined) return "";
  if (others.length === 0) return valueInWords(first[0]);
  const say = ([value, owners]: [Value, string[]]) => `${valueInWords(value)} ${preposition} ${listed(owners, "and")}`;
  return first[1].length > 1
    ? [...others.map(say), `else ${valueInWords(first[0])}`].join(", ")
    : [first, ...others].map(say).join(", ");
}

function valueInWords(value: Value): string {
  return typeof value === "number" && value !== 0 && Math.abs(value) < 1e-5 ? value.toExponential() : String(value);
}
