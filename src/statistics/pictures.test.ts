import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { picturesOf } from "./pictures.ts";

const { normal } = random(6);
const vectors = Array.from({ length: 203 }, () => Float64Array.from({ length: 40 }, () => 0.3 + normal()));
vectors[151] = vectors[150]!.map((x) => -2 * x);
const gram = gramOfRows(vectors, Array<number>(203).fill(4));

test("of more rows than asked for a draw is shown, with the most opposed pair in its place", () => {
  const pictures = picturesOf(gram, [150, 151], { seed: 1, perplexity: 5, most: 61 });
  const { drawn, cosine, norms, order, mostOpposedPair, embedding, embeddings } = pictures;
  expect(drawn).toHaveLength(61);
  for (const shown of [cosine, norms, order!, embedding.points, ...embeddings!.map(({ points }) => points)])
    expect(shown).toHaveLength(61);
  expect(mostOpposedPair.map((position) => drawn![position])).toEqual([150, 151]);
  expect(cosine[mostOpposedPair[0]]![mostOpposedPair[1]]).toBeCloseTo(-1, 12);
  expect(norms[5]).toBeCloseTo(Math.sqrt(gram.products[drawn![5]! * 204]!), 12);
  const notes = [{ kind: "drawn", shown: 61, rows: 203 }];
  for (const picture of [embedding, ...embeddings!]) expect(picture.notes).toEqual(notes);
  expect(picturesOf(gram, [Number.NaN, Number.NaN], { seed: 1, most: 61 }).mostOpposedPair).toEqual([
    Number.NaN,
    Number.NaN,
  ]);
});

test("all rows are shown when they are few enough", () => {
  const { drawn, cosine, mostOpposedPair, embedding } = picturesOf(gram, [150, 151], { seed: 1, most: 203 });
  expect(drawn).toBeUndefined();
  expect(cosine).toHaveLength(203);
  expect(mostOpposedPair).toEqual([150, 151]);
  expect(embedding.notes).toBeUndefined();
});
