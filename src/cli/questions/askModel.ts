import type { Dataset } from "../../data/dataset.ts";
import { catalog } from "../../model/catalog.ts";
import { findModel } from "../../model/zoo.ts";
import { NotFoundError, UsageError } from "../../tensor/errors.ts";
import { errorInWords } from "../../text/errorWords.ts";
import { whole } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { openModel } from "../../training/openModel.ts";
import { inFlags } from "../inFlags.ts";
import type { Choice } from "../terminal/listQuestion.ts";
import { fitting, fittingModels, proposedModel } from "./fittingModels.ts";
import { lacking } from "./needs.ts";
import { filesHere, isRefusal, typedPath } from "./ownFiles.ts";
import { choose, type Scene, type Step } from "./scene.ts";

const onnx = /\.onnx$/i;
/** Files that are opened to see whether they fit the data. */
const MOST_FILES = 8;

/** Which model: of those that take the data where they are open, of all where they are not. */
export const modelStep: Step = {
  fields: ["model"],
  async ask(scene) {
    if (!lacking(scene.command, scene.known).includes("model")) return {};
    const data = scene.opened?.train;
    const { choices, preset } = data
      ? await fittingChoices(scene, data)
      : { choices: allChoices(scene), preset: "lenet" };
    if (choices.length === 0) throw new UsageError(scene.text.prompts.noModel);
    for (;;) {
      const model = await choose(scene, scene.text.prompts.model, choices, {
        preset,
        free: (typed) => named(scene, typed),
      });
      const problem = await misfit(scene, model, data);
      if (problem === null) return { model };
      scene.conversation.say(printable(inFlags(errorInWords(problem))));
    }
  },
};

/** A file of a model alone. */
export const modelFileStep: Step = {
  fields: ["model"],
  async ask(scene) {
    if (scene.known.model !== undefined) return {};
    const choices = filesHere(".", onnx).map((value) => ({ value }));
    const free = (typed: string) => fileChoice(scene, typed);
    return { model: await choose(scene, scene.text.prompts.onnxFile, choices, { free }) };
  },
};

async function fittingChoices(scene: Scene, data: Dataset) {
  const found = fittingModels(data);
  const files: Choice[] = [];
  for (const file of filesHere(".", onnx).slice(0, MOST_FILES))
    if ((await misfit(scene, file, data)) === null) files.push({ value: file, about: scene.text.prompts.modelFile });
  const choices = [...found.map(({ name, parameters }) => told(scene, name, parameters)), ...files];
  return { choices, preset: proposedModel(data, found) };
}

function allChoices(scene: Scene): Choice[] {
  const files = filesHere(".", onnx).map((value) => ({ value, about: scene.text.prompts.modelFile }));
  const named = Object.entries(catalog).flatMap(([base, { counts }]) =>
    counts.map(({ variant, parameters }: { variant: string; parameters: number }) =>
      told(scene, variant === "" ? base : `${base}:${variant}`, parameters),
    ),
  );
  return [...files, ...named];
}

function told({ text }: Scene, value: string, parameters: number): Choice {
  const base = value.replace(/:.*/s, "");
  const about = text.commands.about(base, catalog[base as keyof typeof catalog].about);
  return { value, about: text.prompts.parameters(whole(parameters), about) };
}

function fileChoice({ text }: Scene, typed: string): Choice | null {
  const value = typedPath(typed);
  return onnx.test(value) ? { value, label: text.prompts.newRow(value), about: text.prompts.modelFile } : null;
}

/** A file, or a size of a model that no list has: mlp:64x3. */
function named(scene: Scene, typed: string): Choice | null {
  if (onnx.test(typedPath(typed))) return fileChoice(scene, typed);
  try {
    findModel(typed);
    return { value: typed, label: scene.text.prompts.newRow(typed) };
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

/** Why a model cannot be taken for these data; null where it can, as far as it is known. */
async function misfit({ known }: Scene, model: string, data: Dataset | undefined): Promise<string | null> {
  if (data === undefined || (!onnx.test(model) && fitting(model, data) !== null)) return null;
  try {
    await openModel(model, data, 0, { output: known.output as string | undefined });
    return null;
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}
