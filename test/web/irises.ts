import {
  adamW,
  buildModel,
  describeGradients,
  type Engine,
  fromNumbers,
  gramMeter,
  newTrainingState,
  random,
  randomSplit,
  select,
  type TrainingEvent,
  type TrainingOptions,
  tensorDataset,
  train,
} from "../../src/browser.ts";

/** Four lengths in centimetres, and the species: 0, 1 or 2. */
export type Iris = readonly [number, number, number, number, number];

/** What a training tells, in numbers that a page can hand over. */
export interface Trained {
  readonly stepLosses: readonly number[];
  readonly validationLosses: readonly number[];
  readonly reason: string;
  /** The bytes of the last checkpoint. */
  readonly checkpoint: readonly number[];
}

const classNames = ["setosa", "versicolor", "virginica"];

function optionsFor(irises: readonly Iris[], epochs: number): TrainingOptions {
  const data = tensorDataset("iris", {
    inputs: {
      x: fromNumbers(
        "float32",
        [irises.length, 4],
        irises.flatMap((iris) => iris.slice(0, 4)),
      ),
    },
    target: fromNumbers(
      "int64",
      [irises.length],
      irises.map((iris) => iris[4]),
    ),
    classNames,
  });
  const parts = randomSplit(data.size, 0.2, 0, data.labels);
  return {
    model: buildModel("mlp", { shape: [4], classes: 3 }, random(0)),
    train: select(data, parts.train),
    validation: select(data, parts.validation),
    optimizer: adamW(),
    learningRate: 0.01,
    window: [8, 8],
    epochs,
    checkpointEvery: 1,
    seed: 0,
    threads: 1,
    logEvery: 1,
    noiseScale: true,
  };
}

/** An epoch, as any program trains one. */
export async function trainIrises(engine: Engine, irises: readonly Iris[]): Promise<Trained> {
  const events: TrainingEvent[] = [];
  for await (const event of train(engine, optionsFor(irises, 1))) events.push(event);
  return {
    stepLosses: events.flatMap((event) => (event.kind === "step" ? [event.loss] : [])),
    validationLosses: events.flatMap((event) => (event.kind === "epoch" ? [event.validationLoss] : [])),
    reason: events.flatMap((event) => (event.kind === "end" ? [event.reason] : []))[0]!,
    checkpoint: events.flatMap((event) => (event.kind === "checkpoint" ? [[...event.bytes]] : [])).at(-1)!,
  };
}

/** Epochs without end, until a timer of the page says stop: it never would if training left it no turn. */
export async function stopByTimer(engine: Engine, irises: readonly Iris[]): Promise<string> {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 0);
  for await (const event of train(engine, optionsFor(irises, Number.POSITIVE_INFINITY), stop.signal))
    if (event.kind === "end") return event.reason;
  return "no end";
}

/** The noise scale of ten mini-batches' gradients at the initial parameters, and the mean of their cosines. */
export async function measureIrises(engine: Engine, irises: readonly Iris[]): Promise<[number, number]> {
  const { model, train: data, optimizer } = optionsFor(irises, 1);
  const indices = random(0, 2).permutation(data.size).subarray(0, 80);
  const options = { groups: 10, batchSize: 8, indices, mode: "evaluation", threads: 1, memoryBudget: 2 ** 26 } as const;
  const meter = await gramMeter(engine, model, newTrainingState(model, optimizer), data, options);
  const { noiseScale, meanCosine } = describeGradients(await meter.measure(), { datasetSize: data.size, seed: 0 });
  meter.release();
  return [noiseScale.value, meanCosine];
}
