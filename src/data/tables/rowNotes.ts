import type { DataNote } from "../notes.ts";
import { suspectColumns } from "./suspects.ts";
import type { Feature, Target } from "./tableRoles.ts";
import type { TableStore } from "./tableStore.ts";
import { type PartOfRows, unseenCategories } from "./unsharedTexts.ts";

/** A table as numbers. */
export interface Part {
  readonly store: TableStore;
  /** The rows that are used: all but those that `missing: "drop"` leaves out. */
  readonly kept: Uint32Array;
}

interface Columns {
  readonly features: readonly Feature[];
  readonly target: Target;
}

/** What is to be said of the rows of a table once they are numbers and divided. */
export function rowNotes(
  { features, target }: Columns,
  all: Part,
  { training, validation }: { readonly training: PartOfRows; readonly validation: PartOfRows },
): DataNote[] {
  return [
    ...unseenCategories(features, training, validation),
    ...suspectsOf(all, features, target),
    ...constantTarget(training, target),
  ];
}

/** Of all rows of the training table, in the order of the file. */
function suspectsOf({ store, kept }: Part, features: readonly Feature[], target: Target): DataNote[] {
  const rows = (function* () {
    for (const i of kept) yield store.rows.at(i) as Float64Array;
  })();
  const names = features.map(({ name }) => name);
  return suspectColumns({ names, target: target.name, classes: target.classes !== null, rows, droppable: true });
}

function constantTarget({ rows, indices }: PartOfRows, { name, classes }: Target): DataNote[] {
  if (classes !== null) return [];
  const value = Number(rows.at(indices[0]!).at(-1));
  const varies = indices.some((i) => rows.at(i).at(-1) !== value);
  return varies ? [] : [{ kind: "constantTarget", target: name, value }];
}
