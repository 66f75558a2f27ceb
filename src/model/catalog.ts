import type { ModelTask } from "./task.ts";

const grey: ModelTask = { shape: [1, 28, 28], classes: 10 };
const colour: ModelTask = { shape: [3, 32, 32], classes: 10 };
/** 128 tokens of GPT-2's own vocabulary. */
const text: ModelTask = { shape: [128], classes: 50257 };

/** What is told of a model without its graph. */
export interface CatalogEntry {
  /** One line for pickers and help. */
  readonly about: string;
  /** The task that the command `models` counts with. */
  readonly example: ModelTask;
  /** What `summarize` counts on that task, of each variant; catalog.test.ts holds them to it. */
  readonly counts: readonly ModelCounts[];
}

interface ModelCounts {
  /** What follows the name after a colon; empty of a model without variants. */
  readonly variant: string;
  readonly parameters: number;
  readonly flops: number;
}

/** The models of the zoo, by name. */
export const catalog = {
  dualgafnet: {
    about: "two branches for Gramian angular fields, fused by attention, for images of fields",
    example: { shape: [4, 32, 32], classes: 2 },
    counts: [{ variant: "", parameters: 2820, flops: 1843494 }],
  },
  gpt2: {
    about: "GPT-2, a causal transformer, for texts; by size",
    example: text,
    counts: [
      { variant: "nano", parameters: 2503392, flops: 648867840 },
      { variant: "micro", parameters: 7259008, flops: 1883439104 },
      { variant: "small", parameters: 124439808, flops: 32254328832 },
    ],
  },
  lenet: {
    about: "LeNet-5, two convolutions and three linear layers, for images",
    example: grey,
    counts: [{ variant: "", parameters: 61706, flops: 852370 }],
  },
  linear: {
    about: "one linear layer: softmax or linear regression, for anything",
    example: grey,
    counts: [{ variant: "", parameters: 7850, flops: 15690 }],
  },
  lstm: {
    about: "long short-term memory, 128 units, for series and for images row by row",
    example: grey,
    counts: [{ variant: "", parameters: 82186, flops: 4418698 }],
  },
  mlp: {
    about: "hidden layers of rectified units, for anything; mlp:WIDTHxDEPTH, one of 256 without",
    example: grey,
    counts: [{ variant: "", parameters: 203530, flops: 407050 }],
  },
  mobilenet: {
    about: "MobileNetV2, depthwise separable convolutions, for images; by width",
    example: colour,
    counts: [
      { variant: "1", parameters: 2236682, flops: 179186186 },
      { variant: "0.5", parameters: 700490, flops: 57757450 },
      { variant: "0.25", parameters: 250922, flops: 20021642 },
    ],
  },
  resnet: {
    about: "residual network for small images; by depth",
    example: colour,
    counts: [
      { variant: "20", parameters: 269722, flops: 81569034 },
      { variant: "32", parameters: 464154, flops: 138478858 },
      { variant: "44", parameters: 658586, flops: 195388682 },
      { variant: "56", parameters: 853018, flops: 252298506 },
      { variant: "110", parameters: 1727962, flops: 508392714 },
    ],
  },
  tcn: {
    about: "temporal convolutional network, for series and for images pixel by pixel",
    example: grey,
    counts: [{ variant: "", parameters: 58060, flops: 90451710 }],
  },
  vit: {
    about: "vision transformer, for images; by size",
    example: colour,
    counts: [
      { variant: "nano", parameters: 208074, flops: 30663642 },
      { variant: "tiny", parameters: 5362762, flops: 733112686 },
      { variant: "small", parameters: 21342346, flops: 2846413522 },
    ],
  },
} as const satisfies Record<string, CatalogEntry>;
