import { lossNames } from "../../model/loss.ts";
import { lossPresetNames } from "../../model/losses/presets.ts";
import { progressModes } from "../progressModes.ts";
import { loopFields } from "./loopOptions.ts";
import { optimizerFields } from "./optimizerOptions.ts";
import type { TrainField } from "./options.ts";
import { readerFields } from "./readerOptions.ts";
import { scheduleFields } from "./scheduleOptions.ts";
import { sequenceFields } from "./sequenceOptions.ts";
import { swapFields } from "./swapOptions.ts";

/** How a field is spelled on the command line and read from text. */
export interface FieldSpelling {
  /** As commander declares it; the long flag is the field's name with hyphens, or one of `aliases`. */
  readonly flags: string;
  readonly kind: "text" | "number" | "boolean" | "list";
  /** Completes "expected …" in an error. */
  readonly expects: string;
  /** For `--help`, default included. */
  readonly help: string;
}

const count = { kind: "number", expects: "a whole number of at least 1" } as const;
const above0 = { kind: "number", expects: "a number above 0" } as const;
const from0 = { kind: "number", expects: "a number of at least 0" } as const;
const weights = { kind: "text", expects: "numbers with commas between them, or balanced" } as const;
const below1 = { kind: "number", expects: "a number of at least 0 and below 1" } as const;
const text = { kind: "text", expects: "some text" } as const;
const yesOrNo = { kind: "boolean", expects: "true or false" } as const;

// biome-ignore format: a table is read by its columns
export const trainFields: Readonly<Record<TrainField, FieldSpelling>> = {
  model: { flags: "--model <name>", kind: "text", expects: "the name of a model or an .onnx file", help: "model to train, by name or as an .onnx file (asked for on a terminal, else it must be given)" },
  data: { flags: "--data <name>", kind: "text", expects: "the name of a data set, a file or a folder", help: "data to train on, by name or as a file or folder (asked for on a terminal, else it must be given)" },
  subset: { flags: "--subset <name>", ...text, help: 'one subset of the data, or "all" for one run each (default: the whole data)' },
  ...sequenceFields,
  ...readerFields,
  augment: { flags: "--augment <changes>", kind: "text", expects: "names of changes with commas between them", help: "random changes of training examples: crop, flip, rotate, translate, brightness, contrast, noise, cutout, each with an amount as crop:2; or standard (default: none)" },
  initFrom: { flags: "--init-from <file>", kind: "text", expects: "a .safetensors file", help: "weights to start from: a checkpoint or an average of this model, or GPT-2's as Hugging Face saves them (default: drawn at random by --seed; those of the file for an .onnx model)" },
  batchSize: { flags: "--batch-size <n>", ...count, help: "examples of one micro-batch (default: 4)" },
  gradientAccumulationSteps: { flags: "--gradient-accumulation-steps <n>", ...count, help: "micro-batches of one update; of several with commas between them, one run for each (default: 1)" },
  enableAutoGradientAccumulation: { flags: "--enable-auto-gradient-accumulation", ...yesOrNo, help: "choose the steps: 4 below batch size 4, 2 below 8, else 1" },
  targetBatchSize: { flags: "--target-batch-size <n>", ...count, help: "examples of one update, exactly; the steps follow (default: --batch-size × the steps)" },
  epochs: { flags: "--epochs <n>", ...count, help: "passes over the data (default: 30)" },
  checkpointEvery: { flags: "--checkpoint-every <n>", ...count, help: "epochs between checkpoints (default: 5)" },
  checkpointSteps: { flags: "--checkpoint-steps <n>", ...count, help: "optimizer steps between checkpoints (default: --checkpoint-every counts)" },
  checkpointMinutes: { flags: "--checkpoint-minutes <x>", ...above0, help: "minutes after which a checkpoint is saved to go on from; the next one takes its place (default: never)" },
  keepCheckpoints: { flags: "--keep-checkpoints <n>", ...count, help: "checkpoints to keep of this run, beside the best and the last (default: all)" },
  tensorboard: { flags: "--tensorboard", ...yesOrNo, help: "write metrics for TensorBoard too, into the run's folder" },
  limitExamples: { flags: "--limit-examples <n>", ...count, help: "train on the first so many examples alone (default: all)" },
  loss: { flags: "--loss <name>", kind: "text", expects: `one of ${lossNames.join(", ")}`, help: `what is minimised: ${lossNames.join(", ")} (default: cross_entropy, or mse where the target is a number)` },
  lossPreset: { flags: "--loss-preset <name>", kind: "text", expects: `one of ${lossPresetNames.join(", ")}`, help: `a loss with options, which other flags override: ${lossPresetNames.join(", ")} (default: none)` },
  classWeights: { flags: "--class-weights <list>", ...weights, help: "weight of each class in cross_entropy and bce_with_logits: 1,2,5, or balanced for 1/frequency (default: all alike)" },
  labelSmoothing: { flags: "--label-smoothing <x>", ...below1, help: "share of cross_entropy's target that all classes get alike (default: 0)" },
  ignoreIndex: { flags: "--ignore-index <n>", kind: "number", expects: "a whole number", help: "label that carries no loss and no weight (default: -100)" },
  focalGamma: { flags: "--focal-gamma <x>", ...from0, help: "how much less well classified examples count (default: 2)" },
  focalAlpha: { flags: "--focal-alpha <list>", ...weights, help: "factor of each class in focal, or balanced; of positives in sigmoid_focal (default: 0.25)" },
  focalNormalizer: { flags: "--focal-normalizer <name>", kind: "text", expects: "one of all, positives", help: "what focal losses are divided by: all labels, or the positives as RetinaNet (default: all)" },
  positiveWeight: { flags: "--positive-weight <list>", kind: "text", expects: "a number, or one for each output", help: "how much more positive targets of bce_with_logits count (default: 1)" },
  huberDelta: { flags: "--huber-delta <x>", ...above0, help: "where huber turns from squares to absolute errors (default: 1)" },
  smoothL1Beta: { flags: "--smooth-l1-beta <x>", ...from0, help: "where smooth_l1 does (default: 1)" },
  ...optimizerFields,
  ...scheduleFields,
  ...loopFields,
  ...swapFields,
  clipNorm: { flags: "--clip-norm <x>", ...above0, help: "largest norm of an update's gradient (default: no limit)" },
  gradientCheckpointing: { flags: "--gradient-checkpointing", ...yesOrNo, help: "keep fewer results of the forward pass and compute the rest again: less memory, more time" },
  precision: { flags: "--precision <type>", kind: "text", expects: "one of float32, float16", help: "of products: float32, or float16 with loss scaling, emulated (default: float32)" },
  seed: { flags: "--seed <n>", kind: "number", expects: "a whole number from 0 to 4294967295", help: "seed of everything random (default: 0)" },
  threads: { flags: "--threads <n>", ...count, help: "threads of the engine (default: 1)" },
  disableParallel: { flags: "--disable-parallel", ...yesOrNo, help: "use one thread, whatever --threads says" },
  device: { flags: "--device <name>", kind: "text", expects: "one of cpu, webgpu, cuda", help: "cpu; webgpu and cuda are experimental (default: cpu)" },
  dir: { flags: "--dir <path>", ...text, help: "where runs are kept (default: batchscope)" },
  name: { flags: "--name <text>", ...text, help: "name of the run (default: made from the data)" },
  description: { flags: "--description <text>", ...text, help: "what the run is for (also: --des; default: nothing)" },
  tags: { flags: "--tag <text>", kind: "list", expects: "a list of texts", help: "a label for the run; may be repeated (default: none)" },
  progress: { flags: "--progress <mode>", kind: "text", expects: `one of ${progressModes.join(", ")}`, help: `progress as ${progressModes.join(", ")} (default: auto)` },
  json: { flags: "--json", ...yesOrNo, help: "print the result as one JSON document" },
};

/** Other spellings of a field, from the source documents' command lines or from the flag's singular. */
export const trainAliases: Readonly<Record<string, TrainField>> = {
  trainEpochs: "epochs",
  des: "description",
  minDelta: "minimumDelta",
  parameterRate: "parameterRates",
  maxLearningRate: "maximumLearningRate",
  maxMomentum: "maximumMomentum",
  minLearningRate: "minimumLearningRate",
  posWeight: "positiveWeight",
  tag: "tags",
};
