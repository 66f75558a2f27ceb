import { expect, test } from "vitest";
import { z } from "zod";
import { UsageError } from "../../tensor/errors.ts";
import {
  followsNoise,
  namesCriticalBatches,
  planOf,
  rateRuleFor,
  readCriticalBatches,
  writeCriticalBatches,
} from "./batchSchedule.ts";
import { loopFields } from "./loopOptions.ts";
import { shapeOf } from "./option.ts";

const accumulation = { batchSize: z.number().default(8), gradientAccumulationSteps: z.number().optional() };
const shape = z.object({ ...shapeOf(z, loopFields), ...accumulation });
const resolve = (given: Record<string, unknown>) => planOf(shape.parse(given));

test("no plan is the default", () => expect(resolve({})).toBeUndefined());

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  [
    "windows by epoch",
    { accumulationSchedule: "0:1,5:4" },
    {
      kind: "epochs",
      from: [
        [0, 1],
        [5, 4],
      ],
    },
  ],
  [
    "windows by the noise scale",
    { accumulationSchedule: "noise-scale", maxAccumulationSteps: 16 },
    { kind: "noise-scale", maximum: 16, ratio: 1, mayShrink: false },
  ],
  [
    "windows by the lower end of the noise scale",
    { accumulationSchedule: "cbs", accumulationRatio: 2 },
    { kind: "noise-scale", maximum: 64, ratio: 2, aim: "lower" },
  ],
  ["windows by the schedule", { accumulationSchedule: "seesaw" }, { kind: "seesaw", maximum: 64 }],
  [
    "windows by a ramp of batches",
    { accumulationSchedule: "ramp:16@0,16@50,64@900" },
    {
      kind: "examples",
      from: [
        [0, 2],
        [50, 2],
        [900, 8],
      ],
    },
  ],
  [
    "windows by critical batch sizes, which do not fall below the run's own",
    { accumulationSchedule: "cbs:20.5@10,60@70", gradientAccumulationSteps: 3, accumulationRatio: 1.5 },
    {
      kind: "examples",
      from: [
        [10, 3],
        [70, 11],
      ],
      maximum: 64,
    },
  ],
])("%s", (_, given, expected) => {
  expect(resolve(given)).toEqual(expected);
});

test.each([
  [
    { accumulationSchedule: "noise-scale", noiseScale: "off" },
    "`accumulationSchedule`: expected the noise scale to be measured, got `noiseScale` off; leave one of the two out",
  ],
  [{ accumulationSchedule: "cbs", noiseScale: "off" }, "expected the noise scale to be measured, got `noiseScale` off"],
  [
    { accumulationSchedule: "cbs", accumulationMayShrink: true },
    "`accumulationMayShrink`: expected `accumulationSchedule` noise-scale beside it, got cbs, which only grows",
  ],
  [
    { accumulationSchedule: "seesaw", steps: 9 },
    "`steps`: expected `epochs` instead beside `accumulationSchedule` seesaw",
  ],
  [{ accumulationSchedule: "ramp:16" }, "expected batch sizes and the examples from which on they hold, got"],
  [{ accumulationSchedule: "ramp:16@" }, "expected batch sizes and the examples"],
  [{ accumulationSchedule: "ramp:16@9,0@20" }, "expected batch sizes and the examples"],
  [{ accumulationSchedule: "ramp:16@9.5" }, "expected batch sizes and the examples"],
  [
    { accumulationSchedule: "ramp:12@9" },
    "expected multiples of `batchSize` 8, as updates are made of micro-batches, got 12",
  ],
  [{ accumulationSchedule: "ramp:32@9,16@20" }, "expected a ramp whose batches do not fall, got 16 after 32"],
  [
    { accumulationSchedule: "ramp:16@9", gradientAccumulationSteps: 4 },
    "expected a ramp whose batches do not fall, got 16 after 32",
  ],
  [{ accumulationSchedule: "ramp:8000000@9" }, "`accumulationSchedule`: expected at most 65536"],
])("%j is refused", (given, message) => {
  expect(() => resolve(given)).toThrow(UsageError);
  expect(() => resolve(given)).toThrow(message);
});

test("critical batch sizes are written as they are read", () => {
  const found = [
    { batch: 25.25, examples: 0 },
    { batch: 1e21, examples: 4096 },
  ];
  expect(readCriticalBatches(writeCriticalBatches(found))).toEqual(found);
});

test.each([
  ["cbs:found.json", true],
  ["cbs:20@files.json", true],
  ["cbs:20@64", false],
  ["cbs", false],
  ["ramp:x", false],
  [undefined, false],
])("%s names a file: %s", (schedule, expected) => expect(namesCriticalBatches(schedule)).toBe(expected));

test.each([
  ["cbs", true],
  ["noise-scale", true],
  ["cbs:20@64", false],
  ["seesaw", false],
  [undefined, false],
])("%s follows the noise scale: %s", (schedule, expected) => expect(followsNoise(schedule)).toBe(expected));

test.each([
  ["none", "seesaw", "adamw", "sqrt"],
  ["none", "seesaw", "sgd", "linear"],
  ["none", "cbs", "lars", "linear"],
  ["none", "cbs:20@64", "lion", "sqrt"],
  ["linear", "seesaw", "adamw", "linear"],
  ["none", "ramp:16@9", "adamw", "none"],
  ["none", "noise-scale", "adamw", "none"],
  ["none", undefined, "adamw", "none"],
] as const)(
  "with the rule %s the schedule %s and %s have the rule %s",
  (lrScale, accumulationSchedule, optimizer, rule) => {
    expect(rateRuleFor({ lrScale, accumulationSchedule, optimizer })).toBe(rule);
  },
);
