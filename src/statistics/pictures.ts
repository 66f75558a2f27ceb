import { cosineMatrix, rowNorms } from "./cosine.ts";
import { drawRows, gramOfDrawn } from "./draw.ts";
import { type EmbeddingOptions, embedInSeveralWays } from "./embedding.ts";
import { clusteredOrder } from "./order.ts";
import type { Embedding, Gram } from "./types.ts";

export interface PictureOptions extends EmbeddingOptions {
  /** Rows that are shown at most; of more, `drawRows` chooses. */
  readonly most: number;
}

/** As the statistics of the same names say. */
export interface Pictures {
  readonly drawn?: readonly number[];
  readonly cosine: readonly (readonly number[])[];
  readonly order: readonly number[];
  readonly mostOpposedPair: readonly [number, number];
  readonly norms: readonly number[];
  readonly embedding: Embedding;
  readonly embeddings: readonly Embedding[];
}

/** What is shown row by row, of all rows or of a stratified draw that holds the two of `mostOpposed`, unless NaN. */
export function picturesOf(gram: Gram, mostOpposed: readonly [number, number], options: PictureOptions): Pictures {
  const rows = gram.counts.length;
  const drawn = drawRows(rows, options.most, options.seed, mostOpposed.filter(Number.isInteger));
  const isDrawn = drawn.length < rows;
  const shown = isDrawn ? gramOfDrawn(gram, drawn) : gram;
  const cosine = cosineMatrix(shown);
  const [embedding, ...others] = embedInSeveralWays(cosine, options);
  const note = { kind: "drawn", shown: drawn.length, rows } as const;
  const told = (picture: Embedding): Embedding =>
    isDrawn ? { ...picture, notes: [note, ...(picture.notes ?? [])] } : picture;
  const position = (row: number) => (Number.isNaN(row) ? row : drawn.indexOf(row));
  return {
    ...(isDrawn && { drawn: [...drawn] }),
    cosine,
    order: clusteredOrder(cosine),
    mostOpposedPair: [position(mostOpposed[0]), position(mostOpposed[1])],
    norms: rowNorms(shown),
    embedding: told(embedding!),
    embeddings: others.map(told),
  };
}
