import type { CommandUnknownOpts } from "../commander.ts";
import { pathOf } from "../help.ts";

/** Values by the names of options, and "run" for the operand. */
export type Values = Readonly<Record<string, unknown>>;

export const isModelFile = (name: unknown) => typeof name === "string" && /\.onnx$/i.test(name);

const always =
  (...fields: readonly string[]) =>
  () =>
    fields;

/**
 * What each command cannot do without, so that it is asked for; by the command's path. Small, as all commands load it.
 */
const needs: Readonly<Record<string, (known: Values) => readonly string[]>> = {
  // A run that goes on has said all.
  train: ({ resume }) => (resume === undefined ? ["model", "data"] : []),
  // An arm may name its own, and a protocol has one.
  compare: ({ vary, arm, protocol }) =>
    ["model", "data"].filter(
      (field) => protocol === undefined && ![vary, arm].flat().some((text) => String(text ?? "").includes(`${field}=`)),
    ),
  "lr-find": always("model", "data"),
  // A trial that the search itself has started asks nobody.
  "batch-size-find": ({ trial }) => (trial === undefined ? ["model", "data"] : []),
  analyze: ({ gradients, gram }) => (gradients === undefined && gram === undefined ? ["run"] : []),
  "inspect-data": always("data"),
  evaluate: ({ run }) => (isModelFile(run) ? ["run", "data"] : ["run"]),
  predict: ({ run }) => (isModelFile(run) ? ["run", "data", "out"] : ["run", "out"]),
  verify: always("model", "data"),
  gradients: always("model", "batch"),
  compile: ({ model }) => (model === undefined || isModelFile(model) ? ["model", "out"] : ["model", "data", "out"]),
  report: always("run"),
  export: always("run", "format"),
  "runs show": always("run"),
  "runs rm": always("run"),
  "runs restore": always("run"),
  "runs export": always("run", "format"),
};

/** What a command lacks of that. */
export function lacking(path: string, known: Values): readonly string[] {
  return (needs[path]?.(known) ?? []).filter((field) => known[field] === undefined);
}

/** The values of a command's own line. */
export function ownValues(command: CommandUnknownOpts): Values {
  const values = command.opts() as Record<string, unknown>;
  const takesRun = command.registeredArguments[0]?.name() === "run";
  return takesRun ? { ...values, run: command.args[0] ?? values.run } : values;
}

/** Whether a question may be due: something is lacking, or a folder of data may hold several sets. */
export function mayAsk(command: CommandUnknownOpts): boolean {
  const [path, known] = [pathOf(command), ownValues(command)];
  const mayHoldSets = needs[path]?.(known).includes("data") && known.data !== undefined && known.subset === undefined;
  return lacking(path, known).length > 0 || (mayHoldSets === true && process.stdin.isTTY);
}
