import koffi from "koffi";

/** `M_MMAP_THRESHOLD` of glibc's malloc.h. */
const MMAP_THRESHOLD = -3;
/** Bytes from which a block of memory is mapped for itself, and given back when it is freed. */
const LARGE = 2 ** 20;

interface Glibc {
  readonly mallopt: (parameter: number, value: number) => number;
  readonly malloc_trim: (kept: number) => number;
}

let known: { readonly glibc: Glibc | null } | undefined;
let due = false;

/**
 * Has memory that is freed given back to the system. glibc keeps it: once a block of some megabytes was freed, later
 * ones of up to its size come from one heap, which a small block at its end keeps from shrinking; thirty analyses so
 * grew a process by 280 MiB of which none was in use. Here the size stays as it is. Other C libraries give large blocks
 * back by themselves. To be called after koffi was set up.
 */
export function mapLargeBlocks(): void {
  glibc()?.mallopt(MMAP_THRESHOLD, LARGE);
}

/** Gives back what small blocks have left free, soon, and once for all sessions that are released together. */
export function returnFreedMemory(): void {
  const library = glibc();
  if (due || !library) return;
  due = true;
  setImmediate(() => {
    due = false;
    library.malloc_trim(0);
  }).unref();
}

function glibc(): Glibc | null {
  known ??= { glibc: load() };
  return known.glibc;
}

/** Null with another C library. */
function load(): Glibc | null {
  if (process.platform !== "linux") return null;
  try {
    const library = koffi.load("libc.so.6");
    return {
      mallopt: library.func("mallopt", "int", ["int", "int"]),
      malloc_trim: library.func("malloc_trim", "int", ["size_t"]),
    };
  } catch {
    return null;
  }
}
