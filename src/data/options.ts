import type { OpenOptions } from "./openOptions.ts";
import type { SeriesOptions } from "./series.ts";
import type { TextOptions } from "./text.ts";

/** How data are read, where the kind of data leaves a choice. What is left out has the default of the data. */
export interface DataOptions {
  /** Of time series. */
  readonly series?: Partial<Pick<SeriesOptions, "length" | "stride" | "rule" | "statistics" | "copies">> | undefined;
  /** Of time series as Gramian angular fields. */
  readonly fields?: Partial<Pick<SeriesOptions, "fieldSize" | "fieldRange">> | undefined;
  /** Of texts. */
  readonly text?: TextOptions | undefined;
  /** Of tables, arrays and images in files. */
  readonly reading?: OpenOptions | undefined;
}

/** What a data set can be told. */
export type OptionKind = keyof DataOptions;

/** Flags of each kind, for messages. */
export const optionFlags: Readonly<Record<OptionKind, string>> = {
  series: "--window-length, --window-stride, --window-label, --series-copies and --use-statistical-features",
  fields: "--field-size and --field-range",
  text: "--sequence-length, --tokenizer and --text-examples",
  reading: "--target, --features, --task, --missing, --image-size, --validation-split, --split-by and their like",
};
