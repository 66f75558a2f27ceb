import { expect, test } from "vitest";
import * as library from "../index.ts";
import { UsageError } from "./errors.ts";
import { requireKnown } from "./knownOptions.ts";

const known = { rate: true, inner: { depth: true, deeper: { width: true } } } as const;

test.each<[unknown, string]>([
  [{ rat: 1 }, 'f: expected a known option, got "rat"; did you mean "rate"?'],
  [{ zebra: 1 }, 'f: expected a known option, got "zebra"; leave it out'],
  [{ depth: 1 }, 'f: expected a known option, got "depth"; write inner: { depth: … }'],
  [{ inner: { dept: 1 } }, 'f: inner: expected a known option, got "dept"; did you mean "depth"?'],
  [{ inner: { deeper: { with: 1 } } }, 'f: inner: deeper: expected a known option, got "with"; did you mean "width"?'],
  [[1], "f: expected options as an object, got an array; write { … }"],
  ["fast", 'f: expected options as an object, got "fast"; write { … }'],
  [null, "f: expected options as an object, got null; write { … }"],
])("what nobody reads is refused: %o", (given, message) => {
  expect(() => requireKnown("f", given, known)).toThrow(new UsageError(message));
});

test.each([undefined, {}, { rate: undefined }, { inner: 3 }, { inner: { deeper: { width: 2 } } }])(
  "%o is not",
  (given) => {
    expect(() => requireKnown("f", given, known)).not.toThrow();
  },
);

const { adadelta, adagrad, adam, adamW, lamb, lars, lion, nAdam, rAdam, rmsProp, sgd, createLoss, openData } = library;

test.each(Object.entries({ adadelta, adagrad, adam, adamW, lamb, lars, lion, nAdam, rAdam, rmsProp, sgd }))(
  "%s refuses an option that it has not",
  (_, make) => {
    expect(() => make({ learningRate: 0.1 } as never)).toThrow(
      /: expected a known option, got "learningRate"; leave it out$/,
    );
  },
);

test("so do losses and data, which say what there is", async () => {
  expect(() => createLoss("focal", { gamma: 2 } as never)).toThrow(/^createLoss: expected a known option, got "gamma"/);
  expect(() => createLoss("crossentropy" as never)).toThrow(
    /^createLoss: expected one of cross_entropy, .*did you mean/,
  );
  const open = (options: object) => openData("iris", options as never);
  await expect(open({ target: "x" })).rejects.toThrow('got "target"; write reading: { target: … }');
  await expect(open({ reading: { tarjet: "x" } })).rejects.toThrow(
    'openData: reading: expected a known option, got "tarjet"',
  );
  await expect(openData(undefined as never)).rejects.toThrow(
    "openData: expected a name, a file or a folder, got undef",
  );
});
