import { expect, test } from "vitest";
import { didYouMean } from "./suggest.ts";

test.each([
  ["mnits", ["mnist", "cifar"], '; did you mean "mnist"?'],
  ["MNIST", ["mnist"], '; did you mean "mnist"?'],
  ["fashon-mnist", ["mnist", "fashion-mnist"], '; did you mean "fashion-mnist"?'],
  ["mni", ["mnist"], ""],
  ["imagenet", ["mnist", "cifar"], ""],
  ["x", [], ""],
])("%s among %j%s", (name, candidates, hint) => {
  expect(didYouMean(name, candidates)).toBe(hint);
});
