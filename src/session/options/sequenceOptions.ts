import type { z } from "zod";
import { fieldRanges, labelRules, statisticSetNames, textExamples, tokenizerNames } from "../../data/choices.ts";
import type { DataOptions } from "../../data/options.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { copies, type NumberBound, pieces } from "./bounds.ts";
import { above0, count, countFrom0, oneOf, optional, preset, rowsOf, type ShapeOf, textOf, yesOrNo } from "./option.ts";
import { type ReaderConfiguration, readingOptions } from "./readerOptions.ts";

const pixels: NumberBound = { most: 1024, why: "16 MiB of pixels for one example" };
const tokens: NumberBound = { most: 2 ** 16, why: "attention compares all pairs of tokens" };

/** How series and texts become examples. No defaults: what is not given is left to the data. */
// biome-ignore format: a table is read by its columns
export const sequenceFields = rowsOf({ heading: "Time series and text options:" }, {
  windowLength: { flags: "--window-length <n>", ...optional({ ...count, bound: pieces }), help: "readings of one window of a series (default: 32)" },
  windowStride: { flags: "--window-stride <n>", ...optional({ ...count, bound: pieces }), help: "readings from one window to the next (default: 4)" },
  windowLabel: { flags: "--window-label <rule>", ...optional(oneOf(labelRules)), help: "class of a window: an anomaly where any reading is one, the last reading's, or the majority's (any, last, majority; default: any)" },
  seriesCopies: { flags: "--series-copies <n>", ...optional({ ...countFrom0, bound: copies }), help: "copies of each training series, read at another level and size (default: 0)" },
  anomalyCopies: { flags: "--anomaly-copies <n>", ...optional({ ...countFrom0, bound: copies }), help: "labelled anomalies planted into each training series, at other places, sizes and durations (default: 0)" },
  seriesBy: { flags: "--series-by <column>", ...optional(textOf("the name of a column")), help: "column that tells the series of a file apart (default: each file is one series)" },
  time: { flags: "--time <column>", ...optional(textOf("the name of a column")), help: "column to sort the readings of a series by, numbers or ISO 8601 (default: the rows stand in their order)" },
  seriesGap: { flags: "--series-gap <x>", ...optional(above0), help: "cut a series at steps of time above this, in seconds where times are texts (default: never)" },
  fields: { flags: "--fields", ...preset(yesOrNo, false), help: "windows of series in files as Gramian angular fields, for DualGAFNet" },
  useStatisticalFeatures: { flags: "--use-statistical-features", ...preset(yesOrNo, false), help: "give the model statistics of each window beside it" },
  statType: { flags: "--stat-type <set>", ...optional(oneOf(statisticSetNames)), help: "which statistics: basic, comprehensive, or variation, which no level changes (default: basic)" },
  fieldSize: { flags: "--field-size <n>", ...optional({ ...count, bound: pixels }), help: "pixels of a Gramian angular field on each side (default: 32)" },
  fieldRange: { flags: "--field-range <name>", ...optional(oneOf(fieldRanges)), help: "what a field's angles span: the range of each window, of the training series, or half of that on each side of the window's mean (window, training, centred; default: window)" },
  sequenceLength: { flags: "--sequence-length <n>", ...optional({ ...count, bound: tokens }), help: "tokens of one example of a text (default: 128)" },
  tokenizer: { flags: "--tokenizer <name>", ...optional(oneOf(tokenizerNames)), help: "gpt2 with 50,257 tokens, or bytes with 257 (default: gpt2)" },
  textExamples: { flags: "--text-examples <kind>", ...optional(oneOf(textExamples)), help: "blocks packed without padding, or one padded example for each of the documents or lines (default: blocks)" },
});

export type SequenceField = keyof typeof sequenceFields;
export type SequenceConfiguration = Readonly<z.output<z.ZodObject<ShapeOf<typeof sequenceFields>>>>;

/** What the data are told. Throws `UsageError` for a set of statistics that nobody asked to use. */
export function dataOptionsOf(configuration: SequenceConfiguration & ReaderConfiguration): DataOptions {
  const {
    windowLength,
    windowStride,
    windowLabel,
    seriesCopies,
    anomalyCopies,
    useStatisticalFeatures,
    statType = "basic",
  } = configuration;
  const { seriesBy, time, seriesGap, fields } = configuration;
  const { fieldSize, fieldRange, sequenceLength, tokenizer, textExamples: examples } = configuration;
  if (configuration.statType !== undefined && !useStatisticalFeatures)
    throw new UsageError(
      `${option("statType")}: expected ${option("useStatisticalFeatures")} beside it, got none; pass it or leave ${configuration.statType} out`,
    );
  const statistics = useStatisticalFeatures ? statType : undefined;
  return (
    given({
      series: given({
        length: windowLength,
        stride: windowStride,
        rule: windowLabel,
        copies: seriesCopies,
        anomalies: anomalyCopies,
        statistics,
      }),
      fields: given({ fieldSize, fieldRange }),
      seriesFiles: given({ by: seriesBy, time, gap: seriesGap, fields: fields || undefined }),
      text: given({ sequenceLength, tokenizer, examples }),
      reading: readingOptions(configuration),
    }) ?? {}
  );
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined; undefined where nothing is left. */
function given<T extends object>(options: T): Given<T> | undefined {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Given<T>);
}
