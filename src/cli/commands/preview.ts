import { stringify } from "yaml";
import { createSampler } from "../../data/sampler.ts";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { decidedOf } from "../../session/create.ts";
import { accumulationLines } from "../../session/log.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { Prepared } from "../../session/prepared.ts";
import { random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { whole } from "../../text/format.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { initialWindow, windowsChange } from "../../training/loop.ts";
import { inFlags } from "../inFlags.ts";
import { languageOf } from "../language.ts";
import { print, printJson, printSettings } from "../terminal/print.ts";

/** `--print-config`: every decision, defaults included, as `--config` reads it; several as YAML documents. */
export function printConfigurations(configurations: readonly TrainConfiguration[]): void {
  const all = configurations.map((one) => decidedOf(one).config);
  if (configurations[0]?.json) printSettings(all.length === 1 ? all[0]! : all);
  else {
    const text = all.map((one) => stringify(one)).join("---\n");
    // `print` ends the last line. Other line ends may be those of a text, of more lines than a call takes arguments.
    for (const line of text.replace(/\n$/, "").split("\n")) print(line);
  }
}

/** `--dry-run`: what would be trained, now that model and data are known to fit. */
export function printPlan({ configuration, accumulation, options, ...prepared }: Prepared): void {
  const { model, train, validation, epochs, steps } = options;
  const parameters = model.parameters.reduce((sum, { initial }) => sum + sizeOf(initial.shape), 0);
  const window = initialWindow(options);
  const changes = windowsChange(options.accumulation);
  const { windowsPerEpoch, microBatchesPerEpoch } = createSampler({ size: train.size, window, random: random(0) });
  const updates = Math.min(steps ?? Number.POSITIVE_INFINITY, epochs * windowsPerEpoch);
  const plan = {
    model: model.name,
    parameters,
    data: train.name,
    trainingExamples: train.size,
    validationExamples: validation.size,
    microBatchesPerEpoch,
    updatesPerEpoch: windowsPerEpoch,
    updates,
  };
  if (configuration.json) {
    const { remarks: findings } = prepared;
    const remarks = remarkLines(prepared, textIn("en"));
    printJson({ ...plan, remarks, findings, command: decidedOf(configuration).command });
    return;
  }
  const language = textIn(languageOf(process.env));
  const text = language.commands.plan;
  const lines = [
    ...accumulationLines(accumulation, language.terminal.banner),
    ...remarkLines(prepared, language),
    ...labelledLines([
      [text.model, text.parameters(plan.model, whole(parameters))],
      [text.data, text.examples(plan.data, whole(train.size), whole(validation.size))],
      [text.updates, (changes ? text.countAtFirst : text.count)(whole(windowsPerEpoch), whole(updates))],
    ]),
    text.nothing,
  ];
  print(...lines);
}

function remarkLines({ remarks }: Pick<Prepared, "remarks">, text: Text): string[] {
  return remarks.map((remark) => inFlags(said(remark, text.remarks)));
}
