import { type Dataset, select } from "../data/dataset.ts";
import type { ExampleName } from "../store/inspection.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { sizeOf } from "../tensor/tensor.ts";

export interface ExamplePlace {
  readonly part: "train" | "validation";
  /** The row in the file, or in the part where data come in two. */
  readonly index: number;
}

/** What is inspected. */
export interface Subject {
  readonly inspected: "all rows" | "training part";
  readonly data: Dataset;
  /** The validation part, where it is data of its own: duplicates are sought there too. */
  readonly other: Dataset | null;
  /** Of an example of `data`, or, counted on from there, of `other`. */
  place(position: number): ExamplePlace;
  readonly where: ExampleName;
}

const LIMIT_STREAM = 4;

/**
 * All rows of data in one part, whichever side of the split they are on, in the order of the file; the training part of
 * data in two. `limit` draws so many of them at random. Rows whose label stands for none are left out. Throws
 * `UsageError` for data without one class for each example.
 */
export function subjectOf(train: Dataset, validation: Dataset, limit: number | undefined, seed: number): Subject {
  requireArguments(
    "subjectOf",
    { train, validation, limit, seed },
    { train: is.data, validation: is.data, limit: is.optional(is.whole(1)), seed: is.seed },
  );
  if (train.labels.length !== train.size || train.classes < 1) throw withoutClasses(train);
  const first = train.labels.find((label) => label >= 0) ?? 0;
  if (
    train.size > 0 &&
    [train, validation].every(({ labels }) => labels.every((label) => label < 0 || label === first))
  )
    throw new UsageError(
      `inspect-data: expected examples of at least 2 classes, got ${train.size + validation.size} of ${train.name} that are all of class "${train.classNames[first] ?? first}"; add the others, there is nothing to tell apart`,
    );
  const [a, b] = [train.selected, validation.selected];
  if (a && b && a.from === b.from) {
    const validating = new Set(b.indices);
    const all = Uint32Array.from([...a.indices, ...b.indices])
      .sort()
      .filter((i) => a.from.labels[i]! >= 0);
    const rows = drawn(all, limit, seed);
    return {
      inspected: "all rows",
      data: select(a.from, rows),
      other: null,
      where: ({ index }) => nameIn(a.from, index),
      place: (position) => ({ part: validating.has(rows[position]!) ? "validation" : "train", index: rows[position]! }),
    };
  }
  const rows = drawn(labelledOf(train), limit, seed);
  const others = labelledOf(validation);
  return {
    inspected: "training part",
    data: select(train, rows),
    other: others.length === validation.size ? validation : select(validation, others),
    where: ({ part, index }) => nameIn(part === "validation" ? (b?.from ?? validation) : (a?.from ?? train), index),
    place: (position) =>
      position < rows.length
        ? { part: "train", index: ofFile(a, rows[position]!) }
        : { part: "validation", index: ofFile(b, others[position - rows.length]!) },
  };
}

function nameIn({ place, columns }: Dataset, example: number): string | null {
  return place?.(example) ?? columns?.file?.[example] ?? null;
}

function labelledOf({ labels }: Dataset): Uint32Array {
  return Uint32Array.from(labels.keys()).filter((i) => labels[i]! >= 0);
}

function ofFile(selected: Dataset["selected"], position: number): number {
  return selected?.indices[position] ?? position;
}

/** Only numbers one at a time can be taken for classes; of texts and positions nothing makes one class. */
function withoutClasses({ name, target }: Dataset): UsageError {
  if (target.type === "float32" && sizeOf(target.shape) === 1)
    return new UsageError(
      `inspect-data: expected data with one class for each example, got numbers in ${name}; ` +
        `pass ${option("task")} classification where whole numbers are classes, or choose other data`,
    );
  return new UsageError(
    `inspect-data: expected data with one class for each example, got several targets for each of ${name}; choose other data; ` +
      "of these `train` says whether validation examples are trained on too",
  );
}

function drawn(rows: Uint32Array, limit: number | undefined, seed: number): Uint32Array {
  if (limit === undefined || limit >= rows.length) return rows;
  const chosen = random(seed, LIMIT_STREAM).permutation(rows.length).subarray(0, limit).sort();
  return chosen.map((i) => rows[i]!);
}
