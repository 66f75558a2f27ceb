import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataError, NotFoundError, UsageError } from "../../tensor/errors.ts";
import { digestOf, firstDifference } from "./canonicalJson.ts";
import { isStudyHeld, listStudies, openStudyNamed, recordLook, type StudySpecification, takeStudy } from "./study.ts";
import { appendTrial, mendTrials, readTrials } from "./trials.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "studies-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const specification: StudySpecification = {
  kind: "comparison",
  arms: [2, 8].map((size) => ({
    name: `${size}x1`,
    configuration: { model: "mlp", batchSize: size, betas: [0.9, 0.99] },
    fingerprints: { train: "ab" },
    effectiveBatchSize: size,
  })),
  budget: { kind: "examples", value: 100 },
  evaluateExamples: 8,
  tuning: null,
};
const seeds = [0, 1];
const identityOf = (one: StudySpecification) => one;

test("a study is made, gone on with, given more seeds and looks", () => {
  const made = takeStudy(directory, "s", { specification, seeds, identityOf });
  expect(isStudyHeld(made)).toBe(true);
  recordLook(made, 2);
  made.lock.release();
  expect(isStudyHeld(made)).toBe(false);
  const again = takeStudy(directory, "s", { specification: structuredClone(specification), seeds: [1, 5], identityOf });
  expect(again.file).toEqual({ ...made.file, seeds: [0, 1, 5], looks: [2] });
  again.lock.release();
  expect(openStudyNamed(directory, "s").file).toEqual(again.file);
  expect(listStudies(directory).studies.map(({ file }) => file.id)).toEqual(["s"]);
});

test.skipIf(process.platform !== "linux")("a store that cannot be written is named as that of a run is", () => {
  expect(() => takeStudy("/proc/none", "s", { specification, seeds, identityOf })).toThrow(
    /^createRun: expected a directory that can be written, got \/proc\/none \(ENOENT.*; pass `dir`/,
  );
});

const changed = (change: Partial<StudySpecification>): StudySpecification => ({ ...specification, ...change });
const [first, second] = specification.arms;

test.each<[string, StudySpecification, string]>([
  [
    "an option of an arm",
    changed({ arms: [first!, { ...second!, configuration: { ...second!.configuration, batchSize: 9 } }] }),
    'batchSize of the arm "8x1": 9 instead of 8',
  ],
  ["a name", changed({ arms: [first!, { ...second!, name: "big" }] }), 'name of the arm "8x1": "big" instead of "8x1"'],
  ["an arm more", changed({ arms: [...specification.arms, second!] }), "arm of the arm"],
  [
    "the data",
    changed({ arms: [{ ...first!, fingerprints: { train: "cd" } }, second!] }),
    'fingerprints.train of the arm "2x1"',
  ],
  [
    "what follows from another arm",
    changed({
      arms: [
        { ...first!, configuration: { ...first!.configuration, evaluateExamples: 4 } },
        { ...second!, name: "4x1", configuration: { ...second!.configuration, batchSize: 4 } },
      ],
      evaluateExamples: 4,
    }),
    'name of the arm "8x1": "4x1" instead of "8x1"',
  ],
  ["the budget", changed({ budget: { kind: "updates", value: 100 } }), 'budget.kind: "updates" instead of "examples"'],
])("another specification is refused: %s", (_, asked, words) => {
  takeStudy(directory, "s", { specification, seeds, identityOf }).lock.release();
  const before = readFileSync(join(directory, "studies", "s", "study.json"));
  expect(() => takeStudy(directory, "s", { specification: asked, seeds, identityOf })).toThrow(words);
  expect(readFileSync(join(directory, "studies", "s", "study.json"))).toEqual(before);
  // And the lock is free again.
  takeStudy(directory, "s", { specification, seeds, identityOf }).lock.release();
});

test("what makes no other study is as it was asked for last", () => {
  const alike = (one: StudySpecification) => ({ ...one, evaluateExamples: 8 });
  takeStudy(directory, "s", { specification, seeds, identityOf: alike }).lock.release();
  const again = takeStudy(directory, "s", {
    specification: changed({ evaluateExamples: 9 }),
    seeds,
    identityOf: alike,
  });
  again.lock.release();
  expect(again.file.specification.evaluateExamples).toBe(9);
  expect(openStudyNamed(directory, "s").file).toEqual(again.file);
});

test("one process at a time; names that are none; one that is not there; damage", () => {
  const { lock } = takeStudy(directory, "s", { specification, seeds, identityOf });
  expect(() => takeStudy(directory, "s", { specification, seeds, identityOf })).toThrow(
    /no other process works on, got s/,
  );
  lock.release();
  for (const id of ["", "../x", "a/b", "-x", "a b"])
    expect(() => takeStudy(directory, id, { specification, seeds, identityOf })).toThrow(UsageError);
  expect(() => openStudyNamed(directory, "t")).toThrow(NotFoundError);
  mkdirSync(join(directory, "studies", "broken"));
  writeFileSync(join(directory, "studies", "broken", "study.json"), "{");
  expect(listStudies(directory).damaged).toEqual([expect.any(DataError)]);
});

test("trials stand where their last line says; who was running without its study waits", () => {
  const study = { path: directory };
  expect(readTrials(study, false).size).toBe(0);
  const line = { arm: "2x1", seed: 0, stage: "comparison", run: null, reason: null } as const;
  appendTrial(study, { ...line, trial: "a", state: "running", attempt: 1 });
  appendTrial(study, { ...line, trial: "b", state: "running", attempt: 1 });
  appendTrial(study, { ...line, trial: "a", state: "done", attempt: 1, run: "NaN" });
  const states = (held: boolean) => [...readTrials(study, held)].map(([key, { state }]) => [key, state]);
  expect(states(true)).toEqual([
    ["a", "done"],
    ["b", "running"],
  ]);
  expect(states(false)).toEqual([
    ["a", "done"],
    ["b", "waiting"],
  ]);
});

test("a line that was cut off is left out, taken back, and a damaged one before it is named", () => {
  const study = { path: directory };
  const line = { trial: "a", arm: "ä", seed: 0, stage: "tuning", attempt: 1, run: null, reason: "é" } as const;
  appendTrial(study, { ...line, state: "failed" });
  const path = join(directory, "trials.jsonl");
  appendFileSync(path, '{"at":"2026-01-01","tri');
  expect(readTrials(study, false).get("a")?.state).toBe("failed");
  mendTrials(study);
  appendTrial(study, { ...line, state: "done" });
  expect(readTrials(study, false).get("a")?.state).toBe("done");
  appendFileSync(path, "{}\n");
  expect(() => readTrials(study, false)).toThrow(`${path}:3: expected`);
  mendTrials({ path: join(directory, "nowhere") });
  expect(existsSync(join(directory, "nowhere"))).toBe(false);
});

test("equal values have one digest, whatever the order of their keys", () => {
  expect(digestOf({ a: 1, b: { c: 2, d: undefined } })).toBe(digestOf({ b: { c: 2 }, a: 1 }));
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: 2 }));
  expect(firstDifference({ a: [1, 2] }, { a: [1, 3] })).toEqual({ path: "a.1", before: 2, after: 3 });
  expect(firstDifference({ a: 1, b: undefined }, { a: 1 })).toBeNull();
});
