import { z } from "zod";
import type { DataOptions } from "../../data/options.ts";
import { fieldRanges } from "../../data/series/series.ts";
import { type StatisticSet, statisticSets } from "../../data/series/statisticalFeatures.ts";
import { labelRules } from "../../data/series/windows.ts";
import { textExamples } from "../../data/texts/text.ts";
import { tokenizerNames } from "../../data/texts/tokens.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { FieldSpelling } from "./fields.ts";
import { type ReaderConfiguration, readingOptions } from "./readerOptions.ts";

const whole = z.int().min(1);
const statTypes = Object.keys(statisticSets) as [StatisticSet, ...StatisticSet[]];

/** How series and texts become examples. No defaults: what is not given is left to the data. */
export const sequenceShape = {
  windowLength: whole.optional(),
  windowStride: whole.optional(),
  windowLabel: z.enum(labelRules).optional(),
  seriesCopies: z.int().min(0).optional(),
  anomalyCopies: z.int().min(0).optional(),
  seriesBy: z.string().min(1).optional(),
  time: z.string().min(1).optional(),
  seriesGap: z.number().positive().optional(),
  fields: z.boolean().default(false),
  useStatisticalFeatures: z.boolean().default(false),
  statType: z.enum(statTypes).optional(),
  fieldSize: whole.optional(),
  fieldRange: z.enum(fieldRanges).optional(),
  sequenceLength: whole.optional(),
  tokenizer: z.enum(tokenizerNames).optional(),
  textExamples: z.enum(textExamples).optional(),
};

export type SequenceField = keyof typeof sequenceShape;
export type SequenceConfiguration = Readonly<z.output<z.ZodObject<typeof sequenceShape>>>;

const count = { kind: "number", expects: "a whole number of at least 1" } as const;

function choice(names: readonly string[]) {
  return { kind: "text", expects: `one of ${names.join(", ")}` } as const;
}

// biome-ignore format: a table is read by its columns
export const sequenceFields: Readonly<Record<SequenceField, FieldSpelling>> = {
  windowLength: { flags: "--window-length <n>", ...count, help: "readings of one window of a series (default: 32)" },
  windowStride: { flags: "--window-stride <n>", ...count, help: "readings from one window to the next (default: 4)" },
  windowLabel: { flags: "--window-label <rule>", ...choice(labelRules), help: "class of a window: an anomaly where any reading is one, the last reading's, or the majority's (any, last, majority; default: any)" },
  seriesCopies: { flags: "--series-copies <n>", kind: "number", expects: "a whole number of at least 0", help: "copies of each training series, read at another level and size (default: 0)" },
  anomalyCopies: { flags: "--anomaly-copies <n>", kind: "number", expects: "a whole number of at least 0", help: "labelled anomalies planted into each training series, at other places, sizes and durations (default: 0)" },
  seriesBy: { flags: "--series-by <column>", kind: "text", expects: "the name of a column", help: "column that tells the series of a file apart (default: each file is one series)" },
  time: { flags: "--time <column>", kind: "text", expects: "the name of a column", help: "column to sort the readings of a series by, numbers or ISO 8601 (default: the rows stand in their order)" },
  seriesGap: { flags: "--series-gap <x>", kind: "number", expects: "a number above 0", help: "cut a series at steps of time above this, in seconds where times are texts (default: never)" },
  fields: { flags: "--fields", kind: "boolean", expects: "true or false", help: "windows of series in files as Gramian angular fields, for DualGAFNet" },
  useStatisticalFeatures: { flags: "--use-statistical-features", kind: "boolean", expects: "true or false", help: "give the model statistics of each window beside it" },
  statType: { flags: "--stat-type <set>", ...choice(statTypes), help: "which statistics: basic, comprehensive, or variation, which no level changes (default: basic)" },
  fieldSize: { flags: "--field-size <n>", ...count, help: "pixels of a Gramian angular field on each side (default: 32)" },
  fieldRange: { flags: "--field-range <name>", ...choice(fieldRanges), help: "what a field's angles span: the range of each window, of the training series, or half of that on each side of the window's mean (window, training, centred; default: window)" },
  sequenceLength: { flags: "--sequence-length <n>", ...count, help: "tokens of one example of a text (default: 128)" },
  tokenizer: { flags: "--tokenizer <name>", ...choice(tokenizerNames), help: "gpt2 with 50,257 tokens, or bytes with 257 (default: gpt2)" },
  textExamples: { flags: "--text-examples <kind>", ...choice(textExamples), help: "blocks packed without padding, or one padded example for each of the documents or lines (default: blocks)" },
};

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
      `--stat-type: expected --use-statistical-features beside it, got none; pass it or leave ${configuration.statType} out`,
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

/** Without what is undefined; undefined where nothing is left. */
function given<T extends object>(options: T): T | undefined {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}
