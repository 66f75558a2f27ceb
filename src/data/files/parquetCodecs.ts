import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { unpackers } from "./compression.ts";
import { sharedTextBytes } from "./parquetDeltas.ts";
import type { Page, Room } from "./parquetPages.ts";
import { checkRuns } from "./parquetRuns.ts";

/**
 * Decompressors for the pages of one column chunk, in their order, that give no more than a page declares, and throw
 * `Error` for pages whose run lengths are longer than themselves. `take` is told of the texts that are shared in them.
 */
export function decompressors(pages: readonly Page[], take: Room): Compressors {
  const all: Compressors = { ...compressors, ...unpackers };
  let next = 0;
  const checked =
    (unpack: (input: Uint8Array, length: number) => Uint8Array) => (input: Uint8Array, length: number) => {
      while (next < pages.length && packedBytes(pages[next]!) !== input.length) next++;
      const page = pages[next++];
      if (page === undefined) throw new Error(`a page of ${input.length} bytes out of its order`);
      const bytes = unpack(input, length);
      if (page.isData) {
        checkRuns(bytes, page, page.second ? "values" : "all");
        take(sharedTextBytes(bytes, page));
      }
      return bytes;
    };
  return Object.fromEntries(Object.entries(all).map(([codec, unpack]) => [codec, checked(unpack)]));
}

/** Bytes of a page that are compressed; none where none are. */
function packedBytes({ isCompressed, second, bytes, levels }: Page): number {
  return isCompressed ? bytes - (second ? levels : 0) : -1;
}
