import { type DataNote, splitInEnglish } from "../../data/notes.ts";
import type { RunRemark } from "../../store/findings.ts";
import { option } from "../../tensor/errors.ts";
import { percent } from "../format.ts";
import type { Words } from "../words.ts";
import { said } from "../words.ts";
import { counted } from "./counted.ts";
import { notesEnglish } from "./notes.ts";
import { batchSchedulesEnglish, scalingEnglish } from "./scaling.ts";

const BITS = "the last bits of the numbers may differ from here on";
const MEMORY = "for one): they cannot measure generalisation";

/** So many names are shown at most. */
const MOST = 10;

function someOf(names: readonly string[]): string {
  const more = names.length - MOST;
  return `${names.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const leavesOut = (droppable: boolean) => (droppable ? `; ${option("drop")} leaves it out` : "");
const andMore = (names: readonly string[], more: number) => `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;

const classesOf = (classes: number) => `${classes} ${classes === 1 ? "class" : "classes"}`;

const ofColumns = ({ cells, columns }: { readonly cells: number; readonly columns: number }) =>
  `${cells} missing ${cells === 1 ? "value" : "values"} in ${columns} ${columns === 1 ? "column" : "columns"}`;

const ofData: Words<DataNote> = {
  table: ({ file, target, classes, probabilities, features, inputs, categories }) =>
    `${file}: target "${target}" (${classes !== null ? classesOf(classes) : probabilities ? "probabilities, as they are" : "numbers, standardised"}), ${counted(features, "feature")} ` +
    `as ${counted(inputs, "input")}, standardised by the training rows` +
    (categories.length > 0 ? `, one-hot: ${categories.join(", ")}` : ""),
  arrays: ({ file, inputs, classes }) =>
    `${file}: ${inputs.map((one) => `"${one.name}" ${one.type}[${one.shape.join(", ")}]${one.images ? " (images)" : ""}`).join(", ")}, ` +
    `target "y" (${classes === null ? "numbers" : classesOf(classes)})`,
  images: ({ folder, colour, deep, height, width, classes }) =>
    `${folder}: ${colour ? "colour" : "grey"} images of ${deep ? "16 bits, " : ""}${height} × ${width} pixels in ${classesOf(classes.length)}: ${someOf(classes)}`,
  series: ({ file, series, features, length, stride, fields, target, classes }) =>
    `${file}: ${series} series of ${features.join(", ")}; windows of ${length} readings, ${stride} apart` +
    `${fields ? ", as Gramian angular fields" : ""}; target "${target}" (` +
    (classes === null
      ? "numbers, that of the last reading)"
      : `${classesOf(classes.count)}, by the rule ${classes.rule}${classes.normal === null ? "" : `, "${classes.normal}" is none`})`),
  parts: ({ of, train, validation, split }) =>
    `${train} training and ${validation} validation ${of} (${splitInEnglish(split)})`,
  rowNumbers: ({ columns }) =>
    `${columns.join(", ")} left out: ${columns.length === 1 ? "it only numbers or names" : "they only number or name"} the rows; ${option("features")} takes it as a feature`,
  dateTexts: ({ columns, example }) =>
    `${columns.join(", ")} left out: dates as "${example}" are new in every new row; write the month, the weekday or a number of days ` +
    `as a column of its own, or keep ${columns.length === 1 ? "it" : "them"} with ${option("features")}`,
  ownTexts: ({ columns, example, quantities }) =>
    `${columns.join(", ")} left out: hardly a row shares a text as "${example}" with another, so that a new row has none of them; ` +
    `${option("features")} keeps ${columns.length === 1 ? "it" : "them"}${quantities ? "; if these are quantities, write numbers" : ""}`,
  unseenCategories: ({ columns, rows, of }) =>
    `${rows} of ${of} validation rows have a category of ${columns.join(", ")} that no training row has: the model knows nothing of it`,
  ascending: ({ columns, more, droppable }) =>
    `${andMore(columns, more)} ${columns.length + more === 1 ? "ascends or descends" : "ascend or descend"} with the rows, as their number does: rows in the order of ` +
    `their classes are given away by it${leavesOut(droppable)}`,
  identifying: ({ columns, more, droppable }) =>
    `${andMore(columns, more)}: read as ${columns.length + more === 1 ? "a quantity" : "quantities"}, though ` +
    `${columns.length + more === 1 ? "it looks like a number that only identifies" : "they look like numbers that only identify"}${leavesOut(droppable)}`,
  telling: ({ columns, more, droppable, target }) =>
    `"${target}" follows from ${andMore(columns, more)} alone, ${columns.length + more === 1 ? "" : "each by itself, "}in every row: the same in other words?${droppable ? ` ${option("drop")} leaves it out` : ""}`,
  coarse: ({ columns, more, share }) =>
    `${andMore(columns, more)}: float32 rounds by ${percent(share)} of the standard deviation; save them less their mean, over their standard deviation`,
  wholeTargets: ({ target, values }) =>
    `"${target}" holds the whole numbers ${values.join(", ")} alone, and they are predicted as numbers; pass ${option("task")} classification if they are classes`,
  manyClasses: ({ target, classes, examples }) =>
    `"${target}" holds ${classes} different whole numbers in ${examples} examples, and each of them is a class; pass ${option("task")} regression if they are quantities`,
  constantTarget: ({ target, value }) =>
    `the target "${target}" is ${value} in every training example: there is nothing to learn`,
  spelling: ({ columns, decimal, group, unit }) =>
    `${columns.join(", ")}: read as numbers` +
    [
      ...(decimal === "," ? ["a decimal comma"] : []),
      ...(group === null ? [] : [`${JSON.stringify(group)} between thousands`]),
      ...(unit === "" ? [] : [unit]),
    ].reduce((text, part, i) => `${text}${i === 0 ? " with " : " and "}${part}`, ""),
  numbersAsTexts: ({ column, texts: [first, second] }) =>
    `"${column}" looks like numbers in more than one spelling (${JSON.stringify(first)}, ${JSON.stringify(second)}): read as texts; write them alike if they are numbers`,
  roundedNumbers: ({ columns }) =>
    `${columns.join(", ")}: whole numbers beyond 2^53, rounded to 53 bits as quantities; leave out with ${option("drop")} what only identifies`,
  codes: ({ column, text, categories }) =>
    categories
      ? `"${column}" holds codes such as ${text}: read as texts`
      : `"${column}" holds numbers such as ${text}, read as quantities; if they are codes, ${option("drop")} leaves them out`,
  quantitiesAsTexts: ({ column, texts, inputs }) =>
    `"${column}" holds texts such as ${texts.join(" and ")}, each of them an input of ${inputs}: write numbers if they are quantities`,
  similarNames: ({ column, names }) =>
    `"${column}" holds ${names.join(" and ")}, which are read as different: write them alike if they are one`,
  filledCells: ({ numbers, categories }) =>
    [
      ...(numbers.cells > 0 ? [`the training mean stands for ${ofColumns(numbers)}`] : []),
      ...(categories.cells > 0 ? [`no category stands for ${ofColumns(categories)} of categories`] : []),
    ].join("; "),
  missingRows: ({ rows }) => `${rows} ${rows === 1 ? "row" : "rows"} with missing values left out`,
  missingReadings: ({ readings }) => `readings with missing values left out: ${readings}; series are cut there`,
  transparentImages: ({ images }) =>
    `${images} ${images === 1 ? "image" : "images"} with a channel of transparency: laid on white`,
  leftOut: ({ folder, files, folders }) =>
    `${folder}: not read: ${someOf([
      ...files.map(([ending, count]) => `${count} ${ending || (count === 1 ? "file" : "files")}`),
      ...(folders > 0 ? [`${folders} ${folders === 1 ? "folder" : "folders"}`] : []),
    ])}`,
  missingParts: ({ names, more, there, of }) =>
    of === null
      ? `not there by the numbers of the other ${there} parts: ${andMore(names, more)}; nothing is missing if these were empty`
      : `only ${there} of ${of} parts are there, and only their rows are used; missing: ${andMore(names, more)}`,
  folderColumns: ({ columns }) => `${columns.join(", ")}: read from the names of the folders`,
  absentClasses: ({ classes }) => `no training example is of the class ${classes.join(", ")}`,
  numberedLabels: ({ labels, classes, mark }) =>
    `the labels ${labels.join(", ")} are ${classes} classes, numbered by what occurs` +
    (mark === null ? "" : `; pass ${option("ignoreIndex")} ${mark} if ${mark} stands for no label`),
  unlabelled: ({ label, labels, of }) =>
    `${labels} of ${of} labels are ${label}, which stands for none: they count neither in the loss nor in the accuracy`,
  tableOnDisk: () => `the numbers are larger than ${option("dataMemory")} and stay on disk`,
  arraysOnDisk: () => `arrays larger than ${option("dataMemory")} stay on disk; nobody looked for duplicates`,
  duplicates: ({ of, duplicates, validation, pair: [first, second] }) =>
    of === "rows"
      ? `${duplicates} of the ${validation} validation rows have the features of a training row (rows ${first} and ${second}, ${MEMORY}`
      : `${duplicates} of the ${validation} validation ${of} are training ${of} too (${first} and ${second}, ${MEMORY}`,
  shortSeries: ({ length, names, more }) =>
    `no window of ${length} readings in ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
  timeColumn: ({ column }) =>
    `"${column}" is no quantity, as it says when; name it in ${option("features")} if it is one`,
  sortedRows: ({ rows, column }) =>
    `${rows} ${rows === 1 ? "row" : "rows"} behind one of a later "${column}": sorted by it`,
  repeatedTimes: ({ readings, column }) =>
    `${readings} ${readings === 1 ? "reading has" : "readings have"} the same "${column}" as the one before in the series; all are kept`,
  timeGaps: ({ column, steps, usualStep, inSeconds, largest, cut }) => {
    const unit = inSeconds ? " s" : "";
    return (
      `${steps} ${steps === 1 ? "step" : "steps"} of "${column}" above twice the usual ${usualStep}${unit}, the largest ` +
      `${largest.step}${unit} after ${largest.after} in ${largest.series}` +
      (cut ? "" : `; windows run across, ${option("seriesGap")} would cut there`)
    );
  },
};

const ofRun: Words<RunRemark> = {
  loss: ({ loss }) => `loss: ${loss}`,
  emulatedFloat16: () =>
    "float16 is emulated: products are rounded to float16 and computed in float32; it shows the numbers of mixed precision, " +
    "not its speed or memory",
  overfit: ({ microBatches, examples }) =>
    `learning ${microBatches} micro-batches by heart: loss and accuracy, also where called validation, are on the same ` +
    `${examples} training examples`,
  oneClass: ({ name }) =>
    `every training example is of the class ${name}: nothing can be learnt that tells classes apart`,
  outputs: ({ model, trained, others, untrained }) =>
    `${model}: of its outputs "${trained}" is trained, ${others.map((name) => `"${name}"`).join(", ")} ${others.length === 1 ? "is" : "are"} not` +
    `${untrained.length === 0 ? "" : `, nor what only they read: ${untrained.join(", ")}`}; ${option("output")} chooses another`,
  moreOutputs: ({ model, outputs, classes }) =>
    `${model} has ${outputs} outputs for ${classes} classes: those beyond are learnt to be no class`,
  foldedNormalisation: ({ layers }) =>
    `exported for inference: batch normalisation is folded into ${layers} ${layers === 1 ? "convolution" : "convolutions"}, and dropout, if there was any, is gone; to train ` +
    "them too, export with training=torch.onnx.TrainingMode.TRAINING",
  zeroWeights: ({ weights, zero, of }) =>
    `${zero} of ${of} weights are all zero (${weights.join(", ")}${zero > weights.length ? ", …" : ""}): what lies below them learns nothing until they ` +
    "change, and units that begin alike stay alike",
  loneExamples: ({ layers, single, always }) =>
    `batch normalisation sees one example ${always ? "in every micro-batch" : "in the last micro-batch of an epoch"}, in ${layers} ${layers === 1 ? "layer" : "layers"}` +
    (single > 0 ? `, ${single} of which see one value of each channel and give nothing but their shift` : "") +
    (always ? `: raise ${option("batchSize")}` : `: choose a ${option("batchSize")} that leaves more`),
  runningVariance: ({ rule }) =>
    rule === "unbiased"
      ? "batch normalisation: the running variance takes n/(n − 1) times that of a micro-batch of n values, as PyTorch, which wrote the file"
      : "batch normalisation: the running variance takes that of a micro-batch itself, as ONNX says; in a file by PyTorch it would be n/(n − 1) times that",
  movedMomentum: ({ schedule, moved, optimizer }) =>
    `the schedule ${schedule} also moves ${moved} of ${optimizer}; ${option("cycleMomentum")} false leaves it as it is`,
  ...scalingEnglish,
  ...batchSchedulesEnglish,
  mixingLayers: ({ examples, layers }) =>
    `accumulation does not give the batch of ${examples} in layers that mix the examples of a micro-batch: ${layers.join(", ")}`,
  copies: ({ workers, epochs, batchSize, learningRate }) =>
    `then ${workers} copies train from there, ${epochs} ${epochs === 1 ? "epoch" : "epochs"} each, ${batchSize} examples an update ` +
    `at the learning rate ${learningRate}, and their weights are averaged`,
  firstExamples: ({ used, of }) => `the first ${used} of ${of} training examples are used`,
  unlocked: () =>
    "the store's file system has no locks: only the signs of life in run.json keep a second process from this run; go on with it " +
    "from one place at a time",
  lost: ({ run, loss }) => `${run} was lost: ${said(loss, notesEnglish.loss)}`,
  damaged: ({ message }) => message,
  goingOn: ({ run, from }) =>
    `resuming ${run} from ${from === null ? "the beginning: no checkpoint" : `step ${from.step}, epoch ${from.epoch}`}`,
  divergedBefore: ({ run, rate }) =>
    `${run} has diverged, and the same updates diverge again from here: train a new run with a lower ${option("learningRate")} (now ${rate}) or with ${option("clipNorm")}`,
  longWarmup: ({ warmup, updates, rate }) =>
    `the warm-up of ${warmup} updates is not over when the run ends after ${updates}: the learning rate never reaches ${rate}; lower ${option("warmupSteps")}`,
  raised: ({ option, from, to }) => `${option} raised from ${from} to ${to}`,
  threadsChanged: ({ from, to }) => `threads changed from ${from} to ${to}: ${BITS}`,
  scheduleFollows: ({ schedule }) =>
    `the schedule ${schedule} follows the new length where it depends on it: not what a run of that length would have done`,
  versionChanged: ({ of, before, now }) => `${of} was ${before} when the run began and is ${now ?? "missing"}: ${BITS}`,
  noEnvironment: ({ path }) =>
    `${path}: expected what the run began with, got no file; data and versions are taken as they are now`,
};

export const remarksEnglish: Words<RunRemark | DataNote> = { ...ofData, ...ofRun };
