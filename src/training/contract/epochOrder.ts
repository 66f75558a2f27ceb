/** How far an epoch is: examples, and a number that does not depend on their order. Survives JSON. */
export interface EpochSeen {
  readonly count: number;
  readonly hash: number;
}

/** Watches that an epoch takes every example once. */
export interface EpochOrder {
  /** Examples of a micro-batch; gives how many of them were taken before in this epoch, or are none of the data. */
  take(indices: Uint32Array): number;
  seen(): EpochSeen;
  /** Ends the epoch: what is missing, or was taken twice, of its examples; 0 where each came once. */
  end(): number;
}

/** Of `size` examples; `from` where the epoch was begun by another process. */
export function epochOrder(size: number, from: EpochSeen = { count: 0, hash: 0 }): EpochOrder {
  const bits = new Uint32Array(Math.ceil(size / 32));
  let { count, hash } = from;
  let total: number | undefined;
  return {
    take(indices) {
      let again = 0;
      for (let i = 0; i < indices.length; i++) {
        const index = indices[i]!;
        const [word, bit] = [index >>> 5, 1 << (index & 31)];
        if (index >= size || (bits[word]! & bit) !== 0) again++;
        else bits[word]! |= bit;
        hash = (hash + scattered(index)) >>> 0;
      }
      count += indices.length;
      return again;
    },
    seen: () => ({ count, hash }),
    end() {
      total ??= hashOfAll(size);
      const off = Math.abs(size - count);
      const wrong = off > 0 ? off : Number(hash !== total);
      bits.fill(0);
      [count, hash] = [0, 0];
      return wrong;
    },
  };
}

function hashOfAll(size: number): number {
  let hash = 0;
  for (let i = 0; i < size; i++) hash = (hash + scattered(i)) >>> 0;
  return hash;
}

/** A bijection of 32 bits (the finalizer of MurmurHash3), so that sums of other sets differ. */
function scattered(index: number): number {
  let x = index + 1;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
