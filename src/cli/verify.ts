import { Command } from "@commander-js/extra-typings";
import { openData } from "../data/registry.ts";
import { openReference } from "../runtime/reference.ts";
import { encodeJson } from "../store/json.ts";
import { UsageError } from "../tensor/errors.ts";
import { openModel } from "../training/openModel.ts";
import { type EngineVerdict, mixingLayers, verifyAccumulation } from "../training/verify.ts";
import { openChosenEngine } from "./engine.ts";

const examples = `
Examples:
  batchscope verify --model lenet --data mnist
  batchscope verify --model lenet --data mnist --batch-size 8 --gradient-accumulation-steps 4 --json`;

/** What float32 sums in another order may differ by, and what float64 ones may. */
const TOLERANCE = { float32: 1e-6, float64: 1e-12 };

/** Exit code 1 where accumulation does not give the large batch's gradient. */
export function verifyCommand() {
  return new Command("verify")
    .description("prove on your model and data that the accumulated gradient equals the large batch's")
    .requiredOption("--model <name>", "model, by name or as an .onnx file")
    .requiredOption("--data <name>", "data, by name or as a folder")
    .option("--batch-size <n>", "examples of one micro-batch", "4")
    .option("--gradient-accumulation-steps <n>", "micro-batches of one update", "4")
    .option("--seed <n>", "seed of the model's weights", "0")
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", examples)
    .action(async (options) => {
      const batch = wholeNumber("--batch-size", options.batchSize, 1);
      const steps = wholeNumber("--gradient-accumulation-steps", options.gradientAccumulationSteps, 1);
      const { train } = await openData(options.data);
      if (batch * steps > train.size)
        throw new UsageError(
          `verify: expected at most the ${train.size} examples of ${train.name}, got ${batch} × ${steps}; lower --batch-size`,
        );
      const model = await openModel(options.model, train, wholeNumber("--seed", options.seed, 0));
      const engine = await openChosenEngine(process.env);
      const window = Array<number>(steps).fill(batch);
      const own = await verifyAccumulation(engine, model, train, { window, tolerance: TOLERANCE.float32 });
      const reference = await verifyAccumulation(openReference(engine), model, train, {
        window,
        tolerance: TOLERANCE.float64,
      });
      const mixing = mixingLayers(model);
      const equal = own.equal && reference.equal;
      const result = { ...own, equal, reference, notReproduced: mixing };
      process.stdout.write(options.json ? `${encodeJson(result, 2)}\n` : text(own, reference, mixing));
      if (!equal) process.exitCode = 1;
    });
}

export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw new UsageError(`${flag}: expected a whole number of at least ${least}, got "${text}"; change it`);
  return value;
}

function text(own: EngineVerdict, reference: EngineVerdict, mixing: readonly string[]): string {
  const lines = [own, reference].flatMap((verdict) => [
    `${verdict.engine} (${verdict.engine === "reference" ? "float64" : "float32"}): ${verdict.equal ? "equal" : "NOT equal"}, ` +
      `largest relative difference ${verdict.maxRelativeDifference.toExponential(1)} (tolerance ${verdict.tolerance})`,
    ...verdict.comparisons.map(
      ({ microBatches, examples, maxRelativeDifference, parameter }) =>
        `  ${microBatches.join(" + ")} against one batch of ${examples}: ${maxRelativeDifference.toExponential(1)} at ${parameter}`,
    ),
  ]);
  const why = mixing.map(
    (layer) => `${layer} mixes the examples of a micro-batch: no accumulation reproduces the large batch there`,
  );
  return `${[...lines, ...why].join("\n")}\n`;
}
