import { counted } from "./counted.ts";
import { statusesEnglish } from "./statuses.ts";
/** The words of commands that have no page of their own, in English. Numbers come in as text, already rounded. */
export const commandsEnglish = {
  verify: {
    loss: (loss: string) => `loss ${loss}`,
    verdict: ({ engine, type, equal, difference, tolerance }: Verdict) =>
      `${engine} (${type}): ${equal ? "equal" : "NOT equal"}, largest relative difference ${difference} (tolerance ${tolerance})`,
    comparison: ({ window, examples, difference, parameter }: Comparison) =>
      `  ${window} against one batch of ${examples}: ${difference} at ${parameter}`,
    mixing: (layer: string) =>
      `${layer} mixes the examples of a micro-batch: no accumulation reproduces the large batch there`,
    dropout:
      "dropout is off in this comparison: while training drops values, every micro-batch draws masks of its own, and accumulation gives the large batch's gradient on average only",
  },
  evaluate: {
    labelled: "label \\ predicted",
    predictedAs: (label: string) => `label ${label}, predicted as`,
    loss: (loss: string, value: string) => `loss ${value} (${loss})`,
    checkpoint: ({ epoch, step }: { readonly epoch: number; readonly step: number }) =>
      `weights of epoch ${epoch}, step ${step}`,
    averaged: "the average of the run's weights",
    validationOnly: (data: string) => `the part of ${data} that training left to validate on; other data with --data`,
  },
  predict: {
    written: (out: string, examples: number, columns: readonly string[]) => {
      const more = columns.length > 6 ? ` and ${columns.length - 6} more` : "";
      return `${out}: ${examples} ${examples === 1 ? "example" : "examples"}, ${columns.slice(0, 6).join(", ")}${more}`;
    },
  },
  doctor: {
    node: "node",
    platform: "platform",
    processors: "processors",
    memoryGibibytes: "memoryGibibytes",
    trainingUses: "trainingUses",
    engine: (name: string) => `engine ${name}`,
    none: "null",
  },
  models: {
    model: "model",
    parameters: "parameters",
    example: "of one example",
    classes: "classes",
    layer: "layer",
    operator: "operator",
    output: "output",
    total: "total",
    file: "a file",
  },
  runs: {
    columns: {
      run: "run",
      status: "status",
      name: "name",
      model: "model",
      data: "data",
      batch: "batch",
      rate: "learning rate",
      epochs: "epochs",
      steps: "steps",
      loss: "best loss",
      accuracy: "accuracy",
      time: "time",
      memory: "memory",
      noise: "noise scale",
      tags: "tags",
      study: "study",
      description: "description",
    },
    statuses: statusesEnglish,
    answer: {
      between: " ",
      count: (runs: number) => `${counted(runs, "run")}.`,
      accuracy: (share: string) => `validation accuracy ${share}`,
      loss: (value: string) => `validation loss ${value}`,
      only: ({ id, data, score }: Record<"id" | "data" | "score", string>) => `On ${data} ${id} has ${score}.`,
      best: ({ id, data, score, among }: Record<"id" | "data" | "score", string> & { readonly among: number }) =>
        `Of the ${among} on ${data} ${id} is best, with ${score}.`,
      highest: ({
        id,
        data,
        score,
        among,
        labels,
        others,
      }: Record<"id" | "data" | "score", string> & {
        readonly among: number;
        readonly others: number;
        readonly labels: number | null;
      }) =>
        `Of the ${among} on ${data} ${id} has the highest ${score}. ${labels === null ? "What it was measured on does" : `${counted(labels, "label")} ${labels === 1 ? "does" : "do"}`} not tell it from ${others === 1 ? "the other" : counted(others, "other")}.`,
      lowest: ({ id, data, score, among }: Record<"id" | "data" | "score", string> & { readonly among: number }) =>
        `Of the ${among} on ${data} ${id} has the lowest ${score}.`,
      equal: ({
        id,
        data,
        score,
        among,
        asGood,
      }: Record<"id" | "data" | "score", string> & Record<"among" | "asGood", number>) =>
        `${asGood === among ? `All ${among}` : `Of the ${among}`} on ${data} ${asGood === among ? "" : `${asGood} `}end alike, with ${score}${asGood === among ? "" : ", and none better"}; ${id} is one.`,
      running: (runs: number) => `${runs} ${runs === 1 ? "is" : "are"} still running.`,
      lost: (runs: number, id: string) =>
        `${runs} ${runs === 1 ? "was" : "were"} lost; \`batchscope train --resume ${id}\` goes on with ${runs === 1 ? "it" : "one"}.`,
    },
    hiddenTrials: (count: number) =>
      `${count} ${count === 1 ? "trial" : "trials"} of studies not shown; --study all shows them, --study NAME those of one`,
    noRoom: (columns: string) => `no room for: ${columns}; --columns chooses, a wider terminal shows all`,
    noRuns: "no runs; start one with `batchscope train`, or pass --dir",
    noneAlike: "no run is like that",
    path: "path",
    oneSeed:
      "each is one run, of one seed: `batchscope compare` with the same options says what chance alone does, and draws them together",
    stands: (status: string, why: string | null, came: string | null) =>
      [why === null ? status : `${status}: ${why}`, ...(came === null ? [] : [came])].join("; "),
    started: "started",
    times: (started: string, ended: string, resumed: number) =>
      `${started}, ended ${ended}${resumed === 0 ? "" : resumed === 1 ? ", resumed once" : `, resumed ${resumed} times`}`,
    trained: "trained",
    length: ({ epochs, steps, examples }: Record<"epochs" | "steps" | "examples", number>) =>
      `${counted(epochs, "epoch")}, ${counted(steps, "step")}, ${counted(examples, "example")}`,
    cost: (length: string, time: string | null, memory: string | null) =>
      [length, ...(time === null ? [] : [`in ${time}`]), ...(memory === null ? [] : [`peak memory ${memory}`])].join(
        ", ",
      ),
    cameTo: (loss: string, accuracy: string | null) =>
      `best validation loss ${loss}${accuracy === null ? "" : `, accuracy ${accuracy}`}`,
    inEpoch: (came: string, epoch: number) => `${came}, in epoch ${epoch}`,
    atStep: (came: string, step: number) => `${came}, at step ${step}`,
    modelOn: (model: string, data: string) => `${model} on ${data}`,
    updates: ({ examples, rate, optimizer }: Record<"examples" | "rate" | "optimizer", string>) =>
      `${examples} examples per update, ${optimizer}, learning rate ${rate}`,
    options: "options",
    otherwise: (flags: string) =>
      `${flags === "" ? "" : `${flags}; `}all else by default (config.yaml lists everything)`,
    checkpoints: "checkpoints",
    none: "none",
    checkpoint: ({ epoch, step, size, best, last }: Saved) => {
      const marks = [...(best ? ["best"] : []), ...(last ? ["last"] : [])];
      return `epoch ${epoch}, step ${step}: ${size}${marks.length > 0 ? ` (${marks.join(", ")})` : ""}`;
    },
    indexed: (runs: number, directory: string, leftOut: number) =>
      `indexed ${counted(runs, "run")} in ${directory}${leftOut > 0 ? `, left out ${leftOut}` : ""}`,
    otherId: (file: string, name: string, id: string) =>
      `${file}: expected the folder's name ${name} in "id", got ${id}; the run goes by its folder's name`,
    leftOut: (message: string) => `left out: ${message}`,
    passedOver: (message: string) => `passed over: ${message}`,
  },
  studies: {
    columns: { study: "study", kind: "kind", arms: "arms", seeds: "seeds", trials: "trials", begun: "begun" },
    kinds: {
      comparison: "comparison",
      "source-003": "source-003",
      judgement: "judgement",
      "critical-batch": "critical-batch",
      recommend: "recommend",
      "lr-exponent": "lr-exponent",
      sweep: "sweep",
    } as Readonly<Record<string, string>>,
    none: "no studies; start one with `batchscope compare` or `batchscope judge`, or pass --dir",
    counts: (trials: Readonly<Partial<Record<string, number>>>, running: boolean) =>
      `${Object.entries(trials)
        .map(([state, count]) => `${count} ${state}`)
        .join(", ")}${running ? " (being trained)" : ""}`,
    trialsOf: (counts: string) => `trials: ${counts}`,
  },
  housekeeping: {
    stays: (path: string, names: string) => `${path}: not of the run, so that it stays: ${names}`,
    damaged: (message: string) => `damaged: ${message}`,
    removed: (run: string, size: string) => `removed ${run}: ${size}, in the trash until runs gc empties it`,
    bringBack: (command: string) => `bring back with: ${command}`,
    restored: (run: string, removedAt: string) => `restored ${run}, removed ${removedAt}`,
    trashIsEmpty: (directory: string) => `${directory}: nothing is in the trash`,
    inTrash: (run: string, removedAt: string) => `${run}  removed ${removedAt}`,
    counted: {
      checkpoints: (count: number) => `${count} ${count === 1 ? "checkpoint" : "checkpoints"}`,
      unfinishedAnalyses: (count: number) => `${count} ${count === 1 ? "unfinished analysis" : "unfinished analyses"}`,
      halfWrittenFiles: (count: number) => `${count} ${count === 1 ? "half-written file" : "half-written files"}`,
    },
    separator: ", ",
    freedOf: (run: string, removed: string, size: string) => `${run}: ${removed}, ${size}`,
    trash: (runs: number, size: string) => `trash: ${runs} ${runs === 1 ? "run" : "runs"}, ${size}`,
    freed: (size: string, runs: number) => `freed ${size} in ${counted(runs, "run")}`,
    leftAlone: (message: string) => `left as it is: ${message}`,
    inUse: (run: string) => `left as it is: ${run} is in use`,
    linked: (run: string) => `checkpoints left as they are: those of ${run} lie where a link leads`,
  },
  plan: {
    model: "model",
    data: "data",
    updates: "updates",
    parameters: (model: string, count: string) => `${model}, ${counted(count, "parameter")}`,
    examples: (data: string, train: string, validation: string) =>
      `${data}, ${train} examples to train and ${validation} to validate`,
    count: (ofEpoch: string, all: string) => `${ofEpoch} of an epoch, ${all} in all`,
    countAtFirst: (ofEpoch: string, all: string) =>
      `${ofEpoch} of an epoch, ${all} in all, were the batch to stay as it begins`,
    nothing: "nothing was trained or written",
    tried: ({ losses, validationLoss, bytes }: { losses: readonly string[]; validationLoss: string; bytes: number }) =>
      `two updates with losses ${losses.join(" and ")}, validation loss ${validationLoss}, a checkpoint of ${bytes} bytes, ` +
      "and the same bits after resuming; no run was written",
  },
  export: {
    records: (count: number, run: string) => `${counted(count, "record")} of ${run}`,
    model: (file: string, run: string, from: string) => `${file} of ${run} ${from}`,
    averaged: "by the average of its weights",
    after: (step: number, epoch: number) => `after step ${step}, epoch ${epoch}`,
  },
  gradients: {
    goingOn: (path: string) => `resuming ${path}`,
    layersLeftOut: (layers: number) =>
      `the ${layers} layers are not told apart: their products need more than --memory-budget has`,
    columns: ({ name, percent, total, left }: Record<"name" | "total" | "left", string> & { percent: number }) =>
      `${name}: ${percent} % of ${total} columns, ${left} left`,
    notKept: (path: string, why: string) => `what is done so far cannot be kept in ${path}: ${why}`,
  },
  inspection: {
    report: (path: string) => `report: ${path}`,
    reading: "reading every example once",
    comparing: "judging labels, looking for duplicates",
    planned: ({ folds, model, epochs, batchSize, examples }: Folds) =>
      `training ${folds} times ${model}, ${epochs} epochs of batches of ${batchSize}, on ${folds - 1}/${folds} of ${examples} examples`,
    left: (percent: number, time: string) => `${percent} % trained, about ${time} to go`,
    seconds: (seconds: number) => `${seconds} s`,
    minutes: (minutes: number) => `${minutes} min`,
  },
  analysis: {
    /** Why no more mini-batches were drawn. */
    stopped: {
      resolved: (rows: string) => `${rows} batches were drawn, which bound the noise scale within a factor of two.`,
      time: (rows: string) => `${rows} batches were drawn: a minute does not suffice for twice as many.`,
      data: (rows: string) => `${rows} batches were drawn, all that the data hold.`,
      most: (rows: string) => `${rows} batches were drawn, the most that are unless asked for.`,
      memory: (rows: string) => `${rows} batches were drawn: more do not fit into the memory budget.`,
    },
    further: (command: string) => `To go on from there: \`${command}\``,
    smaller: ({ own, batchSize }: { readonly own: number; readonly batchSize: number }) =>
      `the data hold fewer than two batches of ${own} examples, those of an update: batches of ${batchSize} are measured`,
    measured: ({
      epoch,
      rows,
      batchSize,
      done,
      all,
    }: Record<"epoch" | "rows" | "batchSize" | "done" | "all", number>) =>
      `epoch ${epoch}: ${rows} gradients of ${counted(batchSize, "example")} (${done}/${all})`,
    dataChanged: (run: string) =>
      `the data of ${run} have changed since it was trained: its gradients are measured on others`,
    noChineseFont:
      "no Chinese font was found, so PNG pictures keep English words; install one, on Debian: apt install fonts-noto-cjk",
  },
  stopping: {
    update: "stopping after this update",
    updateKeepsNothing: "stopping after this update; nothing is kept",
    trial: "stopping this trial; nothing is kept",
    updates: "stopping after the updates under way; nothing is kept",
    columns: "stopping after this block of columns; the sums so far are kept",
    rows: "stopping after this block of mini-batches; what is measured is kept",
    pass: "stopping after these examples; of this checkpoint nothing is kept",
    asked: (stopping: string) => `${stopping}; once more to stop at once`,
    told: (signal: string, stopping: string) => `${signal}: ${stopping}`,
  },
  /** What models and data by name are; theirs in English stands beside them. */
  about: (_name: string, english: string): string => english,
};

export type CommandsText = typeof commandsEnglish;

interface Verdict extends Record<"engine" | "type" | "difference", string> {
  readonly equal: boolean;
  readonly tolerance: number;
}

interface Comparison extends Record<"window" | "difference" | "parameter", string> {
  readonly examples: number;
}

interface Saved {
  readonly epoch: number;
  readonly step: number;
  readonly size: string;
  readonly best: boolean;
  readonly last: boolean;
}

interface Folds extends Record<"folds" | "epochs" | "batchSize", number> {
  readonly model: string;
  readonly examples: string;
}
