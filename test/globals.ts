import { transformWithOxc } from "vite";
import { type Rules, stands } from "./layers.ts";

/**
 * Which of `names` a TypeScript source uses as globals: a variable, a parameter, a property or a type of that name is
 * none. `a.b` stands for that member (`import.meta.dirname`).
 */
export async function globalsOf(source: string, names: readonly string[]): Promise<string[]> {
  // The compiler's own `define` replaces a name only where no scope binds it.
  const marks = names.map((_, i) => `__global_${i}__`);
  const define = Object.fromEntries(
    names.flatMap((name, i) => [
      [name, marks[i]!],
      [`globalThis.${name}`, marks[i]!],
    ]),
  );
  const { code } = await transformWithOxc(source, "source.ts", { define });
  return names.filter((_, i) => code.includes(marks[i]!));
}

/** What one source uses of globals that stay elsewhere, in words. `path` is relative to src/, with forward slashes. */
export async function strayGlobals({ globals }: Rules, path: string, source: string): Promise<string[]> {
  const confined = globals.filter(({ places }) => !stands(path, places));
  const used = await globalsOf(
    source,
    confined.flatMap(({ names }) => names),
  );
  return used.map((name) => {
    const { places } = confined.find(({ names }) => names.includes(name))!;
    return `${path}: may not use ${name}; it stays ${places.length === 0 ? "out of src/" : `in ${places.join(", ")}`}`;
  });
}
