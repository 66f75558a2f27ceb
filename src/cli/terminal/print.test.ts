import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The words of a signal are ours; a trial writes for its parent process alone. */
const own = ["cli/terminal/print.ts", "cli/signals.ts", "cli/commands/batchSizeFind.ts"];

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
