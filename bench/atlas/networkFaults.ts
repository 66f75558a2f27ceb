/** Faults of the network. */
import { type Fault, isMlp } from "./fault.ts";
import { withNetwork } from "./setup.ts";

export const networkFaults: readonly Fault[] = [
  {
    name: "sigmoid-8-deep",
    kinds: ["vanishing-gradients", "plateau"],
    repairs: ["rectified units", "fewer layers", "normalisation"],
    put: (setup) => withNetwork(setup, { activation: "sigmoid", hidden: Array(8).fill(32) }),
  },
  {
    name: "weights-x0.01",
    kinds: ["vanishing-gradients", "saddle", "plateau", "initial-loss"],
    repairs: ["larger initial weights", "normalisation"],
    put: (setup) => withNetwork(setup, { weights: 0.01, hidden: [32, 32, 32, 32] }),
  },
  {
    name: "weights-zero",
    kinds: ["saddle", "vanishing-gradients", "zero-input-gradient", "frozen-parameters"],
    repairs: ["random initial weights"],
    put: (setup) => withNetwork(setup, { weights: 0 }),
  },
  {
    name: "weights-x20",
    kinds: ["exploding-gradients", "initial-loss", "saturated-outputs", "not-finite", "learning-rate-too-high"],
    repairs: ["smaller initial weights", "normalisation"],
    put: (setup) => withNetwork(setup, { weights: 20 }),
  },
  {
    name: "biases-minus-10",
    kinds: ["dead-units", "zero-input-gradient"],
    repairs: ["biases 0", "leaky units"],
    put: (setup) => withNetwork(setup, { bias: -10, activation: "relu" }),
  },
  {
    name: "without-activation",
    kinds: ["model-too-small"],
    repairs: ["rectified units"],
    put: (setup) =>
      isMlp(setup) && setup.network.hidden.length > 1 ? withNetwork(setup, { activation: "none" }) : null,
  },
  {
    name: "one-unit",
    kinds: ["model-too-small", "dead-units"],
    repairs: ["wider layers"],
    put: (setup) => withNetwork(setup, { hidden: [1] }),
  },
  {
    name: "narrow-neck",
    kinds: ["model-too-small", "dead-units"],
    repairs: ["wider layers"],
    put: (setup) => withNetwork(setup, { hidden: [...setup.network.hidden, 1] }),
  },
  {
    name: "sigmoid-output",
    kinds: ["wrong-loss", "saturated-outputs"],
    repairs: ["no activation before the loss"],
    put: (setup) => withNetwork(setup, { output: "sigmoid" }),
  },
  {
    name: "relu-output",
    kinds: ["wrong-loss", "dead-units", "saturated-outputs"],
    repairs: ["no activation before the loss"],
    put: (setup) => withNetwork(setup, { output: "relu" }),
  },
  {
    name: "deep-and-plain",
    kinds: ["vanishing-gradients", "plateau", "dead-units"],
    repairs: ["fewer layers", "normalisation", "larger initial weights"],
    put: (setup) => withNetwork(setup, { hidden: Array(20).fill(16), activation: "relu" }),
  },
];
