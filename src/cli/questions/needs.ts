import { kindOfSide } from "../../experiment/judgements/sideKind.ts";
import type { CommandUnknownOpts } from "../commander.ts";
import { pathOf } from "../help.ts";

/** Values by the names of options and of operands. */
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
  compare: ({ vary, arm, protocol }) => (protocol === undefined ? subjectsBeside(vary, arm) : []),
  "sweep run": ({ grid, random }) => subjectsBeside(grid, random),
  // A run, an arm and a file have their own.
  judge: ({ a, b, againstItself }) => {
    const sides = a !== undefined ? [] : againstItself === true ? ["a"] : ["a", "b"];
    const ofOptions = [a, b].filter((side) => typeof side === "string" && kindOfSide(side) === "options");
    return [...sides, "metric", "minimumEffect", ...new Set(ofOptions.flatMap((side) => subjectsBeside(side)))];
  },
  recommend: ({ run }) => (run === undefined ? ["model", "data"] : []),
  profile: always("model", "data"),
  "lr-find": always("model", "data"),
  "lr-exponent": always("model", "data"),
  // A trial that the search itself has started asks nobody.
  "batch-size-find": ({ trial }) => (trial === undefined ? ["model", "data"] : []),
  analyze: ({ gradients, gram }) => (gradients === undefined && gram === undefined ? ["run"] : []),
  diagnose: ({ log }) => (log === undefined ? ["run"] : []),
  landscape: ({ run, model, data }) =>
    run !== undefined || (model === undefined && data === undefined) ? ["run"] : ["model", "data"],
  "inspect-data": always("data"),
  evaluate: ({ run }) => (isModelFile(run) ? ["run", "data"] : ["run"]),
  predict: ({ run }) => (isModelFile(run) ? ["run", "data", "out"] : ["run", "out"]),
  verify: always("model", "data"),
  gradients: always("model", "batch"),
  compile: ({ model }) => (model === undefined || isModelFile(model) ? ["model", "out"] : ["model", "data", "out"]),
  // A run, one that is trained first, or a study.
  "critical-batch": ({ run, model, data, study }) =>
    study !== undefined
      ? []
      : run !== undefined || (model === undefined && data === undefined)
        ? ["run"]
        : ["model", "data"],
  report: always("run"),
  export: always("run", "format"),
  "runs show": always("run"),
  "runs rm": always("run"),
  "runs restore": always("run"),
  "runs export": always("run", "format"),
};

/** Model and data, unless texts such as `model=mlp,linear` name them. */
function subjectsBeside(...texts: readonly unknown[]): readonly string[] {
  const all = texts.flat().map((text) => String(text ?? ""));
  return ["model", "data"].filter((field) => !all.some((text) => text.includes(`${field}=`)));
}

/** What it may be asked for beside; where nobody can be asked, the command says itself what is wrong. */
const wishes: Readonly<Record<string, (known: Values) => readonly string[]>> = {
  compare: ({ vary, arm, protocol }) => ([vary, arm, protocol].every((one) => one === undefined) ? ["vary"] : []),
  judge: ({ a, b, againstItself }) => (a !== undefined && b === undefined && againstItself !== true ? ["b"] : []),
  "sweep run": ({ grid, random }) => ([grid, random].every((one) => one === undefined) ? ["grid"] : []),
};

/** What a command can be asked to do more of than it must be told. */
export function wished(path: string, known: Values): readonly string[] {
  return wishes[path]?.(known) ?? [];
}

/** What a command lacks of that. */
export function lacking(path: string, known: Values): readonly string[] {
  return (needs[path]?.(known) ?? []).filter((field) => known[field] === undefined);
}

/** Operands that are asked for. */
const operandNames: ReadonlySet<string> = new Set(["run", "a", "b"]);

/** The values of a command's own line. */
export function ownValues(command: CommandUnknownOpts): Values {
  const values = command.opts() as Record<string, unknown>;
  const operands = command.registeredArguments
    .map((argument, i) => [argument.name(), command.args[i]] as const)
    .filter(([name]) => operandNames.has(name));
  return { ...values, ...Object.fromEntries(operands.map(([name, value]) => [name, value ?? values[name]])) };
}

/** Whether a question may be due: something is lacking, or data that are given may leave open which part is meant. */
export function mayAsk(command: CommandUnknownOpts): boolean {
  const [path, known] = [pathOf(command), ownValues(command)];
  if (lacking(path, known).length > 0) return true;
  const isOpen = [known.subset, known.target].includes(undefined);
  const mayBeOpen = needs[path]?.(known).includes("data") && known.data !== undefined && isOpen;
  return (mayBeOpen === true || wished(path, known).length > 0) && process.stdin.isTTY;
}
