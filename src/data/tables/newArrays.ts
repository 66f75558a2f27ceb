import { DataError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import { sizeOf, zeros } from "../../tensor/tensor.ts";
import type { Dataset, Moments } from "../dataset.ts";
import { type Rows, tensorRows } from "../files/rows.ts";
import type { Learned, NewDataOptions } from "../preparation.ts";
import { type ArrayInput, type ArrayTarget, inputOf, type NamedArrays } from "./arrayRoles.ts";
import { arrayDataset, checkInMemory, labelsOf } from "./openArrays.ts";

/**
 * The examples of named arrays as a model reads them, in their order, images with the mean and deviation of each
 * channel that it was trained with. Throws `DataError` for an array that is missing or of another type or shape, and
 * for labels that are no class of the model.
 */
export function newArrays(
  given: NamedArrays,
  learned: Learned,
  channels: ReadonlyMap<string, readonly Moments[]>,
  { withTarget, ignoreIndex = IGNORED_LABEL }: NewDataOptions,
): Dataset {
  const { file, arrays, said } = given;
  const inputs = learned.inputs.map((input) => inputFrom(given, input, channels.get(input.name) ?? null));
  const size = arrays.get(inputs[0]!.name)!.shape[0]!;
  const y = withTarget ? arrays.get("y") : blank(size, learned);
  if (y === undefined)
    throw new DataError(
      `${file}: expected the right answers as an array "y", got ${[...arrays.keys()].join(", ")}; save them so, or use predict, which needs none`,
    );
  for (const name of [...inputs.map((input) => input.name), "y"]) {
    const length = (name === "y" ? y : arrays.get(name)!).shape[0]!;
    if (length !== size || size === 0)
      throw new DataError(
        `${file}: expected as many examples in every array, and at least one, got ${size} in "${inputs[0]!.name}" and ${length} in "${name}"; save arrays that belong together`,
      );
  }
  const target = targetFrom(y, learned, ignoreIndex, withTarget ? said?.classNames : undefined);
  const part = { file, said, arrays: new Map([...arrays, ["y", y]]), y, size };
  const used = new Map(inputs.map(({ name }) => [name, arrays.get(name)!]));
  checkInMemory({ ...part, arrays: new Map([...used, ["y", y]]) });
  if (withTarget) refuseUnknown(part, learned, target);
  return arrayDataset(learned.name, part, inputs, target, labelsOf(y, target));
}

function inputFrom(
  { file, arrays }: NamedArrays,
  wanted: Learned["inputs"][number],
  moments: readonly Moments[] | null,
): ArrayInput {
  const rows = arrays.get(wanted.name);
  const described = (type: string, shape: readonly number[]) => `${type}[${["N", ...shape].join(", ")}]`;
  if (rows === undefined)
    throw new DataError(
      `${file}: expected an array "${wanted.name}" ${described(wanted.type, wanted.shape)}, which the model reads, got ${[...arrays.keys()].join(", ") || "none"}; save it so`,
    );
  const { image, ...input } = inputOf(wanted.name, rows);
  const fits = input.type === wanted.type && input.shape.join() === wanted.shape.join() && image === (moments !== null);
  if (fits) return { ...input, moments };
  const images = moments === null ? "" : " of images as bytes (uint8)";
  throw new DataError(
    `${file}: expected "${wanted.name}" as ${described(wanted.type, wanted.shape)}${images}, as in the training data, ` +
      `got ${described(rows.type, rows.shape.slice(1))}; save it so`,
  );
}

/** Where nothing is to be compared with. */
function blank(size: number, { target }: Learned): Rows {
  return tensorRows(zeros(target.type, [size, ...target.shape]));
}

function targetFrom(
  y: Rows,
  { target, classes, classNames, ignored }: Learned,
  ignoreIndex: number,
  given: readonly string[] | undefined,
): ArrayTarget {
  const example = y.shape.slice(1);
  const oneHot = target.type === "int64" && target.shape.length === 0 && classes > 1 && example.join() === `${classes}`;
  // Labels that were numbered anew stand in the names of their classes; what a file calls its own goes before.
  const positions = given
    ? new Map(given.flatMap((name, label) => (classNames.includes(name) ? [[label, classNames.indexOf(name)]] : [])))
    : ignored === undefined || oneHot
      ? null
      : new Map(classNames.map((name, i) => [Number(name), i]));
  return {
    target,
    classes,
    classNames,
    positions,
    ignored: ignored ?? ignoreIndex,
    unlabelled: { label: ignoreIndex, labels: 0, of: 0 },
    oneHot,
  };
}

function refuseUnknown(
  { file, y, size, said }: Pick<NamedArrays, "file" | "said"> & { readonly y: Rows; readonly size: number },
  { classNames }: Learned,
  { target, classes, positions, oneHot, unlabelled }: ArrayTarget,
): void {
  const got = y.shape.slice(1);
  if (!oneHot && sizeOf(got) !== sizeOf(target.shape))
    throw new DataError(
      `${file}: expected "y" as [${["N", ...target.shape].join(", ")}], as in the training data, got [${["N", ...got].join(", ")}]; save it so`,
    );
  if (target.type === "float32" || oneHot) return;
  for (let i = 0; i < size; i++)
    for (const value of y.at(i) as Iterable<number | bigint>) {
      const label = Number(value);
      const known =
        positions === null ? Number.isInteger(label) && label >= 0 && label < classes : positions.has(label);
      if (known || label === unlabelled.label) continue;
      const names = positions === null ? `0 to ${classes - 1}` : classNames.slice(0, 8).join(", ");
      throw new DataError(
        `${file}: example ${i}: expected a class that the model knows in "y" (${names}), got ${said?.classNames?.[label] ?? label}; correct it or leave it out`,
      );
    }
}
