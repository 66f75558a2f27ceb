import type { Model } from "../../model/model.ts";
import { type ModelSummary, type SummaryRow, summarize } from "../../model/summary.ts";
import { findModel, modelNames } from "../../model/zoo.ts";
import { alignedLines } from "../../report/terminal/aligned.ts";
import type { Random } from "../../tensor/random.ts";
import type { Shape } from "../../tensor/tensor.ts";
import { commandsIn } from "../../text/commandsText.ts";
import { type CommandsText, commandsEnglish } from "../../text/en/commands.ts";
import { whole } from "../../text/format.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";

export interface ModelsFlags {
  readonly summary?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Of a model that is only counted no weight is read. */
const unread: Random = {
  uniform: () => 0,
  normal: () => 0,
  integer: () => 0,
  permutation: (n) => new Uint32Array(n),
  state: () => [],
};

interface Counted extends ModelSummary {
  /** What `--model` takes. */
  readonly name: string;
  /** In English; null of a file. */
  readonly about: string | null;
  /** Of one example that was counted with, by the model's input names. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Null where the model's own output says it. */
  readonly classes: number | null;
}

/** The command `models`: all of them, or one by name or as an .onnx file. */
export async function runModels(name: string | undefined, { summary, json }: ModelsFlags): Promise<void> {
  const counted = name === undefined ? modelNames().map(fromZoo) : [await countOne(name)];
  if (json) {
    const documents = counted.map(({ rows, ...rest }) => ({
      ...rest,
      about: rest.about ?? commandsEnglish.models.file,
      ...(summary && { rows }),
    }));
    printJson(name === undefined ? documents : documents[0]);
    return;
  }
  const text = commandsIn(languageOf(process.env));
  const lists = summary ? counted.flatMap((one) => ["", one.name, ...table(summaryLines(one, text), [3, 4])]) : [];
  print(...table(overviewLines(counted, text), [1, 2, 4]), ...lists);
}

async function countOne(name: string): Promise<Counted> {
  if (!name.endsWith(".onnx")) return fromZoo(name);
  const foreign = await import("../../training/openModel.ts");
  return { ...count(await foreign.loadForeignModel(name)), name, about: null, classes: null };
}

function fromZoo(name: string): Counted {
  const { entry, variant } = findModel(name);
  const model = entry.make(entry.example, unread, variant);
  return { ...count(model), name, about: entry.about, classes: entry.example.classes };
}

function count(model: Model) {
  return { ...summarize(model), inputs: Object.fromEntries(model.inputs.map((input) => [input.name, input.shape])) };
}

function overviewLines(models: readonly Counted[], { models: text, about: told }: CommandsText): string[][] {
  const rows = models.map(({ name, parameters, flops, inputs, classes, about }) => {
    const examples = Object.values(inputs).map((shape) => shape.join(" × "));
    return [
      name,
      whole(parameters),
      prefixed(flops),
      examples.join(", "),
      classes === null ? "" : whole(classes),
      about === null ? text.file : told(name.replace(/:.*/s, ""), about),
    ];
  });
  return [[text.model, text.parameters, "FLOPs", text.example, text.classes, ""], ...rows];
}

function summaryLines({ rows, parameters, flops }: Counted, { models: text }: CommandsText): string[][] {
  const line = (row: SummaryRow) => [
    row.layer,
    row.op,
    row.output.join(" × "),
    row.parameters > 0 ? whole(row.parameters) : "",
    whole(row.flops),
  ];
  return [
    [text.layer, text.operator, text.output, text.parameters, "FLOPs"],
    ...rows.map(line),
    [text.total, "", "", whole(parameters), whole(flops)],
  ];
}

/** Text to the left, columns of numbers to the right. */
function table(rows: readonly (readonly string[])[], numbers: readonly number[]): string[] {
  return alignedLines(rows, (column) => !numbers.includes(column));
}

/** Three significant digits and a metric prefix: 81.6 M. */
function prefixed(value: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${(value / 1000 ** power).toPrecision(3)} ${["", "k", "M", "G", "T"][power]}`.trimEnd();
}
