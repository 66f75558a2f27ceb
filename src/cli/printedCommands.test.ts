import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { resolveConfiguration } from "../session/configuration.ts";
import { verdictTopics } from "../store/verdicts.ts";
import { languages } from "../text/languages.ts";
import { textIn } from "../text/text.ts";
import { normalizeArguments } from "./arguments.ts";
import type { CommandUnknownOpts } from "./commander.ts";
import { invoked } from "./invocation.ts";
import { printedCommand, type Subject, textWith, withCommands } from "./printedCommands.ts";
import { booleanFlags } from "./programs/booleans.ts";
import { program } from "./programs/program.ts";
import { lacking } from "./questions/needs.ts";
import { subjectOf } from "./subject.ts";

const scene = mkdtempSync(join(tmpdir(), "batchscope-printed-"));
afterAll(() => rmSync(scene, { recursive: true }));
beforeEach(() => invoked({ program: "npx batchscope", words: [] }));
afterEach(() => invoked(undefined));

const id = "20261121-205901-mlp-flowers-0a1b";
const configuration = resolveConfiguration(
  {
    model: "mlp",
    data: "my flowers.csv",
    target: "species",
    subset: "it's 70",
    useStatisticalFeatures: true,
    seriesBy: "a",
  },
  {},
);
const inStore = (store: string): Subject => subjectOf({ id, path: join(store, "runs", id) }, configuration);

describe("a command is printed so that it works where it is pasted", () => {
  const dir = relative(process.cwd(), join(scene, "my runs"));
  const shown = dir.length < join(scene, "my runs").length ? dir : join(scene, "my runs");

  test.each<[string, readonly string[], Subject | undefined, string, string]>([
    [
      "the usual store needs no --dir",
      [],
      inStore("batchscope"),
      `analyze ${id} --by class`,
      `analyze ${id} --by class`,
    ],
    ["the store is named as it was", ["--dir", "x y"], inStore("x y"), `analyze ${id}`, `analyze ${id} --dir 'x y'`],
    [
      "also with =",
      ["train", "--dir=x"],
      inStore("x"),
      `train --resume ${id} --epochs 9`,
      `train --resume ${id} --epochs 9 --dir x`,
    ],
    ["or as it lies", [], inStore(join(scene, "my runs")), `report ${id}`, `report ${id} --dir '${shown}'`],
    [
      "a run that was moved is named by its path",
      [],
      { id, path: join(scene, "moved") },
      `analyze ${id}`,
      `analyze ${join(scene, "moved")}`,
    ],
    [
      "of no run the store is the one that was given",
      ["--dir", "x"],
      undefined,
      "runs restore a b",
      "runs restore a b --dir x",
    ],
    ["and the language", ["runs", "--lang", "zh"], undefined, "train", "train --lang zh"],
    [
      "nothing twice",
      ["--lang", "zh", "--dir", "x"],
      inStore("x"),
      `report ${id} --lang en --dir y`,
      `report ${id} --lang en --dir y`,
    ],
    [
      "a study has the run's configuration",
      [],
      inStore("batchscope"),
      "lr-find",
      `lr-find --config batchscope/runs/${id}/config.yaml`,
    ],
    [
      "an inspection its data",
      [],
      inStore("batchscope"),
      "inspect-data",
      "inspect-data --data 'my flowers.csv' --subset 'it'\\''s 70' --target species --series-by a --use-statistical-features",
    ],
    ["unless they are there", [], inStore("batchscope"), "inspect-data --data a.csv", "inspect-data --data a.csv"],
  ])("%s", (_, words, subject, command, expected) => {
    invoked({ program: "npx batchscope", words });
    const at = subject && { ...subject, path: join(process.cwd(), subject.path.startsWith("/") ? "" : subject.path) };
    const moved = subject?.path.startsWith("/") ? subject : at;
    const line = printedCommand(command, moved);
    expect(line.replace(relative(process.cwd(), join(scene, "moved")), join(scene, "moved"))).toBe(
      `npx batchscope ${expected}`,
    );
  });
});

test.each([
  ["node /opt/batchscope/bin/batchscope.js", true],
  ["/opt/bin/batchscope", true],
  ["node ../bin/batchscope.js", false],
  ["npx batchscope", false],
])("the store goes by its whole path where the program does: %s", (called, whole) => {
  invoked({ program: called, words: ["analyze", "--dir", "elsewhere"] });
  const given = inStore("elsewhere");
  expect(printedCommand(`analyze ${id}`, given)).toBe(
    `${called} analyze ${id} --dir ${whole ? join(process.cwd(), "elsewhere") : "elsewhere"}`,
  );
  expect(printedCommand("runs", undefined)).toBe(
    `${called} runs --dir ${whole ? join(process.cwd(), "elsewhere") : "elsewhere"}`,
  );
});

test("commands stand between backticks in a text, and only they are changed", () => {
  invoked({ program: "node bin/batchscope.js", words: ["--dir", "x"] });
  expect(withCommands("use `--dir`, or `batchscope train`, and see batchscope runs: `batchscope runs --trash`")).toBe(
    "use `--dir`, or `node bin/batchscope.js train --dir x`, and see batchscope runs: `node bin/batchscope.js runs --trash --dir x`",
  );
});

/** Evidence that every verdict can be said of. */
const evidence = new Proxy({} as Record<string, unknown>, {
  get: (_, name) => {
    const known: Record<string, unknown> = {
      run: id,
      unit: "epochs",
      window: [4, 4],
      mixing: [],
      better: [],
      worse: [],
      open: [],
      tries: ["patience"],
      noiseScale: { value: 9, lower: 5, upper: 20, resolved: true },
      accuracy: { value: 0.9, lower: 0.8, upper: 0.95 },
      best: { epoch: 1, step: 2, inside: false },
      since: { epoch: 1, step: 2, inside: false },
      measured: "analysis",
      tried: "nothing",
      page: null,
      groups: null,
      command: "batchscope inspect-data --data iris --out labels.html",
    };
    return Object.hasOwn(known, name) ? known[name as string] : 3;
  },
});

const rateTry = { flag: "batchSize", value: 32 };
const said = languages.flatMap((language) => Object.keys(verdictTopics).map((kind) => [language, kind] as const));

test.each(said)(
  "%s: every command of the verdict %s lacks nothing, and is in the run's store",
  async (language, kind) => {
    const subject = inStore(join(scene, "my runs"));
    const { verdicts } = textWith(textIn(language), subject);
    const found = kind === "rateNotFound" ? { tenthOfMinimum: null, because: "noise", tries: [rateTry] } : evidence;
    const line = (verdicts as unknown as Record<string, (found: unknown) => string>)[kind]!(found);
    for (const [, command] of line.matchAll(/`(?:npx )?batchscope ([^`]*)`/g)) {
      const words = (command!.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ""));
      const root = (await program(words)) as unknown as CommandUnknownOpts;
      const one = root.commands.find((inner) => inner.name() === words[0])!;
      const { operands, unknown } = one.parseOptions(normalizeArguments(words.slice(1), booleanFlags(root as never)));
      const given: Record<string, unknown> = { ...one.opts(), run: operands[0] };
      expect(unknown).toEqual([]);
      if (given.config === undefined) expect(lacking(words[0]!, given)).toEqual([]);
      if (given.run !== undefined || given.resume !== undefined) expect(given.dir).toBeDefined();
    }
  },
);

test("the page says the command that analyzes the run", () => {
  const subject = inStore(join(scene, "a&b"));
  for (const language of languages)
    expect(textWith(textIn(language), subject).page.notAnalyzed).toMatch(
      new RegExp(`<code>npx batchscope analyze ${id} --dir \\S*a&amp;b'?</code>`),
    );
});
