import { type CatalogEntry, catalog } from "../../model/catalog.ts";
import type { SummaryRow } from "../../model/summary.ts";
import { commandsIn } from "../../text/commandsText.ts";
import { type CommandsText, commandsEnglish } from "../../text/en/commands.ts";
import { whole } from "../../text/format.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { tableLines } from "../terminal/tableLines.ts";
import type { Counted, Listed } from "./countModel.ts";

export interface ModelsFlags {
  readonly summary?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The command `models`: all of them, or one by name or as an .onnx file. Only layers and single models need graphs. */
export async function runModels(name: string | undefined, { summary, json }: ModelsFlags): Promise<void> {
  const counted = name === undefined && !summary ? [] : await count(name);
  const listed: readonly Listed[] = name === undefined && !summary ? cataloged() : counted;
  if (json) {
    const documents = listed.map((one, i) => ({
      ...withoutRows(one),
      about: one.about ?? commandsEnglish.models.file,
      ...(summary && { rows: counted[i]!.rows }),
    }));
    printJson(name === undefined ? documents : documents[0]!);
    return;
  }
  const text = commandsIn(languageOf(process.env));
  const lists = summary ? counted.flatMap((one) => ["", one.name, ...table(summaryLines(one, text), [3, 4])]) : [];
  print(...table(overviewLines(listed, text), [1, 2, 4]), ...lists);
}

async function count(name: string | undefined): Promise<readonly Counted[]> {
  const { countAll, countOne } = await import("./countModel.ts");
  return name === undefined ? countAll() : [await countOne(name)];
}

function withoutRows({ parameters, flops, inputs, name, about, classes }: Listed): Listed {
  return { parameters, flops, inputs, name, about, classes };
}

/** The networks of the list, as the catalog has counted them. */
function cataloged(): Listed[] {
  return Object.entries(catalog).flatMap(([base, { about, example, counts }]: [string, CatalogEntry]) =>
    counts.map(({ variant, parameters, flops }) => ({
      parameters,
      flops,
      inputs: { x: example.shape },
      name: variant === "" ? base : `${base}:${variant}`,
      about,
      classes: example.classes,
    })),
  );
}

function overviewLines(models: readonly Listed[], { models: text, about: told }: CommandsText): string[][] {
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
  return tableLines(rows, (column) => !numbers.includes(column));
}

/** Three significant digits and a metric prefix: 81.6 M. */
function prefixed(value: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${(value / 1000 ** power).toPrecision(3)} ${["", "k", "M", "G", "T"][power]}`.trimEnd();
}
