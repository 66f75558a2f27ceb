import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { keepLandscape, type LandscapePlace, landscapeIn, readLandscape } from "./landscape.ts";

const path = mkdtempSync(join(tmpdir(), "landscape-"));
afterAll(() => rmSync(path, { recursive: true, force: true }));

const place = (given: Partial<LandscapePlace>): LandscapePlace => ({
  ...{ epoch: 1, step: 10, examples: 60, seed: 0, loss: 0.5, gradientNorm: null, largest: null, smallest: null },
  ...{ trace: null, verdict: null, asam: null, criticalSharpness: null, slices: [] },
  ...given,
});
const slice = (kind: "line" | "plane", loss: number) => ({
  ...{ kind, validation: null, path: null },
  training: { x: [0], y: [0], losses: [[loss]] },
});

test("what was measured before of the same examples stays, of others it goes", () => {
  expect(readLandscape({ path })).toEqual([]);
  keepLandscape({ path }, [place({ asam: 0.1, slices: [slice("line", 1), slice("plane", 2)] })]);
  keepLandscape({ path }, [place({ step: 5, loss: Number.NaN })]);
  keepLandscape({ path }, [place({ gradientNorm: 3, slices: [slice("plane", 4)] })]);
  const kept = readLandscape({ path });
  expect(kept.map(({ step }) => step)).toEqual([5, 10]);
  expect(kept[0]!.loss).toBeNaN();
  expect(kept[1]).toEqual(place({ asam: 0.1, gradientNorm: 3, slices: [slice("line", 1), slice("plane", 4)] }));
  keepLandscape({ path }, [place({ examples: 30, gradientNorm: 2 })]);
  expect(readLandscape({ path })[1]).toEqual(place({ examples: 30, gradientNorm: 2 }));
});

test("a damaged file is named, and is none for who measures anew", () => {
  writeFileSync(join(path, "landscape.json"), '{"schemaVersion":1,"places":[{"epoch":"one"}]}');
  expect(() => readLandscape({ path })).toThrow(/landscape\.json: expected .* in "places\.0\.epoch", got "one"/);
  expect(landscapeIn({ path })).toEqual([]);
});
