export type ResumableArray = Float32Array | Float64Array;

/** Where an interrupted measurement leaves what it has, by name. */
export interface ResumableParts {
  /** Null where there is none, or it is damaged. */
  read(name: string): ReadonlyMap<string, ResumableArray> | null;
  write(name: string, arrays: ReadonlyMap<string, ResumableArray>): void;
  remove(name: string): void;
}

/** The arrays that a pass fills, up to some row, under names of its own. All are zero when it begins. */
export type ArraysOf = (rows: number) => ReadonlyMap<string, ResumableArray>;

/** What a pass over examples that was interrupted had by then. */
export interface ResumableRows {
  /** Fills the arrays and gives how many rows are in; 0, and zeros, where nothing is kept or some of it is damaged. */
  read(arrays: ArraysOf): number;
  write(rows: number, arrays: ArraysOf): void;
  /** Gives the disk its space back. */
  forget(): void;
}

/** Bytes of a part: encoding holds a second copy of one, and no file is too large to be read at once. */
const PART = 2 ** 28;

/** In parts `<name>-rows-1` and so on, and `<name>-rows`, written last, which says how many there are. */
export function resumableRows(store: ResumableParts, name: string, partBytes: number = PART): ResumableRows {
  const index = `${name}-rows`;
  const part = (i: number) => `${index}-${i + 1}`;
  const forget = () => {
    const [, parts = 0] = store.read(index)?.get("counts") ?? [];
    // Without its index no part is ever read, whenever this is cut short.
    store.remove(index);
    for (let i = 0; i < parts; i++) store.remove(part(i));
  };
  return {
    read(arrays) {
      const [rows = 0, parts = 0] = store.read(index)?.get("counts") ?? [];
      const own = arrays(rows);
      let missing = [...own.values()].reduce((sum, array) => sum + array.length, 0);
      for (let i = 0; i < parts; i++)
        for (const [piece, values] of store.read(part(i)) ?? []) {
          const at = piece.lastIndexOf("@");
          own.get(piece.slice(0, at))?.set(values, Number(piece.slice(at + 1)));
          missing -= values.length;
        }
      if (missing === 0) return rows;
      for (const array of own.values()) array.fill(0);
      return 0;
    },
    write(rows, arrays) {
      forget();
      const parts = inParts(arrays(rows), partBytes);
      parts.forEach((pieces, i) => {
        store.write(part(i), pieces);
      });
      store.write(index, new Map([["counts", Float64Array.of(rows, parts.length)]]));
    },
    forget,
  };
}

/** Cuts arrays into pieces, named by the place of their first number, and puts pieces together up to `most` bytes. */
function inParts(arrays: ReadonlyMap<string, ResumableArray>, most: number): Map<string, ResumableArray>[] {
  const parts = [new Map<string, ResumableArray>()];
  let room = most;
  for (const [name, array] of arrays)
    for (let at = 0; at < array.length; ) {
      if (room < array.BYTES_PER_ELEMENT) {
        parts.push(new Map());
        room = most;
      }
      const piece = array.subarray(at, at + Math.floor(room / array.BYTES_PER_ELEMENT));
      parts.at(-1)!.set(`${name}@${at}`, piece);
      room -= piece.byteLength;
      at += piece.length;
    }
  return parts;
}
