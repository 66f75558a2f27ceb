import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../runtime/engine.ts";
import { confidentLearning } from "../statistics/confidentLearning.ts";
import type { Inspection } from "../store/inspection.ts";
import { UsageError } from "../tensor/errors.ts";
import { exampleGraph } from "../training/exampleGraph.ts";
import { openModel } from "../training/openModel.ts";
import { type FoldSchedule, foldSchedule } from "./inspectDefaults.ts";
import {
  classFindings,
  confidence,
  duplicateFindings,
  labelFindings,
  outlierFindings,
  outlierZ,
  rounded,
  summaryOf,
} from "./inspectFindings.ts";
import { keptTogether, stratifiedFolds } from "./inspectFolds.ts";
import { conflictFindings, groupFindings } from "./inspectGroups.ts";
import { duplicateThreshold, type Inputs, readInputs } from "./inspectInputs.ts";
import type { Subject } from "./inspectSubject.ts";
import { type FoldScores, measuredEpochs, newFoldScores, trainFold } from "./inspectTraining.ts";

export interface InspectOptions {
  readonly subject: Subject;
  /** As `--model` takes it. */
  readonly model: string;
  readonly folds: number;
  /** A column whose equal values share a fold: rows of one patient, one sensor. Default none. */
  readonly together?: string | undefined;
  /** Default: as many as `foldSchedule` finds right. */
  readonly epochs?: number | undefined;
  readonly seed: number;
  /** Models that are trained at the same time, each on one thread; changes no result. */
  readonly threads: number;
  /** Is told what is done, and of the training how much of it, 0 to 1. */
  readonly tell?: ((progress: InspectProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type InspectProgress =
  | { readonly kind: "reading" | "comparing" }
  | { readonly kind: "planned"; readonly plan: FoldSchedule; readonly folds: number; readonly examples: number }
  | { readonly kind: "training"; readonly done: number };

/** Of `random`: not one of training's. */
const FOLD_STREAM = 3;
const LEARNING_RATE = 1e-3;
/** Share of unseen labels that a model contradicts. */
const WEAK = 0.05;

/**
 * What is wrong with data of one class per example. K models, each trained without one fold, judge the fold that they have not seen:
 * confident learning names the labels to doubt, and distances in what the last layer reads the outliers. Copies of examples are found by
 * their inputs, and never stand on both sides of a fold. Gives null where `signal` ended it. Throws `UsageError` for a model that is not
 * for these data and for folds that they cannot fill, and what `train` throws.
 */
export async function inspectData(engine: Engine, options: InspectOptions): Promise<Inspection | null> {
  const { subject, folds, seed, tell = () => {} } = options;
  const { data, other } = subject;
  const start = performance.now();
  await checkModel(options);
  tell({ kind: "reading" });
  const inputs = await readInputs(other ? [data, other] : [data]);
  const copyOf = inputs.copyOf.subarray(0, data.size);
  const cells = options.together === undefined ? undefined : data.columns?.[options.together];
  const units = cells ? keptTogether(copyOf, cells) : copyOf;
  const foldOf = stratifiedFolds(data.labels, units, folds, { seed, stream: FOLD_STREAM });
  const plan = foldSchedule(data.size - Math.ceil(data.size / folds), options.epochs);
  tell({ kind: "planned", plan, folds, examples: data.size });
  const scores = newFoldScores(data);
  const trained = await trainAll(engine, options, { inputs, foldOf, plan, scores });
  if (!trained) return null;
  tell({ kind: "comparing" });
  const found = findingsOf(options, { inputs, foldOf, plan, scores });
  const seconds = (performance.now() - start) / 1000;
  return { ...found, summary: { ...found.summary, seconds }, conflicts: trained.conflicts };
}

/** What the scores of all examples say together. */
function findingsOf(options: InspectOptions, { inputs, plan, scores }: Plan) {
  const { subject, model, folds, seed } = options;
  const { data, inspected } = subject;
  const probabilities = { values: scores.probabilities, classes: data.classes };
  const { issues, noise: estimatedNoise } = confidentLearning(probabilities, data.labels, "class");
  const found = {
    labelIssues: labelFindings(subject, issues, scores),
    outliers: outlierFindings(subject, scores),
    nearDuplicates: duplicateFindings(subject, inputs),
  };
  const classes = classFindings(data, scores.probabilities, issues);
  return {
    data: data.name,
    model,
    inspected,
    classNames: classes.map(({ name }) => name),
    settings: {
      folds,
      epochs: plan.epochs,
      batchSize: plan.batchSize,
      learningRate: LEARNING_RATE,
      seed,
      measuredAfter: measuredEpochs(plan),
      duplicateCosine: duplicateThreshold(inputs),
    },
    summary: { ...summaryOf(data, found, classes), estimatedNoise },
    classes,
    ...found,
    groups: groupFindings(data, new Set(issues.map(({ example }) => example))),
    examples: examplesOf(subject, scores),
    remarks: [...remarksOf(options, scores), ...weakness(classes)],
  };
}

function examplesOf(subject: Subject, scores: FoldScores): Inspection["examples"] {
  return {
    index: Array.from(scores.loss, (_, i) => subject.place(i).index),
    score: rounded(scores.loss.map(confidence)),
    loss: rounded(scores.loss),
    errorNorm: rounded(scores.errorNorm),
    outlier: rounded(outlierZ(scores)),
    selfInfluence: scores.untraced === undefined ? rounded(scores.selfInfluence) : null,
  };
}

/** Throws before any time is spent. */
async function checkModel({ model: name, subject: { data }, seed }: InspectOptions): Promise<void> {
  const model = await openModel(name, data, seed);
  const graph = exampleGraph(model, 1, { features: false, squaredNorms: false });
  const [, classes] = [...graph.outputs.values()][0]!.shape;
  if (classes !== data.classes)
    throw new UsageError(
      `${name}: expected a model of ${data.classes} classes as in ${data.name}, got one of ${classes}; choose another model`,
    );
}

interface Plan {
  readonly inputs: Inputs;
  readonly foldOf: Uint8Array;
  readonly plan: FoldSchedule;
  readonly scores: FoldScores;
}

/** All folds, `threads` at a time; undefined where `signal` ended them. */
async function trainAll(engine: Engine, options: InspectOptions, { inputs, foldOf, plan, scores }: Plan) {
  const { subject, folds, seed, threads, signal, tell = () => {} } = options;
  const { data } = subject;
  const done = new Float64Array(folds);
  let conflicts: Inspection["conflicts"] = [];
  const training = {
    data,
    inputs,
    foldOf,
    folds,
    ...plan,
    learningRate: LEARNING_RATE,
    seed,
    modelOf: (fold: number) => openModel(options.model, data, seed + fold),
    atEnd: async (fold: number, trained: Parameters<typeof conflictFindings>[2]) => {
      if (fold === 0) conflicts = await conflictFindings(engine, data, trained, seed);
    },
  };
  let [next, complete] = [0, true];
  const worker = async () => {
    while (next < folds && complete) {
      const fold = next++;
      const report = (share: number) => {
        done[fold] = share;
        tell({ kind: "training", done: done.reduce((sum, one) => sum + one, 0) / folds });
      };
      complete &&= await trainFold(engine, training, fold, scores, report, signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, folds) }, worker));
  return complete ? { conflicts } : undefined;
}

function remarksOf({ model, subject, together }: InspectOptions, { untraced }: FoldScores): string[] {
  const { start, series } = subject.data.columns ?? {};
  const empty = withoutExamples(subject.data);
  return [
    ...(start && series && together === undefined
      ? ["examples are windows that may overlap: a model may have trained on the neighbours of what it judges"]
      : []),
    ...(model.endsWith(".onnx")
      ? [
          `every fold starts from the weights of ${model}: if they were trained on these data, no example is unseen and wrong labels look right`,
        ]
      : []),
    ...(untraced === undefined ? [] : [`self-influence was not measured: ${untraced}`]),
    ...(empty > 0 ? [`${empty} of the ${subject.data.classes} classes have no example among those inspected`] : []),
  ];
}

/** Of models that do not know the classes well, many doubts are about right labels. */
function weakness(classes: Inspection["classes"]): string[] {
  const examples = classes.reduce((sum, one) => sum + one.examples, 0);
  const right = classes.reduce((sum, one) => sum + (one.examples > 0 ? one.recall * one.examples : 0), 0);
  const wrong = 1 - right / examples;
  if (wrong < WEAK) return [];
  return [
    `the models disagree with ${(100 * wrong).toFixed(0)} % of the labels that they have not seen: where they are weak they doubt right labels too, so read the list from its top, or try more --epochs or another --model`,
  ];
}

function withoutExamples({ labels, classes }: Dataset): number {
  return classes - new Set(labels).size;
}
