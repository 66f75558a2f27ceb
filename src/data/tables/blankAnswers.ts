import { zeros } from "../../tensor/tensor.ts";
import { tensorRows } from "../files/rows.ts";
import { type OpenOptions, outputsOfTrained } from "../openOptions.ts";
import type { NamedArrays } from "./arrayRoles.ts";

/** Where no right answers are asked for, zeros stand for them: of a model of several outputs a class. */
export async function answered(
  parts: readonly [NamedArrays] | readonly [NamedArrays, NamedArrays],
  { whole, targets }: OpenOptions,
): Promise<readonly [NamedArrays] | readonly [NamedArrays, NamedArrays]> {
  const [one, second] = parts;
  if (second !== undefined || whole?.withTarget !== false) return parts;
  const { y: _, ...arrays } = Object.fromEntries(one.arrays);
  const [size] = Object.values(arrays)[0]?.shape ?? [];
  if (size === undefined) return parts;
  const isClass = Number(await outputsOfTrained({ whole, targets })) > 1;
  const y = tensorRows(zeros(isClass ? "int64" : "float32", isClass ? [size] : [size, 1]));
  return [{ ...one, arrays: new Map([...Object.entries(arrays), ["y", y]]) }];
}
