import type { z } from "zod";
import { scaleRules, weightDecayRules } from "../../optimizer/scaleRules.ts";
import type { Measured } from "../../statistics/batchRegime.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { decimal } from "../numbers.ts";
import { real, requireBound } from "./bounds.ts";
import { count, countFrom0, oneOf, optional, preset, rowsOf, type ShapeOf, type Zod } from "./option.ts";

/** A file may write a number. */
function numberOr(expects: string) {
  return {
    schema: (z: Zod) => z.union([z.string().min(1), z.number()]).transform(String),
    kind: "text",
    expects,
  } as const;
}

/** How the learning rate and the other constants of an update follow its batch. */
// biome-ignore format: a table is read by its columns
export const scaleFields = rowsOf({ heading: "Batch options:", study: false, copy: false }, {
  // Files have it under its older name: a study is known by the digest of its configurations.
  lrScale: { flags: "--scale-rule <rule>", ...preset(oneOf(scaleRules), "none"), aliases: ["scaleRule", "lrScale"], help: `how the learning rate, and what else a rule names, follow the batch from ${option("baseBatchSize")}: ${scaleRules.join(", ")} (default: none)` },
  baseBatchSize: { flags: "--base-batch-size <n>", ...optional(count), help: `batch that the learning rate was meant for (default: the first, under ${option("accumulationSchedule")}; else ${option("lrScale")} needs it)` },
  scaleExponent: { flags: "--scale-exponent <x|file>", ...optional(numberOr("a number, or a JSON file with an exponent")), help: "exponent of the learning rate in the batch for measured: a number, or a JSON file with exponent, lower and upper; must be given with measured" },
  weightDecayRule: { flags: "--weight-decay-rule <rule>", ...optional(oneOf(weightDecayRules)), help: `timescale: keep what decoupled weight decay takes per example; none: leave it (default: what ${option("lrScale")} says)` },
  beta2HalfLife: { flags: "--beta2-half-life <n>", ...optional({ ...numberOr("a number above 0 of examples, or of tokens as in 1e7tokens"), bound: real }), help: `examples after which a squared gradient counts half, or tokens as in 1e7tokens: sets ${option("beta2")} for whatever batch, 0.9 or more (default: ${option("beta2")} as it is)` },
  warmupExamples: { flags: "--warmup-examples <n>", ...optional(countFrom0), heading: "Learning-rate schedule options:", help: `warm-up in examples instead of ${option("warmupSteps")}, so that it keeps its length with another batch (default: ${option("warmupSteps")} as they are)` },
  baseNoiseScale: { flags: "--base-noise-scale <n|run>", decides: "files", ...optional(numberOr("a number of examples, or a run")), help: `noise scale that says whether a rule's premise holds: examples, or a run that measured it (default: what the run itself measures, at its end)` },
});

export type ScaleField = keyof typeof scaleFields;
export type ScaleOptions = Readonly<z.output<z.ZodObject<ShapeOf<typeof scaleFields>>>>;

/** `0.62` or, with its interval, `0.62:0.55:0.7`; an end that is not known is left empty. Null of what is no number. */
export function readMeasured(text: string): Measured | null {
  const parts = text.split(":").map((part) => (part.trim() === "" ? null : numberOf(part)));
  const [value, lower = null, upper = null] = parts;
  if (value == null || parts.length > 3 || parts.some(Number.isNaN)) return null;
  return { value, lower, upper };
}

function numberOf(text: string): number {
  return text.trim() === "Infinity" ? Number.POSITIVE_INFINITY : decimal(text);
}

/** As `readMeasured` reads it. */
export function writeMeasured({ value, lower, upper }: Measured): string {
  return lower === null && upper === null ? `${value}` : `${value}:${lower ?? ""}:${upper ?? ""}`;
}

/** Throws `UsageError` for what is no number above 0 of examples or tokens. */
export function readHalfLife(text: string): { readonly count: number; readonly unit: "examples" | "tokens" } {
  const [, number = "", unit = "examples"] = /^\s*(\S*?)\s*(examples|tokens)?\s*$/.exec(text) ?? [];
  const read = decimal(number);
  if (!(read > 0))
    throw new UsageError(
      `${option("beta2HalfLife")}: expected a number above 0 of examples, or of tokens as in 1e7tokens, got ${JSON.stringify(text)}; change it`,
    );
  requireBound(real, option("beta2HalfLife"), read);
  return { count: read, unit: unit as "examples" | "tokens" };
}
