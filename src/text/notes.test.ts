import { expect, test } from "vitest";
import type { PictureNote } from "../statistics/types.ts";
import { notesEnglish } from "./en/notes.ts";
import { pictureNote } from "./pictureNote.ts";
import { textIn } from "./text.ts";
import { said } from "./words.ts";

const end = { kind: "signal", signal: "SIGKILL" } as const;
const failing = { kind: "noFall" } as const;

/** One of each kind, as the table of words names it. */
const found = {
  picture: [
    { kind: "drawn", shown: 61, rows: 203 },
    { kind: "fewRows", rows: 3 },
    { kind: "perplexityLowered", wanted: 30, perplexity: 7 / 3, others: 7 },
    { kind: "undirected", undirected: 2, rows: 8 },
  ],
  sweep: [{ kind: "earlyRise", updates: 4 }, failing, { kind: "fallsToTheEnd" }],
  suggestion: [
    { kind: "steepest" },
    { kind: "fewClear", clear: 1, sweeps: 3, problems: [failing, { kind: "earlyRise", updates: 4 }] },
    { kind: "disagree", factor: 12.34 },
  ],
  search: [
    { kind: "unsteady", microBatch: 7 },
    { kind: "failed", microBatch: 8, end },
    { kind: "maximum", maximum: 6 },
  ],
  trial: [
    { kind: "stopped" },
    { kind: "overLimit" },
    end,
    { kind: "exit", code: 7 },
    { kind: "noTrial", output: "1\n" },
    { kind: "said", words: "9" },
  ],
  memory: [
    { kind: "asked", text: "2" },
    { kind: "machine", share: 0.9 },
    { kind: "controlGroup", share: 0.9 },
    { kind: "free", share: 0.9 },
  ],
  loss: [{ kind: "died" }, { kind: "silent", host: "h2", since: "2026" }],
  inspection: [
    { kind: "overlappingWindows" },
    { kind: "trainedBefore", model: "8.onnx" },
    { kind: "untraced", why: "9" },
    { kind: "absentClasses", absent: 1, classes: 4 },
    { kind: "unjudged", labels: 5, leastSeen: 3 },
    { kind: "weakModels", contradicted: 0.2 },
  ],
} as const;
type Table = keyof typeof found;
const tables = Object.keys(found) as Table[];
const wordsOf = (table: Table, language: "en" | "zh") => {
  const words = textIn(language).notes[table] as Record<string, (one: never) => string>;
  return found[table].map((one) => words[one.kind]!(one as never));
};

test.each(tables)("every kind of %s is here, and each has other words", (table) => {
  for (const language of ["en", "zh"] as const) {
    expect(found[table].map(({ kind }) => kind).toSorted()).toEqual(
      Object.keys(textIn(language).notes[table]).toSorted(),
    );
    expect(new Set(wordsOf(table, language)).size).toBe(found[table].length);
  }
});

test.each(tables)("%s: the Chinese has the numbers of the English, and no English sentence", (table) => {
  const english = wordsOf(table, "en");
  const numbers = (text: string) => (text.match(/\d+(\.\d+)?/g) ?? []).toSorted();
  for (const [i, chinese] of wordsOf(table, "zh").entries()) {
    expect(chinese).not.toMatch(/[a-z]{3,} [a-z]{2,}/);
    expect(numbers(chinese)).toEqual(numbers(english[i]!));
  }
});

test("the words of remarks that scripts read stay as they were", () => {
  expect(wordsOf("inspection", "en")).toEqual([
    "examples are windows that may overlap: a model may have trained on the neighbours of what it judges",
    "every fold starts from the weights of 8.onnx: if they were trained on these data, no example is unseen and wrong labels look right",
    "self-influence was not measured: 9",
    "1 of the 4 classes have no example among those inspected",
    "labels not judged, as their models saw fewer than 3 other examples of the class: 5",
    "the models disagree with 20 % of the labels that they have not seen, more than seem to be wrong: of labels of classes that they take for each other they doubt few, and miss errors; more --epochs or another --model may find more",
  ]);
  expect(wordsOf("suggestion", "en")).toEqual([
    "where the loss falls fastest per decade of the learning rate",
    "no suggestion: 1 of 3 sweeps show where the loss falls (the loss does not fall by more than its noise: use a larger batch or more rates; the loss rises after 4 updates: begin with a smaller rate or take more rates)",
    "no suggestion: the sweeps disagree by a factor of 12; use more repeats or a larger batch",
  ]);
  expect([...wordsOf("search", "en"), ...wordsOf("memory", "en")]).toEqual([
    "7 fitted once and then did not: memory is close there",
    "8 failed, and not for memory: ended by SIGKILL",
    "6 is the maximum: larger ones were not tried",
    "--memory-limit 2",
    "90 % of the machine's memory",
    "90 % of what the control group allows",
    "90 % of the memory that is free at present",
  ]);
});

/** Of one picture at a time. */
const together: readonly PictureNote[][] = [
  [found.picture[1]],
  [found.picture[0], found.picture[2], found.picture[3]],
  [found.picture[3]],
];
test.each(together.map((notes) => [notes]))(
  "a file that holds notes in English alone is read in both languages: %j",
  (notes) => {
    const note = notes.map((one) => said(one, notesEnglish.picture)).join(" ");
    for (const language of ["en", "zh"] as const) {
      const { notes: text } = textIn(language);
      expect(pictureNote({ note }, text)).toBe(pictureNote({ notes }, text));
    }
    expect(pictureNote({ note }, notesEnglish)).toBe(note);
  },
);

test("what a file says beyond the known notes stays as it is", () => {
  const { notes } = textIn("zh");
  expect(pictureNote({ note: "2 rows are odd." }, notes)).toBe("2 rows are odd.");
  expect(pictureNote({ note: `${said(found.picture[3], notesEnglish.picture)} 2 rows are odd.` }, notes)).toBe(
    "8 行中有 2 行范数为零，没有方向；它们与其他各行成直角。2 rows are odd.",
  );
  expect(pictureNote({}, notes)).toBe("");
});
