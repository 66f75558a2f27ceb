import { expect, test } from "vitest";
import { resolveConfiguration } from "../configuration.ts";
import { headings } from "./option.ts";
import { fieldsInOrder, type TrainField, trainFields } from "./options.ts";

const fields = Object.keys(trainFields) as TrainField[];

test("every option has a row, a heading and its place", () => {
  expect(fieldsInOrder.map(([field]) => field).toSorted()).toEqual(fields.toSorted());
  const places = fieldsInOrder.map(([, { heading }]) => headings.indexOf(heading));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBe(0);
});

const resolved = resolveConfiguration({ model: "mlp", data: "iris" }, {}) as unknown as Record<string, unknown>;
const words = fields.filter((field) => ["number", "text"].includes(trainFields[field].kind));
const withDefault = words.filter((field) => resolved[field] !== undefined && !["model", "data"].includes(field));

test.each(withDefault)("the help of %s names its default", (field) => {
  const said = /default: (.*)\)$/.exec(trainFields[field].help)?.[1] ?? "";
  const value = resolved[field] === "" ? "nothing" : String(resolved[field]);
  // Defaults of optimizers differ: adamw's is one of them.
  expect(said.split(/[ ,]+/)).toContain(value);
});

test("what may change in a run that is gone on with", () => {
  const told = (resume: string) => fields.filter((field) => trainFields[field].resume === resume).toSorted();
  expect(told("raise")).toEqual(["epochs", "steps"]);
  expect(told("change")).toEqual([
    ...["checkpointEvery", "checkpointMinutes", "checkpointSteps", "failOn", "json", "keepCheckpoints", "logEvery"],
    ...["progress", "tensorboard", "threads"],
  ]);
});
