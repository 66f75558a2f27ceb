import type { Dataset } from "../data/dataset.ts";
import { csvText } from "../export/csvText.ts";
import type { Engine } from "../runtime/engine.ts";
import { UsageError } from "../tensor/errors.ts";
import { sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { evaluateAll } from "../training/evaluate.ts";
import { evaluationPass } from "../training/microBatch.ts";
import type { TrainedModel } from "./trainedModel.ts";

/** What a model says of each example, in the order of the data. */
export interface Predictions {
  readonly examples: number;
  /** Numbers or classes of one example: [] of one, [T] of one for each position. */
  readonly shape: readonly number[];
  /** [examples, …shape] classes by number, or numbers in the unit of the target. */
  readonly values: Float64Array;
  /** [examples, …shape, classes] of classes. */
  readonly probabilities: Float32Array | null;
  /** Of classes: what each is called, its number where it has no name. */
  readonly classNames: readonly string[];
  /**
   * Where each example comes from, as far as the data say it: `file` of images, `series` and `start` of windows, else
   * `place` of rows, as flowers.csv:12.
   */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** Throws `UsageError` for a model whose output is a loss. */
export async function predictTrained(engine: Engine, { model, state, loss, data }: TrainedModel): Promise<Predictions> {
  if (loss.aim === null)
    throw new UsageError(
      `${model.name}: expected a model that predicts, got one whose output is the loss; choose another`,
    );
  const pass = evaluationPass(engine, model, state, { loss, probabilities: true });
  const ofClasses = loss.aim === "classes";
  const { mean, deviation } = data.targetScale ?? { mean: 0, deviation: 1 };
  const shape = data.target.shape;
  const values = new Float64Array(data.size * sizeOf(shape));
  let [at, chances]: [number, Float32Array | null] = [0, null];
  try {
    await evaluateAll(pass, data, ({ predictions, probabilities, examples }) => {
      // A loss of probabilities predicts them.
      const said = toNumbers(predictions ?? probabilities!);
      said.forEach((value, i) => {
        values[at * sizeOf(shape) + i] = ofClasses ? value : value * deviation + mean;
      });
      if (ofClasses && probabilities) {
        const per = probabilities.data.length / examples;
        chances ??= new Float32Array(data.size * per);
        chances.set(probabilities.data as Float32Array, at * per);
      }
      at += examples;
    });
  } finally {
    pass.release();
  }
  const classes = chances === null ? 0 : (chances as Float32Array).length / values.length;
  return {
    examples: data.size,
    shape: ofClasses || sizeOf(shape) > 1 ? shape : [],
    values,
    probabilities: chances,
    classNames: Array.from({ length: classes }, (_, c) => data.classNames[c] ?? String(c)),
    sources: sourcesOf(data),
  };
}

function sourcesOf({ columns = {}, place, size }: Dataset): Predictions["sources"] {
  const named = ["file", "series", "start"].filter((name) => columns[name] !== undefined);
  if (named.length > 0) return Object.fromEntries(named.map((name) => [name, columns[name]!]));
  return place ? { place: Array.from({ length: size }, (_, i) => place(i)) } : {};
}

/** The names of the columns of `predictionsCsv`. */
export function predictionColumns({ shape, classNames, sources }: Predictions): string[] {
  const count = sizeOf(shape);
  const said = shape.length === 0 ? ["prediction"] : Array.from({ length: count }, (_, i) => `prediction_${i}`);
  // Of many positions the probabilities would be a table of their own.
  const chances = shape.length === 0 ? classNames.map((name) => `probability_${name}`) : [];
  return ["example", ...Object.keys(sources), ...said, ...chances];
}

/** Rows of text for a file, examples counted from 0; numbers with all their digits. */
export function* predictionsCsv(predictions: Predictions): Generator<Uint8Array> {
  const { examples, shape, values, probabilities, classNames } = predictions;
  const sources = Object.values(predictions.sources);
  const encoder = new TextEncoder();
  const per = sizeOf(shape);
  yield encoder.encode(`${predictionColumns(predictions).map(csvText).join(",")}\n`);
  for (let start = 0; start < examples; start += ROWS) {
    let text = "";
    for (let i = start; i < Math.min(examples, start + ROWS); i++) {
      const said = Array.from(values.subarray(i * per, (i + 1) * per), (value) =>
        probabilities ? csvText(classNames[value]!) : String(value),
      );
      const classes = classNames.length;
      const chances =
        probabilities && shape.length === 0
          ? Array.from(probabilities.subarray(i * classes, (i + 1) * classes), String)
          : [];
      text += `${[i, ...sources.map((source) => csvText(source[i]!)), ...said, ...chances].join(",")}\n`;
    }
    yield encoder.encode(text);
  }
}

/** Rows that are written at once. */
const ROWS = 4096;

/** `prediction`, int64 classes by number or float64, and of classes `probabilities`, for a `.npz` file. */
export function predictionArrays({ examples, shape, values, probabilities, classNames }: Predictions) {
  const arrays = new Map<string, Tensor>();
  const whole = [examples, ...shape];
  arrays.set(
    "prediction",
    probabilities
      ? { type: "int64", shape: whole, data: BigInt64Array.from(values, BigInt) }
      : { type: "float64", shape: whole, data: values },
  );
  if (probabilities)
    arrays.set("probabilities", { type: "float32", shape: [...whole, classNames.length], data: probabilities });
  return arrays;
}
