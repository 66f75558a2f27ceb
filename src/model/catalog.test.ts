import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { type CatalogEntry, catalog } from "./catalog.ts";
import { summarize } from "./summary.ts";
import { buildModel, modelNames } from "./zoo.ts";

const rows = Object.entries<CatalogEntry>(catalog).flatMap(([base, { example, counts }]) =>
  counts.map(({ variant, ...counted }) => ({ name: variant === "" ? base : `${base}:${variant}`, example, counted })),
);

test("every model of the zoo stands in the catalog, in its order", () => {
  expect(rows.map(({ name }) => name)).toEqual(modelNames());
});

test.each(rows)("$name has the parameters and operations of its graph", ({ name, example, counted }) => {
  const model = buildModel(name, example, random(0));
  const { parameters, flops } = summarize(model);
  expect(counted).toEqual({ parameters, flops });
  // The list says so of all.
  expect(model.inputs.map((input) => [input.name, input.shape])).toEqual([["x", example.shape]]);
});
