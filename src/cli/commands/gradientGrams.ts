import { statSync } from "node:fs";
import { basename } from "node:path";
import { type GradientGram, gramOfGradients } from "../../analysis/files/gradientGram.ts";
import { type GradientSource, openGradients } from "../../analysis/files/gradientSource.ts";
import { multiplyOnEngine, multiplyPlainly } from "../../analysis/files/multiplyBlocks.ts";
import { unfinishedGram } from "../../analysis/files/unfinishedGram.ts";
import { layerName } from "../../analysis/gramParts.ts";
import { readTensors } from "../../data/files/files.ts";
import { InterruptedError } from "../../session/ends.ts";
import { openChosenEngine } from "../../session/engine.ts";
import type { SketchBound } from "../../store/schema.ts";
import { DataError, EngineUnavailableError } from "../../tensor/errors.ts";
import { isFloat, show, toNumbers } from "../../tensor/tensor.ts";
import { whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { say, sayInPlace } from "../terminal/print.ts";
import { formatDuration } from "../terminal/progress.ts";

/** Inner products of gradients that another program saved. */
export interface ReadGram {
  /** [K, K] */
  readonly products: Float64Array;
  readonly rows: number;
  /** P; null where the products are all there is. */
  readonly parameters: number | null;
  /** Where the files say. */
  readonly counts: readonly number[] | null;
  /** Products and numbers of parameters of each layer, where names tell them apart. */
  readonly layers: ReadonlyMap<string, { readonly products: Float64Array; readonly parameters: number }>;
  readonly sketch: SketchBound | null;
}

export interface StreamOptions {
  readonly memoryBudget: number;
  readonly threads: number;
  readonly sketch: number | null;
  readonly seed: number;
  readonly device: string;
  /** What the sums of an interrupted pass are kept beside. */
  readonly beside: string;
  /** Looks at the gradients before anything is read of them, and throws where they cannot be analyzed. */
  readonly check: (source: GradientSource) => void;
}

/** Progress is shown from the first second on, and every so often; sums are saved less often, for they may be large. */
const SHOW_MILLISECONDS = 1000;
const SAVE_MILLISECONDS = 30_000;

const words = () => textIn(languageOf(process.env)).commands.gradients;

/**
 * The Gram of a matrix or of a folder of gradients, in blocks that the budget holds, with progress on stderr. What an
 * interrupted pass has is kept beside the output and gone on from; Ctrl-C saves it and throws `InterruptedError`.
 */
export async function streamGradients(path: string, options: StreamOptions): Promise<ReadGram> {
  const source = await openGradients(path, options.memoryBudget);
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.columns);
  const products = await multiplier(options);
  const { sketch, seed, memoryBudget } = options;
  const kept = unfinishedGram(`${options.beside.replace(/[/\\]+$/, "")}.unfinished.safetensors`, [
    source.fingerprint,
    { sketch, seed, memoryBudget },
  ]);
  try {
    options.check(source);
    const from = kept.read();
    if (from) say(words().goingOn(kept.path));
    const watch = { ...watcher(basename(path)), save: saving(kept), from, signal: signals.aborted };
    const gram = await gramOfGradients(source, { multiply: products.multiply, memoryBudget, sketch, seed, ...watch });
    kept.remove();
    if (gram.layersLeftOut > 0) say(words().layersLeftOut(gram.layersLeftOut));
    const parameters = source.parts.reduce((sum, { length }) => sum + length, 0);
    return { ...gram, rows: source.rows, parameters, counts: source.counts, layers: sizedLayers(source, gram) };
  } catch (error) {
    const interruption = signals.received();
    throw interruption ? new InterruptedError(interruption) : error;
  } finally {
    signals.stopListening();
    products.release();
    source.close();
  }
}

/** The engine's products, or plain ones where there is no engine: analyses of files need nothing else of it. */
async function multiplier({ device, threads }: StreamOptions) {
  try {
    return multiplyOnEngine(await openChosenEngine(process.env, device), threads);
  } catch (error) {
    if (error instanceof EngineUnavailableError) return { multiply: multiplyPlainly, release: () => {} };
    throw error;
  }
}

/** Shows how far it is; true where it is time to save. */
function watcher(name: string) {
  const start = performance.now();
  let [shown, saved] = [start, start];
  // A pass that goes on has columns that took no time.
  let first: { readonly done: number; readonly at: number } | undefined;
  const progress = (done: number, total: number) => {
    const now = performance.now();
    first ??= { done, at: now };
    if (now - shown >= SHOW_MILLISECONDS && done > first.done) {
      const left = formatDuration((((now - first.at) / 1000) * (total - done)) / (done - first.done));
      sayInPlace(words().columns({ name, percent: Math.floor((100 * done) / total), total: whole(total), left }));
      shown = now;
    }
    if (now - saved < SAVE_MILLISECONDS) return false;
    saved = now;
    return true;
  };
  return { progress };
}

/** A folder that cannot be written to is no reason to stop: the analysis only cannot be gone on with. */
function saving(kept: ReturnType<typeof unfinishedGram>) {
  let failed = false;
  return (soFar: Parameters<typeof kept.write>[0]) => {
    try {
      if (!failed) kept.write(soFar);
    } catch (error) {
      failed = true;
      say(words().notKept(kept.path, (error as Error).message));
    }
  };
}

function sizedLayers({ parts }: GradientSource, { layers }: GradientGram): ReadGram["layers"] {
  const size = (layer: string) =>
    parts.filter(({ name }) => layerName(name) === layer).reduce((sum, { length }) => sum + length, 0);
  return new Map([...layers].map(([layer, products]) => [layer, { products, parameters: size(layer) }]));
}

/**
 * Products may differ by this share of the rows' lengths from one triangle to the other: they come from sums in another
 * order.
 */
const ASYMMETRY = 1e-5;

/**
 * A Gram that is ready: an array [K, K] of a .npy, .npz or .safetensors file, `counts` [K] beside it or not. Throws
 * `DataError` for what is no matrix of inner products.
 */
export async function readGram(path: string): Promise<ReadGram> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new DataError(`${path}: expected a file with a K × K matrix, got a folder; pass it to --gradients`);
  const tensors = await readTensors(path);
  const counts = tensors.size > 1 ? tensors.get("counts") : undefined;
  const matrices = [...tensors.values()].filter((one) => one !== counts);
  const [only] = matrices;
  const rows = only?.shape[0] ?? 0;
  if (
    matrices.length !== 1 ||
    !only ||
    !isFloat(only.type) ||
    only.shape.length !== 2 ||
    only.shape[1] !== rows ||
    rows < 2
  )
    throw new DataError(
      `${path}: expected one floating-point matrix [K, K] with K ≥ 2, got ${matrices.map(show).join(" and ") || "none"}; save G @ G.T`,
    );
  const products = Float64Array.from(only.data as Float64Array);
  checkProducts(products, rows, path);
  const list = counts ? toNumbers(counts) : null;
  if (list && (list.length !== rows || !list.every((count) => Number.isInteger(count) && count >= 1)))
    throw new DataError(
      `${path}: expected counts of ${rows} rows as whole numbers, got ${list.length} numbers; count the examples of each`,
    );
  return { products, rows, parameters: null, counts: list, layers: new Map(), sketch: null };
}

/** Also makes the matrix exactly symmetric. */
function checkProducts(products: Float64Array, rows: number, path: string): void {
  for (let k = 0; k < rows; k++)
    for (let l = 0; l <= k; l++) {
      const [a, b] = [products[k * rows + l]!, products[l * rows + k]!];
      const scale = Math.sqrt(products[k * (rows + 1)]! * products[l * (rows + 1)]!);
      // Also where a number is NaN, or a squared length negative.
      if (!(Math.abs(a - b) <= ASYMMETRY * scale && Math.abs(a) <= (1 + ASYMMETRY) * scale))
        throw new DataError(
          `${path}: expected inner products of rows, got ${a} and ${b} at (${k}, ${l}) and (${l}, ${k}) beside squared lengths ` +
            `${products[k * (rows + 1)]} and ${products[l * (rows + 1)]}; save G @ G.T, or pass the rows to --gradients`,
        );
      products[k * rows + l] = products[l * rows + k] = (a + b) / 2;
    }
}
