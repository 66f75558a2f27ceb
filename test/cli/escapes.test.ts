import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { batchscope, type Outcome, runsIn, scratch } from "./harness.ts";

/** Colour, a window's title, a bell, a C1 control sequence, letters turned around, another line. */
const COLOUR = "\u001b[31m";
const TITLE = "\u001b]0;title\u0007";
const C1 = "\u009b2J";
const TURNED = "\u202egnp.exe\u2066";

const obeyed = /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/u;

const scene = scratch();
const run = (...argv: string[]) => batchscope(argv, { cwd: scene });
const train = (...argv: string[]) =>
  run("train", "--model", "mlp", "--data", `esc${TITLE}.csv`, "--batch-size", "8", "--dir", "store", ...argv);

function expectShown({ stdout, stderr }: Outcome, words: string) {
  expect(stdout + stderr).not.toMatch(obeyed);
  expect(stdout + stderr).toContain(words);
}

let trained: Outcome;

beforeAll(async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i},${(i * i) % 7},${i % 2 ? `q${C1}${TURNED}` : `p${TITLE}`}\n`);
  writeFileSync(join(scene, `esc${TITLE}.csv`), `a${COLOUR},b,label\n${rows.join("")}`);
  trained = await train("--epochs", "1", "--name", `n${COLOUR}`, "--description", `d${TITLE}\nsecond`);
  expect(trained.code).toBe(0);
});

describe("names of files, columns, classes and runs move no cursor", () => {
  test("where a run is trained, and in its log", () => {
    expectShown(trained, "q\\x9b2J\\u202egnp.exe\\u2066");
    const [id] = runsIn(join(scene, "store"));
    expect(readFileSync(join(scene, "store/runs", id!, "log.txt"), "utf8")).not.toMatch(obeyed);
    expect(readFileSync(join(scene, "store/runs", id!, "command.txt"), "utf8")).not.toMatch(obeyed);
  });

  test("where runs are listed and shown, also as JSON", async () => {
    expectShown(await run("runs", "--dir", "store"), "d\\x1b]0;title\\x07\\x0asecond");
    expectShown(await run("runs", "show", "latest", "--dir", "store"), "n\\x1b[31m");
    const listed = await run("runs", "--dir", "store", "--json");
    expectShown(listed, "\\u001b[31m");
    expect(JSON.parse(listed.stdout).runs[0].description).toBe(`d${TITLE}\nsecond`);
  });

  test.each([
    [["--target", "x"], "esc\\x1b]0;title\\x07.csv"],
    [["--target", `a${COLOUR}x`], `a\\x1b[31mx`],
    [["--dry-run"], "esc\\x1b]0;title\\x07.csv"],
    [["--dry-run", "--json"], "esc\\u001b]0;title\\u0007.csv"],
    [["--model", `m${C1}`], "m\\x9b2J"],
    [["--subset", TURNED], "\\u202egnp.exe\\u2066"],
    [["--set", `k${COLOUR}=1`], "k"],
    [[`--fl${TURNED}`], "--fl\\u202e"],
    [["--schedule", `s${COLOUR}`], "s"],
  ])("where it says %j", async (flags, words) => {
    expectShown(await train(...flags), words);
  });

  test("in the pages and pictures of a report and an inspection", async () => {
    const made = await run("report", "latest", "--dir", "store", "--out", "page.html", "--figures", "figures");
    expect(made.code).toBe(0);
    const inspected = await run(
      "inspect-data",
      "--data",
      `esc${TITLE}.csv`,
      "--folds",
      "2",
      "--epochs",
      "1",
      "--out",
      "data.html",
    );
    expect(inspected.code).toBe(0);
    expectShown(inspected, "p\\x1b]0;title\\x07");
    const figures = readdirSync(join(scene, "figures")).filter((name) => name.endsWith(".svg"));
    expect(figures.length).toBeGreaterThan(0);
    for (const file of ["page.html", "data.html", ...figures.map((name) => `figures/${name}`)]) {
      const text = readFileSync(join(scene, file), "utf8").replace(/<script>[\s\S]*?<\/script>/g, "");
      expect(obeyed.test(text.replaceAll("\t", "")), file).toBe(false);
      for (const [, island] of text.matchAll(/<script type="application\/json"[^>]*>([^<]*)<\/script>/g))
        JSON.parse(island!, (key, value) =>
          expect(`${key}${typeof value === "string" ? value : ""}`).not.toMatch(obeyed),
        );
    }
  });
});
