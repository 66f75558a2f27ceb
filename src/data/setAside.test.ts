import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { openData } from "./registry.ts";
import { setAside } from "./setAside.ts";

const { validation } = await openData("iris");
const places = ({ selected }: typeof validation) => [...selected!.indices];

test.each([1, 10, 29])("%d of 30 examples are set aside: none in both parts, each in one, always the same", (count) => {
  const { kept, aside } = setAside(validation, count);
  expect([kept.size, aside.size]).toEqual([30 - count, count]);
  expect([...places(kept), ...places(aside)].toSorted((a, b) => a - b)).toEqual(
    places(validation).toSorted((a, b) => a - b),
  );
  expect(places(setAside(validation, count).aside)).toEqual(places(aside));
  // More of them begin with the same ones, so that no look at fewer shows others.
  const more = setAside(validation, Math.min(29, count + 3)).aside;
  expect(places(more)).toEqual(expect.arrayContaining(places(aside)));
});

test("they are spread over the data, not the first or the last of them", () => {
  const positions = places(setAside(validation, 10).aside).map((place) => places(validation).indexOf(place));
  for (const [from, to] of [
    [0, 10],
    [10, 20],
    [20, 30],
  ] as const)
    expect(positions.filter((at) => at >= from && at < to).length, `${from}–${to}`).toBeGreaterThan(0);
});

test("all of them cannot be set aside", () => {
  expect(() => setAside(validation, 30)).toThrow(UsageError);
  expect(() => setAside(validation, 30)).toThrow(/fewer than the 30 validation examples, got 30/);
});
