import { option } from "../tensor/errors.ts";
import type { KeysOf } from "../tensor/knownOptions.ts";
import type { OpenOptions } from "./openOptions.ts";
import type { SeriesOptions } from "./series/series.ts";
import type { TargetRule } from "./targets.ts";
import type { TextOptions } from "./texts/text.ts";

/** How data are read, where the kind of data leaves a choice. What is left out has the default of the data. */
export interface DataOptions {
  /** Of time series. */
  readonly series?:
    | Partial<Pick<SeriesOptions, "length" | "stride" | "rule" | "statistics" | "copies" | "anomalies">>
    | undefined;
  /** Of time series as Gramian angular fields. */
  readonly fields?: Partial<Pick<SeriesOptions, "fieldSize" | "fieldRange">> | undefined;
  /** Of time series in files. */
  readonly seriesFiles?: SeriesFileOptions | undefined;
  /** Of texts. */
  readonly text?: TextOptions | undefined;
  /** Of tables, arrays and images in files. */
  readonly reading?: OpenOptions | undefined;
  /** What becomes of targets, of all data whose files say what they are. */
  readonly targets?: TargetRule | undefined;
}

/** How the rows of tables and arrays become time series. */
export interface SeriesFileOptions {
  /** A column whose values tell the series apart. Default: each file is one. */
  readonly by?: string | undefined;
  /** A column to sort by, numbers or texts as 2026-01-31 23:59:00. Default: the rows stand in their order. */
  readonly time?: string | undefined;
  /** A step of time above which a series is cut in two; in seconds where times are texts. Default: never. */
  readonly gap?: number | undefined;
  /** Windows as Gramian angular fields. Default: as series. */
  readonly fields?: boolean | undefined;
}

const reading: KeysOf<OpenOptions> = {
  target: true,
  features: true,
  drop: true,
  task: true,
  missing: true,
  splitBy: true,
  imageSize: true,
  validationSplit: true,
  splitBlock: true,
  splitSeed: true,
  dataMemory: true,
  targets: { ignoreIndex: true, aim: true, outputs: true },
  whole: { withTarget: true },
};
const series: KeysOf<Required<DataOptions>["series"]> = {
  length: true,
  stride: true,
  rule: true,
  statistics: true,
  copies: true,
  anomalies: true,
};
const text: KeysOf<TextOptions> = { sequenceLength: true, tokenizer: true, examples: true, padding: true };
const seriesFiles: KeysOf<SeriesFileOptions> = { by: true, time: true, gap: true, fields: true };

/** The keys that `openData` takes. */
export const dataKeys: KeysOf<DataOptions & { subset: string }> = {
  subset: true,
  reading,
  series,
  fields: { fieldSize: true, fieldRange: true },
  seriesFiles,
  text,
  targets: { ignoreIndex: true, aim: true, outputs: true },
};

/** What a data set can be told. */
export type OptionKind = Exclude<keyof DataOptions, "targets">;

const list = (...names: readonly string[]) => names.map(option).join(", ");

/** The options of each kind, for messages. */
export const optionNames: Readonly<Record<OptionKind, string>> = {
  series: `${list("windowLength", "windowStride", "windowLabel", "seriesCopies", "anomalyCopies")} and ${option("useStatisticalFeatures")}`,
  fields: `${option("fieldSize")} and ${option("fieldRange")}`,
  seriesFiles: `${list("seriesBy", "time", "seriesGap")} and ${option("fields")}`,
  text: `${list("sequenceLength", "tokenizer")} and ${option("textExamples")}`,
  reading: `${list("target", "features", "drop", "task", "missing", "imageSize", "validationSplit", "splitBy")} and their like`,
};
