import type { Dataset } from "../data/dataset.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";

/** Random stream of the examples drawn inside groups. */
const GROUP_STREAM = 4;

/** What stands for the classes of the labels beside the names of columns. */
export const BY_CLASS = "class";

/** Mini-batches that hold examples of one group each. */
export interface GroupRows {
  /** Of the groups that take part, in their order. */
  readonly names: readonly string[];
  readonly rowsPerGroup: number;
  /** See `GroupAnalysis`. */
  readonly leftOut: readonly { readonly name: string; readonly examples: number }[];
  /** Examples of one mini-batch after the other, group after group. */
  readonly indices: Uint32Array;
}

interface Group {
  readonly name: string;
  readonly members: Uint32Array;
}

/**
 * Draws mini-batches of `batchSize` examples inside each group, without replacement and equally many of each: as many
 * as `rows` in all and the smallest group allow. Groups that cannot fill two are left out, as are the smallest ones
 * beyond rows/2 groups.
 *
 * Throws `UsageError` for a column that the data do not have and where fewer than two groups are left.
 */
export function drawGroupRows(
  data: Dataset,
  by: string,
  { rows, batchSize, seed }: { readonly rows: number; readonly batchSize: number; readonly seed: number },
): GroupRows {
  const all = groupsOf(data, by);
  const largest = all
    .filter(({ members }) => members.length >= 2 * batchSize)
    .sort((a, b) => b.members.length - a.members.length)
    .slice(0, Math.floor(rows / 2));
  if (largest.length < 2)
    throw new UsageError(
      `${option("by")}: expected at least 2 groups of 2 × ${batchSize} examples by ${by}, got ${largest.length} of ${all.length}; lower ${option("batchSize")}, or group by something else`,
    );
  const kept = all.filter((group) => largest.includes(group));
  const smallest = Math.min(...kept.map(({ members }) => members.length));
  const rowsPerGroup = Math.min(Math.floor(rows / kept.length), Math.floor(smallest / batchSize));
  const { permutation } = random(seed, GROUP_STREAM);
  const drawn = kept.map(({ members }) =>
    permutation(members.length)
      .subarray(0, rowsPerGroup * batchSize)
      .map((i) => members[i]!),
  );
  return {
    names: kept.map(({ name }) => name),
    rowsPerGroup,
    leftOut: all.flatMap((group) =>
      kept.includes(group) ? [] : [{ name: group.name, examples: group.members.length }],
    ),
    indices: Uint32Array.from(drawn.flatMap((indices) => [...indices])),
  };
}

/** Classes in their order, values of a column as a reader sorts them: by number where they are numbers. */
function groupsOf({ name, size, labels, classNames, columns = {} }: Dataset, by: string): Group[] {
  const byClass = by === BY_CLASS && labels.length > 0;
  const column = Object.hasOwn(columns, by) ? columns[by]! : undefined;
  if (!byClass && !column) {
    const known = [...(labels.length > 0 ? [BY_CLASS] : []), ...Object.keys(columns)];
    throw new UsageError(
      `${option("by")}: expected ${known.length > 0 ? `one of ${known.join(", ")}` : "data with classes or columns"} for ${name}, got "${by}"; ${known.length > 0 ? "choose one of them" : `leave ${option("by")} out`}`,
    );
  }
  const members = new Map<string, number[]>();
  for (let i = 0; i < size; i++) {
    if (byClass && labels[i]! < 0) continue;
    const key = byClass ? String(labels[i]) : column![i]!;
    const group = members.get(key);
    if (group) group.push(i);
    else members.set(key, [i]);
  }
  return [...members]
    .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([key, indices]) => ({
      name: byClass ? (classNames[Number(key)] ?? key) : key,
      members: Uint32Array.from(indices),
    }));
}
