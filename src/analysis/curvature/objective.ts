import type { LossesAlong } from "../../curvature/losses.ts";
import type { Dataset } from "../../data/dataset.ts";
import { defaultLoss, type Loss } from "../../model/loss.ts";
import type { Mode, Model, Parameter } from "../../model/model.ts";
import type { Engine } from "../../runtime/engine.ts";
import { engineScope } from "../../runtime/scope.ts";
import { is, requireArguments, requireOptions } from "../../tensor/arguments.ts";
import { option, ShapeError, UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { shown } from "../../tensor/shown.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import type { DropoutRates } from "../../training/masks.ts";
import { requireDeterminism } from "./determinism.ts";
import { type Product, productByDifferences, type SecondDerivative } from "./differences.ts";
import type { ParameterSlice } from "./layout.ts";
import { openPasses, type Passes } from "./passes.ts";
import type { PassSettings } from "./passSettings.ts";
import { openPoints } from "./points.ts";
import { roundingByFloat64 } from "./rounding.ts";

/**
 * The mean loss L(θ) = Σ w·ℓ / Σ w over a fixed set of examples, as a function of the trained parameters θ, with its
 * first and second derivatives. Vectors of parameters have `size` numbers, tensor after tensor as in `slices`, without
 * gaps; they are read and given in float64 whatever the engine computes in. Nothing of it draws random numbers: the
 * same θ gives the same numbers. One call at a time.
 */
export interface Objective {
  /** Numbers in θ. */
  readonly size: number;
  readonly slices: readonly ParameterSlice[];
  /** θ where it was opened: the checkpoint's. A fresh copy is the caller's to change. */
  readonly start: Float64Array;
  /** Examples in the sums. */
  readonly examples: number;
  /** What the engine computes in. */
  readonly precision: "float32" | "float64";
  /** How H·v is formed. */
  readonly second: SecondDerivative;
  /** L(θ), in the unit of the loss. */
  lossAt(parameters: Float64Array): Promise<number>;
  /** L at many points of a line or plane, several in one run of the engine. */
  readonly lossesAlong: LossesAlong;
  /**
   * The same with batch normalisation by the statistics of each mini-batch at each point, as in training: running
   * statistics of θ are wrong elsewhere. Null without such layers.
   */
  readonly lossesByBatchStatistics: LossesAlong | null;
  /** L(θ) and ∇L(θ), in loss/parameter. */
  gradientAt(parameters: Float64Array): Promise<LossAndGradient>;
  /** H(θ)·v with H = ∇²L. */
  productAt(parameters: Float64Array, vector: Float64Array): Promise<Float64Array>;
  /**
   * into += H·v at `start` in single precision, for `largestEigenvalue` of a network whose vectors fill the memory;
   * null where H·v is formed by differences.
   */
  readonly addProduct: ((vector: Float32Array, into: Float32Array) => Promise<void>) | null;
  /**
   * A bound of ‖computed H·v − H·v‖ for a v of length 1, in the unit of H: of float32 as measured against float64 on
   * some examples, of differences from their own error; absent for exact products in float64.
   */
  readonly roundingAt?: ((parameters: Float64Array, vector: Float64Array) => Promise<number>) | undefined;
  /** Frees the sessions. */
  release(): void;
}

/** L and ∇L at one place. */
export interface LossAndGradient {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** What an objective is opened on. */
export interface ObjectiveOptions {
  /** Its initial values are where the objective starts, and its state the running statistics. */
  readonly model: Model;
  readonly data: Dataset;
  /** Default cross-entropy. */
  readonly loss?: Loss | undefined;
  /** How many examples, drawn from `seed` without repetition where they are fewer than there are. Default all. */
  readonly examples?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Names of the parameters that are variables; all others are constants. Default all. */
  readonly trained?: readonly string[] | undefined;
  /** Default evaluation: dropout off, batch normalisation by running statistics, so that L is one function. */
  readonly mode?: Mode | undefined;
  /** What training mode drops. Default nothing. */
  readonly dropout?: DropoutRates | undefined;
  /** Examples of one run of the engine. Default as many as the memory allows, at most 256. */
  readonly batchSize?: number | undefined;
  readonly threads: number;
  /** Bytes, of which one run of the engine may hold a quarter. */
  readonly memoryBudget: number;
  /** Told how many examples went through the network after each run. */
  readonly progress?: ((examples: number) => void) | undefined;
  /** Looked at before each run of the engine. */
  readonly signal?: AbortSignal | undefined;
}

/** Random stream of the drawn examples, as in `analyzeCheckpoints`. */
const SAMPLING_STREAM = 2;

/**
 * Opens the objective after a gate: two passes over the examples, in other mini-batches, must give the same gradient
 * (`requireDeterminism`). Float64 where `engine` is `openReference(engine)`. Throws `UsageError` for more examples than
 * there are and for names that are no parameters, and `UnsupportedError` naming the layer where the passes disagree.
 */
export async function openObjective(engine: Engine, options: ObjectiveOptions): Promise<Objective> {
  requireArguments("openObjective", { engine }, { engine: is.engine });
  requireOptions("openObjective", options, {
    model: is.model,
    data: is.data,
    loss: is.optional(is.loss),
    examples: is.optional(is.whole(1)),
    seed: is.optional(is.seed),
    trained: is.optional(is.list),
    mode: is.optional(is.oneOf("training", "evaluation")),
    dropout: is.optional(is.map),
    batchSize: is.optional(is.whole(1)),
    threads: is.whole(1),
    memoryBudget: is.above0,
    progress: is.optional(is.function),
    signal: is.optional(is.object),
  });
  const settings = settingsOf(options);
  const scope = engineScope(engine);
  try {
    const passes = openPasses(scope, settings);
    // A large network has no room for what nobody asks for.
    let start: Float64Array | undefined;
    const atStart = () => {
      start ??= startOf(settings, passes);
      return start;
    };
    await requireDeterminism(passes, settings);
    const product: Product = passes.missing
      ? await productByDifferences(passes, atStart())
      : { second: { kind: "exact" }, at: passes.product };
    const { size, slices, precision } = passes;
    return {
      size,
      slices,
      get start() {
        return atStart();
      },
      precision,
      examples: settings.indices.length,
      second: product.second,
      lossesAlong: openPoints(scope, settings),
      lossesByBatchStatistics:
        settings.model.state.length > 0 ? openPoints(scope, { ...settings, mode: "training" }) : null,
      lossAt: (parameters) => passes.loss(checked(parameters, size)),
      gradientAt: (parameters) => passes.gradient(checked(parameters, size)),
      productAt: (parameters, vector) => product.at(checked(parameters, size), checked(vector, size)),
      addProduct: passes.missing ? null : passes.addProduct,
      roundingAt: roundingOf(scope, settings, passes, product),
      release: () => scope.release(),
    };
  } catch (error) {
    scope.release();
    throw error;
  }
}

function roundingOf(scope: Engine, settings: PassSettings, { precision }: Passes, { second, at }: Product) {
  if (second.kind === "exact") return precision === "float64" ? undefined : roundingByFloat64(scope, settings);
  return async (parameters: Float64Array, vector: Float64Array) =>
    second.error * Math.sqrt((await at(parameters, vector)).reduce((sum, x) => sum + x * x, 0));
}

function settingsOf(options: ObjectiveOptions): PassSettings {
  const { model, data, loss = defaultLoss, mode = "evaluation", dropout = new Map(), ...rest } = options;
  return { ...rest, model, data, loss, mode, dropout, trained: trainedOf(options), indices: drawn(options) };
}

function trainedOf({ model, trained }: ObjectiveOptions): readonly Parameter[] {
  if (trained === undefined) return model.parameters;
  const names = new Set(model.parameters.map(({ name }) => name));
  const strange = trained.find((name) => !names.has(name));
  if (strange === undefined && trained.length > 0) return model.parameters.filter(({ name }) => trained.includes(name));
  throw new UsageError(
    `openObjective: expected names of parameters of ${model.name} as trained, got ${shown(strange ?? [])}; choose one of ${[...names].join(", ")}`,
  );
}

/** In the order of the data, so that a file is read forwards. */
function drawn({ data, examples = data.size, seed = 0 }: ObjectiveOptions): Uint32Array {
  if (examples > data.size)
    throw new UsageError(
      `${option("examples")}: expected at most the ${data.size} examples of ${data.name}, got ${examples}; lower it`,
    );
  const order = random(seed, SAMPLING_STREAM).permutation(data.size);
  return examples === data.size
    ? Uint32Array.from({ length: examples }, (_, i) => i)
    : Uint32Array.from(order.subarray(0, examples)).sort();
}

function startOf({ trained }: PassSettings, { size, slices }: Passes): Float64Array {
  const start = new Float64Array(size);
  trained.forEach(({ initial }, i) => {
    start.set(toNumbers(initial), slices[i]!.offset);
  });
  return start;
}

function checked(vector: Float64Array, size: number): Float64Array {
  if (vector.length === size) return vector;
  throw new ShapeError(
    `objective: expected a vector of ${size} numbers, got ${vector.length}; pass one for each parameter`,
  );
}
