/** Faults of what is tuned. */
import { random } from "../../src/tensor/random.ts";
import { type Fault, isAdam, isClassifier, isMlp, tooHigh, tooLow } from "./fault.ts";
import { firstOf, mixed } from "./parts.ts";
import { type Setup, withNetwork, withOptions, withTrain } from "./setup.ts";

const rate = ({ options }: Setup) => options.learningRate!;

export const optionFaults: readonly Fault[] = [
  ...[30, 1000].map(
    (factor): Fault => ({
      name: `rate-x${factor}`,
      kinds: [...tooHigh, "dead-units", "saturated-outputs"],
      repairs: ["lower the learning rate"],
      put: (setup) => withOptions(setup, { learningRate: factor * rate(setup) }),
    }),
  ),
  ...[100, 1000].map(
    (factor): Fault => ({
      name: `rate-over-${factor}`,
      kinds: tooLow,
      repairs: ["raise the learning rate"],
      put: (setup) => withOptions(setup, { learningRate: rate(setup) / factor }),
    }),
  ),
  {
    name: "decays-at-once",
    kinds: tooLow,
    repairs: ["decay later", "constant schedule"],
    put: (setup) => withOptions(setup, { schedule: "exponential", gamma: 0.8, scheduleUnit: "update" }),
  },
  {
    name: "endless-warm-up",
    kinds: tooLow,
    repairs: ["shorter warm-up", "raise the learning rate"],
    put: (setup) => withOptions(setup, { warmupSteps: 50_000 }),
  },
  {
    name: "momentum-0.999",
    kinds: tooHigh,
    repairs: ["momentum 0.9", "lower the learning rate"],
    put: (setup) => (isAdam(setup) ? null : withOptions(setup, { momentum: 0.999 })),
  },
  {
    name: "full-batch",
    kinds: ["too-few-updates", "learning-rate-too-low", "batch-too-large"],
    repairs: ["smaller batch", "more epochs"],
    put: (setup) => withOptions(setup, { batchSize: setup.examples.train.y.length }),
  },
  {
    name: "accumulates-50",
    kinds: ["too-few-updates", "learning-rate-too-low", "batch-too-large"],
    repairs: ["fewer accumulation steps", "more epochs"],
    put: (setup) => withOptions(setup, { gradientAccumulationSteps: 50 }),
  },
  {
    name: "ten-updates",
    kinds: ["too-few-updates", "learning-rate-too-low"],
    repairs: ["train longer"],
    put: (setup) => {
      const { epochs, ...others } = setup.options;
      return { ...setup, options: { ...others, steps: 10 } };
    },
  },
  {
    name: "decay-too-strong",
    kinds: ["regularisation-too-strong"],
    repairs: ["lower weight decay"],
    put: (setup) => withOptions(setup, isAdam(setup) ? { optimizer: "adamw", weightDecay: 100 } : { weightDecay: 1 }),
  },
  {
    name: "dropout-0.95",
    kinds: ["regularisation-too-strong", "model-too-small"],
    repairs: ["less dropout"],
    put: (setup) => {
      const { hidden, activation } = setup.network;
      const named = `mlp:${hidden[0]}x${hidden.length}`;
      const isOurs = isMlp(setup) && activation === "relu";
      return isOurs ? withOptions(withNetwork(setup, { named }), { dropout: 0.95 }) : null;
    },
  },
  {
    name: "clips-everything",
    kinds: ["clipping-too-strong", ...tooLow],
    repairs: ["clip at a larger norm", "raise the learning rate"],
    put: (setup) => (isAdam(setup) ? null : withOptions(setup, { clipNorm: 1e-3 })),
  },
  {
    name: "rate-of-adam-for-sgd",
    kinds: tooLow,
    repairs: ["raise the learning rate", "momentum", "Adam"],
    put: (setup) => withOptions(setup, { optimizer: "sgd", momentum: 0, learningRate: 3e-4 }),
  },
  {
    name: "rate-of-sgd-for-adam",
    kinds: [...tooHigh, "dead-units", "saturated-outputs"],
    repairs: ["lower the learning rate"],
    put: (setup) => {
      const { momentum, ...others } = setup.options;
      return { ...setup, options: { ...others, optimizer: "adam", learningRate: 0.3 } };
    },
  },
  {
    name: "epsilon-1",
    kinds: ["optimizer-state", ...tooLow],
    repairs: ["epsilon 1e-8", "raise the learning rate"],
    put: (setup) => (isAdam(setup) ? withOptions(setup, { epsilon: 100 }) : null),
  },
  {
    name: "batch-1-high-rate",
    kinds: ["noise-dominated", ...tooHigh],
    repairs: ["larger batch", "accumulate", "lower the learning rate"],
    put: (setup) => withOptions(setup, { batchSize: 1, learningRate: (isAdam(setup) ? 10 : 4) * rate(setup) }),
  },
  {
    name: "all-hidden-frozen",
    kinds: ["frozen-parameters", "model-too-small"],
    repairs: ["unfreeze the hidden layers"],
    put: (setup) => withOptions(setup, { parameterRates: ["hidden*=0", "conv*=0"].slice(0, isMlp(setup) ? 1 : 2) }),
  },
  {
    name: "rare-classes-weightless",
    kinds: ["class-imbalance", "wrong-loss"],
    repairs: ["equal class weights"],
    put: (setup) => {
      const { classes } = setup.examples;
      if (!isClassifier(setup)) return null;
      const weights = Array.from({ length: classes }, (_, i) => (i === 0 ? 1 : 0.001));
      return withOptions(setup, { classWeights: weights.join(",") });
    },
  },
  {
    name: "trained-too-long",
    kinds: ["overfitting"],
    repairs: ["more data", "stop early", "regularise", "smaller network"],
    put: (setup, seed) => {
      const few = withTrain(setup, firstOf(mixed(setup.examples.train, random(seed)), 60));
      return withOptions(withNetwork(few, { hidden: [256, 256] }), { epochs: 100 });
    },
  },
];
