import { z } from "zod";
import { type GradientStatistics, statistics } from "../statistics/table.ts";
import type { BatchAdequacy, Embedding, NoiseRatio, OpposedRows, Shapes } from "../statistics/types.ts";
import { count, isSquare, matrix, number, numbers, record, type Schema, text } from "./records.ts";
import { interval, noiseScale, pictureNoteRecord } from "./statisticRecords.ts";

/** The schema of the statistics of one set of rows, of their table. */

const embedding = record<Embedding>({
  method: z.enum(["t-SNE", "PCA", "UMAP"]),
  points: z.array(z.tuple([number, number])),
  perplexity: number,
  seed: number,
  iterations: number,
  divergence: number,
  neighborsKept: number,
  neighbors: number,
  trustworthiness: number.optional(),
  explained: z.tuple([number, number]).optional(),
  notes: z.array(pictureNoteRecord).optional(),
  note: text.optional(),
});

export const shapeSchemas: { readonly [Name in keyof Shapes]: z.ZodType<Shapes[Name]> } = {
  count,
  counts: z.array(count),
  number,
  numbers,
  matrix,
  pair: z.tuple([number, number]),
  interval,
  noiseScale,
  noiseRatio: record<NoiseRatio>({ batchSize: number, plugIn: number, population: number, finitePopulation: number }),
  batchAdequacy: record<BatchAdequacy>({ examples: number, norm: number, innerProduct: number, orthogonality: number }),
  opposedRows: record<OpposedRows>({ rows: z.array(count), cosine: number, p: number }),
  embedding,
  embeddings: z.array(embedding),
};

const fields = Object.entries(statistics).map(([name, { shape, presence }]) => {
  const schema: z.ZodType = shapeSchemas[shape];
  return [name, { always: schema, nullable: schema.nullable(), optional: schema.optional() }[presence]] as const;
});

export const gradientStatistics = (
  z.looseObject(Object.fromEntries(fields)) as unknown as Schema<GradientStatistics>
).superRefine((value, context) => {
  const { cosine, norms, drawn, order, embedding: main, embeddings = [] } = value;
  const size = cosine.length;
  const sizes: [string, boolean][] = [
    ["cosine", isSquare(cosine)],
    ["norms", norms.length === size],
    ["drawn", drawn === undefined || drawn.length === size],
    ["order", order === undefined || (order.length === size && order.every((row) => row < size))],
    ["embedding", main.points.length === size],
    ["embeddings", embeddings.every(({ points }) => points.length === size)],
  ];
  for (const [field, fits] of sizes)
    if (!fits) context.addIssue({ code: "custom", message: `one for each of ${size} rows`, path: [field] });
});
