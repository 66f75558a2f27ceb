import { basename } from "node:path";
import { type Checkpoint, listCheckpoints, readPointer } from "../../store/checkpoints.ts";
import { listRuns, openRun } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { listTrash } from "../../store/trash.ts";
import { NotFoundError } from "../../tensor/errors.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import type { Choice } from "../terminal/listQuestion.ts";
import { filesHere, typedPath } from "./ownFiles.ts";
import { choose, type Scene, type Step } from "./scene.ts";

const directoryOf = ({ known }: Pick<Scene, "known">) => storeDirectory(known.dir as string | undefined);

/** A run of the store, newest first, or another one by its path; `files`: or an .onnx file. */
export function runStep({ files = false }: { files?: boolean } = {}): Step {
  return {
    fields: ["run"],
    async ask(scene) {
      if (scene.known.run !== undefined) return {};
      const { prompts, page } = scene.text;
      const runs = listRuns(directoryOf(scene)).runs.map(({ record, status }) => ({
        value: record.id,
        about: `${record.name}, ${page.status[status]}`,
      }));
      const models = files ? filesHere(".", /\.onnx$/i).map((value) => ({ value, about: prompts.modelFile })) : [];
      requireChoices([...runs, ...models], scene);
      const free = (typed: string) => ({ value: typedPath(typed), label: prompts.newRow(typedPath(typed)) });
      return { run: await choose(scene, files ? prompts.trained : prompts.run, [...runs, ...models], { free }) };
    },
  };
}

/** A run that was removed. */
export const removedRunStep: Step = {
  fields: ["run"],
  async ask(scene) {
    const choices = listTrash(directoryOf(scene)).map(({ id, removedAt }) => ({ value: id, about: removedAt }));
    requireChoices(choices, scene);
    return { run: await choose(scene, scene.text.prompts.run, choices) };
  },
};

function requireChoices(choices: readonly Choice[], scene: Scene): void {
  if (choices.length > 0) return;
  const remedy = scene.command === "runs restore" ? "see `batchscope runs`" : "make one with `batchscope train`";
  throw new NotFoundError(`${scene.command}: expected a run in ${directoryOf(scene)}, got none; ${remedy}`);
}

/** One checkpoint of the run that was chosen, or all. */
export const checkpointStep: Step = {
  fields: ["checkpoint"],
  async ask(scene) {
    const { known, text } = scene;
    if (known.checkpoint !== undefined) return {};
    const run = openRun(directoryOf(scene), String(known.run));
    const checkpoints = listCheckpoints(run);
    if (checkpoints.length === 0)
      throw new NotFoundError(
        `analyze: expected checkpoints of the run ${run.record.id}, got none; choose another or train it on`,
      );
    const best = readPointer(run, "best");
    const choices = [
      { value: "all", label: text.prompts.allCheckpoints },
      ...(best === null ? [] : [{ value: "best", label: text.prompts.bestCheckpoint, about: basename(best.path) }]),
      ...checkpoints.map((one) => checkpointChoice(one, checkpoints, text.prompts)),
    ];
    return { checkpoint: await choose(scene, text.prompts.checkpoint, choices) };
  },
};

/** By its epoch where that names it, as `--checkpoint` takes it; else by its step. */
function checkpointChoice(one: Checkpoint, all: readonly Checkpoint[], words: PromptsText): Choice {
  const { epoch, step } = one;
  const isOnly = epoch > 0 && all.filter((other) => other.epoch === epoch).length === 1;
  if (isOnly) return { value: String(epoch), label: words.epoch(epoch), about: words.atStep(step) };
  return { value: `step:${step}`, label: words.atStep(step), about: words.step(step, epoch) };
}
