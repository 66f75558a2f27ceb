import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The words of a signal are ours; a trial writes for its parent process alone. */
const own = ["terminal.ts", "signals.ts", "batchSizeFind.ts"];

const folder = new URL("./", import.meta.url);
const sources = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));

test.each(sources.filter((name) => !own.includes(name)))(
  "%s leaves it to terminal.ts to show what a terminal would obey",
  (name) => {
    expect(readFileSync(new URL(name, folder), "utf8")).not.toMatch(
      /(process\.std(out|err)|console)\.(write|log|error)\b/,
    );
  },
);
