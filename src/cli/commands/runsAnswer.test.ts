import { expect, test } from "vitest";
import { commandsIn } from "../../text/commandsText.ts";
import { runsAnswer } from "./runsAnswer.ts";

type Row = Parameters<typeof runsAnswer>[0][number];
const row = (id: string, some: Partial<Row> = {}): Row => ({
  id,
  status: "finished",
  data: "iris",
  validationLoss: 0.5,
  validationAccuracy: 0.9,
  validationLabels: 30,
  ...some,
});
const numbers = { data: "houses.csv", validationAccuracy: null };

test.each<[string, Row[], string]>([
  ["one run", [row("a")], "1 run. On iris a has validation accuracy 90.0 %."],
  [
    "the best of those on the same data, by accuracy and then by loss",
    [row("a"), row("b", { validationLoss: 0.4 }), row("c", { data: "mnist", validationAccuracy: 0.99 })],
    "3 runs. Of the 2 on iris b has the highest validation accuracy 90.0 %. 30 labels do not tell it from the other.",
  ],
  [
    "what differs by more than chance allows",
    [row("a"), row("b", { validationAccuracy: 0.5 }), row("c", { validationAccuracy: 0.6 })],
    "3 runs. Of the 3 on iris a is best, with validation accuracy 90.0 %.",
  ],
  [
    "what differs by less",
    [
      row("a", { validationAccuracy: 1 }),
      row("b", { validationAccuracy: 29 / 30 }),
      row("c"),
      row("d", { validationAccuracy: 0.5 }),
    ],
    "4 runs. Of the 4 on iris a has the highest validation accuracy 100.0 %. 30 labels do not tell it from 2 others.",
  ],
  [
    "what nobody counted",
    [row("a", { validationAccuracy: 1, validationLabels: null }), row("b", { validationAccuracy: 0.1 })],
    "2 runs. Of the 2 on iris a has the highest validation accuracy 100.0 %. What it was measured on does not tell it from the other.",
  ],
  [
    "several as good as each other",
    [row("a"), row("b"), row("c", { validationLoss: 0.6 })],
    "3 runs. Of the 3 on iris 2 end alike, with validation accuracy 90.0 %, and none better; a is one.",
  ],
  [
    "all as good as each other",
    [row("a", numbers), row("b", numbers)],
    "2 runs. All 2 on houses.csv end alike, with validation loss 0.500; a is one.",
  ],
  [
    "numbers by their loss",
    [row("a", numbers), row("b", { ...numbers, validationLoss: 0.2 })],
    "2 runs. Of the 2 on houses.csv b has the lowest validation loss 0.200.",
  ],
  [
    "what is not done",
    [
      row("a", { status: "running", validationLoss: null }),
      row("b", { status: "lost" }),
      row("c", { status: "lost", validationLoss: 0.6 }),
    ],
    "3 runs. Of the 2 on iris b has the highest validation accuracy 90.0 %. 30 labels do not tell it from the other. 1 is still running. 2 were lost; `batchscope train --resume b` goes on with one.",
  ],
  ["no score yet", [row("a", { status: "running", validationLoss: null })], "1 run. 1 is still running."],
])("%s", (_, rows, answer) => {
  expect(runsAnswer(rows, commandsIn("en").runs.answer)).toBe(answer);
  expect(runsAnswer(rows, commandsIn("zh").runs.answer)).not.toMatch(/undefined|null| is | of /);
});
