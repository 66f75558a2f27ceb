import { describe, expect, test } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { countLabel, type Gathered, labelNotes, numberLabels, type TargetRule } from "./targets.ts";

function gathered(labels: readonly number[]): Gathered {
  const found: Gathered = new Map();
  labels.forEach((label, example) => {
    countLabel(found, label, "f.npz", example);
  });
  return found;
}

const given = (outputs: number): TargetRule => ({ outputs: async () => outputs });
const number = (labels: readonly number[], rule: TargetRule = {}, asTheyAre = false) =>
  numberLabels(gathered(labels), rule, asTheyAre);

describe("classes of labels", () => {
  /** Labels, the rule, and the names of the classes; null where every label is the number of its class. */
  const cases: readonly (readonly [string, readonly number[], TargetRule, number, readonly string[] | null])[] = [
    ["from 0 on", [0, 1, 2, 1], {}, 3, null],
    ["one of them missing", [0, 3, 1], {}, 4, null],
    ["0 and a number that is far", [0, 255], {}, 2, ["0", "255"]],
    ["from 1 to 10", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], {}, 10, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]],
    ["years", [2021, 2019, 2020], {}, 3, ["2019", "2020", "2021"]],
    ["millions", [1_000_001, 1_000_000], {}, 2, ["1000000", "1000001"]],
    ["-1 and 1", [1, -1], {}, 2, ["-1", "1"]],
    ["-1 beside others", [0, 1, -1], {}, 3, ["-1", "0", "1"]],
    ["-1 for no label", [0, 1, -1], { ignoreIndex: -1 }, 2, null],
    ["-100 by default", [0, 1, -100], {}, 2, null],
    ["255 for no label", [0, 1, 255], { ignoreIndex: 255 }, 2, null],
    ["a class in between for no label", [0, 1, 2], { ignoreIndex: 1 }, 3, null],
    ["years, a mark among them", [0, 2019, 2020], { ignoreIndex: 0 }, 2, ["2019", "2020"]],
    ["of a model of 3 outputs, the first absent", [1, 2], given(3), 3, null],
    ["of a model of 1000 outputs", [281, 282], given(1000), 283, null],
    ["years, of a model of 2 outputs", [2019, 2022], given(2), 2, ["2019", "2022"]],
    ["from 1 on, of a model of as many outputs", [1, 2, 3], given(3), 3, ["1", "2", "3"]],
    ["of a model whose outputs nobody knows", [1, 2], { outputs: async () => null }, 2, ["1", "2"]],
  ];
  test.each(cases)("%s", async (_about, labels, rule, classes, names) => {
    const numbering = await number(labels, rule);
    expect(numbering.classes).toBe(classes);
    expect(numbering.positions === null).toBe(names === null);
    expect(numbering.classNames).toEqual(names ?? Array.from({ length: classes }, (_, i) => String(i)));
    // No class may have the number of what stands for none.
    const { positions, ignored } = numbering;
    if (positions !== null) expect([...positions.values()]).not.toContain(ignored);
  });
});

test.each<[string, readonly number[], TargetRule, boolean, RegExp]>([
  ["a negative token", [5, -1], {}, true, /expected labels from 0 to 99999 in "y", got -1 in example 1; pass .*-1/],
  ["a token beyond all", [5, 100_000], {}, true, /got 100000 in example 1/],
  ["-1, of a model", [0, 1, 2, -1], given(3), false, /from 0 to 2 in "y", .* 3 outputs, got -1 in example 3/],
  ["0 to beyond, of a model", [0, 9], given(3), false, /3 outputs, got 9 in example 1/],
  ["years, of a model of more outputs", [2019, 2022], given(3), false, /got 2022 in example 1/],
  ["nothing that counts", [-100, -100], {}, false, /got -100 alone, which stands for none/],
  ["more classes than any", Array.from({ length: 100_001 }, (_, i) => i * 3), {}, false, /100001 different labels/],
])("refused: %s", async (_about, labels, rule, asTheyAre, message) => {
  const error = await number(labels, rule, asTheyAre).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).toMatch(/^f\.npz: expected /);
  expect(error.message).toMatch(message);
});

test("what was decided is said, and a label that may be a mark", async () => {
  const notes = async (labels: readonly number[], rule: TargetRule = {}) => labelNotes(await number(labels, rule));
  expect(await notes([0, 1, 1])).toEqual([]);
  expect(await notes([7, 9])).toEqual([{ kind: "numberedLabels", labels: ["7", "9"], classes: 2, mark: null }]);
  expect(await notes([-1, 0, 1])).toEqual([{ kind: "numberedLabels", labels: ["-1", "0", "1"], classes: 3, mark: -1 }]);
  expect(await notes([-1, 0, 1, -1], { ignoreIndex: -1 })).toEqual([
    { kind: "unlabelled", label: -1, labels: 2, of: 4 },
  ]);
  const years = Array.from({ length: 20 }, (_, i) => 2000 + i);
  expect((await notes(years))[0]).toMatchObject({
    labels: ["2000", "2001", "2002", "2003", "2004", "2005", "…", "2019"],
  });
});

test.each<[labels: readonly (string | number)[], mark: number | null]>([
  [[-1, 0, 1, 2], -1],
  [[0, 1, 2, 255], 255],
  [[1, 2, 3, 9999], 9999],
  [[0, 1, 2], null],
  [[-1, 1], null],
  [[-2, -1], null],
  [[0, 255], null],
  [[97, 98, 99], null],
  [["-1", "a", "b"], null],
  [[-1, 0, "18446744073709551615"], null],
])("of a table whose classes are %j, %j is said to stand for none", (classes, mark) => {
  const notes = labelNotes({ positions: null, named: classes, unlabelled: { label: -100, labels: 0, of: 9 } });
  expect(notes.map((note) => note.kind === "numberedLabels" && note.mark)).toEqual(mark === null ? [] : [mark]);
});
