import { BASE } from "../../experiment/judgements/sideKind.ts";
import { decimal } from "../../session/numbers.ts";
import { listRuns } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import type { Choice } from "../terminal/listQuestion.ts";
import { lacking, wished } from "./needs.ts";
import { choose, type Scene, type Step, type } from "./scene.ts";

/** Runs that are offered as sides. */
const MOST_RUNS = 20;

/** A side of a judgement: options, base, or a run; others are typed. */
export function sideStep(field: "a" | "b"): Step {
  return {
    fields: [field],
    async ask(scene) {
      const due = [...lacking(scene.command, scene.known), ...wished(scene.command, scene.known)];
      if (!due.includes(field)) return {};
      const { prompts } = scene.text;
      const choices = [...optionsFor(scene, field), ...runsOf(scene)].filter(({ value }) => value !== scene.known.a);
      const free = (typed: string) => ({ value: typed, label: prompts.newRow(typed) });
      const side = await choose(scene, prompts.side[field], choices, { free });
      return { [field]: side };
    },
  };
}

/** Three times the learning rate against the one that would be taken: the commonest question. */
function optionsFor({ known, configuration, text }: Scene, field: "a" | "b"): Choice[] {
  const rate = Number((configuration(known).learningRate * 3).toPrecision(1));
  const changed = { value: `learning-rate=${rate}`, about: text.prompts.changed };
  const base = { value: BASE, about: text.prompts.base };
  return field === "a" ? [changed, base] : [base, changed];
}

function runsOf({ known, text }: Scene): Choice[] {
  const { runs } = listRuns(storeDirectory(known.dir as string | undefined));
  return runs.slice(0, MOST_RUNS).map(({ record, status }) => ({
    value: record.id,
    about: `${record.name}, ${text.page.status[status]}`,
  }));
}

const metrics = ["validation-loss", "validation-accuracy", "train-loss", "seconds"] as const;

/** The smallest differences that are worth a change, where nobody says another. */
const effects: Readonly<Record<string, string>> = {
  "validation-loss": "0.02",
  "validation-accuracy": "0.01",
  "train-loss": "0.02",
  seconds: "1",
};

/** By what the sides are judged. */
export const metricStep: Step = {
  fields: ["metric"],
  async ask(scene) {
    if (scene.known.metric !== undefined) return {};
    const { prompts } = scene.text;
    const isNumeric = scene.opened?.train.target.type === "float32";
    const possible = metrics.filter((one) => !isNumeric || one !== "validation-accuracy");
    const choices = possible.map((value) => ({ value, about: prompts.metrics[value] }));
    return { metric: await choose(scene, prompts.metric, choices) };
  },
};

const above0 = (typed: string, words: PromptsText) =>
  decimal(typed) > 0 && Number.isFinite(decimal(typed)) ? null : words.above0;

/** From which difference on it matters. */
export const effectStep: Step = {
  fields: ["minimumEffect"],
  async ask(scene) {
    const { known, text } = scene;
    if (known.minimumEffect !== undefined) return {};
    const preset = effects[String(known.metric)] ?? "0.02";
    return { minimumEffect: await type(scene, text.prompts.minimumEffect, preset, above0) };
  },
};
