import { readdirSync, readFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { SCHEMA_VERSION } from "../../store/schema.ts";
import { printJson, printScript, printSettings } from "./print.ts";

/** The words of a signal are ours; a task's process has no terminal of its own. */
const own = ["cli/terminal/print.ts", "cli/signals.ts", "session/taskProgram.ts"];

const folder = new URL("../../", import.meta.url);
const sources = ["cli/", "session/"].flatMap((place) =>
  readdirSync(new URL(place, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => place + name),
);

test.each(sources.filter((name) => !own.includes(name)))(
  "%s leaves it to print.ts to show what a terminal would obey",
  (name) => {
    expect(readFileSync(new URL(name, folder), "utf8")).not.toMatch(
      /(process\.std(out|err)|console)\.(write|log|error)\b/,
    );
  },
);

/** What is printed. */
function printedBy(write: () => void): string {
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => stdout.mockRestore());
  write();
  return stdout.mock.calls.map(([text]) => String(text)).join("");
}

test.each<[string, object, object]>([
  ["a document", { a: 1 }, { schemaVersion: SCHEMA_VERSION, a: 1 }],
  ["each of several", [{ a: 1 }, {}], [{ schemaVersion: SCHEMA_VERSION, a: 1 }, { schemaVersion: SCHEMA_VERSION }]],
  ["what was read from a file keeps its own", { a: 1, schemaVersion: 0 }, { schemaVersion: 0, a: 1 }],
])("every printed document says the version of its form: %s", (_, document, expected) => {
  expect(JSON.parse(printedBy(() => printJson(document)))).toEqual(expected);
  expect(printedBy(() => printJson(document))).toMatch(/^\[?\s*\{\s*"schemaVersion": /);
});

test("settings hold nothing but options, so that they can be read again", () => {
  expect(JSON.parse(printedBy(() => printSettings({ epochs: 3 })))).toEqual({ epochs: 3 });
});

test.each([
  [false, "#!/bin/sh\necho \u001b[2J\n"],
  [true, "#!/bin/sh\necho \\x1b[2J\n"],
])("a script is what it is for a program, and moves no cursor of a terminal (%s)", (isTTY, expected) => {
  const before = process.stdout.isTTY;
  process.stdout.isTTY = isTTY;
  onTestFinished(() => {
    process.stdout.isTTY = before;
  });
  expect(printedBy(() => printScript("#!/bin/sh\necho \u001b[2J\n"))).toBe(expected);
});
