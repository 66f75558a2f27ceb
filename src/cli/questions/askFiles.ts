import { existsSync } from "node:fs";
import type { Choice } from "../terminal/listQuestion.ts";
import { filesHere, newName, typedPath } from "./ownFiles.ts";
import { choose, type Scene, type Step, type } from "./scene.ts";

/** A new file or folder to write. */
export function outStep(stem: string, ending: string): Step {
  return {
    fields: ["out"],
    async ask(scene) {
      if (scene.known.out !== undefined) return {};
      const check: Parameters<typeof type>[3] = (typed, words) => (existsSync(typedPath(typed)) ? words.taken : null);
      return { out: typedPath(await type(scene, scene.text.prompts.out, newName(stem, ending), check)) };
    },
  };
}

/** A file of the arrays of one batch. */
export const batchStep: Step = {
  fields: ["batch"],
  async ask(scene) {
    if (scene.known.batch !== undefined) return {};
    const choices = filesHere(".", /\.(npz|npy|safetensors)$/i).map((value) => ({ value }));
    const free = (typed: string) => typedFile(scene, typed);
    return { batch: await choose(scene, scene.text.prompts.batch, choices, { free }) };
  },
};

function typedFile({ text }: Scene, typed: string): Choice {
  const value = typedPath(typed);
  return { value, label: text.prompts.newRow(value), about: text.prompts.file };
}

/** What `export` writes. */
export const formatStep: Step = {
  fields: ["format"],
  async ask(scene) {
    if (scene.known.format !== undefined) return {};
    const { format, formats } = scene.text.prompts;
    const choices = Object.entries(formats).map(([value, about]) => ({ value, about }));
    return { format: await choose(scene, format, choices) };
  },
};
