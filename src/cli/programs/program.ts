import { Command, Option, type OptionValues } from "@commander-js/extra-typings";
import type { LossTexts } from "../../session/configuration.ts";
import type { DataTexts } from "../commands/openDataFlags.ts";
import { languageOption, takeLanguage } from "../language.ts";
import { requireBounds, requireValues } from "../requireBounds.ts";
import { version } from "../version.ts";
import { analyze } from "./analyzeProgram.ts";
import { declareNegations } from "./booleans.ts";
import { declareDataOptions, declareLossOptions, declareOptimizerOptions, declareTrainOptions } from "./flags.ts";
import { inspectDataProgram } from "./inspectProgram.ts";
import { exportRun, report, runs } from "./storePrograms.ts";
import { batchSizeFind, learningRateFind } from "./studyPrograms.ts";

/** Every command with its options and help. What a command does is loaded when it runs, so that `--help` stays fast. */
export function program(): Command {
  const root = new Command("batchscope")
    .description("A laboratory for mini-batch training: exact gradient accumulation and what the batch gradients say.")
    .version(version(), "--version", "print the version")
    .hook("preAction", (_root, command) => {
      takeLanguage(command as unknown as Command);
      requireBounds(command);
      requireValues(command);
    });
  const commands = [
    train(),
    learningRateFind(),
    batchSizeFind(),
    analyze(),
    inspectDataProgram(),
    verify(),
    gradients(),
    compile(),
    models(),
    report(),
    runs(),
    exportRun(),
    doctor(),
  ];
  for (const command of commands) root.addCommand(command as unknown as Command);
  // reportError prints what is wrong, on one line.
  for (const command of [root, ...commands, ...commands.flatMap(({ commands: inner }) => inner)] as Command[]) {
    // One that holds commands hands their options on.
    if (command.commands.length === 0 && !command.options.some(({ long }) => long === "--lang"))
      command.addOption(languageOption() as unknown as Option);
    command.options.forEach(describeValue);
    declareNegations(command);
    command
      .allowExcessArguments(false)
      .exitOverride()
      .configureOutput({ outputError: () => {} });
  }
  return root as unknown as Command;
}

/** `--help` shows defaults as one types them, and says what must be given. */
function describeValue(option: Option): void {
  if (typeof option.defaultValue === "string") option.defaultValueDescription ??= option.defaultValue;
  if (option.mandatory && option.defaultValue === undefined) option.description += " (must be given)";
}

const device = ["--device <name>", "cpu; webgpu and cuda are experimental", "cpu"] as const;
const asJson = ["--json", "print the result as one JSON document"] as const;

/** The same command with `--loss` and its options. */
function withLoss<Flags extends OptionValues>(command: Command<[], Flags>): Command<[], Flags & LossTexts> {
  declareLossOptions(command as unknown as Command);
  return command as unknown as Command<[], Flags & LossTexts>;
}

function withData<Flags extends OptionValues>(command: Command<[], Flags>): Command<[], Flags & DataTexts> {
  declareDataOptions(command as unknown as Command);
  return command as unknown as Command<[], Flags & DataTexts>;
}

const trainExamples = `
Examples:
  batchscope train --model lenet --data mnist --batch-size 16 --gradient-accumulation-steps 2 --epochs 5
  batchscope train --model mlp --data mnist --batch-size 4 --enable-auto-gradient-accumulation
  batchscope train --model lenet --data mnist --batch-size 24 --target-batch-size 64   (24 + 24 + 16 per update)
  batchscope train --model lenet --data mnist --subset all      one run for each subset
  batchscope train --model mlp --data flowers.csv --target species --split-by garden
  batchscope train --model resnet --data photos/ --image-size 32 --augment crop,flip
  batchscope train -c batchscope/runs/<id>/config.yaml          the same run again
  batchscope train --resume latest                              go on where the newest run stopped`;

function train() {
  const command = new Command("train").description("train a model with exact gradient accumulation; writes a run");
  declareTrainOptions(command as unknown as Command);
  return command.addHelpText("after", trainExamples).action(async (options) => {
    const flags = options as Record<string, unknown>;
    if (flags.resume !== undefined) return (await import("../commands/resume.ts")).runResume(flags);
    return (await import("../commands/train.ts")).runTrain(flags);
  });
}

const verifyExamples = `
Examples:
  batchscope verify --model lenet --data mnist
  batchscope verify --model lenet --data mnist --batch-size 8 --gradient-accumulation-steps 4 --json
  batchscope verify --model lenet --data mnist --loss cross_entropy --class-weights balanced --label-smoothing 0.1`;

function verify() {
  const command = new Command("verify")
    .description("prove on your model and data that the accumulated gradient equals the large batch's")
    .requiredOption("--model <name>", "model, by name or as an .onnx file")
    .requiredOption("--data <name>", "data, by name or as a file or folder")
    .option("--subset <name>", "one subset of the data (default: all of it)")
    .option("--batch-size <n>", "examples of one micro-batch", "4")
    .option("--gradient-accumulation-steps <n>", "micro-batches of one update", "4")
    .option("--seed <n>", "seed of the model's weights", "0")
    .option(...device)
    .option(...asJson)
    .addHelpText("after", verifyExamples);
  return withData(withLoss(command)).action(async (flags) => (await import("../commands/verify.ts")).runVerify(flags));
}

const gradientsExamples = `
Examples:
  batchscope gradients --model m.onnx --batch batch.npz --out grads.safetensors
  batchscope gradients --model m.onnx --batch batch.npz --loss mse --precision float64 --json

batch.npz holds x (or arrays named as the model's inputs) and y. Gradients carry the parameters' names in the model.`;

function gradients() {
  const command = new Command("gradients")
    .description("loss and gradients of an .onnx model on one batch, written as .safetensors or .npz")
    .requiredOption("--model <file>", "an .onnx file")
    .requiredOption("--batch <file>", "arrays of the batch: .npz, .npy or .safetensors")
    .addOption(
      new Option("--precision <type>", "float64 is slow and exact").choices(["float32", "float64"]).default("float32"),
    )
    .option(...device)
    .option(
      "--out <file>",
      "where the gradients go: a new .safetensors or .npz file (default: nowhere, only the loss and norms are told)",
    )
    .option(...asJson)
    .addHelpText("after", gradientsExamples);
  return withLoss(command).action(async (flags) => (await import("../commands/gradients.ts")).runGradients(flags));
}

const compileExamples = `
Examples:
  batchscope compile --model m.onnx --optimizer adamw --batch-size 8 --out step
  batchscope compile --model lenet --data mnist --optimizer sgd --momentum 0.9 --batch-size 32 --out step

The folder holds gradient.onnx, accumulate.onnx, update.onnx, parameters.safetensors, step.json, and a README.md that runs them.`;

function compile() {
  const command = new Command("compile")
    .description("write the gradient and update graphs as .onnx files for any ONNX runtime")
    .requiredOption("--model <name>", "an .onnx file, or a model by name with --data")
    .option(
      "--data <name>",
      "data that the model is for, by name or as a file or folder (default: none; a model by name needs them)",
    )
    .option("--subset <name>", "one subset of the data (default: all of it)")
    .option("--batch-size <n>", "examples of one micro-batch", "4")
    .option("--seed <n>", "seed of the weights of a model by name", "0")
    .requiredOption("--out <folder>", "new or empty folder to write")
    .option(...asJson)
    .addHelpText("after", compileExamples);
  declareOptimizerOptions(command as unknown as Command);
  return withData(withLoss(command)).action(async (flags) =>
    (await import("../commands/compile.ts")).runCompile(flags),
  );
}

const modelsExamples = `
Examples:
  batchscope models
  batchscope models resnet:32 --summary
  batchscope models m.onnx --summary --json

A name may carry a variant after a colon, as in --model resnet:32; without one the first that is listed is meant. A multiply-add counts
as two operations, everything else as one for each element. Parameters and operations are for the example and the classes shown.`;

function models() {
  return new Command("models")
    .description("the models by name, with parameters and operations; the layers of one")
    .argument("[name]", "one model, by name or as an .onnx file")
    .option("--summary", "list every layer with its output shape and parameters")
    .option(...asJson)
    .addHelpText("after", modelsExamples)
    .action(async (name, flags) => (await import("../commands/models.ts")).runModels(name, flags));
}

function doctor() {
  return new Command("doctor")
    .description("versions and engines on this machine; paste it into bug reports")
    .option(...asJson)
    .action(async (flags) => (await import("../commands/doctor.ts")).runDoctor(flags));
}
