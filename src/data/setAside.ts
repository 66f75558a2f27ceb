import { option, UsageError } from "../tensor/errors.ts";
import { type Dataset, select } from "./dataset.ts";

/**
 * `count` examples that a hash of their places chooses, always the same ones of data of this size, and the others; both
 * in their order. Throws `UsageError` where nothing would be left.
 */
export function setAside(data: Dataset, count: number): { readonly kept: Dataset; readonly aside: Dataset } {
  if (count >= data.size)
    throw new UsageError(
      `${option("setAside")}: expected fewer than the ${data.size} validation examples, got ${count}; lower it, or validate on more`,
    );
  const order = Uint32Array.from({ length: data.size }, (_, i) => i).sort(
    (a, b) => hash(a, data.size) - hash(b, data.size) || a - b,
  );
  return {
    aside: select(data, order.slice(0, count).sort()),
    kept: select(data, order.slice(count).sort()),
  };
}

/** A place of `size` as 32 mixed bits: the finalizer of MurmurHash3 (Appleby 2011), twice. */
function hash(place: number, size: number): number {
  return mixed((mixed(size) + place) >>> 0);
}

function mixed(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
