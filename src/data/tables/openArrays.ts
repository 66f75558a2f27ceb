import { DataError } from "../../tensor/errors.ts";
import { sizeOf, type TensorData } from "../../tensor/tensor.ts";
import { byChannel, type Dataset, select } from "../dataset.ts";
import { type Duplicate, duplicatesAcross } from "../duplicates.ts";
import type { Rows } from "../files/rows.ts";
import { type DataNote, type SplitRule, splitInEnglish } from "../notes.ts";
import {
  absentClasses,
  allowOnly,
  chooseSplit,
  type DataDescription,
  type OpenedData,
  type OpenOptions,
  outputsOfTrained,
  refuseSplit,
  splitOptions,
} from "../openOptions.ts";
import type { Split } from "../split.ts";
import { labelNotes } from "../targets.ts";
import {
  type ArrayInput,
  type ArrayTarget,
  arrayTarget,
  checkArrays,
  checkFinite,
  inputOf,
  measureImages,
  type NamedArrays,
  trainingAndValidation,
} from "./arrayRoles.ts";
import { suspectsOf } from "./arraySuspects.ts";
import { answered } from "./blankAnswers.ts";
import { guessedTarget, refuseClassOfEach } from "./guessedTarget.ts";
import { checkRead } from "./tableDataset.ts";

interface Part extends NamedArrays {
  readonly y: Rows;
  readonly size: number;
}

/**
 * Training and validation examples of named arrays, `y` the target and the others inputs: of one file, which is split
 * or holds both parts as x_train, y_train, x_test, y_test; or of two. Images in bytes are normalised by mean and
 * deviation of each channel of the training images; numbers are taken as they are. Throws `DataError` for arrays that
 * do not fit together or hold what is not finite, which of arrays on disk is found when it is read.
 */
export async function openNamedArrays(
  name: string,
  kind: string,
  given: readonly [NamedArrays] | readonly [NamedArrays, NamedArrays],
  options: OpenOptions,
): Promise<OpenedData> {
  const [first, second] = await answered(given.length === 2 ? given : trainingAndValidation(given[0]), options);
  allowOnly([...splitOptions, "splitBy", "task"], options, first.file);
  if (second !== undefined)
    refuseSplit(options, first.file === second.file ? first.file : `${first.file} and ${second.file}`);
  const { inputs: names, ...checked } = checkArrays(first, options.splitBy);
  const parts: Part[] = [{ ...first, ...checked }];
  if (second !== undefined) parts.push({ ...second, ...checkSecond(second, first, names) });
  const tokens = names.some((input) => first.arrays.get(input)!.type === "int64");
  const trained = await outputsOfTrained(options);
  const target = await arrayTarget(parts, { ...options, targets: { ...options.targets, trained } }, tokens);
  for (const part of parts) checkInMemory(part);
  const unsaid = options.task === undefined && options.targets?.aim === undefined;
  if (unsaid && second === undefined) refuseClassOfEach(parts[0]!, target);
  const labels = parts.map((part) => labelsOf(part.y, target));
  const groups = options.splitBy === undefined ? null : texts(first.arrays.get(options.splitBy)!);
  const { split, how } =
    second === undefined
      ? chooseSplit({ size: parts[0]!.size, labels: labels[0]!, groups }, options)
      : {
          split: { train: indicesBelow(parts[0]!.size), validation: indicesBelow(parts[1]!.size) },
          how: { kind: "given", by: "arrays" } as const,
        };
  const inputs = names.map((input) => prepare(input, first.arrays.get(input)!, split.train));
  const columns = groups === null ? {} : { [options.splitBy!]: groups };
  const all = parts.map((part, i) => ({ ...arrayDataset(name, part, inputs, target, labels[i]!), columns }));
  const opened = { train: select(all[0]!, split.train), validation: select(all.at(-1)!, split.validation) };
  return { ...opened, ...reported(kind, parts, { inputs, target, split, how, unsaid }, opened) };
}

function checkSecond(second: NamedArrays, first: NamedArrays, names: readonly string[]) {
  const { y, size } = checkArrays(second, undefined);
  for (const input of [...names, "y"]) {
    const [expected, got] = [first, second].map(({ arrays }) => arrays.get(input));
    const described = (rows: Rows | undefined) =>
      rows ? `${rows.type}[N, ${rows.shape.slice(1).join(", ")}]` : "none";
    if (described(expected) !== described(got))
      throw new DataError(
        `${second.file}: expected "${input}" as ${described(expected)}, as in the training data, got ${described(got)}; save it so`,
      );
  }
  return { y, size };
}

export function checkInMemory({ arrays, file }: Part): void {
  for (const [name, rows] of arrays)
    if (rows.type.startsWith("float") && rows.inMemory)
      for (let i = 0; i < rows.shape[0]!; i++) checkFinite(rows.at(i), name, file, i);
}

function prepare(name: string, rows: Rows, training: Uint32Array): ArrayInput {
  const { image, ...input } = inputOf(name, rows);
  return { ...input, moments: image ? measureImages(rows, input, training) : null };
}

export function labelsOf(y: Rows, { target, classes, positions, ignored, oneHot }: ArrayTarget): Int32Array {
  if (classes === 0 || target.shape.length > 0) return new Int32Array(0);
  return Int32Array.from({ length: y.shape[0]! }, (_, i) => {
    if (oneHot) return Array.from(y.at(i) as Iterable<number | bigint>, Number).indexOf(1);
    const value = Number(y.at(i)[0]);
    return positions === null ? (value === ignored ? NONE : value) : (positions.get(value) ?? NONE);
  });
}

/** Stands in `labels` for no label. */
const NONE = -1;

function texts(rows: Rows): string[] {
  return Array.from({ length: rows.shape[0]! }, (_, i) => String(rows.at(i)[0]));
}

function indicesBelow(size: number): Uint32Array {
  return Uint32Array.from({ length: size }, (_, i) => i);
}

export function arrayDataset(
  name: string,
  { arrays, y, size, file, said }: Part,
  inputs: readonly ArrayInput[],
  { target, classes, classNames, positions, ignored }: ArrayTarget,
  labels: Int32Array,
): Dataset {
  const images = inputs.flatMap(({ name: input, moments }) => (moments ? [[input, byChannel(moments)]] : []));
  const writeTarget = positions === null ? copy : numbered(positions, ignored);
  const writers = inputs.map((input) => ({ ...input, write: writerOf(input), rows: arrays.get(input.name)! }));
  return {
    name,
    size,
    classes,
    classNames,
    inputs: inputs.map(({ name: input, type, shape }) => ({ name: input, type, shape })),
    target,
    labels,
    ...(positions !== null && { ignored }),
    ...(images.length > 0 && { preprocessing: Object.fromEntries(images) }),
    ...(said?.preprocessing && { preprocessing: said.preprocessing }),
    ...(said?.targetScale && { targetScale: said.targetScale }),
    read(indices, batch) {
      const [first] = inputs;
      const perTarget = sizeOf(target.shape);
      checkRead(indices, size, batch[first!.name]!.data.length, batch.y!.data.length, sizeOf(first!.shape), perTarget);
      for (const [i, index] of indices.entries()) {
        for (const { name: input, rows, write } of writers) {
          const elements = rows.at(index);
          if (rows.type.startsWith("float")) checkFinite(elements, input, file, index);
          write(elements, batch[input]!.data, i * elements.length);
        }
        if (labels.length > 0) batch.y!.data[i] = BigInt(labels[index] === NONE ? ignored : labels[index]!);
        else {
          const target = y.at(index);
          if (y.type.startsWith("float")) checkFinite(target, "y", file, index);
          writeTarget(target, batch.y!.data, i * perTarget);
        }
      }
    },
  };
}

type Write = (elements: TensorData, into: TensorData, start: number) => void;

function writerOf({ shape, moments, channelsLast }: ArrayInput): Write {
  if (moments === null) return copy;
  const tables = moments.map(({ mean, deviation }) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / deviation),
  );
  const [channels = 1, height = 1, width = 1] = shape;
  const pixels = height * width;
  return (elements, into, start) => {
    for (let channel = 0; channel < channels; channel++) {
      const table = tables[channel]!;
      const [first, step] = channelsLast ? [channel, channels] : [channel * pixels, 1];
      for (let at = 0; at < pixels; at++)
        into[start + channel * pixels + at] = table[elements[first + at * step] as number]!;
    }
  };
}

const copy: Write = (elements, into, start) => {
  if (into instanceof BigInt64Array) for (let i = 0; i < elements.length; i++) into[start + i] = BigInt(elements[i]!);
  else if (elements instanceof BigInt64Array)
    for (let i = 0; i < elements.length; i++) into[start + i] = Number(elements[i]);
  else (into as Float32Array).set(elements as Float32Array, start);
};

/** Labels of positions as their classes. */
function numbered(positions: ReadonlyMap<number, number>, ignored: number): Write {
  return (elements, into, start) => {
    for (let i = 0; i < elements.length; i++) into[start + i] = BigInt(positions.get(Number(elements[i])) ?? ignored);
  };
}

interface Prepared {
  readonly inputs: readonly ArrayInput[];
  readonly target: ArrayTarget;
  readonly split: Split;
  readonly how: SplitRule;
  /** Whether nobody said what the target is. */
  readonly unsaid: boolean;
}

function reported(
  kind: string,
  parts: readonly Part[],
  prepared: Prepared,
  { train, validation }: Pick<OpenedData, "train" | "validation">,
): Pick<OpenedData, "notes" | "description"> {
  const { inputs, target, how } = prepared;
  const pairs = duplicatesOf(parts, prepared);
  const description: DataDescription = {
    kind,
    files: [...new Set(parts.map(({ file }) => file))],
    task: target.classes > 0 ? "classification" : "regression",
    target: { name: "y", moments: null },
    classNames: target.classNames,
    inputs: inputs.flatMap(({ name, moments }) =>
      (moments ?? [null]).map((one, channel) => ({ name: one ? `${name} channel ${channel}` : name, moments: one })),
    ),
    examples: { train: train.size, validation: validation.size },
    split: splitInEnglish(how),
    duplicates: pairs === null ? null : new Set(pairs.map((pair) => pair.validation)).size,
  };
  const suspects = suspectsOf(parts[0]!, prepared);
  const notes = notesOf(parts[0]!.file, prepared, description, { pairs, suspects });
  const guesses = prepared.unsaid ? guessedTarget(parts[0]!.y, target) : [];
  return { description, notes: [...notes, ...guesses, ...labelNotes(target), ...absentClasses(train)] };
}

/** Null where arrays stay on disk: reading all of them to look for duplicates may take longer than training. */
function duplicatesOf(parts: readonly Part[], { inputs, split }: Prepared): Duplicate[] | null {
  const [first, last] = [parts[0]!, parts.at(-1)!].map(({ arrays }) => inputs.map(({ name }) => arrays.get(name)!));
  if (![...first!, ...last!].every((rows) => rows.inMemory)) return null;
  return duplicatesAcross({ arrays: first!, indices: split.train }, { arrays: last!, indices: split.validation });
}

function notesOf(
  file: string,
  { inputs, target, how }: Prepared,
  { examples, duplicates }: DataDescription,
  { pairs, suspects }: { readonly pairs: readonly Duplicate[] | null; readonly suspects: readonly DataNote[] },
): DataNote[] {
  const shown = inputs.map(({ name, type, shape, moments }) => ({ name, type, shape, images: Boolean(moments) }));
  const { validation } = examples;
  const pair = pairs?.[0];
  return [
    { kind: "arrays", file, inputs: shown, classes: target.classes > 0 ? target.classes : null },
    { kind: "parts", of: "examples", ...examples, split: how },
    ...suspects,
    ...(pairs ? [] : [{ kind: "arraysOnDisk" } as const]),
    ...(pair ? [duplicateExamples(duplicates!, validation, pair)] : []),
  ];
}

function duplicateExamples(duplicates: number, validation: number, pair: Duplicate): DataNote {
  return { kind: "duplicates", of: "examples", duplicates, validation, pair: [pair.validation, pair.train] };
}
