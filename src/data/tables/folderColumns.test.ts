import { expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";

const { put, open } = dataFolder();

const rows = "a,label\n1,p\n2,q\n3,p\n4,q\n5,p\n";

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly inputs?: readonly string[];
  readonly said?: RegExp;
  readonly refused?: RegExp;
}

test.each<[name: string, Case]>([
  [
    "numbers",
    { files: { "year=2024/part-0.csv": rows, "year=2025/x.csv": rows }, inputs: ["a", "year"], said: /year: read/ },
  ],
  [
    "deeper",
    { files: { "y=1/m=01/a.csv": rows, "y=1/m=02/a.csv": rows }, inputs: ["a", "y", "m"], said: /y, m: read/ },
  ],
  ["texts", { files: { "at=North%20A/p.csv": rows, "at=b/p.csv": rows }, inputs: ["a", "at: North A, b"] }],
  ["the file has it", { files: { "a=7/p.csv": rows, "a=8/p.csv": rows }, inputs: ["a"] }],
  [
    "target",
    { files: { "class=x/p.csv": "a\n1\n2\n3\n", "class=y/p.csv": "a\n4\n5\n6\n" }, inputs: ["a"], said: /class: read/ },
  ],
  [
    "split",
    { files: { "split=train/p.csv": rows, "split=test/p.csv": rows }, inputs: ["a"], said: /as the files give it/ },
  ],
  [
    "missing",
    { files: { "y=1/p.csv": rows, "y=__HIVE_DEFAULT_PARTITION__/p.csv": rows }, refused: /expected a value in "y"/ },
  ],
  ["two keys", { files: { "y=1/p.csv": rows, "z=1/p.csv": rows }, refused: /expected a subset, one of y=1, z=1/ }],
  [
    "not named after values",
    { files: { "a/p.csv": rows, "b/p.csv": rows }, refused: /expected a subset, one of a, b/ },
  ],
  [
    "too deep",
    { files: { "a/b/c.csv": rows, "a/b/d.csv": rows }, refused: /got 2 \.csv, but deeper, as a\/b\/c\.csv; pass the/ },
  ],
  ["unequal", { files: { "y=1/p.csv": rows, "y=2/p.csv": rows.replace("a,", "b,") }, refused: /got no "a"/ }],
])("folders named after values are a column: %s", async (name, { files, inputs = [], said = /./, refused }) => {
  for (const [file, text] of Object.entries(files)) put(`${name}/${file}`, text);
  if (refused) return expect(open(name)).rejects.toThrow(refused);
  const { description, notes, train, validation } = await open(name);
  const shown = description!.inputs.map((one) =>
    one.categories ? `${one.name}: ${one.categories.join(", ")}` : one.name,
  );
  expect(shown).toEqual(inputs);
  expect(train.size + validation.size).toBe(
    Object.values(files)
      .join("")
      .match(/\d+(,|\n)/g)!.length,
  );
  expect(inWords(notes).join("\n")).toMatch(said);
});
