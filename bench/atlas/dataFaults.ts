/** Faults of the data. */
import { random } from "../../src/tensor/random.ts";
import { type Fault, isClassifier, tooHigh, tooLow } from "./fault.ts";
import { copies, firstOf, imbalanced, mixed, oneWay, relabelled, shuffledTargets } from "./parts.ts";
import { type Part, withInputs, withOptions, withTrain, withValidation } from "./setup.ts";

export const dataFaults: readonly Fault[] = [
  {
    name: "inputs-x255",
    kinds: ["unscaled-inputs", "exploding-gradients", "initial-loss", "saturated-outputs", ...tooHigh],
    repairs: ["standardise the inputs", "normalisation"],
    put: (setup) => withInputs(setup, (value) => 255 * value),
  },
  {
    name: "inputs-shifted",
    kinds: ["unscaled-inputs", "saturated-outputs", "dead-units", "exploding-gradients", "initial-loss", ...tooHigh],
    repairs: ["standardise the inputs"],
    put: (setup) => withInputs(setup, (value) => value + 100),
  },
  {
    name: "inputs-over-1000",
    kinds: ["unscaled-inputs", "vanishing-gradients", ...tooLow],
    repairs: ["standardise the inputs", "raise the learning rate"],
    put: (setup) => withInputs(setup, (value) => value / 1000),
  },
  {
    name: "inputs-zero",
    kinds: ["zero-input-gradient", "unscaled-inputs"],
    repairs: ["inputs that are not all zero"],
    put: (setup) => withInputs(setup, () => 0),
  },
  {
    name: "labels-40-percent-wrong",
    kinds: ["label-noise"],
    repairs: ["mend the labels", "smoothing", "stop early"],
    put: (setup, seed) => (isClassifier(setup) ? relabelled(setup, 0.4, random(seed)) : null),
  },
  {
    name: "labels-shuffled",
    kinds: ["label-noise", "mismatch"],
    repairs: ["mend the labels"],
    put: (setup, seed) => withTrain(setup, shuffledTargets(setup.examples.train, random(seed))),
  },
  {
    name: "labels-one-way",
    kinds: ["label-noise"],
    repairs: ["mend the labels"],
    put: (setup, seed) => (isClassifier(setup) ? oneWay(setup, random(seed)) : null),
  },
  {
    name: "one-class-in-fifty",
    kinds: ["class-imbalance", "mismatch"],
    repairs: ["class weights", "a balanced sampler", "more of the rare classes"],
    put: (setup, seed) => (isClassifier(setup) ? imbalanced(setup, random(seed)) : null),
  },
  {
    name: "twenty-examples",
    kinds: ["overfitting"],
    repairs: ["more data", "augmentation", "stop early", "regularise", "smaller network"],
    put: (setup, seed) => {
      const few = withTrain(setup, firstOf(mixed(setup.examples.train, random(seed)), 20));
      return withOptions(few, { epochs: 50 * setup.options.epochs!, batchSize: 4 });
    },
  },
  {
    name: "thirty-copied",
    kinds: ["overfitting", "mismatch"],
    repairs: ["more data", "stop early"],
    put: (setup, seed) => withTrain(setup, copies(mixed(setup.examples.train, random(seed)), 30)),
  },
  {
    name: "validation-inverted",
    kinds: ["mismatch"],
    repairs: ["the same preprocessing for both parts"],
    put: (setup) => {
      const { x, y } = setup.examples.validation;
      // A ring turned around its centre is the same ring.
      const isRing = setup.examples.shape.length === 1 && isClassifier(setup);
      return isRing ? null : withValidation(setup, { x: x.map((value) => -value), y });
    },
  },
  {
    name: "validation-unscaled",
    kinds: ["mismatch"],
    repairs: ["the same preprocessing for both parts"],
    put: (setup) => {
      const { x, y } = setup.examples.validation;
      return withValidation(setup, { x: x.map((value) => 0.2 * value + 1), y });
    },
  },
  {
    name: "validation-labels-renumbered",
    kinds: ["mismatch", "label-noise"],
    repairs: ["number the classes of both parts alike"],
    put: (setup) => {
      const { x, y } = setup.examples.validation;
      const { classes } = setup.examples;
      return isClassifier(setup) ? withValidation(setup, { x, y: y.map((label) => (label + 1) % classes) }) : null;
    },
  },
  {
    name: "targets-x1000",
    kinds: ["unscaled-targets", "exploding-gradients", "initial-loss", ...tooHigh, ...tooLow],
    repairs: ["standardise the targets"],
    put: (setup) => {
      if (isClassifier(setup)) return null;
      const scaled = ({ x, y }: Part) => ({ x, y: y.map((value) => 1000 * value + 3000) });
      const { train, validation } = setup.examples;
      return withValidation(withTrain(setup, scaled(train)), scaled(validation));
    },
  },
];
