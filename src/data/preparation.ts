import { z } from "zod";
import { UsageError } from "../tensor/errors.ts";
import { fieldRanges, labelRules, statisticSetNames } from "./choices.ts";
import type { Dataset, Moments } from "./dataset.ts";
import type { WindowOrigin, WindowScales } from "./series/windowDataset.ts";

/** What a model learned from, as far as examples to come must be like it. */
export type Learned = Pick<
  Dataset,
  "name" | "inputs" | "target" | "classes" | "classNames" | "targetScale" | "ignored" | "preprocessing"
>;

/** A feature of a table as the model reads it. */
export type PreparedFeature = z.output<typeof feature>;

/** How stored values became what a model reads. */
export type Preparation =
  | { readonly kind: "series"; readonly scales: WindowScales; readonly origin: WindowOrigin }
  | { readonly kind: "table"; readonly features: readonly PreparedFeature[]; readonly target: string | null }
  /** Of every input that holds images the moments of its channels; the others are read as they are. */
  | { readonly kind: "arrays"; readonly channels: ReadonlyMap<string, readonly Moments[]>; readonly deep: boolean };

/** How examples are read that come after training. */
export interface NewDataOptions {
  /** Whether what the model should say is read too; else it need not be there. */
  readonly withTarget: boolean;
  /** The column of the right answers. Default: the one that the model was trained on. */
  readonly target?: string | undefined;
  /**
   * What becomes of rows with missing values: "mean" takes the training mean. Default: what the training did with them,
   * and else "refuse".
   */
  readonly missing?: "refuse" | "drop" | "mean" | undefined;
  readonly trainedMissing?: NewDataOptions["missing"];
  readonly imageSize?: readonly [number, number] | undefined;
  /** The label that stands for none. Default −100. */
  readonly ignoreIndex?: number | undefined;
  /** Of series: what is not as it was in training. */
  readonly series?: NewSeriesOptions | undefined;
  /** Bytes that may be in memory. */
  readonly memory: number;
}

/** How other files of series are read than those of the training. */
export interface NewSeriesOptions {
  readonly by?: string | undefined;
  readonly time?: string | undefined;
  readonly gap?: number | undefined;
  readonly stride?: number | undefined;
}

const moments = z.object({ mean: z.number(), deviation: z.number() });
const feature = z.object({
  name: z.string(),
  categories: z
    .array(z.string())
    .nullish()
    .transform((one) => one ?? null),
  moments: moments.nullable(),
});
const table = z.object({
  features: z.array(feature).min(1),
  target: z.object({ name: z.string() }).optional(),
});
const byChannel = z.object({ pixels: z.string(), channels: z.array(moments).min(1) });
const ofAll = z.object({ pixels: z.string(), ...moments.shape });
const seriesScale = z.object({ readings: z.string(), quantities: z.array(moments).min(1) });
const fieldScale = z.object({
  readings: z.string(),
  length: z.number().int().min(1),
  fieldRange: z.enum(fieldRanges),
  ranges: z.array(z.tuple([z.number(), z.number()])).min(1),
});
const statistics = z.object({
  statistics: z.enum(statisticSetNames),
  values: z.string(),
  moments: z.array(moments).min(1),
});
const origin = z.object({
  features: z.array(z.string()).min(1),
  target: z.string(),
  by: z.string().nullable(),
  time: z.object({ name: z.string(), sorts: z.boolean() }).nullable(),
  gap: z.number().nullable(),
  length: z.number().int().min(1),
  stride: z.number().int().min(1),
  rule: z.enum(labelRules),
});
const windows = z.object({ x: z.union([seriesScale, fieldScale]), features: statistics.optional(), series: origin });

/**
 * What `Dataset.preprocessing` says, as it stands in an exported model too. Throws `UsageError`, naming `file`, for
 * what none of our readers writes.
 */
export function preparationOf(given: Readonly<Record<string, unknown>> | undefined, file: string): Preparation {
  const asTable = table.safeParse(given);
  if (asTable.success)
    return { kind: "table", features: asTable.data.features, target: asTable.data.target?.name ?? null };
  const asWindows = windows.safeParse(given);
  if (asWindows.success) {
    const { series, ...scales } = asWindows.data;
    return { kind: "series", scales, origin: series };
  }
  const whole = channelsOf(given);
  const inputs = whole ? { x: given } : (given ?? {});
  const channels = Object.entries(inputs).map(([name, one]) => [name, channelsOf(one)] as const);
  const odd = channels.find(([, one]) => one === undefined);
  if (odd)
    throw new UsageError(
      `${file}: expected the preprocessing of a table, of arrays, of images or of series, got another one ("${odd[0]}"); ` +
        "export the run again if an older version did",
    );
  const deep = Object.values(inputs).some((one) => String((one as { pixels?: unknown }).pixels).includes("65535"));
  return { kind: "arrays", channels: new Map(channels as [string, Moments[]][]), deep };
}

function channelsOf(given: unknown): Moments[] | undefined {
  const channels = byChannel.safeParse(given);
  if (channels.success) return channels.data.channels;
  const all = ofAll.safeParse(given);
  return all.success ? [{ mean: all.data.mean, deviation: all.data.deviation }] : undefined;
}

/** What a model learned from a table, from the record of its columns. */
export function learnedFromTable(
  name: string,
  features: readonly PreparedFeature[],
  target: { readonly name: string; readonly moments: Moments | null },
  classNames: readonly string[],
): Learned {
  const length = features.reduce((sum, { categories }) => sum + (categories?.length ?? 1), 0);
  const isClass = classNames.length > 0;
  return {
    name,
    inputs: [{ name: "x", type: "float32", shape: [length] }],
    target: isClass ? { name: "y", type: "int64", shape: [] } : { name: "y", type: "float32", shape: [1] },
    classes: classNames.length,
    classNames,
    ...(target.moments && { targetScale: target.moments }),
    preprocessing: { features, target },
  };
}
