import { listFolder, realPath } from "./files.ts";

/** How many files there are of each ending, in lower case; "" of names without one. */
export type Endings = ReadonlyMap<string, number>;

/** What there is of each ending, those of most files first. */
export function countEndings(names: Iterable<string>): Endings {
  const counts = new Map<string, number>();
  for (const name of names) {
    const ending = /[^/\\](\.[^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

/** As "12 .gif, 3 .bmp"; "nothing" where there is none. */
export function inWords(endings: Endings): string {
  const parts = Array.from(endings, ([ending, files]) => `${files} ${ending || (files === 1 ? "file" : "files")}`);
  const [shown, more] = [parts.slice(0, 6), parts.length - 6];
  return parts.length === 0 ? "nothing" : `${shown.join(", ")}${more > 0 ? ` and ${more} other endings` : ""}`;
}

/**
 * The files in a folder and in all folders in it, as paths from `folder` on; those of a folder before those of the
 * folders in it. A link to a folder that lies above what is being read would never end, and is passed over.
 */
export async function* walkFolder(folder: string, deepest = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  yield* walk(folder, "", [(await realPath(folder)) ?? folder], deepest);
}

/** All of them. */
export async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of walkFolder(folder)) files.push(file);
  return files;
}

async function* walk(folder: string, within: string, above: readonly string[], depth: number): AsyncGenerator<string> {
  const { files, folders } = (await listFolder(`${folder}/${within}`)) ?? { files: [], folders: [] };
  for (const name of files) yield `${within}${name}`;
  if (depth > 0)
    for (const name of folders) {
      const real = await realPath(`${folder}/${within}${name}`);
      if (real === null || above.some((path) => path === real || path.startsWith(`${real}/`) || real === "/")) continue;
      yield* walk(folder, `${within}${name}/`, [...above, real], depth - 1);
    }
}
