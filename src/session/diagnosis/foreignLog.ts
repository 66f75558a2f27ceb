import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { eventScalars } from "../../export/eventScalars.ts";
import type { DiagnosisFacts, RecordedEvaluation, RecordedStep } from "../../store/diagnosisFacts.ts";
import { decodeJson } from "../../store/json.ts";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { fieldOf, type LogField } from "./logFields.ts";

/** Numbers of one line, by what they are. */
type Row = Readonly<Partial<Record<LogField, number>>>;

/** More is no log of a training. */
const MOST_BYTES = 2 ** 29;

/**
 * What another program logged of a training, as far as the names of its numbers say what they are: lines of JSON
 * (`.jsonl`), a table (`.csv`), or an event file of TensorBoard (`events.out.tfevents…`). Lines that cannot be read
 * are left out. Throws `NotFoundError` where there is no file, and `DataError` where no loss is in it.
 */
export async function readForeignLog(path: string): Promise<DiagnosisFacts> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new NotFoundError(`${path}: expected a log of a training, got no file; name one`);
  if (found.size > MOST_BYTES)
    throw new DataError(`${path}: expected a log of at most 512 MiB, got a larger file; log less often`);
  const { rows, unread } = rowsOf(path);
  const facts = factsOf(rows);
  if (facts.steps.length === 0 && facts.evaluations.length === 0)
    throw new DataError(
      `${path}: expected numbers called loss, train_loss, val_loss or the like, got none; log the loss under such a name`,
    );
  return { ...facts, hasGaps: unread > 0 || facts.hasGaps };
}

interface Read {
  readonly rows: readonly Row[];
  readonly unread: number;
}

function rowsOf(path: string): Read {
  if (basename(path).includes("tfevents")) return { rows: ofEvents(path), unread: 0 };
  if (/\.(csv|tsv)$/i.test(path)) return { rows: ofTable(readFileSync(path, "utf8")), unread: 0 };
  return ofLines(readFileSync(path, "utf8"));
}

/** Python writes NaN and Infinity bare, which JSON has not. */
function ofLines(text: string): Read {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  let unread = 0;
  const rows = lines.flatMap((line) => {
    try {
      return [named(decodeJson(line.replace(/(?<=[:,[]\s*)(-?Infinity|NaN)\b/g, '"$1"')))];
    } catch {
      unread++;
      return [];
    }
  });
  return { rows, unread };
}

function named(value: unknown): Row {
  const row: Partial<Record<LogField, number>> = {};
  const take = (name: string, one: unknown) => {
    if (typeof one === "object" && one !== null && !Array.isArray(one))
      for (const [key, inner] of Object.entries(one)) take(name === "" ? key : `${name}/${key}`, inner);
    const field = typeof one === "number" ? fieldOf(name) : null;
    if (field !== null) row[field] ??= one as number;
  };
  take("", value);
  return row;
}

/** A loss that is no number is what is looked for, where a table of data takes it for a value that lacks. */
function ofTable(text: string): Row[] {
  const [head = "", ...lines] = text.split(/\r?\n/);
  const separator = ["\t", ";", ","].find((one) => head.includes(one)) ?? ",";
  const cellsOf = (line: string) => line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const fields = cellsOf(head).map(fieldOf);
  return lines
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const found = cellsOf(line).flatMap((cell, c) => {
        const field = fields[c] ?? null;
        return field === null || cell === "" ? [] : [[field, numberIn(cell)] as const];
      });
      // Of several columns of a kind the first counts.
      return Object.fromEntries(found.toReversed());
    });
}

/** As Python writes it. */
function numberIn(cell: string): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(cell);
  return infinite ? Number(`${infinite[1]}Infinity`) : Number(cell);
}

function ofEvents(path: string): Row[] {
  const file = openSync(path, "r");
  const byStep = new Map<number, Partial<Record<LogField, number>>>();
  try {
    const read = (into: Uint8Array, at: number) => readSync(file, into, 0, into.length, at);
    for (const { step, tag, value } of eventScalars(read)) {
      const field = fieldOf(tag);
      if (field === null || field === "step") continue;
      if (!byStep.has(step)) byStep.set(step, { step });
      byStep.get(step)![field] = value;
    }
  } finally {
    closeSync(file);
  }
  return [...byStep].toSorted(([a], [b]) => a - b).map(([, row]) => row);
}

/** A line with a test loss, or one that counts epochs alone, is an evaluation; others with a loss are steps. */
function factsOf(rows: readonly Row[]): DiagnosisFacts {
  const steps: RecordedStep[] = [];
  const evaluations: RecordedEvaluation[] = [];
  let pending: number[] = [];
  for (const [i, row] of rows.entries()) {
    const { loss, epochLoss, validationLoss, validationAccuracy, epoch } = row;
    const step = row.step ?? epoch ?? i + 1;
    const isEvaluation = [epochLoss, validationLoss, validationAccuracy].some((one) => one !== undefined);
    const countsEpochs = row.step === undefined && epoch !== undefined;
    // What is no number tells more than the evaluation that it spoils.
    const isStep =
      loss !== undefined && ((!isEvaluation && !countsEpochs) || epochLoss !== undefined || !Number.isFinite(loss));
    if (isStep) {
      steps.push(stepOf(row, step, loss));
      pending.push(loss);
    }
    if (!isEvaluation && !(countsEpochs && loss !== undefined)) continue;
    const between = pending.reduce((a, b) => a + b, 0) / pending.length;
    evaluations.push({
      step,
      trainLoss: epochLoss ?? (isStep ? between : (loss ?? between)),
      trainAccuracy: row.accuracy ?? Number.NaN,
      validationLoss: validationLoss ?? Number.NaN,
      validationAccuracy: validationAccuracy ?? Number.NaN,
    });
    pending = [];
  }
  return { ...nothingKnown, steps, evaluations, hasGaps: hasGaps(steps) || hasGaps(evaluations) };
}

function stepOf({ gradientNorm, learningRate, epoch }: Row, step: number, loss: number): RecordedStep {
  const known = { gradientNorm: gradientNorm ?? Number.NaN, learningRate: learningRate ?? Number.NaN };
  return { step, loss, ...known, ...(epoch !== undefined && { epoch: Math.floor(epoch) }) };
}

/** Where more than three times as many steps lie between two lines as usual. */
function hasGaps(lines: readonly { readonly step: number }[]): boolean {
  const apart = lines.slice(1).map(({ step }, i) => step - lines[i]!.step);
  const usual = apart.toSorted((a, b) => a - b)[Math.floor(apart.length / 2)] ?? 0;
  return apart.some((distance) => distance > 3 * usual || distance < 0);
}

const nothingKnown: DiagnosisFacts = {
  diverged: false,
  steps: [],
  evaluations: [],
  constantLoss: null,
  beganUntrained: false,
  classes: null,
  settings: null,
  split: null,
  noise: null,
  checkpoint: null,
  probes: null,
  hasGaps: false,
  dataFound: false,
  isForeign: true,
};
