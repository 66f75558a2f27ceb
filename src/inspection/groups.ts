import { gramMeter } from "../analysis/gram.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../runtime/engine.ts";
import { groupConflicts } from "../statistics/groups.ts";
import type { ConflictFinding, GroupFinding } from "../store/inspection.ts";
import { random } from "../tensor/random.ts";
import type { TrainedFold } from "./training.ts";

/** A column of more values than this names examples, not groups. */
const MOST_VALUES = 20;
/** Examples of one gradient, and gradients of one value. */
const BATCH = 8;
const LEAST_ROWS = 4;
const MOST_ROWS = 16;
const MEMORY = 2 ** 28;
const ROWS_STREAM = 6;

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
  readonly values: readonly string[];
}

function groupColumns({ columns = {} }: Dataset): Column[] {
  return Object.entries(columns)
    .map(([name, cells]) => ({ name, cells, values: [...new Set(cells)].sort() }))
    .filter(({ values }) => values.length >= 2 && values.length <= MOST_VALUES);
}

/** How many labels of each value of each column are doubted, the largest share of a column first. */
export function groupFindings(data: Dataset, doubted: ReadonlySet<number>): GroupFinding[] {
  return groupColumns(data).flatMap(({ name, cells, values }) => {
    const counts = values.map((value) => {
      const members = cells.flatMap((cell, i) => (cell === value ? [i] : []));
      return {
        column: name,
        value,
        examples: members.length,
        doubted: members.filter((i) => doubted.has(i)).length,
      };
    });
    return counts.sort((a, b) => b.doubted / b.examples - a.doubted / a.examples);
  });
}

/**
 * Values of a column whose gradients pull against each other at a trained model, on examples that it has not seen: see
 * `groupConflicts`. A value takes part with at least 4 gradients of 8 examples.
 */
export async function conflictFindings(
  engine: Engine,
  data: Dataset,
  { model, state, heldOut }: TrainedFold,
  seed: number,
): Promise<ConflictFinding[]> {
  const found: ConflictFinding[] = [];
  const order = random(seed, ROWS_STREAM)
    .permutation(heldOut.length)
    .map((i) => heldOut[i]!);
  for (const { name, cells, values } of groupColumns(data)) {
    const rows = values.flatMap((value, group) => {
      const members = order.filter((i) => cells[i] === value);
      const count = Math.min(MOST_ROWS, Math.floor(members.length / BATCH));
      const take = (k: number) => members.subarray(k * BATCH, (k + 1) * BATCH);
      return count < LEAST_ROWS ? [] : Array.from({ length: count }, (_, k) => ({ group, indices: take(k) }));
    });
    const groupOf = rows.map(({ group }) => group);
    if (new Set(groupOf).size < 2) continue;
    const indices = Uint32Array.from(rows.flatMap((row) => [...row.indices]));
    const meter = await gramMeter(engine, model, state, data, {
      groups: rows.length,
      batchSize: BATCH,
      indices,
      mode: "evaluation",
      threads: 1,
      memoryBudget: MEMORY,
    });
    try {
      const { groups, pairs } = groupConflicts(await meter.measure(), groupOf, { seed });
      for (const { first, second, conflict, stiffness, cosineOfMeans, opposition: p } of pairs)
        if (conflict && p !== undefined)
          found.push({
            column: name,
            values: [values[groups[first]!]!, values[groups[second]!]!],
            stiffness,
            cosineOfMeans,
            p,
          });
    } finally {
      meter.release();
    }
  }
  return found;
}
