import { expect, test } from "vitest";
import { faultsOf } from "../../../test/textBoxes.ts";
import { profileVerdict } from "../../advice/studyVerdicts.ts";
import type { Profile } from "../../store/profile.ts";
import { languages } from "../../text/languages.ts";
import { textIn } from "../../text/text.ts";
import { timeAgainstBatch } from "../charts/timeAgainstBatch.ts";
import { profilePage } from "./profilePage.ts";

function window(batchSize: number, microBatch = batchSize) {
  const value = 1e-3 + 2e-4 * (batchSize / microBatch) + 1e-5 * batchSize;
  const secondsPerUpdate = { value, lower: 0.9 * value, upper: 1.2 * value };
  const updates = 6000 / batchSize;
  return {
    ...{ batchSize, microBatch, secondsPerUpdate, examplesPerSecond: batchSize / value },
    secondsPerEpoch: { value: updates * value, lower: 0.9 * updates * value, upper: 1.2 * updates * value },
  };
}

const sizes = Array.from({ length: 11 }, (_, i) => ({ ...window(2 ** i), peakMemoryBytes: 2 ** 27 + 2 ** (17 + i) }));
const accumulation = [window(64, 16), window(1024, 256), window(1024, 64)];
const profile: Profile = {
  ...{ model: "lenet", data: "<b>mnist</b>", examples: 6000, threads: 1, device: "cpu", rounds: 4, clock: "wall" },
  ...{ disturbedShare: 0.1, memoryLimit: { bytes: 2 ** 31, source: { kind: "free", share: 0.9 } } },
  ...{ batchSizes: sizes, accumulation },
  costModel: {
    perUpdate: { value: 1e-3, lower: 0, upper: 2e-3 },
    perMicroBatch: { value: 2e-4, lower: 1e-4, upper: 3e-4 },
    perExample: { value: 1e-5, lower: 9e-6, upper: 1.1e-5 },
    residuals: [...sizes, ...accumulation].map(({ batchSize, microBatch, secondsPerUpdate: { value: measured } }) => {
      return { batchSize, microBatch, measured, fitted: 1.1 * measured, relative: 0.1 };
    }),
  },
  notes: [
    { kind: "beyondData", batchSizes: [8192], examples: 6000 },
    { kind: "predictedPeak", batchSizes: [2048], peakBytes: 2 ** 32, limitBytes: 2 ** 31 },
    { kind: "tooLarge", batchSizes: [2048, 4096], end: { kind: "stopped" } },
    { kind: "failed", batchSizes: [4], end: { kind: "said", words: "<i>no</i>" } },
    { kind: "disturbed", share: 0.1 },
    { kind: "processorTime", share: 0.9 },
    { kind: "allDisturbed", share: 0.9 },
    { kind: "noCostModel", windows: 1 },
    { kind: "roughModel", batchSize: 1, relative: -0.3 },
  ],
};

test.each(languages)("a page in %s begins with the answer, and escapes what is the user's", (language) => {
  const text = textIn(language);
  const answer = [profileVerdict(profile)];
  const page = profilePage({ profile, answer, command: "batchscope profile --data '<b>'" }, text);
  expect(page).not.toMatch(/<b>|<i>|undefined|NaN|\[object/);
  expect(page.match(/<li>/g)).toHaveLength(profile.notes.length + 1);
  // On a phone each row of a table is a list, whose lines are named with their units.
  expect(page.match(/<table class="stacked">/g)).toHaveLength(2);
  const { columns } = text.profile;
  expect(page).toContain(`<td data-name="${columns.speed} ${columns.perSecond}">`);
  const beginning = page.slice(page.indexOf("<body>"), page.indexOf("<picture>"));
  expect(beginning).toContain("1,024");
  expect(page.indexOf(`<h2>${text.profile.sizesTitle}`)).toBeGreaterThan(page.indexOf("<picture>"));
  for (const width of [362, 800]) expect(faultsOf(timeAgainstBatch(profile, text.profile), width)).toEqual([]);
});

test.each([
  ["the smallest that is nearly as fast as the fastest", [10, 5, 2, 1.04, 1, 1.1], 8, false],
  ["the largest, where an epoch is still fastest there", [10, 5, 2, 1.5, 1.2, 1], 32, true],
  ["the only one, beside which nothing is known", [3], 1, true],
])("the answer is %s", (_, seconds, batchSize, stillFalls) => {
  const batchSizes = seconds.map((value, i) => {
    return { batchSize: 2 ** i, secondsPerEpoch: { value, lower: value, upper: value } };
  });
  expect(profileVerdict({ batchSizes, notes: [] })).toMatchObject({ batchSize, stillFalls, bounded: false });
  expect(profileVerdict({ batchSizes, notes: profile.notes })).toMatchObject({ bounded: true });
});

test("the answer names a smaller size whose rounds overlap with those of the fastest", () => {
  const batchSizes = [9, 6, 5, 4].map((value, i) => {
    return { batchSize: 2 ** i, secondsPerEpoch: { value, lower: value - 1, upper: value + 1 } };
  });
  expect(profileVerdict({ batchSizes, notes: [] })).toMatchObject({ batchSize: 8, alike: 2 });
  const apart = [9, 6.1].map((value, i) => {
    return { batchSize: 2 ** i, secondsPerEpoch: { value, lower: value - 1, upper: value + 1 } };
  });
  expect(profileVerdict({ batchSizes: apart, notes: [] })).toMatchObject({ batchSize: 2, alike: null });
});

test("a profile without sizes says that there is no picture", () => {
  const empty = { ...profile, batchSizes: [], accumulation: [], costModel: null };
  expect(JSON.stringify(timeAgainstBatch(empty).option)).toContain("No picture");
});
