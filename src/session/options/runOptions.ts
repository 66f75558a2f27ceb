import { devices } from "../../runtime/engine.ts";
import { option } from "../../tensor/errors.ts";
import { progressModes } from "../progressModes.ts";
import { examples, type NumberBound, threads, windows } from "./bounds.ts";
import { above0, count, oneOf, optional, preset, rowsOf, seed, text, textOf, yesOrNo, type Zod } from "./option.ts";

const changes = {
  schema: (z: Zod) => z.union([z.string().min(1), z.array(z.string().min(1)).min(1).transform(String)]),
  kind: "text",
  expects: "names of changes with commas between them",
} as const;
const year: NumberBound = { most: 525_600, why: "a year", least: 1e-6 };
const labels = { schema: (z: Zod) => z.array(z.string().min(1)), kind: "list", expects: "a list of texts" } as const;
const anyText = { ...text, schema: (z: Zod) => z.string() };

/** What is trained, and on what. */
// biome-ignore format: a table is read by its columns
export const subjectFields = rowsOf({ heading: "Options:" }, {
  model: { flags: "--model <name>", ...textOf("the name of a model or an .onnx file"), help: "model to train, a name that batchscope models lists or an .onnx file (asked for on a terminal, else it must be given)" },
  output: { flags: "--output <name>", ...optional(textOf("the name of an output")), help: "output of an .onnx file to train, where it has several (default: the first)" },
  data: { flags: "--data <name>", ...textOf("the name of a data set, a file or a folder"), help: "data to train on: mnist, fashion-mnist, iris, sensors, DualGAF, moby-dick, or a file or folder (asked for on a terminal, else it must be given)" },
  subset: { flags: "--subset <name>", ...optional(text), help: 'one subset of the data, or "all" for one run each (default: the whole data)' },
});

/** What happens to training examples on their way to the model. */
// biome-ignore format: a table is read by its columns
export const augmentFields = rowsOf({ heading: "Table, array and image options:" }, {
  augment: { flags: "--augment <changes>", ...optional(changes), help: "random changes of training examples: crop, flip, rotate, translate, brightness, contrast, noise, cutout, each with an amount as crop:2; or standard (default: none)" },
});

const batch = { heading: "Batch options:", copy: false } as const;
/** What one run is called, where it is kept and how it is shown: a study says it of its trials. */
const ofRuns = { study: false, copy: false, decides: "label" } as const;
const length = { heading: "Length, evaluation and checkpoint options:", study: false, resume: "change" } as const;

/** From which weights, in which batches, for how long, and what is kept of it. */
// biome-ignore format: a table is read by its columns
export const lengthFields = rowsOf({ heading: "Options:" }, {
  initFrom: { flags: "--init-from <file>", ...optional(textOf("a .safetensors file")), help: `weights to start from: a checkpoint or an average of this model, or GPT-2's as Hugging Face saves them (default: drawn at random by ${option("seed")}; those of the file for an .onnx model)` },
  initOptimizer: { flags: "--init-optimizer", ...optional(yesOrNo), copy: false, help: `begin with the optimizer's state of ${option("initFrom")} too, a checkpoint of a run with this optimizer (default: it begins anew)` },
  batchSize: { flags: "--batch-size <n>", ...batch, ...preset({ ...count, bound: examples }, 4), help: "examples of one micro-batch (default: 4)" },
  // No default: `resolveAccumulation` must tell "asked for 1" from "not asked".
  gradientAccumulationSteps: { flags: "--gradient-accumulation-steps <n>", ...batch, ...optional({ ...count, bound: windows }), help: "micro-batches of one update; of several with commas between them, one run for each (default: 1)" },
  enableAutoGradientAccumulation: { flags: "--enable-auto-gradient-accumulation", ...batch, ...preset(yesOrNo, false), help: "choose the steps: 4 below batch size 4, 2 below 8, else 1" },
  targetBatchSize: { flags: "--target-batch-size <n>", ...batch, ...optional({ ...count, bound: examples }), help: `examples of one update, exactly; the steps follow (default: ${option("batchSize")} × the steps)` },
  epochs: { flags: "--epochs <n>", ...length, resume: "raise", ...preset(count, 30), aliases: ["trainEpochs"], help: "passes over the data (default: 30)" },
  checkpointEvery: { flags: "--checkpoint-every <n>", ...length, decides: "files", ...preset(count, 5), help: "epochs between checkpoints (default: 5)" },
  checkpointSteps: { flags: "--checkpoint-steps <n>", ...length, decides: "files", ...optional(count), copy: false, help: `optimizer steps between checkpoints (default: ${option("checkpointEvery")} counts)` },
  checkpointMinutes: { flags: "--checkpoint-minutes <x>", ...length, decides: "files", ...optional({ ...above0, bound: year }), help: "minutes after which a checkpoint is saved to go on from; the next one takes its place (default: never)" },
  keepCheckpoints: { flags: "--keep-checkpoints <n>", ...length, decides: "files", ...optional(count), copy: false, help: "checkpoints to keep of this run, beside the best and the last (default: all)" },
  logEvery: { flags: "--log-every <n>", ...length, decides: "files", ...preset(count, 1), help: "optimizer steps between two records of loss, learning rate and gradient norm (default: 1)" },
  tensorboard: { flags: "--tensorboard", ...ofRuns, copy: true, ...preset(yesOrNo, false), resume: "change", help: "write metrics for TensorBoard too, into the run's folder" },
  limitExamples: { flags: "--limit-examples <n>", ...optional(count), help: "train on the first so many examples alone (default: all)" },
  setAside: { flags: "--set-aside <n>", ...optional(count), study: false, help: "leave out so many validation examples, chosen by a hash of their places, which judge confirms a verdict on (default: none)" },
});

/** How it is computed, where it is kept and how it is shown. */
// biome-ignore format: a table is read by its columns
export const runFields = rowsOf({ heading: "Options:" }, {
  clipNorm: { flags: "--clip-norm <x>", ...optional(above0), help: "largest norm of an update's gradient (default: no limit)" },
  gradientCheckpointing: { flags: "--gradient-checkpointing", ...preset(yesOrNo, false), help: "keep fewer results of the forward pass and compute the rest again: less memory, more time, the same gradients up to rounding" },
  precision: { flags: "--precision <type>", ...preset(oneOf(["float32", "float16"]), "float32"), help: "of products: float32, or float16 with loss scaling, emulated (default: float32)" },
  seed: { flags: "--seed <n>", ...preset(seed, 0), help: "seed of everything random (default: 0)" },
  threads: { flags: "--threads <n>", decides: "speed", ...preset({ ...count, bound: threads }, 1), resume: "change", help: "threads of the engine (default: 1)" },
  disableParallel: { flags: "--disable-parallel", decides: "speed", ...preset(yesOrNo, false), help: `use one thread, whatever ${option("threads")} says` },
  device: { flags: "--device <name>", ...preset(oneOf(devices), "cpu"), help: "cpu; webgpu and cuda are experimental (default: cpu)" },
  dir: { flags: "--dir <path>", ...preset(text, "batchscope"), study: false, decides: "label", help: "where runs are kept (default: batchscope)" },
  failOn: { flags: "--fail-on <kinds>", ...ofRuns, ...optional(textOf("kinds of findings with commas between them")), resume: "change", help: "end the run with exit code 3 at the first finding of these kinds, as nan,exploding; or any, which is more than a note (default: train on)" },
  name: { flags: "--name <text>", ...ofRuns, ...optional(text), help: "name of the run (default: made from the data)" },
  description: { flags: "--description <text>", ...ofRuns, ...preset(anyText, ""), aliases: ["des"], help: `what the run is for (also: ${option("des")}; default: nothing)` },
  tags: { flags: "--tag <text>", ...ofRuns, ...preset(labels, []), aliases: ["tag"], help: "a label for the run; may be repeated (default: none)" },
  trialOf: { flags: "--trial-of <study/trial>", ...ofRuns, ...optional(textOf("the names of a study and a trial")), help: "study that the run is a trial of, which compare says (default: none)" },
  progress: { flags: "--progress <mode>", ...ofRuns, ...preset(oneOf(progressModes), "auto"), resume: "change", help: `progress as ${progressModes.join(", ")} (default: auto)` },
  json: { flags: "--json", ...ofRuns, ...preset(yesOrNo, false), resume: "change", help: "print the result as one JSON document" },
});
