import type { MetricRecord } from "../store/schema.ts";

/** The numbers of a record by name, those of an object inside it as `outer.inner`; without kind, epoch and step, which place it. */
export function numbersOf(record: MetricRecord): [name: string, value: number][] {
  const { kind: _kind, epoch: _epoch, step: _step, ...rest } = record;
  return numbersIn(rest, "");
}

function numbersIn(fields: object, prefix: string): [string, number][] {
  return Object.entries(fields).flatMap(([name, value]): [string, number][] => {
    if (typeof value === "number") return [[prefix + name, value]];
    return typeof value === "object" && value !== null ? numbersIn(value, `${prefix}${name}.`) : [];
  });
}
